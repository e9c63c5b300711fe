//! Whose stage an account or project is of.

use tenko_core::Environment;

/// Whose stage a scope is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// All its environments are, or may be, production.
    Production,
    /// None of them is.
    NonProduction,
    /// It holds both.
    Mixed,
    /// It is declared as shared, or not at all.
    None,
}

impl Stage {
    pub(crate) fn of<'a>(environments: impl IntoIterator<Item = &'a Environment>) -> Self {
        environments.into_iter().fold(Self::None, |seen, environment| {
            let this = if environment.may_be_production() {
                Self::Production
            } else {
                Self::NonProduction
            };
            match seen {
                Self::None => this,
                seen if seen == this => seen,
                _ => Self::Mixed,
            }
        })
    }
}

//! Whether an environment is production.

use tenko_core::Environment;

const NOT_PRODUCTION: [&str; 21] = [
    "demo",
    "dev",
    "develop",
    "development",
    "integration",
    "lab",
    "non-prod",
    "non-production",
    "nonprod",
    "preview",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "uat",
    "検証",
    "開発",
    "ステージング",
];

/// The stage in lower case; without one an environment goes by its name.
pub(crate) fn stage(environment: &Environment) -> String {
    environment.stage.as_ref().unwrap_or(&environment.name).to_lowercase()
}

/// Whether a stage is, or may be, production: any word that is not known to be something else.
pub(crate) fn may_be_production(stage: &str) -> bool {
    !NOT_PRODUCTION.contains(&stage)
}

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
            let this = if may_be_production(&stage(environment)) {
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

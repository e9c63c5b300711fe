//! The process's environment, as a value: what reads it can be tested without changing it.

use std::fmt;
use std::sync::Arc;

/// Looks variables up by name. A variable that is empty counts as not set.
#[derive(Clone)]
pub(crate) struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// That of this process.
    pub(crate) fn process() -> Self {
        Self(Arc::new(|name| std::env::var(name).ok()))
    }

    /// One without any variable.
    pub(crate) fn empty() -> Self {
        Self(Arc::new(|_| None))
    }

    /// One with just these variables.
    #[cfg(test)]
    pub(crate) fn of(variables: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: std::collections::BTreeMap<_, _> = variables.iter().map(own).collect();
        Self(Arc::new(move |name| variables.get(name).cloned()))
    }

    /// The variable's value.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

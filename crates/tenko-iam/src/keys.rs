//! What is known of a request's condition keys.

use std::collections::BTreeMap;

/// What is known of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The request has these values.
    Values(Vec<String>),
    /// The request does not have the key.
    Absent,
}

/// The condition keys of which something is known; every other one is unknown, and a condition
/// on it is possibly true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    known: BTreeMap<String, Known>,
}

impl Keys {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The request has the key with these values. Names of keys are in any case.
    pub fn with<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.known.insert(key.to_lowercase(), Known::Values(values));
        self
    }

    /// The request does not have the key.
    pub fn absent(mut self, key: &str) -> Self {
        self.known.insert(key.to_lowercase(), Known::Absent);
        self
    }

    /// What is known of a key, its name in lower case. A key without a value is absent.
    pub(super) fn get(&self, key: &str) -> Option<&Known> {
        match self.known.get(key) {
            Some(Known::Values(values)) if values.is_empty() => Some(&Known::Absent),
            known => known,
        }
    }
}

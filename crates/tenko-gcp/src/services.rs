//! The services that are read: hosts, OAuth scopes and quotas, as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use thiserror::Error;

use crate::credentials::Scopes;

const FILE: &str = include_str!("../services.toml");

/// `services.toml` cannot be used: a mistake in the file.
#[derive(Debug, Error)]
#[error("services.toml does not parse")]
pub struct ServicesError(#[from] toml::de::Error);

/// One service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// The OAuth scopes that a token asks for; `cloud-platform.read-only` when left out.
    #[serde(default)]
    scopes: Vec<String>,
    /// Reads a minute that Google publishes, per project.
    pub(crate) quota: u32,
}

/// All services by key.
#[derive(Clone, Debug)]
pub(crate) struct Services(Arc<BTreeMap<String, Service>>);

impl Services {
    /// Reads the file.
    pub(crate) fn load() -> Result<Self, ServicesError> {
        Ok(Self(Arc::new(toml::from_str(FILE)?)))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Service> {
        self.0.get(key)
    }

    /// What a token for the service may be used for.
    pub(crate) fn scopes(&self, key: &str) -> Scopes {
        match self.get(key) {
            Some(service) if !service.scopes.is_empty() => {
                Scopes::Of(service.scopes.as_slice().into())
            }
            _ => Scopes::ReadOnly,
        }
    }
}

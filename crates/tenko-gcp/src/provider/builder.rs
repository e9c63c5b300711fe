//! How a provider is made.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use google_cloud_auth::credentials::Credentials;
use tenko_core::Redactor;
use thiserror::Error;

use crate::call::{Ledger, Operation};
use crate::credentials::{CredentialSource, Environment, Impersonation};
use crate::endpoints::Endpoints;
use crate::error::chain;
use crate::official::retry::RetrySettings;
use crate::official::{Method, OFFICIAL, Official};
use crate::provider::listing::Listings;
use crate::provider::{Discovery, GoogleProvider, Inner};
use crate::rest::{Guard, MAX_PAGE, RestClient, http_client};
use crate::services::{Services, ServicesError};
use crate::types::{DefError, Types};

/// Where resources are read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Cloud Asset Inventory where projects are found below an organization or a folder and it can be read there, the
    /// services themselves everywhere else.
    #[default]
    Auto,
    /// Only Cloud Asset Inventory, but for the few types that it does not have: fewer calls and permissions, a little
    /// behind the services.
    AssetInventory,
    /// The services themselves: as of now, at more calls.
    Services,
}

/// Why a provider cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No credentials, or none that can be used.
    #[error("no Google Cloud credentials: {0}")]
    Credentials(String),
    /// Nothing says how sensitive values are to be hidden.
    #[error("no redactor: sensitive values could not be hidden")]
    NoRedactor,
    /// Something that no projects can be listed below.
    #[error("`{0}` is neither `organizations/` nor `folders/` and a number")]
    Parent(String),
    /// A text that is no project's id.
    #[error("`{0}` is not a project id")]
    Project(String),
    /// A resource type that is faulty, or an asset type that cannot be.
    #[error("a resource type cannot be used")]
    Type {
        /// What is wrong.
        #[source]
        source: Box<DefError>,
    },
    /// The services' file is faulty.
    #[error("the services cannot be used")]
    Services {
        /// What is wrong.
        #[source]
        source: Box<ServicesError>,
    },
    /// An endpoint that was given or stands in the environment is no URL.
    #[error(
        "`{url}` is not the URL of a server for {service}, such as `http://127.0.0.1:8085`: see \
         CLOUDSDK_API_ENDPOINT_OVERRIDES_*"
    )]
    Endpoint {
        /// The service.
        service: String,
        /// What was given.
        url: String,
    },
    /// The clients cannot be set up.
    #[error("the clients cannot be set up: {0}")]
    Client(String),
}

impl BuildError {
    pub(crate) fn from_type(source: DefError) -> Self {
        Self::Type { source: Box::new(source) }
    }

    pub(crate) fn services(source: ServicesError) -> Self {
        Self::Services { source: Box::new(source) }
    }
}

/// Makes a [`GoogleProvider`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct GoogleProviderBuilder {
    credentials: Option<Given>,
    impersonate: Option<String>,
    delegates: Vec<String>,
    quota_project: Option<String>,
    discovery: Discovery,
    source: Source,
    asset_types: Vec<String>,
    endpoint_url: Option<String>,
    endpoints: BTreeMap<String, String>,
    redactor: Option<Redactor>,
    max_attempts: Option<u32>,
    retry_delay: Option<Duration>,
}

#[derive(Clone, Debug)]
enum Given {
    Credentials(Credentials),
    File(PathBuf),
    Anonymous,
}

impl GoogleProviderBuilder {
    /// Uses these credentials instead of the environment's. They must allow what is read: the scope
    /// `cloud-platform.read-only` at least.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Given::Credentials(credentials));
        self
    }

    /// Uses this credentials file instead of what the environment has.
    pub fn credentials_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.credentials = Some(Given::File(path.into()));
        self
    }

    /// Sends no credentials, for emulators.
    pub fn anonymous(mut self) -> Self {
        self.credentials = Some(Given::Anonymous);
        self
    }

    /// Becomes this service account to read a project; `{project}` in it stands for the project's id.
    pub fn impersonate(mut self, email: impl Into<String>) -> Self {
        self.impersonate = Some(email.into());
        self
    }

    /// Service accounts on the way to that one, each of which may become the next.
    pub fn delegates<T: Into<String>>(mut self, emails: impl IntoIterator<Item = T>) -> Self {
        self.delegates = emails.into_iter().map(Into::into).collect();
        self
    }

    /// The project whose quota is used, and in which the APIs must be enabled, for calls that are charged to the caller.
    pub fn quota_project(mut self, project: impl Into<String>) -> Self {
        self.quota_project = Some(project.into());
        self
    }

    /// Which projects are called.
    pub fn discovery(mut self, discovery: Discovery) -> Self {
        self.discovery = discovery;
        self
    }

    /// Where resources are read from.
    pub fn source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// Further asset types, read through Cloud Asset Inventory: `compute.googleapis.com/Image`.
    pub fn asset_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.asset_types = types.into_iter().map(Into::into).collect();
        self
    }

    /// Asks one server for everything, for emulators. Without it `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>` counts.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Asks this server for one service, named as in its host: `compute`.
    pub fn endpoint(mut self, service: impl Into<String>, url: impl Into<String>) -> Self {
        self.endpoints.insert(service.into(), url.into());
        self
    }

    /// What hides sensitive values. There is no default: one key per history.
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = Some(redactor);
        self
    }

    /// How often a call is tried, the first time included; 8 by default.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// The longest wait before the second attempt; each further one may be twice as long. A second by default.
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry_delay = Some(delay);
        self
    }

    /// Finds the credentials and makes the provider. Nothing is asked yet. Call it inside a tokio runtime, the one in
    /// which the provider will be used: tokens are renewed by tasks there.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn load(self) -> Result<GoogleProvider, BuildError> {
        self.check()?;
        let redactor = self.redactor.clone().ok_or(BuildError::NoRedactor)?;
        // Whoever embeds this may have chosen another one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let services = Services::load().map_err(BuildError::services)?;
        let types = Types::new(&self.asset_types, &services).map_err(BuildError::from_type)?;
        let guard = Guard::new(types.calls());
        let rest = guard.operations().cloned();
        let ledger = Ledger::new(OFFICIAL.iter().map(Method::operation).chain(rest));
        let environment = Environment::process();
        let endpoints =
            Endpoints::new(self.endpoint_url.clone(), self.endpoints.clone(), environment.clone());
        check_endpoints(&endpoints, ledger.allowed())?;
        let defaults = RetrySettings::default();
        let retry = RetrySettings {
            attempts: self.max_attempts.unwrap_or(defaults.attempts).max(1),
            initial_delay: self.retry_delay.unwrap_or(defaults.initial_delay),
            ..defaults
        };
        let source = self.source_of_credentials(&endpoints, &environment)?;
        let official = Official::new(&endpoints, ledger.clone(), retry.clone(), &environment)
            .await
            .map_err(|error| BuildError::Client(chain(&error)))?;
        let http = http_client().map_err(|error| BuildError::Client(chain(&error)))?;
        let max_body = MAX_PAGE;
        let client = RestClient { http, endpoints, services, guard, ledger, retry, max_body };
        Ok(GoogleProvider(std::sync::Arc::new(Inner {
            official,
            rest: client,
            types,
            source,
            redactor,
            listings: Listings::default(),
            discovery: self.discovery,
            prefer: self.source,
            known: Mutex::new(HashMap::new()),
        })))
    }

    fn source_of_credentials(
        &self,
        endpoints: &Endpoints,
        environment: &Environment,
    ) -> Result<CredentialSource, BuildError> {
        let (endpoints, environment) = (endpoints.clone(), environment.clone());
        let wrong = |error| BuildError::Credentials(chain(&error));
        let source = match &self.credentials {
            None => CredentialSource::application_default(endpoints, environment).map_err(wrong)?,
            Some(Given::File(path)) => {
                CredentialSource::file(path, endpoints, environment).map_err(wrong)?
            }
            Some(Given::Credentials(credentials)) => {
                CredentialSource::given(credentials.clone(), endpoints, environment)
            }
            Some(Given::Anonymous) => CredentialSource::anonymous(endpoints, environment),
        };
        let source = match &self.quota_project {
            Some(project) => source.with_quota_project(project.clone()),
            None => source,
        };
        match &self.impersonate {
            Some(principal) => source
                .with_impersonation(Impersonation {
                    principal: principal.clone(),
                    delegates: self.delegates.clone(),
                })
                .map_err(wrong),
            None => Ok(source),
        }
    }

    fn check(&self) -> Result<(), BuildError> {
        match &self.discovery {
            Discovery::Organization { parents } => {
                let wrong = parents.iter().find(|parent| !is_parent(parent));
                wrong.map_or(Ok(()), |parent| Err(BuildError::Parent(parent.clone())))
            }
            Discovery::Projects(projects) => {
                let wrong = projects.iter().find(|project| !is_project_id(project));
                wrong.map_or(Ok(()), |project| Err(BuildError::Project(project.clone())))
            }
            Discovery::Auto | Discovery::Caller => Ok(()),
        }
    }
}

pub(crate) fn check_endpoints(
    endpoints: &Endpoints,
    operations: &BTreeSet<Operation>,
) -> Result<(), BuildError> {
    for operation in operations {
        let url = endpoints.url(&operation.service);
        let parsed = reqwest::Url::parse(&url).ok();
        let fits = |url: &reqwest::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if !parsed.as_ref().is_some_and(fits) {
            return Err(BuildError::Endpoint { service: operation.service.to_string(), url });
        }
    }
    Ok(())
}

fn is_parent(text: &str) -> bool {
    let number = text.strip_prefix("organizations/").or_else(|| text.strip_prefix("folders/"));
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Letters, digits and hyphens; older ones hold a domain: `example.com:proj`.
pub(crate) fn is_project_id(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}

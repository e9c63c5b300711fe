//! How an issuer is made.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::Issuer;
use super::calls::Calls;
use crate::BuildError;
use crate::call::Ledger;
use crate::credentials::{CredentialSource, Environment};
use crate::endpoints::Endpoints;
use crate::error::chain;
use crate::official::retry::RetrySettings;
use crate::provider::check_endpoints;
use crate::rest::{Guard, RestClient, http_client};
use crate::services::Services;

/// The largest answer that is read. A token has some hundred bytes.
const MAX_ANSWER: usize = 1 << 20;
/// People wait for a login: less patience than a collection has.
const ATTEMPTS: u32 = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// Makes an [`Issuer`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct IssuerBuilder {
    credentials: Option<Given>,
    quota_project: Option<String>,
    endpoint_url: Option<String>,
    endpoints: BTreeMap<String, String>,
    max_attempts: Option<u32>,
    retry_delay: Option<Duration>,
    environment: Option<Environment>,
}

#[derive(Clone, Debug)]
enum Given {
    File(PathBuf),
    Anonymous,
}

impl IssuerBuilder {
    /// Begins with this credentials file instead of what the environment has.
    pub fn credentials_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.credentials = Some(Given::File(path.into()));
        self
    }

    /// Begins with no credentials, for emulators.
    pub fn anonymous(mut self) -> Self {
        self.credentials = Some(Given::Anonymous);
        self
    }

    /// The project that the question for a token is charged to.
    pub fn quota_project(mut self, project: impl Into<String>) -> Self {
        self.quota_project = Some(project.into());
        self
    }

    /// Asks one server for everything, for emulators. Without it `CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS`,
    /// `CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER` and, for `tenko doctor`,
    /// `CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM` count.
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Asks this server for one service, named as in its host: `iamcredentials`.
    pub fn endpoint(mut self, service: impl Into<String>, url: impl Into<String>) -> Self {
        self.endpoints.insert(service.into(), url.into());
        self
    }

    /// How often a call is tried, the first time included; 4 by default.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// The longest wait before the second attempt; each further one may be twice as long. A second by default.
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.retry_delay = Some(delay);
        self
    }

    #[cfg(test)]
    pub(super) fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Finds the credentials and makes the issuer. Nothing is asked yet.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn load(self) -> Result<Issuer, BuildError> {
        // Whoever embeds this may have chosen another one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let services = Services::load().map_err(BuildError::services)?;
        let calls = Calls::load().map_err(BuildError::from_type)?;
        let guard = Guard::of_logins(calls.all());
        let ledger = Ledger::new(calls.operations());
        let environment = self.environment.unwrap_or_else(Environment::process);
        let endpoints = Endpoints::new(self.endpoint_url, self.endpoints, environment.clone());
        check_endpoints(&endpoints, ledger.allowed())?;
        let wrong = |error| BuildError::Credentials(chain(&error));
        let source = match &self.credentials {
            None => CredentialSource::application_default(endpoints.clone(), environment)
                .map_err(wrong)?,
            Some(Given::File(path)) => {
                CredentialSource::file(path, endpoints.clone(), environment).map_err(wrong)?
            }
            Some(Given::Anonymous) => CredentialSource::anonymous(endpoints.clone(), environment),
        };
        let source = match self.quota_project {
            Some(project) => source.with_quota_project(project),
            None => source,
        };
        let own = source.session("-").map_err(wrong)?;
        let defaults = RetrySettings::default();
        let retry = RetrySettings {
            attempts: self.max_attempts.unwrap_or(ATTEMPTS).max(1),
            initial_delay: self.retry_delay.unwrap_or(defaults.initial_delay),
            maximum_delay: LONGEST_WAIT,
            ..defaults
        };
        let http = http_client().map_err(|error| BuildError::Client(chain(&error)))?;
        let max_body = MAX_ANSWER;
        let client = RestClient { http, endpoints, services, guard, ledger, retry, max_body };
        Ok(Issuer { source, client, calls, own })
    }
}

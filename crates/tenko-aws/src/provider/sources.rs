//! Configuration and credentials as AWS's own tools find them, behind a guard that lets nothing out but the calls of
//! the sources of credentials.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::builder::BuildError;
use super::http;
use crate::wire::{AllowList, AllowedCall, CallLedger, GuardedHttpClient};

/// Where to begin, and how patiently.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SourceSettings {
    /// The profile, whatever keys are in the environment: named by hand, it must not lose to what a shell happens to
    /// hold. Without it `AWS_PROFILE` or the default one counts, after such keys.
    pub profile: Option<String>,
    /// Asks this endpoint instead of AWS's own, for emulators.
    pub endpoint_url: Option<String>,
    /// For a connection to be made.
    pub connect_timeout: Duration,
    /// For one attempt of a call, up to the end of its answer.
    pub attempt_timeout: Duration,
    /// How often a call is attempted, the first time included.
    pub max_attempts: u32,
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self {
            profile: None,
            endpoint_url: None,
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(30),
            max_attempts: 5,
        }
    }
}

impl SourceSettings {
    /// The limits of calls.
    pub(crate) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.attempt_timeout)
            .operation_attempt_timeout(self.attempt_timeout)
            .build()
    }

    pub(crate) fn retries(&self) -> RetryConfig {
        RetryConfig::standard().with_max_attempts(self.max_attempts)
    }
}

/// What was found. For crates that make clients of their own: each wraps `http` in a guard of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sources {
    /// Credentials, region and endpoints, with `http` as its client.
    pub config: SdkConfig,
    /// The HTTP client of the process, without a guard.
    pub http: SharedHttpClient,
    /// What the sources of credentials called.
    pub ledger: CallLedger,
}

/// Finds credentials and configuration: environment variables, profiles, IAM Identity Center, web identity, container
/// and instance roles. Nothing is asked yet. `given` are used instead of what the environment has.
///
/// # Errors
/// When the file that `AWS_CA_BUNDLE` names cannot be read.
pub async fn load_sources(
    settings: &SourceSettings,
    given: Option<Credentials>,
) -> Result<Sources, BuildError> {
    let inner = http::client(ca_bundle()?).map_err(BuildError::Tls)?;
    let mut allowed = AllowedCall::credential_sources();
    if let Ok(uri) = std::env::var("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
        allowed.extend(AllowedCall::container_credentials(&uri));
    }
    let (guarded, ledger) = GuardedHttpClient::wrap(inner.clone(), AllowList::new(allowed));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(guarded.clone())
        .timeout_config(settings.timeouts())
        .retry_config(settings.retries());
    if let Some(profile) = &settings.profile {
        // A profile that assumes a role asks STS, in the region that the environment or the profile names.
        let own = ProviderConfig::default().with_http_client(guarded);
        let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else(
                ProfileFileRegionProvider::builder().configure(&own).profile_name(profile).build(),
            )
            .region()
            .await;
        let own = own.with_region(region);
        let credentials =
            ProfileFileCredentialsProvider::builder().configure(&own).profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(credentials);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(credentials) = given {
        // No profile's region belongs to keys that were handed in.
        loader = loader
            .credentials_provider(credentials)
            .region(aws_types::region::Region::new("us-east-1"));
    }
    let config = loader.load().await;
    let config = config.into_builder().http_client(inner.clone()).build();
    Ok(Sources { config, http: inner, ledger })
}

/// The certificates that `AWS_CA_BUNDLE` names.
pub(crate) fn ca_bundle() -> Result<Option<Vec<u8>>, BuildError> {
    let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    std::fs::read(&path).map(Some).map_err(|source| BuildError::CaBundle {
        path: path.to_string_lossy().into_owned(),
        source,
    })
}

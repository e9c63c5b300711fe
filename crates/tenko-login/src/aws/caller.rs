//! Whoever starts tenko, towards AWS: its own credentials, and what it may call with them.

use std::fmt;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::region::Region;
use tenko_aws::wire::{
    AllowList, AllowedCall, CallError, ErrorClass, GuardedHttpClient, WireClient, WireSettings,
    classify_sdk_error, on_one_line,
};
use tenko_aws::{SourceSettings, Sources};

use crate::error::{LoginError, of_call};

/// The calls that a login makes, beside those of the sources of credentials: nothing else leaves the process.
fn calls() -> impl Iterator<Item = AllowedCall> {
    const IAM: [&str; 6] = [
        "GetPolicy",
        "GetPolicyVersion",
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
    ];
    AllowedCall::credential_sources()
        .into_iter()
        .chain(AllowedCall::identity_center_sign_in())
        .chain([AllowedCall::ec2_dry_run("CreateVpc")])
        .chain(IAM.map(AllowedCall::iam))
}

/// Credentials, and whose they are.
#[derive(Clone)]
pub(crate) struct Proven {
    pub(crate) credentials: Credentials,
    pub(crate) account: String,
    pub(crate) arn: String,
}

impl fmt::Debug for Proven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proven").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// The clients of a login, and where its credentials come from.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) config: SdkConfig,
    /// Guarded, for clients that are made beside these.
    pub(crate) http: SharedHttpClient,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) wire: WireClient,
    region: String,
}

impl Caller {
    /// Finds credentials and configuration as AWS's own tools do. Nothing is asked yet.
    pub(crate) async fn load(settings: &SourceSettings) -> Result<Self, LoginError> {
        let Sources { config, http, .. } = tenko_aws::load_sources(settings, None)
            .await
            .map_err(|error| LoginError::Configuration { reason: on_one_line(&error) })?;
        let (http, _) = GuardedHttpClient::wrap(http, AllowList::new(calls()));
        let config = config.into_builder().http_client(http.clone()).build();
        let region = config.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
        Ok(Self {
            ec2: aws_sdk_ec2::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            wire: WireClient::new(http.clone(), WireSettings::default()),
            config,
            http,
            region,
        })
    }

    /// Where STS is asked: the region of the environment or the profile.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// That region, where one is set.
    pub(crate) fn configured_region(&self) -> Option<String> {
        self.config.region().map(ToString::to_string)
    }

    /// The endpoint of a service, where AWS's own is replaced.
    pub(crate) fn endpoint_of(&self, service: &str) -> Option<String> {
        tenko_aws::endpoint_of(&self.config, service)
    }

    /// The credentials of the environment: variables, a profile, web identity, the machine's role.
    pub(crate) async fn of_environment(&self) -> Result<Credentials, LoginError> {
        let provider = self.config.credentials_provider().ok_or_else(|| {
            LoginError::NoCredentials { reason: "none are configured".to_owned() }
        })?;
        self.of_provider(&provider).await
    }

    /// Asks a source of credentials.
    pub(crate) async fn of_provider(
        &self,
        provider: &SharedCredentialsProvider,
    ) -> Result<Credentials, LoginError> {
        provider.provide_credentials().await.map_err(|error| no_credentials(&error))
    }

    /// Asks whose credentials these are.
    pub(crate) async fn prove(&self, credentials: Credentials) -> Result<Proven, CallError> {
        let request = self.sts.get_caller_identity().customize();
        let answer = request
            .config_override(self.sts_config(&credentials))
            .send()
            .await
            .map_err(|error| classify_sdk_error(&error, "sts", "GetCallerIdentity"))
            .map_err(|error| hidden(error, &credentials))?;
        match (answer.account, answer.arn) {
            (Some(account), Some(arn)) => Ok(Proven { credentials, account, arn }),
            _ => {
                let message = "the answer names no account";
                let class = ErrorClass::InvalidResponse;
                Err(CallError::new(class, "sts", "GetCallerIdentity", message))
            }
        }
    }

    /// STS with these credentials.
    pub(crate) fn sts_config(&self, credentials: &Credentials) -> aws_sdk_sts::config::Builder {
        aws_sdk_sts::Config::builder()
            .region(Region::new(self.region.clone()))
            .credentials_provider(credentials.clone())
            .identity_cache(IdentityCache::no_cache())
    }

    /// EC2 in a region, with these credentials.
    pub(crate) fn ec2_config(
        &self,
        credentials: &Credentials,
        region: &str,
    ) -> aws_sdk_ec2::config::Builder {
        aws_sdk_ec2::Config::builder()
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials.clone())
            .identity_cache(IdentityCache::no_cache())
    }
}

/// The error of a source that gave no credentials.
pub(crate) fn no_credentials(error: &CredentialsError) -> LoginError {
    let reason = on_one_line(error);
    if reason.contains("ExpiredToken") || reason.contains("token has expired") {
        return LoginError::SourceExpired { reason };
    }
    if matches!(error, CredentialsError::ProviderTimedOut(_)) {
        let error = CallError::new(ErrorClass::Unreachable, "credentials", "Load", reason);
        return of_call(error);
    }
    LoginError::NoCredentials { reason }
}

/// An error that says nothing of a token: what AWS answers to a signature that it finds wrong holds the request, with its
/// headers.
pub(crate) fn hidden(mut error: CallError, credentials: &Credentials) -> CallError {
    if let Some(message) = &error.message {
        error.message = Some(without_token(message, credentials).into());
    }
    error
}

/// The text up to a session token that it holds, which may be cut off.
pub(crate) fn without_token(text: &str, credentials: &Credentials) -> String {
    // All tokens begin alike, so that this is enough to know one by, even where the text ends in it.
    let beginning: String =
        credentials.session_token().unwrap_or_default().chars().take(16).collect();
    match text.find(&beginning) {
        Some(at) if beginning.len() >= 8 => {
            format!("{}(hidden)", text.get(..at).unwrap_or_default())
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_says_of_a_signature_holds_no_token() {
        let token = "IQoJb3JpZ2luX2VjEXAMPLETOKEN".to_owned();
        let credentials = Credentials::new("ASIA", "s3cret", Some(token), None, "test");
        let said = |message: &str| {
            let class = ErrorClass::CredentialsRejected;
            hidden(CallError::new(class, "sts", "AssumeRole", message), &credentials).message
        };
        // As AWS says it, whole and cut.
        for end in ["EXAMPLETOKEN\n\nhost;x-amz-date", "EXA", ""] {
            let text = format!(
                "The Canonical String for this request should have been 'POST\n/\n\n\
                 x-amz-security-token:IQoJb3JpZ2luX2Vj{end}"
            );
            let said = said(&text).unwrap();
            assert!(said.ends_with("x-amz-security-token:(hidden)"), "{said}");
        }
        assert_eq!(&*said("no token at all").unwrap(), "no token at all");
        let own = Credentials::new("AKIA", "s3cret", None, None, "test");
        assert_eq!(without_token("anything", &own), "anything");
    }
}

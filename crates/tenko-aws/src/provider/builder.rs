//! How a provider is made.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use tenko_core::{PathError, Redactor};
use thiserror::Error;

use crate::context::Clients;
use crate::partition::{
    MAX_SESSION_NAME, is_account_id, is_role, is_source_identity, policy_arn, session_name,
};
use crate::policy::{SESSION_POLICY_LIMIT, actions, session_policy};
use crate::provider::discovery::Discovery;
use crate::provider::http::{self, Endpoints};
use crate::provider::session::{SessionSettings, Sessions};
use crate::provider::sources::{SourceSettings, ca_bundle, load_sources};
use crate::provider::types::Types;
use crate::provider::whole_body::WholeBody;
use crate::provider::{AwsProvider, Inner};
use crate::wire::typedef::DefError;
use crate::wire::{AllowList, CallLedger, GuardedHttpClient, WireClient, WireSettings};

/// The role that AWS Organizations makes in every account that it creates.
pub const DEFAULT_ROLE: &str = "OrganizationAccountAccessRole";

/// Why a provider cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Neither a configuration was given nor was it loaded.
    #[error("no AWS configuration: give one with `sdk_config`, or call `load`")]
    NoConfig,
    /// The configuration has no source of credentials.
    #[error("the AWS configuration has no source of credentials")]
    NoCredentials,
    /// Nothing says how sensitive values are to be hidden.
    #[error("no redactor: sensitive values could not be hidden")]
    NoRedactor,
    /// An account number that is none.
    #[error("`{0}` is not an account number, which has 12 digits")]
    Account(String),
    /// A name that no role can have.
    #[error(
        "`{0}` is not a role's name with or without a path, such as `Tenko` or `auditors/Tenko`"
    )]
    Role(String),
    /// A source identity that STS would refuse.
    #[error(
        "`{0}` is not a source identity, which has 2 to {MAX_SESSION_NAME} letters, digits and `_+=,.@-`"
    )]
    SourceIdentity(String),
    /// A resource type that is unknown, or whose file is faulty.
    #[error("a resource type cannot be used")]
    Type {
        /// What is wrong.
        #[source]
        source: Box<DefError>,
    },
    /// A resource type names an attribute path that is none.
    #[error("{resource_type} names a faulty path")]
    Path {
        /// The type.
        resource_type: String,
        /// What is wrong.
        #[source]
        source: PathError,
    },
    /// How infrastructure as code declares a resource type is not written as it must be.
    #[error("{resource_type} has a faulty mapping")]
    Mapping {
        /// The type.
        resource_type: String,
        /// What is wrong.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A resource type calls what the guard cannot recognize.
    #[error("{operation} cannot be told from other requests, so it cannot be allowed")]
    UnknownCall {
        /// `service:Operation`.
        operation: String,
    },
    /// The file that `AWS_CA_BUNDLE` names cannot be read.
    #[error("the certificates in {path} cannot be read")]
    CaBundle {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl BuildError {
    pub(crate) fn path(resource_type: &str, source: PathError) -> Self {
        Self::Path { resource_type: resource_type.to_owned(), source }
    }

    pub(crate) fn mapping(resource_type: &str, source: toml::de::Error) -> Self {
        Self::Mapping { resource_type: resource_type.to_owned(), source: Box::new(source) }
    }
}

/// Makes an [`AwsProvider`].
#[derive(Clone, Debug)]
#[must_use]
pub struct AwsProviderBuilder {
    config: Option<SdkConfig>,
    profile: Option<String>,
    endpoint_url: Option<String>,
    credentials: Option<Credentials>,
    discovery: Discovery,
    role: String,
    caller_role: Option<String>,
    account_roles: BTreeMap<String, String>,
    external_id: Option<String>,
    session_name: String,
    source_identity: Option<String>,
    narrow_sessions: bool,
    regions: Vec<String>,
    redactor: Option<Redactor>,
    cloud_control_types: Vec<String>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    max_attempts: u32,
}

impl Default for AwsProviderBuilder {
    fn default() -> Self {
        Self {
            config: None,
            profile: None,
            endpoint_url: None,
            credentials: None,
            discovery: Discovery::default(),
            role: DEFAULT_ROLE.to_owned(),
            caller_role: None,
            account_roles: BTreeMap::new(),
            external_id: None,
            session_name: "tenko".to_owned(),
            source_identity: None,
            narrow_sessions: true,
            regions: Vec::new(),
            redactor: None,
            cloud_control_types: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(30),
            max_attempts: 5,
        }
    }
}

impl AwsProviderBuilder {
    /// Uses this configuration: its credentials, region, endpoint and HTTP client. Its retries and timeouts are
    /// replaced by the builder's.
    pub fn sdk_config(mut self, config: SdkConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// The profile to load, whatever keys are in the environment: named by hand, it must not lose to what a shell
    /// happens to hold. Without it `AWS_PROFILE` or the default one counts, after such keys. Only for
    /// [`load`](Self::load).
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Asks this endpoint instead of AWS's own, for emulators; without it `AWS_ENDPOINT_URL` and its like for single
    /// services count. Only for [`load`](Self::load).
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// Uses these keys instead of what the environment has. Only for [`load`](Self::load).
    pub fn static_credentials(
        mut self,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Self {
        let (id, secret) = (access_key_id.into(), secret_access_key.into());
        self.credentials = Some(Credentials::new(id, secret, None, None, "given"));
        self
    }

    /// Which accounts are called; by default all of the organization.
    pub fn discovery(mut self, discovery: Discovery) -> Self {
        self.discovery = discovery;
        self
    }

    /// The role that is assumed in every account but the caller's own, with its path if it has one:
    /// `auditors/Tenko`. By default [`DEFAULT_ROLE`].
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    /// The role that is assumed in the caller's own account too. By default it is read with the
    /// caller's own credentials.
    pub fn caller_role(mut self, role: impl Into<String>) -> Self {
        self.caller_role = Some(role.into());
        self
    }

    /// The role of one account. Named for the caller's own account, it is assumed there too.
    pub fn account_role(mut self, account: impl Into<String>, role: impl Into<String>) -> Self {
        self.account_roles.insert(account.into(), role.into());
        self
    }

    /// The external id that the role's trust policy asks for.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The name of the sessions, as CloudTrail shows it. Characters that STS does not take become `-`.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// Who stands behind the sessions, as CloudTrail shows it in every call of theirs.
    /// The role's trust policy must allow `sts:SetSourceIdentity`.
    pub fn source_identity(mut self, identity: impl Into<String>) -> Self {
        self.source_identity = Some(identity.into());
        self
    }

    /// Whether sessions are narrowed by a session policy to what is called, whatever else the
    /// role may do: on by default.
    pub fn narrow_sessions(mut self, narrow: bool) -> Self {
        self.narrow_sessions = narrow;
        self
    }

    /// The regions to ask. By default all that are enabled in an account.
    pub fn regions(mut self, regions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.regions = regions.into_iter().map(Into::into).collect();
        self
    }

    /// How sensitive values are hidden. It must be given: its key decides whether a value that
    /// did not change looks the same in the next run.
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.redactor = Some(redactor);
        self
    }

    /// More resource types, read through Cloud Control: `AWS::Logs::LogGroup`. A type that is built in stays
    /// as it is.
    ///
    /// What such a type's handlers call is known only to AWS. Sessions are therefore allowed the AWS-managed policy
    /// `SecurityAudit` as well; the rights that result are those that the role and (the session policy or
    /// `SecurityAudit`) both give.
    pub fn cloud_control_types(
        mut self,
        types: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.cloud_control_types = types.into_iter().map(Into::into).collect();
        self
    }

    /// For a connection to be made; by default 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// For one attempt of a call, up to the end of its answer; by default 30 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How often a call is attempted, the first time included; by default 5. There are no other retries.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Makes the provider from the environment as AWS's own tools do: environment variables, profiles,
    /// IAM Identity Center, web identity, container and instance roles. Nothing is asked yet.
    ///
    /// # Errors
    /// As [`build`](Self::build), or when the file that `AWS_CA_BUNDLE` names cannot be read.
    pub async fn load(mut self) -> Result<AwsProvider, BuildError> {
        let found = load_sources(&self.source_settings(), self.credentials.take()).await?;
        self.config = Some(found.config);
        self.finish(vec![found.ledger])
    }

    /// Makes the provider. Nothing is asked yet.
    ///
    /// # Errors
    /// [`BuildError`]: something is missing or faulty.
    pub fn build(self) -> Result<AwsProvider, BuildError> {
        self.finish(Vec::new())
    }

    /// `ledgers` are those of clients that were made before.
    fn finish(self, mut ledgers: Vec<CallLedger>) -> Result<AwsProvider, BuildError> {
        let config = self.config.as_ref().ok_or(BuildError::NoConfig)?;
        let redactor = self.redactor.clone().ok_or(BuildError::NoRedactor)?;
        let credentials = config.credentials_provider().ok_or(BuildError::NoCredentials)?;
        self.check()?;
        let types = Types::new(&self.cloud_control_types)?;
        let endpoints = Endpoints::new(config);
        let mut allow = AllowList::new(types.allowed().iter().cloned());
        let s3_endpoint = endpoints.of("s3");
        if let Some(url) = &s3_endpoint {
            allow = allow.with_endpoint_url(url);
        }
        let http = match config.http_client() {
            Some(client) => client,
            None => http::client(ca_bundle()?).map_err(BuildError::Tls)?,
        };
        let (http, ledger) = GuardedHttpClient::wrap(http, allow);
        let limits = self.source_settings();
        let base = config
            .to_builder()
            .http_client(http.clone())
            .retry_config(limits.retries())
            .timeout_config(limits.timeouts())
            .build();
        let s3 = aws_sdk_s3::config::Builder::from(&base)
            .interceptor(WholeBody)
            .retry_classifier(WholeBody);
        let ec2 = aws_sdk_ec2::config::Builder::from(&base)
            .interceptor(WholeBody)
            .retry_classifier(WholeBody);
        let organizations = aws_sdk_organizations::config::Builder::from(&base)
            .interceptor(WholeBody)
            .retry_classifier(WholeBody);
        let sts = aws_sdk_sts::config::Builder::from(&base)
            .interceptor(WholeBody)
            .retry_classifier(WholeBody);
        // Emulators have no host name per bucket.
        let s3 = if s3_endpoint.is_some() { s3.force_path_style(true) } else { s3 };
        let wire = WireSettings {
            attempt_timeout: self.attempt_timeout,
            connect_timeout: self.connect_timeout,
            max_attempts: self.max_attempts,
            ..WireSettings::default()
        };
        let clients = Clients {
            ec2: aws_sdk_ec2::Client::from_conf(ec2.build()),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            organizations: aws_sdk_organizations::Client::from_conf(organizations.build()),
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            wire: WireClient::new(http, wire),
        };
        ledgers.push(ledger);
        let settings = self.session_settings(&types);
        let region = config.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
        let sessions = Sessions::new(clients.sts.clone(), region, credentials, settings);
        Ok(AwsProvider::new(Inner {
            clients,
            sessions,
            types,
            endpoints,
            redactor,
            discovery: self.discovery,
            regions: self.regions,
            ledgers,
            organization_reader: tokio::sync::OnceCell::new(),
        }))
    }

    fn check(&self) -> Result<(), BuildError> {
        let listed = match &self.discovery {
            Discovery::Accounts(accounts) => accounts.as_slice(),
            _ => &[],
        };
        if let Some(bad) =
            listed.iter().chain(self.account_roles.keys()).find(|account| !is_account_id(account))
        {
            return Err(BuildError::Account(bad.clone()));
        }
        if let Some(bad) = self
            .account_roles
            .values()
            .chain(&self.caller_role)
            .chain([&self.role])
            .find(|role| !is_role(role))
        {
            return Err(BuildError::Role(bad.clone()));
        }
        match &self.source_identity {
            Some(bad) if !is_source_identity(bad) => Err(BuildError::SourceIdentity(bad.clone())),
            _ => Ok(()),
        }
    }

    fn source_settings(&self) -> SourceSettings {
        SourceSettings {
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            connect_timeout: self.connect_timeout,
            attempt_timeout: self.attempt_timeout,
            max_attempts: self.max_attempts,
        }
    }

    fn session_settings(&self, types: &Types) -> SessionSettings {
        let mut managed_policies = Vec::new();
        let mut policy = None;
        if self.narrow_sessions {
            if types.uses_cloud_control() {
                managed_policies.push(SECURITY_AUDIT);
            }
            // The longest partition's name counts, for it is known only later.
            let arns: usize =
                managed_policies.iter().map(|name| policy_arn("aws-us-gov", name).len()).sum();
            policy = session_policy(&actions(types.catalog()), SESSION_POLICY_LIMIT - arns);
            if policy.is_none() {
                // What does not fit is better narrowed a little than not at all.
                managed_policies = vec![SECURITY_AUDIT, VIEW_ONLY];
            }
        }
        SessionSettings {
            role: self.role.clone(),
            caller_role: self.caller_role.clone(),
            account_roles: self.account_roles.clone(),
            external_id: self.external_id.clone(),
            session_name: session_name(&self.session_name),
            source_identity: self.source_identity.clone(),
            policy,
            managed_policies,
        }
    }
}

const SECURITY_AUDIT: &str = "SecurityAudit";
const VIEW_ONLY: &str = "job-function/ViewOnlyAccess";

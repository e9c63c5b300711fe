//! Sessions: the caller's own credentials, and a role in every other account, each proven by
//! `GetCallerIdentity` before anything is read with it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::types::PolicyDescriptorType;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_types::region::Region as AwsRegion;
use tenko_core::BoxFuture;

use crate::context::Session;
use crate::partition::{home_region, partition_of_arn, policy_arn, role_arn};
use crate::provider::credentials::{AccountCredentials, Proven, Source};
use crate::wire::{CallError, ErrorClass, classify_sdk_error, on_one_line};

/// The code of the problem when credentials turn out to be of another account.
pub(crate) const IDENTITY_MISMATCH: &str = "identity-mismatch";

/// How sessions are asked for.
#[derive(Clone, Debug)]
pub(crate) struct SessionSettings {
    /// The role in every account, with its path.
    pub(crate) role: String,
    /// The role in the caller's own account, if it is not read with the caller's credentials.
    pub(crate) caller_role: Option<String>,
    /// Roles of single accounts; an entry for the caller's own makes that one assume a role too.
    pub(crate) account_roles: BTreeMap<String, String>,
    pub(crate) external_id: Option<String>,
    pub(crate) session_name: String,
    pub(crate) source_identity: Option<String>,
    /// What the session is narrowed to.
    pub(crate) policy: Option<String>,
    /// Managed policies, by name, that are added to `policy`.
    pub(crate) managed_policies: Vec<&'static str>,
}

/// STS, as the sources of credentials ask it.
#[derive(Clone, Debug)]
struct Sts {
    client: aws_sdk_sts::Client,
    region: String,
}

impl Sts {
    fn config(
        &self,
        credentials: impl ProvideCredentials + 'static,
    ) -> aws_sdk_sts::config::Builder {
        aws_sdk_sts::Config::builder()
            .region(AwsRegion::new(self.region.clone()))
            .credentials_provider(credentials)
    }

    /// Asks whose credentials these are.
    async fn prove(&self, credentials: Credentials) -> Result<Proven, CallError> {
        let request = self.client.get_caller_identity().customize();
        let answer = request
            .config_override(self.config(credentials.clone()))
            .send()
            .await
            .map_err(|error| classify_sdk_error(&error, "sts", "GetCallerIdentity"))?;
        match (answer.account, answer.arn) {
            (Some(account), Some(arn)) => Ok(Proven { credentials, account, arn }),
            _ => Err(CallError::new(
                ErrorClass::InvalidResponse,
                "sts",
                "GetCallerIdentity",
                "the answer names no account",
            )),
        }
    }
}

/// All sessions of one provider.
pub(crate) struct Sessions {
    sts: Sts,
    settings: Arc<SessionSettings>,
    caller: AccountCredentials,
    accounts: Mutex<HashMap<String, AccountCredentials>>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Sessions {
    /// `region` is where STS is asked. A token of a regional STS is good in every region; one of the global
    /// endpoint is not good in opt-in regions.
    pub(crate) fn new(
        client: aws_sdk_sts::Client,
        region: String,
        provider: SharedCredentialsProvider,
        settings: SessionSettings,
    ) -> Self {
        let sts = Sts { client, region };
        let caller = AccountCredentials::new("caller", CallerSource { provider, sts: sts.clone() });
        Self { sts, settings: Arc::new(settings), caller, accounts: Mutex::default() }
    }

    pub(crate) fn settings(&self) -> &SessionSettings {
        &self.settings
    }

    /// Where STS is asked.
    pub(crate) fn sts_region(&self) -> &str {
        &self.sts.region
    }

    /// A session of the caller itself.
    pub(crate) async fn caller_session(&self) -> Result<(Session, Proven), CallError> {
        let proven = self.caller.get().await?;
        Ok((session_of(&self.caller, &proven), proven))
    }

    /// Whether a session of this account would be had without a call.
    pub(crate) fn is_held(&self, account: &str) -> bool {
        let accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(account).is_some_and(AccountCredentials::is_held)
    }

    /// A session in this account, proven to be there.
    pub(crate) async fn session(&self, account: &str) -> Result<(Session, Proven), CallError> {
        let caller = self.caller.get().await?;
        let credentials = self.credentials_of(account, &caller);
        let proven = credentials.get().await?;
        Ok((session_of(&credentials, &proven), proven))
    }

    fn credentials_of(&self, account: &str, caller: &Proven) -> AccountCredentials {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let credentials = accounts.entry(account.to_owned()).or_insert_with(|| {
            let is_caller = caller.account == account;
            let of_caller = self.settings.caller_role.as_ref().filter(|_| is_caller);
            let own_role = self.settings.account_roles.get(account).or(of_caller);
            if is_caller && own_role.is_none() {
                return self.caller.clone();
            }
            let role = own_role.unwrap_or(&self.settings.role);
            let partition = partition_of_arn(&caller.arn).unwrap_or("aws");
            let source = RoleSource {
                account: account.to_owned(),
                role_arn: role_arn(partition, account, role),
                partition: partition.to_owned(),
                sts: self.sts.clone(),
                caller: self.caller.clone(),
                settings: self.settings.clone(),
            };
            AccountCredentials::new(account, source)
        });
        credentials.clone()
    }
}

fn session_of(credentials: &AccountCredentials, proven: &Proven) -> Session {
    Session {
        account: proven.account.clone(),
        partition: partition_of_arn(&proven.arn).unwrap_or("aws").to_owned(),
        credentials: credentials.clone(),
        retry_partition: credentials.retry_partition(),
    }
}

/// The region that global services of this session are asked in.
pub(crate) fn home_of(session: &Session) -> &'static str {
    home_region(&session.partition)
}

/// The credentials that tenko runs with.
#[derive(Debug)]
struct CallerSource {
    provider: SharedCredentialsProvider,
    sts: Sts,
}

impl Source for CallerSource {
    fn fetch(&self) -> BoxFuture<'_, Result<Proven, CallError>> {
        Box::pin(async {
            let credentials = self
                .provider
                .provide_credentials()
                .await
                .map_err(|error| no_credentials(&error))?;
            self.sts.prove(credentials).await.map_err(explain_expired)
        })
    }
}

/// A role in another account.
#[derive(Debug)]
struct RoleSource {
    account: String,
    role_arn: String,
    partition: String,
    sts: Sts,
    caller: AccountCredentials,
    settings: Arc<SessionSettings>,
}

impl Source for RoleSource {
    fn fetch(&self) -> BoxFuture<'_, Result<Proven, CallError>> {
        Box::pin(async {
            let proven = self.sts.prove(self.assume().await?).await?;
            if proven.account == self.account {
                return Ok(proven);
            }
            // Nothing must be read with these: it would be noted under another account's name.
            let message = format!(
                "the session for account {} is in account {} ({}): it is not used",
                self.account, proven.account, proven.arn
            );
            let class = ErrorClass::CredentialsRejected;
            let mut error = CallError::new(class, "sts", "GetCallerIdentity", message);
            error.code = Some(IDENTITY_MISMATCH.to_owned());
            Err(error)
        })
    }
}

impl RoleSource {
    async fn assume(&self) -> Result<Credentials, CallError> {
        let settings = &*self.settings;
        let policies = settings.managed_policies.iter().map(|name| {
            PolicyDescriptorType::builder().arn(policy_arn(&self.partition, name)).build()
        });
        let policies: Vec<_> = policies.collect();
        let fail = |class, message: String| CallError::new(class, "sts", "AssumeRole", message);
        let request = self
            .sts
            .client
            .assume_role()
            .role_arn(&self.role_arn)
            .role_session_name(&settings.session_name)
            .set_external_id(settings.external_id.clone())
            .set_source_identity(settings.source_identity.clone())
            .set_policy(settings.policy.clone())
            .set_policy_arns((!policies.is_empty()).then_some(policies));
        let credentials = self.caller.for_call();
        let config = self
            .sts
            .config(credentials.clone())
            .identity_cache(IdentityCache::no_cache())
            .retry_classifier(credentials)
            // STS counts these against the caller, so they share the caller's budget.
            .retry_partition(self.caller.retry_partition());
        let answer =
            request.customize().config_override(config).send().await.map_err(|error| {
                explain_expired(classify_sdk_error(&error, "sts", "AssumeRole"))
            })?;
        if let Some(percent) = answer.session_token_utilization {
            tracing::debug!(
                account = self.account,
                percent,
                "how much of the session token is used"
            );
        }
        let given = answer.credentials.ok_or_else(|| {
            fail(ErrorClass::InvalidResponse, "the answer has no credentials".to_owned())
        })?;
        let expiry = SystemTime::try_from(given.expiration)
            .map_err(|error| fail(ErrorClass::InvalidResponse, error.to_string()))?;
        let token = Some(given.session_token);
        Ok(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            token,
            Some(expiry),
            "tenko",
        ))
    }
}

/// Whose credentials have run out matters to whoever reads the message: it is their own.
fn explain_expired(mut error: CallError) -> CallError {
    if error.class == ErrorClass::Expired {
        let theirs = error.message.take().unwrap_or_default();
        error.message = Some(
            format!(
                "the credentials that tenko was started with have expired, sign in again: {theirs}"
            )
            .into(),
        );
    }
    error
}

/// The error of a source that gave no credentials at all.
fn no_credentials(error: &CredentialsError) -> CallError {
    let class = match error {
        CredentialsError::ProviderTimedOut(_) => ErrorClass::Unreachable,
        _ => ErrorClass::CredentialsRejected,
    };
    let message = format!("no credentials to start with, sign in first: {}", on_one_line(error));
    let mut out = CallError::new(class, "credentials", "Load", message);
    out.code = Some("no-credentials".to_owned());
    out
}

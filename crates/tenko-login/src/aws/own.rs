//! What a login to an account begins with: whoever starts tenko.

use std::time::SystemTime;

use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenko_aws::wire::on_one_line;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::caller::{Caller, Proven, no_credentials};
use super::mfa::assume_with_mfa;
use super::sso::{Base, Portal, ProfileChain, ProfileError, SignIn};
use super::web_identity::WebIdentity;
use crate::attribution::attributed;
use crate::cache::CacheKey;
use crate::error::{LoginError, of_call};
use crate::login::{Login, MARGIN, written};

/// The caller, proven.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) proven: Proven,
    /// Who it is, where more is known than its ARN says.
    pub(crate) who: Option<String>,
    /// Whether it is the hub already.
    pub(crate) is_hub: bool,
}

/// Credentials that somebody typed a code for, as they are kept.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Kept {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    #[zeroize(skip)]
    expires: Timestamp,
}

/// Whether the profile that `AWS_PROFILE` selects gets its credentials from tenko. Nothing can begin with it: whoever
/// chose it for a whole shell means AWS's own tools, and a login begins with what there is without it.
pub async fn begins_with_itself() -> bool {
    set("AWS_PROFILE") && matches!(ProfileChain::read(None).await, Err(ProfileError::Itself(_)))
}

impl Login {
    /// The caller's own credentials: IAM Identity Center, a profile, the environment, a pipeline's identity, the
    /// machine's role; and whose they are.
    pub(crate) async fn own(&self, caller: &Caller) -> Result<Own, LoginError> {
        let (credentials, who, is_hub) = self.find(caller).await?;
        let proven = caller.prove(credentials).await.map_err(of_call)?;
        Ok(Own { proven, who, is_hub })
    }

    async fn find(
        &self,
        caller: &Caller,
    ) -> Result<(Credentials, Option<String>, bool), LoginError> {
        if let Some(center) = &self.settings.aws.identity_center {
            let portal = Portal::from(center);
            let base =
                Base::Sso { portal, account: center.account.clone(), role: center.role.clone() };
            return Ok((self.of_base(caller, &base).await?, None, false));
        }
        let named = self.sources.profile.as_deref();
        if named.is_none() {
            // Keys in the environment go before its profile, as with AWS's own tools; and a pipeline has no profiles.
            if set("AWS_ACCESS_KEY_ID") {
                return Ok((caller.of_environment().await?, None, false));
            }
            if let Some(found) = self.of_pipeline(caller).await? {
                return Ok(found);
            }
        }
        match ProfileChain::read(named).await? {
            Some(chain) if chain.portal().is_some() || chain.needs_mfa() => {
                Ok((self.of_chain(caller, &chain).await?, None, false))
            }
            _ => Ok((caller.of_environment().await?, None, false)),
        }
    }

    /// The identity of a build: exchanged for the role that it names, else for the hub.
    async fn of_pipeline(
        &self,
        caller: &Caller,
    ) -> Result<Option<(Credentials, Option<String>, bool)>, LoginError> {
        // A profile that was chosen says more than what a build service gives to every job.
        if set("AWS_PROFILE") {
            return Ok(None);
        }
        let http = crate::http::client().map_err(|reason| LoginError::Configuration { reason })?;
        let Some(identity) = WebIdentity::from_environment(&http).await? else { return Ok(None) };
        let named = std::env::var("AWS_ROLE_ARN").ok().filter(|role| !role.is_empty());
        let Some(role) = named.or_else(|| self.settings.aws.hub.clone()) else {
            // GitHub offers its tokens to jobs that want them for something else.
            return Ok(None);
        };
        let is_hub = self.settings.aws.hub.as_ref() == Some(&role);
        let who = identity.identity().map(|who| attributed(&who));
        let name = who.clone().unwrap_or_else(|| "tenko".to_owned());
        let credentials = identity.assume(&caller.sts, &role, &name, None).await?;
        Ok(Some((credentials, who, is_hub)))
    }

    /// The credentials that a chain begins with, signed in to first where that takes a person.
    async fn of_base(&self, caller: &Caller, base: &Base) -> Result<Credentials, LoginError> {
        let settings = ProviderConfig::default()
            .with_http_client(caller.http.clone())
            .with_region(caller.config.region().cloned());
        let provider = |base: &Base| {
            base.provider(&settings).ok_or_else(|| LoginError::NoCredentials {
                reason: "the profile begins with `aws login` or a source that tenko does not read"
                    .to_owned(),
            })
        };
        let Base::Sso { portal, .. } = base else { return ask(&provider(base)?).await };
        let sign_in = SignIn::new(&caller.config, self.human.as_ref())?;
        let signed = sign_in.ensure(portal).await?;
        let given = provider(base)?.provide_credentials().await;
        match given {
            Ok(credentials) => Ok(credentials),
            // Signed out elsewhere: the token looks good and is not.
            Err(error) if on_one_line(&error).contains("Unauthorized") => {
                sign_in.again(portal, &signed).await?;
                ask(&provider(base)?).await
            }
            Err(error) => Err(no_credentials(&error)),
        }
    }

    /// A profile that signs in or asks for a code. What a code was typed for is kept: sealed, as sessions are.
    async fn of_chain(
        &self,
        caller: &Caller,
        chain: &ProfileChain,
    ) -> Result<Credentials, LoginError> {
        if !chain.needs_mfa() {
            return self.steps(caller, chain).await;
        }
        let environment = super::fingerprint(&self.sources);
        let key = CacheKey::new(&["own", &chain.mark(), &environment]);
        let good = |bytes: &[u8]| {
            serde_json::from_slice::<Kept>(bytes)
                .is_ok_and(|kept| kept.expires.duration_since(Timestamp::now()) > MARGIN)
        };
        let make = async {
            let credentials = self.steps(caller, chain).await?;
            let expires = credentials.expiry().and_then(|time| Timestamp::try_from(time).ok());
            let kept = Kept {
                access_key_id: credentials.access_key_id().to_owned(),
                secret_access_key: credentials.secret_access_key().to_owned(),
                session_token: credentials.session_token().map(str::to_owned),
                expires: expires.unwrap_or(Timestamp::MIN),
            };
            written(&kept)
        };
        let bytes = self.cache().get_or(&key, good, false, make).await?;
        let kept: Kept = serde_json::from_slice(&bytes)
            .map_err(|error| LoginError::Configuration { reason: error.to_string() })?;
        Ok(Credentials::new(
            kept.access_key_id.clone(),
            kept.secret_access_key.clone(),
            kept.session_token.clone(),
            Some(SystemTime::from(kept.expires)),
            "tenko",
        ))
    }

    async fn steps(
        &self,
        caller: &Caller,
        chain: &ProfileChain,
    ) -> Result<Credentials, LoginError> {
        let mut credentials = self.of_base(caller, &chain.base).await?;
        for step in &chain.steps {
            // Who it is stands in what the chain begins with.
            let proven = caller.prove(credentials.clone()).await.map_err(of_call)?;
            let who = crate::attribution::who_of_arn(&proven.arn);
            let human = self.human.as_ref();
            credentials = assume_with_mfa(&caller.sts, &credentials, step, &who, human).await?;
        }
        Ok(credentials)
    }
}

async fn ask(provider: &SharedCredentialsProvider) -> Result<Credentials, LoginError> {
    provider.provide_credentials().await.map_err(|error| no_credentials(&error))
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

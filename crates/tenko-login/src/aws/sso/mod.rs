//! Signing in at IAM Identity Center, and what a profile of the AWS tools wants.
//!
//! The SDK reads the token of a start page from `~/.aws/sso/cache` and renews it, and never signs in. That is done
//! here: [`SignIn::ensure`] sees to it that a valid token lies there, in the AWS CLI's own format, so that the CLI, boto3
//! and this program use each other's. A browser on this machine is used where there is one (authorization code with
//! PKCE), else an address and a code for a browser anywhere. Processes that need the same token at the same time wait for
//! one of them.

mod callback;
mod device;
mod error;
mod lock;
mod oidc;
mod pkce;
mod profile;
mod sha1;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use tenko_core::IdentityCenter;

pub use error::SsoError;
pub use profile::ProfileError;
pub(crate) use profile::{AssumeStep, Base, ProfileChain};

pub(crate) use oidc::is_web;

use crate::human::Human;
use oidc::{Failed, Grant, Oidc};
use store::{Registration, Store, Token};

/// How long people have for a sign-in, as with the AWS CLI: codes live no longer either.
const LIMIT: Duration = Duration::from_mins(10);
/// Without a terminal nobody waits that long: a refresh takes a second.
const UNATTENDED_LIMIT: Duration = Duration::from_secs(60);
/// Before its end, a token is renewed, as botocore does.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// A token that cannot be renewed is used as long as it is of use.
const USE_BEFORE: SignedDuration = SignedDuration::from_mins(1);

/// A start page of IAM Identity Center, and under which name its token is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// `https://acme.awsapps.com/start`.
    pub start_url: String,
    /// The region that the Identity Center was set up in.
    pub region: String,
    /// The profile's `sso_session`; without one, the token is kept under the start URL.
    pub session: Option<String>,
    /// The session's `sso_registration_scopes`; empty is `sso:account:access`.
    pub scopes: Vec<String>,
}

impl From<&IdentityCenter> for Portal {
    fn from(center: &IdentityCenter) -> Self {
        Self {
            start_url: center.start_url.clone(),
            region: center.region.clone(),
            session: None,
            scopes: Vec::new(),
        }
    }
}

/// That a valid token lies where the SDK looks for it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Until when it is valid.
    pub expires: Timestamp,
    /// How it came there.
    pub how: How,
    mark: Mark,
}

/// How a token came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It was there and is valid.
    Cached,
    /// It was renewed with its refresh token; nobody was asked.
    Refreshed,
    /// A person signed in.
    SignedIn,
}

/// Tells a token from others; not a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark([u8; 32]);

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark")
    }
}

/// The sign-in.
#[derive(Debug)]
pub struct SignIn<'a> {
    config: &'a SdkConfig,
    human: &'a dyn Human,
    folder: PathBuf,
    limit: Duration,
    second: Duration,
}

impl<'a> SignIn<'a> {
    /// With the configuration's HTTP client and endpoints (`AWS_ENDPOINT_URL_SSO_OIDC` among them); its credentials are
    /// not used.
    ///
    /// # Errors
    ///
    /// [`SsoError::NoHome`]: the place of tokens is not known.
    pub fn new(config: &'a SdkConfig, human: &'a dyn Human) -> Result<Self, SsoError> {
        use aws_runtime::fs_util::{Os, home_dir};

        // As the SDK finds it, which has to read the file.
        let home = home_dir(&aws_types::os_shim_internal::Env::real(), Os::real());
        let home = home.filter(|home| !home.is_empty()).ok_or(SsoError::NoHome)?;
        Ok(Self::in_folder(config, human, &Path::new(&home).join(".aws/sso/cache")))
    }

    /// With tokens elsewhere than in `~/.aws/sso/cache`, where the SDK does not look.
    pub fn in_folder(config: &'a SdkConfig, human: &'a dyn Human, folder: &Path) -> Self {
        Self {
            config,
            human,
            folder: folder.to_owned(),
            limit: LIMIT,
            second: Duration::from_secs(1),
        }
    }

    /// How long a sign-in may take; ten minutes unless told otherwise.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sees to it that a valid token lies in the cache: uses the one that is there, renews it, or has the person sign in.
    ///
    /// # Errors
    ///
    /// There is none, and none could be had.
    pub async fn ensure(&self, portal: &Portal) -> Result<Signed, SsoError> {
        self.other_than(portal, None).await
    }

    /// The same after the service did not accept a token that looked valid (signed out, or revoked). Another process may
    /// have replaced it meanwhile; then that one is used.
    ///
    /// # Errors
    ///
    /// As [`Self::ensure`].
    pub async fn again(&self, portal: &Portal, rejected: &Signed) -> Result<Signed, SsoError> {
        self.other_than(portal, Some(rejected.mark)).await
    }

    async fn other_than(
        &self,
        portal: &Portal,
        rejected: Option<Mark>,
    ) -> Result<Signed, SsoError> {
        portal.check()?;
        let store = Store::new(&self.folder, portal);
        if let Some(signed) = usable(&store, portal, rejected, RENEW_BEFORE) {
            return Ok(signed);
        }
        let there = self.human.present();
        let limit = if there { self.limit } else { self.limit.min(UNATTENDED_LIMIT) };
        let path = store.lock();
        let lock = lock::acquire(store.folder(), &path, limit).await;
        let lock = lock.map_err(|source| SsoError::Storage { what: "lock", path, source })?;
        let Some(lock) = lock else {
            let start_url = portal.start_url.clone();
            return Err(SsoError::Busy { start_url, seconds: limit.as_secs() });
        };
        // Whoever had the lock may have signed in.
        if let Some(signed) = usable(&store, portal, rejected, RENEW_BEFORE) {
            return Ok(signed);
        }
        let start_url = || portal.start_url.clone();
        if lock.failed_meanwhile() {
            return Err(SsoError::FailedElsewhere { start_url: start_url() });
        }
        let oidc = Oidc::new(self.config, portal);
        if let Some(signed) = renewed(&oidc, &store, portal, rejected).await? {
            return Ok(signed);
        }
        if !there {
            return Err(SsoError::Nobody { start_url: start_url() });
        }
        let token = self.signed_in(&oidc, &store, portal).await;
        let token = token.inspect_err(|_| lock.mark_failed())?;
        store.keep_token(&token)?;
        tracing::debug!(start_url = portal.start_url, "signed in");
        Ok(Signed::of(&token, How::SignedIn))
    }

    async fn signed_in(
        &self,
        oidc: &Oidc,
        store: &Store,
        portal: &Portal,
    ) -> Result<Token, SsoError> {
        match pkce::sign_in(oidc, store, portal, self.human, self.limit).await? {
            pkce::Outcome::Token(token) => Ok(token),
            pkce::Outcome::NotHere => {
                device::sign_in(oidc, store, portal, self.human, self.limit, self.second).await
            }
        }
    }
}

impl Signed {
    fn of(token: &Token, how: How) -> Self {
        Self { expires: token.expires_at, how, mark: Mark(token.mark()) }
    }
}

impl Portal {
    /// Before anything is sent there.
    fn check(&self) -> Result<(), SsoError> {
        let wrong = |what, expected, value: &str| SsoError::Malformed {
            what,
            expected,
            value: value.chars().take(200).collect(),
        };
        if !Url::parse(&self.start_url).is_ok_and(|url| oidc::is_web(&url)) {
            return Err(wrong("start URL", "an https address", &self.start_url));
        }
        let region = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.region.is_empty() || self.region.len() > 32 || !self.region.chars().all(region) {
            return Err(wrong("region", "a region's name", &self.region));
        }
        Ok(())
    }
}

/// The token that lies there, if it is another one than was rejected and lasts for more than `margin`.
fn usable(
    store: &Store,
    portal: &Portal,
    rejected: Option<Mark>,
    margin: SignedDuration,
) -> Option<Signed> {
    let token = store.token().filter(|token| token.is_for(portal))?;
    let signed = Signed::of(&token, How::Cached);
    let lasts = signed.expires.duration_since(Timestamp::now());
    (lasts > margin && rejected != Some(signed.mark)).then_some(signed)
}

/// A token by way of the refresh token that lies there. `None`: a person has to sign in.
async fn renewed(
    oidc: &Oidc,
    store: &Store,
    portal: &Portal,
    rejected: Option<Mark>,
) -> Result<Option<Signed>, SsoError> {
    let still_good = || usable(store, portal, rejected, USE_BEFORE);
    let now = Timestamp::now();
    let Some(old) = store.token().filter(|token| token.is_for(portal)) else { return Ok(None) };
    let client = match (&old.client_id, &old.client_secret, old.registration_expires_at) {
        (Some(client_id), Some(client_secret), Some(expires_at)) if expires_at > now => {
            Registration {
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                expires_at,
                scopes: None,
                grant_types: None,
            }
        }
        _ => return Ok(still_good()),
    };
    let Some(refresh_token) = &old.refresh_token else { return Ok(still_good()) };
    match oidc.token(&client, Grant::Refresh(refresh_token)).await {
        Ok(mut token) => {
            if token.refresh_token.is_none() {
                token.refresh_token.clone_from(&old.refresh_token);
            }
            store.keep_token(&token)?;
            Ok(Some(Signed::of(&token, How::Refreshed)))
        }
        Err(failed @ Failed::Unreachable(_)) => match still_good() {
            Some(signed) => Ok(Some(signed)),
            // A sign-in would not reach it either.
            None => Err(oidc.told("CreateToken", failed).await),
        },
        Err(failed) => {
            tracing::debug!(?failed, "the token cannot be renewed");
            Ok(still_good())
        }
    }
}

/// The client that lies in the cache, or a new one.
async fn registered(oidc: &Oidc, store: &Store, redirect: bool) -> Result<Registration, Failed> {
    if let Some(registration) = store.registration(redirect, Timestamp::now()) {
        return Ok(registration);
    }
    let registration = oidc.register(redirect).await?;
    if let Err(error) = store.keep_registration(&registration) {
        // The token's file will say so if it matters.
        tracing::debug!(%error, "the registration is not kept");
    }
    Ok(registration)
}

fn too_long(portal: &Portal, limit: Duration) -> SsoError {
    let minutes = limit.as_secs().div_ceil(60).max(1);
    SsoError::TooLong { start_url: portal.start_url.clone(), minutes }
}

//! As whom one project is read.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use google_cloud_auth::credentials::{CacheableResource, Credentials};
use google_cloud_gax::error::Error;
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_throttler::{
    AdaptiveThrottler, RetryThrottler as _, SharedRetryThrottler,
};
use http::{Extensions, HeaderMap, HeaderValue};
use tenko_core::DeniedBy;

use crate::call::Operation;
use crate::credentials::{BuildCredentialsError, CredentialSource, Impersonation, Scopes};
use crate::error::{CallError, ErrorClass, chain};

/// Credentials for one project, narrowed per call to the scopes that it needs.
#[derive(Clone)]
pub(crate) struct Session(Arc<Inner>);

struct Inner {
    project: String,
    identity: Option<String>,
    grants: Arc<Grants>,
    throttler: SharedRetryThrottler,
}

/// The credentials of one principal: one per set of scopes, made when first needed.
#[derive(Debug)]
pub(crate) struct Grants {
    source: CredentialSource,
    target: Option<Impersonation>,
    made: Mutex<HashMap<Scopes, (Credentials, Instant)>>,
}

/// How long a token may take: several hops, each of them with retries.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(60);

/// How many failures a session may begin with before any retry is held back.
const CREDIT: u32 = 20;

impl Session {
    pub(crate) fn new(project: &str, identity: Option<String>, grants: Arc<Grants>) -> Self {
        let mut throttler = AdaptiveThrottler::default();
        // It holds back half of the retries after the very first failure, were it left as new.
        for _ in 0..CREDIT {
            throttler.on_success();
        }
        let throttler = Arc::new(Mutex::new(throttler));
        Self(Arc::new(Inner { project: project.to_owned(), identity, grants, throttler }))
    }

    /// As whom, where that is known: an e-mail address.
    pub(crate) fn identity(&self) -> Option<&str> {
        self.0.identity.as_deref()
    }

    /// Holds retries back while most calls of this session fail.
    pub(crate) fn throttler(&self) -> SharedRetryThrottler {
        self.0.throttler.clone()
    }

    /// Tells how an attempt ended: well, or else whether another one may end better. For calls that do not go through
    /// the official clients, which tell by themselves.
    pub(crate) fn note(&self, failed: Option<bool>) {
        let mut throttler = self.0.throttler.lock().unwrap_or_else(PoisonError::into_inner);
        match failed {
            None => throttler.on_success(),
            Some(true) => throttler.on_retry_failure(&RetryResult::Continue(failure())),
            Some(false) => throttler.on_retry_failure(&RetryResult::Permanent(failure())),
        }
    }

    /// Whether another attempt is better left out now.
    pub(crate) fn holds_back(&self) -> bool {
        self.0.throttler.lock().unwrap_or_else(PoisonError::into_inner).throttle_retry_attempt()
    }

    /// Credentials with these scopes.
    ///
    /// # Errors
    /// When they cannot be made: what is configured does not fit.
    pub(crate) fn credentials(
        &self,
        scopes: &Scopes,
    ) -> Result<Credentials, BuildCredentialsError> {
        self.0.grants.get(scopes)
    }

    /// Drops the token of a request that began then and was not let in: the next one gets a new token. Credentials
    /// believe in a token until its time is up, and it may be revoked before.
    pub(crate) fn renew(&self, scopes: &Scopes, began: Instant) {
        self.0.grants.forget_of_before(scopes, began);
    }

    /// The headers that let one request in.
    ///
    /// # Errors
    /// [`ErrorClass::Denied`] by [`DeniedBy::Trust`] when no token is given to us, [`ErrorClass::Unreachable`] when
    /// that could not be asked.
    pub(crate) async fn headers(
        &self,
        operation: &Operation,
        scopes: &Scopes,
    ) -> Result<HeaderMap, CallError> {
        let denied = ErrorClass::Denied(DeniedBy::Trust);
        let own = |class, message: String| CallError::own(operation, class, "credentials", message);
        let credentials = self.credentials(scopes).map_err(|e| own(denied, chain(&e)))?;
        let asked = tokio::time::timeout(TOKEN_TIMEOUT, credentials.headers(Extensions::new()));
        let mut headers = match asked.await {
            Ok(Ok(CacheableResource::New { data, .. })) => data,
            Ok(Ok(CacheableResource::NotModified)) => {
                let message =
                    "the source of credentials answered with nothing new to a first question";
                return Err(own(ErrorClass::Broken, message.to_owned()));
            }
            Ok(Err(error)) => {
                let text = match self.0.grants.source.advice() {
                    Some(advice) => format!("{advice} ({})", root_cause(&error)),
                    None => chain(&error),
                };
                // Where there is no metadata server, to wait for one would take minutes.
                if error.is_transient() && self.0.grants.source.advice().is_none() {
                    return Err(own(ErrorClass::Unreachable, text));
                }
                // Credentials that failed for good never try again. What was wrong may be put right.
                self.0.grants.forget(scopes);
                self.0.grants.source.forget_failed().await;
                return Err(own(denied, text));
            }
            Err(_) => {
                let message = format!("no token within {} s", TOKEN_TIMEOUT.as_secs());
                return Err(own(ErrorClass::Unreachable, message));
            }
        };
        if let Some(project) = self.0.grants.source.quota_project() {
            let value = HeaderValue::from_str(project)
                .map_err(|_| own(denied, format!("`{project}` is no project to be charged")))?;
            headers.insert("x-goog-user-project", value);
        }
        Ok(headers)
    }
}

impl Grants {
    pub(crate) fn new(source: CredentialSource, target: Option<Impersonation>) -> Self {
        Self { source, target, made: Mutex::default() }
    }

    fn get(&self, scopes: &Scopes) -> Result<Credentials, BuildCredentialsError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((credentials, _)) = made.get(scopes) {
            return Ok(credentials.clone());
        }
        let new = self.source.credentials(self.target.as_ref(), scopes)?;
        made.insert(scopes.clone(), (new.clone(), Instant::now()));
        Ok(new)
    }

    fn forget(&self, scopes: &Scopes) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).remove(scopes);
    }

    fn forget_of_before(&self, scopes: &Scopes, time: Instant) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if made.get(scopes).is_some_and(|(_, at)| *at <= time) {
            made.remove(scopes);
        }
    }
}

/// What went wrong in the end, without what was wanted on the way there.
fn root_cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

/// Throttlers want an error, of which they read nothing.
fn failure() -> Error {
    Error::io("failed")
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { project, identity, .. } = &*self.0;
        f.debug_struct("Session").field("project", project).field("identity", identity).finish()
    }
}

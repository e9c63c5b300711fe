//! The switch, the guard and the count of the official clients.
//!
//! There is one set of clients for all identities. A client asks its credentials for headers once per attempt, in the
//! task that makes the call. That is where the call that is under way is looked up: it says whose headers to send, and
//! whether anything may be sent at all. Without a call there are no headers, and no request.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use google_cloud_auth::credentials::{CacheableResource, CredentialsProvider, EntityTag};
use google_cloud_auth::errors::CredentialsError;
use google_cloud_gax::Result as GaxResult;
use google_cloud_gax::error::Error;
use http::{Extensions, HeaderMap};

use super::Method;
use crate::call::{Ledger, Operation};
use crate::credentials::{Environment, Scopes};
use crate::endpoints::UNIVERSE;
use crate::error::{CallError, ErrorClass};
use crate::session::Session;

tokio::task_local! {
    static CALL: Call;
    static THROTTLED: Arc<AtomicU32>;
}

/// A call that is under way.
#[derive(Clone)]
struct Call(Arc<Inner>);

struct Inner {
    operation: Operation,
    scopes: Scopes,
    session: Session,
    ledger: Ledger,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Why there were no headers. The clients keep only a text of it.
    refused: Option<CallError>,
    /// How long the service asked to wait.
    wait: Option<Duration>,
    /// How many attempts were held back.
    skipped: u32,
    /// When the attempt began that is under way.
    began: Option<Instant>,
    /// Whether a token that was not taken was renewed.
    renewed: bool,
}

impl Call {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops a token that was not taken. Not twice: then it is not the token's fault.
    fn renew(&self) -> bool {
        let mut state = self.state();
        let Some(began) = state.began.filter(|_| !state.renewed) else { return false };
        state.renewed = true;
        self.0.session.renew(&self.0.scopes, began);
        true
    }

    fn error(&self, error: &Error) -> CallError {
        let refused = self.state().refused.clone();
        refused
            .filter(|_| error.is_authentication())
            .unwrap_or_else(|| CallError::of_gax(&self.0.operation, error))
    }
}

/// Makes one call of an official client: whatever `request` sends goes out with this session's credentials and is
/// counted, provided that the method is on the ledger's list.
///
/// # Errors
/// What the last attempt ended with.
pub(crate) async fn call<T>(
    ledger: &Ledger,
    session: &Session,
    method: &Method,
    longest: Duration,
    request: impl Future<Output = GaxResult<T>>,
) -> Result<T, CallError> {
    let call = Call(Arc::new(Inner {
        operation: method.operation(),
        scopes: method.scopes(),
        session: session.clone(),
        ledger: ledger.clone(),
        state: Mutex::default(),
    }));
    match tokio::time::timeout(longest, CALL.scope(call.clone(), request)).await {
        Ok(answer) => answer.map_err(|error| call.error(&error)),
        Err(_) => {
            let message = format!("no answer within {} s", longest.as_secs());
            let class = ErrorClass::Unreachable;
            Err(CallError::own(&call.0.operation, class, "timeout", message))
        }
    }
}

/// Runs calls and tells how many answers said "too fast", those that a later attempt made good among them.
pub(crate) async fn counting<F: Future>(calls: F) -> (F::Output, u32) {
    let throttled = Arc::new(AtomicU32::new(0));
    let output = THROTTLED.scope(throttled.clone(), calls).await;
    (output, throttled.load(Ordering::Relaxed))
}

/// Takes note of a failed attempt. What it was, if another one may succeed.
pub(super) fn note(error: &Error) -> Option<ErrorClass> {
    let noted = CALL.try_with(|call| {
        let error = call.error(error);
        call.state().wait = error.retry_after;
        if error.class == ErrorClass::Throttled {
            call.0.ledger.throttled(&error.operation);
            let _ = THROTTLED.try_with(|count| count.fetch_add(1, Ordering::Relaxed));
        }
        let again = error.is_retryable() || error.class == ErrorClass::TokenRefused && call.renew();
        again.then_some(error.class)
    });
    noted.ok().flatten()
}

/// Takes note of an attempt that was held back. How many there were.
pub(super) fn note_skipped() -> u32 {
    let skipped = CALL.try_with(|call| {
        let mut state = call.state();
        state.skipped += 1;
        state.skipped
    });
    skipped.unwrap_or(u32::MAX / 2)
}

/// How long the service asked to wait in its last answer.
pub(super) fn asked_wait() -> Option<Duration> {
    CALL.try_with(|call| call.state().wait).ok().flatten()
}

/// The credentials of the official clients of one service.
#[derive(Debug)]
pub(super) struct Metered {
    service: &'static str,
    ledger: Ledger,
    environment: Environment,
}

impl Metered {
    pub(super) fn new(service: &'static str, ledger: Ledger, environment: Environment) -> Self {
        Self { service, ledger, environment }
    }
}

impl CredentialsProvider for Metered {
    async fn headers(
        &self,
        _extensions: Extensions,
    ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
        let refuse = |message: &str| CredentialsError::from_msg(false, message);
        let Ok(call) = CALL.try_with(Clone::clone) else {
            self.ledger.refuse();
            return Err(refuse("held back by the read-only guard: no call is under way"));
        };
        call.state().began = Some(Instant::now());
        let Inner { operation, session, scopes, ledger, .. } = &*call.0;
        let allowed = &*operation.service == self.service && ledger.allowed().contains(operation);
        let headers = match allowed {
            true => session.headers(operation, scopes).await,
            false => {
                ledger.refuse();
                let message = "held back by the read-only guard: not on the list of methods";
                Err(CallError::own(operation, ErrorClass::Refused, "refused", message))
            }
        };
        match headers {
            Ok(data) => {
                // From here on the request leaves.
                if !ledger.admit(operation) {
                    return Err(refuse("held back by the read-only guard"));
                }
                call.state().refused = None;
                Ok(CacheableResource::New { entity_tag: EntityTag::new(), data })
            }
            Err(error) => {
                let text = CredentialsError::from_msg(error.is_retryable(), &error.message);
                call.state().refused = Some(error);
                Err(text)
            }
        }
    }

    /// Clients do not start where this is not the environment's: the sessions' own credentials may say otherwise.
    async fn universe_domain(&self) -> Option<String> {
        self.environment.get(UNIVERSE)
    }
}

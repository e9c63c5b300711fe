//! When a read is tried again: the same for the official clients and for REST.

use std::sync::Arc;
use std::time::{Duration, Instant};

use google_cloud_gax::backoff_policy::BackoffPolicy;
use google_cloud_gax::error::{CredentialsError, Error};
use google_cloud_gax::exponential_backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
use google_cloud_gax::retry_policy::RetryPolicy;
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_state::RetryState;
use google_cloud_gax::throttle_result::ThrottleResult;

use super::metered;
use crate::error::{CallError, ErrorClass};

/// How often and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RetrySettings {
    /// How often a call is tried, the first time among them.
    pub(crate) attempts: u32,
    /// The longest wait before the second attempt. Each further one may be twice as long; the wait is random below
    /// that.
    pub(crate) initial_delay: Duration,
    /// The longest wait of all, also where the service asks for a longer one.
    pub(crate) maximum_delay: Duration,
    /// How long one attempt may take.
    pub(crate) attempt_timeout: Duration,
}

impl Default for RetrySettings {
    /// Google counts most quotas per minute: the waits of the later attempts reach into the next one.
    fn default() -> Self {
        Self {
            attempts: 8,
            initial_delay: Duration::from_secs(1),
            maximum_delay: Duration::from_secs(32),
            attempt_timeout: Duration::from_secs(30),
        }
    }
}

impl RetrySettings {
    /// The longest time that a call with attempts of this length may take, waits included. For what the attempts'
    /// own timeout does not cover: gRPC connections are made outside of it.
    pub(crate) fn total(&self, attempt_timeout: Duration) -> Duration {
        (attempt_timeout + self.maximum_delay) * self.attempts.max(1)
    }

    /// The waits.
    pub(crate) fn backoff(&self) -> Backoff {
        let inner = ExponentialBackoffBuilder::new()
            .with_initial_delay(self.initial_delay)
            .with_maximum_delay(self.maximum_delay)
            .clamp();
        Backoff { inner: Arc::new(inner), maximum: self.maximum_delay }
    }

    /// The rule of the official clients.
    pub(crate) fn policy(&self) -> ReadRetry {
        ReadRetry { attempts: self.attempts }
    }

    /// For loops of our own: how long to wait after this error of the attempt of this number (from 1), or none when it
    /// is final. `start` is when the first attempt began.
    pub(crate) fn wait(&self, error: &CallError, attempt: u32, start: Instant) -> Option<Duration> {
        if !error.is_retryable() || attempt >= most(error.class, self.attempts) {
            return None;
        }
        let state = RetryState::new(true).set_attempt_count(attempt).set_start(start);
        let backoff = self.backoff();
        Some(backoff.at_least(backoff.inner.on_failure(&state), error.retry_after))
    }
}

/// How often a call is tried that fails in this way. A quota is there again in the next minute; where nobody answers,
/// all calls wait, and a minute more rarely helps.
fn most(class: ErrorClass, attempts: u32) -> u32 {
    if class == ErrorClass::Throttled { attempts } else { attempts.min(4) }
}

/// Random waits that grow, and never shorter than what the service asks for, up to the maximum.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    inner: Arc<ExponentialBackoff>,
    maximum: Duration,
}

impl Backoff {
    fn at_least(&self, delay: Duration, asked: Option<Duration>) -> Duration {
        asked.map_or(delay, |asked| delay.max(asked.min(self.maximum)))
    }
}

impl BackoffPolicy for Backoff {
    fn on_failure(&self, state: &RetryState) -> Duration {
        self.at_least(self.inner.on_failure(state), metered::asked_wait())
    }
}

/// Tries a read again where the error can pass by itself. The clients' own rules leave out what Google answers to too
/// many calls (429, and 403 with a rate's name).
#[derive(Clone, Debug)]
pub(crate) struct ReadRetry {
    attempts: u32,
}

impl RetryPolicy for ReadRetry {
    fn on_error(&self, state: &RetryState, error: Error) -> RetryResult {
        match metered::note(&error) {
            None => RetryResult::Permanent(error),
            Some(class) if state.attempt_count >= most(class, self.attempts) => {
                RetryResult::Exhausted(error)
            }
            Some(_) => RetryResult::Continue(error),
        }
    }

    /// An attempt that the throttler held back is used up as well: else a service that is down would keep the call
    /// waiting without end.
    fn on_throttle(&self, state: &RetryState, error: Error) -> ThrottleResult {
        if state.attempt_count + metered::note_skipped() >= self.attempts {
            ThrottleResult::Exhausted(error)
        } else {
            ThrottleResult::Continue(error)
        }
    }
}

/// Asks for a token again where the question got no answer. Without it, credentials ask once, and then not again for
/// some seconds.
#[derive(Clone, Debug)]
pub(crate) struct TokenRetry;

impl RetryPolicy for TokenRetry {
    fn on_error(&self, state: &RetryState, error: Error) -> RetryResult {
        let cause = std::error::Error::source(&error).and_then(|e| e.downcast_ref());
        if !cause.is_some_and(CredentialsError::is_transient) {
            RetryResult::Permanent(error)
        } else if state.attempt_count >= 3 {
            RetryResult::Exhausted(error)
        } else {
            RetryResult::Continue(error)
        }
    }
}

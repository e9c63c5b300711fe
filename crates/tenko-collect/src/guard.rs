//! Runs a provider's code so that nothing it does can end the run.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tenko_core::{Outcome, Problem};
use tokio::select;
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// When the run has to end before it is done.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    token: CancellationToken,
    deadline: Option<Instant>,
}

impl Stop {
    pub(crate) fn new(token: CancellationToken, run_timeout: Option<Duration>) -> Self {
        let deadline = run_timeout.and_then(|limit| Instant::now().checked_add(limit));
        Self { token, deadline }
    }

    pub(crate) fn is_fired(&self) -> bool {
        self.token.is_cancelled() || self.deadline.is_some_and(|at| Instant::now() >= at)
    }

    pub(crate) async fn fired(&self) {
        match self.deadline {
            Some(at) => select! { () = self.token.cancelled() => {}, () = sleep_until(at) => {} },
            None => self.token.cancelled().await,
        }
    }
}

/// How guarded work ended when it did not end by itself.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    TimedOut(Duration),
    Stopped,
    Panicked(String),
}

impl Cut {
    /// The outcome of something of which nothing was read.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::TimedOut(_) | Self::Panicked(_) => Outcome::Unreachable,
            Self::Stopped => Outcome::Cancelled,
        }
    }

    /// What is told about it.
    pub(crate) fn problem(&self, operation: &str) -> Problem {
        match self {
            Self::TimedOut(limit) => {
                Problem::new(operation, "timeout", format!("not done within {limit:?}"))
            }
            Self::Stopped => {
                Problem::new(operation, "cancelled", "the run was cancelled, or its time was up")
            }
            Self::Panicked(message) => {
                Problem::new(operation, "internal", format!("the provider panicked: {message}"))
            }
        }
    }
}

/// Awaits `work` for at most `limit`, until the run stops or the work panics. The work is dropped
/// in here too, so that a panic while it is dropped is caught as well.
pub(crate) async fn guarded<T>(
    limit: Duration,
    stop: &Stop,
    work: impl Future<Output = T>,
) -> Result<T, Cut> {
    let raced = async {
        // Unconstrained: work that used up the task's budget must not keep its own time limit
        // from being looked at.
        let stopped = unconstrained(stop.fired());
        let late = unconstrained(sleep(limit));
        select! {
            // What is done is done, even when the time is up in the same moment.
            biased;
            done = work => Ok(done),
            () = stopped => Err(Cut::Stopped),
            () = late => Err(Cut::TimedOut(limit)),
        }
    };
    match AssertUnwindSafe(raced).catch_unwind().await {
        Ok(ended) => ended,
        Err(payload) => Err(Cut::Panicked(panic_message(&*payload))),
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

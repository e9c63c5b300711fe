//! What every provider must do, as one list of checks that runs unchanged against all of them:
//! one that lives in memory, a simulated cloud, a real one.
//!
//! A [`Harness`] hands out the provider and makes its cloud misbehave. What a harness cannot do is
//! counted as skipped, with the reason, and never as passed.

mod faults;
mod look;
mod report;
mod steady;

use std::sync::Arc;
use std::time::Duration;

use tenko_core::{BoxFuture, Provider, Reach, ResourceType, ScopeId, ScopeKey, Unit};

pub use report::Report;

/// A cloud under test.
pub trait Harness: Send + Sync {
    /// The provider: a new one each time, or always the same. What it remembers of a session must
    /// not outlast a fault.
    fn provider(&self) -> Arc<dyn Provider>;

    /// Scopes that discovery must find.
    fn expected_scopes(&self) -> Vec<ScopeKey>;

    /// How many of the active scopes are collected; faults go to the first of them.
    fn sample(&self) -> usize {
        2
    }

    /// A unit that is listed in more than one page.
    ///
    /// # Errors
    /// Why there is none.
    fn paged_unit(&self) -> Result<Unit, String> {
        Err("no unit is known to have a second page".to_owned())
    }

    /// Whether the cloud refuses who asks for a scope that is not there.
    ///
    /// # Errors
    /// Why it does not.
    fn refuses_strangers(&self) -> Result<(), String> {
        Ok(())
    }

    /// How long one scope or unit may take, retries included.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// Makes a fault happen until [`Self::clear`].
    ///
    /// # Errors
    /// Why it cannot.
    fn inject<'a>(&'a self, fault: &'a ConformanceFault) -> BoxFuture<'a, Result<(), String>>;

    /// Takes all faults away.
    fn clear(&self) -> BoxFuture<'_, ()>;
}

/// A fault in one scope. Without reach and type it hits all that the scope is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConformanceFault {
    /// What happens.
    pub kind: FaultKind,
    /// The scope that it happens in.
    pub scope: ScopeId,
    /// Only in this region, or only where the whole scope is listed.
    pub reach: Option<Reach>,
    /// Only when this type is listed.
    pub resource_type: Option<ResourceType>,
}

/// What can happen to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// It is not permitted.
    Denied,
    /// It is throttled, however often it is tried.
    ThrottledOut,
    /// The server fails, however often it is tried.
    ServerError,
    /// The connection is lost, however often it is tried.
    ConnectionLost,
    /// The body ends early, however often it is tried.
    TruncatedBody,
    /// The first page is good, the second fails however often it is tried.
    BrokenSecondPage,
    /// The page token of the first page comes again and again.
    RepeatedToken,
}

/// Runs all checks, one after the other. Needs a tokio runtime with time.
pub async fn run(harness: &dyn Harness) -> Report {
    let mut report = Report::default();
    harness.clear().await;
    let Some(base) = steady::run(harness, &mut report).await else {
        report.skip("faults", "nothing could be collected to compare with");
        return report;
    };
    faults::run(harness, &base, &mut report).await;
    harness.clear().await;
    report
}

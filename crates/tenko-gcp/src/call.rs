//! Which calls may leave the process, and how many did.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tenko_core::CallCount;

/// A method of a Google API. In text `compute:instances.aggregatedList`: the service as in its host name, and the
/// method as its discovery document or service definition calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Operation {
    /// Key in `services.toml`.
    pub(crate) service: Arc<str>,
    /// The method.
    pub(crate) method: Arc<str>,
}

impl Operation {
    pub(crate) fn new(service: &str, method: &str) -> Self {
        Self { service: service.into(), method: method.into() }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.method)
    }
}

/// What the read-only guard lets through, and a count of what went: shared by all clients of a provider.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<LedgerInner>);

#[derive(Debug, Default)]
struct LedgerInner {
    allowed: BTreeSet<Operation>,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    calls: BTreeMap<Operation, (u64, u64)>,
    refused: u64,
}

impl Ledger {
    /// A ledger that lets these operations through.
    pub(crate) fn new(allowed: impl IntoIterator<Item = Operation>) -> Self {
        let inner = LedgerInner { allowed: allowed.into_iter().collect(), ..Default::default() };
        Self(Arc::new(inner))
    }

    /// Every operation that may leave the process.
    pub(crate) fn allowed(&self) -> &BTreeSet<Operation> {
        &self.0.allowed
    }

    /// Asks whether a request may leave. It is counted if so; else the refusal is.
    #[must_use]
    pub(crate) fn admit(&self, operation: &Operation) -> bool {
        let mut counts = self.counts();
        if !self.0.allowed.contains(operation) {
            counts.refused += 1;
            return false;
        }
        counts.calls.entry(operation.clone()).or_default().0 += 1;
        true
    }

    /// Counts a request that no operation stands for.
    pub(crate) fn refuse(&self) {
        self.counts().refused += 1;
    }

    /// Counts an answer that said "too fast".
    pub(crate) fn throttled(&self, operation: &Operation) {
        self.counts().calls.entry(operation.clone()).or_default().1 += 1;
    }

    /// How many requests were held back.
    pub(crate) fn refused(&self) -> u64 {
        self.counts().refused
    }

    /// What left the process.
    pub(crate) fn calls(&self) -> Vec<CallCount> {
        let counts = self.counts();
        let count = |(operation, (calls, throttled)): (&Operation, &(u64, u64))| CallCount {
            operation: operation.to_string(),
            calls: *calls,
            throttled: *throttled,
        };
        counts.calls.iter().map(count).collect()
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

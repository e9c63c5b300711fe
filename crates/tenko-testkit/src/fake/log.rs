//! What was asked of the fake.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tenko_core::{CallCount, RateKey, ScopeId, Unit};
use tokio::time::Instant;

use super::lock;

/// One call that was let through.
#[derive(Clone, Debug)]
pub struct LoggedCall {
    /// What it was counted for.
    pub key: RateKey,
    /// When it was let through.
    pub at: Instant,
}

/// Everything that was asked, in order.
#[derive(Debug, Default)]
pub struct Log(Mutex<Data>);

#[derive(Debug, Default)]
struct Data {
    opened: Vec<ScopeId>,
    collected: Vec<Unit>,
    calls: Vec<LoggedCall>,
    throttled: u64,
    running: usize,
    most_running: usize,
}

impl Log {
    /// The scopes that were opened.
    pub fn opened(&self) -> Vec<ScopeId> {
        lock(&self.0).opened.clone()
    }

    /// The units that were started.
    pub fn collected(&self) -> Vec<Unit> {
        lock(&self.0).collected.clone()
    }

    /// The calls that passed the gate.
    pub fn calls(&self) -> Vec<LoggedCall> {
        lock(&self.0).calls.clone()
    }

    /// How many units are under way now: started, and neither ended nor dropped.
    pub fn running(&self) -> usize {
        lock(&self.0).running
    }

    /// How many units were under way at once, at most.
    pub fn most_running(&self) -> usize {
        lock(&self.0).most_running
    }

    pub(super) fn add_open(&self, scope: ScopeId) {
        lock(&self.0).opened.push(scope);
    }

    pub(super) fn add_call(&self, key: RateKey) {
        lock(&self.0).calls.push(LoggedCall { key, at: Instant::now() });
    }

    pub(super) fn add_throttled(&self) {
        lock(&self.0).throttled += 1;
    }

    pub(super) fn start(self: &Arc<Self>, unit: Unit) -> Running {
        let mut data = lock(&self.0);
        data.collected.push(unit);
        data.running += 1;
        data.most_running = data.most_running.max(data.running);
        drop(data);
        Running(Arc::clone(self))
    }

    pub(super) fn counts(&self) -> Vec<CallCount> {
        let data = lock(&self.0);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for call in &data.calls {
            *counts.entry(format!("{}:List", call.key.service)).or_default() += 1;
        }
        let mut counts: Vec<_> = counts
            .into_iter()
            .map(|(operation, calls)| CallCount { operation, calls, throttled: 0 })
            .collect();
        if let Some(first) = counts.first_mut() {
            first.throttled = data.throttled;
        }
        counts
    }
}

/// A unit that is under way.
#[derive(Debug)]
pub(super) struct Running(Arc<Log>);

impl Drop for Running {
    fn drop(&mut self) {
        lock(&self.0.0).running -= 1;
    }
}

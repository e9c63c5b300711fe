//! The gate that every call passes: one token bucket per rate key.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenko_core::{BoxFuture, Gate, Provider, RateKey};
use tokio::time::{Instant, sleep};

use crate::level::Level;

/// Below this many buckets nobody looks for those that can be forgotten.
const KEEP: usize = 1_024;

struct Bucket {
    /// Calls queue here, so that they pass in the order in which they came. Whoever holds the turn
    /// looks at the level again after each wait: a cut counts for those who wait already, and a
    /// call that is given up takes no token.
    turn: tokio::sync::Mutex<()>,
    level: Mutex<Level>,
}

impl Bucket {
    async fn pass(&self) {
        let _turn = self.turn.lock().await;
        loop {
            let wait = lock(&self.level).take(Instant::now());
            let Some(wait) = wait else { return };
            sleep(wait).await;
        }
    }
}

struct Table {
    buckets: HashMap<RateKey, Arc<Bucket>>,
    prune_at: usize,
}

/// All buckets of a run.
pub(crate) struct Buckets {
    share: f64,
    table: Mutex<Table>,
}

impl Buckets {
    pub(crate) fn new(share: f64) -> Self {
        let share = if share.is_nan() { 0.5 } else { share.clamp(0.001, 1.0) };
        Self { share, table: Mutex::new(Table { buckets: HashMap::new(), prune_at: KEEP }) }
    }

    fn bucket(&self, key: &RateKey, provider: &dyn Provider) -> Arc<Bucket> {
        let mut table = lock(&self.table);
        if let Some(bucket) = table.buckets.get(key) {
            return Arc::clone(bucket);
        }
        let now = Instant::now();
        if table.buckets.len() >= table.prune_at {
            // A bucket that is full again, and that nobody holds, would be made anew just so.
            table.buckets.retain(|_, bucket| {
                Arc::strong_count(bucket) > 1 || !lock(&bucket.level).is_fresh(now)
            });
            table.prune_at = (table.buckets.len() * 2).max(KEEP);
        }
        let level = Level::new(provider.rate(&key.service), self.share, now);
        let bucket =
            Arc::new(Bucket { turn: tokio::sync::Mutex::new(()), level: Mutex::new(level) });
        table.buckets.insert(key.clone(), Arc::clone(&bucket));
        bucket
    }

    /// How long a call would wait now, those that wait already left aside.
    pub(crate) fn wait(&self, key: &RateKey) -> Duration {
        let bucket = lock(&self.table).buckets.get(key).cloned();
        bucket.map_or(Duration::ZERO, |bucket| lock(&bucket.level).wait(Instant::now()))
    }
}

/// The gate of one provider's calls.
pub(crate) struct ProviderGate {
    provider: Arc<dyn Provider>,
    buckets: Arc<Buckets>,
}

impl ProviderGate {
    pub(crate) fn new(provider: Arc<dyn Provider>, buckets: Arc<Buckets>) -> Self {
        Self { provider, buckets }
    }
}

impl Gate for ProviderGate {
    fn pass<'a>(&'a self, key: &'a RateKey) -> BoxFuture<'a, ()> {
        Box::pin(async move { self.buckets.bucket(key, &*self.provider).pass().await })
    }

    fn throttled(&self, key: &RateKey) {
        let bucket = self.buckets.bucket(key, &*self.provider);
        lock(&bucket.level).cut(Instant::now());
    }
}

impl fmt::Debug for ProviderGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderGate(..)")
    }
}

/// A panic elsewhere (a provider's `rate`) leaves these tables as they were.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

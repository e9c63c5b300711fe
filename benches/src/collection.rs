//! A collection in simulated time: how near the scheduler comes to the shortest time that calls,
//! places and rates allow.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenko_collect::{Collector, Options, Selection};
use tenko_core::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Outcome, Provider, Rate, RateKey, Scope, Sink, Snapshot, Unit, stream_of,
};
use tokio::time::Instant;

use crate::inventory::{Inventory, Side};
use crate::kept;
use crate::measure::Result;

/// What the service itself allows, per account, region and service.
const RATE: Rate = Rate { burst: 100, per_second: 20.0 };
/// Places for units under way.
const PLACES: usize = 64;

/// What came of a simulation.
#[derive(Clone, Copy, Debug)]
pub struct Collected {
    /// Units of work.
    pub units: usize,
    /// Calls that were made.
    pub calls: u64,
    /// Calls that the service would have refused.
    pub throttled: u64,
    /// How long it took, in simulated time.
    pub took: Duration,
    /// The shortest time that it could have taken.
    pub bound: Duration,
}

/// Collects so many accounts once, with what an earlier run would have told of the units.
///
/// # Errors
/// When the inventory's facts cannot be made, or the run is not complete.
pub fn simulate(accounts: u64) -> Result<Collected> {
    let inventory = Inventory::new(accounts * 5_000, 5);
    let facts = kept::facts(&inventory, Side::Old)?;
    let cloud = Arc::new(Simulated {
        catalog: kept::catalog(&inventory),
        facts: facts.clone(),
        buckets: Mutex::default(),
    });
    let mut selection = Selection::default();
    let mut total = Duration::ZERO;
    let mut longest = Duration::ZERO;
    for row in &facts.coverage {
        let calls = calls_of(&row.unit);
        let chain: Duration = calls.iter().sum();
        selection.durations.insert(row.unit.clone(), chain.as_millis() as u64);
        total += chain;
        longest = longest.max(chain);
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let options = Options { max_in_flight: PLACES, rate_share: 1.0, ..Options::default() };
    let provider: Arc<dyn Provider> = cloud.clone();
    let (snapshot, took) = runtime.block_on(async {
        let start = Instant::now();
        let cancel = tenko_collect::CancellationToken::new();
        let snapshot =
            Collector::new(options).collect(&[provider], &selection, |_| {}, cancel).await;
        (snapshot, start.elapsed())
    });
    if snapshot.is_incomplete() || snapshot.coverage.len() != facts.coverage.len() {
        return Err("the simulated collection is not complete".into());
    }
    let made = cloud.calls();
    Ok(Collected {
        units: snapshot.coverage.len(),
        calls: made.iter().map(|count| count.calls).sum(),
        throttled: made.iter().map(|count| count.throttled).sum(),
        took,
        bound: (total / PLACES as u32).max(longest),
    })
}

/// How long each call of a unit takes, one after the other: most units are small, few are huge.
fn calls_of(unit: &Unit) -> Vec<Duration> {
    let text = format!("{} {} {}", unit.scope, unit.reach, unit.resource_type);
    let hash = blake3::hash(text.as_bytes());
    let byte = |at: usize| u64::from(hash.as_bytes()[at % 32]);
    let pages = match byte(0) {
        0..3 => 60 + byte(1),
        3..30 => 10 + byte(1) % 20,
        30..100 => 2 + byte(1) % 4,
        _ => 1,
    };
    (0..pages).map(|page| Duration::from_millis(60 + byte(2 + page as usize))).collect()
}

#[derive(Debug)]
struct Simulated {
    catalog: Catalog,
    facts: Snapshot,
    /// Tokens and the time they are of, and calls and refusals.
    buckets: Mutex<HashMap<RateKey, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
    calls: u64,
    throttled: u64,
}

impl Simulated {
    /// One call arrives at the service.
    fn arrive(&self, key: &RateKey) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let full = f64::from(RATE.burst);
        let bucket = buckets.entry(key.clone()).or_insert(Bucket {
            tokens: full,
            at: now,
            calls: 0,
            throttled: 0,
        });
        let passed = now.duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * RATE.per_second).min(full);
        bucket.at = now;
        bucket.calls += 1;
        // A little slack: times are counted in milliseconds.
        if bucket.tokens < 0.9 {
            bucket.throttled += 1;
        } else {
            bucket.tokens -= 1.0;
        }
    }
}

impl Provider for Simulated {
    fn cloud(&self) -> Cloud {
        Cloud::aws()
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn discover<'a>(&'a self, _: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        stream_of(|sink: Sink<DiscoverEvent>| async move {
            for scope in self.facts.scopes.iter() {
                sink.send(DiscoverEvent::Scope(scope.clone())).await;
            }
        })
    }

    fn open<'a>(&'a self, scope: &'a Scope, _: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        let answer = self.facts.answers.iter().find(|answer| answer.scope == scope.id).cloned();
        Box::pin(async move {
            answer.unwrap_or_else(|| Answer {
                scope: scope.id.clone(),
                cloud: scope.cloud.clone(),
                outcome: Outcome::Unreachable,
                identity: None,
                regions: Vec::new(),
                disabled_regions: Vec::new(),
                problems: Vec::new(),
            })
        })
    }

    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        let key = RateKey {
            cloud: unit.cloud.clone(),
            scope: unit.scope.clone(),
            reach: unit.reach.clone(),
            service: "s".to_owned(),
        };
        stream_of(move |sink: Sink<CollectEvent>| async move {
            for call in calls_of(unit) {
                gate.pass(&key).await;
                self.arrive(&key);
                tokio::time::sleep(call).await;
            }
            sink.send(CollectEvent::End(Outcome::Complete)).await;
        })
    }

    fn rate(&self, _: &str) -> Rate {
        RATE
    }

    fn calls(&self) -> Vec<CallCount> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = |of: fn(&Bucket) -> u64| buckets.values().map(of).sum();
        let (calls, throttled) = (sum(|b| b.calls), sum(|b| b.throttled));
        vec![CallCount { operation: "s:List".to_owned(), calls, throttled }]
    }
}

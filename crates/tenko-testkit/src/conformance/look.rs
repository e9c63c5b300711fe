//! Reads units to the very end of their streams, without believing anything.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::iter;
use tenko_core::{
    Answer, BoxFuture, CollectEvent, Digest, DiscoverEvent, Gate, Outcome, Problem, Provider,
    RateKey, Reach, ReachKind, Resource, Scope, Unit,
};
use tokio::time::timeout;

/// Units that are read at once.
const AT_ONCE: usize = 8;
/// More events than any unit of a test cloud has.
const ENDLESS: usize = 100_000;

/// Counts who asks, and lets all pass.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn passes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Gate for Counter {
    fn pass<'a>(&'a self, _key: &'a RateKey) -> BoxFuture<'a, ()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }

    fn throttled(&self, _key: &RateKey) {}
}

/// All that a unit's stream said.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) resources: Vec<Resource>,
    pub(super) problems: Vec<Problem>,
    pub(super) ends: Vec<Outcome>,
    /// Events that came after an end.
    pub(super) late: usize,
    pub(super) hung: bool,
}

impl Seen {
    /// The one outcome, if there is just one.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        match self.ends.as_slice() {
            [outcome] if !self.hung && self.late == 0 => Some(*outcome),
            _ => None,
        }
    }

    /// What was read, for comparing.
    pub(super) fn content(&self) -> BTreeMap<(String, String), Digest> {
        let resources = self.resources.iter();
        resources.map(|r| ((r.key.region.to_string(), r.key.id.clone()), r.digest)).collect()
    }

    /// Whether two looks saw the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.outcome() == other.outcome() && self.content() == other.content()
    }

    /// In few words.
    pub(super) fn summary(&self) -> String {
        let ends: Vec<_> = self.ends.iter().map(|outcome| outcome.as_str()).collect();
        let hung = if self.hung { ", never ended" } else { "" };
        let problem = self.problems.first().map_or("none", |problem| problem.code.as_str());
        let count = self.resources.len();
        format!("{} with {count} resources, problem {problem}{hung}", ends.join("+"))
    }
}

/// What several units said.
pub(super) type Looks = BTreeMap<Unit, Seen>;

/// Lists the scopes.
pub(super) async fn discover(
    provider: &dyn Provider,
    gate: &Counter,
    patience: Duration,
) -> (Vec<Scope>, Vec<Problem>, bool) {
    let (mut scopes, mut problems) = (Vec::new(), Vec::new());
    let mut events = provider.discover(gate);
    let all = async {
        while let Some(event) = events.next().await {
            match event {
                DiscoverEvent::Scope(scope) => scopes.push(scope),
                DiscoverEvent::Problem(problem) => problems.push(problem),
                _ => {}
            }
        }
    };
    let ended = timeout(patience, all).await.is_ok();
    drop(events);
    (scopes, problems, ended)
}

/// Opens a scope; `None` when it takes too long.
pub(super) async fn open(
    provider: &dyn Provider,
    scope: &Scope,
    gate: &Counter,
    patience: Duration,
) -> Option<Answer> {
    timeout(patience, provider.open(scope, gate)).await.ok()
}

/// All units of an open scope.
pub(super) fn units(provider: &dyn Provider, answer: &Answer) -> Vec<Unit> {
    let unit = |reach, info: &tenko_core::TypeInfo| Unit {
        cloud: answer.cloud.clone(),
        scope: answer.scope.clone(),
        reach,
        resource_type: info.resource_type.clone(),
    };
    let mut units = Vec::new();
    for info in provider.catalog().iter() {
        match info.reach {
            ReachKind::Global => units.push(unit(Reach::Global, info)),
            ReachKind::Regional => {
                let regions = answer.regions.iter().cloned().map(Reach::Region);
                units.extend(regions.map(|reach| unit(reach, info)));
            }
        }
    }
    units
}

/// Reads these units.
pub(super) async fn look(
    provider: &dyn Provider,
    units: Vec<Unit>,
    gate: &Counter,
    patience: Duration,
) -> Looks {
    let reads = units.into_iter().map(|unit| async move {
        let seen = look_at(provider, &unit, gate, patience).await;
        (unit, seen)
    });
    iter(reads).buffer_unordered(AT_ONCE).collect().await
}

/// Reads one unit, also past its end.
pub(super) async fn look_at(
    provider: &dyn Provider,
    unit: &Unit,
    gate: &Counter,
    patience: Duration,
) -> Seen {
    let mut seen = Seen::default();
    let mut events = provider.collect(unit, gate);
    let all = async {
        for _ in 0..ENDLESS {
            let Some(event) = events.next().await else { return true };
            seen.late += usize::from(!seen.ends.is_empty());
            match event {
                CollectEvent::Resources(resources) => seen.resources.extend(resources),
                CollectEvent::Problem(problem) => seen.problems.push(problem),
                CollectEvent::End(outcome) => seen.ends.push(outcome),
                _ => {}
            }
        }
        false
    };
    let ended = timeout(patience, all).await.unwrap_or(false);
    drop(events);
    seen.hung = !ended;
    seen
}

//! The first phase: which scopes are there.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt;
use tenko_core::{
    Cloud, DiscoverEvent, DiscoveryProblem, Problem, Provider, Scope, ScopeKey, ScopeTree,
};
use tokio::sync::mpsc;

use crate::event::Event;
use crate::gate::{Buckets, ProviderGate};
use crate::guard::{Cut, Stop, guarded};
use crate::options::Options;
use crate::pool::Pool;

const OPERATION: &str = "tenko:discover";

/// A provider with the gate of its calls.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) gate: Arc<ProviderGate>,
    pub(crate) cloud: Cloud,
}

impl Asked {
    pub(crate) fn all(providers: &[Arc<dyn Provider>], buckets: &Arc<Buckets>) -> Vec<Self> {
        let asked = |provider: &Arc<dyn Provider>| Self {
            provider: Arc::clone(provider),
            gate: Arc::new(ProviderGate::new(Arc::clone(provider), Arc::clone(buckets))),
            cloud: provider.cloud(),
        };
        providers.iter().map(asked).collect()
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    pub(crate) scopes: ScopeTree,
    pub(crate) problems: Vec<DiscoveryProblem>,
    /// Which provider answers for a scope: the first that named it.
    pub(crate) owners: BTreeMap<ScopeKey, usize>,
    pub(crate) stopped: bool,
}

#[derive(Default)]
struct Listing {
    scopes: Vec<Scope>,
    problems: Vec<Problem>,
}

/// Asks all providers at once.
pub(crate) async fn discover(
    asked: &[Asked],
    options: &Options,
    stop: &Stop,
    events: &mut (dyn FnMut(Event) + Send),
) -> Discovered {
    let mut listings: Vec<Listing> = asked.iter().map(|_| Listing::default()).collect();
    let mut pool = Pool::new();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    for (index, one) in asked.iter().enumerate() {
        let (one, sender, stop) = (one.clone(), sender.clone(), stop.clone());
        let limit = options.discover_timeout;
        pool.spawn(index, async move {
            guarded(limit, &stop, list(&one, |event| sender.send((index, event)).is_ok())).await
        });
    }
    drop(sender);
    while let Some((index, event)) = receiver.recv().await {
        let (Some(listing), Some(one)) = (listings.get_mut(index), asked.get(index)) else {
            continue;
        };
        match event {
            DiscoverEvent::Scope(scope) if scope.cloud == one.cloud => {
                events(Event::Discovered(scope.clone()));
                listing.scopes.push(scope);
            }
            DiscoverEvent::Scope(scope) => {
                let message = format!("the provider of {} named {}", one.cloud, scope.key());
                listing.problems.push(Problem::new(OPERATION, "foreign-scope", message));
            }
            DiscoverEvent::Problem(problem) => listing.problems.push(problem),
            _ => {}
        }
    }
    let mut stopped = false;
    while let Some((index, ended)) = pool.next().await {
        let ended = ended.unwrap_or_else(|| Err(Cut::Panicked(String::new())));
        if let (Err(cut), Some(listing)) = (ended, listings.get_mut(index)) {
            stopped |= cut == Cut::Stopped;
            listing.problems.push(cut.problem(OPERATION));
        }
    }
    let discovered = merge(asked, listings, stopped);
    // What was stopped has no problem of its own where it had not begun to ask.
    let stopped = asked.iter().filter(|_| stopped).map(|one| one.cloud.clone());
    let failed = discovered.problems.iter().map(|problem| problem.cloud.clone());
    events(Event::DiscoveryEnded { incomplete: stopped.chain(failed).collect() });
    discovered
}

async fn list(asked: &Asked, mut tell: impl FnMut(DiscoverEvent) -> bool) {
    let mut events = asked.provider.discover(&*asked.gate);
    while let Some(event) = events.next().await {
        if !tell(event) {
            return;
        }
        tokio::task::consume_budget().await;
    }
}

/// In the order of the providers, whichever was done first.
fn merge(asked: &[Asked], listings: Vec<Listing>, stopped: bool) -> Discovered {
    let mut out = Discovered { stopped, ..Discovered::default() };
    let mut scopes = Vec::new();
    for (index, (one, listing)) in asked.iter().zip(listings).enumerate() {
        let problem = |problem| DiscoveryProblem { cloud: one.cloud.clone(), problem };
        out.problems.extend(listing.problems.into_iter().map(problem));
        for scope in listing.scopes {
            out.owners.entry(scope.key()).or_insert(index);
            scopes.push(scope);
        }
    }
    out.scopes = ScopeTree::new(scopes);
    out
}

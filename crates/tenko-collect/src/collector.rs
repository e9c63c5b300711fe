//! The run as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tenko_core::{
    Answer, CallCount, Coverage, DiscoveryProblem, Outcome, Provider, Resource, RunInfo, Scope,
    ScopeTree, Snapshot, Unit,
};
use tokio_util::sync::CancellationToken;

use crate::discover::{Asked, Discovered, discover};
use crate::event::Event;
use crate::gate::Buckets;
use crate::guard::{Cut, Stop};
use crate::open::{Opened, open_all};
use crate::options::Options;
use crate::plan::{ScopePlan, plan_closed, plan_open, row};
use crate::pool::Pool;
use crate::queue::Queue;
use crate::run_id::run_id;
use crate::selection::Selection;
use crate::unit::collect_unit;

/// Runs the roll call. It holds no state between runs.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    options: Options,
}

/// Who is there, and who answered: a run without its units.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RollCall {
    /// The scopes that were discovered.
    pub scopes: ScopeTree,
    /// What could not be discovered: when this is not empty, scopes may be missing.
    pub problems: Vec<DiscoveryProblem>,
    /// How the selected accounts and projects answered, sorted; those that were not asked are not
    /// in it.
    pub answers: Vec<Answer>,
    /// Whether it was cancelled or ran out of time.
    pub cancelled: bool,
}

type Events<'a> = &'a mut (dyn FnMut(Event) + Send);

impl Collector {
    /// A collector with these limits.
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    /// Its limits.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Discovers the scopes and opens those that are selected. Nothing in them is read.
    ///
    /// It never fails: what went wrong is in the result. Needs a tokio runtime with time.
    pub async fn roll_call(
        &self,
        providers: &[Arc<dyn Provider>],
        selection: &Selection,
        mut events: impl FnMut(Event) + Send,
        cancel: CancellationToken,
    ) -> RollCall {
        let run = Run::new(&self.options, providers, selection, cancel);
        let (discovered, opened) = run.call(&mut events).await;
        RollCall {
            scopes: discovered.scopes,
            problems: discovered.problems,
            answers: opened.answers.into_values().collect(),
            cancelled: discovered.stopped || opened.stopped,
        }
    }

    /// Discovers, opens, plans and collects.
    ///
    /// It never fails: what went wrong is in the snapshot, as problems and outcomes. When `cancel`
    /// fires, or the time is up, calls under way are dropped, units of which something was read
    /// end as partial and all others as cancelled. Dropping the future ends all its tasks.
    /// Needs a tokio runtime with time.
    pub async fn collect(
        &self,
        providers: &[Arc<dyn Provider>],
        selection: &Selection,
        mut events: impl FnMut(Event) + Send,
        cancel: CancellationToken,
    ) -> Snapshot {
        let run = Run::new(&self.options, providers, selection, cancel);
        let snapshot = run.collect(&mut events).await;
        events(Event::Finished {
            resources: snapshot.resources.len(),
            gaps: snapshot.coverage.iter().filter(|row| row.outcome.is_gap()).count(),
            cancelled: snapshot.run.cancelled,
        });
        snapshot
    }
}

/// What all phases of one run share.
struct Run<'a> {
    options: &'a Options,
    selection: &'a Selection,
    buckets: Arc<Buckets>,
    asked: Vec<Asked>,
    stop: Stop,
}

/// What the units of a run add up to.
#[derive(Default)]
struct Harvest {
    coverage: Vec<Coverage>,
    resources: Vec<Resource>,
    stopped: bool,
}

impl<'a> Run<'a> {
    fn new(
        options: &'a Options,
        providers: &[Arc<dyn Provider>],
        selection: &'a Selection,
        cancel: CancellationToken,
    ) -> Self {
        let buckets = Arc::new(Buckets::new(options.rate_share));
        let asked = Asked::all(providers, &buckets);
        let stop = Stop::new(cancel, options.run_timeout);
        Self { options, selection, buckets, asked, stop }
    }

    async fn call(&self, events: Events<'_>) -> (Discovered, Opened) {
        let discovered = discover(&self.asked, self.options, &self.stop, events).await;
        let wanted = discovered.scopes.iter().filter(|scope| {
            scope.is_collectable() && self.selection.scopes.wants(&discovered.scopes, scope)
        });
        let scopes = wanted.filter_map(|scope| Some((self.owner(&discovered, scope)?.1, scope)));
        let scopes = scopes.map(|(asked, scope)| (asked.clone(), scope.clone())).collect();
        let opened = open_all(scopes, self.options, &self.stop, events).await;
        (discovered, opened)
    }

    fn owner(&self, discovered: &Discovered, scope: &Scope) -> Option<(usize, &Asked)> {
        let index = *discovered.owners.get(&scope.key())?;
        Some((index, self.asked.get(index)?))
    }

    async fn collect(&self, events: Events<'_>) -> Snapshot {
        let started_at = Timestamp::now();
        let calls_before: Vec<_> = self.asked.iter().map(|asked| asked.provider.calls()).collect();
        let (discovered, opened) = self.call(events).await;
        let (queue, settled) = self.plan(&discovered, &opened);
        events(Event::Planned { units: queue.len(), settled: settled.len() });
        let harvest = self.collect_units(queue, settled, events).await;
        let mut snapshot = Snapshot {
            run: RunInfo {
                id: run_id(started_at, self.options.after_run.as_deref()),
                tool_version: env!("CARGO_PKG_VERSION").to_owned(),
                started_at,
                finished_at: Timestamp::now(),
                cancelled: discovered.stopped || opened.stopped || harvest.stopped,
            },
            scopes: discovered.scopes,
            discovery_problems: discovered.problems,
            answers: opened.answers.into_values().collect(),
            coverage: harvest.coverage,
            resources: harvest.resources,
            calls: self.calls_since(calls_before),
        };
        snapshot.sort();
        snapshot
    }

    fn plan(&self, discovered: &Discovered, opened: &Opened) -> (Queue, Vec<Coverage>) {
        let mut units = Vec::new();
        let mut settled = Vec::new();
        for scope in discovered.scopes.accounts() {
            let Some((index, asked)) = self.owner(discovered, scope) else { continue };
            let catalog = asked.provider.catalog();
            let plan = self.plan_scope(scope, discovered, opened, asked);
            settled.extend(plan.settled);
            units.extend(plan.ask.into_iter().map(|unit| {
                let info = catalog.get(&unit.resource_type);
                (index, info.map(|info| info.service.clone()).unwrap_or_default(), unit)
            }));
        }
        (Queue::new(units, self.selection), settled)
    }

    fn plan_scope(
        &self,
        scope: &Scope,
        discovered: &Discovered,
        opened: &Opened,
        asked: &Asked,
    ) -> ScopePlan {
        let (key, catalog) = (scope.key(), asked.provider.catalog());
        let answer = opened.answers.get(&key);
        let outcome = match answer {
            Some(answer) if answer.outcome.is_complete() => {
                return plan_open(&key, answer, catalog, self.selection);
            }
            Some(answer) => answer.outcome,
            None if !self.selection.scopes.wants(&discovered.scopes, scope) => Outcome::Skipped,
            None if !scope.is_collectable() => Outcome::ScopeSuspended,
            None => Outcome::Cancelled,
        };
        plan_closed(&key, outcome, answer, catalog, self.selection)
    }

    async fn collect_units(
        &self,
        mut queue: Queue,
        settled: Vec<Coverage>,
        events: Events<'_>,
    ) -> Harvest {
        let mut out = Harvest { coverage: settled, ..Harvest::default() };
        let mut pool: Pool<(usize, Unit), _> = Pool::new();
        loop {
            while pool.len() < self.options.max_in_flight.max(1) && !self.stop.is_fired() {
                let Some(turn) = queue.next(|key| self.buckets.wait(key)) else { break };
                let Some(asked) = self.asked.get(turn.provider) else { continue };
                events(Event::UnitStarted(turn.unit.clone()));
                let (limit, stop) = (self.options.unit_timeout, self.stop.clone());
                let work = collect_unit(asked.clone(), turn.unit.clone(), limit, stop);
                pool.spawn((turn.lane, turn.unit), work);
            }
            let Some(((lane, unit), collected)) = pool.next().await else { break };
            queue.ended(lane);
            let coverage = match collected {
                Some(collected) => {
                    out.stopped |= collected.stopped;
                    out.resources.extend(collected.resources);
                    collected.coverage
                }
                None => {
                    let cut = Cut::Panicked(String::new());
                    row(unit, cut.outcome(), vec![cut.problem("tenko:collect")])
                }
            };
            events(Event::UnitFinished(coverage.clone()));
            out.coverage.push(coverage);
        }
        out.stopped |= queue.len() > 0;
        out.coverage
            .extend(queue.into_rest().map(|unit| row(unit, Outcome::Cancelled, Vec::new())));
        out
    }

    /// The calls of this run: a provider counts all that it ever made.
    fn calls_since(&self, before: Vec<Vec<CallCount>>) -> Vec<CallCount> {
        let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for asked in &self.asked {
            for call in asked.provider.calls() {
                let sum = sums.entry(call.operation).or_default();
                *sum = (sum.0.saturating_add(call.calls), sum.1.saturating_add(call.throttled));
            }
        }
        for call in before.into_iter().flatten() {
            let sum = sums.entry(call.operation).or_default();
            *sum = (sum.0.saturating_sub(call.calls), sum.1.saturating_sub(call.throttled));
        }
        let counts = sums.into_iter().filter(|(_, (calls, _))| *calls > 0);
        counts
            .map(|(operation, (calls, throttled))| CallCount { operation, calls, throttled })
            .collect()
    }
}

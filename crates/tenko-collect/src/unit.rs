//! One unit, from its first page to its one outcome.

use std::time::Duration;

use futures_util::StreamExt;
use tenko_core::{
    CollectEvent, Coverage, Gate, Outcome, Problem, Provider, ReadFrom, Resource, Unit,
};
use tokio::time::Instant;

use crate::discover::Asked;
use crate::guard::{Cut, Stop, guarded};
use crate::problems::Problems;

const OPERATION: &str = "tenko:collect";

/// What came of a unit.
pub(crate) struct Collected {
    pub(crate) coverage: Coverage,
    pub(crate) resources: Vec<Resource>,
    /// Whether the end of the run cut it off.
    pub(crate) stopped: bool,
}

pub(crate) async fn collect_unit(
    asked: Asked,
    unit: Unit,
    limit: Duration,
    stop: Stop,
) -> Collected {
    let started = Instant::now();
    // Outside of the guard: what was read before a panic or a timeout was read.
    let mut reading = Reading::default();
    let work = read(&*asked.provider, &unit, &*asked.gate, &mut reading);
    let ended = guarded(limit, &stop, work).await;
    reading.finish(unit, ended, started.elapsed())
}

#[derive(Default)]
struct Reading {
    resources: Vec<Resource>,
    problems: Problems,
    end: Option<Outcome>,
    read_from: Option<ReadFrom>,
    /// Something that came cannot be believed.
    flawed: bool,
}

async fn read(provider: &dyn Provider, unit: &Unit, gate: &dyn Gate, into: &mut Reading) {
    let mut events = provider.collect(unit, gate);
    while let Some(event) = events.next().await {
        match event {
            CollectEvent::Resources(resources) => {
                resources.into_iter().for_each(|resource| into.add(unit, resource));
            }
            CollectEvent::Problem(problem) => into.problems.push(problem),
            CollectEvent::ReadFrom(from) => into.read_from = Some(from),
            CollectEvent::End(outcome) => {
                into.end = Some(outcome);
                return;
            }
            _ => {}
        }
        // A stream that is always ready would never let a timeout or a cancellation through.
        tokio::task::consume_budget().await;
    }
}

impl Reading {
    fn add(&mut self, unit: &Unit, resource: Resource) {
        if belongs(unit, &resource) {
            self.resources.push(resource);
            return;
        }
        self.flawed = true;
        let message = format!("got {}, which is not part of {unit}", resource.key);
        let mut foreign = Problem::new(OPERATION, "foreign-resource", message);
        foreign.resource = Some(resource.key.id);
        self.problems.push(foreign);
    }

    fn finish(mut self, unit: Unit, ended: Result<(), Cut>, took: Duration) -> Collected {
        self.drop_duplicates();
        let outcome = match (&ended, self.end) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => {
                self.problems.push(Problem::new(OPERATION, "no-end", "the answer just stopped"));
                Outcome::Unreachable
            }
            (Err(cut), _) => {
                self.problems.push(cut.problem(OPERATION));
                cut.outcome()
            }
        };
        let whole = outcome.is_complete() && !self.flawed;
        let some = outcome.is_complete() || !self.resources.is_empty();
        let coverage = Coverage {
            unit,
            outcome: if !whole && some { Outcome::Partial } else { outcome },
            resources: self.resources.len() as u64,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            read_from: self.read_from,
            problems: self.problems.finish(OPERATION),
        };
        let stopped = matches!(ended, Err(Cut::Stopped));
        Collected { coverage, resources: self.resources, stopped }
    }

    /// Pages overlap when things change while they are listed: the same resource twice is one.
    /// Two that differ under one key are a conflict, of which the first is kept.
    fn drop_duplicates(&mut self) {
        self.resources.sort_by(|a, b| a.key.cmp(&b.key));
        let (problems, flawed) = (&mut self.problems, &mut self.flawed);
        self.resources.dedup_by(|next, first| {
            if next.key != first.key {
                return false;
            }
            if next.digest != first.digest || next.unknown != first.unknown {
                *flawed = true;
                let message = "listed twice with different attributes; the first is kept";
                let mut conflict = Problem::new(OPERATION, "conflicting-duplicate", message);
                conflict.resource = Some(first.key.id.clone());
                problems.push(conflict);
            }
            true
        });
    }
}

/// A listing of a whole scope may hold resources of any region; one of a region only its own.
fn belongs(unit: &Unit, resource: &Resource) -> bool {
    let key = &resource.key;
    key.cloud == unit.cloud
        && key.scope == unit.scope
        && key.resource_type == unit.resource_type
        && (unit.reach.as_region().is_none() || key.region == unit.reach)
}

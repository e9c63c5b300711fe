//! A table of things that go wrong, and the check of each row: the units that are hit end as they
//! should, all others are as before, and the comparison takes nothing unseen for missing.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use tenko::model::{DriftKind, Outcome, Reach, Resource, ResourceType, Snapshot, Unit};
use tenko_testkit::sim::{Fault, SimCloud, World};

use super::world::{Clean, Look, look_with, resources_of, world};

/// Rows that are checked at once.
const AT_ONCE: usize = 4;

/// What is left of a unit's resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// All, as they were.
    All,
    /// All, but of some not everything is known.
    Vague,
    /// Some, as they were, and not all.
    Some,
    /// The same, but the last page may have come too.
    SomeOrAll,
    /// None.
    None,
}

pub(crate) type Expect = dyn Fn(&Unit) -> Option<(Outcome, Keeps)> + Send + Sync;

/// One row.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) change: Box<dyn Fn(&mut World) + Send + Sync>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) page_size: Option<usize>,
    pub(crate) look: Look,
    /// What becomes of a unit that is hit.
    pub(crate) expect: Box<Expect>,
    /// What else must hold.
    pub(crate) also: fn(&SimCloud, &Snapshot),
}

impl Case {
    /// Nothing is wrong yet, and nothing hit.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            change: Box::new(|_| {}),
            faults: Vec::new(),
            page_size: None,
            look: Look::default(),
            expect: Box::new(|_| None),
            also: |_, _| {},
        }
    }

    pub(crate) fn change(mut self, change: impl Fn(&mut World) + Send + Sync + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    pub(crate) fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    pub(crate) fn page_size(mut self, size: usize) -> Self {
        self.page_size = Some(size);
        self
    }

    pub(crate) fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// The units that `hit` says yes to end like this.
    pub(crate) fn expect(
        mut self,
        outcome: Outcome,
        keeps: Keeps,
        hit: impl Fn(&Unit) -> bool + Send + Sync + 'static,
    ) -> Self {
        let before = self.expect;
        self.expect =
            Box::new(move |unit| before(unit).or_else(|| hit(unit).then_some((outcome, keeps))));
        self
    }

    pub(crate) fn also(mut self, also: fn(&SimCloud, &Snapshot)) -> Self {
        self.also = also;
        self
    }
}

/// Checks all rows and tells of all that do not hold.
pub(crate) async fn check(clean: &Clean, cases: impl IntoIterator<Item = Case>) {
    let checks = cases.into_iter().map(|case| async move {
        let mut world = world();
        (case.change)(&mut world);
        let cloud = SimCloud::start(world).await.unwrap();
        cloud.set_page_size(case.page_size);
        for fault in &case.faults {
            cloud.add_fault(fault.clone());
        }
        let snapshot = look_with(&cloud, case.look).await;
        let mut wrong = differences(clean, &snapshot, &*case.expect);
        wrong.extend(dishonesty(clean, &snapshot, &BTreeSet::new()));
        if wrong.is_empty() {
            (case.also)(&cloud, &snapshot);
        }
        wrong.iter().map(|flaw| format!("{}: {flaw}", case.name)).collect::<Vec<_>>()
    });
    let wrong: Vec<_> = stream::iter(checks).buffer_unordered(AT_ONCE).collect().await;
    none(&wrong.concat());
}

/// Shows the first few flaws.
pub(crate) fn none(wrong: &[String]) {
    let shown = wrong.get(..12).unwrap_or(wrong).join("\n");
    assert!(wrong.is_empty(), "{} flaws:\n{shown}", wrong.len());
}

/// Where a look differs from the clean one in another way than expected.
fn differences(clean: &Clean, snapshot: &Snapshot, expect: &Expect) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut hits = 0;
    for before in &clean.snapshot.coverage {
        let unit = &before.unit;
        // An account that is closed to us has one row per type.
        let whole = Unit { reach: Reach::Global, ..unit.clone() };
        let row = |of: &Unit| snapshot.coverage.iter().find(|row| row.unit == *of);
        let Some(row) = row(unit).or_else(|| row(&whole)) else {
            wrong.push(format!("{unit} has no row"));
            continue;
        };
        let hit = expect(unit);
        hits += usize::from(hit.is_some());
        let (outcome, keeps) = hit.unwrap_or((before.outcome, Keeps::All));
        if row.outcome != outcome {
            wrong.push(format!("{unit} is {:?}, not {outcome:?}: {:?}", row.outcome, row.problems));
        }
        if hit.is_none() && !row.problems.is_empty() {
            wrong.push(format!("{unit} was not hit: {:?}", row.problems));
        }
        let explained = snapshot.answers.iter().find(|answer| answer.scope == unit.scope);
        let explained = explained.is_some_and(|answer| !answer.problems.is_empty());
        if outcome.is_gap() && row.problems.is_empty() && !explained {
            wrong.push(format!("{unit} does not say why it is {outcome}"));
        }
        let (then, now) = (resources_of(&clean.snapshot, unit), resources_of(snapshot, unit));
        if !kept(&then, &now, keeps) {
            let ids: Vec<_> = now.iter().map(|r| &r.key.id).collect();
            wrong.push(format!("{unit} has {ids:?} of {}, not {keeps:?}", then.len()));
        }
    }
    // What is expected of nothing proves nothing.
    if hits == 0 && snapshot.is_incomplete() {
        wrong.push("nothing was to be hit, and something was".to_owned());
    }
    wrong
}

fn kept(then: &[&Resource], now: &[&Resource], keeps: Keeps) -> bool {
    match keeps {
        Keeps::All => then == now,
        Keeps::Vague => {
            let keys = |all: &[&Resource]| all.iter().map(|r| r.key.clone()).collect::<Vec<_>>();
            keys(then) == keys(now) && now.iter().any(|r| !r.unknown.is_empty())
        }
        Keeps::Some => {
            !now.is_empty() && now.len() < then.len() && now.iter().all(|r| then.contains(r))
        }
        Keeps::SomeOrAll => !now.is_empty() && now.iter().all(|r| then.contains(r)),
        Keeps::None => now.is_empty(),
    }
}

/// Type and id.
pub(crate) type Name = (ResourceType, String);

pub(crate) fn name_of(resource: &Resource) -> Name {
    (resource.key.resource_type.clone(), resource.key.id.clone())
}

/// Where the comparison says more than was seen. Nothing but `deleted` is not there.
pub(crate) fn dishonesty(
    clean: &Clean,
    snapshot: &Snapshot,
    deleted: &BTreeSet<Name>,
) -> Vec<String> {
    let report = clean.compare(snapshot);
    let mut wrong = Vec::new();
    let mut unknown = BTreeSet::new();
    for drift in &report.diff.drift {
        let id = drift.resource.id.as_deref().unwrap_or_default();
        let place = (drift.tenant.as_deref(), drift.environment.as_deref());
        let resource_type = &drift.resource.resource_type;
        match drift.kind {
            DriftKind::Unknown => _ = unknown.insert((place, resource_type, id)),
            DriftKind::Missing if deleted.contains(&(resource_type.clone(), id.to_owned())) => {}
            kind => wrong.push(format!("{resource_type} {id} is {kind}: {drift:?}")),
        }
    }
    for ((tenant, environment), resource) in clean.declared() {
        let key = &resource.key;
        let place = (Some(tenant), Some(environment));
        let is_unknown = unknown.contains(&(place, &key.resource_type, key.id.as_str()));
        if snapshot.resource(key).is_none() && !is_unknown && !deleted.contains(&name_of(resource))
        {
            wrong.push(format!("{key} was not seen, and nobody says so"));
        }
        let seen = snapshot.coverage.iter().filter(|row| {
            row.unit.scope == key.scope
                && row.unit.resource_type == key.resource_type
                && (row.unit.reach == key.region || row.unit.reach.as_region().is_none())
        });
        let in_a_row = seen.clone().count() > 0;
        if !in_a_row && snapshot.scopes.get(&key.scope_key()).is_some() {
            wrong.push(format!("{key} is in no row"));
        }
        let complete = in_a_row && seen.clone().all(|row| row.outcome.is_complete());
        if complete && is_unknown {
            wrong.push(format!("{key} is unknown though all was read"));
        }
    }
    let gaps = snapshot.coverage.iter().any(|row| row.outcome.is_gap());
    if gaps && !snapshot.is_incomplete() {
        wrong.push("the snapshot has gaps and calls itself whole".to_owned());
    }
    wrong
}

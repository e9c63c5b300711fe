//! The conformance suite against the fake: a good one passes, and each bad one is found out.

use std::sync::Arc;

use tenko_core::{BoxFuture, Outcome, Provider, ScopeKey, Unit};
use tenko_testkit::conformance::{ConformanceFault, FaultKind, Harness, Report, run};
use tenko_testkit::fake::{At, Effect, FakeProvider};

/// How a fault shows; `None` for a harness that cannot make it.
type Shows = fn(FaultKind) -> Option<Effect>;

struct FakeHarness {
    fake: Arc<FakeProvider>,
    shows: Shows,
    /// Stays when faults are cleared.
    always: Vec<(At, Effect)>,
}

fn well(kind: FaultKind) -> Option<Effect> {
    Some(match kind {
        FaultKind::Denied => Effect::denied(),
        FaultKind::ThrottledOut => Effect::End(Outcome::ThrottledOut),
        FaultKind::BrokenSecondPage => Effect::End(Outcome::Partial).after(2),
        FaultKind::RepeatedToken => Effect::End(Outcome::Partial).after(2),
        _ => Effect::End(Outcome::Unreachable),
    })
}

impl FakeHarness {
    fn new(shows: Shows) -> Self {
        let fake = FakeProvider::new("fake")
            .account("11")
            .account("12")
            .global("Fake::Role")
            .regional("Fake::Disk")
            .regional("Fake::Queue")
            .each(3)
            .page_size(2);
        Self { fake: Arc::new(fake), shows, always: Vec::new() }
    }

    fn always(shows: Shows, at: At, effect: Effect) -> Self {
        Self { always: vec![(at, effect)], ..Self::new(shows) }
    }
}

impl Harness for FakeHarness {
    fn provider(&self) -> Arc<dyn Provider> {
        Arc::clone(&self.fake) as Arc<dyn Provider>
    }

    fn expected_scopes(&self) -> Vec<ScopeKey> {
        self.fake.scopes().iter().map(tenko_core::Scope::key).collect()
    }

    fn paged_unit(&self) -> Result<Unit, String> {
        Ok(self.fake.unit("11", "r1", "Fake::Disk"))
    }

    fn inject<'a>(&'a self, fault: &'a ConformanceFault) -> BoxFuture<'a, Result<(), String>> {
        let done = match (self.shows)(fault.kind) {
            Some(effect) => {
                let at = At::Units {
                    scope: Some(fault.scope.clone()),
                    reach: fault.reach.clone(),
                    resource_type: fault.resource_type.clone(),
                };
                self.fake.inject(at, effect);
                Ok(())
            }
            None => Err("this cloud cannot do it".to_owned()),
        };
        Box::pin(std::future::ready(done))
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        self.fake.clear();
        self.always.iter().for_each(|(at, effect)| self.fake.inject(at.clone(), effect.clone()));
        Box::pin(std::future::ready(()))
    }
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.failed.iter().map(|(check, _)| *check).collect()
}

#[tokio::test(start_paused = true)]
async fn a_good_provider_passes_everything() {
    let report = run(&FakeHarness::new(well)).await;
    assert!(report.is_ok() && report.skipped.is_empty(), "{report}");
    assert_eq!(report.passed.len(), 23, "{report}");
}

#[tokio::test(start_paused = true)]
async fn what_a_harness_cannot_do_is_skipped_and_not_passed() {
    let some: Shows = |kind| well(kind).filter(|_| kind != FaultKind::TruncatedBody);
    let report = run(&FakeHarness::new(some)).await;
    assert!(report.is_ok(), "{report}");
    let skipped = [("a truncated body is not half used", "this cloud cannot do it".to_owned())];
    assert_eq!(report.skipped, skipped);
    assert_eq!(report.passed.len(), 22);

    let report = run(&FakeHarness::new(|_| None)).await;
    assert_eq!((report.passed.len(), report.skipped.len()), (13, 10), "{report}");
}

#[tokio::test(start_paused = true)]
async fn unreadable_that_looks_empty_is_found_out_for_every_fault() {
    let blind: Shows = |_| Some(Effect::End(Outcome::Complete));
    let report = run(&FakeHarness::new(blind)).await;
    assert_eq!(failed(&report).len(), 9, "{report}");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_outcome_is_found_out() {
    let vague: Shows = |_| Some(Effect::End(Outcome::Unsupported));
    assert_eq!(failed(&run(&FakeHarness::new(vague)).await).len(), 9);
    let hangs: Shows = |_| Some(Effect::Hang);
    assert_eq!(failed(&run(&FakeHarness::new(hangs)).await).len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_bad_provider_is_found_out_without_any_fault() {
    let harness = FakeHarness::new(well);
    let disk = harness.fake.unit("11", "r1", "Fake::Disk");
    let twice = harness.fake.resource(&disk, 1, 1);
    let foreign = harness.fake.resource(&harness.fake.unit("12", "r1", "Fake::Disk"), 9, 9);
    for (at, effect, expected) in [
        (At::unit(&disk), Effect::NoEnd, "every unit ends exactly once"),
        (At::unit(&disk), Effect::Hang, "every unit ends exactly once"),
        (At::unit(&disk), Effect::denied(), "every unit is complete where nothing is wrong"),
        (At::unit(&disk), Effect::Also(vec![twice]).after(3), "ids are unique in a unit"),
        (At::unit(&disk), Effect::Also(vec![foreign]), "resources belong to their unit"),
        (At::open("11"), Effect::denied(), "every active scope proves who it is"),
        (At::open("11"), Effect::Hang, "every active scope proves who it is"),
        (At::Discover, Effect::denied().after(1), "discovery finds the scopes"),
        (At::Discover, Effect::Hang, "discovery finds the scopes"),
    ] {
        let report = run(&FakeHarness::always(well, at, effect.clone())).await;
        assert!(failed(&report).contains(&expected), "{effect:?}: {report}");
    }
}

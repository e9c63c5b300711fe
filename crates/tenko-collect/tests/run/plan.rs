//! Which units there are, and what is told along the way.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::common::{assert_only, collect, collect_selected, two_accounts};
use tenko_collect::{CancellationToken, Collector, Event, Options, ScopeFilter, Selection};
use tenko_core::{Answer, Outcome, Provider, ScopeKey, ScopeStatus};
use tenko_testkit::fake::{At, Effect, FakeProvider};

#[tokio::test(start_paused = true)]
async fn everything_is_collected_once_and_told() {
    let fake = Arc::new(two_accounts());
    let providers = [Arc::clone(&fake) as Arc<dyn Provider>];
    let mut events = Vec::new();
    let collector = Collector::new(Options::default());
    let snapshot = collector
        .collect(
            &providers,
            &Selection::default(),
            |event| events.push(event),
            CancellationToken::new(),
        )
        .await;
    assert_only(&snapshot, &[]);
    assert!(!snapshot.is_incomplete() && !snapshot.run.cancelled);
    assert_eq!((snapshot.coverage.len(), snapshot.resources.len()), (10, 30));
    assert!(snapshot.resources.is_sorted_by(|a, b| a.key < b.key));
    assert_eq!(snapshot.answers.len(), 2);
    assert_eq!(snapshot.calls.iter().map(|c| c.calls).sum::<u64>(), 1 + 2 + 10 * 2);

    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|e| wanted(e)).count();
    assert_eq!(count(|e| matches!(e, Event::Discovered(_))), 2);
    assert_eq!(count(|e| matches!(e, Event::ScopeAnswered(_))), 2);
    assert_eq!(count(|e| matches!(e, Event::Planned { units: 10, settled: 0 })), 1);
    assert_eq!(count(|e| matches!(e, Event::UnitStarted(_))), 10);
    assert_eq!(count(|e| matches!(e, Event::UnitFinished(_))), 10);
    assert!(matches!(
        events.last(),
        Some(Event::Finished { resources: 30, gaps: 0, cancelled: false })
    ));
}

#[tokio::test(start_paused = true)]
async fn the_snapshot_does_not_depend_on_who_is_done_first() {
    let run = async |seed| {
        let fake =
            two_accounts().jitter(seed, Duration::from_secs(5)).latency(Duration::from_millis(1));
        let fake = fake.with(At::resource_type("Fake::Disk"), Effect::denied().after(1));
        let mut snapshot = collect(&Arc::new(fake), Options::default()).await;
        snapshot.coverage.iter_mut().for_each(|row| row.duration_ms = 0);
        (snapshot.scopes, snapshot.answers, snapshot.coverage, snapshot.resources, snapshot.calls)
    };
    let first = run(0).await;
    for seed in 1..50 {
        assert_eq!(run(seed).await, first, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_run_counts_only_its_own_calls() {
    let fake = Arc::new(two_accounts());
    let first = collect(&fake, Options::default()).await;
    let second = collect(&fake, Options::default()).await;
    assert_eq!(first.calls, second.calls);
    assert!(first.run.id < second.run.id);
}

#[tokio::test(start_paused = true)]
async fn scopes_and_types_that_are_left_out_are_not_asked() {
    let fake = Arc::new(two_accounts());
    let key = ScopeKey::new(fake.cloud(), "2");
    let selection = Selection {
        scopes: ScopeFilter::Only(BTreeSet::from([key])),
        types: Some(BTreeSet::from(["Fake::Disk".into()])),
        ..Selection::default()
    };
    let snapshot = collect_selected(&fake, Options::default(), &selection).await;
    assert_only(&snapshot, &[(fake.unit("1", "global", "Fake::Disk"), Outcome::Skipped)]);
    assert_eq!(snapshot.coverage.len(), 3, "types that are not selected have no rows");
    assert_eq!(snapshot.answers.len(), 1);
    assert_eq!(fake.log().opened(), ["2"]);

    let selection = Selection {
        scopes: ScopeFilter::matching(|_, scope| scope.name == "account-1"),
        ..Selection::default()
    };
    collect_selected(&fake, Options::default(), &selection).await;
    assert_eq!(fake.log().opened(), ["2", "1"]);
}

#[tokio::test(start_paused = true)]
async fn regions_are_those_that_are_wanted_and_enabled() {
    let answer = |regions: &[&str], disabled: &[&str]| Answer {
        scope: "1".into(),
        cloud: "fake".into(),
        outcome: Outcome::Complete,
        identity: None,
        regions: regions.iter().map(|r| (*r).into()).collect(),
        disabled_regions: disabled.iter().map(|r| (*r).into()).collect(),
        problems: vec![],
    };
    let run = async |answer: Answer, wanted: Option<&[&str]>| {
        let fake = FakeProvider::new("fake").account("1").regional("Fake::Disk");
        let fake = Arc::new(fake.answer("1", answer));
        let wanted = wanted.map(|wanted| wanted.iter().map(|r| (*r).into()).collect());
        let mut selection = Selection { regions: Some(BTreeSet::new()), ..Selection::default() };
        selection.regions_of.insert(ScopeKey::new(fake.cloud(), "1"), wanted);
        let snapshot = collect_selected(&fake, Options::default(), &selection).await;
        let rows = snapshot.coverage.iter();
        let rows = rows.map(|r| {
            let codes: String = r.problems.iter().map(|p| format!(" {}", p.code)).collect();
            format!("{} {}{codes}", r.unit.reach, r.outcome.as_str())
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(run(answer(&["a", "b", "a"], &["c"]), None).await, ["a complete", "b complete"]);
    assert_eq!(
        run(answer(&["a", "b"], &["c"]), Some(&["a", "c", "typo"])).await,
        ["a complete", "c region_disabled", "typo region_disabled unknown-region"]
    );
    assert_eq!(run(answer(&[], &["c"]), None).await, ["global region_disabled"]);
    assert_eq!(run(answer(&[], &[]), None).await, ["global unreachable no-regions"]);
    assert_eq!(run(answer(&[], &[]), Some(&["a"])).await, ["a complete"]);
}

#[tokio::test(start_paused = true)]
async fn a_scope_that_cannot_be_opened_gives_its_outcome_to_all_its_units() {
    let fake = two_accounts()
        .account_with_status("3", ScopeStatus::Suspended)
        .account_with_status("4", ScopeStatus::Closed)
        .with(At::open("2"), Effect::denied());
    let fake = Arc::new(fake);
    let snapshot = collect(&fake, Options::default()).await;
    let types = ["Fake::Role", "Fake::Disk", "Fake::Queue"];
    let denied = Outcome::Denied { denied_by: tenko_core::DeniedBy::IdentityPolicy };
    let outcomes = [("2", denied), ("3", Outcome::ScopeSuspended), ("4", Outcome::ScopeSuspended)];
    let expected =
        outcomes.map(|(scope, outcome)| types.map(|t| (fake.unit(scope, "global", t), outcome)));
    assert_only(&snapshot, &expected.concat());
    assert_eq!(fake.log().opened().len(), 2, "suspended accounts are not called");
    assert_eq!(snapshot.answers.len(), 2);
    assert!(snapshot.is_incomplete());
}

#[tokio::test(start_paused = true)]
async fn who_answers_to_another_name_is_not_read() {
    let other = Answer {
        scope: "2".into(),
        cloud: "fake".into(),
        outcome: Outcome::Complete,
        identity: None,
        regions: vec!["r1".into()],
        disabled_regions: vec![],
        problems: vec![],
    };
    let fake =
        Arc::new(FakeProvider::new("fake").account("1").global("Fake::Role").answer("1", other));
    let snapshot = collect(&fake, Options::default()).await;
    assert_only(&snapshot, &[(fake.unit("1", "global", "Fake::Role"), Outcome::Unreachable)]);
    assert_eq!(snapshot.answers[0].problems[0].code, "wrong-scope");
    assert!(fake.log().collected().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_discovery_could_not_list_is_told_and_the_rest_is_collected() {
    for (effect, code) in [
        (Effect::denied(), "FakeFault"),
        (Effect::Hang, "timeout"),
        (Effect::Panic("boom".into()), "internal"),
    ] {
        let fake = Arc::new(two_accounts().with(At::Discover, effect.after(1)));
        let snapshot = collect(&fake, Options::default()).await;
        let problem = &snapshot.discovery_problems[0].problem;
        assert_eq!(problem.code, code, "{problem:?}");
        assert_eq!((snapshot.scopes.len(), snapshot.coverage.len()), (1, 5));
        assert!(snapshot.is_incomplete());
    }
}

#[tokio::test(start_paused = true)]
async fn several_providers_keep_to_themselves() {
    let good = Arc::new(two_accounts());
    let bad = FakeProvider::new("other").account("1").global("Other::Thing");
    let bad = Arc::new(bad.with(At::Discover, Effect::Panic("boom".into()).after(1)));
    let foreign = FakeProvider::new("foreign")
        .scope(FakeProvider::new("fake").account("9").scopes()[0].clone());
    let providers: [Arc<dyn Provider>; 3] = [good, bad, Arc::new(foreign)];
    let snapshot = Collector::default()
        .collect(&providers, &Selection::default(), |_| {}, CancellationToken::new())
        .await;
    assert_only(&snapshot, &[]);
    assert_eq!(snapshot.coverage.len(), 11);
    let codes: Vec<_> =
        snapshot.discovery_problems.iter().map(|p| p.problem.code.as_str()).collect();
    assert_eq!(codes, ["internal", "foreign-scope"]);
}

#[tokio::test(start_paused = true)]
async fn a_roll_call_reads_nothing() {
    let fake = Arc::new(two_accounts().with(At::open("2"), Effect::Hang));
    let providers = [Arc::clone(&fake) as Arc<dyn Provider>];
    let selection = Selection::default();
    let call = Collector::default()
        .roll_call(&providers, &selection, |_| {}, CancellationToken::new())
        .await;
    let answers: Vec<_> = call.answers.iter().map(|a| (a.scope.as_str(), a.outcome)).collect();
    assert_eq!(answers, [("1", Outcome::Complete), ("2", Outcome::Unreachable)]);
    assert_eq!((call.scopes.len(), call.problems.len(), call.cancelled), (2, 0, false));
    assert!(fake.log().collected().is_empty());
}

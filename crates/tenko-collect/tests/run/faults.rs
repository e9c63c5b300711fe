//! Whatever one unit does, it alone has the outcome.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{assert_only, codes, collect, two_accounts};
use tenko_collect::Options;
use tenko_core::{DeniedBy, Outcome};
use tenko_testkit::fake::{At, Effect};

const DENIED: Outcome = Outcome::Denied { denied_by: DeniedBy::IdentityPolicy };

#[tokio::test(start_paused = true)]
async fn one_unit_that_misbehaves_ends_alone() {
    let nothing = [
        (Effect::denied(), DENIED, "FakeFault"),
        (Effect::End(Outcome::ThrottledOut), Outcome::ThrottledOut, "FakeFault"),
        (Effect::Hang, Outcome::Unreachable, "timeout"),
        (Effect::Flood, Outcome::Unreachable, "timeout"),
        (Effect::NoEnd, Outcome::Unreachable, "no-end"),
        (Effect::Panic("boom".into()), Outcome::Unreachable, "internal"),
    ];
    let some = nothing.clone().map(|(effect, _, code)| (effect.after(1), Outcome::Partial, code));
    for (effect, outcome, code) in nothing.into_iter().chain(some) {
        // A flood keeps the paused clock from moving, so its time is short and real.
        let flood = matches!(&effect, Effect::Flood)
            || matches!(&effect, Effect::After(_, inner) if matches!(**inner, Effect::Flood));
        if flood {
            tokio::time::resume();
        }
        let unit_timeout = Duration::from_millis(if flood { 50 } else { 60_000 });
        let fake = two_accounts();
        let unit = fake.unit("1", "r2", "Fake::Disk");
        let fake = Arc::new(fake.with(At::unit(&unit), effect.clone()));
        let options = Options { unit_timeout, ..Options::default() };
        let snapshot = collect(&fake, options).await;
        if flood {
            tokio::time::pause();
        }
        assert_only(&snapshot, &[(unit.clone(), outcome)]);
        assert!(codes(&snapshot, &unit).iter().any(|c| c == code), "{effect:?}: {code}");
        let read = if outcome == Outcome::Partial { 1 } else { 0 };
        assert_eq!(snapshot.resources.len(), 27 + read, "{effect:?}");
        assert!(!snapshot.run.cancelled);
        assert_eq!(fake.log().running(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_denied_scope_type_or_region_takes_only_its_own_units_along() {
    type Affected = fn(&tenko_core::Unit) -> bool;
    let cases: [(At, Affected); 3] = [
        (At::scope("2"), |unit| unit.scope == *"2"),
        (At::resource_type("Fake::Disk"), |unit| unit.resource_type == *"Fake::Disk"),
        (At::region("r1"), |unit| unit.reach.as_str() == "r1"),
    ];
    for (at, affected) in cases {
        let fake = Arc::new(two_accounts().with(at, Effect::denied()));
        let snapshot = collect(&fake, Options::default()).await;
        assert_eq!(snapshot.coverage.len(), 10);
        for row in &snapshot.coverage {
            let expected = if affected(&row.unit) { DENIED } else { Outcome::Complete };
            assert_eq!(row.outcome, expected, "{}", row.unit);
            assert_eq!(row.resources, if affected(&row.unit) { 0 } else { 3 });
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_resource_twice_is_one_and_a_conflict_is_told() {
    let fake = two_accounts();
    let unit = fake.unit("1", "r1", "Fake::Disk");
    let same = fake.resource(&unit, 2, 2);
    let fake = Arc::new(fake.with(At::unit(&unit), Effect::Also(vec![same]).after(3)));
    let snapshot = collect(&fake, Options::default()).await;
    assert_only(&snapshot, &[]);
    assert_eq!(snapshot.resources.len(), 30);

    let other = fake.resource(&unit, 2, 99);
    let first = fake.resource(&unit, 2, 2);
    fake.clear();
    fake.inject(At::unit(&unit), Effect::Also(vec![other]).after(3));
    let snapshot = collect(&fake, Options::default()).await;
    assert_only(&snapshot, &[(unit.clone(), Outcome::Partial)]);
    assert_eq!(codes(&snapshot, &unit), ["conflicting-duplicate"]);
    assert_eq!(snapshot.resource(&first.key), Some(&first));
    assert_eq!(snapshot.resources.len(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_resource_of_somewhere_else_is_not_believed() {
    let fake = two_accounts();
    let unit = fake.unit("1", "r1", "Fake::Disk");
    let elsewhere = ["1/r2/Fake::Disk", "2/r1/Fake::Disk", "1/r1/Fake::Queue"].map(|place| {
        let parts: Vec<_> = place.split('/').collect();
        fake.resource(&fake.unit(parts[0], parts[1], parts[2]), 7, 7)
    });
    let fake = Arc::new(fake.with(At::unit(&unit), Effect::Also(elsewhere.into()).after(3)));
    let snapshot = collect(&fake, Options::default()).await;
    assert_only(&snapshot, &[(unit.clone(), Outcome::Partial)]);
    assert_eq!(codes(&snapshot, &unit), ["foreign-resource"; 3]);
    assert_eq!(snapshot.resources.len(), 30);

    // A listing of a whole scope may name a resource's own region.
    fake.clear();
    let role = fake.unit("1", "global", "Fake::Role");
    let regional = fake.resource(&fake.unit("1", "r1", "Fake::Role"), 7, 7);
    fake.inject(At::unit(&role), Effect::Also(vec![regional]).after(3));
    assert_only(&collect(&fake, Options::default()).await, &[]);
}

#[tokio::test(start_paused = true)]
async fn many_problems_alike_are_counted() {
    let fake = two_accounts();
    let unit = fake.unit("1", "r1", "Fake::Disk");
    let fake = Arc::new(fake.with(At::unit(&unit), Effect::Flood));
    tokio::time::resume();
    let options = Options { unit_timeout: Duration::from_millis(20), ..Options::default() };
    let snapshot = collect(&fake, options).await;
    let codes = codes(&snapshot, &unit);
    assert_eq!(codes[..3], ["FakeFault"; 3]);
    assert_eq!(codes[3..], ["timeout", "more-problems"]);
}

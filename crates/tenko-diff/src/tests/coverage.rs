//! Missing needs complete coverage.

use tenko_core::{DriftKind::*, *};

use super::fixture::*;
use crate::diff;

fn verdict(snapshot: &Snapshot, declaration: &Declaration) -> (DriftKind, String) {
    let diff = diff(snapshot, declaration, &catalog());
    assert_eq!(diff.drift.len(), 1, "{:?}", diff.drift);
    (diff.drift[0].kind, diff.drift[0].reason.clone().unwrap_or_default())
}

fn gone() -> Declaration {
    acme(vec![expected("T", "gone")])
}

fn gone_from(region: &str) -> Declaration {
    acme(vec![Expected { region: Some(region.into()), ..expected("T", "gone") }])
}

#[test]
fn any_unit_that_could_hold_it_must_be_complete() {
    let mut snapshot = snapshot(&["1", "2"], vec![]);
    assert_eq!(verdict(&snapshot, &gone()), (Missing, String::new()));
    set_outcome(&mut snapshot, &unit("2", "r1", "T"), denied());
    set_outcome(&mut snapshot, &unit("1", "global", "G"), denied());
    assert_eq!(verdict(&snapshot, &gone()).0, Missing, "neither account nor type concern it");
    set_outcome(&mut snapshot, &unit("1", "r2", "T"), denied());
    let reason = "T in 1 r2: denied by organization policy (SCP)".to_owned();
    assert_eq!(verdict(&snapshot, &gone()), (Unknown, reason));
    assert_eq!(verdict(&snapshot, &gone_from("r1")).0, Missing);
    assert_eq!(verdict(&snapshot, &gone_from("r2")).0, Unknown);
}

#[test]
fn every_outcome_but_complete_is_unknown() {
    for outcome in [
        Outcome::Partial,
        denied(),
        Outcome::RegionDisabled,
        Outcome::ServiceNotEnabled,
        Outcome::ThrottledOut,
        Outcome::Unreachable,
        Outcome::Unsupported,
        Outcome::Skipped,
        Outcome::ScopeSuspended,
        Outcome::Cancelled,
    ] {
        let mut snapshot = snapshot(&["1"], vec![]);
        set_outcome(&mut snapshot, &unit("1", "r1", "T"), outcome);
        assert_eq!(verdict(&snapshot, &gone()).0, Unknown, "{outcome:?}");
    }
}

#[test]
fn a_region_that_was_not_collected_is_unknown() {
    let mut snapshot = snapshot(&["1"], vec![]);
    let (kind, reason) = verdict(&snapshot, &gone_from("mars"));
    assert_eq!((kind, reason.as_str()), (Unknown, "T in 1 mars was not collected"));
    snapshot.coverage.retain(|c| c.unit.reach != Reach::region("r2"));
    assert_eq!(verdict(&snapshot, &gone()).0, Unknown, "the account has r2 too");
    let mut only_r1 = gone();
    only_r1.tenants[0].environments[0].regions = Some([Region::new("r1")].into());
    assert_eq!(verdict(&snapshot, &only_r1).0, Missing);
    only_r1.tenants[0].environments[0].regions = Some([Region::new("mars")].into());
    assert_eq!(verdict(&snapshot, &only_r1).0, Unknown);
}

#[test]
fn a_scope_that_nobody_saw_is_unknown() {
    let base = snapshot(&["1"], vec![]);
    let reason = |change: fn(&mut Snapshot)| {
        let mut snapshot = base.clone();
        change(&mut snapshot);
        let (kind, reason) = verdict(&snapshot, &gone());
        assert_eq!(kind, Unknown);
        reason
    };
    assert_eq!(reason(|s| s.scopes = ScopeTree::default()), "aws:1 was not discovered");
    assert_eq!(reason(|s| s.answers.clear()), "aws:1 was not asked");
    assert_eq!(
        reason(|s| s.answers[0].outcome = Outcome::ScopeSuspended),
        "aws:1: suspended or closed"
    );
    assert_eq!(reason(|s| s.coverage.clear()), "T in 1 was not collected");
    let other = acme(vec![expected("Unheard::Of", "x")]);
    assert_eq!(verdict(&base, &other).1, "Unheard::Of in 1 was not collected");
    let nowhere =
        declaration(vec![tenant("a", vec![environment("e", &[], vec![expected("T", "x")])])]);
    assert_eq!(verdict(&base, &nowhere).0, Unknown);
}

#[test]
fn a_disabled_region_does_not_hide_what_is_declared_for_no_region() {
    let mut snapshot = snapshot(&["1"], vec![]);
    let row = Coverage { unit: unit("1", "off", "T"), ..snapshot.coverage[0].clone() };
    snapshot.coverage.push(Coverage { outcome: Outcome::RegionDisabled, ..row });
    let (kind, reason) = verdict(&snapshot, &gone());
    assert_eq!(kind, Missing);
    assert!(reason.contains("not enabled"), "{reason}");
    assert_eq!(verdict(&snapshot, &gone_from("off")).0, Unknown);
    snapshot.answers[0].disabled_regions.clear();
    assert_eq!(verdict(&snapshot, &gone()).0, Unknown, "the account did not say so itself");
}

#[test]
fn what_is_found_in_a_partial_unit_is_found() {
    let mut snapshot = snapshot(&["1"], vec![tagged(("1", "r1", "T", "gone"), &[])]);
    set_outcome(&mut snapshot, &unit("1", "r1", "T"), Outcome::Partial);
    assert!(diff(&snapshot, &gone(), &catalog()).is_clean());
}

#[test]
fn a_reason_names_three_units_and_how_many_more() {
    let scopes = ["1", "2", "3", "4", "5"];
    let mut snapshot = snapshot(&scopes, vec![]);
    snapshot.coverage.iter_mut().for_each(|c| c.outcome = Outcome::Unreachable);
    let env = environment("prod", &scopes, vec![expected("G", "gone")]);
    let (_, reason) = verdict(&snapshot, &declaration(vec![tenant("acme", vec![env])]));
    assert_eq!(
        reason,
        "G in 1 global: unreachable; G in 2 global: unreachable; G in 3 global: unreachable and 2 more"
    );
}

#[test]
fn who_lost_a_resource_to_one_that_may_be_hidden_is_unknown() {
    // The first takes what is left in r2; its own may be in r1, where nobody could look.
    let anywhere = Expected { scope: Some(scope("1")), ..expected("T", "main") };
    let in_r2 =
        Expected { region: Some("r2".into()), source: source("r2"), ..expected("T", "main") };
    let declared = acme(vec![anywhere, in_r2]);
    let mut snapshot = snapshot(&["1"], vec![tagged(("1", "r2", "T", "main"), &[])]);
    assert_eq!(verdict(&snapshot, &declared).0, Missing);
    set_outcome(&mut snapshot, &unit("1", "r1", "T"), denied());
    assert_eq!(verdict(&snapshot, &declared).0, Unknown);
}

/// Two expectations that one resource fits, in an environment of two clouds.
#[test]
fn another_cloud_hides_nothing_of_this_one() {
    let mut declared = acme(vec![expected("T", "x"), expected("T", "x")]);
    let project = ScopeKey::new(Cloud::gcp(), "p");
    declared.tenants[0].environments[0].scopes.push(project.clone());
    let live = tagged(("1", "r1", "T", "i"), &[("Name", "x")]);
    let mut seen = snapshot(&["1"], vec![live]);
    let (mut scope, mut answer) =
        (seen.scopes.iter().next().unwrap().clone(), seen.answers[0].clone());
    (scope.cloud, scope.id) = (project.cloud.clone(), project.id.clone());
    (answer.cloud, answer.scope) = (project.cloud, project.id);
    seen.scopes = seen.scopes.iter().cloned().chain([scope]).collect();
    seen.answers.push(answer);
    seen.sort();
    assert_eq!(short(&diff(&seen, &declared, &catalog()).drift), [(Missing, "x")]);
}

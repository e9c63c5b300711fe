//! Live against live.

use serde_json::json;
use tenko_core::{DriftKind::*, *};

use super::fixture::*;
use crate::diff_snapshots;

fn at(id: &str) -> (&str, &str, &str, &str) {
    ("1", "r1", "T", id)
}

#[test]
fn gone_new_and_changed() {
    let old = snapshot(
        &["1"],
        vec![
            resource(at("gone"), json!({})),
            resource(at("kept"), json!({"A": {"B": [1, 2]}, "Seen": 1, "Set": ["a", "b"]})),
            resource(at("same"), json!({"Seen": 1})),
        ],
    );
    let new = snapshot(
        &["1"],
        vec![
            resource(at("kept"), json!({"A": {"B": [1, 3, 4]}, "Seen": 2, "Set": ["0", "b"]})),
            resource(at("new"), json!({})),
            resource(at("same"), json!({"Seen": 2})),
        ],
    );
    let diff = diff_snapshots(&old, &new, &catalog());
    assert_eq!(short(&diff.drift), [(Missing, "gone"), (Changed, "kept"), (Unmanaged, "new")]);
    let changes: Vec<_> = diff.drift[1]
        .changes
        .iter()
        .map(|c| (c.path.to_string(), c.expected.clone(), c.actual.clone()))
        .collect();
    assert_eq!(
        changes,
        [
            ("A.B[1]".to_owned(), json!(2), json!(3)),
            ("A.B[2]".to_owned(), json!(null), json!(4)),
            ("Set".to_owned(), json!(["a"]), json!(["0"])),
        ]
    );
    let source = diff.drift[0].source.as_ref().unwrap();
    assert_eq!((source.kind, &*source.file), (SourceKind::Snapshot, "run-1"));
    assert_eq!(source.address, "gone");
    assert_eq!((diff.counts.declared, diff.counts.managed, diff.counts.unmanaged), (3, 2, 1));
}

#[test]
fn coverage_decides_on_both_sides() {
    let full = snapshot(&["1"], vec![resource(at("a"), json!({}))]);
    let mut blind = snapshot(&["1"], vec![]);
    set_outcome(&mut blind, &unit("1", "r1", "T"), denied());
    let lost = diff_snapshots(&full, &blind, &catalog());
    assert_eq!(short(&lost.drift), [(Unknown, "a")]);
    assert_eq!(
        lost.drift[0].reason.as_deref(),
        Some("T in 1 r1: denied by organization policy (SCP)")
    );
    let regained = diff_snapshots(&blind, &full, &catalog());
    assert!(regained.is_clean());
    assert_eq!(regained.counts.unseen_before, 1);
    let no_account = snapshot(&["2"], vec![]);
    assert_eq!(short(&diff_snapshots(&full, &no_account, &catalog()).drift), [(Unknown, "a")]);
}

#[test]
fn what_could_not_be_read_in_either_run_is_left_out() {
    let mut old = resource(at("a"), json!({"A": 1, "L": [{"x": 1, "y": 1}]}));
    let mut new = resource(at("a"), json!({"L": [{"x": 2, "y": 2}]}));
    old.unknown = vec!["L[0].x".parse().unwrap()];
    new.unknown = vec!["A".parse().unwrap()];
    let diff =
        diff_snapshots(&snapshot(&["1"], vec![old]), &snapshot(&["1"], vec![new]), &catalog());
    let paths: Vec<_> = diff.drift[0].changes.iter().map(|c| c.path.to_string()).collect();
    assert_eq!(paths, ["L[0].y"]);
}

#[test]
fn a_globally_listed_resource_with_a_region_goes_by_the_global_unit() {
    let old = snapshot(&["1"], vec![resource(("1", "r1", "AWS::S3::Bucket", "b"), json!({}))]);
    let mut new = snapshot(&["1"], vec![]);
    assert_eq!(diff_snapshots(&old, &new, &catalog()).count(Missing), 1);
    set_outcome(&mut new, &unit("1", "global", "AWS::S3::Bucket"), Outcome::Partial);
    assert_eq!(diff_snapshots(&old, &new, &catalog()).count(Unknown), 1);
}

#[test]
fn an_account_that_was_not_there_yet_is_new() {
    let mut old = snapshot(&["1"], vec![]);
    let new = snapshot(&["1", "2"], vec![resource(("2", "r1", "T", "a"), json!({}))]);
    // Nobody listed the organization: the account may have been there.
    assert_eq!(diff_snapshots(&old, &new, &catalog()).counts.unseen_before, 1);
    let organization = Scope {
        kind: ScopeKind::Organization,
        id: "o".into(),
        ..old.scopes.iter().next().unwrap().clone()
    };
    old.scopes = old.scopes.iter().cloned().chain([organization]).collect();
    assert_eq!(short(&diff_snapshots(&old, &new, &catalog()).drift), [(Unmanaged, "a")]);
    old.run.cancelled = true;
    assert_eq!(diff_snapshots(&old, &new, &catalog()).drift, []);
}

#[test]
fn a_policy_that_is_only_written_in_another_order_is_the_same() {
    let run = |actions: [&str; 2], sid: &str| {
        let policy = |actions: &[&str], sid: &str| {
            json!({"Policy": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": actions, "Sid": sid},
            ]}})
        };
        let old = snapshot(&["1"], vec![resource(at("a"), policy(&["s3:A", "s3:B"], ""))]);
        let new = snapshot(&["1"], vec![resource(at("a"), policy(&actions, sid))]);
        let diff = diff_snapshots(&old, &new, &catalog());
        let changes = diff.drift.iter().flat_map(|d| &d.changes);
        changes.map(|c| c.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(run(["s3:B", "s3:A"], ""), [""; 0]);
    assert_eq!(run(["s3:B", "s3:C"], ""), ["Policy.Statement[0].Action"]);
    assert_eq!(run(["s3:B", "s3:A"], "x"), ["Policy.Statement[0].Sid"]);
}

//! What a read-only login may do, held to public data that we did not make.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use tenko::login::policy::SessionPolicy;
use tenko::model::DataLevel;

fn run(script: &Path, args: &[&str]) -> String {
    let out = Command::new(tenko_tests::python()).arg(script).args(args).output().unwrap();
    let errors = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{}: {errors}", script.display());
    String::from_utf8(out.stdout).unwrap()
}

/// The documents of AWS's own policies are those that the emulator ships, which come from AWS.
#[test]
fn the_managed_policies_are_those_of_aws() {
    run(&tenko_tests::root().join("crates/tenko-iam/tools/managed.py"), &["--check"]);
}

/// Every action that AWS documents, with the access level that AWS gives it. These three read who may do what, and AWS
/// files them under permissions management.
#[test]
fn no_login_may_do_what_aws_calls_a_change() {
    const READS: [&str; 3] = [
        "quicksight:DescribeDataSetPermissions",
        "quicksight:DescribeDataSourcePermissions",
        "quicksight:DescribeTopicPermissions",
    ];
    let script = tenko_tests::root().join("tests/python/access_levels.py");
    let levels: BTreeMap<String, String> = serde_json::from_str(&run(&script, &[])).unwrap();
    assert!(levels.len() > 15_000, "{}", levels.len());
    for with in [BTreeSet::new(), DataLevel::ALL.into()] {
        let policy = SessionPolicy::new(&with).unwrap();
        let changes: Vec<&String> = levels
            .iter()
            .filter(|(_, level)| !matches!(level.as_str(), "Read" | "List"))
            .map(|(action, _)| action)
            .filter(|action| policy.may_allow(action))
            .collect();
        assert_eq!(changes, READS, "with {with:?}");
        let seen = levels.keys().filter(|action| policy.may_allow(action)).count();
        assert!(seen > 2_000, "{seen}: a login that sees nothing proves nothing");
    }
}

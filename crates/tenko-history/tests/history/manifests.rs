//! Runs of several manifests in one place.

use std::sync::Arc;

use object_store::memory::InMemory;
use tenko_core::{Cloud, ScopeKey, Unmanaged};
use tenko_history::*;
use tenko_report::{Document, DriftCounts, EnvironmentRow, FindingCounts, Observed, TenantRow};

use crate::worlds::{ACCOUNTS, Input};

/// A run of a day that declares these tenants, each with an account.
fn run(n: i64, tenants: &[(&str, &str)]) -> Document {
    let mut document = Input::day(n, &[1]).document();
    let row = |(id, account): &(&str, &str)| TenantRow {
        id: (*id).to_owned(),
        name: String::new(),
        owner: None,
        environments: vec![EnvironmentRow {
            name: "production".to_owned(),
            stage: None,
            owner: None,
            scopes: vec![ScopeKey::new(Cloud::aws(), *account)],
            unmanaged: Unmanaged::Report,
            observed: Observed::Complete,
            resources: 0,
            drift: DriftCounts::default(),
            findings: FindingCounts::default(),
        }],
        shared_drift: DriftCounts::default(),
        shared_findings: FindingCounts::default(),
    };
    document.tenants = tenants.iter().map(row).collect();
    document
}

const ACME: [(&str, &str); 1] = [("acme", ACCOUNTS[0])];
const GLOBEX: [(&str, &str); 1] = [("globex", ACCOUNTS[1])];

/// A history with one run of tenant acme.
async fn of_acme() -> RunHistory {
    let history = RunHistory::over(Arc::new(InMemory::new()), "", "s3://audit".to_owned());
    history.record(run(0, &[("acme", ACCOUNTS[0])])).await.unwrap();
    history
}

/// Each would else tell what the other found as gone.
#[tokio::test]
async fn each_manifest_has_its_own_runs_before() {
    let history = of_acme().await;
    let (acme, globex) = ([("acme", ACCOUNTS[0])], [("globex", ACCOUNTS[1])]);
    let mut trends = Vec::new();
    for (day, tenants, before) in [
        (1, &globex, &[][..]),
        (2, &acme, &["0000-run"]),
        (3, &acme, &["0002-run"]),
        (4, &globex, &["0001-run"]),
        (5, &acme, &["0003-run"]),
        (6, &globex, &["0004-run"]),
    ] {
        let kept = history.record(run(day, tenants)).await.unwrap();
        let found = kept.history.unwrap();
        assert_eq!(found.compared_with, before, "of day {day}");
        trends.push(found.runs.into_iter().map(|point| point.run).collect::<Vec<_>>());
    }
    assert_eq!(trends[4], ["0000-run", "0002-run", "0003-run", "0005-run"]);
    assert_eq!(trends[5], ["0001-run", "0004-run", "0006-run"]);
    assert_eq!(history.list().await.unwrap().len(), 7);
}

#[tokio::test]
async fn a_tenant_of_the_same_name_elsewhere_is_another_one() {
    let history = of_acme().await;
    let mut elsewhere = run(1, &[("acme", "333333333333")]);
    elsewhere.scopes.retain(|row| row.scope.id == *ACCOUNTS[1]);
    // In the same organization it moved to another account.
    let before = async |document: &Document| {
        history.preview(document.clone()).await.unwrap().history.unwrap().compared_with
    };
    assert_eq!(before(&elsewhere).await, ["0000-run"]);
    elsewhere.scopes.clear();
    assert!(before(&elsewhere).await.is_empty());
    // Asked for a part only, it need not have found the same.
    elsewhere.run.narrowed = true;
    assert_eq!(before(&elsewhere).await, ["0000-run"]);
}

#[tokio::test]
async fn a_manifest_may_change() {
    for tenants in [
        &[("renamed", ACCOUNTS[0])][..],
        &[("acme", ACCOUNTS[1])],
        &[("acme", ACCOUNTS[0]), ("globex", ACCOUNTS[1])],
        &[("globex", ACCOUNTS[1]), ("renamed", ACCOUNTS[0])],
        &[],
    ] {
        let history = of_acme().await;
        let next = history.record(run(1, tenants)).await.unwrap();
        assert_eq!(next.history.unwrap().compared_with, ["0000-run"], "{tenants:?}");
    }
}

/// A run that may be of either has both before it, and the next one of each that one.
#[tokio::test]
async fn a_run_of_both_does_not_cut_off_either() {
    for both in [&[][..], &[ACME[0], GLOBEX[0]]] {
        let history = of_acme().await;
        for (day, tenants, before) in [
            (1, &GLOBEX[..], &[][..]),
            (2, both, &["0000-run", "0001-run"]),
            (3, &ACME, &["0002-run"]),
            (4, &ACME, &["0003-run"]),
            (5, &GLOBEX, &["0002-run"]),
            (6, &GLOBEX, &["0005-run"]),
            (7, &ACME, &["0004-run"]),
        ] {
            let kept = history.record(run(day, tenants)).await.unwrap();
            assert_eq!(kept.history.unwrap().compared_with, before, "of day {day}");
        }
    }
}

#[tokio::test]
async fn what_is_damaged_of_one_manifest_is_no_news_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    for (day, tenants) in [(0, &ACME), (1, &GLOBEX), (2, &GLOBEX)] {
        history.record(run(day, tenants)).await.unwrap();
    }
    std::fs::remove_file(folder.path().join("reports/0002-run.json.zst")).unwrap();
    let of = async |day, tenants: &[(&str, &str)]| {
        let kept = history.record(run(day, tenants)).await.unwrap();
        (kept.history.unwrap().compared_with, kept.warnings.len())
    };
    assert_eq!(of(3, &ACME).await, (vec!["0000-run".to_owned()], 0));
    assert_eq!(of(4, &GLOBEX).await, (vec!["0001-run".to_owned()], 1));
    assert_eq!(of(5, &ACME).await, (vec!["0003-run".to_owned()], 0));
    assert_eq!(of(6, &GLOBEX).await, (vec!["0004-run".to_owned()], 0));
}

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

/// A history with one run of tenant acme.
async fn of_acme() -> RunHistory {
    let history = RunHistory::over(Arc::new(InMemory::new()), "", "s3://audit".to_owned());
    history.record(run(0, &[("acme", ACCOUNTS[0])]), false).await.unwrap();
    history
}

/// Both would else tell what the other found as gone.
#[tokio::test]
async fn the_runs_of_another_manifest_are_refused() {
    let history = of_acme().await;
    let names = ["b", "c", "d", "e"];
    let other = run(1, &names.map(|name| (name, ACCOUNTS[1])));
    for refused in [
        history.record(other.clone(), false).await.unwrap_err(),
        history.preview(other.clone(), false).await.unwrap_err(),
    ] {
        let said = "the runs in s3://audit are of another manifest: of acme, and this one is of \
                    b, c, d and 1 more";
        assert_eq!(refused.to_string(), said);
        let hint = refused.hint().unwrap();
        assert!(hint.contains("`history`") && hint.contains("`--history`"), "{hint}");
    }
    assert_eq!(history.list().await.unwrap().len(), 1, "it is not kept");
    // In a place of its own it is.
    let own = RunHistory::over(Arc::new(InMemory::new()), "", "s3://other".to_owned());
    own.record(other, false).await.unwrap();
    // The first one goes on as if nothing had been.
    let next = history.record(run(2, &[("acme", ACCOUNTS[0])]), false).await.unwrap();
    assert_eq!(next.history.unwrap().compared_with, ["0000-run"]);
}

#[tokio::test]
async fn a_tenant_of_the_same_name_elsewhere_is_another_one() {
    let history = of_acme().await;
    let mut elsewhere = run(1, &[("acme", "333333333333")]);
    elsewhere.scopes.retain(|row| row.scope.id == *ACCOUNTS[1]);
    // In the same organization it moved to another account.
    assert!(history.preview(elsewhere.clone(), false).await.is_ok());
    elsewhere.scopes.clear();
    let refused = history.preview(elsewhere.clone(), false).await.unwrap_err();
    assert!(matches!(refused, HistoryError::OtherManifest { .. }), "{refused}");
    // Asked for a part only, it need not have found the same.
    elsewhere.run.narrowed = true;
    assert!(history.preview(elsewhere, true).await.is_ok());
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
        let next = history.record(run(1, tenants), false).await.unwrap();
        assert_eq!(next.history.unwrap().compared_with, ["0000-run"], "{tenants:?}");
    }
}

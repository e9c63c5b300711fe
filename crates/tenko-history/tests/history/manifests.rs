//! Runs of several manifests in one place.

use std::collections::BTreeMap;
use std::sync::Arc;

use object_store::memory::InMemory;
use tenko_core::{
    Cloud, Declaration, Environment, EnvironmentLogin, ScopeKey, Source, SourceKind, Tenant,
    Unmanaged,
};
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

/// A manifest that declares these tenants, each with an account.
fn manifest(tenants: &[(&str, &str)]) -> Declaration {
    let environment = |account: &str| Environment {
        name: "production".to_owned(),
        stage: None,
        owner: None,
        baselines: vec![],
        scopes: vec![ScopeKey::new(Cloud::aws(), account)],
        regions: None,
        required_tags: BTreeMap::new(),
        source: Source {
            kind: SourceKind::Manifest,
            file: "tenants.yaml".into(),
            line: None,
            address: String::new(),
        },
        expected: vec![],
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: EnvironmentLogin::default(),
    };
    let tenant = |(id, account): &(&str, &str)| Tenant {
        id: (*id).to_owned(),
        name: String::new(),
        owner: None,
        environments: vec![environment(account)],
    };
    Declaration { tenants: tenants.iter().map(tenant).collect(), ..Declaration::default() }
}

async fn latest(history: &RunHistory, tenants: &[(&str, &str)]) -> Result<String, HistoryError> {
    Ok(history.latest_of(&manifest(tenants)).await?.run.id)
}

#[tokio::test]
async fn each_manifest_has_its_own_latest_run() {
    let history = of_acme().await;
    for day in 1..=3 {
        history.record(run(day, &GLOBEX)).await.unwrap();
    }
    assert_eq!(history.get(LATEST).await.unwrap().run.id, "0003-run");
    for (tenants, is) in [
        (&ACME[..], "0000-run"),
        (&GLOBEX, "0003-run"),
        // Another name, another account, and nobody.
        (&[("renamed", ACCOUNTS[0])], "0000-run"),
        (&[("acme", "333333333333")], "0000-run"),
        (&[], "0003-run"),
    ] {
        assert_eq!(latest(&history, tenants).await.unwrap(), is, "{tenants:?}");
    }
    history.record(run(4, &[])).await.unwrap();
    assert_eq!(latest(&history, &ACME).await.unwrap(), "0004-run", "it may be anybody's");
}

#[tokio::test]
async fn where_all_runs_are_of_others_that_is_told() {
    let nothing = RunHistory::over(Arc::new(InMemory::new()), "", "s3://audit".to_owned());
    let error = latest(&nothing, &GLOBEX).await.unwrap_err();
    assert!(matches!(error, HistoryError::Empty { .. }), "{error:?}");

    let history = of_acme().await;
    let error = latest(&history, &GLOBEX).await.unwrap_err();
    assert_eq!(error.to_string(), "no run of this manifest is in s3://audit");
    assert!(error.hint().unwrap().contains("`tenko history`"), "{error:?}");
    assert!(!error.is_damage());
    // No more than a hundred reports are read.
    history.record(run(1, &GLOBEX)).await.unwrap();
    for day in 2..101 {
        history.record(run(day, &ACME)).await.unwrap();
    }
    assert_eq!(latest(&history, &GLOBEX).await.unwrap(), "0001-run");
    history.record(run(101, &ACME)).await.unwrap();
    let error = latest(&history, &GLOBEX).await.unwrap_err();
    let said = "no run of this manifest is among the newest 100 in s3://audit";
    assert_eq!(error.to_string(), said);
}

#[tokio::test]
async fn a_damaged_run_is_told_to_the_manifest_whose_it_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let history = RunHistory::local(folder.path()).unwrap();
    for (day, tenants) in [(0, &GLOBEX), (1, &ACME), (2, &GLOBEX), (3, &ACME)] {
        history.record(run(day, tenants)).await.unwrap();
    }
    let damage = |file: &str| std::fs::write(folder.path().join(file), "").unwrap();
    damage("reports/0003-run.json.zst");
    assert_eq!(latest(&history, &GLOBEX).await.unwrap(), "0002-run");
    let error = latest(&history, &ACME).await.unwrap_err();
    let HistoryError::LatestDamaged { before, .. } = &error else { panic!("{error:?}") };
    assert_eq!(before, "0001-run");
    assert!(error.to_string().starts_with("the report of run 0003-run was cut off"), "{error}");
    // Nothing tells whose this one is.
    damage("runs/0003-run.json");
    for (tenants, last) in [(&ACME, "0001-run"), (&GLOBEX, "0002-run")] {
        let error = latest(&history, tenants).await.unwrap_err();
        let HistoryError::LatestDamaged { before, .. } = &error else { panic!("{error:?}") };
        assert_eq!(before, last);
    }
    // With nothing left to show, the damage is what there is to say.
    damage("reports/0001-run.json.zst");
    let error = latest(&history, &ACME).await.unwrap_err();
    assert!(matches!(error, HistoryError::EntryTruncated { .. }), "{error:?}");
}

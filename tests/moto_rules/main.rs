//! The rules against moto, filled with good and bad examples of what they look for, and beside
//! Prowler, which looked at the same accounts.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod prowler;
mod table;
mod world;

use std::sync::Arc;

use tenko::Audit;
use tenko::aws::{AwsProvider, Discovery};
use tenko::declare::{Manifest, ManifestFile};
use tenko::model::{Redactor, Region, Snapshot};
use tenko_tests::{MOTO_LACKS, moto_lacks};
use world::World;

/// What no rule is seen to say here, and why.
const NOT_SEEN: &[(&str, &str, &str)] = &[
    ("ACC-04", "pass", "the one management account has a workload"),
    ("ACC-07", "finding", "iam:ListOrganizationsFeatures"),
    ("ACC-07", "pass", "iam:ListOrganizationsFeatures"),
    ("ACC-09", "finding", "the one organization keeps its logs apart"),
    ("DATA-02", "finding", "of Google Cloud only"),
    ("DATA-02", "pass", "of Google Cloud only"),
    ("DATA-03", "finding", "backup:ListProtectedResources"),
    ("DATA-04", "finding", "backup:ListProtectedResources"),
    ("DATA-04", "pass", "backup:ListBackupSelections"),
    ("IAC-01", "finding", "no infrastructure code"),
    ("IAC-01", "pass", "no infrastructure code"),
    ("PAR-01", "pass", "all environments differ"),
    ("QUOTA-01", "finding", "servicequotas:ListServices"),
];

#[tokio::test(flavor = "multi_thread")]
async fn rules_say_what_the_accounts_were_filled_for() {
    let world = World::start();
    let audit = audit(&world, Discovery::Organization, &[]).await;
    let manifest = manifest(&world, audit.catalog());
    let snapshot = audit.collect().await;
    only_what_the_emulator_lacks_is_unread(&snapshot);

    let report = tenko::compare(snapshot, Some(&manifest), audit.catalog());
    let document = &report.document;
    let mut found = table::found(&world, &document.rules, &document.findings);
    let expected = table::expected(include_str!("expected.txt"));
    let differences = expected.differences(&found, &found.rules());
    assert!(differences.is_empty(), "{differences}");
    let more = without_what_is_lacking(&world, report.snapshot.clone(), &manifest, audit.catalog());

    found.add(outside(&world).await);
    nearly_all_is_seen(&[&found, &more]);
    println!("{}", prowler::compare(&world, &found));
}

/// As if it were left out by configuration.
fn without_what_is_lacking(
    world: &World,
    mut snapshot: Snapshot,
    manifest: &Manifest,
    catalog: &tenko::model::Catalog,
) -> table::Table {
    snapshot.coverage.retain(|row| !moto_lacks(row.unit.resource_type.as_str()));
    let report = tenko::compare(snapshot, Some(manifest), catalog);
    let found = table::found(world, &report.document.rules, &report.document.findings);
    let expected = table::expected(include_str!("expected-left-out.txt"));
    let differences = expected.differences(&found, &expected.rules());
    assert!(differences.is_empty(), "left out:\n{differences}");
    found
}

/// Every rule fires and passes somewhere, but for those that cannot.
fn nearly_all_is_seen(tables: &[&table::Table]) {
    let mut missing = Vec::new();
    for rule in tenko::rules::rules() {
        for verdict in ["finding", "pass"] {
            if !tables.iter().any(|table| table.has(rule.id, verdict)) {
                missing.push((rule.id, verdict));
            }
        }
    }
    let expected: Vec<_> = NOT_SEEN.iter().map(|(rule, verdict, _)| (*rule, *verdict)).collect();
    assert_eq!(missing, expected);
}

/// An account that no organization has is found by its number only.
async fn outside(world: &World) -> table::Table {
    let account = world.made.accounts["outside"].clone();
    let types = ["AWS::Organizations::Membership"];
    let audit = audit(world, Discovery::Accounts(vec![account]), &types).await;
    let snapshot = audit.collect().await;
    let file = ManifestFile { name: "tenants.yaml", bytes: b"version: 1\ntenants: {}\n" };
    let manifest = tenko::declare::load(&[file], audit.catalog()).unwrap();
    let report = tenko::compare(snapshot, Some(&manifest), audit.catalog());
    let of_rule: Vec<_> = report.document.findings.iter().filter(|f| f.rule == "ACC-03").collect();
    let said: Vec<_> = of_rule.iter().map(|f| (table::subject(world, f), f.verdict)).collect();
    assert_eq!(said, [("outside".to_owned(), tenko::model::Verdict::Finding)]);
    table::found(world, &[], &of_rule.into_iter().cloned().collect::<Vec<_>>())
}

async fn audit(world: &World, discovery: Discovery, types: &[&str]) -> Audit {
    let provider = AwsProvider::builder()
        .endpoint_url(&world.made.url)
        .static_credentials("AKIAMANAGEMENT000000", "secret")
        .discovery(discovery)
        .redactor(Redactor::new([7; 32]))
        .load()
        .await
        .unwrap();
    let regions = world.made.regions.iter().map(Region::new);
    Audit::builder()
        .provider(Arc::new(provider))
        .regions(regions)
        .types(types.iter().map(|name| (*name).to_owned()))
        .build()
        .unwrap()
}

fn manifest(world: &World, catalog: &tenko::model::Catalog) -> Manifest {
    let text = world.fill(include_str!("tenants.yaml"));
    let file = ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() };
    match tenko::declare::load(&[file], catalog) {
        Ok(manifest) => manifest,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

fn only_what_the_emulator_lacks_is_unread(snapshot: &Snapshot) {
    assert_eq!(snapshot.discovery_problems, []);
    let gaps = || snapshot.coverage.iter().filter(|row| row.outcome.is_gap());
    for (name, operation) in MOTO_LACKS {
        let mut gaps = gaps().filter(|row| row.unit.resource_type == *name);
        assert!(gaps.any(|row| row.outcome.is_gap()), "the emulator has {operation} by now");
    }
    let others: Vec<_> = gaps()
        .filter(|row| !moto_lacks(row.unit.resource_type.as_str()))
        .map(|row| format!("{}: {} {:?}", row.unit, row.outcome, row.problems))
        .collect();
    assert!(others.is_empty(), "{} gaps:\n{}", others.len(), others.join("\n"));
}

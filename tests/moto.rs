//! The whole path against moto, an emulator that is not ours, filled by boto3.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tenko::Audit;
use tenko::aws::AwsProvider;
use tenko::declare::{Depth, InitOptions, Manifest, ManifestFile};
use tenko::model::{Coverage, Drift, DriftKind, Redactor, Region, Resource, ScopeKind, Snapshot};
use tenko_testkit::sim::RecordingProxy;
use tenko_tests::{Expected, MOTO_LACKS, Moto, Seed, moto_lacks};

async fn provider(url: &str) -> AwsProvider {
    AwsProvider::builder()
        .endpoint_url(url)
        .static_credentials("AKIAMANAGEMENT000000", "secret")
        .redactor(Redactor::new([7; 32]))
        .load()
        .await
        .unwrap()
}

async fn audit(url: &str, regions: &[String]) -> Audit {
    Audit::builder()
        .provider(Arc::new(provider(url).await))
        .regions(regions.iter().map(Region::new))
        .build()
        .unwrap()
}

/// One emulator for all checks: filling it takes longer than any of them.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_audited_end_to_end() {
    let moto = Moto::start();
    let mut seed = moto.seed();
    let proxy = RecordingProxy::start(moto.url()).await.unwrap();
    // The emulator makes the queues' addresses from the host that it was asked by.
    for id in seed.expect.iter_mut().filter_map(|expected| expected.id.as_mut()) {
        *id = id.replace(moto.url(), &proxy.url());
    }
    let audit = audit(&proxy.url(), &seed.regions).await;

    let snapshot = audit.collect().await;
    the_tree_is_whole(&seed, &snapshot);
    everything_is_readable(&snapshot);
    fields_are_as_boto3_reports(&seed, &snapshot);
    accounts_are_isolated(&seed, &snapshot);
    nothing_secret_is_kept(&snapshot);

    let text = tenko::declare::init(
        &snapshot,
        audit.catalog(),
        &InitOptions { depth: Depth::Attributes, ..InitOptions::default() },
    );
    let manifest = load(&text, &audit);
    the_first_manifest_audits_clean(&snapshot, &manifest, &audit);
    every_kind_of_drift_is_found(&moto, &proxy, &seed, &text, &audit).await;
    let allowed = provider(moto.url()).await.allowed_operations();
    only_listed_reads_left_the_process(&proxy, &allowed);
}

fn load(text: &str, audit: &Audit) -> Manifest {
    let file = ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() };
    match tenko::declare::load(&[file], audit.catalog()) {
        Ok(manifest) => manifest,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

fn the_tree_is_whole(seed: &Seed, snapshot: &Snapshot) {
    assert_eq!(snapshot.discovery_problems, [], "discovery");
    let count = |kind| snapshot.scopes.iter().filter(|s| s.kind == kind).count();
    assert_eq!(count(ScopeKind::Organization), 1);
    assert_eq!(count(ScopeKind::Account), seed.accounts.len() + 1, "and the management account");
    let production = snapshot.scopes.iter().find(|s| s.name == "acme-production").unwrap();
    let path = snapshot.scopes.path_of(&production.key());
    let names: Vec<_> = path.iter().skip(1).map(|scope| scope.name.as_str()).collect();
    assert_eq!(names, ["Root", "Workloads", "acme", "Production", "acme-production"]);
    assert_eq!(production.tags.get("tenant").map(String::as_str), Some("acme"));
}

fn everything_is_readable(snapshot: &Snapshot) {
    let is_lacking = |row: &&Coverage| moto_lacks(row.unit.resource_type.as_str());
    for (name, _) in MOTO_LACKS {
        let mut rows = snapshot.coverage.iter().filter(|row| row.unit.resource_type == *name);
        assert!(rows.any(|row| row.outcome.is_gap()), "the emulator has {name} by now");
    }
    let gaps: Vec<_> = snapshot
        .coverage
        .iter()
        .filter(|row| row.outcome.is_gap() && !is_lacking(row))
        .map(|row| format!("{}: {} {:?}", row.unit, row.outcome, row.problems))
        .collect();
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps[..gaps.len().min(20)].join("\n"));
}

fn found<'a>(snapshot: &'a Snapshot, expected: &Expected) -> Option<&'a Resource> {
    snapshot.resources.iter().find(|resource| {
        resource.key.resource_type == expected.resource_type.as_str()
            && resource.key.scope == expected.scope.as_str()
            && resource.key.region.as_str() == expected.region
            && match (&expected.id, &expected.name) {
                (Some(id), _) => resource.key.id == *id,
                (None, name) => resource.name == *name,
            }
    })
}

fn fields_are_as_boto3_reports(seed: &Seed, snapshot: &Snapshot) {
    let mut wrong = Vec::new();
    for expected in &seed.expect {
        let what = format!(
            "{} {} in {}",
            expected.resource_type,
            expected.id.as_ref().or(expected.name.as_ref()).unwrap(),
            expected.region
        );
        let Some(resource) = found(snapshot, expected) else {
            wrong.push(format!("{what}: not collected"));
            continue;
        };
        let actual = resource.attributes.to_value();
        for (key, value) in &expected.attributes {
            let found = actual.get(key).unwrap_or(&Value::Null);
            if unordered(found) != unordered(value) {
                wrong.push(format!("{what}: {key} is {found}, boto3 says {value}"));
            }
        }
        if expected.name.is_some() && resource.name != expected.name {
            wrong.push(format!("{what}: named {:?}", resource.name));
        }
        if expected.tags.as_ref().is_some_and(|tags| *tags != resource.tags) {
            wrong.push(format!(
                "{what}: tagged {:?}, boto3 says {:?}",
                resource.tags, expected.tags
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let types: BTreeSet<_> = seed.expect.iter().map(|e| e.resource_type.as_str()).collect();
    assert!(types.len() >= 35, "only {} types were compared", types.len());
}

/// Lists sorted: boto3 gives no order for sets.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(unordered).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), unordered(v))).collect(),
        other => other.clone(),
    }
}

fn accounts_are_isolated(seed: &Seed, snapshot: &Snapshot) {
    for (name, account) in &seed.accounts {
        for resource in snapshot.resources.iter().filter(|r| r.key.scope == account.as_str()) {
            for other in seed.accounts.keys().filter(|other| *other != name) {
                assert!(
                    !resource.label().starts_with(other.as_str()),
                    "{} of {other} was collected in {name}",
                    resource.key
                );
            }
        }
    }
    // Each of the filled accounts has a bucket of its own: the check above saw something.
    for name in ["acme-production", "acme-staging", "globex-production"] {
        let bucket = format!("{name}-assets-us-east-1");
        let owners: Vec<_> = snapshot.resources.iter().filter(|r| r.key.id == bucket).collect();
        assert_eq!(owners.len(), 1, "{bucket}");
        assert_eq!(owners[0].key.scope.as_str(), seed.accounts[name]);
    }
}

fn nothing_secret_is_kept(snapshot: &Snapshot) {
    let lambda = snapshot.resources.iter().find(|r| r.key.resource_type == "AWS::Lambda::Function");
    let text = lambda.unwrap().attributes.as_json();
    assert!(text.contains("redacted:"), "the function's environment is hidden, not lost: {text}");
    for resource in &snapshot.resources {
        let text = serde_json::to_string(resource).unwrap();
        assert!(!text.contains("canary"), "{text}");
    }
}

fn the_first_manifest_audits_clean(snapshot: &Snapshot, manifest: &Manifest, audit: &Audit) {
    let mut snapshot = snapshot.clone();
    // As if they were left out by configuration: gaps are findings of their own.
    snapshot.coverage.retain(|row| !moto_lacks(row.unit.resource_type.as_str()));
    let report = tenko::compare(snapshot, Some(manifest), audit.catalog());
    let drift: Vec<_> = report.diff.drift.iter().map(|d| format!("{d:?}")).collect();
    assert!(
        drift.is_empty(),
        "{} drifts:\n{}",
        drift.len(),
        drift[..drift.len().min(10)].join("\n")
    );
    // The emulator's accounts have risks enough; that tenants share one is not among them.
    let shared: Vec<_> = report.document.findings.iter().filter(|f| f.rule == "ACC-02").collect();
    assert!(shared.is_empty(), "{shared:?}");
    assert!(report.diff.counts.managed > 100, "{:?}", report.diff.counts);
    assert!(report.diff.counts.provider_default > 50, "{:?}", report.diff.counts);
}

async fn every_kind_of_drift_is_found(
    moto: &Moto,
    proxy: &RecordingProxy,
    seed: &Seed,
    text: &str,
    audit: &Audit,
) {
    let accounts = serde_json::json!({ "accounts": seed.accounts }).to_string();
    let changed = moto.script("change.py", &[&accounts]).replace(moto.url(), &proxy.url());
    let changed: Value = serde_json::from_str(&changed).unwrap();
    // Whoever leaves a type out cannot know whether it is there.
    let text = match text.find("\naws:\n") {
        Some(at) => {
            let (head, tail) = text.split_at(at + 6);
            format!("{head}  skip_types: [\"AWS::RDS::*\"]\n{tail}")
        }
        None => text.replacen("\ntenants:", "\naws:\n  skip_types: [\"AWS::RDS::*\"]\ntenants:", 1),
    };
    let manifest = load(&text, audit);
    let again = Audit::builder()
        .provider(Arc::new(provider(&proxy.url()).await))
        .regions(seed.regions.iter().map(Region::new))
        .manifest(manifest)
        .build()
        .unwrap();
    let report = again.run().await;
    let of = |kind| {
        let of_kind = report.diff.drift.iter().filter(move |drift| drift.kind == kind);
        of_kind.collect::<Vec<&Drift>>()
    };
    let the = |kind: DriftKind| {
        let id = changed[kind.as_str()].as_str().unwrap();
        let found = of(kind);
        assert_eq!(found.len(), 1, "{kind}: {found:?}");
        assert_eq!(found[0].resource.id.as_deref(), Some(id), "{kind}");
        found[0]
    };
    let missing = the(DriftKind::Missing);
    assert_eq!(missing.tenant.as_deref(), Some("acme"));
    assert!(missing.source.as_ref().unwrap().line.is_some());
    let changes = &the(DriftKind::Changed).changes;
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].path.to_string(), "VersioningConfiguration.Status");
    assert_eq!(
        (changes[0].expected.as_str(), changes[0].actual.as_str()),
        (Some("Enabled"), Some("Suspended"))
    );
    assert_eq!(the(DriftKind::Unmanaged).tenant.as_deref(), Some("globex"));
    the(DriftKind::Misplaced);
    // Three accounts, two regions, an instance and a cluster each, and a snapshot of both.
    let unknown = of(DriftKind::Unknown);
    assert_eq!(unknown.len(), 24, "{unknown:?}");
    assert!(unknown.iter().all(|d| d.resource.resource_type.as_str().starts_with("AWS::RDS::")));
    assert_eq!(report.document.exit_code(), 2);
}

fn only_listed_reads_left_the_process(proxy: &RecordingProxy, allowed: &BTreeSet<String>) {
    let seen: BTreeSet<_> = proxy.seen().iter().map(|call| call.id()).collect();
    let stray: Vec<_> = seen.iter().filter(|id| !allowed.contains(*id)).collect();
    assert!(stray.is_empty(), "not on the list: {stray:?}");
    assert!(seen.len() > 40, "only {} operations were seen", seen.len());
}

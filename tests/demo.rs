//! The showcase: what an audit of the simulated organization says, to the last count.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tenko::declare::{IacSource, Manifest, ManifestFile};
use tenko::model::{
    AttrPath, Catalog, Cloud, Drift, DriftKind, Origin, Outcome, REDACTED_PREFIX, Redactor,
    ResourceType, Snapshot,
};
use tenko::report::text::{TextOptions, render};
use tenko::sources::Document;
use tenko::{Audit, Report};
use tenko_testkit::demo::{self, CANARY, Demo, STATE_SECRET};

fn manifest(catalog: &Catalog) -> Manifest {
    let file = ManifestFile { name: demo::MANIFEST_NAME, bytes: demo::manifest().as_bytes() };
    let manifest = tenko::declare::load(&[file], catalog).unwrap_or_else(|e| panic!("{e}"));
    assert!(manifest.warnings.is_empty(), "{:?}", manifest.warnings);
    manifest
}

async fn audit(demo: &Demo) -> Report {
    let manifest = manifest(&tenko::catalog().unwrap());
    let redactor = Redactor::new([7; 32]);
    let aws = tenko::aws_provider(&manifest.aws)
        .endpoint_url(demo.url())
        .static_credentials(demo.access_key_id(), demo.secret_access_key())
        .redactor(redactor.clone())
        .load()
        .await
        .unwrap();
    let google = tenko::google_provider(&manifest.google)
        .endpoint_url(demo.google_url())
        .credentials_file(demo.google_credentials())
        .redactor(redactor)
        .load()
        .await
        .unwrap();
    let builder = Audit::builder().provider(Arc::new(aws));
    let code = tenko::code_of(documents(&manifest), &tenko::catalog().unwrap());
    let audit = builder.provider(Arc::new(google)).manifest(manifest).build().unwrap();
    audit.compare_with(audit.collect().await, code)
}

/// The states that the manifest lists, each with the environment that lists it.
fn documents(manifest: &Manifest) -> Vec<Document> {
    let states = BTreeMap::from(demo::states());
    let document = |source: &IacSource| {
        let name = source.location.to_string();
        let bytes = states.get(name.as_str()).copied().unwrap_or_default().into();
        Document { name: name.into(), owner: source.owner.clone(), bytes }
    };
    manifest.iac.iter().map(document).collect()
}

/// One audit for all checks.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_its_story() {
    let demo = demo::start().await.unwrap();
    let began = Instant::now();
    let report = audit(&demo).await;
    // It takes a few seconds; the rest is for a busy machine.
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    let options = TextOptions { width: 80, color: false, verbose: false, ..TextOptions::default() };
    let text = render(&report.document, &options);
    // Shown when the test fails.
    println!("{text}");

    every_drift_is_meant(&report);
    code_is_read_and_compared(&report);
    accounts_answer_as_told(&report.snapshot);
    gaps_are_where_they_should_be(&report.snapshot);
    provider_defaults_are_recognised(&report.snapshot);
    many_types_are_there(&report.snapshot);
    secrets_are_hidden_and_not_lost(&report.snapshot);
    nothing_else_was_asked(&demo);

    let verbose = render(&report.document, &TextOptions { verbose: true, ..options });
    let json = tenko::report::json::render(&report.document);
    let resources = report.snapshot.resources.iter().map(|r| r.to_value().to_string());
    let snapshot = format!("{} {:?}", resources.collect::<String>(), report.snapshot.coverage);
    for (what, output) in
        [("text", text), ("verbose", verbose), ("json", json), ("snapshot", snapshot)]
    {
        for secret in [CANARY, STATE_SECRET] {
            assert!(!output.contains(secret), "a secret is in the {what}");
        }
    }
}

fn every_drift_is_meant(report: &Report) {
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for drift in &report.document.drift {
        let place = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        let (tenant, environment) = (place(&drift.tenant), place(&drift.environment));
        let label = drift.resource.label();
        let row = match drift.kind {
            DriftKind::Unknown => format!("{tenant} {environment}"),
            _ => format!("{tenant} {environment} {label}"),
        };
        let row = drift.changes.iter().fold(row, |row, change| format!("{row} {}", change.path));
        found.entry(drift.kind.as_str()).or_default().push(row);
    }
    found.values_mut().for_each(|rows| rows.sort());
    let unknown = found.remove("unknown").unwrap_or_default();
    let expected = [
        (
            "changed",
            vec![
                "acme production acme-production-db SecurityGroupIngress",
                "acme production acme-production-reports iamConfiguration.publicAccessPrevention",
                "acme production acme-production-uploads VersioningConfiguration.Status",
                "acme staging acme-staging-db SecurityGroupIngress[0].CidrIp",
                "globex production globex-production BackupRetentionPeriod",
                "globex production globex-production-players Tags.cost-center",
                "initech - developers",
                "initech production 555555555501 AccountMFAEnabled AccountAccessKeysPresent",
            ],
        ),
        ("elsewhere_managed", vec!["acme production acme-orders-replay"]),
        (
            "misplaced",
            vec!["acme production acme-campaign-videos", "acme staging acme-staging-worker"],
        ),
        (
            "missing",
            vec![
                "acme production acme-production-orders-dlq",
                "acme production archive",
                "initech production 555555555501",
            ],
        ),
        (
            "unmanaged",
            vec![
                "acme production allow-ssh-from-anywhere",
                "acme production debug-tanaka",
                "globex production globex-tmp-export-2019",
                "initech - launch-wizard-1",
                "initech - legacy-ci",
            ],
        ),
    ];
    let expected: BTreeMap<_, Vec<_>> = expected
        .into_iter()
        .map(|(kind, rows)| (kind, rows.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(found, expected);
    let of = |place: &str| unknown.iter().filter(|row| *row == place).count();
    // All of the account that denies us; a table and a queue of the region that is off, and the
    // database that a policy hides; the database in Google Cloud that the role cannot see.
    assert_eq!((of("globex staging"), of("globex launch")), (10, 3));
    assert_eq!((of("acme production"), unknown.len()), (1, 14));
    assert!(report.diff.unused_ignores.is_empty(), "{:?}", report.diff.unused_ignores);
}

/// What only code declares is managed, and what differs from it is named with its address.
fn code_is_read_and_compared(report: &Report) {
    assert_eq!((&report.code.unread, &report.code.skipped), (&Vec::new(), &Vec::new()));
    let sizes = report.code.states.iter().map(|state| {
        let info = &state.info;
        let odd = info.unmapped.len() + info.foreign.len();
        (&*state.name, info.instances, info.data_sources, odd)
    });
    assert_eq!(
        sizes.collect::<Vec<_>>(),
        [("states/acme-production.tfstate", 9, 1, 0), ("states/acme-staging.tfstate", 4, 0, 0)]
    );
    let says = |name: &str| {
        let of = report.document.drift.iter().filter(|d| d.resource.name.as_deref() == Some(name));
        let source = |d: &Drift| d.source.as_ref().map(ToString::to_string).unwrap_or_default();
        of.map(|d| format!("{} {}", d.kind, source(d))).collect::<Vec<_>>()
    };
    for name in ["acme-production-exports", "acme-production-orders", "acme-production-web"] {
        let live = report.snapshot.resources.iter().any(|r| r.name.as_deref() == Some(name));
        assert!(live && says(name).is_empty(), "{name}: {:?}", says(name));
    }
    for (name, said) in [
        ("acme-production-db", "changed states/acme-production.tfstate (aws_security_group.db)"),
        (
            "acme-production-orders-dlq",
            "missing states/acme-production.tfstate (aws_sqs_queue.orders_dlq)",
        ),
        (
            "acme-orders-replay",
            "elsewhere_managed states/acme-staging.tfstate (aws_sqs_queue.replay)",
        ),
    ] {
        assert_eq!(says(name), [said]);
    }
    let group =
        report.document.drift.iter().find(|d| d.resource.name.as_deref() == Some("developers"));
    let reason = group.and_then(|d| d.reason.clone()).unwrap_or_default();
    assert!(reason.contains("CloudFormation's drift detection found it MODIFIED"), "{reason}");
    let twice: Vec<_> = report.document.findings.iter().filter(|f| f.rule == "IAC-01").collect();
    let [twice] = &twice[..] else { panic!("{twice:#?}") };
    for state in demo::states() {
        assert!(twice.message.contains(state.0), "{}", twice.message);
    }
}

fn accounts_answer_as_told(snapshot: &Snapshot) {
    assert_eq!(snapshot.discovery_problems, []);
    // Whoever is suspended is not asked.
    assert_eq!((snapshot.scopes.accounts().count(), snapshot.answers.len()), (13, 12));
    let projects: Vec<_> = snapshot.answers.iter().filter(|a| a.cloud == Cloud::gcp()).collect();
    assert_eq!(projects.len(), 2);
    for answer in projects {
        let account = format!("tenko@{}.iam.gserviceaccount.com", answer.scope);
        assert_eq!(answer.identity, Some(account), "each is read as its own service account");
    }
    for answer in &snapshot.answers {
        match answer.scope.as_str() {
            "444444444402" => assert!(matches!(answer.outcome, Outcome::Denied { .. })),
            scope => assert_eq!(answer.outcome, Outcome::Complete, "{scope}"),
        }
    }
}

fn gaps_are_where_they_should_be(snapshot: &Snapshot) {
    for row in &snapshot.coverage {
        let (scope, region) = (row.unit.scope.as_str(), row.unit.reach.as_str());
        let rds = row.unit.resource_type.as_str().starts_with("AWS::RDS::");
        let sql = row.unit.resource_type == "sqladmin.googleapis.com/Instance";
        let from = row.read_from.as_ref().map(|from| from.source.as_str());
        // Of these the inventory knows nothing, or nothing that is up to date.
        let asked = [
            "compute.googleapis.com/Project",
            "compute.googleapis.com/Region",
            "essentialcontacts.googleapis.com/Contact",
            "orgpolicy.googleapis.com/EffectivePolicy",
        ];
        let asked = sql || asked.contains(&row.unit.resource_type.as_str());
        let inventory =
            (row.unit.cloud == Cloud::gcp() && !asked).then_some("cloudasset.googleapis.com");
        assert_eq!(from, inventory, "{}", row.unit);
        let what = format!("{}: {} {:?}", row.unit, row.outcome, row.problems);
        match (scope, region) {
            ("444444444402", _) => assert!(matches!(row.outcome, Outcome::Denied { .. }), "{what}"),
            ("777777777701", _) => assert_eq!(row.outcome, Outcome::ScopeSuspended, "{what}"),
            ("444444444403", "ap-east-1") => {
                assert_eq!(row.outcome, Outcome::RegionDisabled, "{what}");
            }
            ("444444444403", _) if rds => {
                assert!(matches!(row.outcome, Outcome::Denied { .. }), "{what}");
            }
            ("acme-analytics", _) if sql => {
                assert!(matches!(row.outcome, Outcome::Denied { .. }), "{what}");
            }
            _ => assert_eq!(row.outcome, Outcome::Complete, "{what}"),
        }
    }
    let times = snapshot.coverage.iter().filter_map(|row| Some(row.read_from.as_ref()?.at));
    assert_eq!(times.collect::<BTreeSet<_>>().len(), 1, "all of it is of one time");
}

fn provider_defaults_are_recognised(snapshot: &Snapshot) {
    let defaults = |name: &str| {
        let name = ResourceType::new(name);
        let of_type = snapshot.resources.iter().filter(|r| r.key.resource_type == name);
        of_type.filter(|r| matches!(r.origin, Origin::ProviderDefault(_))).count()
    };
    // Nine accounts are read: four without an environment in three regions each, five in one.
    let places = 4 * 3 + 5;
    assert_eq!(defaults("AWS::EC2::InternetGateway"), places);
    assert_eq!(defaults("AWS::EC2::Subnet"), 3 * places);
    assert!(defaults("AWS::EC2::SecurityGroup") > places, "each VPC has its own");
    assert!(defaults("AWS::EC2::NetworkAcl") > places);
    assert!(defaults("AWS::EC2::RouteTable") > places);
    assert_eq!(defaults("AWS::EC2::VPC"), places);
    assert_eq!(defaults("AWS::IAM::Role"), 9 * 6);
    assert_eq!(defaults("AWS::IAM::SAMLProvider"), 9);
    assert!(defaults("AWS::KMS::Key") > 0);
    assert_eq!(defaults("AWS::Organizations::Policy"), 1);
    assert_eq!(defaults("compute.googleapis.com/Route"), 2 * 2);
    assert_eq!(defaults("iam.googleapis.com/ServiceAccount"), 2);
}

fn many_types_are_there(snapshot: &Snapshot) {
    let mut types: Vec<_> =
        snapshot.resources.iter().map(|r| r.key.resource_type.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    let (aws, google): (Vec<&str>, Vec<&str>) =
        types.into_iter().partition(|name| name.starts_with("AWS::"));
    assert!(aws.len() >= 25, "{aws:?}");
    assert!(google.len() >= 12, "{google:?}");
}

/// Else the search for the canary would find nothing because nothing was read.
fn secrets_are_hidden_and_not_lost(snapshot: &Snapshot) {
    let attribute = |name: &str, path: &str| {
        let mut live =
            snapshot.resources.iter().filter(|r| r.key.resource_type != "AWS::IAM::Role");
        let has = |r: &tenko::model::Resource, path: &AttrPath| path.get(&r.to_value()).is_some();
        let live = live.find(|r| r.name.as_deref() == Some(name) && has(r, &path.parse().unwrap()));
        let live = live.unwrap();
        let path: AttrPath = path.parse().unwrap();
        path.get(&live.to_value()).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    for (name, path) in [
        ("acme-production-invoices", "Environment.Variables.DATABASE_PASSWORD"),
        ("acme-production-web:41", "ContainerDefinitions[0].Environment[0].Value"),
        ("acme-production-alarms", "Subscription[0].Endpoint"),
        ("initech-legacy", "Outputs[0].OutputValue"),
        ("loader-1", "metadata.items[1].value"),
        ("loader", "spec.template.spec.containers[0].env[0].value"),
        ("bookings-loader", "pushConfig.pushEndpoint"),
    ] {
        let value = attribute(name, path);
        assert!(value.starts_with(REDACTED_PREFIX), "{name} {path}: {value:?}");
    }
}

fn nothing_else_was_asked(demo: &Demo) {
    let refused: Vec<_> = demo
        .cloud()
        .seen()
        .into_iter()
        .filter(|seen| seen.status == Some(400) && seen.service != "organizations")
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
    let refused: BTreeSet<_> = demo
        .google()
        .log()
        .into_iter()
        .filter(|seen| seen.status != Some(200))
        .map(|seen| seen.id())
        .collect();
    assert_eq!(
        refused,
        ["cloudasset.assets.list", "sqladmin.instances.list"].map(String::from).into()
    );
    assert!(demo.cloud().sessions().iter().all(|s| s.external_id.as_deref() == Some("tenko-demo")));
}

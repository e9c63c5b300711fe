//! The first manifest: it loads, it says what was there, and it is written safely whatever names
//! people chose.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot run must fail"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::catalog;
use proptest::prelude::*;
use serde_json::{Value, json};
use tenko_core::{
    Answer, Cloud, Coverage, DeniedBy, Expected, Origin, Outcome, Reach, Redactor, Resource,
    ResourceDraft, ResourceKey, RunInfo, Scope, ScopeKey, ScopeKind, ScopeStatus, ScopeTree,
    Snapshot, Unit,
};
use tenko_declare::{
    AwsSettings, Depth, GoogleDiscovery, GoogleSettings, InitOptions, Manifest, ManifestFile,
    check_scopes, init, load,
};

const DEPTHS: [Depth; 3] = [Depth::Scopes, Depth::Resources, Depth::Attributes];

fn scope(id: &str, kind: ScopeKind, parent: &str, name: &str) -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: (!parent.is_empty()).then(|| parent.into()),
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    }
}

fn project(id: &str, parent: &str, name: &str) -> Scope {
    Scope { cloud: Cloud::gcp(), ..scope(id, ScopeKind::Project, parent, name) }
}

fn google_folder(id: &str, parent: &str, name: &str) -> Scope {
    Scope { cloud: Cloud::gcp(), ..scope(id, ScopeKind::Folder, parent, name) }
}

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
}

struct Draft<'a> {
    scope: &'a str,
    region: &'a str,
    type_name: &'a str,
    id: &'a str,
    name: Option<&'a str>,
    tags: BTreeMap<String, String>,
    attributes: Value,
}

fn resource(draft: Draft<'_>) -> Resource {
    let google = draft.type_name.contains(".googleapis.com/");
    let key = ResourceKey {
        cloud: if google { Cloud::gcp() } else { Cloud::aws() },
        scope: draft.scope.into(),
        region: Reach::from(draft.region),
        resource_type: draft.type_name.into(),
        id: draft.id.to_owned(),
    };
    let known = catalog();
    let other = common::info(draft.type_name, tenko_core::ReachKind::Regional, &[]);
    let info = known.get(&key.resource_type).unwrap_or(&other);
    let draft = ResourceDraft {
        key,
        name: draft.name.map(ToOwned::to_owned),
        tags: draft.tags,
        created_at: None,
        origin: Origin::Customer,
        attributes: draft.attributes,
        unknown: vec![],
    };
    draft.finish(info, &Redactor::new([3; 32])).unwrap()
}

fn snapshot(scopes: Vec<Scope>, mut resources: Vec<Resource>) -> Snapshot {
    let tree = ScopeTree::new(scopes);
    let answer = |s: &Scope| Answer {
        scope: s.id.clone(),
        cloud: s.cloud.clone(),
        outcome: Outcome::Complete,
        identity: None,
        regions: vec![],
        disabled_regions: vec![],
        problems: vec![],
    };
    resources.sort_by(|a, b| a.key.cmp(&b.key));
    resources.dedup_by(|a, b| a.key == b.key);
    let mut snapshot = Snapshot {
        run: RunInfo {
            id: "20260701T000000Z".to_owned(),
            tool_version: "0".to_owned(),
            started_at: jiff::Timestamp::UNIX_EPOCH,
            finished_at: jiff::Timestamp::UNIX_EPOCH,
            cancelled: false,
        },
        answers: tree.accounts().filter(|s| s.is_collectable()).map(answer).collect(),
        scopes: tree,
        discovery_problems: vec![],
        coverage: vec![],
        resources,
        calls: vec![],
    };
    snapshot.sort();
    snapshot
}

fn options(depth: Depth) -> InitOptions {
    InitOptions { depth, ..InitOptions::default() }
}

fn read(text: &str) -> Manifest {
    load(&[ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() }], &catalog())
        .unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// What an audit of the snapshot finds.
fn drift(snapshot: &Snapshot, manifest: &Manifest) -> Vec<String> {
    let diff = tenko_diff::diff(snapshot, &manifest.declaration, &catalog());
    diff.drift.iter().map(|drift| format!("{drift:?}")).collect()
}

/// What was declared of resources that are there, by the names that people chose.
fn renamed(snapshot: &Snapshot, manifest: &Manifest) -> Vec<String> {
    let environments = manifest.declaration.environments();
    let expected = environments.flat_map(|(_, environment)| &environment.expected);
    let is_there = |e: &Expected| {
        let mut all = snapshot.resources.iter();
        all.any(|r| {
            Some(&r.key.id) == e.id.as_ref() && r.name.as_ref().is_none_or(|n| *n == r.key.id)
                || Some(&r.key.id) == e.id.as_ref() && r.name == e.name
        })
    };
    expected.filter(|e| !is_there(e)).map(|e| format!("{e:?}")).collect()
}

fn organization() -> Snapshot {
    use ScopeKind::{Account, Folder, Organization};
    let mut tagged = scope("444444444444", Account, "ou-w", "legacy");
    tagged.tags = tags(&[("Tenant", "Initech"), ("env", "prod")]);
    let mut closed = scope("777777777777", Account, "ou-w", "old-prod");
    closed.status = ScopeStatus::Suspended;
    let scopes = vec![
        scope("o-1", Organization, "", "acme-group"),
        scope("r-1", Folder, "o-1", "Root"),
        scope("ou-s", Folder, "r-1", "Security"),
        scope("ou-w", Folder, "r-1", "Workloads"),
        scope("ou-g", Folder, "ou-w", "Globex"),
        scope("111111111111", Account, "r-1", "acme-group management"),
        scope("666666666666", Account, "ou-s", "forensics"),
        scope("999999999999", Account, "r-1", "log-archive"),
        scope("222222222222", Account, "ou-w", "acme-prod"),
        scope("333333333333", Account, "ou-w", "Acme Staging"),
        tagged,
        scope("555555555555", Account, "ou-g", "production"),
        scope("555555555556", Account, "ou-g", "globex-data-prod"),
        closed,
        scope("888888888888", Account, "r-1", "everything"),
    ];
    let make = |scope, type_name, region, id, name, tags, attributes| {
        resource(Draft { scope, region, type_name, id, name, tags, attributes })
    };
    let encryption = json!({
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {"one_of": ["{tenant}", "no"]},
        "Groups": ["b{x}", "a{x}"],
    });
    let mut default =
        make("222222222222", "AWS::IAM::Role", "global", "svc", None, tags(&[]), json!({}));
    default.origin = Origin::ProviderDefault("service-linked role".to_owned());
    let function =
        json!({"Environment": {"Variables": {"KEY": "secret"}}, "Runtime": "python3.13"});
    let instance = json!({"InstanceType": "m7g.large", "UserData": "secret", "LastUsed": "today"});
    let resources = vec![
        make(
            "222222222222",
            "AWS::S3::Bucket",
            "eu-central-1",
            "acme-assets",
            None,
            tags(&[("tenant", "acme")]),
            encryption,
        ),
        make(
            "222222222222",
            "AWS::EC2::Instance",
            "eu-central-1",
            "i-1",
            Some("web: 1"),
            tags(&[("Name", "web: 1")]),
            instance,
        ),
        make("222222222222", "AWS::Lambda::Function", "us-east-1", "fn", None, tags(&[]), function),
        make(
            "222222222222",
            "AWS::Logs::LogGroup",
            "us-east-1",
            "/aws/{tenant}",
            None,
            tags(&[]),
            json!({}),
        ),
        make(
            "555555555555",
            "AWS::IAM::Role",
            "global",
            "admin",
            None,
            tags(&[]),
            json!({"MaxSessionDuration": 3600}),
        ),
        make(
            "555555555556",
            "AWS::IAM::Role",
            "global",
            "admin",
            None,
            tags(&[]),
            json!({"RoleName": "no"}),
        ),
        make(
            "888888888888",
            "AWS::S3::Bucket",
            "eu-central-1",
            "a",
            None,
            tags(&[("tenant", "acme"), ("environment", "prod")]),
            json!({}),
        ),
        make(
            "888888888888",
            "AWS::S3::Bucket",
            "eu-central-1",
            "b",
            None,
            tags(&[("tenant", "globex"), ("environment", "dev")]),
            json!({}),
        ),
        default,
    ];
    let mut snapshot = snapshot(scopes, resources);
    for (region, outcome) in [
        ("eu-central-1", Outcome::Denied { denied_by: DeniedBy::Scp }),
        ("us-east-1", Outcome::Denied { denied_by: DeniedBy::Scp }),
        ("ap-east-1", Outcome::RegionDisabled),
    ] {
        let unit = Unit {
            cloud: Cloud::aws(),
            scope: "333333333333".into(),
            reach: Reach::region(region),
            resource_type: "AWS::S3::Bucket".into(),
        };
        snapshot.coverage.push(Coverage {
            unit,
            outcome,
            resources: 0,
            duration_ms: 0,
            read_from: None,
            problems: vec![],
        });
    }
    for answer in &mut snapshot.answers {
        if answer.scope == "444444444444" {
            answer.outcome = Outcome::Denied { denied_by: DeniedBy::Trust };
        }
    }
    snapshot.sort();
    snapshot
}

#[test]
fn an_organization_is_written_down() {
    let snapshot = organization();
    for depth in DEPTHS {
        let aws = AwsSettings { role: Some("TenkoReadOnly".to_owned()), ..AwsSettings::default() };
        let text = init(&snapshot, &catalog(), &InitOptions { depth, aws, ..options(depth) });
        insta::assert_snapshot!(format!("init_{depth:?}"), text);
        let manifest = read(&text);
        let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(drift(&snapshot, &manifest), Vec::<String>::new());
        assert!(!text.contains("redacted:"), "{text}");
        assert!(check_scopes(&manifest, &snapshot.scopes, &BTreeSet::new()).is_empty());
    }
}

#[test]
fn the_management_account_can_be_named_and_a_lone_account_is_a_tenant() {
    let account = |id, name| scope(id, ScopeKind::Account, "", name);
    let two = vec![account("111111111111", "acme"), account("222222222222", "acme-dev")];
    let management = Some(ScopeKey::new(Cloud::aws(), "111111111111"));
    let options = InitOptions { management, ..InitOptions::default() };
    let manifest = read(&init(&snapshot(two, vec![]), &catalog(), &options));
    assert_eq!(manifest.declaration.shared.len(), 1);
    let alone = vec![account("111111111111", "management")];
    let manifest = read(&init(&snapshot(alone, vec![]), &catalog(), &options));
    assert_eq!(manifest.declaration.tenants[0].id, "management");
    let text = init(&snapshot(vec![], vec![]), &catalog(), &options);
    assert!(text.contains("#         scopes: [\"111111111111\"]"), "{text}");
    assert_eq!(read(&text).warnings.len(), 1, "an empty manifest is worth a warning");
}

#[test]
fn something_is_compared_even_where_all_look_as_if_they_served_others() {
    let account = |id, name| scope(id, ScopeKind::Account, "", name);
    let all = vec![account("111111111111", "payer"), account("222222222222", "log-archive")];
    let key = ScopeKey::new(Cloud::aws(), "111111111111");
    let options = InitOptions { management: Some(key.clone()), ..InitOptions::default() };
    let manifest = read(&init(&snapshot(all.clone(), vec![]), &catalog(), &options));
    let ids: Vec<_> = manifest.declaration.tenants.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["log-archive"], "rather than none");
    assert!(manifest.declaration.shared.contains_key(&key));
    let manifest = read(&init(&snapshot(all, vec![]), &catalog(), &InitOptions::default()));
    assert_eq!(manifest.declaration.tenants.len(), 2);
}

/// AWS and Google Cloud side by side: what carries the same name is one tenant's.
fn two_clouds() -> Snapshot {
    use ScopeKind::{Account, Folder, Organization};
    let organization =
        Scope { cloud: Cloud::gcp(), ..scope("organizations/1", Organization, "", "example.com") };
    let mut labelled = project("legacy-4711", "organizations/1", "legacy-4711");
    labelled.tags = tags(&[("tenant", "initech"), ("env", "prod")]);
    let mut deleted = project("acme-old-prod", "folders/10", "acme-old-prod");
    deleted.status = ScopeStatus::PendingClosure;
    let scopes = vec![
        scope("r-1", Folder, "", "Root"),
        scope("111111111111", Account, "r-1", "management"),
        scope("222222222222", Account, "r-1", "acme-prod"),
        scope("333333333333", Account, "r-1", "acme-staging"),
        organization,
        google_folder("folders/10", "organizations/1", "fldr-production"),
        google_folder("folders/11", "organizations/1", "Globex"),
        google_folder("folders/12", "organizations/1", "system-gsuite"),
        google_folder("folders/13", "folders/12", "apps-script"),
        google_folder("folders/14", "organizations/1", "fldr-common"),
        project("acme-prod-418203", "folders/10", "acme-prod"),
        project("acme-analytics-3f2a", "folders/10", ""),
        project("globex-web-dev", "folders/11", "globex-web-dev"),
        project("sys-12345678901234567890", "folders/13", "Sheet helper"),
        project("org-logging-99f1", "folders/14", "org-logging-99f1"),
        project("Hostile Id", "folders/14", "x"),
        labelled,
        deleted,
    ];
    let make = |scope, type_name, region, id, attributes| {
        let name = None;
        resource(Draft { scope, region, type_name, id, name, tags: tags(&[]), attributes })
    };
    let bucket = "storage.googleapis.com/Bucket";
    let versioned = json!({"versioning": {"enabled": true}, "location": "EU"});
    let mut snapshot = snapshot(
        scopes,
        vec![
            make("222222222222", "AWS::S3::Bucket", "eu-central-1", "acme-assets", json!({})),
            make("acme-prod-418203", bucket, "eu", "acme-media", versioned),
            make(
                "acme-prod-418203",
                "compute.googleapis.com/Instance",
                "europe-west3",
                "//compute.googleapis.com/projects/acme-prod-418203/zones/europe-west3-a/instances/web",
                json!({"machineType": "n2-standard-2", "status": "RUNNING"}),
            ),
            make("acme-prod-418203", "compute.googleapis.com/Image", "global", "base", json!({})),
            make("globex-web-dev", bucket, "us", "globex-web", json!({})),
        ],
    );
    let problem = tenko_core::Problem {
        operation: "cloudresourcemanager:folders.list".to_owned(),
        code: "PERMISSION_DENIED".to_owned(),
        message: "no".to_owned(),
        request_id: None,
        resource: None,
    };
    let problem = tenko_core::DiscoveryProblem { cloud: Cloud::gcp(), problem };
    snapshot.discovery_problems.push(problem);
    snapshot.sort();
    snapshot
}

#[test]
fn accounts_and_projects_of_one_name_are_one_tenant() {
    let snapshot = two_clouds();
    for depth in DEPTHS {
        let text = init(&snapshot, &catalog(), &options(depth));
        insta::assert_snapshot!(format!("two_clouds_{depth:?}"), text);
        let manifest = read(&text);
        let warnings: Vec<_> = manifest.warnings.iter().map(ToString::to_string).collect();
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(drift(&snapshot, &manifest), Vec::<String>::new());
        assert!(check_scopes(&manifest, &snapshot.scopes, &BTreeSet::new()).is_empty());
        assert_eq!(manifest.clouds(), [Cloud::aws(), Cloud::gcp()].into());
        assert!(manifest.has_google());
        let acme = manifest.declaration.tenants.iter().find(|t| t.id == "acme").unwrap();
        let clouds: Vec<_> = acme.environments.iter().map(|e| e.scopes.len()).collect();
        assert_eq!(clouds, [2, 1], "production in both clouds, staging in one");
    }
}

#[test]
fn how_projects_were_got_into_is_written_down() {
    let only_projects = vec![project("acme-prod", "", "acme-prod")];
    let snapshot = snapshot(only_projects, vec![]);
    let text = init(&snapshot, &catalog(), &InitOptions::default());
    assert!(text.contains("\ngoogle: {}\n") && text.contains("Whose a project is"), "{text}");
    let google = GoogleSettings {
        discovery: Some(GoogleDiscovery::Projects),
        projects: vec!["acme-prod".into(), "example.com:legacy".into()],
        impersonate: Some("tenko@{project}.iam.gserviceaccount.com".to_owned()),
        delegates: vec!["hop@acme-hub.iam.gserviceaccount.com".to_owned()],
        quota_project: Some("acme-hub".to_owned()),
        source: Some(tenko_declare::GoogleSource::AssetInventory),
        types: vec!["storage.googleapis.com/*".to_owned()],
        skip_types: vec!["compute.googleapis.com/*".to_owned()],
        asset_types: vec!["compute.googleapis.com/Image".into()],
        ..GoogleSettings::default()
    };
    let with = InitOptions { google: google.clone(), ..InitOptions::default() };
    let manifest = read(&init(&snapshot, &catalog(), &with));
    assert_eq!(manifest.google, google);
    assert!(manifest.warnings.is_empty());
    let google = GoogleSettings {
        discovery: Some(GoogleDiscovery::Organization),
        parents: vec!["organizations/1".to_owned(), "folders/2".to_owned()],
        ..GoogleSettings::default()
    };
    let with = InitOptions { google: google.clone(), ..InitOptions::default() };
    assert_eq!(read(&init(&snapshot, &catalog(), &with)).google, google);
}

/// Names that are likely to break a writer.
fn hostile() -> impl Strategy<Value = String> {
    let known = vec![
        "no",
        "null",
        "~",
        "true",
        "1e3",
        "0123",
        "- a",
        "a: b",
        "a #b",
        "# c",
        "{a}",
        "{tenant}",
        "{{tenant}}",
        "[x]",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%Y",
        "@x",
        "`y`",
        "\"",
        "'",
        "\\",
        "\n",
        "\r\n",
        "\t",
        "---",
        "...",
        "?",
        ":",
        "<<",
        "=",
        " lead",
        "trail ",
        "é",
        "点呼",
        "\u{feff}",
        "\u{2028}",
        "\u{85}",
        "\u{0}",
        "\u{7f}",
        "\u{1b}[31m",
        "\u{202e}",
        "😀",
        "\u{ffff}",
        "a::b",
        "prod",
        "acme-prod",
        "global",
        "x:",
        ".inf",
        "0x1F",
        "${y}",
        "redacted:x",
        "exact",
        "one_of",
    ];
    prop_oneof![
        4 => prop::sample::select(known).prop_map(ToOwned::to_owned),
        3 => "[ -~]{0,12}",
        2 => "\\PC{0,8}",
        2 => prop::collection::vec(any::<char>(), 0..6).prop_map(|c| c.into_iter().collect()),
        1 => "[a-z\"{:\\\\\n]{1,3}".prop_map(|s| s.repeat(3000)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        hostile().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(hostile(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn any_resource()(
        scope in 0..3_usize,
        google in any::<bool>(),
        (type_name, google_type) in (
            prop::sample::select(vec!["AWS::S3::Bucket", "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Logs::LogGroup"]),
            prop::sample::select(vec!["storage.googleapis.com/Bucket", "compute.googleapis.com/Instance", "run.googleapis.com/Service"]),
        ),
        region in prop::sample::select(vec!["eu-central-1", "us-east-1", "global"]),
        id in hostile().prop_filter("an id is never empty", |id| !id.is_empty()),
        name in prop::option::of(hostile()),
        tags in prop::collection::btree_map(prop_oneof![hostile(), Just("tenant".to_owned())], hostile(), 0..3),
        values in prop::collection::vec(value(), 3),
    ) -> Resource {
        let [a, b, c] = <[Value; 3]>::try_from(values).unwrap();
        let attributes = json!({"A": a.clone(), "Groups": b.clone(), "MaxSessionDuration": c.clone(), "Environment": c.clone(), "versioning": a, "iamPolicy": b, "status": c});
        let type_name = if google { google_type } else { type_name };
        let accounts = ["111111111111", "222222222222", "333333333333"];
        let scope = if google { ["acme-prod", "globex-prod-4711", "globex-prod-4712"][scope] } else { accounts[scope] };
        resource(Draft { scope, region, type_name, id: &id, name: name.as_deref(), tags, attributes })
    }
}

prop_compose! {
    fn any_snapshot()(
        names in prop::collection::vec(hostile(), 5),
        account_tags in prop::collection::btree_map(
            prop::sample::select(vec!["tenant", "Client", "x:project", "env", "other"]).prop_map(ToOwned::to_owned), hostile(), 0..3),
        resources in prop::collection::vec(any_resource(), 0..8),
    ) -> Snapshot {
        let mut scopes = vec![
            scope("ou-a", ScopeKind::Folder, "", &names[3]),
            scope("111111111111", ScopeKind::Account, "ou-a", &names[0]),
            scope("222222222222", ScopeKind::Account, "ou-a", &names[1]),
            scope("333333333333", ScopeKind::Account, "", &names[2]),
            scope(&names[4], ScopeKind::Account, "", &names[4]),
            google_folder("folders/1", "", &names[3]),
            project("acme-prod", "folders/1", &names[0]),
            project("globex-prod-4711", "", &names[2]),
            project("globex-prod-4712", "", ""),
            project(&names[4], "", &names[4]),
        ];
        scopes[1].tags = account_tags;
        snapshot(scopes, resources)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn hostile_names_come_back(snapshot in any_snapshot()) {
        for depth in DEPTHS {
            let text = init(&snapshot, &catalog(), &options(depth));
            let manifest = read(&text);
            let mut found = drift(&snapshot, &manifest);
            found.extend(renamed(&snapshot, &manifest));
            prop_assert!(found.is_empty(), "{:?}\n{}", found, text);
        }
    }
}

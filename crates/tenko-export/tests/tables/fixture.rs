//! Runs with one of everything that a row can be.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenko_core::*;
use tenko_report::{Counts, Document, Kind};

pub(crate) const ACME: &str = "111111111111";
pub(crate) const GLOBEX: &str = "222222222222";

/// Two tenants with an account each, and a third account that both share.
pub(crate) fn document(run: &str, ended: &str) -> (Document, Snapshot) {
    let snapshot = snapshot(run, ended);
    let before = "2026-11-01T06:00:00Z";
    let mut findings = vec![
        finding("NET-03", "high", ACME, "acme", Some("sg-1"), "all may enter port 22"),
        finding("ACC-01", "critical", ACME, "acme", None, "the root user has 1 key"),
        finding("DATA-01", "medium", GLOBEX, "globex", Some("sg-2"), "it could not be read"),
    ];
    findings[0].standing = standing(Status::Changed, before, ended);
    findings[2].standing = standing(Status::Unknown, before, before);
    findings[2].verdict = Verdict::Unknown;
    Finding::identify(&mut findings);
    let mut drift = vec![drift(DriftKind::Changed, "sg-1"), drift(DriftKind::Unmanaged, "sg-2")];
    drift[0].standing = standing(Status::New, ended, ended);
    drift[0].changes = vec![Change {
        path: "Tags.owner".parse().unwrap(),
        expected: json!("team \"web\""),
        actual: Value::Null,
    }];
    drift[1].source = None;
    drift[1].tenant = None;
    drift[1].environment = None;
    Drift::identify(&mut drift);

    let mut lived_with = findings[0].clone();
    lived_with.rule = "NET-01".to_owned();
    lived_with.standing = standing(Status::Suppressed, before, ended);
    lived_with.fingerprint = "c0ffee00000000000000000000000001".into();
    let mut gone = findings[1].clone();
    gone.rule = "ACC-02".to_owned();
    gone.standing = standing(Status::Resolved, before, before);
    gone.fingerprint = "c0ffee00000000000000000000000002".into();

    let mut document = Document::new(Kind::Audit, &snapshot, drift, findings, Counts::default())
        .with_declaration(&Declaration {
            tenants: vec![tenant("acme", ACME), tenant("globex", GLOBEX)],
            ..Declaration::default()
        });
    document.suppressed = vec![Suppressed {
        item: Item::Finding(lived_with),
        reason: "Migration to v2 is under way".to_owned(),
        owner: Some("platform@acme.example".to_owned()),
        expires: at("2027-02-01T00:00:00Z"),
        ticket: None,
        source: source(),
    }];
    document.past = vec![
        serde_json::from_value(with(
            json!({"finding": gone}),
            json!({"why": "it is gone", "why_wording": {"id": "past-gone"}}),
        ))
        .unwrap(),
    ];
    (document, snapshot)
}

/// The same with this text wherever a cloud or a user may put any text.
pub(crate) fn hostile(run: &str, text: &str) -> (Document, Snapshot) {
    let (mut document, mut snapshot) = document(run, "2026-11-22T06:00:00Z");
    for finding in &mut document.findings {
        let members =
            [&mut finding.rule, &mut finding.name, &mut finding.message, &mut finding.remediation];
        for member in members {
            *member = text.to_owned();
        }
        finding.tenant = Some(text.to_owned());
        finding.environment = Some(text.to_owned());
        finding.owner = Some(text.to_owned());
        finding.scope = text.into();
    }
    for drift in &mut document.drift {
        drift.resource.name = Some(text.to_owned());
        drift.resource.id = Some(text.to_owned());
        drift.reason = Some(text.to_owned());
        for change in &mut drift.changes {
            change.actual = json!({text: [text]});
        }
    }
    document.suppressed[0].reason = text.to_owned();
    for row in &mut document.coverage {
        row.unit.scope = text.into();
        row.problems = vec![Problem::new(text, text, text)];
    }
    for resource in &mut snapshot.resources {
        resource.name = Some(text.to_owned());
        resource.key.id = format!("{}{text}", resource.key.id);
        resource.tags = BTreeMap::from([(text.to_owned(), text.to_owned())]);
        resource.attributes = Attributes::new(&json!({text: {"nested": text}})).unwrap();
    }
    (document, snapshot)
}

/// A run with so many findings, each of a resource of its own.
pub(crate) fn many(run: &str, count: usize) -> Document {
    let (mut document, _) = document(run, "2026-11-22T06:00:00Z");
    let first = document.findings[0].clone();
    document.findings = (0..count)
        .map(|n| {
            let mut finding = first.clone();
            finding.fingerprint = Fingerprint(format!("{n:032x}"));
            finding.message = format!("finding {n}");
            // Every third has no standing: nulls are in every row group.
            finding.standing = finding.standing.filter(|_| !n.is_multiple_of(3));
            finding
        })
        .collect();
    (document.drift, document.suppressed, document.past) = (vec![], vec![], vec![]);
    document
}

/// Nothing was found, and nothing is there.
pub(crate) fn nothing(run: &str) -> (Document, Snapshot) {
    let (_, mut snapshot) = document(run, "2026-11-22T06:00:00Z");
    snapshot.resources.clear();
    let mut empty = many(run, 0);
    (empty.tenants, empty.problems) = (vec![], vec![]);
    (empty.scopes, empty.coverage) = (vec![], vec![]);
    (empty, snapshot)
}

fn snapshot(run: &str, ended: &str) -> Snapshot {
    let ended = at(ended);
    let scope = |id: &str, name: &str| Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind: ScopeKind::Account,
        parent: None,
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    };
    let mut bare = resource(GLOBEX, "sg-2", json!({}));
    (bare.name, bare.tags) = (None, BTreeMap::new());
    bare.unknown = vec!["Policy.Statement[0]".parse().unwrap(), "Size".parse().unwrap()];
    Snapshot {
        run: RunInfo {
            id: run.to_owned(),
            tool_version: "0.1.0".to_owned(),
            started_at: ended - SignedDuration::from_mins(1),
            finished_at: ended,
            cancelled: false,
        },
        scopes: ScopeTree::new([
            scope(ACME, "acme-prod"),
            scope(GLOBEX, ""),
            scope("444444444444", "initech"),
            Scope { status: ScopeStatus::Suspended, ..scope("555555555555", "umbrella") },
            scope("666666666666", "hooli"),
            Scope { kind: ScopeKind::Organization, ..scope("o-1", "all") },
        ]),
        discovery_problems: vec![DiscoveryProblem {
            cloud: Cloud::gcp(),
            problem: Problem::new("cloudresourcemanager:projects.search", "403", "not permitted"),
        }],
        answers: vec![
            answer(ACME, Outcome::Complete),
            answer(GLOBEX, Outcome::Complete),
            answer("444444444444", Outcome::Denied { denied_by: DeniedBy::Trust }),
        ],
        coverage: vec![
            unit(ACME, Outcome::Complete, &[]),
            unit(GLOBEX, Outcome::Denied { denied_by: DeniedBy::Scp }, &["no", "still no"]),
            unit("444444444444", Outcome::Skipped, &[]),
        ],
        resources: vec![
            resource(ACME, "sg-1", json!({"Size": 8, "Rules": [{"FromPort": 22}], "Name": "開発"})),
            bare,
            // Of an account that no environment declares.
            resource("333333333333", "sg-3", json!({"Size": 2})),
        ],
        calls: vec![],
    }
}

fn answer(account: &str, outcome: Outcome) -> Answer {
    Answer {
        cloud: Cloud::aws(),
        scope: account.into(),
        outcome,
        identity: None,
        regions: vec![],
        disabled_regions: vec![],
        problems: match outcome.is_complete() {
            true => vec![],
            false => vec![Problem::new("sts:AssumeRole", "AccessDenied", "it trusts nobody")],
        },
    }
}

fn unit(account: &str, outcome: Outcome, problems: &[&str]) -> Coverage {
    let call = "ec2:DescribeSecurityGroups";
    Coverage {
        unit: Unit {
            cloud: Cloud::aws(),
            scope: account.into(),
            reach: Reach::region("eu-central-1"),
            resource_type: "AWS::EC2::SecurityGroup".into(),
        },
        outcome,
        resources: 0,
        duration_ms: 7,
        read_from: None,
        problems: problems.iter().map(|text| Problem::new(call, "AccessDenied", *text)).collect(),
    }
}

fn resource(account: &str, id: &str, attributes: Value) -> Resource {
    Resource {
        key: ResourceKey {
            cloud: Cloud::aws(),
            scope: account.into(),
            region: Reach::region("eu-central-1"),
            resource_type: "AWS::EC2::SecurityGroup".into(),
            id: id.to_owned(),
        },
        name: Some(format!("group {id}")),
        tags: BTreeMap::from([("owner".to_owned(), "sre".to_owned())]),
        created_at: None,
        origin: Origin::Customer,
        attributes: Attributes::new(&attributes).unwrap(),
        unknown: vec![],
        digest: Digest::of(b""),
    }
}

fn finding(
    rule: &str,
    severity: &str,
    account: &str,
    tenant: &str,
    resource: Option<&str>,
    message: &str,
) -> Finding {
    let resource = resource.map(|id| reference(account, id));
    serde_json::from_value(json!({
        "rule": rule, "name": format!("{rule} is not well"), "severity": severity,
        "verdict": "finding", "cloud": "aws", "scope": account, "resource": resource,
        "tenant": tenant, "environment": "production", "message": message,
        "remediation": "Mend it.",
    }))
    .unwrap()
}

fn drift(kind: DriftKind, id: &str) -> Drift {
    let account = if id == "sg-1" { ACME } else { GLOBEX };
    Drift {
        fingerprint: Fingerprint::default(),
        standing: None,
        kind,
        resource: reference(account, id),
        tenant: Some("acme".to_owned()),
        environment: Some("production".to_owned()),
        owner: None,
        source: Some(source()),
        changes: vec![],
        reason: None,
        reason_wording: None,
    }
}

fn reference(account: &str, id: &str) -> ResourceRef {
    ResourceRef {
        cloud: Cloud::aws(),
        resource_type: "AWS::EC2::SecurityGroup".into(),
        scope: Some(account.into()),
        region: Some(Reach::region("eu-central-1")),
        id: Some(id.to_owned()),
        name: Some(format!("group {id}")),
    }
}

fn tenant(id: &str, account: &str) -> Tenant {
    let key = |id: &str| ScopeKey::new(Cloud::aws(), id);
    Tenant {
        id: id.to_owned(),
        name: id.to_owned(),
        owner: (id == "globex").then(|| "sre@globex.example".to_owned()),
        environments: vec![Environment {
            name: "production".to_owned(),
            stage: None,
            owner: None,
            baselines: vec![],
            scopes: vec![key(account), key("333333333333")],
            regions: None,
            required_tags: BTreeMap::new(),
            source: source(),
            expected: vec![],
            ignore: vec![],
            unmanaged: Unmanaged::Report,
            events: vec![],
            login: Default::default(),
        }],
    }
}

fn source() -> Source {
    Source {
        kind: SourceKind::Manifest,
        file: "tenants.yaml".into(),
        address: "tenants.acme".to_owned(),
        line: Some(7),
    }
}

fn standing(status: Status, first: &str, last: &str) -> Option<Standing> {
    Some(Standing { status, first_seen: at(first), last_seen: at(last) })
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Both objects in one.
fn with(mut one: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut one, more) else {
        panic!("objects");
    };
    members.extend(more);
    one
}

pub(crate) const TEXTS: [&str; 12] = [
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "'; DROP TABLE findings; -- \\' \\\" \\",
    "{\"a\": [1, null]}\n{\"b\": 2}\r\n",
    "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m",
    "\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}\u{ad}",
    "\u{8}\u{b}\u{fffe}\u{ffff}\u{85}\u{2028}\u{2029}",
    "a\0b",
    "日本語 🗾 e\u{301}",
    "NULL",
    "",
    "date=2020-01-01/../../x",
];

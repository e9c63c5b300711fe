//! Documents to make pages from.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenko_core::*;
use tenko_report::*;

const REGIONS: [&str; 2] = ["ap-northeast-1", "eu-central-1"];
const TYPES: [&str; 4] =
    ["AWS::EC2::Instance", "AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::S3::Bucket"];
/// Rules as they are: id, name, fix, severity, message id.
const RULES: [(&str, &str, &str, Severity); 4] = [
    (
        "IAM-02",
        "The root user has no second factor",
        "Remove the root credentials of member accounts centrally; where root has to stay, register two hardware keys for it.",
        Severity::Critical,
    ),
    (
        "NET-01",
        "Connected networks overlap",
        "Give one of the two networks another range before they are connected, from a plan of addresses for all accounts and clouds.",
        Severity::High,
    ),
    (
        "DATA-01",
        "S3 bucket easily lost",
        "Enable versioning, with a lifecycle rule that expires old versions, and deny s3:DeleteBucket by an SCP to everyone but a role for emergencies.",
        Severity::Medium,
    ),
    (
        "LOG-01",
        "Region in use without audit log or threat detection",
        "Make one multi-region trail for the organization, and enable GuardDuty and AWS Config in all regions.",
        Severity::Low,
    ),
];

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When the run ended.
fn end() -> Timestamp {
    time("2026-11-22T21:01:12Z")
}

fn days_ago(days: i64) -> Timestamp {
    end() - SignedDuration::from_hours(24 * days)
}

/// A run that is built up step by step.
pub(crate) struct World {
    snapshot: Snapshot,
    declaration: Declaration,
    pub(crate) drift: Vec<Drift>,
    pub(crate) findings: Vec<Finding>,
}

impl World {
    /// Tenants, each with these environments, each of which has an account that is read whole.
    pub(crate) fn new(tenants: &[&str], environments: &[&str]) -> Self {
        let mut scopes = vec![
            scope("o-example", ScopeKind::Organization, None, "Example"),
            scope("ou-1", ScopeKind::Folder, Some("o-example"), "Clients"),
        ];
        let (mut answers, mut coverage, mut rows) = (vec![], vec![], vec![]);
        for (t, tenant) in tenants.iter().enumerate() {
            let mut of = Vec::new();
            for (e, environment) in environments.iter().enumerate() {
                let id = account(t, e);
                let name = format!("{tenant}-{environment}");
                scopes.push(scope(&id, ScopeKind::Account, Some("ou-1"), &name));
                answers.push(answer(&id));
                coverage.extend(units(&id));
                of.push(self::environment(environment, &id));
            }
            rows.push(Tenant {
                id: (*tenant).to_owned(),
                name: (*tenant).to_owned(),
                owner: Some(format!("sre@{tenant}.example")),
                environments: of,
            });
        }
        let mut snapshot = Snapshot {
            run: RunInfo {
                id: "20261122T210000Z-7f3a".to_owned(),
                tool_version: "0.1.0".to_owned(),
                started_at: time("2026-11-22T21:00:00Z"),
                finished_at: end(),
                cancelled: false,
            },
            scopes: ScopeTree::new(scopes),
            discovery_problems: vec![],
            answers,
            coverage,
            resources: vec![],
            calls: [
                "ec2:DescribeInstances",
                "ec2:DescribeSecurityGroups",
                "iam:ListRoles",
                "s3:ListBuckets",
            ]
            .iter()
            .zip([812, 1380, 36, 18])
            .map(|(operation, calls)| CallCount {
                operation: (*operation).to_owned(),
                calls,
                throttled: calls / 400,
            })
            .collect(),
        };
        snapshot.sort();
        let mut declaration = Declaration { tenants: rows, ..Declaration::default() };
        declaration.reporting.timezone = Some("UTC".to_owned());
        let zone = |zone: &str| Owner { timezone: Some(zone.to_owned()), ..Owner::default() };
        declaration.reporting.owners = BTreeMap::from([
            ("sre@acme.example".to_owned(), zone("Europe/Berlin")),
            ("sre@kaisha.example".to_owned(), zone("Asia/Tokyo")),
        ]);
        Self { snapshot, declaration, drift: vec![], findings: vec![] }
    }

    pub(crate) fn document(mut self) -> Document {
        Finding::identify(&mut self.findings);
        Drift::identify(&mut self.drift);
        let counts = Counts { managed: 214, provider_default: 31, ..Counts::default() };
        let mut document =
            Document::new(Kind::Audit, &self.snapshot, self.drift, self.findings, counts)
                .with_declaration(&self.declaration);
        let observed: Vec<_> =
            document.tenants.iter_mut().flat_map(|t| &mut t.environments).collect();
        for (n, row) in
            observed.into_iter().enumerate().filter(|(_, r)| r.observed != Observed::Nothing)
        {
            row.resources = 7 + 5 * n as u64;
            document.summary.resources += row.resources;
        }
        document.read_only_proof = Some(ReadOnlyProof {
            allowed_operations: 388,
            allow_list: "5f0c1d2e3b4a59687786958473625140".to_owned(),
            held_back: 0,
            outside: vec![],
        });
        document
    }

    /// The account cannot be entered.
    fn deny(&mut self, id: &str) {
        let outcome = Outcome::Denied { denied_by: DeniedBy::Trust };
        for one in self.snapshot.answers.iter_mut().filter(|a| a.scope == *id) {
            one.outcome = outcome;
            one.identity = None;
            one.problems = vec![problem(
                "sts:AssumeRole",
                "User: arn:aws:sts::999999999999:assumed-role/auditor/tenko is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::100000000011:role/tenko-read",
            )];
        }
        for row in self.snapshot.coverage.iter_mut().filter(|row| row.unit.scope == *id) {
            row.outcome = outcome;
        }
    }

    fn cover(&mut self, id: &str, resource_type: &str, outcome: Outcome, why: Problem) {
        for row in &mut self.snapshot.coverage {
            if row.unit.scope == *id && row.unit.resource_type == *resource_type {
                row.outcome = outcome;
                row.problems = vec![why.clone()];
            }
        }
    }
}

pub(crate) fn account(tenant: usize, environment: usize) -> String {
    format!("1000000{tenant:03}{environment:02}")
}

/// Nothing to say.
pub(crate) fn clean() -> Document {
    World::new(&["acme"], &["production"]).document()
}

/// A first run with little in it, for the stored page.
pub(crate) fn small() -> Document {
    let mut world = World::new(&["acme"], &["production", "staging"]);
    world.deny(&account(0, 1));
    world.findings = vec![finding(2, "acme", "production", 0, 0, "acme-uploads")];
    world.drift = vec![drift(DriftKind::Changed, "acme", "production", 0, 0, "web-1")];
    world.document()
}

/// A day in the life of an organization: everything once.
pub(crate) fn daily() -> Document {
    let tenants = ["acme", "globex", "initech", "kaisha", "umbrella"];
    let environments = ["production", "staging", "development"];
    let mut world = World::new(&tenants, &environments);
    world.declaration.tenants[3].name = "株式会社会社".to_owned();
    world.deny(&account(1, 1));
    world.cover(
        &account(2, 0),
        TYPES[3],
        Outcome::Partial,
        Problem {
            resource: Some("initech-logs".to_owned()),
            ..problem("s3:GetBucketPolicy", "Access Denied")
        },
    );
    world.cover(
        &account(0, 2),
        TYPES[2],
        Outcome::Denied { denied_by: DeniedBy::Scp },
        problem("iam:ListRoles", "with an explicit deny in a service control policy"),
    );
    for (t, tenant) in tenants.iter().enumerate() {
        for (e, environment) in environments.iter().enumerate().filter(|(e, _)| (t + e) % 3 != 2) {
            for n in 0..4 {
                let name = format!("{tenant}-{}", ["uploads", "backups", "会計データ", "logs"][n]);
                world.findings.push(finding(n, tenant, environment, t, e, &name));
            }
            let kind = DriftKind::ALL[(t * 2 + e) % 5];
            world.drift.push(drift(kind, tenant, environment, t, e, &format!("web-{}", t + e)));
        }
    }
    for (n, one) in world.findings.iter_mut().enumerate() {
        let status = [Status::New, Status::Unchanged, Status::Unchanged, Status::Changed][n % 4];
        one.standing = Some(standing(status, n as i64));
    }
    for (n, one) in world.drift.iter_mut().enumerate() {
        let status = if n == 0 { Status::New } else { Status::Unchanged };
        one.standing = Some(standing(status, 3 * n as i64));
    }
    let mut untold = finding(3, "globex", "staging", 1, 1, "");
    untold.verdict = Verdict::Unknown;
    untold.resource = None;
    untold.wording = Some(msg!("log-01-use-unknown", reason = Outcome::Unreachable));
    untold.message = "Which regions are in use is not known: unreachable.".to_owned();
    untold.standing = Some(standing(Status::Unknown, 9));
    world.findings.push(untold);
    let mut unseen = drift(DriftKind::Unknown, "globex", "staging", 1, 1, "queue-1");
    unseen.reason = Some("the account did not answer (no session could be had)".to_owned());
    unseen.standing = Some(standing(Status::Unknown, 9));
    world.drift.push(unseen);
    let mut document = world.document();
    add_history(&mut document);
    add_decisions(&mut document);
    document.rules = RULES
        .iter()
        .map(|(rule, name, _, severity)| RuleResult {
            rule: (*rule).to_owned(),
            name: (*name).to_owned(),
            severity: *severity,
            findings: 9,
            unknown: u64::from(*rule == "LOG-01"),
            passed: 212,
            suppressed: 1,
            left_out: 0,
            not_evaluated: vec![],
            not_evaluated_wordings: vec![],
        })
        .chain([RuleResult {
            rule: "AVL-01".to_owned(),
            name: "Production in one availability zone".to_owned(),
            severity: Severity::Medium,
            findings: 0,
            unknown: 0,
            passed: 0,
            suppressed: 0,
            left_out: 0,
            not_evaluated: vec!["AWS::RDS::DBInstance was not collected".to_owned()],
            not_evaluated_wordings: vec![],
        }])
        .collect();
    document.warnings =
        vec!["the manifest names an account that is closed: 100000000099".to_owned()];
    document
}

fn add_history(document: &mut Document) {
    let runs = (0..21_i64).map(|n| {
        let left = 20 - n;
        let drift =
            DriftCounts { changed: (left / 3) as u64 + 7, missing: 2, ..Default::default() };
        let wave = [0, 2, 5, 3, 1, 0, 4][(n % 7) as usize];
        let findings =
            FindingCounts { medium: 28 + wave, high: 9, critical: 3, ..Default::default() };
        TrendPoint {
            run: format!("run-{n}"),
            at: days_ago(left),
            verdict: SummaryVerdict::Drift,
            incomplete: n % 8 == 5 || n == 20,
            drift,
            findings,
            new: [3, 0, 1, 6, 0, 2, 11][(n % 7) as usize],
            resolved: [1, 4, 0, 2, 7, 0, 1][(n % 7) as usize],
            suppressed: 1,
        }
    });
    document.history = Some(History {
        compared_with: vec!["20261121T210000Z-11aa".to_owned()],
        since: Some(days_ago(1)),
        runs: runs.collect(),
    });
    let past = |n: usize, status, why: &str| {
        let mut one = finding(n, "umbrella", "production", 4, 0, "umbrella-old");
        one.standing = Some(Standing { last_seen: days_ago(1), ..standing(status, 30) });
        one.fingerprint = Fingerprint(format!("{n:032x}"));
        Past {
            item: Item::Finding(one),
            why: why.to_owned(),
            why_wording: msg!("as-it-is", text = why),
        }
    };
    document.past = vec![
        past(2, Status::Resolved, "the rule was evaluated, and it is not there any more"),
        past(1, Status::Unknown, "the rule could not tell for aws:100000000101"),
    ];
}

fn add_decisions(document: &mut Document) {
    let source = Source {
        kind: SourceKind::Manifest,
        file: "suppressions.yaml".into(),
        address: "suppressions[0]".to_owned(),
        line: Some(3),
    };
    let mut one = finding(2, "acme", "production", 0, 0, "acme-scratch");
    one.fingerprint = Fingerprint("f".repeat(32));
    document.suppressed = vec![Suppressed {
        item: Item::Finding(one),
        reason: "Scratch data, emptied every night".to_owned(),
        owner: Some("sre@kaisha.example".to_owned()),
        expires: time("2027-02-01T00:00:00Z"),
        ticket: Some("OPS-123".to_owned()),
        source: source.clone(),
    }];
    let states = [
        SuppressionState::Active,
        SuppressionState::Expired,
        SuppressionState::Expiring,
        SuppressionState::Unused,
        SuppressionState::Unseen,
        SuppressionState::Rearmed,
    ];
    document.suppressions = states
        .into_iter()
        .enumerate()
        .map(|(n, state)| SuppressionRow {
            what: if n == 0 {
                "f".repeat(32)
            } else {
                format!("DATA-01 in aws:{} of acme-*", account(0, n))
            },
            state,
            matched: u64::from(n == 0),
            reason: "Migration to v2 is under way".to_owned(),
            owner: Some("platform@acme.example".to_owned()),
            created: Some(days_ago(60)),
            expires: days_ago(30 - 25 * n as i64),
            ticket: Some(format!("OPS-{n}")),
            source: source.clone(),
        })
        .collect();
}

/// As many findings as this, over two hundred accounts.
pub(crate) fn many(findings: usize) -> Document {
    let names: Vec<_> = (0..100).map(|n| format!("tenant-{n:03}")).collect();
    let tenants: Vec<_> = names.iter().map(String::as_str).collect();
    let mut world = World::new(&tenants, &["production", "staging"]);
    for n in 0..findings {
        let (t, e) = (n % 100, n / 100 % 2);
        let name = format!("{}-bucket-{n:06}", tenants[t]);
        let environment = ["production", "staging"][e];
        let mut one = finding(n / 7 % 4, tenants[t], environment, t, e, &name);
        let status = if n % 50 == 0 { Status::New } else { Status::Unchanged };
        one.standing = Some(standing(status, (n % 90) as i64));
        world.findings.push(one);
    }
    let mut document = world.document();
    add_history(&mut document);
    document
}

fn standing(status: Status, days: i64) -> Standing {
    let first = if status == Status::New { end() } else { days_ago(days + 1) };
    Standing { status, first_seen: first, last_seen: end() }
}

/// A finding of the rule of this number.
pub(crate) fn finding(
    rule: usize,
    tenant: &str,
    environment: &str,
    t: usize,
    e: usize,
    name: &str,
) -> Finding {
    let (id, rule_name, fix, severity) = RULES[rule];
    let account = account(t, e);
    let wording = match rule {
        0 => msg!("iam-02-password", account = account.as_str(), name = name),
        1 => msg!("net-01-more", network = name, others = "10.0.0.0/16"),
        2 => msg!("data-01-bad", bucket = name),
        _ => msg!(
            "log-01-bad",
            scope = account.as_str(),
            regions = REGIONS[0],
            missing = "no multi-region trail"
        ),
    };
    Finding {
        fingerprint: Fingerprint::default(),
        standing: None,
        rule: id.to_owned(),
        name: rule_name.to_owned(),
        severity,
        verdict: Verdict::Finding,
        cloud: Cloud::aws(),
        scope: account.as_str().into(),
        resource: Some(ResourceRef {
            cloud: Cloud::aws(),
            resource_type: TYPES[3].into(),
            scope: Some(account.as_str().into()),
            region: Some(Reach::region(REGIONS[1])),
            id: Some(format!("arn:aws:s3:::{name}")),
            name: Some(name.to_owned()),
        }),
        tenant: Some(tenant.to_owned()),
        environment: Some(environment.to_owned()),
        owner: None,
        message: tenko_report::messages::english(&wording),
        wording: Some(wording),
        remediation: fix.to_owned(),
    }
}

pub(crate) fn drift(
    kind: DriftKind,
    tenant: &str,
    environment: &str,
    t: usize,
    e: usize,
    name: &str,
) -> Drift {
    let account = account(t, e);
    let change = |path: &str, expected: Value, actual: Value| Change {
        path: path.parse().unwrap(),
        expected,
        actual,
    };
    let changes = vec![
        change("Tags.owner", json!("team-web"), Value::Null),
        change("BackupRetentionPeriod", json!({"range": {"min": 7.0}}), json!(1)),
        change(
            "InstanceType",
            json!({"one_of": ["m7g.large", "m7g.xlarge"]}),
            json!("m5.24xlarge"),
        ),
    ];
    Drift {
        fingerprint: Fingerprint::default(),
        standing: None,
        kind,
        resource: ResourceRef {
            cloud: Cloud::aws(),
            resource_type: TYPES[0].into(),
            scope: Some(account.as_str().into()),
            region: Some(Reach::region(REGIONS[0])),
            id: Some(format!("i-0abc{t}{e}def{:04}", name.len())),
            name: Some(name.to_owned()),
        },
        tenant: Some(tenant.to_owned()),
        environment: Some(environment.to_owned()),
        owner: Some(format!("sre@{tenant}.example")),
        source: Some(Source {
            kind: SourceKind::Manifest,
            file: "tenants.yaml".into(),
            address: format!("tenants.{tenant}.environments.{environment}.resources[0]"),
            line: Some(42),
        }),
        changes: if kind == DriftKind::Changed { changes } else { vec![] },
        reason: None,
        reason_wording: None,
    }
}

fn problem(operation: &str, message: &str) -> Problem {
    Problem {
        operation: operation.to_owned(),
        code: "AccessDenied".to_owned(),
        message: message.to_owned(),
        request_id: Some("a1b2c3d4-0000".to_owned()),
        resource: None,
    }
}

fn scope(id: &str, kind: ScopeKind, parent: Option<&str>, name: &str) -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: parent.map(Into::into),
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    }
}

fn answer(id: &str) -> Answer {
    Answer {
        scope: id.into(),
        cloud: Cloud::aws(),
        outcome: Outcome::Complete,
        identity: Some(format!("arn:aws:sts::{id}:assumed-role/tenko-read/tenko")),
        regions: REGIONS.map(Into::into).to_vec(),
        disabled_regions: vec!["af-south-1".into(), "me-central-1".into()],
        problems: vec![],
    }
}

fn units(id: &str) -> Vec<Coverage> {
    let unit = |reach: Reach, resource_type: &str| Coverage {
        unit: Unit {
            cloud: Cloud::aws(),
            scope: id.into(),
            reach,
            resource_type: resource_type.into(),
        },
        outcome: Outcome::Complete,
        resources: 1,
        duration_ms: 40,
        read_from: None,
        problems: vec![],
    };
    let regional = REGIONS.iter().flat_map(|region| {
        [TYPES[0], TYPES[1], TYPES[3]].map(|name| unit(Reach::region(region), name))
    });
    regional.chain([unit(Reach::Global, TYPES[2])]).collect()
}

fn environment(name: &str, account: &str) -> Environment {
    Environment {
        name: name.to_owned(),
        stage: Some(name.to_owned()),
        owner: None,
        baselines: vec![],
        scopes: vec![ScopeKey::new(Cloud::aws(), account)],
        regions: None,
        required_tags: BTreeMap::new(),
        source: Source {
            kind: SourceKind::Manifest,
            file: "tenants.yaml".into(),
            address: String::new(),
            line: None,
        },
        expected: vec![],
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: Default::default(),
    }
}

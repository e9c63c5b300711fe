//! What documents are made of.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenko_core::*;

pub(crate) const REGIONS: [&str; 2] = ["ap-northeast-1", "eu-central-1"];
pub(crate) const TYPES: [&str; 4] =
    ["AWS::EC2::Instance", "AWS::EC2::SecurityGroup", "AWS::IAM::Role", "AWS::S3::Bucket"];
/// Rules as they are: id, name, fix, severity, message id.
pub(crate) const RULES: [(&str, &str, &str, Severity); 4] = [
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
pub(crate) fn end() -> Timestamp {
    time("2026-11-22T21:01:12Z")
}

pub(crate) fn days_ago(days: i64) -> Timestamp {
    end() - SignedDuration::from_hours(24 * days)
}

pub(crate) fn account(tenant: usize, environment: usize) -> String {
    format!("1000000{tenant:03}{environment:02}")
}

pub(crate) fn standing(status: Status, days: i64) -> Standing {
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

pub(crate) fn problem(operation: &str, message: &str) -> Problem {
    Problem {
        operation: operation.to_owned(),
        code: "AccessDenied".to_owned(),
        message: message.to_owned(),
        request_id: Some("a1b2c3d4-0000".to_owned()),
        resource: None,
    }
}

pub(crate) fn scope(id: &str, kind: ScopeKind, parent: Option<&str>, name: &str) -> Scope {
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

pub(crate) fn answer(id: &str) -> Answer {
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

pub(crate) fn units(id: &str) -> Vec<Coverage> {
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

pub(crate) fn environment(name: &str, account: &str) -> Environment {
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

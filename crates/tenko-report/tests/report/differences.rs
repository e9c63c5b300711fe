//! Drift of every kind, and findings.

use serde_json::{Value, json};
use tenko_core::*;

use crate::fixture::{ACME, GLOBEX, KAISHA};

pub(crate) fn every_drift() -> Vec<Drift> {
    let region = "eu-central-1";
    let mut missing = drift(DriftKind::Missing, "data-7", "acme", ACME, region);
    missing.resource.id = None;
    let mut changed = drift(DriftKind::Changed, "web-1", "acme", ACME, region);
    changed.changes = vec![
        change("Tags.owner", json!("team-web"), Value::Null),
        change("BackupRetentionPeriod", json!({"range": {"min": 7.0}}), json!(1)),
        change(
            "PolicyDocument.Statement[0].Principal.AWS",
            json!(["arn:aws:iam::111111111111:role/deploy", "arn:aws:iam::111111111111:role/read"]),
            json!([
                "arn:aws:iam::111111111111:role/deploy",
                "arn:aws:iam::111111111111:role/anyone"
            ]),
        ),
        change(
            "UserData",
            json!(format!("redacted:{}", "1".repeat(32))),
            json!(format!("redacted:{}", "2".repeat(32))),
        ),
    ];
    let mut misplaced = drift(DriftKind::Misplaced, "globex-export", "globex", ACME, region);
    misplaced.reason = Some("its tag `tenant` says globex; the account belongs to acme".to_owned());
    misplaced.source = None;
    let unmanaged = (1..=3).map(|n| {
        let mut one =
            drift(DriftKind::Unmanaged, &format!("試験ボリューム-{n}"), "kaisha", KAISHA, region);
        one.source = None;
        one
    });
    let unknown = (1..=12).map(|n| {
        let mut one = drift(DriftKind::Unknown, &format!("queue-{n}"), "globex", GLOBEX, region);
        one.resource.id = None;
        one.reason = Some("the account did not answer (no session could be had)".to_owned());
        one
    });
    let mut lone = drift(DriftKind::Unmanaged, "leftover", "", KAISHA, region);
    (lone.tenant, lone.environment, lone.owner, lone.source) = (None, None, None, None);
    let mut all = vec![missing, changed, misplaced, lone];
    all.extend(unmanaged);
    all.extend(unknown);
    all
}

pub(crate) fn every_finding() -> Vec<Finding> {
    let finding = |rule: &str, name: &str, severity, verdict, id: &str, tenant: &str| Finding {
        fingerprint: tenko_core::Fingerprint::default(),
        standing: None,
        owner: None,
        wording: None,
        rule: rule.to_owned(),
        name: name.to_owned(),
        severity,
        verdict,
        cloud: Cloud::aws(),
        scope: id.into(),
        resource: None,
        tenant: Some(tenant.to_owned()),
        environment: Some("production".to_owned()),
        message: "The root user has 1 active access key, last used 3 days ago.".to_owned(),
        remediation: "Sign in as the root user and delete the key.".to_owned(),
    };
    let mut bucket =
        finding("STO-02", "Bucket is public", Severity::Medium, Verdict::Finding, KAISHA, "kaisha");
    bucket.resource =
        Some(drift(DriftKind::Changed, "media", "kaisha", KAISHA, "ap-northeast-1").resource);
    bucket.message = "Everyone may read: the policy allows s3:GetObject to *.".to_owned();
    bucket.remediation = "Turn on Block Public Access.".to_owned();
    let mut unknown = finding(
        "ACC-01",
        "Root user has access keys",
        Severity::Critical,
        Verdict::Unknown,
        GLOBEX,
        "globex",
    );
    unknown.message = "The account did not answer.".to_owned();
    vec![
        finding(
            "ACC-01",
            "Root user has access keys",
            Severity::Critical,
            Verdict::Finding,
            ACME,
            "acme",
        ),
        finding(
            "ACC-01",
            "Root user has access keys",
            Severity::Critical,
            Verdict::Finding,
            KAISHA,
            "kaisha",
        ),
        bucket,
        unknown,
    ]
}

pub(crate) fn drift(
    kind: DriftKind,
    name: &str,
    tenant: &str,
    account: &str,
    region: &str,
) -> Drift {
    Drift {
        fingerprint: tenko_core::Fingerprint::default(),
        standing: None,
        reason_wording: None,
        kind,
        resource: ResourceRef {
            cloud: Cloud::aws(),
            resource_type: "AWS::EC2::Volume".into(),
            scope: Some(account.into()),
            region: Some(region.into()),
            id: Some("vol-0a1b2c3d4e5f60718".to_owned()),
            name: Some(name.to_owned()),
        },
        tenant: Some(tenant.to_owned()),
        environment: Some("production".to_owned()),
        owner: Some(format!("sre@{tenant}.example")),
        source: Some(Source {
            kind: SourceKind::Manifest,
            file: "tenants.yaml".into(),
            address: format!("tenants.{tenant}.environments.production.resources[0]"),
            line: Some(42),
        }),
        changes: vec![],
        reason: None,
    }
}

pub(crate) fn change(path: &str, expected: Value, actual: Value) -> Change {
    Change { path: path.parse().unwrap(), expected, actual }
}

//! Small runs one after the other.

mod looking_away;
mod statuses;
mod telling;
mod together;

use jiff::Timestamp;
use tenko_core::*;

use super::*;
use crate::rows::{EnvironmentRow, Observed, TenantRow};
use crate::summary::{Counts, DriftCounts, FindingCounts};

pub(super) const ACME: &str = "111111111111";
pub(super) const GLOBEX: &str = "222222222222";
const BUCKET: &str = "AWS::S3::Bucket";
const VOLUME: &str = "AWS::EC2::Volume";
pub(super) const RULE: &str = "DATA-01";

/// The end of the run of this day.
pub(super) fn day(n: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T06:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * n)
}

/// A whole run of a day over two accounts, in which all is well.
pub(super) fn run(n: i64) -> Document {
    let scope = |id: &str, kind, parent: Option<&str>| Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: parent.map(Into::into),
        name: String::new(),
        status: ScopeStatus::Active,
        management: false,
        tags: std::collections::BTreeMap::new(),
    };
    let answer = |id: &str| Answer {
        cloud: Cloud::aws(),
        scope: id.into(),
        outcome: Outcome::Complete,
        identity: None,
        regions: vec![],
        disabled_regions: vec![],
        problems: vec![],
    };
    let snapshot = Snapshot {
        run: RunInfo {
            id: format!("run-{n:03}"),
            tool_version: "0.1.0".to_owned(),
            started_at: day(n) - SignedDuration::from_mins(5),
            finished_at: day(n),
            cancelled: false,
        },
        scopes: ScopeTree::new([
            scope("o-1", ScopeKind::Organization, None),
            scope("ou-1", ScopeKind::Folder, Some("o-1")),
            scope(ACME, ScopeKind::Account, Some("ou-1")),
            scope(GLOBEX, ScopeKind::Account, Some("ou-1")),
        ]),
        discovery_problems: vec![],
        answers: vec![answer(ACME), answer(GLOBEX)],
        coverage: [ACME, GLOBEX]
            .into_iter()
            .flat_map(|id| {
                [
                    unit(id, Reach::Global, BUCKET),
                    unit(id, Reach::region("eu-central-1"), VOLUME),
                    unit(id, Reach::region("us-east-1"), VOLUME),
                ]
            })
            .collect(),
        resources: vec![],
        calls: vec![],
    };
    let mut document = Document::new(Kind::Audit, &snapshot, vec![], vec![], Counts::default());
    document.rules = vec![rule(RULE), rule("NET-01")];
    document.tenants = vec![tenant("acme", ACME), tenant("globex", GLOBEX)];
    document
}

pub(super) fn rule(id: &str) -> RuleResult {
    RuleResult {
        rule: id.to_owned(),
        name: String::new(),
        severity: Severity::High,
        findings: 0,
        unknown: 0,
        passed: 1,
        suppressed: 0,
        left_out: 0,
        turned_off: vec![],
        not_evaluated: vec![],
        not_evaluated_wordings: vec![],
    }
}

fn tenant(id: &str, scope: &str) -> TenantRow {
    let environment = EnvironmentRow {
        name: "production".to_owned(),
        stage: None,
        owner: None,
        scopes: vec![ScopeKey::new(Cloud::aws(), scope)],
        unmanaged: Unmanaged::Report,
        observed: Observed::Complete,
        resources: 0,
        drift: DriftCounts::default(),
        findings: FindingCounts::default(),
    };
    TenantRow {
        id: id.to_owned(),
        name: id.to_owned(),
        owner: None,
        environments: vec![environment],
        shared_drift: DriftCounts::default(),
        shared_findings: FindingCounts::default(),
    }
}

fn unit(scope: &str, reach: Reach, kind: &str) -> Coverage {
    Coverage {
        unit: Unit { cloud: Cloud::aws(), scope: scope.into(), reach, resource_type: kind.into() },
        outcome: Outcome::Complete,
        resources: 0,
        duration_ms: 1,
        read_from: None,
        problems: vec![],
    }
}

fn resource(scope: &str, kind: &str, region: &str, name: &str) -> ResourceRef {
    ResourceRef {
        cloud: Cloud::aws(),
        resource_type: kind.into(),
        scope: Some(scope.into()),
        region: Some(Reach::region(region)),
        id: Some(name.to_owned()),
        name: Some(name.to_owned()),
    }
}

/// A finding about a bucket of [`ACME`].
pub(super) fn finding(name: &str, evidence: &str) -> Finding {
    let mut finding = Finding {
        fingerprint: Fingerprint::default(),
        standing: None,
        rule: RULE.to_owned(),
        name: String::new(),
        severity: Severity::High,
        verdict: Verdict::Finding,
        cloud: Cloud::aws(),
        scope: ACME.into(),
        resource: Some(resource(ACME, BUCKET, "eu-central-1", name)),
        tenant: None,
        environment: None,
        owner: None,
        message: format!("bad: {evidence}"),
        wording: Some(msg!("as-it-is", text = evidence)),
        remediation: String::new(),
    };
    Finding::identify(std::slice::from_mut(&mut finding));
    finding
}

/// The same, where it could not be told.
pub(super) fn unknown(name: &str) -> Finding {
    Finding {
        verdict: Verdict::Unknown,
        message: "could not be told".to_owned(),
        wording: Some(msg!("as-it-is", text = "could not be told")),
        ..finding(name, "")
    }
}

/// A drift about a volume of [`ACME`], in eu-central-1.
pub(super) fn drift(name: &str, kind: DriftKind) -> Drift {
    let mut drift = Drift {
        fingerprint: Fingerprint::default(),
        standing: None,
        kind,
        resource: resource(ACME, VOLUME, "eu-central-1", name),
        tenant: Some("acme".to_owned()),
        environment: Some("production".to_owned()),
        owner: None,
        source: None,
        changes: vec![],
        reason: None,
        reason_wording: None,
    };
    Drift::identify(std::slice::from_mut(&mut drift));
    drift
}

pub(super) fn suppressed(finding: Finding) -> Suppressed {
    Suppressed {
        item: Item::Finding(finding),
        reason: "agreed".to_owned(),
        owner: None,
        expires: day(100),
        ticket: None,
        source: Source {
            kind: SourceKind::Manifest,
            file: "suppressions.yaml".into(),
            address: "suppressions[0]".to_owned(),
            line: None,
        },
    }
}

pub(super) fn with(mut document: Document, findings: Vec<Finding>) -> Document {
    document.findings = findings;
    document
}

/// The document as it is after it was compared with these.
pub(super) fn after(mut document: Document, before: &[&Document]) -> Document {
    let before: Vec<_> = before.iter().copied().cloned().collect();
    track(&mut document, &before, vec![]);
    document
}

/// The status of each finding and drift, and of what is past.
pub(super) fn statuses(document: &Document) -> Vec<(&str, &'static str)> {
    fn named<'a>(
        resource: Option<&'a ResourceRef>,
        standing: Option<&Standing>,
    ) -> (&'a str, &'static str) {
        (resource.map_or("-", ResourceRef::label), standing.map_or("none", |s| s.status.as_str()))
    }
    let drift = document.drift.iter().map(|d| named(Some(&d.resource), d.standing.as_ref()));
    let findings =
        document.findings.iter().map(|f| named(f.resource.as_ref(), f.standing.as_ref()));
    let suppressed =
        document.suppressed.iter().map(|s| named(s.item.resource(), s.item.standing()));
    let past = document.past.iter().map(|p| named(p.item.resource(), p.item.standing()));
    drift.chain(findings).chain(suppressed).chain(past).collect()
}

/// Since when the only finding or past item is there, and until when it was seen.
pub(super) fn seen(document: &Document) -> (Timestamp, Timestamp) {
    let findings = document.findings.iter().filter_map(|f| f.standing.clone());
    let past = document.past.iter().filter_map(|p| p.item.standing().cloned());
    let suppressed = document.suppressed.iter().filter_map(|s| s.item.standing().cloned());
    let all: Vec<_> = findings.chain(past).chain(suppressed).collect();
    assert_eq!(all.len(), 1, "one is there: {all:?}");
    (all[0].first_seen, all[0].last_seen)
}

/// What is said of the only past item.
pub(super) fn why(document: &Document) -> &str {
    assert_eq!(document.past.len(), 1, "{:?}", document.past);
    let past = &document.past[0];
    assert_eq!(past.why, tenko_messages::english(&past.why_wording));
    assert!(!past.why.contains("past-"), "there is a text: {}", past.why);
    &past.why_wording.id
}

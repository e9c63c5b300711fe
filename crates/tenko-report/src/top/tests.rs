//! Fixes of small documents.

use tenko_core::{ResourceRef, RunInfo, Scope, ScopeStatus, ScopeTree, Snapshot, Source, Standing};

use super::*;
use crate::{Counts, Kind};

const NOW: &str = "2026-03-01T09:01:12Z";

fn scope(id: &str, kind: ScopeKind, parent: Option<&str>, name: &str) -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: parent.map(Into::into),
        name: name.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: Default::default(),
    }
}

fn finding(rule: &str, severity: Severity, scope: &str, tenant: &str, nth: usize) -> Finding {
    Finding {
        fingerprint: Fingerprint(format!("{rule}-{scope}-{nth}")),
        standing: None,
        rule: rule.to_owned(),
        name: format!("name of {rule}"),
        severity,
        verdict: Verdict::Finding,
        cloud: Cloud::aws(),
        scope: scope.into(),
        resource: None,
        tenant: Some(tenant.to_owned()),
        environment: None,
        owner: None,
        message: String::new(),
        wording: None,
        remediation: format!("fix of {rule}"),
    }
}

fn drift(kind: DriftKind, environment: Option<&str>, code: Option<&str>, id: &str) -> Drift {
    Drift {
        fingerprint: Fingerprint(id.to_owned()),
        standing: None,
        kind,
        resource: ResourceRef {
            cloud: Cloud::aws(),
            resource_type: "AWS::S3::Bucket".into(),
            scope: Some("1".into()),
            region: None,
            id: Some(id.to_owned()),
            name: None,
        },
        tenant: environment.map(|_| "acme".to_owned()),
        environment: environment.map(ToOwned::to_owned),
        owner: None,
        source: code.map(|file| Source {
            kind: SourceKind::Terraform,
            file: file.into(),
            address: String::new(),
            line: None,
        }),
        changes: vec![],
        reason: None,
        reason_wording: None,
    }
}

fn document(drift: Vec<Drift>, findings: Vec<Finding>) -> Document {
    let scopes = [
        scope("o-1", ScopeKind::Organization, None, "Example"),
        scope("1", ScopeKind::Account, Some("o-1"), "acme-prod"),
        scope("2", ScopeKind::Account, Some("o-1"), "globex-prod"),
        scope("9", ScopeKind::Account, None, ""),
    ];
    let snapshot = Snapshot {
        run: RunInfo {
            id: "20260301T090000Z-7f3a".to_owned(),
            tool_version: "0.1.0".to_owned(),
            started_at: "2026-03-01T09:00:00Z".parse().unwrap(),
            finished_at: NOW.parse().unwrap(),
            cancelled: false,
        },
        scopes: ScopeTree::new(scopes),
        discovery_problems: vec![],
        answers: vec![],
        coverage: vec![],
        resources: vec![],
        calls: vec![],
    };
    Document::new(Kind::Audit, &snapshot, drift, findings, Counts::default())
}

fn standing(status: Status, first_seen: &str) -> Option<Standing> {
    let last_seen = NOW.parse().unwrap();
    Some(Standing { status, first_seen: first_seen.parse().unwrap(), last_seen })
}

#[test]
fn one_change_of_an_organization_closes_the_findings_of_all_accounts() {
    use Severity::High;
    let of = |rule: &str| {
        let all = [("1", "acme"), ("2", "globex"), ("9", "lone")];
        all.map(|(scope, tenant)| finding(rule, High, scope, tenant, 0))
    };
    let document = document(vec![], [of("LOG-01"), of("NET-03")].concat());
    let fixes = top(&document, 10);
    let rows: Vec<_> = fixes
        .iter()
        .map(|f| (f.rule.as_str(), f.place.as_str(), f.closes.len(), f.score))
        .collect();
    assert_eq!(
        rows,
        [
            // 300 · 1.4 · 1.25
            ("LOG-01", "Example (o-1)", 2, 525),
            ("LOG-01", "9", 1, 300),
            ("NET-03", "9", 1, 300),
            ("NET-03", "acme-prod (1)", 1, 300),
            ("NET-03", "globex-prod (2)", 1, 300),
        ]
    );
    assert_eq!(fixes[0].tenants, ["acme", "globex"]);
    assert_eq!(
        (fixes[0].name.as_str(), fixes[0].remediation.as_str()),
        ("name of LOG-01", "fix of LOG-01")
    );
    assert_eq!(top(&document, 2).len(), 2);
    assert_eq!(top(&document, 0), []);
}

#[test]
fn central_rules_are_known_by_cloud() {
    let gcp = |rule, scope| Finding {
        cloud: Cloud::gcp(),
        ..finding(rule, Severity::Low, scope, "t", 0)
    };
    let mut document =
        document(vec![], vec![gcp("ACC-10", "p"), gcp("ACC-10", "q"), gcp("LOG-01", "p")]);
    for (id, kind, parent) in [
        ("o", ScopeKind::Organization, None),
        ("q", ScopeKind::Project, Some("o")),
        ("p", ScopeKind::Project, Some("o")),
    ] {
        let mut row = document.scopes[0].clone();
        row.scope = Scope { cloud: Cloud::gcp(), ..scope(id, kind, parent, "") };
        document.scopes.push(row);
    }
    let places: Vec<_> = top(&document, 9).into_iter().map(|fix| fix.place).collect();
    assert_eq!(places, ["o", "p"]);
    // Where one project alone has it, nobody is sent to look for it in the others.
    document.findings.retain(|finding| finding.scope.as_str() == "p");
    let places: Vec<_> = top(&document, 9).into_iter().map(|fix| fix.place).collect();
    assert_eq!(places, ["p", "p"]);
    // A circle ends, and is no organization.
    document.scopes.last_mut().unwrap().scope.parent = Some("p".into());
    assert!(top(&document, 9).iter().all(|fix| fix.place == "p"));
}

#[test]
fn one_apply_closes_what_is_missing_and_changed_of_one_code() {
    use DriftKind::{Changed, Misplaced, Missing, Unmanaged};
    let all = vec![
        drift(Changed, Some("prod"), Some("a.tfstate"), "a"),
        drift(Missing, Some("prod"), Some("a.tfstate"), "b"),
        drift(Changed, Some("prod"), None, "c"),
        drift(Changed, Some("prod"), None, "d"),
        drift(Changed, Some("dev"), None, "e"),
        drift(Unmanaged, None, None, "f"),
        drift(Misplaced, Some("prod"), Some("a.tfstate"), "g"),
    ];
    let fixes = top(&document(all, vec![]), 10);
    let rows: Vec<_> = fixes
        .iter()
        .map(|f| {
            let closes: Vec<_> = f.closes.iter().map(Fingerprint::as_str).collect();
            (f.rule.as_str(), f.place.as_str(), closes.join(""), f.severity, f.score)
        })
        .collect();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        rows,
        [
            ("drift:missing", "a.tfstate", text("ab"), Severity::High, 420),
            ("drift:misplaced", "acme/prod", text("g"), Severity::High, 300),
            ("drift:changed", "acme/prod", text("cd"), Severity::Medium, 140),
            ("drift:changed", "acme/dev", text("e"), Severity::Medium, 100),
            ("drift:unmanaged", "acme-prod (1)", text("f"), Severity::Low, 30),
        ]
    );
    assert_eq!(fixes[0].name, "What is declared is not there");
    for fix in &fixes {
        assert!(!fix.name.contains("drift-") && !fix.remediation.contains("drift-"), "{fix:?}");
    }
}

#[test]
fn what_is_unknown_or_suppressed_is_in_no_fix() {
    let unknown =
        Finding { verdict: Verdict::Unknown, ..finding("A-01", Severity::Critical, "1", "t", 0) };
    let of = |status| Finding {
        standing: standing(status, "2026-02-28T00:00:00Z"),
        ..finding("A-02", Severity::Critical, "1", "t", 0)
    };
    let gone = [Status::Suppressed, Status::Unknown, Status::Resolved].map(of);
    let mut document = document(
        vec![drift(DriftKind::Unknown, Some("prod"), None, "a")],
        [vec![unknown], gone.to_vec()].concat(),
    );
    let item = tenko_core::Item::Finding(finding("A-03", Severity::Critical, "1", "t", 0));
    document.suppressed.push(tenko_core::Suppressed {
        item,
        reason: String::new(),
        owner: None,
        expires: NOW.parse().unwrap(),
        ticket: None,
        source: drift(DriftKind::Missing, None, Some("x"), "x").source.unwrap(),
    });
    assert_eq!(top(&document, 10), []);
}

#[test]
fn the_score_is_the_documented_one() {
    use Severity::{Critical, High, Info, Low, Medium};
    let now = NOW.parse().unwrap();
    let seen = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    for (severity, closes, tenants, first_seen, expected) in [
        (Critical, 1, 1, None, 1000),
        (High, 1, 0, None, 300),
        (Medium, 1, 1, None, 100),
        (Low, 1, 1, None, 30),
        (Info, 1, 1, None, 10),
        (High, 2, 1, None, 420),
        (High, 3, 1, None, 420),
        (High, 8, 3, None, 990),
        (High, 1, 9, None, 900),
        (High, 1, 900, None, 900),
        (High, 1, 1, seen("2026-02-22T09:01:12Z"), 330),
        (High, 1, 1, seen("2026-02-22T09:01:13Z"), 300),
        (High, 1, 1, seen("1970-01-01T00:00:00Z"), 600),
        (High, 1, 1, seen("2026-03-02T00:00:00Z"), 300),
        (Low, 100, 1, None, 102),
        (Critical, usize::MAX, usize::MAX, Some(Timestamp::MIN), 157_200),
    ] {
        let found = score(severity, closes, tenants, first_seen, now);
        assert_eq!(found, expected, "{severity} {closes} {tenants} {first_seen:?}");
    }
}

#[test]
fn the_oldest_gives_the_age() {
    let old = Finding {
        standing: standing(Status::Unchanged, "2026-02-01T00:00:00Z"),
        ..finding("A-01", Severity::High, "1", "t", 0)
    };
    let new = Finding {
        standing: standing(Status::New, NOW),
        ..finding("A-01", Severity::Low, "1", "t", 1)
    };
    for findings in [vec![old.clone(), new.clone()], vec![new, old]] {
        let fix = top(&document(vec![], findings), 1).remove(0);
        assert_eq!(fix.first_seen, Some("2026-02-01T00:00:00Z".parse().unwrap()));
        assert_eq!((fix.severity, fix.score), (Severity::High, 588));
    }
}

#[test]
fn the_order_of_the_document_does_not_matter_to_the_ranking() {
    let mut findings: Vec<_> = (0..20)
        .map(|n| finding(&format!("A-{:02}", n % 4), Severity::High, &format!("{}", n % 3), "t", n))
        .collect();
    let ranked = |findings: &[Finding]| {
        let fixes = top(&document(vec![], findings.to_vec()), 100);
        fixes.into_iter().map(|fix| (fix.score, fix.rule, fix.place)).collect::<Vec<_>>()
    };
    let first = ranked(&findings);
    findings.reverse();
    assert_eq!(ranked(&findings), first);
    findings.rotate_left(7);
    assert_eq!(ranked(&findings), first);
}

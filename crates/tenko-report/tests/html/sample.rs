//! Documents to make pages from.

use std::collections::BTreeMap;

use tenko_core::*;
use tenko_report::*;

use crate::parts::*;

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
                of.push(crate::parts::environment(environment, &id));
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
            turned_off: vec![],
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
            turned_off: vec![],
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

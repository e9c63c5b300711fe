//! Small runs to report on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tenko_core::*;
use tenko_report::{Counts, Document, Kind};

use crate::differences::{change, drift, every_drift, every_finding};

pub(crate) const ACME: &str = "111111111111";
pub(crate) const GLOBEX: &str = "222222222222";
pub(crate) const KAISHA: &str = "333333333333";
const OLD: &str = "444444444444";

pub(crate) const TYPES: [&str; 4] =
    ["AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::IAM::Role", "AWS::S3::Bucket"];
const REGIONS: [&str; 2] = ["ap-northeast-1", "eu-central-1"];

/// A run that is built up step by step; everything answers until something says otherwise.
pub(crate) struct Run {
    pub(crate) snapshot: Snapshot,
    pub(crate) declaration: Declaration,
    pub(crate) drift: Vec<Drift>,
    pub(crate) findings: Vec<Finding>,
}

impl Run {
    /// Three tenants with an account each.
    pub(crate) fn new() -> Self {
        let accounts = [(ACME, "acme-prod"), (GLOBEX, "globex-prod"), (KAISHA, "会社-本番")];
        let mut scopes = vec![
            scope("o-example", ScopeKind::Organization, None, "Example"),
            scope("ou-1", ScopeKind::Folder, Some("o-example"), "Clients"),
        ];
        scopes.extend(accounts.map(|(id, n)| scope(id, ScopeKind::Account, Some("ou-1"), n)));
        let mut snapshot = Snapshot {
            run: RunInfo {
                id: "20260301T090000Z-7f3a".to_owned(),
                tool_version: "0.1.0".to_owned(),
                started_at: "2026-03-01T09:00:00Z".parse().unwrap(),
                finished_at: "2026-03-01T09:01:12Z".parse().unwrap(),
                cancelled: false,
            },
            scopes: ScopeTree::new(scopes),
            discovery_problems: vec![],
            answers: accounts.iter().map(|(id, _)| answer(id)).collect(),
            coverage: accounts.iter().flat_map(|(id, _)| units(id)).collect(),
            resources: accounts
                .iter()
                .flat_map(|(id, _)| [resource(id, "v-1"), resource(id, "v-2")])
                .collect(),
            calls: vec![calls("ec2:DescribeVolumes", 1380), calls("s3:ListBuckets", 3)],
        };
        snapshot.sort();
        let tenants = vec![
            tenant("acme", "Acme GmbH", ACME),
            tenant("globex", "globex", GLOBEX),
            tenant("kaisha", "株式会社会社", KAISHA),
        ];
        let declaration = Declaration { tenants, ..Declaration::default() };
        Self { snapshot, declaration, drift: vec![], findings: vec![] }
    }

    pub(crate) fn document(&self) -> Document {
        let counts = Counts { managed: 4, provider_default: 1, ignored: 1, ..Counts::default() };
        Document::new(
            Kind::Audit,
            &self.snapshot,
            self.drift.clone(),
            self.findings.clone(),
            counts,
        )
        .with_declaration(&self.declaration)
        .with_snapshot(".tenko/20260301T090000Z-7f3a.tenko.zst")
    }

    /// The account cannot be entered.
    pub(crate) fn deny_account(&mut self, id: &str) {
        let outcome = Outcome::Denied { denied_by: DeniedBy::Trust };
        for one in self.snapshot.answers.iter_mut().filter(|a| a.scope == *id) {
            *one = Answer {
                outcome,
                identity: None,
                regions: vec![],
                disabled_regions: vec![],
                problems: vec![problem(
                    "sts:AssumeRole",
                    "AccessDenied",
                    "User: arn:aws:sts::999999999999:assumed-role/auditor/tenko is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/tenko-read",
                )],
                ..one.clone()
            };
        }
        self.cover(|unit| unit.scope == *id, outcome, None);
        self.snapshot.resources.retain(|r| r.key.scope != *id);
    }

    /// Units end in this outcome.
    pub(crate) fn cover(
        &mut self,
        which: impl Fn(&Unit) -> bool,
        outcome: Outcome,
        problem: Option<Problem>,
    ) {
        for row in self.snapshot.coverage.iter_mut().filter(|row| which(&row.unit)) {
            row.outcome = outcome;
            row.problems = problem.clone().into_iter().collect();
        }
    }

    /// Everything that can go wrong, once.
    pub(crate) fn everything() -> Self {
        let mut run = Self::new();
        run.deny_account(GLOBEX);
        run.snapshot.scopes = run
            .snapshot
            .scopes
            .iter()
            .cloned()
            .chain([Scope {
                status: ScopeStatus::Suspended,
                ..scope(OLD, ScopeKind::Account, Some("ou-1"), "old-labs")
            }])
            .collect();
        for one in run.snapshot.answers.iter_mut().filter(|a| a.scope != *GLOBEX) {
            one.disabled_regions = vec!["af-south-1".into(), "me-central-1".into()];
        }
        run.cover(
            |unit| unit.scope == *KAISHA && unit.reach == Reach::region("ap-northeast-1"),
            Outcome::Unreachable,
            Some(problem("ec2:DescribeVolumes", "timeout", "no answer within 30 s")),
        );
        run.cover(
            |unit| unit.scope == *ACME && unit.resource_type == *"AWS::S3::Bucket",
            Outcome::Partial,
            Some(Problem {
                resource: Some("acme-logs".to_owned()),
                ..problem("s3:GetBucketPolicy", "AccessDenied", "Access Denied")
            }),
        );
        run.cover(
            |unit| unit.resource_type == *"AWS::IAM::Role" && unit.scope != *GLOBEX,
            Outcome::Denied { denied_by: DeniedBy::Scp },
            Some(problem(
                "iam:ListRoles",
                "AccessDenied",
                "with an explicit deny in a service control policy",
            )),
        );
        run.drift = every_drift();
        run.findings = every_finding();
        run
    }

    /// Names, tags and messages that try to act on the reader's screen.
    pub(crate) fn hostile() -> Self {
        let mut run = Self::new();
        let evil = "\u{1b}[2J\u{1b}[31mCLEAN\u{1b}[0m\r\n\u{202e}gnihton\u{2066}\u{200b}";
        let mut tree: Vec<_> = run.snapshot.scopes.iter().cloned().collect();
        for scope in tree.iter_mut().filter(|s| s.id == *ACME) {
            scope.name = evil.to_owned();
        }
        run.snapshot.scopes = tree.into_iter().collect();
        run.cover(
            |u| u.scope == *ACME && u.resource_type == *"AWS::EC2::Volume",
            Outcome::Unreachable,
            Some(problem(evil, evil, evil)),
        );
        let mut one = drift(DriftKind::Changed, evil, "acme", ACME, "eu-central-1");
        one.environment = Some(evil.to_owned());
        one.owner = Some(evil.to_owned());
        one.reason = Some(evil.to_owned());
        one.resource.id = Some("x".repeat(5_000));
        one.changes = vec![change(
            &format!("Tags[{}]", Value::from("a\u{1b}b")),
            json!(evil),
            json!({evil: [evil]}),
        )];
        run.drift = vec![one];
        run.findings = every_finding();
        run.drift[0].source.as_mut().unwrap().file = evil.into();
        run.declaration.tenants[0].name = evil.to_owned();
        run.snapshot.calls[0].operation = evil.to_owned();
        run.snapshot.run.id = evil.to_owned();
        run.findings[0].message = evil.repeat(100);
        run.findings[0].name = evil.to_owned();
        run
    }
}

pub(crate) fn problem(operation: &str, code: &str, message: &str) -> Problem {
    Problem {
        operation: operation.to_owned(),
        code: code.to_owned(),
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
        disabled_regions: vec![],
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

pub(crate) fn resource(account: &str, id: &str) -> Resource {
    let key = ResourceKey {
        cloud: Cloud::aws(),
        scope: account.into(),
        region: Reach::region("eu-central-1"),
        resource_type: TYPES[1].into(),
        id: id.to_owned(),
    };
    let draft = ResourceDraft {
        key,
        name: Some(format!("データ-{id}")),
        tags: BTreeMap::from([("owner".to_owned(), "sre".to_owned())]),
        created_at: Some("2025-11-02T08:00:00Z".parse().unwrap()),
        origin: Origin::Customer,
        attributes: json!({"Size": 8, "Encrypted": true, "VolumeType": "gp3\u{202e}"}),
        unknown: vec!["KmsKeyId".parse().unwrap()],
    };
    draft.finish(&type_info(TYPES[1]), &Redactor::new([0; 32])).unwrap()
}

pub(crate) fn type_info(name: &str) -> TypeInfo {
    TypeInfo {
        resource_type: name.into(),
        cloud: Cloud::aws(),
        service: "ec2".to_owned(),
        title: "EBS volume".to_owned(),
        doc: "A disk of EC2. Snapshots are a type of their own.\n\nThe state `in-use` is\nvolatile and therefore not compared.\n\n- first point\n- second point\n".to_owned(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: ["Size", "Encrypted", "VolumeType", "State"].map(ToOwned::to_owned).to_vec(),
        ignored: vec!["State".parse().unwrap()],
        sensitive: vec![],
        sets: vec![],
        permissions: vec!["ec2:DescribeVolumes".to_owned()],
        iac: Default::default(),
    }
}

fn tenant(id: &str, name: &str, account: &str) -> Tenant {
    let source = Source {
        kind: SourceKind::Manifest,
        file: "tenants.yaml".into(),
        address: String::new(),
        line: None,
    };
    Tenant {
        id: id.to_owned(),
        name: name.to_owned(),
        owner: Some(format!("sre@{id}.example")),
        environments: vec![Environment {
            name: "production".to_owned(),
            stage: Some("production".to_owned()),
            owner: None,
            baselines: vec![],
            scopes: vec![ScopeKey::new(Cloud::aws(), account)],
            regions: None::<BTreeSet<Region>>,
            required_tags: BTreeMap::new(),
            source,
            expected: vec![],
            ignore: vec![],
            unmanaged: Unmanaged::Report,
            events: vec![],
            login: Default::default(),
        }],
    }
}

fn calls(operation: &str, n: u64) -> CallCount {
    CallCount { operation: operation.to_owned(), calls: n, throttled: 0 }
}

//! Small runs: what is bad in two accounts, day by day, and what a run could see of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tenko_core::*;
use tenko_report::{Counts, Document, Kind};

pub(crate) const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const BUCKET: &str = "AWS::S3::Bucket";

/// What a run is given to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input {
    pub(crate) id: String,
    pub(crate) started: Timestamp,
    pub(crate) finished: Timestamp,
    /// What is bad, with the evidence: by account and bucket.
    pub(crate) bad: BTreeMap<(usize, usize), u32>,
    /// Accounts that could not be read.
    pub(crate) denied: [bool; 2],
    /// Buckets of which the rule could not tell.
    pub(crate) unclear: Vec<(usize, usize)>,
    pub(crate) cancelled: bool,
    pub(crate) narrowed: bool,
}

impl Input {
    /// A whole run of a day, with these buckets bad in the first account.
    pub(crate) fn day(n: i64, bad: &[usize]) -> Self {
        let finished = at(n);
        Self {
            id: format!("{:04}-run", n),
            started: finished - SignedDuration::from_mins(5),
            finished,
            bad: bad.iter().map(|bucket| ((0, *bucket), 0)).collect(),
            ..Self::default()
        }
    }

    /// Whether it looked at everything.
    pub(crate) fn is_whole(&self) -> bool {
        !self.cancelled && !self.narrowed && self.denied == [false; 2]
    }

    /// What the run reports: surely there with its evidence, or unclear.
    pub(crate) fn seen(&self) -> BTreeMap<(usize, usize), Option<u32>> {
        let readable = |(account, _): &(usize, usize)| !self.denied[*account];
        let bad = self.bad.iter().filter(|(of, _)| readable(of));
        let mut seen: BTreeMap<_, _> = bad.map(|(of, evidence)| (*of, Some(*evidence))).collect();
        seen.extend(self.unclear.iter().filter(|of| readable(of)).map(|of| (*of, None)));
        seen
    }

    pub(crate) fn document(&self) -> Document {
        let coverage = |account: usize| Coverage {
            unit: Unit {
                cloud: Cloud::aws(),
                scope: ACCOUNTS[account].into(),
                reach: Reach::Global,
                resource_type: BUCKET.into(),
            },
            outcome: match self.denied[account] {
                true => Outcome::Denied { denied_by: DeniedBy::Scp },
                false => Outcome::Complete,
            },
            resources: 0,
            duration_ms: 1,
            read_from: None,
            problems: vec![],
        };
        let scope = |id: &str| Scope {
            cloud: Cloud::aws(),
            id: id.into(),
            kind: ScopeKind::Account,
            parent: None,
            name: String::new(),
            status: ScopeStatus::Active,
            management: false,
            tags: BTreeMap::new(),
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
                id: self.id.clone(),
                tool_version: "0.1.0".to_owned(),
                started_at: self.started,
                finished_at: self.finished,
                cancelled: self.cancelled,
            },
            scopes: ScopeTree::new(ACCOUNTS.map(scope)),
            discovery_problems: vec![],
            answers: ACCOUNTS.map(answer).to_vec(),
            coverage: vec![coverage(0), coverage(1)],
            resources: vec![],
            calls: vec![],
        };
        let mut findings: Vec<_> =
            self.seen().into_iter().map(|(of, evidence)| finding(of, evidence)).collect();
        Finding::identify(&mut findings);
        let counts = Counts::default();
        let mut document = Document::new(Kind::Audit, &snapshot, vec![], findings, counts);
        document.run.narrowed = self.narrowed;
        document.rules = vec![RuleResult {
            rule: "DATA-01".to_owned(),
            name: "a bucket is bad".to_owned(),
            severity: Severity::High,
            findings: 0,
            unknown: 0,
            passed: 0,
            suppressed: 0,
            left_out: 0,
            turned_off: vec![],
            not_evaluated: vec![],
            not_evaluated_wordings: vec![],
        }];
        document
    }
}

fn at(n: i64) -> Timestamp {
    let start: Timestamp = "2026-03-01T06:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * n)
}

fn finding((account, bucket): (usize, usize), evidence: Option<u32>) -> Finding {
    let said =
        evidence.map_or("could not be told".to_owned(), |evidence| format!("it is {evidence}"));
    Finding {
        fingerprint: Fingerprint::default(),
        standing: None,
        rule: "DATA-01".to_owned(),
        name: "a bucket is bad".to_owned(),
        severity: Severity::High,
        verdict: if evidence.is_some() { Verdict::Finding } else { Verdict::Unknown },
        cloud: Cloud::aws(),
        scope: ACCOUNTS[account].into(),
        resource: Some(ResourceRef {
            cloud: Cloud::aws(),
            resource_type: BUCKET.into(),
            scope: Some(ACCOUNTS[account].into()),
            region: Some(Reach::region("eu-central-1")),
            id: Some(bucket.to_string()),
            name: None,
        }),
        tenant: None,
        environment: None,
        owner: None,
        message: said.clone(),
        wording: Some(msg!("as-it-is", text = said)),
        remediation: String::new(),
    }
}

/// The account and bucket that something is about.
pub(crate) fn about(resource: Option<&ResourceRef>) -> (usize, usize) {
    let resource = resource.unwrap();
    let scope = resource.scope.as_ref().unwrap();
    let account = ACCOUNTS.iter().position(|id| *scope == **id).unwrap();
    (account, resource.id.as_ref().unwrap().parse().unwrap())
}

/// So many runs, always the same ones of a seed; some of them at the same time as the one before.
pub(crate) fn worlds(seed: u64, runs: usize) -> Vec<Input> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut bad: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    (0..runs)
        .map(|n| {
            for _ in 0..random.random_range(0..6) {
                let of = (random.random_range(0..2), random.random_range(0..12));
                match random.random_range(0..3) {
                    0 => drop(bad.remove(&of)),
                    _ => drop(bad.insert(of, random.random_range(0..3))),
                }
            }
            let mut input = Input::day(n as i64, &[]);
            input.bad = bad.clone();
            input.denied = [random.random_bool(0.1), random.random_bool(0.1)];
            input.cancelled = random.random_bool(0.1);
            input.narrowed = random.random_bool(0.1);
            if random.random_bool(0.2) {
                input.unclear = vec![(random.random_range(0..2), random.random_range(0..12))];
            }
            input
        })
        .collect()
}

//! Terraform's states and CloudFormation's stacks against moto: a round trip.
//!
//! A team makes its resources with boto3 and writes down what Terraform would have written (see
//! `tests/python/iac`, which knows nothing of the mappings). Then nothing differs; each attribute
//! that is changed behind its back is reported under its own path, and nothing else is; what is
//! deleted is missing, and what is made by hand is unmanaged.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod table;
mod team;

use std::collections::BTreeSet;
use std::sync::Arc;

use team::{Difference, Team};
use tenko::Audit;
use tenko::aws::{AwsProvider, Discovery};
use tenko::declare::terraform::{Mappings, fold, read_state};
use tenko::declare::{ManifestFile, stacks};
use tenko::diff::{Diff, Standing};
use tenko::model::{Catalog, Claim, Declaration, Drift, IacOwner, Redactor, Region, Snapshot};
use tenko_tests::{MOTO_LACKS, Moto};

/// What is declared, and what it is compared with.
struct Estate {
    audit: Audit,
    declaration: Declaration,
    claims: Vec<Claim>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mapped_attribute_that_can_be_changed_is_compared() {
    let moto = Moto::start();
    let mut team = Team::start(&moto);
    let estate = Estate::new(&moto, &team).await;
    let (table, mut faults) = table::check(&team.made.table, estate.audit.catalog());
    println!("{table}");

    let (snapshot, diff) = estate.look().await;
    everything_was_read(&snapshot);
    compare(&mut faults, "untouched", &BTreeSet::new(), &diff);
    stacks_claim_what_is_theirs(&estate, &team, &snapshot, &diff);

    for round in 0..team.made.rounds {
        let expected = team.change(round);
        let (_, diff) = estate.look().await;
        compare(&mut faults, &format!("round {round}"), &expected, &diff);
        let lasting = team.restore(round);
        if round + 1 == team.made.rounds {
            let (_, diff) = estate.look().await;
            compare(&mut faults, "all put back", &lasting, &diff);
            let mut expected = team.make_by_hand();
            expected.extend(lasting.iter().cloned());
            let (_, diff) = estate.look().await;
            compare(&mut faults, "made by hand", &expected, &diff);
        }
    }
    let mut expected = team.tidy();
    expected.extend(team.delete());
    let (snapshot, diff) = estate.look().await;
    everything_was_read(&snapshot);
    compare(&mut faults, "deleted", &expected, &diff);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

impl Estate {
    async fn new(moto: &Moto, team: &Team) -> Self {
        let provider = AwsProvider::builder()
            .endpoint_url(moto.url())
            .static_credentials("AKIAMANAGEMENT000000", "secret")
            .discovery(Discovery::Caller)
            .redactor(Redactor::new([7; 32]))
            .load()
            .await
            .unwrap();
        let audit = Audit::builder()
            .provider(Arc::new(provider))
            .regions([Region::new(&team.made.region)])
            // Each look would wait for answers that do not come; and moto gives every account an
            // instance of Identity Center that nobody made.
            .skip_types(MOTO_LACKS.iter().map(|(name, _)| (*name).to_owned()))
            .skip_types(["AWS::SSO::Instance".to_owned()])
            .build()
            .unwrap();
        let manifest = format!(
            "version: 1\ntenants:\n  acme:\n    environments:\n      production: {{scopes: [\"{}\"]}}\n",
            team.made.account
        );
        let file = ManifestFile { name: "tenants.yaml", bytes: manifest.as_bytes() };
        let manifest = tenko::declare::load(&[file], audit.catalog()).unwrap();
        let claims = claims(team, audit.catalog());
        Self { audit, declaration: manifest.declaration, claims }
    }

    /// Collects everything and compares it with states and stacks.
    async fn look(&self) -> (Snapshot, Diff) {
        let snapshot = self.audit.collect().await;
        let diff = self.compare(&snapshot, stacks::claims(&snapshot));
        (snapshot, diff)
    }

    fn compare(&self, snapshot: &Snapshot, more: Vec<Claim>) -> Diff {
        let mut declaration = self.declaration.clone();
        declaration.claims = self.claims.iter().cloned().chain(more).collect();
        tenko::diff::diff(snapshot, &declaration, self.audit.catalog())
    }
}

/// Reads the states: everything in them must be understood.
fn claims(team: &Team, catalog: &Catalog) -> Vec<Claim> {
    let mappings = Mappings::new(catalog).unwrap();
    let owner = IacOwner { tenant: "acme".into(), environment: "production".into() };
    let mut states = Vec::new();
    for (name, document) in &team.made.states {
        let state = read_state(name, document.to_string().as_bytes(), &mappings).unwrap();
        assert!(state.info.unmapped.is_empty(), "{name}: {:?}", state.info);
        assert!(state.info.foreign.is_empty(), "{name}: {:?}", state.info);
        assert!(state.info.instances > 0, "{name}: {:?}", state.info);
        states.push((state, Some(owner.clone())));
    }
    let folded = fold(states);
    assert_eq!(folded.skipped, []);
    let silent = folded.claims.iter().filter(|claim| claim.not_comparable.is_some());
    let silent: Vec<_> = silent.map(|claim| &claim.source.address).collect();
    assert!(silent.is_empty(), "not compared: {silent:?}");
    folded.claims
}

fn everything_was_read(snapshot: &Snapshot) {
    assert_eq!(snapshot.discovery_problems, []);
    let gaps = snapshot.coverage.iter().filter(|row| row.outcome.is_gap());
    let gaps: Vec<_> = gaps.map(|row| format!("{}: {:?}", row.unit, row.problems)).collect();
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
}

/// All of a stack is managed, and only because the stack is known.
fn stacks_claim_what_is_theirs(estate: &Estate, team: &Team, snapshot: &Snapshot, diff: &Diff) {
    let stack = &team.made.stack;
    assert!(stack.resources.len() >= 5, "{}", stack.resources.len());
    let alone = estate.compare(snapshot, Vec::new());
    let standing = |diff: &Diff, resource_type: &str, id: &str| {
        let is =
            |r: &tenko::model::Resource| r.key.resource_type == resource_type && r.key.id == id;
        let at = snapshot.resources.iter().position(is);
        diff.placements[at.unwrap_or_else(|| panic!("{resource_type} {id} was not collected"))]
            .standing
    };
    let own = [("AWS::CloudFormation::Stack", stack.id.as_str())];
    let parts = stack.resources.iter().map(|r| (r.resource_type.as_str(), r.id.as_str()));
    for (resource_type, id) in own.into_iter().chain(parts) {
        assert_eq!(standing(diff, resource_type, id), Standing::Managed, "{resource_type} {id}");
        assert_eq!(
            standing(&alone, resource_type, id),
            Standing::Unmanaged,
            "{resource_type} {id}"
        );
    }
}

fn differences(diff: &Diff) -> BTreeSet<Difference> {
    diff.drift.iter().map(difference).collect()
}

fn difference(drift: &Drift) -> Difference {
    let mut paths: Vec<_> = drift.changes.iter().map(|change| change.path.to_string()).collect();
    paths.sort();
    let source = drift.source.as_ref();
    Difference {
        kind: drift.kind.as_str().to_owned(),
        resource_type: drift.resource.resource_type.as_str().to_owned(),
        id: drift.resource.id.clone().unwrap_or_default(),
        paths,
        file: source.map(|source| source.file.to_string()).unwrap_or_default(),
        address: source.map(|source| source.address.clone()).unwrap_or_default(),
    }
}

fn compare(faults: &mut Vec<String>, when: &str, expected: &BTreeSet<Difference>, diff: &Diff) {
    let found = differences(diff);
    faults.extend(expected.difference(&found).map(|d| format!("{when}: not reported: {d:?}")));
    for drift in &diff.drift {
        let found = difference(drift);
        if !expected.contains(&found) {
            let (changes, reason) = (&drift.changes, &drift.reason);
            faults.push(format!("{when}: reported: {found:?} {changes:?} {reason:?}"));
        }
    }
}

//! A small world for the rules' own cases.

mod case;
mod world;

use std::collections::BTreeMap;

use tenko_core::*;

pub(crate) use case::{Case, Expect, apart, fires, quiet, unknown};
pub(crate) use world::{World, known_type, world};

/// `1` is AWS account 1, `gcp:p` is project p.
pub(crate) fn key(id: &str) -> ScopeKey {
    match id.strip_prefix("gcp:") {
        Some(id) => ScopeKey::new(Cloud::gcp(), id),
        None => ScopeKey::new(Cloud::aws(), id),
    }
}

fn covered(scope: &ScopeKey, name: &str, reach: &str, outcome: Outcome) -> Coverage {
    Coverage {
        unit: Unit {
            cloud: scope.cloud.clone(),
            scope: scope.id.clone(),
            reach: reach.into(),
            resource_type: name.into(),
        },
        outcome,
        resources: 0,
        duration_ms: 0,
        read_from: None,
        problems: vec![],
    }
}

fn scope(id: &str, kind: ScopeKind) -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind,
        parent: None,
        name: format!("name of {id}"),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    }
}

/// The organization `o` and these accounts; all answered and one unit of each was read.
pub(crate) fn snapshot(accounts: &[&str]) -> Snapshot {
    let time = "2026-01-01T00:00:00Z".parse().unwrap();
    let scopes = accounts.iter().map(|id| scope(id, ScopeKind::Account));
    Snapshot {
        run: RunInfo {
            id: "run".to_owned(),
            tool_version: String::new(),
            started_at: time,
            finished_at: time,
            cancelled: false,
        },
        scopes: scopes.chain([scope("o", ScopeKind::Organization)]).collect(),
        discovery_problems: vec![],
        answers: accounts
            .iter()
            .map(|id| Answer {
                scope: (*id).into(),
                cloud: Cloud::aws(),
                outcome: Outcome::Complete,
                identity: None,
                regions: vec![],
                disabled_regions: vec![],
                problems: vec![],
            })
            .collect(),
        coverage: accounts
            .iter()
            .map(|id| covered(&key(id), "T", "global", Outcome::Complete))
            .collect(),
        resources: vec![],
        calls: vec![],
    }
}

pub(crate) fn resource(scope: &str, id: &str, tags: &[(&str, &str)]) -> Resource {
    let ScopeKey { cloud, id: scope } = key(scope);
    Resource {
        key: ResourceKey {
            cloud,
            scope,
            region: Reach::Global,
            resource_type: "T".into(),
            id: id.to_owned(),
        },
        name: None,
        tags: tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        created_at: None,
        origin: Origin::Customer,
        attributes: Attributes::default(),
        unknown: vec![],
        digest: Digest([0; 16]),
    }
}

pub(crate) fn discovery_problem() -> DiscoveryProblem {
    DiscoveryProblem { cloud: Cloud::aws(), problem: problem() }
}

pub(crate) fn problem() -> Problem {
    Problem {
        operation: "organizations:ListAccounts".to_owned(),
        code: "AccessDeniedException".to_owned(),
        message: String::new(),
        request_id: None,
        resource: None,
    }
}

/// A tenant with environments as `(name, account)`; several of one name are one environment.
pub(crate) fn tenant(id: &str, environments: &[(&str, &str)]) -> Tenant {
    let source = source(id);
    let mut made: Vec<Environment> = Vec::new();
    for (name, scope) in environments {
        if let Some(environment) = made.iter_mut().find(|e| e.name == *name) {
            environment.scopes.push(key(scope));
            continue;
        }
        made.push(Environment {
            name: (*name).to_owned(),
            stage: None,
            owner: None,
            baselines: vec![],
            scopes: vec![key(scope)],
            regions: None,
            required_tags: BTreeMap::new(),
            source: source.clone(),
            expected: vec![],
            ignore: vec![],
            unmanaged: Unmanaged::Report,
            events: vec![],
            login: Default::default(),
        });
    }
    Tenant { id: id.to_owned(), name: id.to_uppercase(), owner: None, environments: made }
}

/// A place in the manifest.
pub(crate) fn source(address: &str) -> Source {
    Source {
        kind: SourceKind::Manifest,
        file: "tenants.yaml".into(),
        address: address.to_owned(),
        line: None,
    }
}

pub(crate) fn declaration(tenants: Vec<Tenant>) -> Declaration {
    Declaration {
        tenants,
        ownership: Ownership { tenant_tags: vec!["tenant".to_owned()], environment_tags: vec![] },
        shared: BTreeMap::new(),
        ..Declaration::default()
    }
}

/// What all rules say of this snapshot and declaration.
pub(crate) fn evaluated(snapshot: &Snapshot, declaration: &Declaration) -> crate::Evaluation {
    let inputs = crate::Inputs {
        snapshot,
        declaration,
        catalog: &Catalog::default(),
        parity_allow: &[],
        now: snapshot.run.finished_at,
    };
    crate::evaluate(&inputs, &crate::Choice::default())
}

/// The findings of one rule.
pub(crate) fn of(rule: &str, snapshot: &Snapshot, declaration: &Declaration) -> Vec<Finding> {
    let all = evaluated(snapshot, declaration).findings;
    all.into_iter().filter(|finding| finding.rule == rule).collect()
}

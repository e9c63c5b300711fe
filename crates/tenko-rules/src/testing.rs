//! A small world for the rules' own tests.

use std::collections::BTreeMap;

use tenko_core::*;

pub(crate) fn key(id: &str) -> ScopeKey {
    ScopeKey::new(Cloud::aws(), id)
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
            .map(|id| Coverage {
                unit: Unit {
                    cloud: Cloud::aws(),
                    scope: (*id).into(),
                    reach: Reach::Global,
                    resource_type: "T".into(),
                },
                outcome: Outcome::Complete,
                resources: 0,
                duration_ms: 0,
                read_from: None,
                problems: vec![],
            })
            .collect(),
        resources: vec![],
        calls: vec![],
    }
}

pub(crate) fn resource(scope: &str, id: &str, tags: &[(&str, &str)]) -> Resource {
    Resource {
        key: ResourceKey {
            cloud: Cloud::aws(),
            scope: scope.into(),
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

/// A tenant with environments as `(name, account)`.
pub(crate) fn tenant(id: &str, environments: &[(&str, &str)]) -> Tenant {
    let source = Source {
        kind: SourceKind::Manifest,
        file: "tenants.yaml".into(),
        address: id.to_owned(),
        line: None,
    };
    let environments = environments.iter().map(|(name, scope)| Environment {
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
    });
    Tenant {
        id: id.to_owned(),
        name: id.to_uppercase(),
        owner: None,
        environments: environments.collect(),
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

/// The findings of one rule.
pub(crate) fn of(rule: &str, snapshot: &Snapshot, declaration: &Declaration) -> Vec<Finding> {
    let all = crate::evaluate(snapshot, declaration);
    all.into_iter().filter(|finding| finding.rule == rule).collect()
}

//! A small world: regional `T`, global `G` and S3 buckets, in regions `r1` and `r2`.

use std::collections::BTreeMap;

use serde_json::Value;
use tenko_core::*;

pub(crate) const REGIONS: [&str; 2] = ["r1", "r2"];
pub(crate) const TYPES: [(&str, ReachKind); 3] =
    [("AWS::S3::Bucket", ReachKind::Global), ("G", ReachKind::Global), ("T", ReachKind::Regional)];

pub(crate) fn info(name: &str) -> TypeInfo {
    let reach = TYPES.iter().find(|(n, _)| *n == name).map_or(ReachKind::Regional, |(_, r)| *r);
    TypeInfo {
        resource_type: name.into(),
        cloud: Cloud::aws(),
        service: "s".to_owned(),
        title: String::new(),
        doc: String::new(),
        reach,
        taggable: true,
        attributes: vec![],
        ignored: vec!["Seen".parse().unwrap()],
        sensitive: vec!["Secret".parse().unwrap(), "Env.*".parse().unwrap()],
        sets: vec!["Set".parse().unwrap()],
        permissions: vec![],
        iac: Default::default(),
    }
}

pub(crate) fn catalog() -> Catalog {
    TYPES.iter().map(|(name, _)| info(name)).collect()
}

pub(crate) fn scope(id: &str) -> ScopeKey {
    ScopeKey::new(Cloud::aws(), id)
}

/// A resource as `(scope, region, type, id)`.
pub(crate) fn resource(at: (&str, &str, &str, &str), attributes: Value) -> Resource {
    let (scope, region, resource_type, id) = at;
    draft(scope, region, resource_type, id, attributes, &[])
}

pub(crate) fn tagged(at: (&str, &str, &str, &str), tags: &[(&str, &str)]) -> Resource {
    let (scope, region, resource_type, id) = at;
    draft(scope, region, resource_type, id, Value::Null, tags)
}

fn draft(
    scope: &str,
    region: &str,
    resource_type: &str,
    id: &str,
    attributes: Value,
    tags: &[(&str, &str)],
) -> Resource {
    let key = ResourceKey {
        cloud: Cloud::aws(),
        scope: scope.into(),
        region: region.into(),
        resource_type: resource_type.into(),
        id: id.to_owned(),
    };
    let draft = ResourceDraft {
        key,
        name: tags.iter().find(|(k, _)| *k == "Name").map(|(_, v)| (*v).to_owned()),
        tags: tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        created_at: None,
        origin: Origin::Customer,
        attributes,
        unknown: vec![],
    };
    draft.finish(&info(resource_type), &Redactor::new([0; 32])).unwrap()
}

pub(crate) fn unit(scope: &str, region: &str, resource_type: &str) -> Unit {
    Unit {
        cloud: Cloud::aws(),
        scope: scope.into(),
        reach: region.into(),
        resource_type: resource_type.into(),
    }
}

/// A snapshot in which everything of these scopes was read.
pub(crate) fn snapshot(scopes: &[&str], resources: Vec<Resource>) -> Snapshot {
    let time = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut coverage = Vec::new();
    for scope in scopes {
        for (name, reach) in TYPES {
            let reaches = if reach == ReachKind::Global { &["global"][..] } else { &REGIONS };
            coverage.extend(reaches.iter().map(|region| Coverage {
                unit: unit(scope, region, name),
                outcome: Outcome::Complete,
                resources: 0,
                duration_ms: 0,
                read_from: None,
                problems: vec![],
            }));
        }
    }
    let mut snapshot = Snapshot {
        run: RunInfo {
            id: "run-1".to_owned(),
            tool_version: String::new(),
            started_at: time,
            finished_at: time,
            cancelled: false,
        },
        scopes: scopes.iter().map(|id| account(id)).collect(),
        discovery_problems: vec![],
        answers: scopes.iter().map(|id| answer(id)).collect(),
        coverage,
        resources,
        calls: vec![],
    };
    snapshot.sort();
    snapshot
}

fn account(id: &str) -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: id.into(),
        kind: ScopeKind::Account,
        parent: None,
        name: id.to_owned(),
        status: ScopeStatus::Active,
        management: false,
        tags: BTreeMap::new(),
    }
}

fn answer(id: &str) -> Answer {
    Answer {
        scope: id.into(),
        cloud: Cloud::aws(),
        outcome: Outcome::Complete,
        identity: None,
        regions: REGIONS.map(Region::new).to_vec(),
        disabled_regions: vec![Region::new("off")],
        problems: vec![],
    }
}

pub(crate) fn denied() -> Outcome {
    Outcome::Denied { denied_by: DeniedBy::Scp }
}

pub(crate) fn set_outcome(snapshot: &mut Snapshot, unit: &Unit, outcome: Outcome) {
    snapshot.coverage.iter_mut().filter(|c| c.unit == *unit).for_each(|c| c.outcome = outcome);
}

pub(crate) fn source(address: &str) -> Source {
    let address = address.to_owned();
    Source { kind: SourceKind::Manifest, file: "tenants.yaml".into(), address, line: None }
}

pub(crate) fn expected(resource_type: &str, name: &str) -> Expected {
    Expected {
        resource_type: resource_type.into(),
        id: None,
        name: Some(name.to_owned()),
        scope: None,
        region: None,
        attributes: vec![],
        source: source(name),
    }
}

pub(crate) fn by_id(resource_type: &str, id: &str) -> Expected {
    Expected { id: Some(id.to_owned()), name: None, ..expected(resource_type, id) }
}

pub(crate) fn with(mut expected: Expected, attributes: &[(&str, Matcher)]) -> Expected {
    expected.attributes =
        attributes.iter().map(|(path, m)| (path.parse().unwrap(), m.clone())).collect();
    expected
}

pub(crate) fn exact(value: impl Into<Value>) -> Matcher {
    Matcher::Exact(value.into())
}

pub(crate) fn environment(name: &str, scopes: &[&str], expected: Vec<Expected>) -> Environment {
    Environment {
        name: name.to_owned(),
        stage: None,
        owner: None,
        baselines: vec![],
        scopes: scopes.iter().map(|id| scope(id)).collect(),
        regions: None,
        required_tags: BTreeMap::new(),
        source: source(name),
        expected,
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: Default::default(),
    }
}

pub(crate) fn tenant(id: &str, environments: Vec<Environment>) -> Tenant {
    Tenant {
        id: id.to_owned(),
        name: id.to_uppercase(),
        owner: Some(format!("{id}@example.com")),
        environments,
    }
}

pub(crate) fn declaration(tenants: Vec<Tenant>) -> Declaration {
    Declaration {
        tenants,
        ownership: Ownership {
            tenant_tags: vec!["tenant".to_owned()],
            environment_tags: vec!["env".to_owned()],
        },
        shared: BTreeMap::new(),
        ..Declaration::default()
    }
}

/// One tenant `acme` with one environment `prod` in account 1.
pub(crate) fn acme(expected: Vec<Expected>) -> Declaration {
    declaration(vec![tenant("acme", vec![environment("prod", &["1"], expected)])])
}

pub(crate) fn ignore(resource_type: Option<&str>, name: Option<&str>, paths: &[&str]) -> Ignore {
    Ignore {
        resource_type: resource_type.map(ToOwned::to_owned),
        name: name.map(ToOwned::to_owned),
        tags: BTreeMap::new(),
        attributes: paths.iter().map(|path| path.parse().unwrap()).collect(),
        reason: "because".to_owned(),
        source: source("ignore"),
    }
}

/// The drift in short: kind and label.
pub(crate) fn short(drift: &[Drift]) -> Vec<(DriftKind, &str)> {
    drift.iter().map(|d| (d.kind, d.resource.label())).collect()
}

pub(crate) fn owner(environment: &str) -> IacOwner {
    IacOwner { tenant: "acme".into(), environment: environment.into() }
}

/// A claim in the state of one of acme's environments, at the address that is its id.
pub(crate) fn claim(resource_type: &str, id: &str, environment: &str) -> Claim {
    Claim {
        resource_type: Some(resource_type.into()),
        code_type: resource_type.into(),
        ids: vec![id.to_owned()],
        name: None,
        scope: None,
        region: None,
        attributes: vec![],
        tags: None,
        sensitive: Default::default(),
        not_comparable: None,
        note: None,
        in_sync: false,
        owner: Some(owner(environment)),
        source: Source {
            kind: SourceKind::Terraform,
            file: format!("{environment}.tfstate").into(),
            address: id.to_owned(),
            line: None,
        },
        parts: vec![],
        partial: false,
    }
}

pub(crate) fn loose(mut claim: Claim, attributes: &[(&str, Value)]) -> Claim {
    let of = attributes.iter();
    claim.attributes =
        of.map(|(path, v)| (path.parse().unwrap(), Matcher::Loose(v.clone()))).collect();
    claim
}

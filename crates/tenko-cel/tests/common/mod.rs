//! A resource, its account and its environment.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made is a failure")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use tenko_cel::{EvalError, Expression, Facts, Over};
use tenko_core::{
    Attributes, Cloud, Digest, Environment, Origin, Reach, Resource, ResourceKey, Scope, ScopeKind,
    ScopeStatus, Source, SourceKind, Tenant, Unmanaged,
};

pub(crate) fn tags(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn resource(attributes: &Value) -> Resource {
    Resource {
        key: ResourceKey {
            cloud: Cloud::aws(),
            scope: "222222222222".into(),
            region: Reach::region("eu-central-1"),
            resource_type: "AWS::S3::Bucket".into(),
            id: "logs".into(),
        },
        name: None,
        tags: tags(&[("owner", "ops"), ("cost-center", "42")]),
        created_at: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        origin: Origin::Customer,
        attributes: Attributes::new(attributes).unwrap(),
        unknown: vec![],
        digest: Digest([0; 16]),
    }
}

pub(crate) fn scope() -> Scope {
    Scope {
        cloud: Cloud::aws(),
        id: "222222222222".into(),
        kind: ScopeKind::Account,
        parent: Some("ou-1".into()),
        name: "acme-prod".to_owned(),
        status: ScopeStatus::PendingClosure,
        management: false,
        tags: tags(&[("team", "web")]),
    }
}

pub(crate) fn tenant() -> Tenant {
    let environment = Environment {
        name: "prod".to_owned(),
        stage: Some("production".to_owned()),
        owner: None,
        baselines: vec![],
        scopes: vec![],
        regions: None,
        required_tags: BTreeMap::new(),
        source: Source {
            kind: SourceKind::Manifest,
            file: "t.yaml".into(),
            line: None,
            address: String::new(),
        },
        expected: vec![],
        ignore: vec![],
        unmanaged: Unmanaged::Report,
        events: vec![],
        login: Default::default(),
    };
    Tenant {
        id: "acme".to_owned(),
        name: "Acme".to_owned(),
        owner: Some("ops@acme.example".to_owned()),
        environments: vec![environment],
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Evaluates over the resource with these attributes, in its account and environment.
pub(crate) fn evaluate(text: &str, attributes: &Value) -> Result<bool, EvalError> {
    let expression = Expression::compile(text, Over::Resource).unwrap();
    let (resource, scope, tenant) = (resource(attributes), scope(), tenant());
    let environment = tenant.environments.first().unwrap();
    let root = Scope { name: "Root".to_owned(), ..scope.clone() };
    expression.evaluate(&Facts {
        resource: Some(&resource),
        scope: Some(&scope),
        path: &[&root, &scope],
        environments: &[(&tenant, environment)],
        now: now(),
    })
}

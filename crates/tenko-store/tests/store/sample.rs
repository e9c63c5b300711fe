//! Snapshots to write.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use tenko_core::{
    Answer, CallCount, Cloud, Coverage, DeniedBy, DiscoveryProblem, Origin, Outcome, Problem,
    Reach, ReachKind, Redactor, Resource, ResourceDraft, ResourceKey, RunInfo, Scope, ScopeKind,
    ScopeStatus, ScopeTree, Snapshot, TypeInfo, Unit,
};

/// A snapshot with a little of everything and these resources.
pub(crate) fn snapshot(id: &str, resources: Vec<Resource>) -> Snapshot {
    let problem = Problem {
        operation: "s3:ListBuckets".into(),
        code: "AccessDenied".into(),
        message: "no \u{1b}[31m \u{2028} <b>\"way\"</b>\n".into(),
        request_id: Some("r-1".into()),
        resource: None,
    };
    let unit = Unit {
        cloud: Cloud::aws(),
        scope: "1".into(),
        reach: Reach::Global,
        resource_type: "T".into(),
    };
    let mut snapshot = Snapshot {
        run: RunInfo {
            id: id.into(),
            tool_version: "0.1.0".into(),
            started_at: Timestamp::UNIX_EPOCH,
            finished_at: Timestamp::MAX,
            cancelled: true,
        },
        scopes: ScopeTree::new([Scope {
            cloud: Cloud::aws(),
            id: "1".into(),
            kind: ScopeKind::Account,
            parent: None,
            name: "点呼".into(),
            status: ScopeStatus::Active,
            management: false,
            tags: BTreeMap::from([("a".into(), "b".into())]),
        }]),
        discovery_problems: vec![DiscoveryProblem {
            cloud: Cloud::aws(),
            problem: problem.clone(),
        }],
        answers: vec![Answer {
            scope: "1".into(),
            cloud: Cloud::aws(),
            outcome: Outcome::Denied { denied_by: DeniedBy::Trust },
            identity: Some("me".into()),
            regions: vec!["r".into()],
            disabled_regions: vec!["s".into()],
            problems: vec![problem.clone()],
        }],
        coverage: vec![Coverage {
            unit,
            outcome: Outcome::Partial,
            resources: 1,
            duration_ms: u64::MAX,
            read_from: None,
            problems: vec![problem],
        }],
        resources,
        calls: vec![CallCount { operation: "a:B".into(), calls: 3, throttled: 1 }],
    };
    snapshot.sort();
    snapshot
}

/// A resource with these attributes.
pub(crate) fn resource(id: &str, attributes: Value, tags: BTreeMap<String, String>) -> Resource {
    let info = TypeInfo {
        resource_type: "T".into(),
        cloud: Cloud::aws(),
        service: "t".into(),
        title: String::new(),
        doc: String::new(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: vec![],
        ignored: vec![],
        sensitive: vec![],
        sets: vec![],
        permissions: vec![],
        iac: Default::default(),
    };
    let draft = ResourceDraft {
        key: ResourceKey {
            cloud: Cloud::aws(),
            scope: "1".into(),
            region: Reach::region("r"),
            resource_type: "T".into(),
            id: id.into(),
        },
        name: Some(id.into()),
        tags,
        created_at: Some(Timestamp::UNIX_EPOCH),
        origin: Origin::ProviderDefault("default VPC".into()),
        attributes,
        unknown: vec!["A.B".parse().expect("a path")],
    };
    draft.finish(&info, &Redactor::new([0; 32])).expect("shallow")
}

/// A snapshot of two small resources.
pub(crate) fn small(id: &str) -> Snapshot {
    let make = |id| resource(id, json!({"Size": 1.5, "List": [null, true]}), BTreeMap::new());
    snapshot(id, vec![make("b"), make("a")])
}

/// A snapshot of many resources in two scopes and two regions.
pub(crate) fn many(id: &str, count: usize) -> Snapshot {
    let make = |n: usize| {
        let attributes = json!({"Size": n % 7, "Note": format!("number {n} of many")});
        let tags = BTreeMap::from([("Name".to_owned(), format!("thing-{}", n % 10))]);
        let mut resource = resource(&format!("i-{n:08}"), attributes, tags);
        resource.key.scope = ["1", "2"][n % 2].into();
        resource.key.region = ["global", "r"][n / 2 % 2].into();
        resource
    };
    snapshot(id, (0..count).map(make).collect())
}

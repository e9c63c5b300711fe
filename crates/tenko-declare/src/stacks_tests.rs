use std::collections::BTreeMap;

use serde_json::json;
use tenko_core::{Attributes, Digest, Origin, ResourceKey, RunInfo, ScopeId, ScopeTree};

use super::*;

const ARN: &str = "arn:aws:cloudformation:eu-central-1:111122223333:stack/web/466df9e0";

fn resource(resource_type: &str, id: &str, attributes: Value) -> Resource {
    Resource {
        key: ResourceKey {
            cloud: Cloud::aws(),
            scope: ScopeId::new("111122223333"),
            region: Reach::region("eu-central-1"),
            resource_type: resource_type.into(),
            id: id.to_owned(),
        },
        name: None,
        tags: BTreeMap::new(),
        created_at: None,
        origin: Origin::Customer,
        attributes: Attributes::new(&attributes).unwrap(),
        unknown: Vec::new(),
        digest: Digest([0; 16]),
    }
}

fn snapshot(resources: Vec<Resource>) -> Snapshot {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let run = RunInfo {
        id: "1".into(),
        tool_version: "0".into(),
        started_at: at,
        finished_at: at,
        cancelled: false,
    };
    Snapshot {
        run,
        scopes: ScopeTree::default(),
        discovery_problems: vec![],
        answers: vec![],
        coverage: vec![],
        resources,
        calls: vec![],
    }
}

fn entry(logical: &str, resource_type: &str, physical: &str) -> Value {
    json!({"LogicalResourceId": logical, "ResourceType": resource_type, "PhysicalResourceId": physical, "ResourceStatus": "CREATE_COMPLETE"})
}

#[test]
fn resources_of_stacks_are_declared_and_so_are_the_stacks() {
    let nested = format!("{ARN}-nested");
    let mut queue = entry("Queue", "AWS::SQS::Queue", "https://sqs/1/q");
    queue["DriftInformation"] = json!({"StackResourceDriftStatus": "MODIFIED", "LastCheckTimestamp": "2026-01-01T00:00:00Z"});
    let mut kept = entry("Kept", "AWS::S3::Bucket", "kept");
    kept["ResourceStatus"] = json!("DELETE_SKIPPED");
    let stack = json!({
        "DriftInformation": {"StackDriftStatus": "IN_SYNC"},
        "Resources": [
            queue, kept, entry("Role", "AWS::IAM::Role", "web-role"),
            entry("Ip", "AWS::EC2::EIP", "192.0.2.7"), entry("Nested", STACK, &nested),
            entry("Never", "AWS::SNS::Topic", ""), entry("Own", "Custom::Thing", "x"), 7,
        ],
    });
    let mut denied = resource(STACK, &format!("{ARN}-denied"), json!({}));
    denied.unknown = vec!["Resources".parse().unwrap()];
    let snapshot = snapshot(vec![
        resource(STACK, ARN, stack),
        resource(STACK, &nested, json!({})),
        denied,
        resource("AWS::EC2::EIP", "eipalloc-1", json!({"PublicIp": "192.0.2.7"})),
    ]);
    let claims = claims(&snapshot);
    let of = |id: &str| {
        let mut found = claims.iter().filter(|c| c.ids.iter().any(|known| known == id));
        let claim = found.next().unwrap_or_else(|| panic!("{id} is not declared"));
        assert!(found.next().is_none(), "{id} is declared twice");
        claim
    };
    assert_eq!(claims.len(), 6, "{claims:#?}");
    let queue = of("https://sqs/1/q");
    assert_eq!(queue.source.to_string(), format!("{ARN} (Queue)"));
    let note = queue.note.as_ref().unwrap();
    assert!(
        english(note).starts_with("CloudFormation's drift detection found it MODIFIED at 2026")
    );
    assert_eq!(note.id, "drift-detected-at");
    assert!(queue.not_comparable.is_some() && queue.owner.is_none());
    assert_eq!(queue.region, Some(Reach::region("eu-central-1")));
    assert_eq!(of("web-role").region, Some(Reach::Global));
    assert_eq!(of("192.0.2.7").ids[0], "eipalloc-1");
    assert_eq!(of(&nested).source.address, "Nested");
    assert_eq!((of(ARN).note.as_ref(), of(ARN).in_sync), (None, true));
    assert!(!queue.in_sync && !of("web-role").in_sync);
    let unread = unread(&snapshot);
    assert_eq!(unread.len(), 1);
    assert_eq!(&*unread[0].1.file, format!("{ARN}-denied"));
    assert_eq!(unread[0].1.reason_wording, Some(msg!("code-stack-resources")));
    assert_eq!(unread[0].1.reason, "the stack's resources could not be listed");
}

#[test]
fn saved_lists_of_both_operations_are_read() {
    let mut with_stack = entry("Queue", "AWS::SQS::Queue", "https://sqs/1/q");
    with_stack["StackId"] = json!(ARN);
    with_stack["StackName"] = json!("web");
    let described = json!({"StackResources": [with_stack, {"LogicalResourceId": 1}]}).to_string();
    let file = read_stack("stack.json", described.as_bytes()).unwrap();
    assert_eq!(file.claims[0].scope, Some(ScopeKey::new(Cloud::aws(), "111122223333")));
    assert_eq!(file.claims[0].source.to_string(), "stack.json (web.Queue)");
    assert_eq!(file.skipped[0].address, "entry 1");
    let listed = json!({"StackResourceSummaries": [entry("A", "Custom::X", "x"), entry("Q", "AWS::SQS::Queue", "q")]});
    let file = read_stack("stack.json", listed.to_string().as_bytes()).unwrap();
    assert_eq!((file.claims.len(), file.skipped.len()), (1, 1));
    assert_eq!(file.claims[0].scope, None);
    assert_eq!(read_stack("x", b"{}").unwrap_err(), StackError::NotAStack);
    assert!(matches!(
        read_stack("x", b"{"),
        Err(StackError::Document(StateError::Truncated { .. }))
    ));
    assert!(matches!(read_stack("x", b"[]"), Err(StackError::Document(StateError::Json { .. }))));
}

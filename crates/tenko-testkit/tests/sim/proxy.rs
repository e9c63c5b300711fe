//! The proxy forwards everything and remembers what it was.

use serde_json::json;
use tenko_testkit::sim::{Fault, FaultKind, RecordingProxy, SimCloud};

use crate::client::{MEMBER, Signer, request, role, send, world};

#[tokio::test]
async fn a_proxy_changes_nothing_and_sees_everything() {
    let mut world = world();
    world.page_size = Some(1);
    let items = vec![json!({ "vpcId": "vpc-1" }), json!({ "vpcId": "vpc-2" })];
    world.account_mut(MEMBER).unwrap().entry("global", "ec2:DescribeVpcs").items = Some(items);
    let cloud = SimCloud::start(world).await.unwrap();
    let proxy = RecordingProxy::start(&cloud.url()).await.unwrap();
    let url = proxy.url();
    let root = Signer::root();
    let assumed = send(&url, request(&root, "sts:AssumeRole", &role("TenkoAudit"))).await.unwrap();
    let member = Signer {
        key: assumed.get("AccessKeyId").unwrap(),
        token: assumed.get("SessionToken"),
        region: "us-west-2".into(),
    };
    let first = send(&url, request(&member, "ec2:DescribeVpcs", &json!({}))).await.unwrap();
    assert!(first.body.contains("vpc-1"));
    let next = json!({ "NextToken": first.get("nextToken").unwrap() });
    let second = send(&url, request(&member, "ec2:DescribeVpcs", &next)).await.unwrap();
    assert!(second.body.contains("vpc-2"));
    let bucket = json!({ "Bucket": "logs" });
    let refused = send(&url, request(&root, "s3:PutBucketPolicy", &bucket)).await.unwrap();
    assert_eq!(refused.status, 400);
    let direct: Vec<_> = cloud.seen().iter().map(|s| (s.id(), s.page, s.status)).collect();
    let proxied: Vec<_> = proxy.seen().iter().map(|s| (s.id(), s.page, s.status)).collect();
    assert_eq!(direct, proxied);
    let seen = proxy.seen();
    assert_eq!(seen[1].account.as_deref(), Some(MEMBER));
    assert_eq!(seen[1].region.as_deref(), Some("us-west-2"));
    assert_eq!(seen[3].id(), "s3:PutBucketPolicy");
    cloud.add_fault(Fault::new(FaultKind::Disconnect));
    assert!(send(&url, request(&root, "s3:ListBuckets", &json!({}))).await.is_err());
    assert!(RecordingProxy::start("https://example.com").await.is_err());
}

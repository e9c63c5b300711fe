//! The demo's roles for logins.

use serde_json::{Value, json};
use tenko_testkit::demo;

use crate::client::{REGION, Reply, Signer, call};

fn signer(reply: &Reply) -> Signer {
    Signer {
        key: reply.get("AccessKeyId").unwrap_or_else(|| panic!("{}", reply.body)),
        token: reply.get("SessionToken"),
        region: REGION.into(),
    }
}

fn role(account: &str, name: &str, more: Value) -> Value {
    let arn = format!("arn:aws:iam::{account}:role/{name}");
    let mut input =
        json!({ "RoleArn": arn, "RoleSessionName": "alice", "SourceIdentity": "alice" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[tokio::test]
async fn everyone_goes_through_the_hub_and_may_look() {
    let demo = demo::start().await.unwrap();
    let cloud = demo.cloud();
    let root =
        Signer { key: demo.access_key_id().into(), token: None, region: demo.region().into() };
    let ask = async |signer: &Signer, input| call(cloud, signer, "sts:AssumeRole", input).await;
    let hub = signer(&ask(&root, role("111111111111", "TenkoHub", json!({}))).await);
    for (account, tenant) in [
        ("333333333301", "acme"),
        ("333333333302", "acme"),
        ("444444444401", "globex"),
        ("444444444402", "globex"),
        ("444444444403", "globex"),
        ("222222222201", "platform"),
        ("111111111111", "platform"),
    ] {
        let id = json!({ "ExternalId": format!("tenko-{tenant}-{account}") });
        let right = role(account, "TenkoReadOnly", id);
        assert_eq!(ask(&root, right.clone()).await.code(), "AccessDenied", "not by the hub");
        let wrong = role(account, "TenkoReadOnly", json!({ "ExternalId": "tenko-demo" }));
        assert_eq!(ask(&hub, wrong).await.code(), "AccessDenied");
        let mut limited = right;
        limited["PolicyArns.member.1.arn"] = json!("arn:aws:iam::aws:policy/SecurityAudit");
        let session = signer(&ask(&hub, limited).await);
        let dry = json!({ "CidrBlock": "10.0.0.0/28", "DryRun": "true" });
        let reply = call(cloud, &session, "ec2:CreateVpc", dry).await;
        assert_eq!(reply.code(), "UnauthorizedOperation");
        let name = json!({ "RoleName": "TenkoReadOnly" });
        let shown = call(cloud, &session, "iam:GetRole", name.clone()).await;
        assert!(shown.get("AssumeRolePolicyDocument").unwrap().contains("ExternalId"));
        let attached = call(cloud, &session, "iam:ListAttachedRolePolicies", name.clone()).await;
        let logs = attached.body.contains("CloudWatchLogsReadOnlyAccess");
        assert_eq!(logs, account == "333333333301");
        // The audit does not see it.
        let listed = call(cloud, &session, "iam:ListRoles", json!({})).await;
        let details = call(cloud, &session, "iam:GetAccountAuthorizationDetails", json!({})).await;
        assert!(!listed.body.contains("TenkoReadOnly") && !details.body.contains("TenkoReadOnly"));
    }
    // One account's role was made by hand.
    let open = signer(&ask(&root, role("555555555501", "TenkoReadOnly", json!({}))).await);
    let shown = call(cloud, &open, "iam:GetRole", json!({ "RoleName": "TenkoReadOnly" })).await;
    let trust = shown.get("AssumeRolePolicyDocument").unwrap();
    assert!(trust.contains("%7B%22AWS%22%3A%22%2A%22%7D") && !trust.contains("ExternalId"));
    assert_eq!(cloud.writes(), []);
}

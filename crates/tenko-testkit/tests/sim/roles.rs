//! What IAM says of one role.

use serde_json::{Value, json};
use tenko_testkit::sim::{Role, SimCloud};

use crate::client::{MEMBER, assume, call, role, world};

/// The document that an element holds, percent-encoded.
fn document(text: Option<String>) -> Value {
    let text = text.unwrap();
    let text = percent_encoding::percent_decode_str(&text).decode_utf8().unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_role_is_shown_with_its_trust_and_its_policies() {
    let deny = json!({ "Version": "2012-10-17", "Statement": [] });
    let mut world = world();
    let account = world.account_mut(MEMBER).unwrap();
    account.roles.push(Role {
        external_id: Some("tenko-acme".into()),
        trusted: vec!["arn:aws:iam::111111111111:role/Hub".into()],
        requires_source_identity: true,
        max_session: 7200,
        attached: vec!["arn:aws:iam::aws:policy/SecurityAudit".into()],
        inline: [("NoData".to_owned(), deny.clone())].into(),
        boundary: Some(format!("arn:aws:iam::{MEMBER}:policy/Boundary")),
        ..Role::new("audit/Reader")
    });
    let wild = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:*",
    }] });
    account.roles.push(Role { trust: Some(wild.clone()), ..Role::new("Wild") });
    let cloud = SimCloud::start(world).await.unwrap();
    let member = assume(&cloud, role("TenkoAudit")).await.unwrap();
    let ask = async |operation: &str, input: Value| call(&cloud, &member, operation, input).await;
    let name = json!({ "RoleName": "Reader" });
    let shown = ask("iam:GetRole", name.clone()).await;
    assert_eq!(shown.get("Path").unwrap(), "/audit/");
    assert_eq!(shown.get("Arn").unwrap(), format!("arn:aws:iam::{MEMBER}:role/audit/Reader"));
    assert_eq!(shown.get("MaxSessionDuration").unwrap(), "7200");
    assert!(shown.get("PermissionsBoundaryArn").unwrap().ends_with("/Boundary"));
    let trust = document(shown.get("AssumeRolePolicyDocument"));
    let statement = &trust["Statement"][0];
    assert_eq!(statement["Principal"]["AWS"], "arn:aws:iam::111111111111:role/Hub");
    assert_eq!(statement["Condition"]["StringEquals"]["sts:ExternalId"], "tenko-acme");
    assert_eq!(statement["Condition"]["StringLike"]["sts:SourceIdentity"], "?*");
    assert_eq!(trust["Statement"][1]["Action"], json!(["sts:TagSession", "sts:SetSourceIdentity"]));
    let attached = ask("iam:ListAttachedRolePolicies", name.clone()).await;
    assert_eq!(attached.get("PolicyArn").unwrap(), "arn:aws:iam::aws:policy/SecurityAudit");
    let inline = ask("iam:ListRolePolicies", name).await;
    assert_eq!(inline.get("member").unwrap(), "NoData");
    let policy = json!({ "RoleName": "Reader", "PolicyName": "NoData" });
    assert_eq!(document(ask("iam:GetRolePolicy", policy).await.get("PolicyDocument")), deny);
    let shown = ask("iam:GetRole", json!({ "RoleName": "Wild" })).await;
    assert_eq!(document(shown.get("AssumeRolePolicyDocument")), wild);
    for (operation, input) in [
        ("iam:GetRole", json!({ "RoleName": "Nobody" })),
        ("iam:GetRolePolicy", json!({ "RoleName": "Reader", "PolicyName": "x" })),
        ("iam:GetRolePolicy", json!({ "RoleName": "Nobody", "PolicyName": "x" })),
    ] {
        let reply = ask(operation, input).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "NoSuchEntity"));
    }
    // Lists hold what the account's data say, and these roles are not among them.
    let listed = ask("iam:ListRoles", json!({})).await;
    assert!(!listed.body.contains("Reader"));
}

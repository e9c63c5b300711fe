//! Who calls, and what AWS says to those it does not know.

use serde_json::json;
use tenko_testkit::sim::{AccountState, RegionStatus, Role, SimCloud};

use crate::client::{MANAGEMENT, MEMBER, REGION, ROOT, Signer, assume, call, role, world};

const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}"#;

#[tokio::test]
async fn a_role_is_assumed_and_the_session_is_its_own() {
    let mut world = world();
    let member = world.account_mut(MEMBER).unwrap();
    *member = member.clone().items(REGION, "ec2:DescribeVpcs", vec![json!({ "vpcId": "vpc-1" })]);
    let cloud = SimCloud::start(world).await.unwrap();
    let mut input = role("TenkoAudit");
    input["ExternalId"] = json!("secret");
    input["SourceIdentity"] = json!("alice");
    input["Policy"] = json!(NOTHING);
    input["PolicyArns.member.1.arn"] = json!("arn:aws:iam::aws:policy/ReadOnlyAccess");
    let member = assume(&cloud, input).await.unwrap();
    let who = call(&cloud, &member, "sts:GetCallerIdentity", json!({})).await;
    assert_eq!(who.get("Account").unwrap(), MEMBER);
    let arn = format!("arn:aws:sts::{MEMBER}:assumed-role/TenkoAudit/tenko");
    assert_eq!(who.get("Arn").unwrap(), arn);
    assert!(call(&cloud, &member, "ec2:DescribeVpcs", json!({})).await.body.contains("vpc-1"));
    let root = call(&cloud, &Signer::root(), "ec2:DescribeVpcs", json!({})).await;
    assert!(!root.body.contains("vpc-1"));
    let session = cloud.sessions().pop().unwrap();
    assert_eq!(session.external_id.as_deref(), Some("secret"));
    assert_eq!(session.source_identity.as_deref(), Some("alice"));
    assert_eq!(session.policy.as_deref(), Some(NOTHING));
    assert_eq!(session.policy_arns, ["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    assert_eq!(session.assumed_by.0, MANAGEMENT);
    // Without its token, or after its end, the key is worth nothing.
    let bare = Signer { token: None, ..member.clone() };
    assert_eq!(
        call(&cloud, &bare, "iam:ListRoles", json!({})).await.code(),
        "InvalidClientTokenId"
    );
    cloud.expire_sessions();
    for (operation, code) in [
        ("ec2:DescribeVpcs", "RequestExpired"),
        ("iam:ListRoles", "ExpiredToken"),
        ("s3:ListBuckets", "ExpiredToken"),
        ("dynamodb:ListTables", "ExpiredTokenException"),
        ("lambda:ListFunctions", "ExpiredTokenException"),
    ] {
        assert_eq!(call(&cloud, &member, operation, json!({})).await.code(), code, "{operation}");
    }
}

#[tokio::test]
async fn a_role_is_refused_to_those_it_does_not_trust() {
    let mut world = world();
    let member = world.account_mut(MEMBER).unwrap();
    let guarded =
        Role { name: "path/Guarded".into(), external_id: Some("xy".into()), ..Role::default() };
    let closed =
        Role { name: "Closed".into(), trusted: vec!["999999999999".into()], ..Role::default() };
    member.roles.extend([guarded, closed]);
    let cloud = SimCloud::start(world).await.unwrap();
    for name in ["Nobody", "Guarded", "path/Guarded", "Closed"] {
        let refused = assume(&cloud, role(name)).await.err().unwrap();
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "AccessDenied"));
        assert!(
            refused.body.contains(
                "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::"
            )
        );
    }
    let mut good = role("path/Guarded");
    good["ExternalId"] = json!("xy");
    let session = assume(&cloud, good).await.unwrap();
    let who = call(&cloud, &session, "sts:GetCallerIdentity", json!({})).await;
    assert!(who.get("Arn").unwrap().ends_with(":assumed-role/Guarded/tenko"));
    let mut long = role("TenkoAudit");
    long["DurationSeconds"] = json!(7200);
    assert_eq!(assume(&cloud, long).await.err().unwrap().code(), "ValidationError");
    let member = assume(&cloud, role("TenkoAudit")).await.unwrap();
    cloud.update(|w| w.account_mut(MEMBER).unwrap().state = AccountState::Suspended);
    assert_eq!(assume(&cloud, role("TenkoAudit")).await.err().unwrap().code(), "AccessDenied");
    // Sessions from before do not work either.
    assert_eq!(call(&cloud, &member, "ec2:DescribeVpcs", json!({})).await.code(), "AuthFailure");
}

#[tokio::test]
async fn unknown_keys_missing_signatures_and_closed_regions_are_refused() {
    let mut world = world();
    let management = world.account_mut(MANAGEMENT).unwrap();
    management.regions.insert("ap-east-1".into(), RegionStatus::Enabled);
    let cloud = SimCloud::start(world).await.unwrap();
    let stranger = Signer { key: "AKIASTRANGER".into(), ..Signer::root() };
    let nobody = Signer { key: String::new(), ..Signer::root() };
    let away = Signer::root().in_region("me-south-1");
    let nowhere = Signer::root().in_region("xx-nowhere-1");
    for (operation, unknown, unsigned) in [
        ("ec2:DescribeVpcs", "AuthFailure", "MissingAuthenticationToken"),
        ("iam:ListRoles", "InvalidClientTokenId", "MissingAuthenticationToken"),
        ("s3:ListBuckets", "InvalidAccessKeyId", "MissingAuthenticationToken"),
        ("kms:ListKeys", "UnrecognizedClientException", "MissingAuthenticationTokenException"),
        (
            "lambda:ListFunctions",
            "UnrecognizedClientException",
            "MissingAuthenticationTokenException",
        ),
    ] {
        for signer in [&stranger, &away, &nowhere] {
            assert_eq!(call(&cloud, signer, operation, json!({})).await.code(), unknown);
        }
        let reply = call(&cloud, &nobody, operation, json!({})).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, unsigned));
        let opted = Signer::root().in_region("ap-east-1");
        assert_eq!(call(&cloud, &opted, operation, json!({})).await.status, 200);
    }
    let seen = cloud.seen();
    assert!(seen.iter().any(|s| !s.signed && s.account.is_none() && s.key.is_none()));
    assert!(
        seen.iter()
            .any(|s| s.account.as_deref() == Some(MANAGEMENT) && s.key.as_deref() == Some(ROOT))
    );
}

#[tokio::test]
async fn the_organization_is_the_management_accounts_to_read() {
    let cloud = SimCloud::start(world()).await.unwrap();
    let member = assume(&cloud, role("TenkoAudit")).await.unwrap();
    let refused = call(&cloud, &member, "organizations:ListAccounts", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (400, "AccessDeniedException"));
    let org = call(&cloud, &member, "organizations:DescribeOrganization", json!({})).await;
    assert!(org.body.contains("o-example"));
    let root = Signer::root();
    let child = json!({ "ChildId": MEMBER });
    let parents = call(&cloud, &root, "organizations:ListParents", child).await;
    assert!(parents.body.contains("ou-1-prod") && parents.body.contains("ORGANIZATIONAL_UNIT"));
    let one = json!({ "AccountId": MEMBER });
    let body = call(&cloud, &root, "organizations:DescribeAccount", one.clone()).await.body;
    assert!(body.contains("\"State\":\"ACTIVE\"") && !body.contains("\"Status\""));
    cloud.update(|w| w.organization.as_mut().unwrap().legacy_status = true);
    let body = call(&cloud, &root, "organizations:DescribeAccount", one).await.body;
    assert!(body.contains("\"Status\":\"ACTIVE\""));
    cloud.update(|w| w.organization.as_mut().unwrap().delegated_administrators.push(MEMBER.into()));
    assert_eq!(call(&cloud, &member, "organizations:ListAccounts", json!({})).await.status, 200);
    let gone =
        call(&cloud, &root, "organizations:ListAccountsForParent", json!({ "ParentId": "ou-x" }));
    assert_eq!(gone.await.code(), "ParentNotFoundException");
    cloud.update(|w| w.organization = None);
    let none = call(&cloud, &root, "organizations:DescribeOrganization", json!({})).await;
    assert_eq!(none.code(), "AWSOrganizationsNotInUseException");
}

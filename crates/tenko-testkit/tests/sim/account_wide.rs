//! What is said of an account or an organization as a whole.

use serde_json::{Value, json};
use tenko_testkit::sim::SimCloud;

use crate::client::{MANAGEMENT, MEMBER, Signer, assume, call, role, world};

async fn code(cloud: &SimCloud, signer: &Signer, id: &str, input: Value) -> (u16, String) {
    let reply = call(cloud, signer, id, input).await;
    (reply.status.as_u16(), if reply.status == 200 { String::new() } else { reply.code() })
}

#[tokio::test]
async fn what_nobody_set_is_told_by_the_services_own_error() {
    let cloud = SimCloud::start(world()).await.unwrap();
    let root = Signer::root();
    for (id, input, status, error) in [
        (
            "account:GetAlternateContact",
            json!({ "AlternateContactType": "SECURITY" }),
            404,
            "ResourceNotFoundException",
        ),
        (
            "s3control:GetPublicAccessBlock",
            json!({ "AccountId": MANAGEMENT }),
            404,
            "NoSuchPublicAccessBlockConfiguration",
        ),
        // Another account's settings are not the caller's to see.
        ("s3control:GetPublicAccessBlock", json!({ "AccountId": MEMBER }), 403, "AccessDenied"),
        ("iam:ListOrganizationsFeatures", json!({}), 400, "ServiceAccessNotEnabledException"),
        (
            "organizations:ListDelegatedServicesForAccount",
            json!({ "AccountId": MEMBER }),
            400,
            "AccountNotRegisteredException",
        ),
        ("organizations:ListDelegatedAdministrators", json!({}), 200, ""),
        ("organizations:ListAWSServiceAccessForOrganization", json!({}), 200, ""),
        ("sso-admin:ListInstances", json!({}), 200, ""),
    ] {
        assert_eq!(code(&cloud, &root, id, input).await, (status, error.to_owned()), "{id}");
    }
    let member = assume(&cloud, role("TenkoAudit")).await.unwrap();
    let refused = "AccountNotManagementOrDelegatedAdministratorException".to_owned();
    let found = code(&cloud, &member, "iam:ListOrganizationsFeatures", json!({})).await;
    assert_eq!(found, (400, refused));
}

#[tokio::test]
async fn the_organization_tells_what_the_world_says() {
    let mut world = world();
    let org = world.organization.as_mut().unwrap();
    org.delegated_administrators = vec![MEMBER.to_owned()];
    org.delegated_services =
        [(MEMBER.to_owned(), vec!["guardduty.amazonaws.com".to_owned()])].into();
    org.trusted_services = vec!["iam.amazonaws.com".to_owned()];
    org.root_access_features = vec!["RootSessions".to_owned()];
    let cloud = SimCloud::start(world).await.unwrap();
    let root = Signer::root();
    for (id, input, text) in [
        ("iam:ListOrganizationsFeatures", json!({}), "<member>RootSessions</member>"),
        (
            "organizations:ListDelegatedServicesForAccount",
            json!({ "AccountId": MEMBER }),
            "guardduty.amazonaws.com",
        ),
        ("organizations:ListDelegatedAdministrators", json!({}), MEMBER),
        ("organizations:ListAWSServiceAccessForOrganization", json!({}), "iam.amazonaws.com"),
        ("iam:GenerateCredentialReport", json!({}), "COMPLETE"),
        ("iam:GetCredentialReport", json!({}), "<ReportFormat>text/csv</ReportFormat>"),
    ] {
        let reply = call(&cloud, &root, id, input).await;
        assert_eq!(reply.status, 200, "{id}: {}", reply.body);
        assert!(reply.body.contains(text), "{id}: {}", reply.body);
    }
}

//! What tokens are given for, what their principals are granted, and that nothing can be written.

use http::Request;
use serde_json::{Value, json};
use tenko_testkit::google::{AUDITOR, SimGoogle};

use super::client::{Reply, post, send};
use super::world::{PROD, world};

const ROBOT: &str = "login@acme-prod.iam.gserviceaccount.com";
const JSON: &str = "application/json";
const READ_ONLY: &str = "https://www.googleapis.com/auth/cloud-platform.read-only";

async fn impersonate(cloud: &SimGoogle, body: Value) -> Reply {
    let path = format!("/v1/projects/-/serviceAccounts/{ROBOT}:generateAccessToken");
    post(cloud, Some(&cloud.token(AUDITOR)), &path, JSON, body.to_string()).await.unwrap()
}

async fn robot(cloud: &SimGoogle) -> String {
    let reply = impersonate(cloud, json!({ "scope": [READ_ONLY] })).await.json();
    reply["accessToken"].as_str().unwrap().to_owned()
}

async fn test(cloud: &SimGoogle, token: &str, permissions: &[&str]) -> Reply {
    let path = format!("/v3/projects/{PROD}:testIamPermissions");
    let body = json!({ "permissions": permissions }).to_string();
    post(cloud, Some(token), &path, JSON, body).await.unwrap()
}

#[tokio::test]
async fn what_a_token_was_asked_for_is_kept() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let delegate = "projects/-/serviceAccounts/hub@acme-prod.iam.gserviceaccount.com";
    let body = json!({ "scope": [READ_ONLY], "lifetime": "900s", "delegates": [delegate] });
    let reply = impersonate(&cloud, body).await.json();
    let end: jiff::Timestamp = reply["expireTime"].as_str().unwrap().parse().unwrap();
    let left = end.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((880..=900).contains(&left), "{left}");
    let given = cloud.impersonations().pop().unwrap();
    assert_eq!((given.caller.as_str(), given.account.as_str()), (AUDITOR, ROBOT));
    assert_eq!(given.scopes, [READ_ONLY]);
    assert_eq!((given.delegates, given.lifetime), (vec![delegate.to_owned()], Some(900)));
    for (lifetime, words) in [
        ("3601s", "allowServiceAccountCredentialLifetimeExtension"),
        ("0s", "must be positive"),
        ("soon", "Invalid value at 'lifetime'"),
    ] {
        let reply =
            impersonate(&cloud, json!({ "scope": [READ_ONLY], "lifetime": lifetime })).await;
        assert_eq!(reply.status, 400);
        assert!(reply.json()["error"]["message"].as_str().unwrap().contains(words));
    }
    cloud.update(|world| world.long_lifetimes = true);
    for (lifetime, status) in [("43200s", 200), ("43201s", 400)] {
        let reply =
            impersonate(&cloud, json!({ "scope": [READ_ONLY], "lifetime": lifetime })).await;
        assert_eq!(reply.status, status);
    }
    cloud.update(|world| world.service_accounts = Some(["other@x".to_owned()].into()));
    let reply = impersonate(&cloud, json!({ "scope": [READ_ONLY] })).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["error"]["status"]),
        (404, &json!("NOT_FOUND"))
    );
    assert_eq!(cloud.impersonations().len(), 2);
}

#[tokio::test]
async fn permissions_are_what_the_world_grants() {
    let mut world = world();
    let project = world.project_mut(PROD).unwrap();
    *project = project.clone().grant(AUDITOR, &["storage.*", "iam.roles.get"]);
    world.unknown_permissions.insert("storage.objects.paint".into());
    let cloud = SimGoogle::start(world).await.unwrap();
    let robot = robot(&cloud).await;
    let asked = ["storage.objects.get", "resourcemanager.projects.get", "iam.roles.get"];
    let reply = test(&cloud, &robot, &asked).await;
    assert_eq!(reply.json(), json!({ "permissions": ["resourcemanager.projects.get"] }));
    assert_eq!(
        cloud.log().last().unwrap().id(),
        "cloudresourcemanager.projects.testIamPermissions"
    );
    let reply = test(&cloud, &cloud.token(AUDITOR), &asked).await;
    assert_eq!(reply.json(), json!({ "permissions": ["storage.objects.get", "iam.roles.get"] }));
    assert_eq!(test(&cloud, &robot, &["storage.objects.get"]).await.json(), json!({}));
    let many: Vec<String> = (0..101).map(|n| format!("storage.objects.get{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(test(&cloud, &robot, &many).await.status, 400);
    for name in ["storage.objects.paint", "storage.*", "storage", "a..b"] {
        let reply = test(&cloud, &robot, &["storage.objects.get", name]).await;
        assert_eq!(reply.status, 400);
        let message = format!("Permission {name} is not valid for this resource.");
        assert_eq!(reply.json()["error"]["message"], message);
        assert_eq!(reply.json()["error"]["status"], "INVALID_ARGUMENT");
    }
    let nowhere = "/v3/projects/nowhere:testIamPermissions";
    let body = json!({ "permissions": ["storage.objects.get"] }).to_string();
    let reply = post(&cloud, Some(&robot), nowhere, JSON, body).await.unwrap();
    assert_eq!(reply.status, 403);
    assert!(cloud.writes().is_empty());
}

#[tokio::test]
async fn whatever_would_write_is_refused_and_counted() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let (all, read_only) = (cloud.token(AUDITOR), robot(&cloud).await);
    for (method, path) in [
        ("POST", format!("/v3/projects/{PROD}:setIamPolicy")),
        ("POST", format!("/compute/v1/projects/{PROD}/zones/europe-west3-a/instances")),
        ("POST", format!("/v1/projects/{PROD}/topics/orders:publish")),
        ("PUT", format!("/v1/projects/{PROD}/topics/orders")),
        ("DELETE", "/storage/v1/b/reports".to_owned()),
        ("PATCH", format!("/v3/projects/{PROD}")),
    ] {
        let ask = async |token: &str| {
            let request = Request::builder().method(method).uri(&path).header("host", "sim");
            let request = request.header("authorization", format!("Bearer {token}"));
            send(&cloud, request.body(Default::default()).unwrap()).await.unwrap()
        };
        let reply = ask(&read_only).await;
        assert_eq!(reply.reason(), "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "{method} {path}");
        assert_eq!(ask(&all).await.status, 403, "{method} {path}");
        assert_eq!(ask("made-up").await.status, 401);
    }
    assert_eq!(cloud.writes().len(), 18);
    cloud.clear_log();
    assert!(cloud.writes().is_empty());
}

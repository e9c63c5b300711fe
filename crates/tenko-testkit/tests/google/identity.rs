//! Tokens and whose they are.

use serde_json::{Value, json};
use tenko_testkit::google::{AUDITOR, SimGoogle, adc_json, external_account_json};

use super::client::{get_as, post, send};
use super::world::{PROD, world};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

#[tokio::test]
async fn without_a_good_token_there_is_no_answer() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let path = "/v3/projects/acme-prod";
    let bare = http::Request::get(path).header("host", "sim").body(Default::default()).unwrap();
    let reply = send(&cloud, bare).await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.reason().as_str()), (401, "CREDENTIALS_MISSING"));
    let reply = get_as(&cloud, "made-up", path).await.unwrap();
    assert_eq!(reply.status, 401);
    let token = cloud.token(AUDITOR);
    assert_eq!(get_as(&cloud, &token, path).await.unwrap().status, 200);
    cloud.expire_tokens();
    let reply = get_as(&cloud, &token, path).await.unwrap();
    assert_eq!(reply.reason(), "ACCESS_TOKEN_EXPIRED");
    assert!(reply.headers.contains_key("www-authenticate"));
}

async fn token(cloud: &SimGoogle, path: &str, kind: &str, body: String) -> Value {
    let reply = post(cloud, None, path, kind, body).await.unwrap();
    assert_eq!(reply.status, 200, "{:?}", reply.body);
    reply.json()["access_token"].clone()
}

#[tokio::test]
async fn refresh_tokens_and_outside_tokens_become_access_tokens() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let adc = adc_json(&cloud);
    assert!(adc["token_uri"].as_str().unwrap().starts_with(&cloud.url()));
    let refresh = adc["refresh_token"].as_str().unwrap();
    let by_json = json!({ "grant_type": "refresh_token", "refresh_token": refresh }).to_string();
    let by_form = format!("grant_type=refresh_token&refresh_token={refresh}");
    for (kind, body) in [(JSON, by_json), (FORM, by_form)] {
        let token = token(&cloud, "/token", kind, body).await;
        let reply = get_as(&cloud, token.as_str().unwrap(), "/v3/projects/acme-prod").await;
        assert_eq!(reply.unwrap().status, 200);
        assert_eq!(cloud.log().last().unwrap().principal.as_deref(), Some(AUDITOR));
    }
    let bad = post(&cloud, None, "/token", FORM, "grant_type=refresh_token&refresh_token=x".into());
    assert_eq!(bad.await.unwrap().json()["error"], "invalid_grant");

    let external = external_account_json(&cloud, std::path::Path::new("/token.jwt"));
    let audience = external["audience"].as_str().unwrap();
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=job&audience={audience}"
    );
    let token = token(&cloud, "/v1/token", FORM, body).await;
    get_as(&cloud, token.as_str().unwrap(), "/v3/projects/acme-prod").await.unwrap();
    let principal = cloud.log().last().unwrap().principal.clone().unwrap();
    assert!(principal.starts_with("principal://iam.googleapis.com/projects/1/"), "{principal}");
    assert!(principal.ends_with("/workloadIdentityPools/ci/subject/job"), "{principal}");
}

#[tokio::test]
async fn impersonation_may_be_needed_and_refused() {
    let robot = "audit@acme-prod.iam.gserviceaccount.com";
    let mut world = world();
    world.impersonation_required = true;
    world.impersonators = Some([(robot.to_owned(), vec![AUDITOR.to_owned()])].into());
    world.project_mut(PROD).unwrap().readers = Some(vec![robot.into(), AUDITOR.into()]);
    let cloud = SimGoogle::start(world).await.unwrap();
    let mine = cloud.token(AUDITOR);
    let topics = "/v1/projects/acme-prod/topics";
    assert_eq!(get_as(&cloud, &mine, topics).await.unwrap().status, 403);
    let path = format!("/v1/projects/-/serviceAccounts/{robot}:generateAccessToken");
    let body = json!({ "scope": [SCOPE], "lifetime": "3600s" }).to_string();
    let stranger = cloud.token("stranger@acme.example");
    let reply = post(&cloud, Some(&stranger), &path, JSON, body.clone()).await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.reason().as_str()), (403, "IAM_PERMISSION_DENIED"));
    let reply = post(&cloud, Some(&mine), &path, JSON, body).await.unwrap().json();
    assert!(reply["expireTime"].as_str().unwrap().ends_with('Z'));
    let token = reply["accessToken"].as_str().unwrap();
    assert_eq!(get_as(&cloud, token, topics).await.unwrap().status, 200);
    let seen = cloud.log().pop().unwrap();
    assert_eq!(seen.principal.as_deref(), Some(robot));
    assert_eq!((seen.id().as_str(), seen.status), ("pubsub.projects.topics.list", Some(200)));
    assert_eq!(seen.scopes, ["cloud-platform"]);
}

#[tokio::test]
async fn scopes_and_readers_are_looked_at() {
    let mut world = world();
    world.project_mut("acme-test").unwrap().readers = Some(vec!["other@acme.example".into()]);
    let cloud = SimGoogle::start(world).await.unwrap();
    let path = "/v1/projects/-/serviceAccounts/r@x.iam.gserviceaccount.com:generateAccessToken";
    let body = json!({ "scope": [format!("{SCOPE}.read-only")] }).to_string();
    let reply = post(&cloud, Some(&cloud.token(AUDITOR)), path, JSON, body).await.unwrap().json();
    let token = reply["accessToken"].as_str().unwrap();
    assert_eq!(get_as(&cloud, token, "/v3/projects/acme-prod").await.unwrap().status, 200);
    let reply = get_as(&cloud, token, "/v1/projects/acme-prod/topics").await.unwrap();
    assert_eq!(reply.reason(), "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assert_eq!(get_as(&cloud, token, "/v3/projects/acme-test").await.unwrap().status, 403);
    cloud.update(|world| world.any_scope = true);
    let reply = get_as(&cloud, token, "/v1/projects/acme-prod/topics").await.unwrap();
    assert_eq!(reply.status, 200);
}

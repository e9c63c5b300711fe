//! Faults of REST.

use std::time::{Duration, Instant};

use serde_json::Value;
use tenko_testkit::google::{Fault, FaultKind, SimGoogle};

use super::client::{get, json, post};
use super::world::world;

const VMS: &str = "/compute/v1/projects/acme-prod/aggregated/instances";
const TOPICS: &str = "/v1/projects/acme-prod/topics";
const SQL: &str = "/sql/v1beta4/projects/acme-prod/instances";

#[tokio::test]
async fn each_service_refuses_in_its_own_way() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let sets = "/bigquery/v2/projects/acme-prod/datasets";
    let roles = "/v1/projects/acme-prod/roles";
    let cases = [
        (FaultKind::Denied, VMS, 403, "", "forbidden"),
        (FaultKind::Denied, SQL, 403, "", "notAuthorized"),
        (FaultKind::Denied, sets, 403, "", "accessDenied"),
        (FaultKind::Denied, roles, 403, "IAM_PERMISSION_DENIED", ""),
        (FaultKind::Denied, TOPICS, 403, "", ""),
        (FaultKind::ServiceDisabled, VMS, 403, "SERVICE_DISABLED", "accessNotConfigured"),
        (FaultKind::ServiceDisabled, SQL, 403, "", "accessNotConfigured"),
        (FaultKind::ServiceDisabled, TOPICS, 403, "SERVICE_DISABLED", ""),
        (FaultKind::BillingDisabled, VMS, 403, "BILLING_DISABLED", "forbidden"),
        (FaultKind::Perimeter, roles, 403, "SECURITY_POLICY_VIOLATED", ""),
        (FaultKind::Throttled, VMS, 403, "RATE_LIMIT_EXCEEDED", "rateLimitExceeded"),
        (FaultKind::Throttled, TOPICS, 429, "RATE_LIMIT_EXCEEDED", ""),
        (FaultKind::Unauthenticated, TOPICS, 401, "ACCESS_TOKEN_EXPIRED", ""),
        (FaultKind::ServerError, VMS, 500, "", "backendError"),
        (FaultKind::Unavailable, TOPICS, 503, "", ""),
    ];
    for (kind, path, status, reason, legacy) in cases {
        cloud.clear_faults();
        cloud.add_fault(Fault::new(kind.clone()));
        let reply = get(&cloud, path).await.unwrap();
        let is = (reply.status.as_u16(), reply.reason(), reply.legacy());
        assert_eq!(is, (status, reason.to_owned(), legacy.to_owned()), "{kind:?} {path}");
        assert_eq!(reply.json()["error"]["code"], status);
    }
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::Throttled));
    let details = get(&cloud, TOPICS).await.unwrap().json()["error"]["details"].clone();
    assert!(details.to_string().contains("retryDelay"));
}

#[tokio::test]
async fn faults_hit_what_they_are_aimed_at() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let fault = || Fault::new(FaultKind::Unavailable);
    let status = async |path: &str| get(&cloud, path).await.unwrap().status.as_u16();
    let assets = "/v1/folders/1/assets?assetTypes=pubsub.googleapis.com/Topic";
    let other = "/v1/projects/acme-test/topics";
    let cases = [
        (fault().project("acme-prod"), [503, 503, 200, 200]),
        (fault().service("compute"), [503, 200, 200, 200]),
        (fault().operation("compute.instances.aggregatedList"), [503, 200, 200, 200]),
        (fault().operation("projects.topics.list"), [200, 503, 503, 200]),
        (fault().asset_type("pubsub.googleapis.com/Topic"), [200, 503, 503, 503]),
        (fault().value("acme-test"), [200, 200, 503, 200]),
        (fault().page(2), [200, 200, 200, 200]),
    ];
    for (fault, want) in cases {
        let id = cloud.add_fault(fault.clone());
        let is =
            [status(VMS).await, status(TOPICS).await, status(other).await, status(assets).await];
        assert_eq!(is, want, "{fault:?}");
        assert!(cloud.remove_fault(id));
    }
    cloud.add_fault(fault().times(1));
    assert_eq!([status(VMS).await, status(TOPICS).await], [503, 503], "each request once");
    assert_eq!([status(VMS).await, status(TOPICS).await], [200, 200]);
    let seen: Vec<Option<u16>> = cloud.log().iter().rev().take(3).map(|s| s.status).collect();
    assert_eq!(seen, [Some(200), Some(200), Some(503)]);
}

#[tokio::test]
async fn pages_go_wrong() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    cloud.update(|world| world.page_size = Some(2));
    cloud.add_fault(Fault::new(FaultKind::RepeatToken));
    let first = json(&cloud, TOPICS).await;
    let token = first["nextPageToken"].as_str().unwrap().replace('+', "%2B");
    let again = json(&cloud, &format!("{TOPICS}?pageToken={token}")).await;
    assert_eq!(again, first);
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::Denied).page(2));
    let reply = get(&cloud, &format!("{TOPICS}?pageToken=garbage")).await.unwrap();
    assert_eq!(reply.status, 400);
    let first = json(&cloud, TOPICS).await;
    let token = first["nextPageToken"].as_str().unwrap().replace('+', "%2B");
    let reply = get(&cloud, &format!("{TOPICS}?pageToken={token}")).await.unwrap();
    assert_eq!(reply.status, 403);
    assert_eq!(cloud.log().last().unwrap().page, 2);
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::EmptyPage));
    let first = json(&cloud, TOPICS).await;
    assert!(first.get("topics").is_none() && first.get("nextPageToken").is_some());
}

#[tokio::test]
async fn answers_are_lost_and_bent() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let whole = get(&cloud, TOPICS).await.unwrap().body.len();
    cloud.add_fault(Fault::new(FaultKind::LoseEnd { bytes: 9, fitting_length: true }));
    let reply = get(&cloud, TOPICS).await.unwrap();
    assert_eq!((reply.body.len(), reply.json()), (whole - 9, Value::Null));
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::LoseEnd { bytes: 9, fitting_length: false }));
    assert!(get(&cloud, TOPICS).await.is_err());
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::Disconnect));
    assert!(get(&cloud, TOPICS).await.is_err());
    assert_eq!(cloud.log().last().unwrap().status, None);
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::WrongShape { html: true }));
    let reply = get(&cloud, TOPICS).await.unwrap();
    assert!(reply.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::WrongShape { html: false }));
    assert!(json(&cloud, TOPICS).await.is_array());
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::Slow { ms: 50 }));
    let start = Instant::now();
    json(&cloud, TOPICS).await;
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn locations_are_down() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    cloud.add_fault(Fault::new(FaultKind::Partial { location: "europe-west3".into() }));
    let quiet = json(&cloud, VMS).await;
    assert_eq!(quiet["items"]["zones/europe-west3-a"]["warning"]["code"], "UNREACHABLE");
    assert!(quiet.get("unreachables").is_none());
    let told = json(&cloud, &format!("{VMS}?returnPartialSuccess=true")).await;
    assert_eq!(told["unreachables"][0], "zones/europe-west3-a");
    assert_eq!(told["items"]["zones/us-central1-a"]["instances"].as_array().unwrap().len(), 2);
    let clusters = json(&cloud, "/v1/projects/acme-prod/locations/-/clusters").await;
    assert_eq!(clusters["missingZones"][0], "europe-west3");
    assert!(clusters.get("clusters").is_none());
    let services = json(&cloud, "/v1/projects/acme-prod/locations/-/services").await;
    assert_eq!(services["unreachable"][0], "europe-west3");
    assert_eq!(json(&cloud, SQL).await["warnings"][0]["code"], "REGION_UNREACHABLE");
    assert_eq!(get(&cloud, TOPICS).await.unwrap().status, 503);
    let spanner = "/v1/projects/acme-prod/instances";
    assert_eq!(get(&cloud, spanner).await.unwrap().status, 503);
}

#[tokio::test]
async fn token_endpoints_fail_too() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let body = "grant_type=refresh_token&refresh_token=1//sim-refresh/a@b.c";
    let form = "application/x-www-form-urlencoded";
    let cases = [
        (FaultKind::Denied, 400, "invalid_grant"),
        (FaultKind::Unavailable, 503, "temporarily_unavailable"),
        (FaultKind::ServerError, 500, "internal_failure"),
    ];
    for (kind, status, error) in cases {
        cloud.clear_faults();
        cloud.add_fault(Fault::new(kind).operation("oauth2.token"));
        let reply = post(&cloud, None, "/token", form, body.into()).await.unwrap();
        assert_eq!(
            (reply.status.as_u16(), reply.json()["error"].as_str().unwrap()),
            (status, error)
        );
    }
    cloud.clear_faults();
    cloud.add_fault(Fault::new(FaultKind::Throttled).service("iamcredentials"));
    let path = "/v1/projects/-/serviceAccounts/r@x.iam.gserviceaccount.com:generateAccessToken";
    let token = cloud.token("a@b.c");
    let reply = post(&cloud, Some(&token), path, "application/json", "{}".into()).await.unwrap();
    assert_eq!(reply.status, 429);
}

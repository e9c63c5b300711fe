use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tenko_core::{DeniedBy, Outcome};

use super::server::{self, Answer, Server, base64, field, grpc_error, small};
use super::{fast, ledger, official, rest, session};
use crate::error::ErrorClass;
use crate::official::assets::{Content, list_assets};
use crate::official::retry::RetrySettings;
use crate::official::storage::{bucket_policy, list_buckets};
use crate::official::{PROJECTS_GET, hierarchy, metered};

/// As the services with discovery documents put errors.
fn error(status: u16, name: &str, reason: &str, message: &str) -> Answer {
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": "x.googleapis.com"},
    }]);
    let body = json!({"code": status, "message": message, "status": name, "details": details});
    server::json(status, &json!({ "error": body }))
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_counted() {
    let turn = AtomicU32::new(0);
    let server = Server::start(move |_| match turn.fetch_add(1, Ordering::Relaxed) {
        0 => error(429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "slow down"),
        1 => error(403, "PERMISSION_DENIED", "RATE_LIMIT_EXCEEDED", "Quota exceeded"),
        _ => rest(json!({})),
    })
    .await;
    let ledger = ledger();
    let clients = official(&server.url, &ledger).await;
    let s = session("Bearer one", &[]);
    let calls = list_assets(&clients, &s, "projects/acme", &[], Content::Resource, None, None);
    let (page, throttled) = metered::counting(calls).await;
    assert!(page.unwrap().assets.is_empty());
    assert_eq!(throttled, 2);
    let counted = &ledger.calls()[0];
    assert_eq!((counted.calls, counted.throttled), (3, 2));
}

#[tokio::test]
async fn what_will_not_pass_is_asked_once() {
    let server = Server::start(|sent| {
        if sent.what.ends_with("assets") {
            let text = "Cloud Asset API has not been used in project 12 before or it is disabled.";
            error(403, "PERMISSION_DENIED", "SERVICE_DISABLED", text)
        } else {
            error(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED", "The caller may not")
        }
    })
    .await;
    let clients = official(&server.url, &ledger()).await;
    let s = session("Bearer one", &[]);
    let assets = list_assets(&clients, &s, "projects/acme", &[], Content::Resource, None, None);
    let disabled = assets.await.unwrap_err();
    assert_eq!(disabled.outcome(), Outcome::ServiceNotEnabled);
    assert_eq!(disabled.code, "SERVICE_DISABLED");
    let denied = hierarchy::get_project(&clients, &s, "acme").await.unwrap_err();
    assert_eq!(denied.class, ErrorClass::Denied(DeniedBy::IdentityPolicy));
    assert_eq!(server.whats().len(), 2);
}

#[tokio::test]
async fn attempts_end_where_nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ledger = ledger();
    let clients = official(&url, &ledger).await;
    let s = session("Bearer one", &[]);
    let began = Instant::now();
    for _ in 0..5 {
        let gone = hierarchy::get_project(&clients, &s, "acme").await.unwrap_err();
        assert_eq!(gone.class, ErrorClass::Unreachable, "{gone:?}");
        let gone = list_buckets(&clients, &s, "acme", None).await.unwrap_err();
        assert_eq!(gone.class, ErrorClass::Unreachable, "{gone:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(ledger.calls().iter().all(|c| c.calls <= 15), "{:?}", ledger.calls());
}

#[tokio::test]
async fn the_details_of_a_grpc_error_are_kept() {
    let info = [field(1, "SERVICE_DISABLED"), field(2, "googleapis.com")].concat();
    let any = [field(1, "type.googleapis.com/google.rpc.ErrorInfo"), field(2, info)].concat();
    let status = base64(&[small(1, 7), field(2, "off"), field(3, any)].concat());
    let server = Server::start(move |sent| {
        if sent.what.ends_with("ListBuckets") {
            grpc_error(7, "off", &status)
        } else {
            grpc_error(5, "The specified bucket does not exist.", "")
        }
    })
    .await;
    let clients = official(&server.url, &ledger()).await;
    let s = session("Bearer one", &[]);
    let disabled = list_buckets(&clients, &s, "acme", None).await.unwrap_err();
    assert_eq!(disabled.class, ErrorClass::ServiceNotEnabled);
    assert_eq!((&*disabled.code, &*disabled.message), ("SERVICE_DISABLED", "off"));
    let gone = bucket_policy(&clients, &s, "assets").await.unwrap_err();
    assert_eq!((gone.class, &*gone.code), (ErrorClass::NotFound, "NOT_FOUND"));
    assert_eq!(server.whats().len(), 2);
}

#[test]
fn a_wait_that_is_asked_for_is_kept_to_within_limits() {
    let settings = RetrySettings { maximum_delay: Duration::from_millis(40), ..fast() };
    let operation = PROJECTS_GET.operation();
    let mut throttled =
        crate::error::CallError::own(&operation, ErrorClass::Throttled, "x", "slow down");
    throttled.retry_after = Some(Duration::from_millis(30));
    let now = Instant::now();
    assert!(settings.wait(&throttled, 1, now).unwrap() >= Duration::from_millis(30));
    throttled.retry_after = Some(Duration::from_secs(3600));
    assert_eq!(settings.wait(&throttled, 2, now), Some(Duration::from_millis(40)));
    assert_eq!(settings.wait(&throttled, 3, now), None);
    throttled.class = ErrorClass::NotFound;
    assert_eq!(settings.wait(&throttled, 1, now), None);
}

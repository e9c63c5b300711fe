//! The client on a fake transport.

use std::sync::Mutex;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::json;

use super::super::guard::{AllowList, AllowedCall, GuardedHttpClient};
use super::super::service::Services;
use super::*;

/// Answers in turn; the last answer stays.
#[derive(Debug, Clone)]
struct Transport {
    answers: Arc<Mutex<Vec<(u16, String)>>>,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
}

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.requests.lock().expect("lock").push(request);
        let mut answers = self.answers.lock().expect("lock");
        let (status, body) = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        if status == 0 {
            return HttpConnectorFuture::ready(Err(ConnectorError::io(body.into())));
        }
        let mut response =
            HttpResponse::new(status.try_into().expect("status"), SdkBody::from(body));
        response.headers_mut().insert("x-amzn-requestid", "id-1");
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn transport(answers: &[(u16, &str)]) -> (Transport, SharedHttpClient) {
    let answers = answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
    let transport = Transport { answers: Arc::new(Mutex::new(answers)), requests: Arc::default() };
    let shared = SharedHttpConnector::new(transport.clone());
    (transport, http_client_fn(move |_, _| shared.clone()))
}

fn op(service: &str, name: &str) -> WireOperation {
    let services = Services::embedded().expect("services.toml parses");
    WireOperation::new(services.get(service).expect("known").clone(), name)
}

fn quick() -> WireSettings {
    WireSettings { retry_base: Duration::from_millis(1), ..WireSettings::default() }
}

fn context(region: &str) -> CallContext {
    CallContext::new("1", region, Credentials::new("AKID", "s", Some("t".to_owned()), None, "test"))
}

/// Calls against the answers; also gives the requests that were made.
async fn call(
    answers: &[(u16, &str)],
    op: &WireOperation,
    region: &str,
) -> (Result<Value, CallError>, Vec<HttpRequest>) {
    let (transport, http) = transport(answers);
    let out = WireClient::new(http, quick()).call(&context(region), op, &json!({})).await;
    let requests = std::mem::take(&mut *transport.requests.lock().expect("lock"));
    (out, requests)
}

const ROLES: &str = "<ListRolesResponse><ListRolesResult><Roles><member><RoleName>r</RoleName></member></Roles></ListRolesResult></ListRolesResponse>";
const THROTTLE: &str = "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";

#[tokio::test]
async fn a_global_service_is_signed_for_its_partitions_region() {
    for (region, host, scope) in [
        ("eu-west-1", "https://iam.amazonaws.com/", "/us-east-1/iam/aws4_request"),
        ("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn/", "/cn-north-1/iam/"),
    ] {
        let (out, requests) = call(&[(200, ROLES)], &op("iam", "ListRoles"), region).await;
        assert_eq!(out.expect("worked"), json!({"Roles": [{"RoleName": "r"}]}));
        assert_eq!(requests[0].uri(), host);
        let headers = requests[0].headers();
        assert!(headers.get("authorization").is_some_and(|a| a.contains(scope)));
        assert_eq!(headers.get("x-amz-security-token"), Some("t"));
    }
}

#[tokio::test]
async fn a_regional_service_is_called_where_it_is_asked_about() {
    let (out, requests) = call(&[(200, "{}")], &op("ssm", "DescribeParameters"), "eu-west-1").await;
    assert_eq!(out.expect("worked"), json!({}));
    assert_eq!(requests[0].uri(), "https://ssm.eu-west-1.amazonaws.com/");
}

#[tokio::test]
async fn throttling_is_retried_and_counted() {
    let (transport, http) = transport(&[(400, THROTTLE), (200, ROLES)]);
    let op = op("iam", "ListRoles");
    let (http, ledger) = GuardedHttpClient::wrap(http, AllowList::new([AllowedCall::of(&op)]));
    let client = WireClient::new(http, quick());
    assert!(client.call(&context("eu-west-1"), &op, &json!({})).await.is_ok());
    assert_eq!(transport.requests.lock().expect("lock").len(), 2);
    let counts = ledger.counts();
    let count = counts[&("iam".to_owned(), "ListRoles".to_owned())];
    assert_eq!((count.calls, count.throttled), (2, 1));
}

#[tokio::test]
async fn a_denial_is_not_retried() {
    let body = r#"{"__type":"AccessDeniedException","Message":"x with an explicit deny in a service control policy"}"#;
    let (out, requests) = call(&[(400, body)], &op("ssm", "DescribeParameters"), "eu-west-1").await;
    let error = out.expect_err("denied");
    let scp = super::super::error::DeniedBy::ServiceControlPolicy;
    assert_eq!(error.class, ErrorClass::Denied(scp));
    assert_eq!((requests.len(), error.attempts, error.status), (1, 1, Some(400)));
    assert_eq!(error.request_id.as_deref(), Some("id-1"));
}

#[tokio::test]
async fn what_can_not_be_read_is_retried_and_never_used() {
    let cut = ROLES.split_at(60).0;
    let (out, requests) =
        call(&[(200, cut), (200, ROLES)], &op("iam", "ListRoles"), "eu-west-1").await;
    assert!(out.is_ok() && requests.len() == 2);
    let (out, requests) = call(&[(200, "<html/>")], &op("iam", "ListRoles"), "eu-west-1").await;
    let error = out.expect_err("not a result");
    assert_eq!((error.class, requests.len()), (ErrorClass::InvalidResponse, 3));
}

#[tokio::test]
async fn no_connection_is_unreachable() {
    let (out, requests) = call(&[(0, "reset")], &op("iam", "ListRoles"), "eu-west-1").await;
    let error = out.expect_err("failed");
    assert_eq!((error.class, error.attempts, requests.len()), (ErrorClass::Unreachable, 3, 3));
}

#[tokio::test]
async fn an_opt_in_region_that_does_not_know_the_token_is_disabled() {
    let body = r#"{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#;
    let op = op("ssm", "DescribeParameters");
    let (out, _) = call(&[(400, body)], &op, "me-south-1").await;
    assert_eq!(out.expect_err("failed").class, ErrorClass::RegionDisabled);
    let (out, _) = call(&[(400, body)], &op, "eu-west-1").await;
    assert_eq!(out.expect_err("failed").class, ErrorClass::CredentialsRejected);
}

#[tokio::test]
async fn an_operation_that_is_not_listed_is_never_sent() {
    let (transport, http) = transport(&[(200, "{}")]);
    let allow = AllowList::new([AllowedCall::of(&op("iam", "ListRoles"))]);
    let (http, ledger) = GuardedHttpClient::wrap(http, allow);
    let client = WireClient::new(http, quick());
    let out = client.call(&context("eu-west-1"), &op("iam", "CreateRole"), &json!({})).await;
    let error = out.expect_err("refused");
    assert_eq!((error.class, error.attempts), (ErrorClass::Refused, 0));
    assert_eq!((transport.requests.lock().expect("lock").len(), ledger.refusals()), (0, 1));
}

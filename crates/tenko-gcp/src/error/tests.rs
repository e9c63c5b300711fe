//! What errors mean.

use serde_json::json;

use super::*;

fn class(status: u16, body: &Value) -> ErrorClass {
    let operation = Operation::new("compute", "instances.aggregatedList");
    let body = body.to_string();
    CallError::of_http(&operation, status, &HeaderMap::new(), body.as_bytes()).class
}

fn info(reason: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"consumer": "projects/123", "service": "compute.googleapis.com"},
    })
}

fn error(code: u16, status: &str, message: &str, details: Value) -> Value {
    json!({"error": {"code": code, "status": status, "message": message, "details": details}})
}

#[test]
fn every_reason_has_its_own_meaning() {
    let denied = |by| ErrorClass::Denied(by);
    for (reason, expected) in [
        ("SERVICE_DISABLED", ErrorClass::ServiceNotEnabled),
        ("BILLING_DISABLED", ErrorClass::BillingDisabled),
        ("RATE_LIMIT_EXCEEDED", ErrorClass::Throttled),
        ("IAM_PERMISSION_DENIED", denied(DeniedBy::IdentityPolicy)),
        ("SECURITY_POLICY_VIOLATED", denied(DeniedBy::ServicePerimeter)),
        ("SOMETHING_NEW", denied(DeniedBy::Unknown)),
    ] {
        let body = error(403, "PERMISSION_DENIED", "no", json!([info(reason)]));
        assert_eq!(class(403, &body), expected, "{reason}");
    }
    let perimeter = json!([{
        "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
        "violations": [{"type": "VPC_SERVICE_CONTROLS"}],
    }]);
    let body = error(403, "PERMISSION_DENIED", "no", perimeter);
    assert_eq!(class(403, &body), denied(DeniedBy::ServicePerimeter));
}

#[test]
fn over_quota_is_never_access_denied() {
    let legacy = json!({"error": {
        "code": 403, "message": "Rate Limit Exceeded", "status": "PERMISSION_DENIED",
        "errors": [{"reason": "rateLimitExceeded", "domain": "usageLimits"}],
    }});
    assert_eq!(class(403, &legacy), ErrorClass::Throttled);
    let body = error(429, "RESOURCE_EXHAUSTED", "slow down", json!([]));
    assert_eq!(class(429, &body), ErrorClass::Throttled);
}

#[test]
fn what_older_services_only_say_in_words() {
    let forbidden = |message: &str| {
        json!({"error": {
            "code": 403, "message": message, "errors": [{"reason": "forbidden"}],
        }})
    };
    for (message, expected) in [
        (
            "Compute Engine API has not been used in project 1 before or it is disabled.",
            ErrorClass::ServiceNotEnabled,
        ),
        ("This API method requires billing to be enabled.", ErrorClass::BillingDisabled),
        ("Project 1 has been deleted.", ErrorClass::ScopeGone),
        (
            "Required 'compute.instances.list' permission for 'projects/p'",
            ErrorClass::Denied(DeniedBy::IdentityPolicy),
        ),
        ("The caller does not have permission", ErrorClass::Denied(DeniedBy::IdentityPolicy)),
        (
            "The client is not authorized to make this request.",
            ErrorClass::Denied(DeniedBy::IdentityPolicy),
        ),
        (
            "The billing account for the owning project is disabled in state absent",
            ErrorClass::BillingDisabled,
        ),
        (
            "Request is prohibited by organization's policy.",
            ErrorClass::Denied(DeniedBy::ServicePerimeter),
        ),
    ] {
        assert_eq!(class(403, &forbidden(message)), expected, "{message}");
    }
}

#[test]
fn an_answer_without_form_is_still_told_apart() {
    let operation = Operation::new("run", "services.list");
    for (status, expected) in [
        (404, ErrorClass::NotFound),
        (500, ErrorClass::Unreachable),
        (503, ErrorClass::Unreachable),
        (429, ErrorClass::Throttled),
        (401, ErrorClass::TokenRefused),
    ] {
        let error = CallError::of_http(&operation, status, &HeaderMap::new(), b"<html>");
        assert_eq!(error.class, expected, "{status}");
        assert!(error.message.contains(&status.to_string()));
    }
}

#[test]
fn the_consumer_and_the_wait_are_kept() {
    let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"});
    let body = error(429, "RESOURCE_EXHAUSTED", "no", json!([info("RATE_LIMIT_EXCEEDED"), retry]));
    let operation = Operation::new("iam", "roles.list");
    let error = CallError::of_http(&operation, 429, &HeaderMap::new(), body.to_string().as_bytes());
    assert_eq!(error.consumer.as_deref(), Some("projects/123"));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error.code, "RATE_LIMIT_EXCEEDED");
    let text = "Cloud SQL Admin API has not been used in project 456 before or it is disabled.";
    let body = error_of(403, text);
    let error = CallError::of_http(&operation, 403, &HeaderMap::new(), body.as_bytes());
    assert_eq!(error.consumer.as_deref(), Some("projects/456"));
}

fn error_of(code: u16, message: &str) -> String {
    error(code, "PERMISSION_DENIED", message, json!([])).to_string()
}

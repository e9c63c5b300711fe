//! What a failed call means: classified once, where it arises.

use std::num::NonZeroI32;
use std::time::Duration;

use google_cloud_gax::error::Error as GaxError;
use google_cloud_gax::error::rpc::{Code, Status, StatusDetails};
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value;
use tenko_core::{DeniedBy, Outcome, Problem};

use crate::call::Operation;

/// One call that failed for good.
#[derive(Clone, Debug)]
pub(crate) struct CallError {
    /// What was called.
    pub(crate) operation: Operation,
    /// What it means.
    pub(crate) class: ErrorClass,
    /// Google's reason (`SERVICE_DISABLED`) or status (`PERMISSION_DENIED`), or one of ours in lower case.
    pub(crate) code: String,
    /// Google's own text.
    pub(crate) message: String,
    /// How long the service asks to wait before the next attempt.
    pub(crate) retry_after: Option<Duration>,
    /// Whose quota and API the call was charged to: `projects/123`. Not always the project that was asked.
    pub(crate) consumer: Option<Box<str>>,
    /// By how many seconds this machine's clock is ahead of the server's, where the time that its answer bears differs.
    pub(crate) clock: Option<NonZeroI32>,
}

/// The meanings that errors can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    /// Over a quota or rate limit.
    Throttled,
    /// Not permitted.
    Denied(DeniedBy),
    /// The token was not taken: it expired or was revoked.
    TokenRefused,
    /// The API is not enabled in the project.
    ServiceNotEnabled,
    /// The project has no working billing account.
    BillingDisabled,
    /// The project is deleted, or on the way to it.
    ScopeGone,
    /// What was asked for is not there.
    NotFound,
    /// The endpoint does not know the method.
    Unsupported,
    /// An answer that cannot be read: cut off, or not of the method's form.
    Broken,
    /// No answer, or a server error.
    Unreachable,
    /// Held back by the read-only guard.
    Refused,
}

impl CallError {
    /// An error of our own making.
    pub(crate) fn own(
        operation: &Operation,
        class: ErrorClass,
        code: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            operation: operation.clone(),
            class,
            code: code.to_owned(),
            message: message.into(),
            retry_after: None,
            consumer: None,
            clock: None,
        }
    }

    /// From what the official clients say.
    pub(crate) fn of_gax(operation: &Operation, error: &GaxError) -> Self {
        if let Some(status) = error.status() {
            let http_status = error.http_status_code();
            let status = numbered(status.clone(), http_status.unwrap_or_default());
            return Self::of_status(operation, &status, http_status, &[]);
        }
        if let (Some(code), Some(body)) = (error.http_status_code(), error.http_payload()) {
            let nothing = HeaderMap::new();
            return Self::of_http(operation, code, error.http_headers().unwrap_or(&nothing), body);
        }
        let (class, code) = if error.is_authentication() {
            (ErrorClass::Denied(DeniedBy::Trust), "credentials")
        } else if error.is_timeout() || error.is_exhausted() {
            (ErrorClass::Unreachable, "timeout")
        } else if error.is_deserialization() {
            (ErrorClass::Broken, "invalid-response")
        } else {
            (ErrorClass::Unreachable, "unreachable")
        };
        Self::own(operation, class, code, chain(error))
    }

    /// From an HTTP answer other than success.
    pub(crate) fn of_http(
        operation: &Operation,
        http_status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let status = Status::try_from(&bytes::Bytes::copy_from_slice(body)).unwrap_or_else(|_| {
            let message = json.pointer("/error/message").and_then(Value::as_str);
            let text = message.map_or_else(
                || format!("HTTP status {http_status} without an explanation"),
                str::to_owned,
            );
            Status::default().set_message(text)
        });
        let status = numbered(status, http_status);
        // The form of before `details`: compute, storage, sqladmin and bigquery still give it.
        let legacy = json.pointer("/error/errors").and_then(Value::as_array);
        let legacy: Vec<&str> =
            legacy.into_iter().flatten().filter_map(|e| e.get("reason")?.as_str()).collect();
        let mut error = Self::of_status(operation, &status, Some(http_status), &legacy);
        let seconds = headers.get(http::header::RETRY_AFTER).and_then(|v| v.to_str().ok());
        let seconds = seconds.and_then(|text| text.parse().ok()).map(Duration::from_secs);
        error.retry_after = error.retry_after.or(seconds);
        let date = headers.get(http::header::DATE).and_then(|v| v.to_str().ok());
        let date = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        let ahead = date.map(|date| Timestamp::now().as_second() - date.timestamp().as_second());
        error.clock = ahead.and_then(|seconds| NonZeroI32::new(i32::try_from(seconds).ok()?));
        error
    }

    fn of_status(
        operation: &Operation,
        status: &Status,
        http_status: Option<u16>,
        legacy: &[&str],
    ) -> Self {
        let mut reason = None;
        let mut perimeter = false;
        let mut retry_after = None;
        let mut consumer = None;
        for detail in &status.details {
            match detail {
                StatusDetails::ErrorInfo(info) if reason.is_none() => {
                    reason = Some(info.reason.as_str());
                    consumer = info.metadata.get("consumer").map(|name| name.as_str().into());
                }
                StatusDetails::PreconditionFailure(failure) => {
                    perimeter |= failure.violations.iter().any(|v| v.r#type == VPC_SC);
                }
                StatusDetails::RetryInfo(info) => {
                    retry_after = info.retry_delay.and_then(|d| Duration::try_from(d).ok());
                }
                _ => {}
            }
        }
        let message = &status.message;
        let class = if perimeter {
            ErrorClass::Denied(DeniedBy::ServicePerimeter)
        } else {
            let words = reason.iter().copied().chain(legacy.iter().copied());
            words
                .clone()
                .find_map(class_of_reason)
                .or_else(|| class_of_message(status.code, message))
                .unwrap_or_else(|| class_of_code(status.code, http_status))
        };
        let code = reason
            .or_else(|| legacy.first().copied())
            .map_or_else(|| status.code.name().to_owned(), str::to_owned);
        let consumer = consumer.or_else(|| consumer_of_message(message));
        let (operation, message) = (operation.clone(), message.clone());
        Self { operation, class, code, message, retry_after, consumer, clock: None }
    }

    /// Whether the same call may succeed a little later.
    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self.class, ErrorClass::Throttled | ErrorClass::Unreachable | ErrorClass::Broken)
    }

    /// The outcome of a unit of which nothing was read because of this.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.class {
            ErrorClass::Throttled => Outcome::ThrottledOut,
            ErrorClass::Denied(denied_by) => Outcome::Denied { denied_by },
            ErrorClass::TokenRefused => Outcome::Denied { denied_by: DeniedBy::Trust },
            ErrorClass::ServiceNotEnabled => Outcome::ServiceNotEnabled,
            ErrorClass::BillingDisabled => Outcome::BillingDisabled,
            ErrorClass::ScopeGone => Outcome::ScopeSuspended,
            ErrorClass::Unsupported | ErrorClass::Refused => Outcome::Unsupported,
            // A listing that is not found says nothing about what would be in it.
            ErrorClass::NotFound | ErrorClass::Broken | ErrorClass::Unreachable => {
                Outcome::Unreachable
            }
        }
    }

    /// The same as data.
    pub(crate) fn problem(&self, resource: Option<String>) -> Problem {
        Problem {
            operation: self.operation.to_string(),
            code: self.code.clone(),
            message: self.message.clone(),
            request_id: None,
            resource,
        }
    }
}

const VPC_SC: &str = "VPC_SERVICE_CONTROLS";

/// `google.api.ErrorReason`, domain `googleapis.com`, and the reasons of the older JSON errors.
fn class_of_reason(reason: &str) -> Option<ErrorClass> {
    Some(match reason {
        "SERVICE_DISABLED" | "accessNotConfigured" => ErrorClass::ServiceNotEnabled,
        "BILLING_DISABLED" | "billingNotEnabled" | "accountDisabled" => ErrorClass::BillingDisabled,
        "RATE_LIMIT_EXCEEDED"
        | "RESOURCE_QUOTA_EXCEEDED"
        | "rateLimitExceeded"
        | "userRateLimitExceeded"
        | "quotaExceeded"
        | "dailyLimitExceeded"
        | "limitExceeded" => ErrorClass::Throttled,
        "SECURITY_POLICY_VIOLATED" | "vpcServiceControls" => {
            ErrorClass::Denied(DeniedBy::ServicePerimeter)
        }
        "ORG_RESTRICTION_VIOLATION"
        | "LOCATION_ORG_POLICY_VIOLATED"
        | "LOCATION_POLICY_VIOLATED"
        | "RESOURCE_USAGE_RESTRICTION_VIOLATED" => ErrorClass::Denied(DeniedBy::Scp),
        // The token is good for less than the call takes.
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT" | "insufficientPermissions" => {
            ErrorClass::Denied(DeniedBy::SessionPolicy)
        }
        "USER_PROJECT_DENIED" => ErrorClass::Denied(DeniedBy::Unknown),
        "CONSUMER_SUSPENDED" | "GCP_SUSPENDED" => ErrorClass::ScopeGone,
        "IAM_PERMISSION_DENIED" => ErrorClass::Denied(DeniedBy::IdentityPolicy),
        "backendError" | "internalError" => ErrorClass::Unreachable,
        _ => return None,
    })
}

/// Where only the text tells: older services put everything else below `forbidden`.
fn class_of_message(code: Code, message: &str) -> Option<ErrorClass> {
    let denied = matches!(code, Code::PermissionDenied | Code::FailedPrecondition | Code::NotFound);
    if !denied {
        return None;
    }
    let has = |part: &str| message.contains(part);
    if has("Request is prohibited by organization's policy") {
        Some(ErrorClass::Denied(DeniedBy::ServicePerimeter))
    } else if has("has not been used in project") || has("it is disabled. Enable it") {
        Some(ErrorClass::ServiceNotEnabled)
    } else if [
        "billing to be enabled",
        "billing disabled",
        "not configured billing",
        "absent billing",
        "billing account for the owning project is disabled",
    ]
    .into_iter()
    .any(has)
    {
        Some(ErrorClass::BillingDisabled)
    } else if has("has been deleted") || has("pending deletion") || has("scheduled for deletion") {
        Some(ErrorClass::ScopeGone)
    } else if has("Required '") && has("permission for")
        || has("does not have") && (has("access") || has("permission"))
        || has("not authorized to perform this operation")
        || has("client is not authorized to make this request")
    {
        Some(ErrorClass::Denied(DeniedBy::IdentityPolicy))
    } else {
        None
    }
}

/// Cloud SQL names the project whose API is not enabled only in words.
fn consumer_of_message(message: &str) -> Option<Box<str>> {
    let (_, rest) = message.split_once("has not been used in project ")?;
    let name = rest.split_whitespace().next()?;
    Some(format!("projects/{name}").into())
}

fn class_of_code(code: Code, http_status: Option<u16>) -> ErrorClass {
    match code {
        Code::ResourceExhausted => ErrorClass::Throttled,
        Code::PermissionDenied => ErrorClass::Denied(DeniedBy::Unknown),
        Code::Unauthenticated => ErrorClass::TokenRefused,
        Code::NotFound => ErrorClass::NotFound,
        // An argument that is not known: an asset type, mostly.
        Code::Unimplemented | Code::InvalidArgument | Code::OutOfRange => ErrorClass::Unsupported,
        _ if http_status == Some(429) => ErrorClass::Throttled,
        _ => ErrorClass::Unreachable,
    }
}

/// Older services give no status beside the number.
fn numbered(status: Status, http_status: u16) -> Status {
    match status.code {
        Code::Unknown | Code::Ok => status.set_code(code_of_http(http_status)),
        _ => status,
    }
}

fn code_of_http(status: u16) -> Code {
    match status {
        400 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        405 | 501 => Code::Unimplemented,
        429 => Code::ResourceExhausted,
        500 => Code::Internal,
        502 | 503 => Code::Unavailable,
        504 => Code::DeadlineExceeded,
        _ => Code::Unknown,
    }
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;

//! How each service says no: Google's envelopes, reasons and words.

use serde_json::{Value, json};

use super::methods::Method;
use super::world::Project;

/// An error of an API, before it is written as JSON or for gRPC.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) http: u16,
    /// `PERMISSION_DENIED`; empty where the service leaves it out.
    pub(super) status: &'static str,
    pub(super) message: String,
    /// Domain and reason of the older `errors`.
    pub(super) legacy: Option<(&'static str, &'static str)>,
    /// Messages of `google.rpc`, with `@type`.
    pub(super) details: Vec<Value>,
}

impl Refusal {
    pub(super) fn new(http: u16, status: &'static str, message: impl Into<String>) -> Self {
        Self { http, status, message: message.into(), legacy: None, details: Vec::new() }
    }

    fn legacy(mut self, domain: &'static str, reason: &'static str) -> Self {
        self.legacy = Some((domain, reason));
        self
    }

    fn without_status(mut self) -> Self {
        self.status = "";
        self
    }

    fn detail(mut self, kind: &str, value: Value) -> Self {
        let mut value = value;
        if let Value::Object(map) = &mut value {
            map.insert("@type".into(), json!(format!("type.googleapis.com/google.rpc.{kind}")));
        }
        self.details.push(value);
        self
    }

    fn info(self, reason: &str, domain: &str, metadata: Value) -> Self {
        self.detail(
            "ErrorInfo",
            json!({ "reason": reason, "domain": domain, "metadata": metadata }),
        )
    }

    fn help(self, description: &str, url: &str) -> Self {
        self.detail("Help", json!({ "links": [{ "description": description, "url": url }] }))
    }

    /// The body of the answer.
    pub(super) fn body(&self) -> Value {
        let mut error = json!({ "code": self.http, "message": self.message });
        if let Value::Object(map) = &mut error {
            if let Some((domain, reason)) = self.legacy {
                let one = json!({ "message": self.message, "domain": domain, "reason": reason });
                map.insert("errors".into(), json!([one]));
            }
            if !self.status.is_empty() {
                map.insert("status".into(), json!(self.status));
            }
            if !self.details.is_empty() {
                map.insert("details".into(), json!(self.details));
            }
        }
        json!({ "error": error })
    }
}

const DENIED: &str = "PERMISSION_DENIED";

/// Services that still give the older `errors`.
fn is_old(service: &str) -> bool {
    matches!(service, "compute" | "sqladmin" | "bigquery")
}

fn host(method: &Method) -> String {
    format!("{}.googleapis.com", method.service)
}

/// The principal lacks the permission on what it names.
pub(super) fn denied(method: &Method, on: &str, principal: &str) -> Refusal {
    let permission = method.permission;
    let refusal = |message: String| Refusal::new(403, DENIED, message);
    match method.service {
        "compute" => refusal(format!("Required '{permission}' permission for '{on}'"))
            .legacy("global", "forbidden")
            .without_status(),
        "sqladmin" => refusal("The client is not authorized to make this request.".to_owned())
            .legacy("global", "notAuthorized")
            .without_status(),
        "bigquery" => {
            let project = on.trim_start_matches("projects/");
            refusal(format!(
                "Access Denied: Project {project}: User does not have {permission} permission in project {project}."
            ))
            .legacy("global", "accessDenied")
        }
        "cloudresourcemanager" => refusal("The caller does not have permission".to_owned()),
        "pubsub" => refusal("User not authorized to perform this operation.".to_owned()),
        "storage" => {
            let message = format!(
                "{principal} does not have {permission} access to the Google Cloud project. Permission '{permission}' denied on resource (or it may not exist)."
            );
            let metadata = json!({ "permission": permission });
            refusal(message).info("IAM_PERMISSION_DENIED", &host(method), metadata)
        }
        _ => {
            let resource = format!("//{}/{on}", host(method));
            let message = format!(
                "Permission '{permission}' denied on resource '{resource}' (or it may not exist)."
            );
            let domain = match method.service {
                "iamcredentials" => "iam.googleapis.com".to_owned(),
                _ => host(method),
            };
            let metadata = json!({ "permission": permission, "resource": on });
            refusal(message).info("IAM_PERMISSION_DENIED", &domain, metadata)
        }
    }
}

fn title(service: &str) -> String {
    let title = match service {
        "compute" => "Compute Engine",
        "sqladmin" => "Cloud SQL Admin",
        "iam" => "Identity and Access Management (IAM)",
        "container" => "Kubernetes Engine",
        "pubsub" => "Cloud Pub/Sub",
        "bigquery" => "BigQuery",
        "spanner" => "Cloud Spanner",
        "run" => "Cloud Run Admin",
        "cloudasset" => "Cloud Asset",
        "essentialcontacts" => "Essential Contacts",
        "orgpolicy" => "Organization Policy",
        "storage" => "Cloud Storage",
        other => other,
    };
    format!("{title} API")
}

fn consumer(method: &Method, number: &str) -> Value {
    json!({ "service": host(method), "consumer": format!("projects/{number}") })
}

/// The API is not enabled in the project.
pub(super) fn service_disabled(method: &Method, number: &str) -> Refusal {
    let (host, title) = (host(method), title(method.service));
    let url =
        format!("https://console.developers.google.com/apis/api/{host}/overview?project={number}");
    let message = format!(
        "{title} has not been used in project {number} before or it is disabled. Enable it by visiting {url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
    );
    let refusal = Refusal::new(403, DENIED, message);
    let refusal = match is_old(method.service) {
        true => refusal.legacy("usageLimits", "accessNotConfigured"),
        false => refusal,
    };
    if method.service == "sqladmin" {
        return refusal;
    }
    let mut metadata = consumer(method, number);
    if let Value::Object(map) = &mut metadata {
        map.insert("activationUrl".into(), json!(url));
        map.insert("serviceTitle".into(), json!(title));
    }
    refusal.help("Google developers console API activation", &url).info(
        "SERVICE_DISABLED",
        "googleapis.com",
        metadata,
    )
}

/// The project has no working billing account.
pub(super) fn billing_disabled(method: &Method, number: &str) -> Refusal {
    if method.service == "storage" {
        let message = "The billing account for the owning project is disabled in state absent";
        return Refusal::new(403, DENIED, message).legacy("global", "accountDisabled");
    }
    let url = format!("https://console.developers.google.com/billing/enable?project={number}");
    let message = format!(
        "This API method requires billing to be enabled. Please enable billing on project #{number} by visiting {url} then retry. If you enabled billing for this project recently, wait a few minutes for the action to propagate to our systems and retry."
    );
    let refusal = Refusal::new(403, DENIED, message)
        .help("Google developers console billing", &url)
        .info("BILLING_DISABLED", "googleapis.com", consumer(method, number));
    if is_old(method.service) { refusal.legacy("global", "forbidden") } else { refusal }
}

/// VPC Service Controls keep the caller out.
pub(super) fn perimeter(method: &Method, number: &str) -> Refusal {
    // The real one is different for each refusal.
    let uid = "wYlVLpGzDpVhO4l4XgTzRIBy2BSlDjbGN1pmXr7Hy3OkRt5bXw";
    let message = format!(
        "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: {uid}"
    );
    let violation = json!({ "type": "VPC_SERVICE_CONTROLS", "description": uid });
    let mut metadata = consumer(method, number);
    if let Value::Object(map) = &mut metadata {
        map.insert("uid".into(), json!(uid));
    }
    let refusal = Refusal::new(403, DENIED, message);
    let refusal = match is_old(method.service) {
        true => refusal.legacy("global", "vpcServiceControls"),
        false => refusal,
    };
    refusal.detail("PreconditionFailure", json!({ "violations": [violation] })).info(
        "SECURITY_POLICY_VIOLATED",
        "googleapis.com",
        metadata,
    )
}

/// Over a rate limit.
pub(super) fn throttled(method: &Method, number: &str) -> Refusal {
    let (metric, limit) = ("Read requests", "Read requests per minute");
    let message = format!(
        "Quota exceeded for quota metric '{metric}' and limit '{limit}' of service '{}' for consumer 'project_number:{number}'.",
        host(method)
    );
    let mut metadata = consumer(method, number);
    if let Value::Object(map) = &mut metadata {
        map.insert("quota_metric".into(), json!(format!("{}/read_requests", host(method))));
        map.insert("quota_limit".into(), json!("ReadRequestsPerMinutePerProject"));
        map.insert("quota_limit_value".into(), json!("1500"));
        map.insert("quota_location".into(), json!("global"));
        map.insert("quota_unit".into(), json!("1/min/{project}"));
    }
    let refusal = match method.service {
        "compute" => Refusal::new(403, DENIED, message).legacy("usageLimits", "rateLimitExceeded"),
        _ => Refusal::new(429, "RESOURCE_EXHAUSTED", message),
    };
    let refusal = refusal.info("RATE_LIMIT_EXCEEDED", "googleapis.com", metadata);
    if method.service == "compute" {
        return refusal;
    }
    // Short, so that a client that heeds it does not slow down the tests.
    refusal.detail("RetryInfo", json!({ "retryDelay": "0.010s" }))
}

/// The project is deleted, or on the way to it.
pub(super) fn deleted(method: &Method, project: &Project) -> Refusal {
    let number = &project.number;
    if method.service == "container" {
        let message = format!("Project 'project:{}' not found or deleted.", project.id);
        return Refusal::new(400, "INVALID_ARGUMENT", message);
    }
    let refusal = Refusal::new(403, DENIED, format!("Project #{number} has been deleted."))
        .help("Google developers console", "https://console.developers.google.com")
        .info("CONSUMER_INVALID", "googleapis.com", consumer(method, number));
    if is_old(method.service) { refusal.legacy("global", "forbidden") } else { refusal }
}

/// What is wrong with a bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadToken {
    Missing,
    Unknown,
    Expired,
}

/// There is no token, or none that is known.
pub(super) fn unauthenticated(method: &Method, bad: BadToken) -> Refusal {
    const HOW: &str = "Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
    let (what, reason, legacy) = match bad {
        BadToken::Missing => {
            ("is missing required authentication credential", "CREDENTIALS_MISSING", "required")
        }
        BadToken::Unknown => {
            ("had invalid authentication credentials", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "authError")
        }
        BadToken::Expired => {
            ("had invalid authentication credentials", "ACCESS_TOKEN_EXPIRED", "authError")
        }
    };
    let metadata = json!({ "service": host(method), "method": method.id() });
    let refusal = Refusal::new(401, "UNAUTHENTICATED", format!("Request {what}. {HOW}")).info(
        reason,
        "googleapis.com",
        metadata,
    );
    if is_old(method.service) { refusal.legacy("global", legacy) } else { refusal }
}

/// The token's scopes do not cover the method.
pub(super) fn scope_insufficient(method: &Method) -> Refusal {
    let metadata = json!({ "service": host(method), "method": method.id() });
    let refusal = Refusal::new(403, DENIED, "Request had insufficient authentication scopes.")
        .info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "googleapis.com", metadata);
    match is_old(method.service) {
        true => refusal.legacy("global", "insufficientPermissions"),
        false => refusal,
    }
}

/// An internal error.
pub(super) fn internal(method: &Method) -> Refusal {
    let refusal = Refusal::new(500, "INTERNAL", "Internal error encountered.");
    if is_old(method.service) { refusal.legacy("global", "backendError") } else { refusal }
}

/// The service is unavailable.
pub(super) fn unavailable(method: &Method) -> Refusal {
    let refusal = Refusal::new(503, "UNAVAILABLE", "The service is currently unavailable.");
    if is_old(method.service) { refusal.legacy("global", "backendError") } else { refusal }
}

/// The request cannot be understood.
pub(super) fn invalid(method: &Method, message: impl Into<String>) -> Refusal {
    let refusal = Refusal::new(400, "INVALID_ARGUMENT", message);
    if is_old(method.service) { refusal.legacy("global", "invalid") } else { refusal }
}

/// What was named is not there.
pub(super) fn not_found(method: &Method, what: &str) -> Refusal {
    let refusal = Refusal::new(404, "NOT_FOUND", format!("The resource '{what}' was not found"));
    if is_old(method.service) { refusal.legacy("global", "notFound") } else { refusal }
}

//! gRPC: requests and answers of Cloud Storage in its framing.

use std::collections::BTreeMap;

use googleapis_tonic_google_storage_v2::google::iam::v1::GetIamPolicyRequest;
use googleapis_tonic_google_storage_v2::google::rpc;
use googleapis_tonic_google_storage_v2::google::storage::v2::{
    ListBucketsRequest, ListBucketsResponse,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use prost::Message;
use prost_types::Any;
use serde_json::Value;

use super::base64;
use super::bucket;
use super::methods::{BUCKET_POLICY, LIST_BUCKETS, Method};
use super::refusal::Refusal;
use super::render::Rendered;
use super::request::Request;
use super::world::World;

/// What has to be escaped in a status message.
const MESSAGE: &AsciiSet = &CONTROLS.add(b'%');

/// The request in the form of one of REST; `None` for a method that is not served.
pub(super) fn understand(
    world: &World,
    path: &str,
    body: &[u8],
) -> Option<Result<Request, Refusal>> {
    let message = message(body);
    match path {
        "/google.storage.v2.Storage/ListBuckets" => Some(list_buckets(message)),
        "/google.storage.v2.Storage/GetIamPolicy"
        | "/google.storage.control.v2.StorageControl/GetIamPolicy" => {
            Some(get_policy(world, message))
        }
        _ => None,
    }
}

/// The message in the first frame.
fn message(body: &[u8]) -> Option<&[u8]> {
    let (head, rest) = body.split_at_checked(5)?;
    let (flag, length) = head.split_first()?;
    let length = u32::from_be_bytes(length.try_into().ok()?);
    // No compression was offered.
    (*flag == 0).then_some(rest)?.get(..usize::try_from(length).ok()?)
}

fn unreadable() -> Refusal {
    Refusal::new(500, "INTERNAL", "The request message cannot be read.")
}

fn list_buckets(message: Option<&[u8]>) -> Result<Request, Refusal> {
    let request =
        message.and_then(|m| ListBucketsRequest::decode(m).ok()).ok_or_else(unreadable)?;
    let Some(project) = request.parent.strip_prefix("projects/") else {
        let message = format!("Invalid parent: '{}'", request.parent);
        return Err(Refusal::new(400, "INVALID_ARGUMENT", message));
    };
    let mut query = vec![
        ("pageSize".to_owned(), request.page_size.to_string()),
        ("pageToken".to_owned(), request.page_token),
        ("prefix".to_owned(), request.prefix),
        ("returnPartialSuccess".to_owned(), request.return_partial_success.to_string()),
    ];
    let mask = request.read_mask.unwrap_or_default().paths;
    query.extend(mask.into_iter().map(|path| ("readMask".to_owned(), path)));
    query.retain(|(name, value)| name != "returnPartialSuccess" || value == "true");
    let path = BTreeMap::from([("project", project.to_owned())]);
    Ok(Request { method: &LIST_BUCKETS, path, query, body: Value::Null })
}

fn get_policy(world: &World, message: Option<&[u8]>) -> Result<Request, Refusal> {
    let request =
        message.and_then(|m| GetIamPolicyRequest::decode(m).ok()).ok_or_else(unreadable)?;
    let Some(bucket) = request.resource.strip_prefix("projects/_/buckets/") else {
        let message = format!("Invalid resource: '{}'", request.resource);
        return Err(Refusal::new(400, "INVALID_ARGUMENT", message));
    };
    let version = request.options.unwrap_or_default().requested_policy_version;
    let owner = world.projects.iter().find(|p| {
        let mut buckets =
            p.resources.iter().filter(|r| r.asset_type == "storage.googleapis.com/Bucket");
        buckets.any(|r| r.path(p) == bucket)
    });
    let Some(owner) = owner else {
        return Err(Refusal::new(404, "NOT_FOUND", "The specified bucket does not exist."));
    };
    let path = BTreeMap::from([("bucket", bucket.to_owned()), ("project", owner.id.clone())]);
    let query = vec![("options.requestedPolicyVersion".to_owned(), version.to_string())];
    Ok(Request { method: &BUCKET_POLICY, path, query, body: Value::Null })
}

/// An answer, from the JSON that the method gave.
pub(super) fn answer(method: &Method, request: &Request, value: &Value) -> Rendered {
    let bytes = if std::ptr::eq(method, &BUCKET_POLICY) {
        bucket::policy(value).encode_to_vec()
    } else {
        let strings = |name: &str| {
            let list = value.get(name).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let acl = request.query.iter().any(|(n, v)| n == "readMask" && v == "*");
        let buckets = value.get("buckets").and_then(Value::as_array);
        let token = value.get("nextPageToken").and_then(Value::as_str);
        let answer = ListBucketsResponse {
            buckets: buckets.into_iter().flatten().map(|b| bucket::bucket(b, acl)).collect(),
            next_page_token: token.unwrap_or_default().to_owned(),
            unreachable: strings("unreachable"),
        };
        answer.encode_to_vec()
    };
    framed(&bytes)
}

/// A message in its frame, with a good status behind it.
pub(super) fn framed(message: &[u8]) -> Rendered {
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
    body.extend(message);
    let headers = vec![("content-type", "application/grpc".to_owned())];
    Rendered { status: 200, headers, body, grpc: Some(0) }
}

/// An error, which has no message and its status in the head.
pub(super) fn refusal(refusal: &Refusal) -> Rendered {
    let code = code(refusal);
    let details = refusal.details.iter().filter_map(detail).collect();
    let status = rpc::Status { code, message: refusal.message.clone(), details };
    let headers = vec![
        ("content-type", "application/grpc".to_owned()),
        ("grpc-status", code.to_string()),
        ("grpc-message", utf8_percent_encode(&refusal.message, MESSAGE).to_string()),
        ("grpc-status-details-bin", base64::encode(&status.encode_to_vec())),
    ];
    Rendered { status: 200, headers, body: Vec::new(), grpc: Some(code) }
}

fn code(refusal: &Refusal) -> i32 {
    match refusal.http {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        429 => 8,
        501 => 12,
        503 => 14,
        _ => 13,
    }
}

/// One of the details as a message.
fn detail(json: &Value) -> Option<Any> {
    let url = json.get("@type")?.as_str()?.to_owned();
    let text = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let list = |name: &str| json.get(name).and_then(Value::as_array).into_iter().flatten();
    let value = match url.rsplit('.').next()? {
        "ErrorInfo" => {
            let metadata = json.get("metadata").and_then(Value::as_object);
            let metadata = metadata.into_iter().flatten();
            let metadata = metadata.filter_map(|(n, v)| Some((n.clone(), v.as_str()?.to_owned())));
            let (reason, domain) = (text(json, "reason"), text(json, "domain"));
            rpc::ErrorInfo { reason, domain, metadata: metadata.collect() }.encode_to_vec()
        }
        "RetryInfo" => {
            let delay = text(json, "retryDelay");
            let seconds: f64 = delay.trim_end_matches('s').parse().ok()?;
            let delay = std::time::Duration::try_from_secs_f64(seconds).ok()?;
            let retry_delay = prost_types::Duration::try_from(delay).ok();
            rpc::RetryInfo { retry_delay }.encode_to_vec()
        }
        "PreconditionFailure" => {
            let violation = |v: &Value| rpc::precondition_failure::Violation {
                r#type: text(v, "type"),
                subject: text(v, "subject"),
                description: text(v, "description"),
            };
            let violations = list("violations").map(violation).collect();
            rpc::PreconditionFailure { violations }.encode_to_vec()
        }
        "Help" => {
            let link = |v: &Value| rpc::help::Link {
                description: text(v, "description"),
                url: text(v, "url"),
            };
            rpc::Help { links: list("links").map(link).collect() }.encode_to_vec()
        }
        _ => return None,
    };
    Some(Any { type_url: url, value })
}

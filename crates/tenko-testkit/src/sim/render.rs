//! Answers and errors as bytes, in each protocol.

use std::fmt::Write as _;

use http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::account::ApiError;
use super::tables::{Operation, Protocol, Service};

const S3_NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
/// What RFC 3986 leaves as it stands.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An answer, ready but for the transport.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// The answer to an operation.
pub(super) fn answer(op: &Operation, response: Value, request_id: &str) -> Rendered {
    let service = op.service();
    let response = documents(response);
    let (kind, body) = match service.protocol {
        Protocol::Json => {
            (format!("application/x-amz-json-{}", service.json), response.to_string())
        }
        Protocol::RestJson => ("application/json".to_owned(), response.to_string()),
        Protocol::Query => {
            let (name, wrapper) = (op.name(), &op.wrapper);
            let body = format!(
                "<{name}Response xmlns=\"{}\"><{wrapper}>{}</{wrapper}>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>",
                service.namespace,
                xml(op, &response),
            );
            ("text/xml".to_owned(), body)
        }
        Protocol::Ec2 => {
            let name = op.name();
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name}Response xmlns=\"{}/\">\
                 <requestId>{request_id}</requestId>{}</{name}Response>",
                service.namespace,
                xml(op, &response),
            );
            ("text/xml;charset=UTF-8".to_owned(), body)
        }
        Protocol::RestXml => return s3(op, response, request_id),
    };
    Rendered {
        status: StatusCode::OK,
        headers: vec![("content-type", kind), ("x-amzn-requestid", request_id.to_owned())],
        body,
    }
}

fn s3(op: &Operation, response: Value, request_id: &str) -> Rendered {
    let mut headers = vec![("x-amz-request-id", request_id.to_owned())];
    let body = if let Some(member) = &op.raw {
        headers.push(("content-type", "application/json".to_owned()));
        let document = response.get(member).unwrap_or(&response);
        document.as_str().map_or_else(|| document.to_string(), str::to_owned)
    } else if op.name() == "HeadBucket" {
        if let Some(region) = response.get("BucketRegion").and_then(Value::as_str) {
            headers.push(("x-amz-bucket-region", region.to_owned()));
        }
        String::new()
    } else {
        headers.push(("content-type", "application/xml".to_owned()));
        // The location is the text of the root itself.
        let inside = match op.name() {
            "GetBucketLocation" => {
                escape(response.get("LocationConstraint").and_then(Value::as_str).unwrap_or(""))
            }
            _ => xml(op, &response),
        };
        let own = op.service().namespace.as_str();
        let namespace = if own.is_empty() { S3_NAMESPACE } else { own };
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0} xmlns=\"{namespace}\">{inside}</{0}>",
            op.wrapper
        )
    };
    Rendered { status: StatusCode::OK, headers, body }
}

/// An error of a service.
pub(super) fn error(
    service: &Service,
    error: &ApiError,
    request_id: &str,
    head: bool,
    resource: &str,
) -> Rendered {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    let (code, message) = (escape(&error.code), escape(&error.message));
    let mut headers = vec![("x-amzn-requestid", request_id.to_owned())];
    let (kind, body) = match service.protocol {
        Protocol::Ec2 => (
            "text/xml;charset=UTF-8".to_owned(),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
                 <Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
            ),
        ),
        Protocol::Query => {
            let side = if error.status < 500 { "Sender" } else { "Receiver" };
            let body = format!(
                "<ErrorResponse xmlns=\"{}\"><Error><Type>{side}</Type><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
                service.namespace
            );
            ("text/xml".to_owned(), body)
        }
        Protocol::RestXml if service.id == "s3control" => (
            "application/xml".to_owned(),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse><Error><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            ),
        ),
        Protocol::RestXml => (
            "application/xml".to_owned(),
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
                 <Resource>{}</Resource><RequestId>{request_id}</RequestId><HostId>simulated</HostId></Error>",
                escape(resource)
            ),
        ),
        Protocol::Json => {
            if service.query_compatible {
                let older = match error.code.as_str() {
                    "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue",
                    code => code,
                };
                headers.push(("x-amzn-query-error", format!("{older};Sender")));
            }
            let body = json!({
                "__type": format!("com.amazonaws.{}#{}", service.errors, error.code),
                "message": error.message,
            });
            (format!("application/x-amz-json-{}", service.json), body.to_string())
        }
        Protocol::RestJson if service.id == "sso-oidc" => {
            headers.push(("x-amzn-errortype", error.code.clone()));
            let body = json!({
                "error": oauth(&error.code), "error_description": error.message,
            });
            ("application/json".to_owned(), body.to_string())
        }
        Protocol::RestJson => {
            headers.push(("x-amzn-errortype", error.code.clone()));
            let side = if error.status < 500 { "User" } else { "Service" };
            let body = json!({ "Type": side, "message": error.message });
            ("application/json".to_owned(), body.to_string())
        }
    };
    headers.push(("content-type", kind));
    Rendered { status, headers, body: if head { String::new() } else { body } }
}

/// `AuthorizationPendingException` -> `authorization_pending`, as OAuth names it.
fn oauth(code: &str) -> String {
    let mut out = String::new();
    for c in code.trim_end_matches("Exception").chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// Replaces `$json` and `$urlencoded` by the text that they stand for.
fn documents(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            if map.len() == 1 {
                if let Some(document) = map.get("$json") {
                    return Value::String(document.to_string());
                }
                if let Some(document) = map.get("$urlencoded") {
                    let text = document.to_string();
                    return Value::String(utf8_percent_encode(&text, RESERVED).to_string());
                }
            }
            Value::Object(map.into_iter().map(|(k, v)| (k, documents(v))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(documents).collect()),
        other => other,
    }
}

fn xml(op: &Operation, response: &Value) -> String {
    let mut out = String::new();
    if let Value::Object(map) = response {
        children(&mut out, op, map);
    }
    out
}

fn children(out: &mut String, op: &Operation, map: &Map<String, Value>) {
    for (name, value) in map.iter().filter(|(name, _)| !name.starts_with('@')) {
        if name == "#text" {
            out.push_str(&escape(&text(value)));
        } else {
            element(out, op, name, value);
        }
    }
}

fn element(out: &mut String, op: &Operation, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(list) => {
            let fallback = if op.service().protocol == Protocol::Ec2 { "item" } else { "member" };
            let item = op.items.get(name).map_or(fallback, String::as_str);
            if item.is_empty() {
                for one in list {
                    element(out, op, name, one);
                }
                return;
            }
            tagged(out, name, "", |out| {
                for one in list {
                    element(out, op, item, one);
                }
            });
        }
        Value::Object(map) => match op.maps.get(name) {
            Some([entry, key, item]) => tagged(out, name, "", |out| {
                for (k, v) in map {
                    tagged(out, entry, "", |out| {
                        element(out, op, key, &Value::String(k.clone()));
                        element(out, op, item, v);
                    });
                }
            }),
            None => tagged(out, name, &attributes(map), |out| children(out, op, map)),
        },
        scalar => tagged(out, name, "", |out| out.push_str(&escape(&text(scalar)))),
    }
}

fn tagged(out: &mut String, name: &str, attributes: &str, inside: impl FnOnce(&mut String)) {
    // Writing to a String cannot fail.
    let _ = write!(out, "<{name}{attributes}>");
    inside(out);
    let _ = write!(out, "</{name}>");
}

fn attributes(map: &Map<String, Value>) -> String {
    let mut out = String::new();
    for (name, value) in map.iter().filter_map(|(k, v)| Some((k.strip_prefix('@')?, v))) {
        if name.starts_with("xsi:") {
            out.push_str(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"");
        }
        let _ = write!(out, " {name}=\"{}\"", escape(&text(value)));
    }
    out
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Text for XML. Control characters become references, as AWS sends them,
/// although XML 1.0 has no place for most of them.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            c if c.is_control() => {
                let _ = write!(out, "&#x{:x};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

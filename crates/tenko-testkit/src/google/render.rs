//! Answers as bytes.

use serde_json::Value;

use super::refusal::Refusal;

/// An answer, ready to be sent or cut.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// The status of gRPC, which goes behind the body where there is one.
    pub(super) grpc: Option<i32>,
}

/// JSON.
pub(super) fn json(status: u16, value: &Value) -> Rendered {
    let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
    Rendered { status, headers, body: value.to_string().into_bytes(), grpc: None }
}

/// An error of an API.
pub(super) fn refusal(refusal: &Refusal) -> Rendered {
    let mut rendered = json(refusal.http, &refusal.body());
    if refusal.http == 401 {
        let value = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
        rendered.headers.push(("www-authenticate", value.to_owned()));
    }
    rendered
}

/// A page as Google's front end gives it.
pub(super) fn html(status: u16, title: &str) -> Rendered {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>{title}</title>\n<p><b>{status}.</b> <ins>That’s an error.</ins>\n<p>{title} <ins>That’s all we know.</ins>\n"
    );
    let headers = vec![("content-type", "text/html; charset=UTF-8".to_owned())];
    Rendered { status, headers, body: text.into_bytes(), grpc: None }
}

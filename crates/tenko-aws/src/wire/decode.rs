//! Response to JSON, or to the error it reports.

use std::fmt;

use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use serde_json::Value;

use super::sdk_error::RawResponse;
use super::service::Protocol;
use super::xml;

/// An error that the service reported.
#[derive(Debug, Clone)]
pub(crate) struct ServiceFault {
    meta: ErrorMetadata,
    /// Request id, from the headers or the body.
    pub request_id: Option<String>,
}

impl fmt::Display for ServiceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.meta.code().unwrap_or("the service reported an error without a code"))
    }
}

impl std::error::Error for ServiceFault {}

impl ProvideErrorMetadata for ServiceFault {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

/// A successful response that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DecodeError {
    /// More bytes than the settings allow.
    #[error("response of {0} bytes is over the limit of {1}")]
    TooLarge(u64, usize),
    /// Not UTF-8.
    #[error("response is not UTF-8")]
    NotUtf8,
    /// A success without a body: none of our operations has an empty result.
    #[error("response has no body")]
    Empty,
    /// Not well-formed XML.
    #[error(transparent)]
    Xml(#[from] xml::XmlError),
    /// Not well-formed JSON.
    #[error("malformed JSON: {0}")]
    Json(String),
    /// Well-formed, but not what this operation answers (a proxy's or a captive portal's page, say).
    #[error("response is a <{0}>, which is not this operation's result")]
    UnexpectedRoot(String),
    /// JSON, but not an object.
    #[error("response is not a JSON object")]
    NotAnObject,
}

/// What the deserializer has to know of the operation.
#[derive(Debug, Clone)]
pub(crate) struct Decoder {
    pub protocol: Protocol,
    pub operation: String,
    pub lists: Vec<String>,
    /// Whether no body is an empty answer.
    pub may_be_empty: bool,
    pub max_body: usize,
}

impl DeserializeResponse for Decoder {
    fn deserialize_streaming(
        &self,
        response: &mut HttpResponse,
    ) -> Option<Result<Output, OrchestratorError<ErasedError>>> {
        // Seen before the body is read; a body without a length is measured afterwards.
        let length: u64 = response.headers().get("content-length")?.parse().ok()?;
        (length > self.max_body as u64).then(|| {
            Err(OrchestratorError::response(DecodeError::TooLarge(length, self.max_body).into()))
        })
    }

    fn deserialize_nonstreaming(
        &self,
        response: &HttpResponse,
    ) -> Result<Output, OrchestratorError<ErasedError>> {
        let body = response.body().bytes().unwrap_or_default();
        if response.status().is_success() {
            // A "response error" is retried by the standard strategy, as a cut-off body should be.
            self.success(body).map(Output::erase).map_err(|e| OrchestratorError::response(e.into()))
        } else {
            Err(OrchestratorError::operation(ErasedError::erase(self.fault(response, body))))
        }
    }
}

impl Decoder {
    pub(crate) fn success(&self, body: &[u8]) -> Result<Value, DecodeError> {
        if body.len() > self.max_body {
            return Err(DecodeError::TooLarge(body.len() as u64, self.max_body));
        }
        if body.is_empty() {
            let empty = Value::Object(serde_json::Map::new());
            return if self.may_be_empty { Ok(empty) } else { Err(DecodeError::Empty) };
        }
        if !self.protocol.is_xml() {
            return match serde_json::from_slice(body) {
                Ok(value @ Value::Object(_)) => Ok(value),
                Ok(_) => Err(DecodeError::NotAnObject),
                Err(error) => Err(DecodeError::Json(error.to_string())),
            };
        }
        let text = std::str::from_utf8(body).map_err(|_| DecodeError::NotUtf8)?;
        let (root, mut value) = xml::parse(text, &self.lists)?;
        if self.protocol != Protocol::Query {
            return if root == "html" { Err(DecodeError::UnexpectedRoot(root)) } else { Ok(value) };
        }
        if root.strip_suffix("Response") != Some(self.operation.as_str()) {
            return Err(DecodeError::UnexpectedRoot(root));
        }
        let result = value.get_mut(format!("{}Result", self.operation)).map(Value::take);
        Ok(match result {
            // `<ListFooResult/>` is an operation that found nothing to say.
            Some(Value::Null) => Value::Object(serde_json::Map::new()),
            Some(result) => result,
            None => value,
        })
    }

    fn fault(&self, response: &HttpResponse, body: &[u8]) -> ServiceFault {
        let (code, message, id) =
            if self.protocol.is_xml() { xml_fault(body) } else { json_fault(body) };
        let header = response.headers().get("x-amzn-errortype").map(bare_code);
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = header.or(code) {
            meta = meta.code(code);
        }
        if let Some(message) = message {
            meta = meta.message(message);
        }
        ServiceFault { meta: meta.build(), request_id: RawResponse::request_id(response).or(id) }
    }
}

type Fault = (Option<String>, Option<String>, Option<String>);

/// `com.amazonaws.kms#NotFoundException:http://…` is `NotFoundException`.
fn bare_code(code: &str) -> String {
    let code = code.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default().trim().to_owned()
}

fn json_fault(body: &[u8]) -> Fault {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return (None, None, None) };
    let text =
        |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned);
    (
        text(&["__type", "code", "Code"]).map(|code| bare_code(&code)),
        text(&["message", "Message", "errorMessage"]),
        None,
    )
}

/// `<ErrorResponse><Error>…`, `<Response><Errors><Error>…` (EC2) and a bare `<Error>` (S3).
fn xml_fault(body: &[u8]) -> Fault {
    let parsed = std::str::from_utf8(body).ok().and_then(|text| xml::parse(text, &[]).ok());
    let Some((_, root)) = parsed else { return (None, None, None) };
    let error = root.get("Error").or_else(|| root.get("Errors")?.get("Error")).unwrap_or(&root);
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = text(&root, "RequestId").or_else(|| text(&root, "RequestID"));
    (text(error, "Code"), text(error, "Message"), id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn decoder(protocol: Protocol) -> Decoder {
        Decoder {
            protocol,
            operation: "ListTopics".to_owned(),
            lists: vec!["Topics".to_owned()],
            may_be_empty: false,
            max_body: 4096,
        }
    }

    #[test]
    fn no_body_is_an_answer_only_where_that_is_documented() {
        let strict = decoder(Protocol::RestJson);
        let lenient = Decoder { may_be_empty: true, ..strict.clone() };
        assert_eq!(strict.success(b""), Err(DecodeError::Empty));
        assert_eq!(lenient.success(b""), Ok(json!({})));
        assert!(lenient.success(b"{").is_err(), "a part of a body is none");
    }

    #[test]
    fn a_query_result_is_unwrapped() {
        let query = decoder(Protocol::Query);
        let body = b"<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>";
        assert_eq!(query.success(body), Ok(json!({"Topics": []})));
        assert_eq!(
            query.success(b"<ListTopicsResponse><ListTopicsResult/></ListTopicsResponse>"),
            Ok(json!({}))
        );
    }

    #[test]
    fn a_page_of_something_else_is_no_result() {
        let query = decoder(Protocol::Query);
        for body in [
            "<html><body/></html>",
            "",
            "<ListTopicsResponse><ListTopicsResult>",
            "<ListRolesResponse/>",
            "hello",
        ] {
            assert!(query.success(body.as_bytes()).is_err(), "{body:?} was accepted");
        }
        let json = decoder(Protocol::Json11);
        for body in ["", "[]", "{\"Topics\": [", "<html/>", "null", "{} x"] {
            assert!(json.success(body.as_bytes()).is_err(), "{body:?} was accepted");
        }
        assert!(matches!(json.success(&[b' '; 5000]), Err(DecodeError::TooLarge(5000, 4096))));
    }

    #[test]
    fn faults_are_read_in_every_dialect() {
        let get = |fault: Fault| (fault.0.unwrap_or_default(), fault.1.unwrap_or_default());
        let want = ("AccessDenied".to_owned(), "no".to_owned());
        for body in [
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
            "<Response><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors></Response>",
            "<Error><Code>AccessDenied</Code><Message>no</Message></Error>",
        ] {
            assert_eq!(get(xml_fault(body.as_bytes())), want);
        }
        assert_eq!(
            get(json_fault(br#"{"__type":"com.amazon#AccessDenied","Message":"no"}"#)),
            want
        );
        assert_eq!(json_fault(b"<html>"), (None, None, None));
        assert_eq!(bare_code("a.b#X:http://internal"), "X");
    }
}

//! Input of an operation to a request: form, JSON, or method and path.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::service::{Protocol, WireOperation};

/// RFC 3986's unreserved characters stay; this is also what the signature's canonical form uses.
const ENCODE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why an input can't be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum EncodeError {
    /// The input isn't an object.
    #[error("the input is not an object")]
    NotAnObject,
    /// The path names a member that the input lacks or that isn't a scalar.
    #[error("the path needs {0}")]
    MissingPathMember(String),
    /// A header takes a member that the input lacks.
    #[error("a header needs {0}")]
    MissingHeader(String),
    /// The path isn't well-formed.
    #[error("the path {0} is not well-formed")]
    Path(String),
    /// The request could not be built.
    #[error("the request is not well-formed: {0}")]
    Request(String),
}

/// Builds the request, without a host and unsigned.
///
/// # Errors
/// [`EncodeError`], before anything is sent.
pub(crate) fn request(op: &WireOperation, input: &Value) -> Result<HttpRequest, EncodeError> {
    let input = match input {
        Value::Null => &Map::new(),
        Value::Object(map) => map,
        _ => return Err(EncodeError::NotAnObject),
    };
    let whole = input;
    let rest: Map<_, _>;
    let input = if op.headers.is_empty() {
        whole
    } else {
        let others = whole.iter().filter(|(name, _)| !op.headers.contains_key(*name));
        rest = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        &rest
    };
    let (method, uri, content_type, body) = match op.service.protocol {
        Protocol::Query => {
            let body = form(op, input);
            ("POST", "/".to_owned(), Some("application/x-www-form-urlencoded"), body)
        }
        protocol @ (Protocol::Json10 | Protocol::Json11) => {
            let content_type = if protocol == Protocol::Json10 {
                "application/x-amz-json-1.0"
            } else {
                "application/x-amz-json-1.1"
            };
            ("POST", "/".to_owned(), Some(content_type), json(input))
        }
        Protocol::RestJson | Protocol::RestXml => {
            let (path, rest) = path(&op.uri, input)?;
            if op.method == "GET" || op.method == "HEAD" {
                (op.method.as_str(), with_query(path, &rest), None, String::new())
            } else {
                let body = json(&rest.into_iter().map(|(k, v)| (k.clone(), v.clone())).collect());
                (op.method.as_str(), path, Some("application/json"), body)
            }
        }
    };
    let mut request = HttpRequest::new(if body.is_empty() {
        SdkBody::empty()
    } else {
        SdkBody::from(body.as_str())
    });
    let failed = |e: &dyn std::fmt::Display| EncodeError::Request(e.to_string());
    request.set_method(method).map_err(|e| failed(&e))?;
    request.set_uri(uri.as_str()).map_err(|e| failed(&e))?;
    let headers = request.headers_mut();
    headers.insert("user-agent", concat!("tenko/", env!("CARGO_PKG_VERSION")));
    if let Some(content_type) = content_type {
        headers.insert("content-type", content_type);
        headers.insert("content-length", body.len().to_string());
    }
    if let (Some(prefix), Protocol::Json10 | Protocol::Json11) =
        (&op.service.target_prefix, op.service.protocol)
    {
        headers
            .try_insert("x-amz-target", format!("{prefix}.{}", op.name))
            .map_err(|e| failed(&e))?;
    }
    for (name, header) in &op.headers {
        let value = whole.get(name).map(text).unwrap_or_default();
        if value.is_empty() {
            return Err(EncodeError::MissingHeader(name.clone()));
        }
        headers.try_insert(header.clone(), value).map_err(|e| failed(&e))?;
    }
    Ok(request)
}

fn json(input: &Map<String, Value>) -> String {
    // Serializing a Value can't fail: its keys are strings.
    serde_json::to_string(input).unwrap_or_else(|_| "{}".to_owned())
}

/// `Action=…&Version=…&` and the input, flattened as the query protocol wants it: structures as `A.B`, lists as
/// `A.member.1`, maps are lists of `entry.N.key` and `entry.N.value` and don't occur in the inputs of reads.
fn form(op: &WireOperation, input: &Map<String, Value>) -> String {
    let mut out = format!("Action={}", utf8_percent_encode(&op.name, ENCODE));
    if let Some(version) = &op.service.version {
        pair(&mut out, "Version", version);
    }
    for (name, value) in input {
        flatten(&mut out, name, value);
    }
    out
}

fn flatten(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Object(map) => {
            map.iter().for_each(|(member, value)| flatten(out, &format!("{name}.{member}"), value))
        }
        // An empty list is sent as an empty parameter: absent would mean "not given".
        Value::Array(items) if items.is_empty() => pair(out, name, ""),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, value)| flatten(out, &format!("{name}.member.{}", i + 1), value)),
        scalar => pair(out, name, &text(scalar)),
    }
}

fn pair(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push('&');
    }
    out.extend(utf8_percent_encode(name, ENCODE));
    out.push('=');
    out.extend(utf8_percent_encode(value, ENCODE));
}

fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

type Rest<'a> = Vec<(&'a String, &'a Value)>;

/// Fills `{Member}` in; the members that the path didn't use are returned.
fn path<'a>(
    template: &str,
    input: &'a Map<String, Value>,
) -> Result<(String, Rest<'a>), EncodeError> {
    let mut used: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) =
            after.split_once('}').ok_or_else(|| EncodeError::Path(template.to_owned()))?;
        let value = match input.get(name) {
            Some(v @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => text(v),
            _ => return Err(EncodeError::MissingPathMember(name.to_owned())),
        };
        // An empty member or a dot segment would make the path another operation's.
        if matches!(value.as_str(), "" | "." | "..") {
            return Err(EncodeError::MissingPathMember(name.to_owned()));
        }
        out.extend(utf8_percent_encode(&value, ENCODE));
        used.push(name);
        rest = after;
    }
    out.push_str(rest);
    let unused = input.iter().filter(|(name, _)| !used.contains(&name.as_str())).collect();
    Ok((out, unused))
}

fn with_query(path: String, rest: &Rest<'_>) -> String {
    let mut query = String::new();
    for (name, value) in rest {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                items.iter().for_each(|item| pair(&mut query, name, &text(item)))
            }
            scalar => pair(&mut query, name, &text(scalar)),
        }
    }
    match (query.is_empty(), path.contains('?')) {
        (true, _) => path,
        (false, true) => format!("{path}&{query}"),
        (false, false) => format!("{path}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::service::Services;
    use super::*;
    use serde_json::json;

    fn op(service: &str, name: &str) -> WireOperation {
        let services = Services::embedded().expect("services.toml parses");
        WireOperation::new(services.get(service).expect("known service").clone(), name)
    }

    fn body(request: &HttpRequest) -> &str {
        std::str::from_utf8(request.body().bytes().unwrap_or_default()).expect("UTF-8")
    }

    #[test]
    fn query_input_is_flattened() {
        let input = json!({"Filter": ["Role", "User"], "A": {"B": [{"C": 1}], "D": true}, "N": null, "E": [], "S": "a b&c*"});
        let request =
            request(&op("iam", "GetAccountAuthorizationDetails"), &input).expect("encodes");
        let mut pairs: Vec<&str> = body(&request).split('&').collect();
        pairs.sort_unstable();
        assert_eq!(
            pairs,
            [
                "A.B.member.1.C=1",
                "A.D=true",
                "Action=GetAccountAuthorizationDetails",
                "E=",
                "Filter.member.1=Role",
                "Filter.member.2=User",
                "S=a%20b%26c%2A",
                "Version=2010-05-08"
            ]
        );
        assert_eq!(request.method(), "POST");
    }

    #[test]
    fn json_names_its_target() {
        let request =
            request(&op("ssm", "DescribeParameters"), &json!({"MaxResults": 50})).expect("encodes");
        assert_eq!(request.headers().get("x-amz-target"), Some("AmazonSSM.DescribeParameters"));
        assert_eq!(request.headers().get("content-type"), Some("application/x-amz-json-1.1"));
        assert_eq!(body(&request), r#"{"MaxResults":50}"#);
    }

    #[test]
    fn rest_members_go_to_path_and_query() {
        let mut op = op("lambda", "ListTags");
        op.uri = "/2017-03-31/tags/{Resource}".to_owned();
        let request = request(&op, &json!({"Resource": "arn:aws:x/y", "M": 5, "L": ["a", "b"]}))
            .expect("encodes");
        assert_eq!((request.method(), body(&request)), ("GET", ""));
        assert_eq!(request.uri(), "/2017-03-31/tags/arn%3Aaws%3Ax%2Fy?L=a&L=b&M=5");
    }

    #[test]
    fn a_path_member_can_not_change_the_operation() {
        let mut op = op("lambda", "X");
        op.uri = "/f/{Name}/configuration".to_owned();
        for bad in [
            json!({}),
            json!({"Name": ""}),
            json!({"Name": ".."}),
            json!({"Name": ["a"]}),
            json!([]),
        ] {
            assert!(request(&op, &bad).is_err(), "{bad} was accepted");
        }
        let sneaky = request(&op, &json!({"Name": "a/../b?x#y"})).expect("encodes");
        assert_eq!(sneaky.uri(), "/f/a%2F..%2Fb%3Fx%23y/configuration");
    }

    #[test]
    fn members_of_headers_stand_nowhere_else() {
        let mut op = op("s3control", "GetPublicAccessBlock");
        op.uri = "/v20180820/configuration/publicAccessBlock".to_owned();
        op.headers = [("AccountId".to_owned(), "x-amz-account-id".to_owned())].into();
        let sent = request(&op, &json!({"AccountId": "111122223333"})).expect("well-formed");
        assert_eq!(sent.uri(), op.uri);
        assert_eq!(sent.headers().get("x-amz-account-id"), Some("111122223333"));
        assert!(matches!(request(&op, &json!({})), Err(EncodeError::MissingHeader(_))));
        assert!(request(&op, &json!({"AccountId": "1\r\nx: y"})).is_err());
    }
}

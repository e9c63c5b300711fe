//! What a request on the wire is: its service, its operation, its input and
//! who signed it. This knows the protocols only; it shares nothing with any
//! client, so that it can bear witness against one.

use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::tables::{ROUTES, Route, WIRE, segments};

/// A request, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `ec2`; what the signature says, or `unknown`, where the wire does not tell.
    pub service: String,
    /// `DescribeVolumes`; method and path where no operation is known for them.
    pub operation: String,
    /// Who signed it, `None` for a request without a signature.
    pub scope: Option<Scope>,
    /// Inputs by wire name; lists are arrays.
    pub input: Value,
}

impl Call {
    /// `ec2:DescribeVolumes`
    pub fn id(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// Whether it only asks what would happen, as requests to EC2 can.
    pub fn is_dry_run(&self) -> bool {
        self.service == "ec2" && self.input.get("DryRun").is_some_and(|dry| dry == "true")
    }
}

/// The credential scope of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Access key id.
    pub key: String,
    /// Region that it was signed for.
    pub region: String,
    /// Service name that it was signed for.
    pub service: String,
}

/// Which service and operation a request is for.
pub fn identify(parts: &Parts, body: &[u8]) -> (String, String) {
    let call = understand(parts, body);
    (call.service, call.operation)
}

/// Everything that a request says.
pub fn understand(parts: &Parts, body: &[u8]) -> Call {
    let query = form(parts.uri.query().unwrap_or_default());
    let scope = scope(parts, &query);
    let signed = scope.as_ref().map(|s| s.service.as_str());
    let (service, operation, input) = by_target(parts, body, signed)
        .or_else(|| by_rpc_path(parts, signed))
        .or_else(|| by_action(parts, &query, body, signed))
        .or_else(|| by_route(parts, &query, body, signed))
        .unwrap_or_else(|| {
            let service = signed.unwrap_or("unknown").to_owned();
            (service, format!("{} {}", parts.method, parts.uri), Value::Null)
        });
    Call { service, operation, scope, input }
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).and_then(|v| v.to_str().ok())
}

fn scope(parts: &Parts, query: &[(String, String)]) -> Option<Scope> {
    let credential = match header(parts, "authorization") {
        Some(text) => text.split_once("Credential=")?.1.split(',').next()?.trim(),
        None => &query.iter().find(|(name, _)| name == "X-Amz-Credential")?.1,
    };
    let mut fields = credential.split('/');
    let key = fields.next()?.to_owned();
    let (_date, region, service) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Scope { key, region: region.to_owned(), service: service.to_owned() })
}

fn one_of(names: &[(String, String)], signed: Option<&str>) -> Option<String> {
    // Some services share a target or a version; the signature then decides.
    names
        .iter()
        .find(|(id, _)| signed == Some(id))
        .or_else(|| names.iter().find(|(_, signing)| signed == Some(signing)))
        .or_else(|| names.iter().find(|(id, signing)| id == signing))
        .or_else(|| names.first())
        .map(|(id, _)| id.clone())
}

fn by_target(parts: &Parts, body: &[u8], signed: Option<&str>) -> Option<(String, String, Value)> {
    let target = header(parts, "x-amz-target")?;
    let (prefix, operation) = target.rsplit_once('.').unwrap_or((target, ""));
    let service = WIRE
        .targets
        .get(prefix)
        .and_then(|names| one_of(names, signed))
        .unwrap_or_else(|| signed.unwrap_or(prefix).to_owned());
    Some((service, operation.to_owned(), json(body)))
}

fn by_rpc_path(parts: &Parts, signed: Option<&str>) -> Option<(String, String, Value)> {
    let mut path = segments(parts.uri.path());
    match (path.next()?, path.next()?, path.next()?, path.next()?, path.next()) {
        ("service", service, "operation", operation, None)
            if header(parts, "smithy-protocol").is_some() =>
        {
            let service = signed.map_or_else(|| service.to_ascii_lowercase(), str::to_owned);
            Some((service, operation.to_owned(), Value::Null))
        }
        _ => None,
    }
}

fn by_action(
    parts: &Parts,
    query: &[(String, String)],
    body: &[u8],
    signed: Option<&str>,
) -> Option<(String, String, Value)> {
    let is_form = header(parts, "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let mut pairs = query.to_vec();
    if is_form {
        pairs.extend(form(&String::from_utf8_lossy(body)));
    }
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let action = value("Action")?.to_owned();
    // An object or bucket may be called with a query of that name.
    if parts.uri.path() != "/" && signed == Some("s3") {
        return None;
    }
    let version = value("Version").unwrap_or_default();
    let service = WIRE
        .versions
        .get(version)
        .and_then(|names| one_of(names, signed))
        .unwrap_or_else(|| signed.unwrap_or("unknown").to_owned());
    Some((service, action, tree(&pairs)))
}

fn by_route(
    parts: &Parts,
    query: &[(String, String)],
    body: &[u8],
    signed: Option<&str>,
) -> Option<(String, String, Value)> {
    let best = ROUTES
        .iter()
        // S3 takes nearly any path, so another service's signature rules it out;
        // an unsigned request is taken for S3 only where nothing else fits.
        .filter(|route| signed.is_none_or(|s| s == route.signing))
        .filter_map(|route| labels(route, parts, query).map(|found| (route, found)))
        .max_by_key(|(route, _)| {
            let fixed = route.path.iter().filter(|s| !s.starts_with('{')).count();
            (fixed, route.query.len(), route.header.is_some(), route.path.len())
        });
    let (route, found) = best?;
    let mut input = match (route.service.as_str(), json(body)) {
        ("s3" | "s3control", _) => Map::new(),
        (_, Value::Object(map)) => map,
        _ => Map::new(),
    };
    for (name, value) in query {
        let name = name.clone();
        match input.get_mut(&name) {
            Some(Value::Array(list)) => list.push(Value::String(value.clone())),
            Some(other) => *other = Value::Array(vec![other.take(), Value::String(value.clone())]),
            None => {
                input.insert(name, Value::String(value.clone()));
            }
        }
    }
    for (name, value) in found {
        input.insert(name, Value::String(value));
    }
    if let Some((name, value)) = route.header.as_ref().and_then(|n| Some((n, header(parts, n)?))) {
        input.insert(name.clone(), Value::String(value.to_owned()));
    }
    Some((route.service.clone(), route.operation.clone(), Value::Object(input)))
}

/// The labels of a route that fits the request.
fn labels(
    route: &Route,
    parts: &Parts,
    query: &[(String, String)],
) -> Option<Vec<(String, String)>> {
    if route.method != parts.method.as_str() {
        return None;
    }
    let has = |(name, value): &(String, Option<String>)| {
        query.iter().any(|(n, v)| n == name && value.as_ref().is_none_or(|want| want == v))
    };
    if !route.query.iter().all(has) {
        return None;
    }
    if route.header.as_ref().is_some_and(|name| header(parts, name).is_none()) {
        return None;
    }
    let mut found = Vec::new();
    let mut path = segments(parts.uri.path());
    for part in &route.path {
        match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
            Some(label) if label.ends_with('+') => {
                let first = path.next()?.to_owned();
                let rest = path.by_ref().fold(first, |all, next| all + "/" + next);
                found.push((label.trim_end_matches('+').to_owned(), decode(&rest, false)));
            }
            Some(label) => found.push((label.to_owned(), decode(path.next()?, false))),
            None if path.next()? == part => {}
            None => return None,
        }
    }
    // A label that holds a whole ARN may come with its slashes unescaped.
    path.next().is_none().then_some(found)
}

fn decode(text: &str, plus: bool) -> String {
    let text = if plus { text.replace('+', " ") } else { text.to_owned() };
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

pub(super) fn form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

fn json(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Object(Map::new());
    }
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// Turns `Filter.1.Value.2=x` into nested objects and arrays.
fn tree(pairs: &[(String, String)]) -> Value {
    let mut root = Map::new();
    for (name, value) in pairs {
        if matches!(name.as_str(), "Action" | "Version") {
            continue;
        }
        insert(&mut root, name, value);
    }
    fold(Value::Object(root))
}

fn insert(at: &mut Map<String, Value>, name: &str, value: &str) {
    // Nothing real is nested this deep; a name made of dots must not eat the stack.
    let split = name.split_once('.').filter(|_| name.bytes().filter(|b| *b == b'.').count() < 32);
    let Some((head, rest)) = split else {
        at.insert(name.to_owned(), Value::String(value.to_owned()));
        return;
    };
    let slot = at.entry(head).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    if let Value::Object(map) = slot {
        insert(map, rest, value);
    }
}

/// Objects with nothing but numbers for names are lists; `member` is only a wrapper.
fn fold(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    if !map.is_empty() && map.keys().all(|k| k.parse::<u32>().is_ok()) {
        let mut rows: Vec<(u32, Value)> =
            map.into_iter().filter_map(|(k, v)| Some((k.parse().ok()?, fold(v)))).collect();
        rows.sort_by_key(|(k, _)| *k);
        return Value::Array(rows.into_iter().map(|(_, v)| v).collect());
    }
    let mut map: Map<String, Value> = map.into_iter().map(|(k, v)| (k, fold(v))).collect();
    if map.len() == 1
        && let Some(inner @ Value::Array(_)) = map.get_mut("member")
    {
        return inner.take();
    }
    Value::Object(map)
}

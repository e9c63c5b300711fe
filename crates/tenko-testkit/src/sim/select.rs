//! Which records and answers a request's input selects.

use serde_json::Value;

use super::account::ApiError;
use super::refusal;
use super::tables::{By, Operation, Protocol};

/// Whether everything in `want` is in `is`; scalars compare by their text,
/// since forms know no other type.
pub(super) fn subset(want: &Value, is: &Value) -> bool {
    match (want, is) {
        (Value::Null, _) => true,
        (Value::Object(want), Value::Object(is)) => {
            want.iter().all(|(k, v)| is.get(k).is_some_and(|i| subset(v, i)))
        }
        (Value::Array(want), Value::Array(is)) => {
            want.iter().all(|w| is.iter().any(|i| subset(w, i)))
        }
        (scalar, Value::Array(is)) => is.iter().any(|i| subset(scalar, i)),
        _ => text(want) == text(is),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// One name or a list of them.
pub(super) fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(text).collect(),
        Some(one) => vec![text(one)],
    }
}

/// Whether a record has this name.
pub(super) fn named(item: &Value, by: &By, name: &str) -> bool {
    by.fields.iter().any(|field| reaches(item, field, &|v| text(v) == name))
}

/// Whether some value at a dotted path, through lists, is good.
fn reaches(value: &Value, path: &str, good: &dyn Fn(&Value) -> bool) -> bool {
    if let Value::Array(list) = value {
        return list.iter().any(|v| reaches(v, path, good));
    }
    if path.is_empty() {
        return good(value);
    }
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    value.get(head).is_some_and(|v| reaches(v, rest, good))
}

/// Applies EC2 filters. One that the simulation cannot judge is refused: to
/// ignore it would answer more than was asked for.
pub(super) fn filtered<'a>(
    op: &Operation,
    rows: Vec<&'a Value>,
    input: &Value,
) -> Result<Vec<&'a Value>, ApiError> {
    let Some(filters) = input.get("Filter").and_then(Value::as_array) else { return Ok(rows) };
    if op.service().protocol != Protocol::Ec2 {
        return Ok(rows);
    }
    let mut rows = rows;
    for filter in filters {
        let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
        let wanted = names(filter.get("Value"));
        let good = |v: &Value| {
            // A state is an object with a name, or the name itself.
            let v = v.get("name").unwrap_or(v);
            wanted.contains(&text(v))
        };
        if let Some(key) = name.strip_prefix("tag:") {
            rows.retain(|row| {
                let tags = row.get("tagSet").and_then(Value::as_array);
                tags.into_iter().flatten().any(|tag| {
                    tag.get("key").is_some_and(|k| k == key) && tag.get("value").is_some_and(&good)
                })
            });
            continue;
        }
        let path = camel(name);
        let known = |row: &Value| reaches(row, &path, &|_| true);
        if !rows.is_empty() && !rows.iter().any(|row| known(row)) {
            let message = format!("The filter '{name}' is invalid in the simulated ec2");
            return Err(refusal::invalid_input(op.service(), &message));
        }
        rows.retain(|row| reaches(row, &path, &good));
    }
    Ok(rows)
}

/// `vpc-id` -> `vpcId`, `attachment.vpc-id` -> `attachmentSet.vpcId`
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut up = false;
    for c in name.chars() {
        match c {
            '-' => up = true,
            '.' => out.push_str("Set."),
            c if up => {
                out.extend(c.to_uppercase());
                up = false;
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a list of `GetAccountAuthorizationDetails` was asked for.
pub(super) fn wants_detail(input: &Value, list: &str) -> bool {
    let asked = names(input.get("Filter"));
    let kinds: &[&str] = match list {
        "UserDetailList" => &["User"],
        "GroupDetailList" => &["Group"],
        "RoleDetailList" => &["Role"],
        _ => &["LocalManagedPolicy", "AWSManagedPolicy"],
    };
    asked.is_empty() || asked.iter().any(|kind| kinds.contains(&kind.as_str()))
}

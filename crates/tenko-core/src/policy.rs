//! IAM policy documents, compared by what they mean.
//!
//! The order of statements and of lists, whether one text stands in a list, repetitions, the case
//! of actions and the form of a principal or of a condition's value say nothing. Everything else
//! does, the `Sid` too. A document without `Version` is of the version `2008-10-17`, which reads
//! `${aws:username}` as plain text: it is another policy than one of `2012-10-17`.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.

mod parts;
mod statements;

use std::borrow::Cow;

use serde_json::Value;

use crate::attributes::canonical_json;
use crate::drift::Change;
use crate::path::AttrPath;

/// What a document without a version is.
const OLDEST_VERSION: &str = "2008-10-17";

/// The value as a policy document, where it is one or the JSON text of one: an object whose
/// `Statement` holds nothing but statements, which all have an `Effect`.
pub fn policy_document(value: &Value) -> Option<Cow<'_, Value>> {
    match value {
        Value::Object(_) => is_document(value).then_some(Cow::Borrowed(value)),
        Value::String(text) if text.contains("\"Statement\"") => {
            let parsed = serde_json::from_str(text).ok()?;
            is_document(&parsed).then_some(Cow::Owned(parsed))
        }
        _ => None,
    }
}

fn is_document(value: &Value) -> bool {
    let is_statement = |value: &Value| value.get("Effect").is_some_and(Value::is_string);
    match value.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().all(is_statement),
        Some(statement) => is_statement(statement),
        None => false,
    }
}

/// Where two policy documents do not mean the same; empty where they do.
///
/// The paths are relative to the document and count statements as the actual one does; a
/// statement that only the expected one has comes behind its last. Nothing is allocated for
/// documents that are equal as they stand.
pub fn policy_changes(expected: &Value, actual: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    if expected != actual {
        document(expected, actual, &mut changes);
        changes.sort_by(|a, b| a.path.cmp(&b.path));
    }
    changes
}

fn document(expected: &Value, actual: &Value, out: &mut Vec<Change>) {
    let (Value::Object(e), Value::Object(a)) = (expected, actual) else {
        return push(out, AttrPath::default(), Some(expected), Some(actual));
    };
    for key in e.keys().chain(a.keys().filter(|key| !e.contains_key(*key))) {
        let (e, a) = (e.get(key), a.get(key));
        let same = match key.as_str() {
            "Statement" => {
                statements::compare(e, a, out);
                true
            }
            "Version" => version(e) == version(a),
            "Id" => same_text(e, a),
            _ => same_value(e, a),
        };
        if !same {
            push(out, AttrPath::key(key), e, a);
        }
    }
}

fn version(value: Option<&Value>) -> Option<&str> {
    value.filter(|v| !v.is_null()).map_or(Some(OLDEST_VERSION), Value::as_str)
}

/// An empty text is as good as none.
fn same_text(a: Option<&Value>, b: Option<&Value>) -> bool {
    let there = |v: &&Value| v.as_str() != Some("");
    same_value(a.filter(there), b.filter(there))
}

/// Null is as good as nothing.
fn same_value(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a.filter(|v| !v.is_null()), b.filter(|v| !v.is_null())) {
        (Some(a), Some(b)) => a == b || canonical_json(a).is_ok_and(|a| canonical_json(b) == Ok(a)),
        (a, b) => a.is_none() && b.is_none(),
    }
}

fn push(out: &mut Vec<Change>, path: AttrPath, expected: Option<&Value>, actual: Option<&Value>) {
    let (expected, actual) =
        (expected.cloned().unwrap_or_default(), actual.cloned().unwrap_or_default());
    out.push(Change { path, expected, actual });
}

#[cfg(test)]
mod tests;

//! Whether an answer is one of the method: an object of somebody else's is no empty list.

use serde_json::{Map, Value};
use tenko_core::{AttrPath, Segment};

use crate::error::{CallError, ErrorClass};
use crate::types::{Call, IAM_POLICY};

/// What lists of older services have around them.
const ENVELOPE: [&str; 2] = ["kind", "etag"];
const POLICY: [&str; 3] = ["bindings", "etag", "version"];

/// Services leave out what is empty, so an answer without anything is one of every list. One that has something must
/// have something that is known. A single resource is judged by what it is named by.
pub(super) fn fits(call: &Call, answer: &Map<String, Value>) -> bool {
    if answer.is_empty() {
        return true;
    }
    let has = |key: &str| answer.contains_key(key);
    if call.def.into.as_deref() == Some(IAM_POLICY) {
        return POLICY.into_iter().any(has);
    }
    let Some(items) = &call.def.items else { return true };
    let token = call.def.page_token.iter().map(|(_, path)| path);
    let known = std::iter::once(items).chain(token).chain(&call.def.partial);
    known.filter_map(first).chain(ENVELOPE).any(has)
}

/// The answer, if it is about what was listed or only adds to it.
pub(super) fn about(call: &Call, listed: &Value, answer: Value) -> Result<Value, CallError> {
    let same = |map: &Map<String, Value>| map.iter().any(|(k, v)| listed.get(k) == Some(v));
    let fits = call.def.into.is_some() || answer.as_object().is_some_and(same);
    if fits {
        return Ok(answer);
    }
    Err(foreign(call))
}

/// An answer about something else.
pub(super) fn foreign(call: &Call) -> CallError {
    let text = "the answer is not about what was asked for";
    CallError::own(&call.operation, ErrorClass::Broken, "invalid-response", text)
}

fn first(path: &AttrPath) -> Option<&str> {
    match path.segments().first() {
        Some(Segment::Key(key)) => Some(key),
        _ => None,
    }
}

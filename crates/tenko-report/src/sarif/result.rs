//! One drift or finding as a result of SARIF.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use tenko_core::{Source, Status};
use tenko_messages::Lang;

use super::{rule, time};
use crate::document::Document;
use crate::entry::{About, Entry, Stand};
use crate::machine::object;

pub(super) fn result(
    document: &Document,
    entry: &Entry<'_>,
    rules: &BTreeMap<String, usize>,
    lang: Lang,
) -> Value {
    let id = entry.rule();
    // `open`: too little is known to tell. What is no failure has no level.
    let (kind, level) = match entry {
        entry if entry.is_resolved() => ("pass", "none"),
        entry if entry.is_unknown() => ("open", "none"),
        entry => ("fail", rule::level(entry.severity())),
    };
    let message = match entry.aside(lang) {
        Some(aside) => format!("{} ({aside})", entry.message(lang)),
        None => entry.message(lang),
    };
    let fingerprint = entry.fingerprint().as_str();
    let prints = match fingerprint {
        "" => Value::Null,
        // The second one is what code scanning goes by.
        _ => {
            json!({"tenko/v1": fingerprint, "primaryLocationLineHash": format!("{fingerprint}:1")})
        }
    };
    let seen = object([
        ("firstDetectionTimeUtc", entry.first_seen().map(time).into()),
        ("lastDetectionTimeUtc", entry.last_seen().map(time).into()),
    ]);
    let suppressions = match entry.stand {
        Stand::Suppressed(one) => json!([{
            "kind": "external",
            "status": "accepted",
            "justification": one.reason,
            "properties": object([
                ("owner", one.owner.clone().into()),
                ("expires", time(one.expires).into()),
                ("ticket", one.ticket.clone().into()),
                ("source", one.source.to_string().into()),
            ]),
        }]),
        _ => Value::Null,
    };
    object([
        ("ruleId", id.as_ref().into()),
        ("ruleIndex", rules.get(id.as_ref()).copied().into()),
        ("kind", kind.into()),
        ("level", level.into()),
        ("message", json!({"text": text(&message)})),
        ("locations", json!([location(entry)])),
        ("partialFingerprints", prints),
        ("baselineState", baseline(document, entry).into()),
        ("suppressions", suppressions),
        ("provenance", seen),
        ("properties", properties(entry)),
    ])
}

/// Where there was nothing to compare with, there is no state.
fn baseline(document: &Document, entry: &Entry<'_>) -> Option<&'static str> {
    document.history.as_ref()?;
    Some(match entry.status()? {
        Status::New => "new",
        Status::Changed => "updated",
        Status::Unchanged => "unchanged",
        Status::Resolved => "absent",
        Status::Unknown => "unchanged",
        Status::Suppressed => match (entry.first_seen(), entry.last_seen()) {
            (Some(first), Some(last)) if first == last => "new",
            _ => "unchanged",
        },
    })
}

fn properties(entry: &Entry<'_>) -> Value {
    let (reason, changes) = match entry.about {
        About::Finding(_) => (Value::Null, Value::Null),
        About::Drift(drift) => {
            let change = |change: &tenko_core::Change| {
                json!({
                    "path": change.path.to_string(),
                    "expected": change.expected.to_string(),
                    "actual": change.actual.to_string(),
                })
            };
            let changes: Vec<_> = drift.changes.iter().take(20).map(change).collect();
            (drift.kind.as_str().into(), Value::Array(changes))
        }
    };
    object([
        ("severity", entry.severity().to_string().into()),
        ("status", entry.status().map(Status::as_str).into()),
        ("kind", reason),
        ("tenant", entry.tenant().into()),
        ("environment", entry.environment().into()),
        ("owner", entry.owner().into()),
        ("cloud", entry.cloud().into()),
        ("scope", entry.scope().into()),
        ("region", entry.region().into()),
        ("type", entry.resource_type().into()),
        ("id", entry.id().into()),
        ("name", entry.name().into()),
        ("changes", changes),
    ])
}

/// The line of a file that declares it. Of what no line declares, the resource's place in the cloud, in
/// the form of a path: code scanning refuses a whole file for one result without a physical location.
fn location(entry: &Entry<'_>) -> Value {
    let parts = [entry.cloud(), entry.scope(), entry.region(), entry.resource_type(), entry.id()];
    let mut parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if entry.id().is_empty() && !entry.name().is_empty() {
        parts.push(entry.name());
    }
    let step = |part: &&str| match part.chars().all(|ch| ch == '.') {
        true => "_".repeat(part.len()),
        false => encoded(part, false),
    };
    let cloud_path = parts.iter().map(step).collect::<Vec<_>>().join("/");
    let physical = entry.source().and_then(declared).unwrap_or_else(
        || json!({"artifactLocation": {"uri": cloud_path}, "region": {"startLine": 1}}),
    );
    let kind = if entry.resource().is_some() { "resource" } else { "scope" };
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{
            "name": entry.label(),
            "fullyQualifiedName": parts.join("/"),
            "kind": kind,
        }],
    })
}

/// A file below the repository and a line in it.
fn declared(source: &Source) -> Option<Value> {
    let line = source.line.filter(|line| *line > 0)?;
    let file = source.file.strip_prefix("./").unwrap_or(&source.file);
    let outside = file.is_empty() || file.starts_with('/') || file.contains("://");
    if outside || file.split('/').any(|part| part == "..") {
        return None;
    }
    let uri = encoded(file, true);
    Some(json!({"artifactLocation": {"uri": uri}, "region": {"startLine": line}}))
}

/// A path as a relative URI.
fn encoded(path: &str, slashes: bool) -> String {
    let mut out = String::new();
    // A longer one is no path that anybody opens.
    for byte in path.bytes().take(500) {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into());
            }
            b'/' if slashes => out.push('/'),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Text of a message. In SARIF `[text](target)` is a link, in plain text too; readers differ in what they
/// take a backslash for, so a space keeps the two apart.
pub(super) fn text(text: &str) -> String {
    text.replace("](", "] (")
}

//! Compliance findings of OCSF, for security data lakes.
//!
//! One JSON array, with one event a line. An array, because the file is one `.json` document, and
//! because scanners that write OCSF (Prowler is one) and what reads them use that form. What takes JSON
//! Lines instead (Athena, BigQuery, Splunk) gets it with `jq -c '.[]'`. Amazon Security Lake takes
//! neither, only Parquet that somebody made of either.

use jiff::Timestamp;
use serde_json::{Value, json};
use tenko_core::{Severity, Status};
use tenko_messages::Lang;

use crate::document::Document;
use crate::entry::{About, Entry, Stand, entries};
use crate::machine::{object, plain};

/// The version of the schema that events are of.
pub const VERSION: &str = "1.5.0";

/// The uid of the class Compliance Finding.
const CLASS: u64 = 2003;

/// Renders a document: an event for each drift and finding, those of earlier runs and those that are
/// suppressed too. All text is English.
///
/// | verdict | `compliance.status_id` | `severity_id` |
/// |---|---|---|
/// | surely there | 3, Fail; 2, Warning, of severity info | that of the rule |
/// | unknown | 0, Unknown | 0, Unknown |
/// | resolved | 1, Pass | that of the rule |
///
/// | status | `status_id` | `activity_id` |
/// |---|---|---|
/// | new | 1, New | 1, Create |
/// | changed, unchanged | 2, In Progress | 2, Update |
/// | suppressed | 3, Suppressed | 2, Update |
/// | resolved | 4, Resolved | 3, Close |
/// | unknown | 0, Unknown | 2, Update |
/// | nothing to compare with | none | 1, Create |
pub fn render(document: &Document) -> String {
    let mut out = String::from("[");
    for (i, entry) in entries(document).iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(&plain(event(document, entry, i)).to_string());
    }
    out.push_str("\n]\n");
    out
}

fn event(document: &Document, entry: &Entry<'_>, nth: usize) -> Value {
    let run = &document.run;
    let (activity, activity_name) = match entry.status() {
        None | Some(Status::New) => (1, "Create"),
        Some(Status::Resolved) => (3, "Close"),
        Some(_) => (2, "Update"),
    };
    let status = entry.status().map(|status| match status {
        Status::New => (1, "New"),
        Status::Changed | Status::Unchanged => (2, "In Progress"),
        Status::Suppressed => (3, "Suppressed"),
        Status::Resolved => (4, "Resolved"),
        Status::Unknown => (0, "Unknown"),
    });
    let (severity, severity_name) = match entry.severity() {
        _ if entry.is_unknown() => (0, "Unknown"),
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    };
    let message = entry.message(Lang::En);
    // Documents of a time without fingerprints have none.
    let uid = match entry.fingerprint().as_str() {
        "" => format!("{}:{nth}", run.id),
        fingerprint => fingerprint.to_owned(),
    };
    object([
        ("activity_id", activity.into()),
        ("activity_name", activity_name.into()),
        ("category_uid", 2.into()),
        ("category_name", "Findings".into()),
        ("class_uid", CLASS.into()),
        ("class_name", "Compliance Finding".into()),
        ("type_uid", (CLASS * 100 + activity).into()),
        ("type_name", format!("Compliance Finding: {activity_name}").into()),
        ("time", run.finished_at.as_millisecond().into()),
        ("severity_id", severity.into()),
        ("severity", severity_name.into()),
        ("status_id", status.map(|(id, _)| id).into()),
        ("status", status.map(|(_, name)| name).into()),
        ("status_detail", entry.aside(Lang::En).into()),
        ("message", message.clone().into()),
        ("metadata", metadata(document, entry, &uid)),
        ("cloud", cloud(entry)),
        ("compliance", compliance(entry)),
        ("finding_info", info(document, entry, &uid, &message)),
        ("remediation", json!({"desc": entry.remediation(Lang::En)})),
        ("resources", json!([resource(entry)])),
        ("unmapped", unmapped(entry)),
    ])
}

fn metadata(document: &Document, entry: &Entry<'_>, uid: &str) -> Value {
    let run = &document.run;
    object([
        ("version", VERSION.into()),
        ("product", json!({"name": "tenko", "vendor_name": "tenko", "version": run.tool_version})),
        ("profiles", json!(["cloud"])),
        ("uid", format!("{}:{uid}", run.id).into()),
        ("correlation_uid", run.id.clone().into()),
        ("event_code", entry.rule().into()),
        ("tenant_uid", entry.tenant().into()),
    ])
}

fn cloud(entry: &Entry<'_>) -> Value {
    let (provider, kind) = match entry.cloud() {
        "aws" => ("AWS", Some((10, "AWS Account"))),
        "gcp" => ("GCP", Some((11, "GCP Project"))),
        other => (other, None),
    };
    let account = match entry.scope() {
        "" => Value::Null,
        scope => object([
            ("uid", scope.into()),
            ("type_id", kind.map(|(id, _)| id).into()),
            ("type", kind.map(|(_, name)| name).into()),
        ]),
    };
    let project = (entry.cloud() == "gcp").then(|| entry.scope());
    object([
        ("provider", provider.into()),
        ("account", account),
        ("region", entry.region().into()),
        ("project_uid", project.into()),
    ])
}

fn compliance(entry: &Entry<'_>) -> Value {
    let (id, name) = match entry {
        entry if entry.is_resolved() => (1, "Pass"),
        entry if entry.is_unknown() => (0, "Unknown"),
        entry if entry.severity() == Severity::Info => (2, "Warning"),
        _ => (3, "Fail"),
    };
    json!({
        "control": entry.rule(),
        "status_id": id,
        "status": name,
        "standards": ["tenko"],
        "requirements": [entry.title(Lang::En)],
    })
}

fn info(document: &Document, entry: &Entry<'_>, uid: &str, message: &str) -> Value {
    let millis = |at: Option<Timestamp>| Value::from(at.map(Timestamp::as_millisecond));
    let kind = match entry.about {
        About::Finding(_) => "finding",
        About::Drift(_) => "drift",
    };
    let created = entry.first_seen().unwrap_or(document.run.finished_at);
    object([
        ("uid", uid.into()),
        ("title", entry.title(Lang::En).into()),
        ("desc", message.into()),
        ("types", json!([kind])),
        ("created_time", millis(Some(created))),
        ("first_seen_time", millis(entry.first_seen())),
        ("last_seen_time", millis(entry.last_seen())),
        ("product_uid", "tenko".into()),
        // 1: a rule.
        ("analytic", json!({"uid": entry.rule(), "name": entry.title(Lang::En), "type_id": 1})),
    ])
}

/// The resource; of what is about none the account or project.
fn resource(entry: &Entry<'_>) -> Value {
    let owner = entry.owner().filter(|name| !name.is_empty()).map(|name| json!({"name": name}));
    let of_scope = entry.resource().is_none();
    let uid = if of_scope { entry.scope() } else { entry.id() };
    let name = if of_scope { "" } else { entry.label() };
    object([
        ("uid", uid.into()),
        ("name", name.into()),
        ("type", if of_scope { "account" } else { entry.resource_type() }.into()),
        ("region", entry.region().into()),
        ("owner", owner.into()),
    ])
}

fn unmapped(entry: &Entry<'_>) -> Value {
    let change = |change: &tenko_core::Change| {
        json!({
            "path": change.path.to_string(),
            "expected": change.expected.to_string(),
            "actual": change.actual.to_string(),
        })
    };
    let suppression = match entry.stand {
        Stand::Suppressed(one) => object([
            ("reason", one.reason.clone().into()),
            ("owner", one.owner.clone().into()),
            ("expires", one.expires.to_string().into()),
            ("ticket", one.ticket.clone().into()),
            ("source", one.source.to_string().into()),
        ]),
        _ => Value::Null,
    };
    object([
        ("status", entry.status().map(Status::as_str).into()),
        ("severity", entry.severity().to_string().into()),
        ("environment", entry.environment().into()),
        ("declared_in", entry.source().map(ToString::to_string).into()),
        ("changes", entry.changes().iter().take(20).map(change).collect::<Vec<_>>().into()),
        ("suppression", suppression),
    ])
}

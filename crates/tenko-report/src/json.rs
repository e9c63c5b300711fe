//! JSON for machines. Every text begins with a `schema_version` and ends with a newline, and
//! characters that would act on a terminal are written as `\u001b`, which is the same JSON.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};
use tenko_core::{Answer, Catalog, Coverage, Parity, Resource, ScopeTree, TypeInfo};
use tenko_untangle::Untangle;

use crate::declared::Declared;
use crate::document::{Document, SCHEMA_VERSION};
use crate::rows::ScopeRow;
use crate::rule_page::RulePage;
use crate::views::{DeclaredView, ParityView, UntangleView};
use crate::visible::is_hidden;

/// The document as JSON text.
pub fn render(document: &Document) -> String {
    text(document)
}

/// Any of this module's values as JSON text.
pub fn text(value: &impl Serialize) -> String {
    // Only a map with keys other than strings could fail; there is none in our types.
    let plain = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(plain.len() + 1);
    for ch in plain.chars() {
        // Outside of strings there is no such character but the line breaks of the layout.
        if ch != '\n' && is_hidden(ch) {
            for unit in ch.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(ch);
        }
    }
    out.push('\n');
    out
}

/// The scopes with how they answered and, where coverage is given, their units.
pub fn scopes(tree: &ScopeTree, answers: &[Answer], coverage: Option<&[Coverage]>) -> Value {
    let rows = ScopeRow::all(tree, answers, coverage.unwrap_or_default(), &[]);
    let mut rows = to_value(&rows);
    for row in rows.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        row.remove("resources");
        // No look was taken, which is not the same as a look at nothing.
        if coverage.is_none() {
            row.remove("units");
        }
    }
    json!({"schema_version": SCHEMA_VERSION, "kind": "scopes", "scopes": rows})
}

/// The catalogue.
pub fn types(catalog: &Catalog) -> Value {
    let types: Vec<_> = catalog.iter().collect();
    json!({"schema_version": SCHEMA_VERSION, "kind": "types", "types": to_value(&types)})
}

/// The risk rules.
pub fn rules(rules: &[RulePage]) -> Value {
    json!({"schema_version": SCHEMA_VERSION, "kind": "rules", "rules": to_value(&rules)})
}

/// One risk rule.
pub fn rule_page(rule: &RulePage) -> Value {
    json!({"schema_version": SCHEMA_VERSION, "kind": "rule", "rule": to_value(rule)})
}

/// One type of the catalogue.
pub fn type_page(info: &TypeInfo) -> Value {
    json!({"schema_version": SCHEMA_VERSION, "kind": "type", "type": to_value(info)})
}

/// Resources, whole.
pub fn resources(resources: &[&Resource]) -> Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "kind": "resources",
        "resources": to_value(&resources),
    })
}

/// How alike environments are; [`crate::parity_schema`] describes it.
pub fn parity(parity: &Parity) -> Value {
    to_value(&ParityView::new(parity))
}

/// How to leave a shared account; [`crate::untangle_schema`] describes it.
pub fn untangle(plan: &Untangle) -> Value {
    to_value(&UntangleView::new(plan))
}

/// What documents declare; [`crate::declared_schema`] describes it.
pub fn declared(declared: &Declared) -> Value {
    to_value(&DeclaredView::new(declared))
}

/// One resource.
pub fn resource(resource: &Resource) -> Value {
    json!({"schema_version": SCHEMA_VERSION, "kind": "resource", "resource": to_value(resource)})
}

fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

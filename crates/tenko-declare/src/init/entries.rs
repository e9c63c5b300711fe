//! The resources of one environment, and what could not be read there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use tenko_core::{
    AttrPath, Cloud, Coverage, Matcher, Origin, Outcome, REDACTED_PREFIX, Resource, ScopeKey,
    TypeInfo,
};

use super::plan::EnvironmentPlan;
use super::text::{Writer, flow, quoted, scalar};
use super::{Depth, Source, scope_text};
use crate::matchers;
use crate::placeholder;
use crate::settings::is_region;

/// Deeper values are left out: the manifest itself takes some of the reader's levels.
const MAX_VALUE_DEPTH: usize = 40;

/// Writes what is expected of the environment.
pub(super) fn write(source: &Source<'_>, out: &mut Writer, environment: &EnvironmentPlan) {
    if source.options.depth == Depth::Scopes {
        out.entry(4, "unmanaged", "ignore");
        return;
    }
    let scopes: BTreeSet<_> = environment.scopes.iter().map(|(key, _)| key).collect();
    let mut resources: Vec<_> = scopes
        .iter()
        .filter_map(|key| source.resources.get(*key))
        .flatten()
        .copied()
        .filter(|r| r.origin == Origin::Customer)
        .collect();
    resources.sort_by(|a, b| order(a).cmp(&order(b)));
    gaps(source, out, &scopes);
    let mut seen = BTreeSet::new();
    let (mut written, mut skipped) = (Vec::new(), 0_usize);
    for resource in resources {
        match identity(source, resource, &scopes) {
            Some(identity) if seen.insert(identity.clone()) => written.push((resource, identity)),
            _ => skipped += 1,
        }
    }
    if skipped > 0 {
        out.comment(4, &format!("{skipped} resources have an id that cannot be written here"));
    }
    if written.is_empty() {
        return;
    }
    out.line(4, "resources:");
    for (resource, identity) in written {
        if source.options.depth == Depth::Attributes {
            block(source, out, resource, &identity);
        } else {
            let fields: Vec<_> = identity.iter().map(|(k, v)| format!("{k}: {v}")).collect();
            out.line(5, &format!("- {{{}}}", fields.join(", ")));
        }
    }
}

fn order(resource: &Resource) -> (&str, &str, &str, &str) {
    let key = &resource.key;
    (key.resource_type.as_str(), key.scope.as_str(), key.region.as_str(), &key.id)
}

/// The fields that find the resource again.
fn identity(
    source: &Source<'_>,
    resource: &Resource,
    scopes: &BTreeSet<&ScopeKey>,
) -> Option<Vec<(&'static str, String)>> {
    let key = &resource.key;
    let type_name = key.resource_type.as_str();
    let known = source.catalog.get(&key.resource_type).is_some();
    let of_cloud =
        if key.cloud == Cloud::gcp() { &source.asset_types } else { &source.cloud_control };
    if key.id.is_empty() || !(known || of_cloud.contains(type_name)) {
        return None;
    }
    let mut fields =
        vec![("type", scalar(type_name)), ("id", scalar(&placeholder::escape(&key.id)))];
    if let Some(name) = resource.name.as_ref().filter(|name| **name != key.id) {
        fields.push(("name", scalar(&placeholder::escape(name))));
    }
    if is_region(key.region.as_str()) {
        fields.push(("region", scalar(key.region.as_str())));
    }
    // Its type says which cloud it is in.
    if scopes.iter().filter(|scope| scope.cloud == key.cloud).count() > 1 {
        fields.push(("scope", scope_text(&key.scope_key())));
    }
    Some(fields)
}

fn block(source: &Source<'_>, out: &mut Writer, resource: &Resource, identity: &[(&str, String)]) {
    for (i, (field, value)) in identity.iter().enumerate() {
        let dash = if i == 0 { "- " } else { "  " };
        out.line(5, &format!("{dash}{field}: {value}"));
    }
    let Some(info) = source.catalog.get(&resource.key.resource_type) else { return };
    let attributes = attributes(resource, info);
    if !attributes.is_empty() {
        out.line(6, "attributes:");
        for (path, value) in attributes {
            out.entry(7, &path.to_string(), &flow(&value));
        }
    }
    let tags = tags(resource, info);
    if !tags.is_empty() {
        out.line(6, "tags:");
        for (tag, value) in tags {
            out.entry(7, tag, &quoted(&placeholder::escape(value)));
        }
    }
}

/// The compared attributes with values that the live resource is sure to match.
fn attributes(resource: &Resource, info: &TypeInfo) -> Vec<(AttrPath, Value)> {
    let live = resource.attributes.to_value();
    let mut readable = live.clone();
    for path in info.ignored.iter().chain(&info.sensitive).chain(&resource.unknown) {
        path.remove(&mut readable);
    }
    let mut out = Vec::new();
    for name in info.compared().filter(|name| *name != "Tags") {
        let path = AttrPath::key(name);
        if resource.is_unknown(&path) || info.sensitive.iter().any(|s| s.covers(&path)) {
            continue;
        }
        // Absence that was seen is declared too: a policy that somebody adds later is a change.
        if path.get(&live).is_none() {
            out.push((path, serde_json::json!({ "present": false })));
            continue;
        }
        let Some(value) = path.get(&readable).cloned().and_then(|v| without_redacted(v, 0)) else {
            continue;
        };
        if value == Value::Object(Map::new()) && path.get(&live) != Some(&value) {
            continue;
        }
        // Taking something out of a list changes what it is compared with.
        if value.is_null() || !Matcher::Exact(value.clone()).matches(path.get(&live)) {
            continue;
        }
        out.push((path, written(value)));
    }
    out
}

/// The value without redacted parts; `None` when nothing is left that could be compared.
fn without_redacted(value: Value, depth: usize) -> Option<Value> {
    match value {
        Value::String(text) if text.starts_with(REDACTED_PREFIX) => None,
        Value::Array(_) | Value::Object(_) if depth >= MAX_VALUE_DEPTH => None,
        Value::Array(items) => {
            let items = items.into_iter().map(|item| without_redacted(item, depth + 1));
            items.collect::<Option<Vec<_>>>().map(Value::Array)
        }
        Value::Object(map) => {
            let kept =
                map.into_iter().filter_map(|(k, v)| Some((k, without_redacted(v, depth + 1)?)));
            Some(Value::Object(kept.collect()))
        }
        other => Some(other),
    }
}

/// The value as it is written: placeholders escaped, and marked where it looks like a matcher.
fn written(mut value: Value) -> Value {
    let exact = matchers::looks_like_matcher(&value);
    placeholder::texts(&mut value, &mut |text| *text = placeholder::escape(text));
    if exact { Value::Object(Map::from_iter([("exact".to_owned(), value)])) } else { value }
}

fn tags<'r>(resource: &'r Resource, info: &TypeInfo) -> Vec<(&'r str, &'r str)> {
    let root = AttrPath::key("Tags");
    let hidden = |key: &str| {
        let path = root.join(key);
        let covered = |paths: &[AttrPath]| paths.iter().any(|p| p.covers(&path));
        resource.is_unknown(&path) || covered(&info.ignored) || covered(&info.sensitive)
    };
    let all = resource.tags.iter().filter(|_| info.taggable);
    let shown = all.filter(|(k, v)| !hidden(k) && !v.starts_with(REDACTED_PREFIX));
    shown.map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

/// Comments about units that were not read completely: what is there is not listed.
fn gaps(source: &Source<'_>, out: &mut Writer, scopes: &BTreeSet<&ScopeKey>) {
    let mut found: BTreeMap<String, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    let rows = source.snapshot.coverage.iter().filter(|c| {
        !c.outcome.is_complete()
            && c.outcome != Outcome::RegionDisabled
            && scopes.contains(&c.unit.scope_key())
    });
    for Coverage { unit, outcome, .. } in rows {
        let types = found.entry(outcome.to_string()).or_default();
        types.entry(unit.resource_type.as_str()).or_default().insert(unit.reach.as_str());
    }
    for (outcome, types) in found {
        out.comment(
            4,
            &format!("not read completely, so not all that is there is listed ({outcome}):"),
        );
        for (name, reaches) in types {
            let some: Vec<_> = reaches.iter().take(4).copied().collect();
            let more = reaches.len() - some.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            out.comment(4, &format!("  {name} in {}{more}", some.join(", ")));
        }
    }
}

//! What each environment says of one role.

use std::collections::BTreeMap;

use serde_json::Value;
use tenko_core::{
    AttrPath, ParityEnvironment, ParityKind, ParityRow, ParityValue, Resource, ResourceType,
    ScopeKey, Segment, TypeInfo, canonical_json,
};

use super::names::{Names, is_name};
use super::versions;
use crate::owners::Owned;
use crate::view::{Area, View};

/// One environment of a group.
pub(super) struct Member<'a> {
    tenant: &'a str,
    environment: &'a str,
    stage: &'a str,
    resources: usize,
    names: Names<'a>,
    owned: &'a Owned<'a>,
    view: &'a View<'a>,
}

impl<'a> Member<'a> {
    pub(super) fn new(
        owned: &'a Owned<'a>,
        resources: &[&'a Resource],
        names: Names<'a>,
        view: &'a View<'a>,
    ) -> Self {
        let environment = owned.environment;
        Self {
            tenant: &owned.tenant.id,
            environment: &environment.name,
            stage: environment.stage.as_ref().unwrap_or(&environment.name),
            resources: resources.len(),
            names,
            owned,
            view,
        }
    }

    pub(super) fn environment(&self) -> &str {
        self.environment
    }

    pub(super) fn stage(&self) -> &str {
        self.stage
    }

    /// The resources with their roles.
    pub(super) fn roles(&self) -> impl Iterator<Item = (&'a Resource, Option<&str>)> {
        self.names.roles.iter().map(|(resource, role)| (*resource, role.as_deref()))
    }

    /// Whether every unit that could hold such a resource was read, so that what was not found is
    /// not there. An environment without a scope in the type's cloud holds none.
    pub(super) fn has_seen(&self, resource_type: &ResourceType, info: Option<&TypeInfo>) -> bool {
        let fits = |scope: &&&ScopeKey| info.is_none_or(|info| info.cloud == scope.cloud);
        let mut scopes = self.owned.scopes.iter().filter(fits).copied().peekable();
        let area = Area { region: None, regions: self.owned.environment.regions.as_ref() };
        scopes.peek().is_none() || self.view.gaps(scopes, resource_type, area).is_empty()
    }

    pub(super) fn summary(&self) -> ParityEnvironment {
        ParityEnvironment {
            tenant: self.tenant.to_owned(),
            environment: self.environment.to_owned(),
            stage: Some(self.stage.to_owned()),
            resources: self.resources,
        }
    }
}

/// Values that occur, in canonical form, with the environments that have each.
#[derive(Default)]
struct Tally {
    values: BTreeMap<String, (Value, Vec<usize>)>,
    unknown: Vec<usize>,
}

impl Tally {
    fn add(&mut self, value: Value, environment: usize) {
        let text = canonical_json(&value).unwrap_or_default();
        self.values.entry(text).or_insert_with(|| (value, Vec::new())).1.push(environment);
    }

    /// The row, if the environments differ.
    fn row(
        self,
        kind: ParityKind,
        resource_type: &ResourceType,
        role: Option<&str>,
        path: Option<AttrPath>,
    ) -> Option<ParityRow> {
        if self.values.len() < 2 {
            return None;
        }
        let mut values: Vec<_> = self
            .values
            .into_values()
            .map(|(value, environments)| ParityValue { value, environments })
            .collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.environments.len()));
        Some(ParityRow {
            kind,
            resource_type: resource_type.clone(),
            role: role.map(ToOwned::to_owned),
            path,
            values,
            unknown: self.unknown,
        })
    }
}

/// The differences in one role: `found` are the resources that play it, with the position of
/// their environment.
pub(super) fn rows(
    resource_type: &ResourceType,
    role: Option<&str>,
    found: &[(usize, &Resource)],
    members: &[&Member<'_>],
    seen: &[bool],
    info: Option<&TypeInfo>,
) -> Vec<ParityRow> {
    let mut by_member: Vec<Vec<&Resource>> = vec![Vec::new(); members.len()];
    for (at, resource) in found {
        if let Some(list) = by_member.get_mut(*at) {
            list.push(resource);
        }
    }
    for list in &mut by_member {
        latest_only(resource_type, list);
    }
    let mut counts = Tally::default();
    for (at, list) in by_member.iter().enumerate() {
        if seen.get(at).copied().unwrap_or_default() {
            counts.add(list.len().into(), at);
        } else {
            counts.unknown.push(at);
        }
    }
    let mut rows: Vec<_> =
        counts.row(ParityKind::Count, resource_type, role, None).into_iter().collect();
    // Of resources that have nothing in common but their type, nothing else can be compared.
    if role.is_none() {
        return rows;
    }
    let versions = versions::of(resource_type.as_str());
    let mut tallies: BTreeMap<AttrPath, Tally> = BTreeMap::new();
    let mut paths: BTreeMap<AttrPath, Vec<(usize, Value)>> = BTreeMap::new();
    let mut present = Vec::new();
    // What only one of them has differs from nothing but its absence, which is told.
    let alone = by_member.iter().filter(|list| !list.is_empty()).count() < 2;
    for (at, (list, member)) in by_member.iter().zip(members).enumerate() {
        if list.is_empty() || alone {
            continue;
        }
        present.push(at);
        for (path, value) in facts(list, member, info, &versions) {
            paths.entry(path).or_default().push((at, value));
        }
    }
    for (path, values) in paths {
        let tally = tallies.entry(path.clone()).or_default();
        let mut values = values.into_iter().peekable();
        for at in &present {
            let unread = by_member.get(*at).into_iter().flatten().any(|r| r.is_unknown(&path));
            let value = match values.peek() {
                Some((owner, _)) if owner == at => values.next().map(|(_, value)| value),
                _ => None,
            };
            if unread {
                tally.unknown.push(*at);
            } else {
                tally.add(value.unwrap_or_default(), *at);
            }
        }
    }
    rows.extend(tallies.into_iter().filter_map(|(path, tally)| {
        let is_version = versions.iter().any(|version| version.covers(&path));
        let kind = if is_version { ParityKind::Version } else { ParityKind::Attribute };
        tally.row(kind, resource_type, role, Some(path))
    }));
    rows
}

/// Of revisions of one thing only the latest counts.
fn latest_only(resource_type: &ResourceType, list: &mut Vec<&Resource>) {
    let revision = |r: &Resource| versions::revision(resource_type.as_str(), &r.key.id);
    let latest = list.iter().copied().filter(|r| revision(r).is_some()).max_by_key(|r| revision(r));
    if let Some(latest) = latest {
        *list = vec![latest];
    }
}

/// Path and value of everything that is compared. Where several resources play the role, the
/// values that differ among them are listed.
fn facts(
    list: &[&Resource],
    member: &Member<'_>,
    info: Option<&TypeInfo>,
    versions: &[AttrPath],
) -> BTreeMap<AttrPath, Value> {
    let mut all: BTreeMap<AttrPath, BTreeMap<String, Value>> = BTreeMap::new();
    let mut add = |path: AttrPath, value: Value| {
        let text = canonical_json(&value).unwrap_or_default();
        all.entry(path).or_default().insert(text, value);
    };
    for resource in list {
        let mut value = resource.to_value();
        for path in info.map(|info| info.ignored.as_slice()).unwrap_or_default() {
            path.visit_mut(&mut value, &mut |found| *found = Value::Null);
        }
        for path in versions.iter().filter(|path| versions::is_in_list(path)) {
            let mut found = Vec::new();
            path.visit_mut(&mut value, &mut |version| found.push(std::mem::take(version)));
            if !found.is_empty() {
                add(path.clone(), found.iter().map(|v| member.names.value(v)).collect());
            }
        }
        leaves(&AttrPath::default(), &value, &mut |path, value| {
            let sets = info.map(|info| info.sets.as_slice()).unwrap_or_default();
            let mut value = member.names.value(value);
            if let (Value::Array(items), true) = (
                &mut value,
                sets.iter()
                    .any(|set| set.segments().len() == path.segments().len() && set.covers(&path)),
            ) {
                items.sort_by_cached_key(|item| canonical_json(item).unwrap_or_default());
            }
            add(path, value);
        });
    }
    let one = |mut values: BTreeMap<String, Value>| match values.pop_first() {
        Some((_, only)) if values.is_empty() => only,
        first => first.map(|(_, v)| v).into_iter().chain(values.into_values()).collect(),
    };
    all.into_iter().map(|(path, values)| (path, one(values))).collect()
}

/// Every value that is no object: lists as a whole, for their elements have no names.
fn leaves<'v>(path: &AttrPath, value: &'v Value, f: &mut dyn FnMut(AttrPath, &'v Value)) {
    match value {
        Value::Null => {}
        Value::Object(map) => {
            for (key, value) in map {
                let is_own = path.segments().is_empty() && is_name(key);
                let is_system = path.segments() == [Segment::Key("Tags".to_owned())]
                    && (key.starts_with("aws:") || key.starts_with("goog-"));
                if !is_own && !is_system {
                    leaves(&path.join(key), value, f);
                }
            }
        }
        Value::Array(items) if items.is_empty() => {}
        value => f(path.clone(), value),
    }
}

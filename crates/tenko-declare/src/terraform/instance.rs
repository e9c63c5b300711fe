//! One instance of a state, by the mappings of its type.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use tenko_core::{
    AttrPath, Claim, Cloud, Matcher, REDACTED_PREFIX, Reach, ScopeKey, Source, SourceKind,
};
use tenko_jq::{Expr, Subject};

use super::infer;
use super::mapping::{Compiled, Inclusion, Known, Mapping};
use super::part::{Parent, Part};
use super::sensitive::holds_mask;

/// An object of a state, before it is known what it is.
pub(super) struct Instance {
    pub(super) address: String,
    pub(super) code_type: Arc<str>,
    pub(super) cloud: Cloud,
    /// An object.
    pub(super) attributes: Value,
    /// The same with sensitive values blanked out, where there are any.
    pub(super) masked: Option<Value>,
    /// Why its attributes can't be relied on: it is tainted or deposed.
    pub(super) doubt: Option<String>,
}

/// What an instance turned out to be.
#[derive(Debug)]
pub(super) enum Made {
    Whole(Claim),
    Part(Part),
}

/// What an expression came to.
enum Said {
    Nothing,
    Value(Value),
    Sensitive,
    Failed(String),
}

impl Instance {
    fn source(&self, file: &Arc<str>) -> Source {
        Source {
            kind: SourceKind::Terraform,
            file: Arc::clone(file),
            address: self.address.clone(),
            line: None,
        }
    }

    /// Everything that the instance is, by each table that means it.
    ///
    /// # Errors
    /// The reason why nothing can be said of it.
    pub(super) fn make(self, mappings: &[Mapping], file: &Arc<str>) -> Result<Vec<Made>, String> {
        let real = Subject::new(&self.attributes);
        let masked = self.masked.as_ref().map(Subject::new);
        let mut made = Vec::with_capacity(1);
        for mapping in mappings {
            let compiled = mapping.compiled().map_err(|error| chain(error))?;
            let view = View { real: &real, masked: masked.as_ref() };
            match view.truth(compiled.when.as_ref()) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(reason) => return Err(format!("when: {reason}")),
            }
            made.push(match &compiled.part_of {
                None => Made::Whole(self.whole(mapping, compiled, &view, file)?),
                Some(part_of) => Made::Part(self.part(mapping, compiled, part_of, &view, file)?),
            });
        }
        if made.is_empty() {
            made.push(Made::Whole(self.unmapped(file)?));
        }
        Ok(made)
    }

    /// A resource of a type without a mapping: known to be managed, and no more.
    fn unmapped(&self, file: &Arc<str>) -> Result<Claim, String> {
        let ids =
            infer::ids(infer::text(&self.attributes, "id").map(str::to_owned), &self.attributes);
        if ids.is_empty() {
            return Err("it has no id".to_owned());
        }
        Ok(Claim {
            resource_type: None,
            code_type: Arc::clone(&self.code_type),
            name: None,
            scope: infer::scope(&self.cloud, &self.attributes, &ids),
            region: infer::region(&self.cloud, &self.attributes, &ids),
            ids,
            attributes: Vec::new(),
            tags: None,
            sensitive: BTreeSet::new(),
            not_comparable: Some(
                self.doubt.clone().unwrap_or_else(|| "its type has no mapping".to_owned()),
            ),
            note: None,
            in_sync: false,
            owner: None,
            source: self.source(file),
            parts: Vec::new(),
            partial: false,
        })
    }

    fn whole(
        &self,
        mapping: &Mapping,
        compiled: &Compiled,
        view: &View<'_>,
        file: &Arc<str>,
    ) -> Result<Claim, String> {
        let info = &*mapping.info;
        let first = match &compiled.id {
            Some(id) => view.text("id", id)?,
            None => infer::text(&self.attributes, "id").map(str::to_owned),
        };
        let ids = infer::ids(Some(first.ok_or("it has no id")?), &self.attributes);
        let (scope, region) = self.place(info, compiled, view, &ids)?;
        let region = region.or_else(|| info.global.then_some(Reach::Global));
        let mut sensitive = BTreeSet::new();
        let mut doubt = self.doubt.clone();
        let (tags, hidden) = view.tags(info, compiled);
        if hidden {
            sensitive.insert(AttrPath::key("Tags"));
        }
        let name = match &compiled.name {
            Some(name) => view.shown_text(name),
            None => tags.as_ref().and_then(|tags| tags.get("Name").cloned()),
        };
        let mut attributes = Vec::new();
        if doubt.is_none() {
            for (path, expr) in &compiled.attributes {
                match view.say(expr) {
                    Said::Nothing => {}
                    Said::Value(value) => {
                        attributes.push((path.clone(), Matcher::Loose(hide(info, path, value))));
                    }
                    Said::Sensitive => {
                        sensitive.insert(path.clone());
                    }
                    Said::Failed(reason) => doubt = Some(format!("{path}: {reason}")),
                }
            }
            for inclusion in &compiled.includes {
                let path = &inclusion.path;
                match view.say(&inclusion.items) {
                    Said::Nothing => {}
                    Said::Value(value) => {
                        let items = list(hide(info, path, value));
                        let (keys, open) = (inclusion.keys.clone(), inclusion.open);
                        attributes.push((path.clone(), Matcher::Includes { items, keys, open }));
                    }
                    Said::Sensitive => {
                        sensitive.insert(path.clone());
                    }
                    Said::Failed(reason) => doubt = Some(format!("{path}: {reason}")),
                }
            }
        }
        if doubt.is_some() {
            attributes = Vec::new();
        }
        attributes.shrink_to_fit();
        Ok(Claim {
            resource_type: Some(info.resource_type.clone()),
            code_type: Arc::clone(&mapping.terraform),
            ids,
            name,
            scope,
            region,
            attributes,
            tags: if doubt.is_some() { None } else { tags },
            sensitive,
            not_comparable: doubt,
            note: None,
            in_sync: false,
            owner: None,
            source: self.source(file),
            parts: Vec::new(),
            partial: false,
        })
    }

    fn part(
        &self,
        mapping: &Mapping,
        compiled: &Compiled,
        part_of: &Expr,
        view: &View<'_>,
        file: &Arc<str>,
    ) -> Result<Part, String> {
        let info = &*mapping.info;
        let parents = view.parents(part_of).map_err(|reason| format!("part_of: {reason}"))?;
        if parents.is_empty() {
            return Err(format!("it names no {} that it is a part of", info.resource_type));
        }
        let ids =
            infer::ids(infer::text(&self.attributes, "id").map(str::to_owned), &self.attributes);
        let (scope, region) = self.place(info, compiled, view, &ids)?;
        let mut part = Part {
            resource_type: info.resource_type.clone(),
            code_type: Arc::clone(&mapping.terraform),
            id: ids.into_iter().next(),
            parents,
            scope,
            region,
            attributes: Vec::new(),
            append: Vec::new(),
            includes: Vec::new(),
            tags: BTreeMap::new(),
            sensitive: Vec::new(),
            uncertain: Vec::new(),
            doubt: self.doubt.clone(),
            source: self.source(file),
        };
        for (path, expr) in &compiled.attributes {
            if let Some(value) = part.take(view, info, path, expr) {
                part.attributes.push((path.clone(), value));
            }
        }
        for (path, expr) in &compiled.append {
            if let Some(value) = part.take(view, info, path, expr) {
                part.append.push((path.clone(), list(value)));
            }
        }
        for Inclusion { path, items, keys, open } in &compiled.includes {
            if let Some(value) = part.take(view, info, path, items) {
                let matcher =
                    Matcher::Includes { items: list(value), keys: keys.clone(), open: *open };
                part.includes.push((path.clone(), matcher));
            }
        }
        if compiled.tags.is_some() && info.taggable {
            let path = AttrPath::key("Tags");
            match view.tags(info, compiled) {
                _ if part.doubt.is_some() => part.uncertain.push(path),
                (_, true) => part.sensitive.push(path),
                (tags, false) => part.tags = tags.unwrap_or_default(),
            }
        }
        Ok(part)
    }

    fn place(
        &self,
        info: &Known,
        compiled: &Compiled,
        view: &View<'_>,
        ids: &[String],
    ) -> Result<(Option<ScopeKey>, Option<Reach>), String> {
        let scope = match &compiled.scope {
            Some(scope) => {
                view.text("scope", scope)?.map(|id| ScopeKey::new(info.cloud.clone(), id))
            }
            None => infer::scope(&info.cloud, &self.attributes, ids),
        };
        let region = match &compiled.region {
            Some(region) => view.text("region", region)?.map(|text| {
                if info.cloud == Cloud::gcp() {
                    infer::google_region(&text)
                } else {
                    Reach::from(text)
                }
            }),
            None => infer::region(&info.cloud, &self.attributes, ids),
        };
        Ok((scope, region))
    }
}

impl Part {
    /// The value of one of its paths; what can't be used is noted.
    fn take(
        &mut self,
        view: &View<'_>,
        info: &Known,
        path: &AttrPath,
        expr: &Expr,
    ) -> Option<Value> {
        if self.doubt.is_some() {
            self.uncertain.push(path.clone());
            return None;
        }
        match view.say(expr) {
            Said::Nothing => None,
            Said::Value(value) => Some(hide(info, path, value)),
            Said::Sensitive => {
                self.sensitive.push(path.clone());
                None
            }
            Said::Failed(reason) => {
                self.uncertain.push(path.clone());
                self.doubt = Some(format!("{path}: {reason}"));
                None
            }
        }
    }
}

/// The attributes that expressions see.
struct View<'a> {
    real: &'a Subject<'a>,
    masked: Option<&'a Subject<'a>>,
}

impl<'a> View<'a> {
    /// What the expression says, when no sensitive value had a part in it: with the sensitive values
    /// blanked out, it must come to the same.
    fn say(&self, expr: &'a Expr) -> Said {
        let real = expr.value(self.real);
        if let Some(masked) = self.masked.filter(|masked| self.differs(masked, expr)) {
            let blanked = expr.value(masked);
            if blanked != real || matches!(&blanked, Ok(Some(value)) if holds_mask(value)) {
                return Said::Sensitive;
            }
        }
        match real {
            Ok(None) => Said::Nothing,
            Ok(Some(value)) => Said::Value(without_nulls(value.into_owned())),
            Err(error) => Said::Failed(chain(&error)),
        }
    }

    /// Whether the expression looks at anything that is blanked out.
    fn differs(&self, masked: &Subject<'_>, expr: &Expr) -> bool {
        match (expr.keys(), self.real.value(), masked.value()) {
            (Some(keys), Value::Object(real), Value::Object(masked)) => {
                keys.iter().any(|key| real.get(key) != masked.get(key))
            }
            _ => true,
        }
    }

    fn truth(&self, when: Option<&Expr>) -> Result<bool, String> {
        let Some(when) = when else { return Ok(true) };
        let value = when.value(self.real).map_err(|error| chain(&error))?;
        Ok(value.is_some_and(|value| *value != Value::Bool(false)))
    }

    fn text(&self, field: &str, expr: &Expr) -> Result<Option<String>, String> {
        let value = expr.value(self.real).map_err(|error| format!("{field}: {}", chain(&error)))?;
        Ok(value.and_then(|value| plain_text(&value)))
    }

    /// A text for people, unless it is sensitive.
    fn shown_text(&self, expr: &'a Expr) -> Option<String> {
        match self.say(expr) {
            Said::Value(value) => plain_text(&value),
            _ => None,
        }
    }

    fn parents(&self, expr: &Expr) -> Result<Vec<Parent>, String> {
        let values = expr.values(self.real).map_err(|error| chain(&error))?;
        let each = values.iter().flat_map(|value| match &**value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        });
        let mut parents: Vec<_> = each
            .filter_map(plain_text)
            .map(|id| Parent { key: infer::normal_id(&id), id })
            .collect();
        parents.sort_by(|a, b| (&a.key, &a.id).cmp(&(&b.key, &b.id)));
        parents.dedup_by(|a, b| a.key == b.key);
        Ok(parents)
    }

    /// The tags, and whether some of them are not to be shown, so that none is compared.
    fn tags(
        &self,
        info: &Known,
        compiled: &'a Compiled,
    ) -> (Option<BTreeMap<String, String>>, bool) {
        let found = match &compiled.tags {
            Some(tags) => self.say(tags),
            None if !info.taggable => return (None, false),
            None => {
                let subject = self.masked.unwrap_or(self.real).value();
                let names = if info.cloud == Cloud::gcp() {
                    ["effective_labels", "labels"]
                } else {
                    ["tags_all", "tags"]
                };
                let known = names.iter().any(|name| subject.get(name).is_some());
                match names.iter().filter_map(|name| subject.get(name)).find(|v| !v.is_null()) {
                    Some(tags) if holds_mask(tags) => Said::Sensitive,
                    Some(tags) => Said::Value(tags.clone()),
                    // No tags are written as null.
                    None if known => Said::Value(Value::Object(serde_json::Map::new())),
                    None => Said::Nothing,
                }
            }
        };
        match found {
            Said::Value(Value::Object(map)) => {
                let text = |value: &Value| plain_text(value).unwrap_or_default();
                let tags = map.iter().filter(|(_, v)| !v.is_null());
                (Some(tags.map(|(key, value)| (key.clone(), text(value))).collect()), false)
            }
            Said::Sensitive => (None, true),
            _ => (None, false),
        }
    }
}

/// A text that is not empty; a number as one.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn list(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        other => vec![other],
    }
}

/// Null says nothing: the key is not compared.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// What the collector redacts is not kept from code either: it could not be compared, and must not
/// be shown.
fn hide(info: &Known, path: &AttrPath, mut value: Value) -> Value {
    for sensitive in &info.sensitive {
        let (deep, here) = (sensitive.segments(), path.segments());
        if deep.len() < here.len() && sensitive.covers(path) {
            return redacted();
        }
        let Some((above, below)) = deep.split_at_checked(here.len()) else { continue };
        if AttrPath::new(above.iter().cloned()).covers(path) {
            AttrPath::new(below.iter().cloned()).visit_mut(&mut value, &mut |found| {
                if !found.is_null() {
                    *found = redacted();
                }
            });
        }
    }
    value
}

fn redacted() -> Value {
    Value::from(format!("{REDACTED_PREFIX}by tenko"))
}

/// An error with its causes in one line. jq's own messages quote the value that they are about,
/// which may be a secret.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    let text = texts.join(": ");
    match text.find("cannot ") {
        Some(at) => {
            let before = text.get(..at).unwrap_or_default();
            format!("{before}the values do not have the form that is expected")
        }
        None => text,
    }
}

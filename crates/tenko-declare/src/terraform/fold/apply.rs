//! What one part does to a claim.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value};
use tenko_core::{AttrPath, Claim, Matcher, Segment};

use super::super::part::Part;

impl Part {
    /// Writes what the part says into the claim; what is to be appended is handed back.
    pub(super) fn apply(&self, claim: &mut Claim) -> &[(AttrPath, Vec<Value>)] {
        claim.parts.push(self.source.clone());
        if claim.not_comparable.is_some() {
            return &[];
        }
        for (path, value) in &self.attributes {
            state(claim, path, value.clone());
        }
        for (path, matcher) in &self.includes {
            include(claim, path, matcher);
        }
        if let Some(tags) = claim.tags.as_mut().filter(|_| !self.tags.is_empty()) {
            tags.extend(self.tags.clone());
        }
        &self.append
    }

    /// Nothing that the part speaks of is compared: it may or may not mean this claim.
    pub(super) fn forget(&self, claim: Option<&mut Claim>) {
        let Some(claim) = claim else { return };
        let paths = self.attributes.iter().map(|(path, _)| path);
        let lists = self.append.iter().map(|(path, _)| path);
        for path in paths.chain(lists).chain(self.includes.iter().map(|(path, _)| path)) {
            drop_path(claim, path);
        }
        if !self.tags.is_empty() {
            claim.tags = None;
        }
    }

    /// Takes out what the part speaks of with values that are not to be used.
    pub(super) fn hide(&self, claim: Option<&mut Claim>) {
        let Some(claim) = claim else { return };
        for path in &self.uncertain {
            drop_path(claim, path);
        }
        for path in &self.sensitive {
            drop_path(claim, path);
            claim.sensitive.insert(path.clone());
        }
    }
}

/// The claim says this at the path, and nothing else at or below it.
pub(super) fn state(claim: &mut Claim, path: &AttrPath, value: Value) {
    // A part in a value that the whole gives in one piece.
    for (above, matcher) in &mut claim.attributes {
        if above != path
            && above.covers(path)
            && let Matcher::Loose(whole) = matcher
            && let Some(below) = path.segments().get(above.segments().len()..)
            && put(whole, below, &value)
        {
            return;
        }
    }
    claim.attributes.retain(|(known, _)| !path.covers(known));
    claim.sensitive.retain(|known| !path.covers(known));
    claim.attributes.push((path.clone(), Matcher::Loose(value)));
}

/// Sets a value inside of an object. False when there is something else on the way.
fn put(whole: &mut Value, path: &[Segment], value: &Value) -> bool {
    let Some((first, rest)) = path.split_first() else {
        *whole = value.clone();
        return true;
    };
    match (first, whole) {
        (Segment::Key(key), Value::Object(map)) => put(
            map.entry(key.clone()).or_insert_with(|| Value::Object(Default::default())),
            rest,
            value,
        ),
        _ => false,
    }
}

/// One list of elements for each path, so that many parts do not make many matchers.
fn include(claim: &mut Claim, path: &AttrPath, matcher: &Matcher) {
    if let Matcher::Includes { items, keys, open } = matcher {
        for (known, before) in &mut claim.attributes {
            if known == path
                && let Matcher::Includes { items: all, keys: by, open: how } = before
                && by == keys
                && how == open
            {
                all.extend(items.iter().cloned());
                return;
            }
        }
    }
    claim.attributes.push((path.clone(), matcher.clone()));
}

/// Nothing is said any more of the path, nor of what it lies in or holds.
fn drop_path(claim: &mut Claim, path: &AttrPath) {
    claim.attributes.retain(|(known, _)| !path.covers(known) && !known.covers(path));
    if *path == AttrPath::key("Tags") {
        claim.tags = None;
    }
}

/// What parts say of a list of their whole.
#[derive(Default)]
pub(super) struct Softer<'a> {
    keys: &'a [String],
    open: bool,
    /// Elements that parts give, by their keys: what a part says of one is newer than the whole.
    newer: Vec<&'a Value>,
}

/// Takes note of the lists that the parts of a claim add to.
pub(super) fn note_softer<'a>(
    at: usize,
    part: &'a Part,
    softer: &mut BTreeMap<(usize, &'a AttrPath), Softer<'a>>,
) {
    for (path, matcher) in &part.includes {
        let Matcher::Includes { items, keys, open } = matcher else { continue };
        let of = softer.entry((at, path)).or_default();
        of.open |= open;
        if of.keys.is_empty() {
            of.keys = keys;
        }
        if !open && !keys.is_empty() && of.keys == keys {
            of.newer.extend(items);
        }
    }
}

/// A state is not read again when a part is made, so that the whole's list is that from before: its
/// elements must be there, and others may be. Takes the list out of the claim.
pub(super) fn soften(claim: &mut Claim, path: &AttrPath, softer: &Softer<'_>) -> Option<Matcher> {
    let Some(Value::Array(mut items)) = take(claim, path) else { return None };
    let values = |item: &Value| -> Vec<Option<String>> {
        softer.keys.iter().map(|key| item.get(key).map(Value::to_string)).collect()
    };
    let mut newer: HashMap<_, Vec<&Value>> = HashMap::new();
    softer.newer.iter().for_each(|item| newer.entry(values(item)).or_default().push(item));
    for item in &mut items {
        let said = newer.get(&values(item)).into_iter().flatten();
        let said: Vec<_> = said.filter_map(|item| item.as_object()).flat_map(Map::keys).collect();
        if let Some(item) = item.as_object_mut() {
            said.into_iter().filter(|key| !softer.keys.contains(key)).for_each(|key| {
                item.remove(key);
            });
        }
    }
    // Without keys each element needs a partner of its own; with them, they must tell elements apart.
    let mut seen = HashSet::new();
    let told = items.iter().all(|item| {
        let values = values(item);
        values.iter().all(Option::is_some) && seen.insert(values)
    });
    let keys = if told { softer.keys.to_vec() } else { Vec::new() };
    (!items.is_empty()).then_some(Matcher::Includes { items, keys, open: softer.open })
}

/// Says of the whole's list what [`soften`] left of it, apart from what parts ask for, which may be the
/// same elements; unless a part gives the list in one piece.
pub(super) fn keep(claim: &mut Claim, path: &AttrPath, matcher: Matcher) {
    let is_given = claim
        .attributes
        .iter()
        .any(|(known, matcher)| matches!(matcher, Matcher::Loose(_)) && known == path);
    if !is_given {
        claim.attributes.push((path.clone(), matcher));
    }
}

/// Takes a list, or an empty value, out of what the claim says.
fn take(claim: &mut Claim, path: &AttrPath) -> Option<Value> {
    let is_list = |value: &Value| value.is_array() || value.is_null() || value.as_str() == Some("");
    for (place, (above, matcher)) in claim.attributes.iter_mut().enumerate() {
        let Matcher::Loose(whole) = matcher else { continue };
        if above != path && !above.covers(path) {
            continue;
        }
        let Some(below) = path.segments().get(above.segments().len()..) else { continue };
        let Some(found) = dig(whole, below).filter(|found| is_list(found)) else { continue };
        let found = std::mem::take(found);
        if prune(whole, below) {
            claim.attributes.remove(place);
        }
        return Some(found);
    }
    None
}

fn dig<'a>(value: &'a mut Value, path: &[Segment]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, segment| match segment {
        Segment::Key(key) => value.get_mut(key),
        _ => None,
    })
}

/// Removes what lies at the path; whether nothing is left, which would say that nothing is there.
fn prune(value: &mut Value, path: &[Segment]) -> bool {
    let Some((Segment::Key(key), rest)) = path.split_first() else { return true };
    let Some(map) = value.as_object_mut() else { return false };
    if map.get_mut(key).is_some_and(|below| prune(below, rest)) {
        map.remove(key);
    }
    map.is_empty()
}

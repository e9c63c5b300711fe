//! One snapshot against an older one.

use std::cmp::Ordering;
use std::collections::HashMap;

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{
    AttrPath, Catalog, Change, Drift, DriftKind, Resource, Scope, ScopeKind, Segment, Snapshot,
    Source, SourceKind, TypeInfo, canonical_json,
};

use crate::model::{Counts, Diff};
use crate::view::View;

/// Compares a snapshot with an older one, which acts as the declaration.
///
/// - What is gone is `missing` where its unit was read completely this time, else `unknown`.
/// - What is new is `unmanaged` where its unit was read completely the last time, or where its
///   account surely was not there yet; else it may have been there unseen, and is only counted.
/// - What is in both is `changed` where compared attributes differ; an attribute that could not
///   be read in either run is left out. Arrays are compared element by element; of a set, the
///   change holds the elements that only one side has.
/// - What the provider makes by itself is compared like everything else.
///
/// The source of a drift is the older run: its id as the file, the resource's id as the address.
pub fn diff_snapshots(old: &Snapshot, new: &Snapshot, catalog: &Catalog) -> Diff {
    let (before, after) = (View::new(old), View::new(new));
    let pairs = join(&before.live, &after.live);
    let mut drift: Vec<_> = pairs
        .par_iter()
        .filter_map(|pair| match *pair {
            (Some(was), None) => Some(gone(was, &after, old)),
            (None, Some(is)) => appeared(is, &before, old),
            (Some(was), Some(is)) if was.digest != is.digest => changed(was, is, catalog, old),
            _ => None,
        })
        .collect();
    let both = pairs.iter().filter(|(was, is)| was.is_some() && is.is_some()).count();
    let unmanaged = drift.iter().filter(|d| d.kind == DriftKind::Unmanaged).count();
    let counts = Counts {
        declared: before.live.len(),
        managed: both,
        unmanaged,
        unseen_before: after.live.len() - both - unmanaged,
        ..Counts::default()
    };
    let mut diff = Diff { drift: std::mem::take(&mut drift), counts, ..Diff::default() };
    diff.sort();
    diff
}

type Pair<'a> = (Option<&'a Resource>, Option<&'a Resource>);

/// Merges two lists that are sorted by key.
fn join<'a>(old: &[&'a Resource], new: &[&'a Resource]) -> Vec<Pair<'a>> {
    let (mut old, mut new) = (old.iter().copied().peekable(), new.iter().copied().peekable());
    let mut pairs = Vec::new();
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some(was), Some(is)) => was.key.cmp(&is.key),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return pairs,
        };
        pairs.push(match order {
            Ordering::Less => (old.next(), None),
            Ordering::Greater => (None, new.next()),
            Ordering::Equal => (old.next(), new.next()),
        });
    }
}

fn drift(kind: DriftKind, resource: &Resource, older: Option<(&Snapshot, &Resource)>) -> Drift {
    Drift {
        kind,
        resource: resource.into(),
        tenant: None,
        environment: None,
        owner: None,
        source: older.map(|(snapshot, resource)| Source {
            kind: SourceKind::Snapshot,
            file: snapshot.run.id.as_str().into(),
            address: resource.key.id.clone(),
            line: None,
        }),
        changes: Vec::new(),
        reason: None,
    }
}

fn gone(was: &Resource, after: &View<'_>, old: &Snapshot) -> Drift {
    let gaps = after.gaps_of(&was.key);
    if gaps.is_empty() {
        drift(DriftKind::Missing, was, Some((old, was)))
    } else {
        let reason = Some(gaps.reason());
        Drift { reason, ..drift(DriftKind::Unknown, was, Some((old, was))) }
    }
}

fn appeared(is: &Resource, before: &View<'_>, old: &Snapshot) -> Option<Drift> {
    let was_read = before.gaps_of(&is.key).is_empty();
    (was_read || is_new_scope(is, old)).then(|| drift(DriftKind::Unmanaged, is, None))
}

/// Whether the resource's account surely was not in the organization at the older run: all of it
/// was listed, and the account was not there.
fn is_new_scope(is: &Resource, old: &Snapshot) -> bool {
    let organization = |s: &Scope| s.kind == ScopeKind::Organization && s.cloud == is.key.cloud;
    !old.run.cancelled
        && old.discovery_problems.is_empty()
        && old.scopes.get(&is.key.scope_key()).is_none()
        && old.scopes.iter().any(organization)
}

fn changed(was: &Resource, is: &Resource, catalog: &Catalog, old: &Snapshot) -> Option<Drift> {
    let info = catalog.get(&is.key.resource_type);
    let (mut before, mut after) = (was.to_value(), is.to_value());
    let ignored = info.map(|info| info.ignored.as_slice()).unwrap_or_default();
    for path in ignored.iter().chain(&was.unknown).chain(&is.unknown) {
        // Not removed: the indexes of other paths must keep their meaning.
        path.visit_mut(&mut before, &mut |found| *found = Value::Null);
        path.visit_mut(&mut after, &mut |found| *found = Value::Null);
    }
    let mut changes = Changes { info, list: Vec::new() };
    changes.value(&AttrPath::default(), Some(&before), Some(&after));
    if changes.list.is_empty() {
        return None;
    }
    Some(Drift { changes: changes.list, ..drift(DriftKind::Changed, is, Some((old, was))) })
}

struct Changes<'a> {
    info: Option<&'a TypeInfo>,
    list: Vec<Change>,
}

impl Changes<'_> {
    /// Nulls are as good as nothing, as in the canonical form.
    fn value(&mut self, path: &AttrPath, old: Option<&Value>, new: Option<&Value>) {
        let (old, new) = (old.filter(|v| !v.is_null()), new.filter(|v| !v.is_null()));
        match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
                keys.sort();
                keys.dedup();
                for key in keys {
                    self.value(&path.join(key), old.get(key), new.get(key));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                if self.is_set(path) {
                    self.set(path, old, new);
                } else {
                    for i in 0..old.len().max(new.len()) {
                        self.value(&path.with(Segment::Index(i)), old.get(i), new.get(i));
                    }
                }
            }
            (old, new) if old != new => self.push(path, old.cloned(), new.cloned()),
            _ => {}
        }
    }

    fn push(&mut self, path: &AttrPath, old: Option<Value>, new: Option<Value>) {
        self.list.push(Change {
            path: path.clone(),
            expected: old.unwrap_or_default(),
            actual: new.unwrap_or_default(),
        });
    }

    fn is_set(&self, path: &AttrPath) -> bool {
        let length = path.segments().len();
        self.info.is_some_and(|info| {
            info.sets.iter().any(|set| set.segments().len() == length && set.covers(path))
        })
    }

    fn set(&mut self, path: &AttrPath, old: &[Value], new: &[Value]) {
        let mut surplus: HashMap<String, i64> = HashMap::new();
        let text = |value: &Value| canonical_json(value).unwrap_or_default();
        for value in old {
            *surplus.entry(text(value)).or_default() += 1;
        }
        let mut added = Vec::new();
        for value in new {
            let count = surplus.entry(text(value)).or_default();
            if *count > 0 {
                *count -= 1;
            } else {
                added.push(value.clone());
            }
        }
        let mut removed = Vec::new();
        for value in old {
            let count = surplus.entry(text(value)).or_default();
            if *count > 0 {
                *count -= 1;
                removed.push(value.clone());
            }
        }
        if !added.is_empty() || !removed.is_empty() {
            self.push(path, Some(Value::Array(removed)), Some(Value::Array(added)));
        }
    }
}

//! One snapshot against an older one.

use std::cmp::Ordering;

use rayon::prelude::*;
use tenko_core::{
    Catalog, Drift, DriftKind, Fingerprint, Resource, Scope, ScopeKind, Snapshot, Source,
    SourceKind,
};

use crate::model::{Counts, Diff};
use crate::reason::because;
use crate::trail::Trail;
use crate::view::View;
use crate::walk::{Comparison, How, Walk};

/// Compares a snapshot with an older one, which acts as the declaration.
///
/// - What is gone is `missing` where its unit was read completely this time, else `unknown`.
/// - What is new is `unmanaged` where its unit was read completely the last time, or where its
///   account surely was not there yet; else it may have been there unseen, and is only counted.
/// - What is in both is `changed` where compared attributes differ; an attribute that could not
///   be read in either run is left out. Arrays are compared element by element; of a set, the
///   change holds the elements that only one side has. Policy documents that mean the same are
///   the same.
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
        fingerprint: Fingerprint::default(),
        standing: None,
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
        reason_wording: None,
    }
}

fn gone(was: &Resource, after: &View<'_>, old: &Snapshot) -> Drift {
    let gaps = after.gaps_of(&was.key);
    if gaps.is_empty() {
        drift(DriftKind::Missing, was, Some((old, was)))
    } else {
        because(drift(DriftKind::Unknown, was, Some((old, was))), gaps.reason())
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
    let ignored = info.map(|info| info.ignored.as_slice()).unwrap_or_default();
    let skip: Vec<_> = ignored.iter().chain(&was.unknown).chain(&is.unknown).collect();
    let walk = Walk { info, skip: &skip, unread: &[] };
    let (before, after) = (was.to_value(), is.to_value());
    let mut found = Comparison::default();
    walk.value(How::Whole, Some(&before), Some(&after), &Trail::Base(&[]), Some(&mut found));
    let mut changes = found.changes;
    if changes.is_empty() {
        return None;
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Some(Drift { changes, ..drift(DriftKind::Changed, is, Some((old, was))) })
}

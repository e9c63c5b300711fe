//! The live state against the declaration.

mod absent;
mod claimed;
mod live;
mod nowhere;
mod rivals;
mod summary;
mod twins;
mod unread;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::{
    AttrPath, Catalog, Cloud, Declaration, Drift, DriftKind, Fingerprint, Matcher, Resource,
    ResourceRef, Snapshot,
};

use crate::claims::Claims;
use crate::compare::compare;
use crate::elsewhere::elsewhere;
use crate::ignore::IgnoreRules;
use crate::matching::{Matches, Wish, matches, wishes};
use crate::model::{Counts, Diff};
use crate::owners::{Owned, Owners, Place, Site};
use crate::reason::because;
use crate::view::View;
use crate::walk::{Comparison, Walk};

/// Compares what is live with what was declared.
///
/// - `missing` needs complete coverage of every unit that could hold the resource.
/// - `changed` and `unknown` of one resource may stand side by side: what was read differs, and
///   something else could not be read, or is redacted and was declared in plain text.
/// - `unmanaged` is a customer-made resource that no expectation took, in a scope of an
///   environment, in whatever region. Where environments share the scope and nothing tells whose
///   it is, all of them must want such resources reported.
/// - `elsewhere_managed` is one that only other environments' infrastructure code manages. It goes
///   to the environment where it lives; the source is that of the code.
/// - Where code of an environment could not be read, nothing in it is called unmanaged, and what
///   that code may add to a resource is not compared.
/// - `misplaced` goes to the tenant and environment that a tag, or the declaration, names; the
///   reason is the evidence. An id counts as found elsewhere only when no two resources can have
///   it, and a region other than the declared one is elsewhere too.
/// - Required tags are asked of what is placed in one environment and neither unmanaged nor
///   misplaced; a tag that the resource's own expectation declares is compared only there.
/// - Where code declares only parts of a resource, these are compared, and it is managed by whoever
///   declares the resource itself, if anybody does.
/// - Ignore rules take a resource out of everything, or some attributes out of its comparison.
///   What is not there is taken out only by a rule that names type and name and no tags.
/// - A claim whose type is not in the catalogue, or that says too little, is not compared and not
///   missing. Sensitive and redacted attributes of claims are counted and nothing is said of them.
/// - What the manifest and code both declare and is not there is one drift: its source is the
///   manifest's, and the reason names the code.
/// - Scopes that are declared as shared, or not at all, are counted and not compared.
pub fn diff(snapshot: &Snapshot, declaration: &Declaration, catalog: &Catalog) -> Diff {
    let view = View::new(snapshot);
    let owners = Owners::new(declaration);
    let rules = IgnoreRules::new(&owners);
    let sites: Vec<Site> = view.live.par_iter().map(|resource| owners.site(resource)).collect();
    let places: Vec<Place> = sites.iter().map(|site| site.place).collect();
    let wishes = wishes(&owners, catalog);
    let matches = matches(&view, &places, &wishes);
    let claims = Claims::new(&view, &owners);
    let elsewhere = elsewhere(&view, &wishes, &matches);
    let astray = elsewhere.iter().map(|(wish, live)| (*live, *wish)).collect();
    let audit = Audit {
        rivals: rivals::Rivals::new(&owners, matches.outbid.contains(&true)),
        names: owners
            .environments
            .iter()
            .map(|o| (o.tenant.id.as_str().into(), o.environment.name.as_str().into()))
            .collect(),
        view: &view,
        owners: &owners,
        catalog,
        rules: &rules,
        sites: &sites,
        wishes: &wishes,
        matches: &matches,
        unread: unread::Unread::new(&owners),
        claims: &claims,
        readers: OnceLock::new(),
        lost: twins::Lost::new(&wishes, &matches.found, &elsewhere),
        elsewhere: &elsewhere,
        astray,
    };
    audit.run()
}

/// Everything that the judgement of one expectation or one resource looks at.
struct Audit<'a> {
    view: &'a View<'a>,
    owners: &'a Owners<'a>,
    catalog: &'a Catalog,
    rules: &'a IgnoreRules<'a>,
    sites: &'a [Site],
    wishes: &'a [Wish<'a>],
    matches: &'a Matches<'a>,
    claims: &'a Claims<'a>,
    unread: unread::Unread,
    readers: OnceLock<nowhere::Readers>,
    lost: twins::Lost<'a>,
    /// Wish to live resource, and back.
    elsewhere: &'a HashMap<usize, usize>,
    astray: HashMap<usize, usize>,
    rivals: rivals::Rivals<'a>,
    /// Tenant and environment by name, in the order of the owners' environments.
    names: Vec<(Arc<str>, Arc<str>)>,
}

impl Audit<'_> {
    fn run(&self) -> Diff {
        let (mut declared, absent): (Vec<_>, Vec<_>) =
            (0..self.wishes.len()).into_par_iter().map(|at| self.wish(at)).unzip();
        let mut claimed: Vec<_> =
            (0..self.claims.list.len()).into_par_iter().filter_map(|at| self.claim(at)).collect();
        self.join(&mut declared, &mut claimed);
        let mut drift: Vec<Drift> = declared.into_iter().flatten().collect();
        let mut ignored: Vec<Fingerprint> = absent.into_iter().flatten().collect();
        let mut uncompared: Vec<Fingerprint> = Vec::new();
        let judged: Vec<_> =
            (0..self.view.live.len()).into_par_iter().filter_map(|at| self.live(at)).collect();
        let mut placements = Vec::with_capacity(judged.len());
        let mut counts = Counts { declared: self.wishes.len(), ..Counts::default() };
        for judgement in judged {
            counts.add(judgement.standing);
            placements.push(self.placement(&judgement));
            drift.extend(judgement.drift);
            ignored.extend(judgement.ignored);
        }
        for claimed in &claimed {
            counts.declared += usize::from(claimed.whole);
            counts.not_compared += usize::from(!claimed.compared);
            counts.hidden_attributes += claimed.hidden;
            drift.extend_from_slice(&claimed.drift);
            ignored.extend(claimed.ignored.clone());
            uncompared.extend_from_slice(&claimed.uncompared);
        }
        for all in [&mut ignored, &mut uncompared] {
            all.par_sort_unstable();
            all.dedup();
        }
        let mut diff = Diff {
            environments: self.summaries(&placements, &drift, &claimed),
            drift,
            counts,
            placements: summary::in_order_of(&self.view.position, &placements),
            ignored,
            uncompared,
            unused_ignores: self.rules.unused(self.owners, self.view),
            withheld: unread::withheld(self.owners.declaration),
        };
        diff.sort();
        diff
    }

    /// What is to be said of one expectation, and what ignore rules keep from being said.
    fn wish(&self, at: usize) -> (Vec<Drift>, Vec<Fingerprint>) {
        let Some(wish) = self.wishes.get(at) else { return Default::default() };
        let found = self.matches.found.get(at).copied().flatten();
        if let Some(live) = found.and_then(|found| self.view.live.get(found)) {
            return self.compare(wish, live);
        }
        let found = self.elsewhere.get(&at).and_then(|found| self.view.live.get(*found));
        if self.rules.takes_absent(wish.environment, &wish.expected.into()) {
            let astray = found.map(|live| ResourceRef::from(*live));
            let about = std::iter::once(self.reference(wish)).chain(astray);
            return (Vec::new(), about.map(|about| subject(&about, wish.owned)).collect());
        }
        let drift = match found {
            Some(live) => self.found_elsewhere(wish, live),
            None => self.not_found(at, wish),
        };
        (vec![drift], Vec::new())
    }

    /// What ignore rules take out whole is told where live resources are judged.
    fn compare(&self, wish: &Wish<'_>, live: &Resource) -> (Vec<Drift>, Vec<Fingerprint>) {
        let attributes = &wish.expected.attributes;
        if self.rules.takes(&[wish.environment], live) || attributes.is_empty() {
            return Default::default();
        }
        let paths: Vec<_> = attributes.iter().map(|(path, _)| path).collect();
        let skip = self.rules.paths(wish.environment, live, &paths);
        let info = self.catalog.get(&wish.expected.resource_type);
        let declared = attributes.iter().map(|(path, matcher)| (path, matcher));
        let walk = Walk { info, skip: &skip, unread: &live.unknown };
        let value = live.to_value();
        let comparison = compare(declared.clone(), &value, &walk);
        let base = Drift {
            source: Some(wish.expected.source.clone()),
            ..drift(DriftKind::Unknown, live.into(), wish.owned)
        };
        let ignored = is_ignored(&comparison, declared, &value, &walk).then(|| base.subject());
        (split(comparison, base), ignored.into_iter().collect())
    }

    fn reference(&self, wish: &Wish<'_>) -> ResourceRef {
        let expected = wish.expected;
        let mut scopes = wish.scopes();
        let (first, more) = (scopes.next(), scopes.next().is_some());
        let info = self.catalog.get(&expected.resource_type);
        ResourceRef {
            cloud: first
                .map(|scope| &scope.cloud)
                .or(info.map(|info| &info.cloud))
                .cloned()
                .unwrap_or_else(|| Cloud::new("unknown")),
            resource_type: expected.resource_type.clone(),
            scope: first.filter(|_| !more).map(|scope| scope.id.clone()),
            region: expected.region.clone(),
            id: expected.id.clone(),
            name: expected.name.clone(),
        }
    }
}

/// A drift of this environment with nothing said yet.
fn drift(kind: DriftKind, resource: ResourceRef, owned: &Owned<'_>) -> Drift {
    Drift {
        fingerprint: Fingerprint::default(),
        standing: None,
        kind,
        resource,
        tenant: Some(owned.tenant.id.clone()),
        environment: Some(owned.environment.name.clone()),
        owner: owned.owner(),
        source: None,
        changes: Vec::new(),
        reason: None,
        reason_wording: None,
    }
}

/// What the environment's drift about this resource is known by.
fn subject(resource: &ResourceRef, owned: &Owned<'_>) -> Fingerprint {
    Fingerprint::of_subject(resource, Some(&owned.tenant.id), Some(&owned.environment.name))
}

/// Whether nothing differs only because of what the walk skips. Where it skips nothing of what is
/// declared, nothing is compared again.
fn is_ignored<'e>(
    comparison: &Comparison,
    declared: impl IntoIterator<Item = (&'e AttrPath, &'e Matcher)>,
    live: &Value,
    walk: &Walk<'_>,
) -> bool {
    if !comparison.changes.is_empty() || walk.skip.is_empty() {
        return false;
    }
    let left_out = |path: &AttrPath| walk.skip.iter().any(|s| s.covers(path) || path.covers(s));
    let left_out = declared.into_iter().filter(|(path, _)| left_out(path));
    !compare(left_out, live, &Walk { skip: &[], ..*walk }).changes.is_empty()
}

/// One drift for what differs, and one for what could not be told.
fn split(comparison: Comparison, base: Drift) -> Vec<Drift> {
    let unknown = comparison.unknown();
    let mut out = Vec::new();
    if !comparison.changes.is_empty() {
        let changes = comparison.changes;
        out.push(Drift { kind: DriftKind::Changed, changes, ..base.clone() });
    }
    if let Some(reason) = unknown {
        out.push(because(Drift { kind: DriftKind::Unknown, ..base }, reason));
    }
    out
}

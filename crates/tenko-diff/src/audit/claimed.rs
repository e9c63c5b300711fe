//! What is to be said of each claim of infrastructure code.

use std::collections::BTreeMap;

use serde_json::Value;
use tenko_core::{
    AttrPath, Claim, Cloud, Drift, DriftKind, Fingerprint, Message, Resource, ResourceRef,
    ScopeKey, TypeInfo, msg,
};

use super::{Audit, split, unread};
use crate::claims::{ACCOUNT, Found, is_anywhere, plain};
use crate::compare::compare;
use crate::owners::Place;
use crate::reason::{add, because};
use crate::trail::Trail;
use crate::walk::{Comparison, How, Walk};

/// What came of one claim.
#[derive(Default)]
pub(super) struct Claimed {
    /// Whether it declares a resource, not just a part of one.
    pub(super) whole: bool,
    /// The environment that it counts for.
    pub(super) environment: Option<usize>,
    pub(super) drift: Vec<Drift>,
    /// What drift would be known by that ignore rules keep from being said.
    pub(super) ignored: Option<Fingerprint>,
    /// What drift would be known by of what is there and was not compared.
    pub(super) uncompared: Vec<Fingerprint>,
    /// Whether its attributes could be compared at all.
    pub(super) compared: bool,
    /// How many of them are hidden.
    pub(super) hidden: usize,
    /// Where it is not there, the expectation for the same resource.
    pub(super) twin: Option<usize>,
}

impl Audit<'_> {
    /// Judges one claim; nothing at an index that is none.
    pub(super) fn claim(&self, at: usize) -> Option<Claimed> {
        let claim = *self.claims.list.get(at)?;
        let found = self.claims.found.get(at)?;
        let live_in = found.all().first().and_then(|live| self.environment_of(*live));
        let info = claim.resource_type.as_ref().and_then(|name| self.catalog.get(name));
        let mut out = Claimed {
            whole: !claim.partial,
            environment: self.claims.owner_of(at).or(live_in).or_else(|| self.only_home(claim)),
            compared: info.is_some() && claim.not_comparable.is_none(),
            hidden: claim.sensitive.len(),
            ..Claimed::default()
        };
        match found {
            Found::One(live) => self.meant(claim, *live, live_in, info, &mut out),
            Found::Several(all) => self.unclear(claim, all, info, &mut out),
            Found::Nothing => self.nowhere(claim, info, &mut out),
        }
        Some(out)
    }

    /// The environment of a live resource: where an expectation took it or where it lives; else,
    /// where several may have it or none does, that of the code that manages it.
    pub(super) fn environment_of(&self, live: usize) -> Option<usize> {
        let wish = self.matches.taken.get(live).copied().flatten();
        if let Some(wish) = wish.and_then(|wish| self.wishes.get(wish)) {
            return Some(wish.environment);
        }
        let site = self.sites.get(live)?;
        if let Place::Environment(only) = site.place {
            return Some(only);
        }
        let nobody = matches!(site.place, Place::Shared | Place::Undeclared);
        let code = self.claims.managing(live);
        let owners = code.filter_map(|(claim, _)| self.claims.owner_of(claim));
        owners.filter(|owner| nobody || site.candidates.contains(owner)).min()
    }

    /// The one environment of the scope that the code names.
    fn only_home(&self, claim: &Claim) -> Option<usize> {
        match self.owners.of_scope(claim.scope.as_ref()?) {
            [only] => Some(*only),
            _ => None,
        }
    }

    fn meant(
        &self,
        claim: &Claim,
        at: usize,
        live_in: Option<usize>,
        info: Option<&TypeInfo>,
        out: &mut Claimed,
    ) {
        let Some(live) = self.view.live.get(at).copied() else { return };
        let rules_of: Vec<usize> = out.environment.into_iter().chain(live_in).collect();
        // Nobody declared where it lives, and the code is nobody's in particular.
        if rules_of.is_empty() && self.is_nobodys(&live.key.scope_key()) {
            return;
        }
        let base = self.claim_drift(DriftKind::Unknown, live.into(), claim, out.environment);
        if self.rules.takes(&rules_of, live) {
            out.ignored = Some(base.subject());
            return;
        }
        let mut comparison = Comparison::default();
        if let (Some(info), None) = (info, &claim.not_comparable) {
            let ignored;
            (comparison, ignored) = self.compare_claim(claim, live, info, &rules_of);
            out.ignored = ignored.then(|| base.subject());
            out.hidden += comparison.redacted.len();
            comparison.redacted = Default::default();
        } else if info.is_some() && !claim.in_sync && !self.is_compared(at) {
            out.uncompared.push(base.subject());
        }
        let mut drift = split(comparison, base.clone());
        if let Some(note) = &claim.note {
            match drift.iter_mut().find(|d| d.kind == DriftKind::Changed) {
                Some(changed) => add(changed, note.clone()),
                None => drift.push(noted(note, base)),
            }
        }
        out.drift = drift;
    }

    /// Whether any code says what its attributes are.
    fn is_compared(&self, live: usize) -> bool {
        self.claims.managing(live).any(|(_, claim)| claim.not_comparable.is_none())
    }

    /// The comparison, and whether nothing differs only because of ignore rules.
    fn compare_claim(
        &self,
        claim: &Claim,
        live: &Resource,
        info: &TypeInfo,
        rules_of: &[usize],
    ) -> (Comparison, bool) {
        let all_tags = AttrPath::key("Tags");
        let mut compared: Vec<_> = claim.attributes.iter().map(|(path, _)| path).collect();
        if claim.tags.is_some() {
            compared.push(&all_tags);
        }
        let mut skip: Vec<&AttrPath> = info.ignored.iter().chain(&claim.sensitive).collect();
        if self.unread.concerns(rules_of) {
            skip.extend(unread::from_parts(info));
        }
        let all = skip.len();
        for environment in rules_of {
            skip.extend(self.rules.paths(*environment, live, &compared));
        }
        let comparison = walk_claim(claim, live, info, &skip);
        let ignored = comparison.changes.is_empty() && skip.len() > all && {
            skip.truncate(all);
            !walk_claim(claim, live, info, &skip).changes.is_empty()
        };
        (comparison, ignored)
    }

    /// Several resources have the id, and the code does not tell which one it means. Where each is
    /// as declared, that makes no difference; where they are sides of one thing, each has
    /// attributes of its own and none is compared.
    fn unclear(&self, claim: &Claim, all: &[usize], info: Option<&TypeInfo>, out: &mut Claimed) {
        let lives = || all.iter().filter_map(|at| self.view.live.get(*at).copied());
        let rules_of = out.environment.map_or(Vec::new(), |at| vec![at]);
        let Some(info) = info.filter(|_| out.compared) else { return };
        if lives().all(|live| self.rules.takes(&rules_of, live)) {
            return;
        }
        let mut sides = claim.ids.iter().filter(|id| is_anywhere(claim, id));
        if sides.any(|id| lives().all(|live| plain(&live.key.id) == plain(id))) {
            out.compared = false;
            let of = |live: &Resource| {
                self.claim_drift(DriftKind::Unknown, live.into(), claim, out.environment).subject()
            };
            out.uncompared = lives().map(of).collect();
            return;
        }
        let is_same = |live| self.compare_claim(claim, live, info, &rules_of).0.is_same();
        if lives().all(is_same) {
            return;
        }
        let reference = self.claim_reference(claim, out.environment);
        let drift = self.claim_drift(DriftKind::Unknown, reference, claim, out.environment);
        out.drift.push(because(drift, msg!("drift-several", count = all.len())));
    }

    /// Whether no environment names the scope: what lives there is not compared.
    pub(super) fn is_nobodys(&self, scope: &ScopeKey) -> bool {
        self.owners.of_scope(scope).is_empty()
    }

    pub(super) fn claim_drift(
        &self,
        kind: DriftKind,
        resource: ResourceRef,
        claim: &Claim,
        environment: Option<usize>,
    ) -> Drift {
        let here = claim.scope.as_ref().map(|scope| self.owners.of_scope(scope));
        let tenant = here.and_then(|here| self.owners.one_tenant(here));
        Drift {
            source: Some(claim.source.clone()),
            ..self.drift_of(kind, resource, tenant, environment)
        }
    }

    pub(super) fn claim_reference(&self, claim: &Claim, environment: Option<usize>) -> ResourceRef {
        let info = claim.resource_type.as_ref().and_then(|name| self.catalog.get(name));
        let cloud = info.map(|info| &info.cloud);
        let owned = environment.and_then(|at| self.owners.environment(at));
        let mut own = owned
            .into_iter()
            .flat_map(|owned| owned.scopes.iter().copied())
            .filter(|scope| cloud.is_none_or(|cloud| *cloud == scope.cloud));
        let (first, more) = (own.next(), own.next().is_some());
        let scope = claim.scope.as_ref().or(first.filter(|_| !more));
        ResourceRef {
            cloud: scope
                .map(|scope| &scope.cloud)
                .or(cloud)
                .cloned()
                .unwrap_or_else(|| Cloud::new("unknown")),
            resource_type: claim
                .resource_type
                .clone()
                .unwrap_or_else(|| (&*claim.code_type).into()),
            scope: scope.map(|scope| scope.id.clone()),
            region: claim.region.clone(),
            id: match claim.ids.first() {
                Some(id) if id == ACCOUNT => scope.map(|scope| scope.id.to_string()),
                id => id.cloned(),
            },
            name: claim.name.clone(),
        }
    }
}

/// Compares what the code says of a resource with it, without what is to be skipped.
fn walk_claim(claim: &Claim, live: &Resource, info: &TypeInfo, skip: &[&AttrPath]) -> Comparison {
    let walk = Walk { info: Some(info), skip, unread: &live.unknown };
    let declared = claim.attributes.iter().map(|(path, matcher)| (path, matcher));
    let mut comparison = if claim.attributes.is_empty() {
        Comparison::default()
    } else {
        compare(declared, &live.attributes.to_value(), &walk)
    };
    if let Some(tags) = claim.tags.as_ref().filter(|_| info.taggable) {
        compare_tags(tags, claim.partial, live, &walk, &mut comparison);
    }
    comparison
}

/// What the code's own tool found, where nothing else differs.
pub(super) fn noted(note: &Message, base: Drift) -> Drift {
    because(Drift { kind: DriftKind::Changed, ..base }, note.clone())
}

/// All tags must be as they are declared, and no others there but those that the provider adds, or
/// any when only a part of the resource is declared.
fn compare_tags(
    tags: &BTreeMap<String, String>,
    partial: bool,
    live: &Resource,
    walk: &Walk<'_>,
    out: &mut Comparison,
) {
    let base = AttrPath::key("Tags");
    let top = Trail::Base(base.segments());
    if walk.is_skipped(&top) {
        return;
    }
    let added =
        |key: &&String| partial || is_providers(&live.key.cloud, key) || tags.contains_key(*key);
    let others = live.tags.keys().filter(|key| !added(key));
    let before = out.changes.len();
    for key in tags.keys().chain(others) {
        let at = top.key(key);
        let (expected, actual) = (tags.get(key), live.tags.get(key));
        if expected == actual || walk.is_skipped(&at) {
            continue;
        }
        if walk.is_unread(&at) {
            crate::walk::unread(&at, Some(out));
            continue;
        }
        let value = |text: Option<&String>| text.map(|text| Value::from(text.as_str()));
        let (expected, actual) = (value(expected), value(actual));
        walk.differs(How::Exact, expected.as_ref(), actual.as_ref(), &at, Some(out));
    }
    if let Some(new) = out.changes.get_mut(before..) {
        new.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// Tags that the provider adds by itself.
fn is_providers(cloud: &Cloud, key: &str) -> bool {
    match cloud.as_str() {
        "aws" => key.starts_with("aws:"),
        "gcp" => key.starts_with("goog-") || key.starts_with("gke-"),
        _ => false,
    }
}

//! What a resource, its code and the manifest say themselves about whose it is.

use std::collections::{BTreeSet, HashMap};

use tenko_core::{Claim, Resource, ScopeKey, Snapshot};

use crate::model::EvidenceKind;
use crate::plan::is_made_for_account;
use crate::universe::Universe;

/// One thing that speaks for some owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) kind: EvidenceKind,
    /// 3 is certain, 2 likely, 1 a guess.
    pub(crate) strength: u8,
    pub(crate) groups: BTreeSet<usize>,
    pub(crate) text: String,
}

/// What the hints together say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Direct {
    pub(crate) hints: Vec<Hint>,
    /// Whom they leave; empty where there is no hint.
    pub(crate) groups: BTreeSet<usize>,
    /// How sure the one owner is, where one is left.
    pub(crate) strength: u8,
    /// Hints of the same weight exclude each other.
    pub(crate) conflict: bool,
    /// A lesser hint speaks against the rest.
    pub(crate) contradicted: bool,
}

impl Direct {
    /// Stronger hints decide; weaker ones only narrow down what those leave open.
    pub(crate) fn new(mut hints: Vec<Hint>) -> Self {
        hints.sort_by(|a, b| (b.strength, a.kind, &a.text).cmp(&(a.strength, b.kind, &b.text)));
        let mut out = Self::default();
        for strength in [3, 2, 1] {
            let tier: Vec<&Hint> = hints.iter().filter(|h| h.strength == strength).collect();
            let Some(first) = tier.first() else { continue };
            let mut common = first.groups.clone();
            let mut union = BTreeSet::new();
            for hint in &tier {
                common.retain(|group| hint.groups.contains(group));
                union.extend(hint.groups.iter().copied());
            }
            if out.groups.is_empty() {
                out.conflict = common.is_empty();
                out.groups = if common.is_empty() { union } else { common };
                out.strength = strength;
                if out.conflict {
                    break;
                }
                continue;
            }
            let narrowed: BTreeSet<_> = out.groups.intersection(&common).copied().collect();
            if narrowed.is_empty() {
                out.contradicted |= out.groups.is_disjoint(&union);
            } else if narrowed.len() < out.groups.len() {
                out.groups = narrowed;
                out.strength = strength;
            }
        }
        out.hints = hints;
        out
    }

    /// The one owner.
    pub(crate) fn owner(&self) -> Option<usize> {
        let mut groups = self.groups.iter();
        match (groups.next(), groups.next()) {
            (Some(one), None) if !self.conflict => Some(*one),
            _ => None,
        }
    }
}

/// The hints of every resource of the account, by position.
pub(crate) fn direct(
    snapshot: &Snapshot,
    scope: &ScopeKey,
    universe: &Universe<'_>,
    here: &[usize],
) -> HashMap<usize, Direct> {
    let mut hints: HashMap<usize, Vec<Hint>> = HashMap::new();
    by_code(snapshot, scope, universe, here, &mut hints);
    by_manifest(snapshot, scope, universe, here, &mut hints);
    for at in here {
        let Some(resource) = snapshot.resources.get(*at) else { continue };
        let of = hints.entry(*at).or_default();
        for (text, groups, declared) in universe.by_tags(resource) {
            let strength = if declared { 3 } else { 2 };
            of.push(Hint { kind: EvidenceKind::Tag, strength, groups, text });
        }
        if let Some((text, groups)) =
            universe.by_name(resource).filter(|_| !is_made_for_account(resource))
        {
            of.push(Hint { kind: EvidenceKind::Name, strength: 1, groups, text });
        }
    }
    hints.into_iter().map(|(at, hints)| (at, Direct::new(hints))).collect()
}

/// What infrastructure code of an environment manages.
fn by_code(
    snapshot: &Snapshot,
    scope: &ScopeKey,
    universe: &Universe<'_>,
    here: &[usize],
    hints: &mut HashMap<usize, Vec<Hint>>,
) {
    let claims = universe.declaration.claims.iter().filter(|claim| {
        claim.owner.is_some() && claim.scope.as_ref().is_none_or(|place| place == scope)
    });
    let mut by_id: HashMap<String, Vec<&Claim>> = HashMap::new();
    for claim in claims {
        for id in &claim.ids {
            by_id.entry(id.replace("{account}", scope.id.as_str())).or_default().push(claim);
        }
    }
    if by_id.is_empty() {
        return;
    }
    for at in here {
        let Some(resource) = snapshot.resources.get(*at) else { continue };
        let value = resource.attributes.to_value();
        let mut names = crate::refer::names(resource, &value);
        names.push(resource.key.id.clone());
        let mut seen = BTreeSet::new();
        for claim in names.iter().filter_map(|name| by_id.get(name)).flatten() {
            let same_type =
                claim.resource_type.as_ref().is_some_and(|t| *t == resource.key.resource_type);
            let same_region = claim.region.as_ref().is_none_or(|r| {
                *r == resource.key.region || resource.key.region.as_region().is_none()
            });
            let Some(owner) = claim.owner.as_ref().filter(|_| same_type && same_region) else {
                continue;
            };
            let Some(group) = universe.find(&owner.tenant, &owner.environment) else { continue };
            let text = format!("managed by {}", claim.source);
            if seen.insert(text.clone()) {
                hints.entry(*at).or_default().push(Hint {
                    kind: EvidenceKind::Code,
                    strength: if claim.partial { 2 } else { 3 },
                    groups: BTreeSet::from([group]),
                    text,
                });
            }
        }
    }
}

/// What an environment's part of the manifest expects.
fn by_manifest(
    snapshot: &Snapshot,
    scope: &ScopeKey,
    universe: &Universe<'_>,
    here: &[usize],
    hints: &mut HashMap<usize, Vec<Hint>>,
) {
    let mut by_name: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for at in here {
        let Some(Resource { key, name, .. }) = snapshot.resources.get(*at) else { continue };
        by_name.entry((key.resource_type.as_str(), key.id.as_str())).or_default().push(*at);
        if let Some(name) = name.as_deref().filter(|name| *name != key.id) {
            by_name.entry((key.resource_type.as_str(), name)).or_default().push(*at);
        }
    }
    for (tenant, environment) in universe.declaration.environments_of(scope) {
        let Some(group) = universe.find(&tenant.id, &environment.name) else { continue };
        for expected in &environment.expected {
            if expected.scope.as_ref().is_some_and(|place| place != scope) {
                continue;
            }
            // An id wins over a name.
            let wanted = expected.id.as_deref().or(expected.name.as_deref());
            let key = wanted.map(|wanted| (expected.resource_type.as_str(), wanted));
            let Some(found) = key.and_then(|key| by_name.get(&key)) else { continue };
            let in_region = |at: &&usize| {
                let live = snapshot.resources.get(**at).map(|r| &r.key.region);
                expected.region.as_ref().is_none_or(|region| live == Some(region))
            };
            let found: Vec<_> = found.iter().filter(in_region).collect();
            for at in &found {
                hints.entry(**at).or_default().push(Hint {
                    kind: EvidenceKind::Manifest,
                    strength: if found.len() == 1 { 3 } else { 2 },
                    groups: BTreeSet::from([group]),
                    text: format!("expected by {}", expected.source),
                });
            }
        }
    }
}

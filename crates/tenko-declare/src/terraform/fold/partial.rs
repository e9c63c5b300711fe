//! Resources of which only parts are declared.

use std::collections::{BTreeSet, HashMap};

use tenko_core::{AttrPath, Claim, IacOwner, Matcher, Reach, ResourceType, ScopeKey};

use super::super::part::Parent;
use super::{Folded, Lists, Placed};

/// What is taken for one resource.
type Key<'a> =
    (&'a ResourceType, &'a str, Option<&'a ScopeKey>, Option<&'a Reach>, Option<&'a IacOwner>);

/// Adds a claim for each resource that these are parts of. What says nothing is left out.
pub(super) fn add(unclaimed: &[(&Placed, &Parent)], out: &mut Folded) {
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    let mut claims: Vec<(Claim, &Placed)> = Vec::new();
    let mut lists = Lists::default();
    for (placed, parent) in unclaimed {
        let part = &placed.part;
        if part.is_empty() {
            let (ty, id) = (&part.resource_type, &parent.key);
            let reason = format!("it is a part of the {ty} {id}, which no state declares");
            out.skipped.push(placed.skipped(reason));
            continue;
        }
        out.skipped.extend(placed.doubt(parent).map(|reason| placed.skipped(reason)));
        let (scope, region) = (part.scope.as_ref(), part.region.as_ref());
        let key = (&part.resource_type, &*parent.key, scope, region, placed.owner.as_ref());
        let at = *known.entry(key).or_insert_with(|| {
            claims.push((bare(placed, parent), placed));
            claims.len() - 1
        });
        let Some((claim, first)) = claims.get_mut(at) else { continue };
        for (path, items) in part.apply(claim) {
            lists.add(at, path, items, placed);
        }
        // The first is the claim's own source.
        if std::ptr::eq(*first, *placed) {
            claim.parts.clear();
        }
    }
    for (at, path, items) in lists.into_lists() {
        if let Some((claim, _)) = claims.get_mut(at).filter(|_| !items.is_empty()) {
            let matcher = Matcher::Includes { items, keys: Vec::new(), open: false };
            claim.attributes.push((path.clone(), matcher));
        }
    }
    // As in wholes: what one part hides is not compared, whatever the others say.
    for (placed, parent) in unclaimed {
        let part = &placed.part;
        let (scope, region) = (part.scope.as_ref(), part.region.as_ref());
        let key = (&part.resource_type, &*parent.key, scope, region, placed.owner.as_ref());
        if let Some(at) = known.get(&key) {
            part.hide(claims.get_mut(*at).map(|(claim, _)| claim));
        }
    }
    let says = |claim: &Claim| {
        let tags = claim.tags.as_ref().is_some_and(|tags| !tags.is_empty());
        tags || !claim.attributes.is_empty() || !claim.sensitive.is_empty()
    };
    out.claims.extend(claims.into_iter().map(|(claim, _)| claim).filter(says));
}

fn bare(placed: &Placed, parent: &Parent) -> Claim {
    let part = &placed.part;
    Claim {
        resource_type: Some(part.resource_type.clone()),
        code_type: part.code_type.clone(),
        ids: vec![parent.id.clone()],
        name: None,
        scope: part.scope.clone(),
        region: part.region.clone(),
        attributes: Vec::<(AttrPath, Matcher)>::new(),
        tags: Some(Default::default()),
        sensitive: BTreeSet::new(),
        not_comparable: None,
        note: None,
        in_sync: false,
        owner: placed.owner.clone(),
        source: part.source.clone(),
        parts: Vec::new(),
        partial: true,
    }
}

//! What the manifest and infrastructure code both declare, and is not there: one drift for both.

use std::collections::{BTreeMap, HashMap};

use tenko_core::{Arg, Claim, Drift, msg};

use super::Audit;
use super::claimed::Claimed;
use crate::matching::{By, Wish};
use crate::reason::add;
use crate::text::ShortList;

/// Environment, type, whether an id is named, and the id or name.
type Key<'a> = (usize, &'a str, bool, &'a str);

/// The expectations that found nothing, by what they name.
pub(super) struct Lost<'a>(HashMap<Key<'a>, Vec<usize>>);

impl<'a> Lost<'a> {
    pub(super) fn new(
        wishes: &[Wish<'a>],
        found: &[Option<usize>],
        elsewhere: &HashMap<usize, usize>,
    ) -> Self {
        let mut lost: HashMap<_, Vec<_>> = HashMap::new();
        for (at, (wish, found)) in wishes.iter().zip(found).enumerate() {
            if found.is_some() || elsewhere.contains_key(&at) {
                continue;
            }
            let expected = wish.expected;
            let (by_id, text) = match wish.by {
                By::Id => (true, &expected.id),
                By::Name => (false, &expected.name),
                By::Type => continue,
            };
            if let Some(text) = text {
                let key = (wish.environment, expected.resource_type.as_str(), by_id, text.as_str());
                lost.entry(key).or_default().push(at);
            }
        }
        Self(lost)
    }
}

impl Audit<'_> {
    /// The expectation for what this claim is about, where that is not there.
    pub(super) fn twin(&self, claim: &Claim, environment: Option<usize>) -> Option<usize> {
        let (environment, name) = (environment?, claim.resource_type.as_ref()?.as_str());
        let by_id = claim.ids.iter().map(|id| (true, id.as_str()));
        let names = claim.name.iter().chain(claim.ids.first()).map(|name| (false, name.as_str()));
        by_id.chain(names).find_map(|(by_id, text)| {
            let twins = self.lost.0.get(&(environment, name, by_id, text))?;
            twins.iter().copied().find(|at| self.may_be_one(*at, claim))
        })
    }

    fn may_be_one(&self, wish: usize, claim: &Claim) -> bool {
        let Some(expected) = self.wishes.get(wish).map(|wish| wish.expected) else { return false };
        let (scope, region) = (&expected.scope, &expected.region);
        (scope.is_none() || claim.scope.is_none() || *scope == claim.scope)
            && (region.is_none() || claim.region.is_none() || *region == claim.region)
    }

    /// Takes the claims' drift into that of the expectations for the same resources, where both say
    /// the same of it. `declared` is by expectation.
    pub(super) fn join(&self, declared: &mut [Vec<Drift>], claimed: &mut [Claimed]) {
        let mut sources: BTreeMap<usize, ShortList> = BTreeMap::new();
        for claimed in claimed {
            let Some(wish) = claimed.twin else { continue };
            let ([drift], Some([expected])) =
                (claimed.drift.as_slice(), declared.get(wish).map(Vec::as_slice))
            else {
                continue;
            };
            if drift.kind != expected.kind {
                continue;
            }
            if let Some(source) = &drift.source {
                sources.entry(wish).or_default().add(|| Arg::text(source));
            }
            claimed.drift.clear();
        }
        for (wish, sources) in sources {
            for drift in declared.get_mut(wish).into_iter().flatten() {
                add(drift, msg!("drift-declared-too", sources = sources.to_arg()));
            }
        }
    }
}

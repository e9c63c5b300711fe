//! Claims that found nothing live.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tenko_core::{
    Catalog, Claim, DriftKind, Reach, ReachKind, ResourceType, ScopeKey, TypeInfo, msg,
};

use super::Audit;
use super::claimed::{Claimed, noted};
use crate::reason::{because, both};
use crate::view::{Area, Gaps, View};

/// The service whose resources are read in one account for all of an organization.
const ORGANIZATIONS: &str = "organizations";

impl Audit<'_> {
    /// Missing where that is a fact, else unknown. Of a type that is never collected nothing can
    /// be said.
    pub(super) fn nowhere(&self, claim: &Claim, info: Option<&TypeInfo>, out: &mut Claimed) {
        let ignored = out.environment.is_some_and(|at| self.rules.takes_absent(at, &claim.into()));
        let nobodys = claim.owner.is_none()
            && claim.scope.as_ref().is_some_and(|scope| self.is_nobodys(scope));
        if nobodys {
            return;
        }
        let reference = self.claim_reference(claim, out.environment);
        let base = self.claim_drift(DriftKind::Missing, reference, claim, out.environment);
        if ignored {
            out.ignored = Some(base.subject());
            return;
        }
        let Some(info) = info else {
            out.drift.extend(claim.note.as_ref().map(|note| noted(note, base)));
            return;
        };
        let mut drift = base;
        let gaps = self.gaps_of(claim, info, out.environment);
        let passed_disabled = gaps.as_ref().is_some_and(|gaps| gaps.passed_disabled);
        let unseen = gaps.map_or_else(|| Some(msg!("drift-nowhere")), |gaps| gaps.reason());
        if unseen.is_some() {
            drift.kind = DriftKind::Unknown;
        }
        let reason = unseen.or_else(|| passed_disabled.then(super::absent::passed_disabled));
        // No code declares the resource itself.
        let partial = claim.partial.then(|| msg!("drift-partial"));
        out.drift.push(because(drift, reason.into_iter().chain(partial).reduce(both)));
        out.twin = self.twin(claim, out.environment);
    }

    /// What keeps the absence from being a fact; nothing when nobody knows where it should be.
    fn gaps_of(&self, claim: &Claim, info: &TypeInfo, environment: Option<usize>) -> Option<Gaps> {
        if info.service == ORGANIZATIONS {
            return Some(self.organization_gaps(claim, info));
        }
        let owned = environment.and_then(|at| self.owners.environment(at));
        let scopes: Vec<&ScopeKey> = match &claim.scope {
            Some(scope) => vec![scope],
            None => {
                let of = owned.into_iter().flat_map(|owned| owned.scopes.iter().copied());
                of.filter(|scope| scope.cloud == info.cloud).collect()
            }
        };
        if scopes.is_empty() {
            return None;
        }
        // `global` says nothing of a type that is listed region by region.
        let says = |region: &&Reach| info.reach == ReachKind::Global || **region != Reach::Global;
        let area = Area {
            region: claim.region.as_ref().filter(says),
            regions: owned.and_then(|owned| owned.environment.regions.as_ref()),
        };
        Some(self.view.gaps(scopes.into_iter(), &info.resource_type, area))
    }

    /// The account in a policy's ARN is the one that manages the organization, whichever account it
    /// was read in. That one counts; the units of all others are complete and empty, and say nothing
    /// of what the organization has.
    fn organization_gaps(&self, claim: &Claim, info: &TypeInfo) -> Gaps {
        let readers = self.readers.get_or_init(|| readers(self.view, self.catalog));
        let fits = |reader: &ScopeKey, managed_by: &BTreeSet<String>| {
            claim.scope.as_ref().is_none_or(|own| {
                own == reader
                    || managed_by.contains(own.id.as_str())
                    || (managed_by.is_empty() && self.view.is_discovered(own))
            })
        };
        let of_type = readers.iter().filter(|((name, _), _)| *name == info.resource_type);
        let fitting: Vec<_> = of_type
            .filter(|((_, reader), managed_by)| fits(reader, managed_by))
            .map(|((_, reader), _)| reader)
            .collect();
        let any = !fitting.is_empty();
        let mut gaps = self.view.gaps(fitting.into_iter(), &info.resource_type, Area::default());
        if !any {
            gaps = Gaps::default();
            gaps.add(|| msg!("drift-no-organization-reader"));
        }
        gaps
    }
}

/// By type and account where organizations were read: the accounts that manage them. AWS has some
/// policies of its own in each organization, so whoever reads one finds something.
pub(super) type Readers = BTreeMap<(ResourceType, ScopeKey), BTreeSet<String>>;

fn readers(view: &View<'_>, catalog: &Catalog) -> Readers {
    let mut readers = Readers::new();
    for live in &view.live {
        let key = &live.key;
        if catalog.get(&key.resource_type).is_none_or(|info| info.service != ORGANIZATIONS) {
            continue;
        }
        let of = readers.entry((key.resource_type.clone(), key.scope_key())).or_default();
        let attributes = live.attributes.to_value();
        let arn = attributes.get("Arn").and_then(Value::as_str);
        let account = arn.and_then(|arn| arn.split(':').nth(4));
        of.extend(account.filter(|account| *account != "aws").map(str::to_owned));
    }
    readers
}

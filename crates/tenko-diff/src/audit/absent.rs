//! Expectations that found nothing in their place.

use tenko_core::{Drift, DriftKind, Message, Reach, Resource, ScopeKey, msg};

use super::{Audit, drift};
use crate::matching::Wish;
use crate::owners::Place;
use crate::reason::because;
use crate::text::ShortList;
use crate::view::{Area, Gaps};

/// Why something is missing although not every region was read.
pub(super) fn passed_disabled() -> Message {
    msg!("drift-passed-disabled")
}

impl Audit<'_> {
    /// Missing where that is a fact, else unknown.
    pub(super) fn not_found(&self, at: usize, wish: &Wish<'_>) -> Drift {
        let gaps = self.gaps(at, wish);
        let (kind, reason) = match gaps.reason() {
            Some(reason) => (DriftKind::Unknown, Some(reason)),
            None => (DriftKind::Missing, gaps.passed_disabled.then(passed_disabled)),
        };
        let drift = Drift {
            source: Some(wish.expected.source.clone()),
            ..drift(kind, self.reference(wish), wish.owned)
        };
        because(drift, reason)
    }

    fn gaps(&self, at: usize, wish: &Wish<'_>) -> Gaps {
        let expected = wish.expected;
        // Whoever took what would have fitted may have left its own where nobody could look.
        if self.matches.outbid.get(at).copied().unwrap_or_default() {
            let scopes = self.rivals.scopes(wish.scopes());
            // What is linked may be in another cloud, where nothing of the type can be.
            let fits = |scope: &&ScopeKey| wish.scopes().any(|own| own.cloud == scope.cloud);
            let scopes = scopes.into_iter().filter(fits);
            return self.view.gaps(scopes, &expected.resource_type, Area::default());
        }
        let regions = wish.owned.environment.regions.as_ref();
        let area = Area { region: wish.region(), regions };
        self.view.gaps(wish.scopes(), &expected.resource_type, area)
    }

    pub(super) fn found_elsewhere(&self, wish: &Wish<'_>, live: &Resource) -> Drift {
        let drift = Drift {
            source: Some(wish.expected.source.clone()),
            ..drift(DriftKind::Misplaced, live.into(), wish.owned)
        };
        because(drift, self.elsewhere_reason(wish, live))
    }

    fn elsewhere_reason(&self, wish: &Wish<'_>, live: &Resource) -> Message {
        let key = &live.key;
        let mut declared = wish.scopes();
        if declared.any(|scope| scope.id == key.scope && scope.cloud == key.cloud) {
            let region = wish.expected.region.as_ref().map_or("-", Reach::as_str);
            return msg!(
                "drift-lives-in-region",
                id = &key.id,
                declared = region,
                region = key.region.as_str(),
            );
        }
        let message = match self.owners.site(live).place {
            Place::Shared => msg!("drift-lives-in-shared"),
            Place::Undeclared => msg!("drift-lives-in-undeclared"),
            Place::Environment(_) | Place::Tenant(_) | Place::Several => {
                let here = self.owners.of_scope(&key.scope_key());
                let names = here.iter().filter_map(|at| self.owners.environment(*at));
                let names: ShortList =
                    names.map(|o| format!("{} {}", o.tenant.id, o.environment.name)).collect();
                msg!("drift-lives-in-others", others = names.to_arg())
            }
        };
        message
            .with("id", &key.id)
            .with("tenant", &wish.owned.tenant.id)
            .with("environment", &wish.owned.environment.name)
            .with("scope", key.scope.as_str())
    }
}

//! Expectations that found nothing in their place.

use tenko_core::{Drift, DriftKind, Reach, Resource, ScopeKey};

use super::{Audit, drift};
use crate::matching::Wish;
use crate::owners::Place;
use crate::view::{Area, Gaps};

/// Why something is missing although not every region was read.
pub(super) const PASSED_DISABLED: &str =
    "in no enabled region; regions that are not enabled could not be read";

impl Audit<'_> {
    /// Missing where that is a fact, else unknown.
    pub(super) fn not_found(&self, at: usize, wish: &Wish<'_>) -> Drift {
        let gaps = self.gaps(at, wish);
        let (kind, reason) = if !gaps.is_empty() {
            (DriftKind::Unknown, Some(gaps.reason()))
        } else if gaps.passed_disabled {
            (DriftKind::Missing, Some(PASSED_DISABLED.to_owned()))
        } else {
            (DriftKind::Missing, None)
        };
        Drift {
            source: Some(wish.expected.source.clone()),
            reason,
            ..drift(kind, self.reference(wish), wish.owned)
        }
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
        Drift {
            source: Some(wish.expected.source.clone()),
            reason: Some(self.elsewhere_reason(wish, live)),
            ..drift(DriftKind::Misplaced, live.into(), wish.owned)
        }
    }

    fn elsewhere_reason(&self, wish: &Wish<'_>, live: &Resource) -> String {
        let key = &live.key;
        let id = &key.id;
        let mut declared = wish.scopes();
        if declared.any(|scope| scope.id == key.scope && scope.cloud == key.cloud) {
            let region = wish.expected.region.as_ref().map_or("-", Reach::as_str);
            return format!("{id} is declared in region {region} and lives in {}", key.region);
        }
        let whose = match self.owners.site(live).place {
            Place::Shared => "which is declared as shared".to_owned(),
            Place::Undeclared => "which the declaration does not name".to_owned(),
            Place::Environment(_) | Place::Tenant(_) | Place::Several => {
                let here = self.owners.of_scope(&key.scope_key());
                let names = here.iter().filter_map(|at| self.owners.environment(*at));
                let names: crate::text::ShortList =
                    names.map(|o| format!("{} {}", o.tenant.id, o.environment.name)).collect();
                format!("which belongs to {names}")
            }
        };
        let (tenant, environment) = (&wish.owned.tenant.id, &wish.owned.environment.name);
        format!(
            "{id} is declared for {tenant} {environment} and lives in scope {}, {whose}",
            key.scope
        )
    }
}

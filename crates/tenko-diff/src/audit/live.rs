//! What is to be said of each live resource.

use tenko_core::{AttrPath, Drift, DriftKind, Origin, Resource, Unmanaged};

use super::{Audit, drift, split};
use crate::compare::compare;
use crate::model::Standing;
use crate::owners::{Owned, Place, Stray};

/// Where one live resource stands, and what it has drifted.
pub(super) struct Judgement {
    pub(super) standing: Standing,
    pub(super) tenant: Option<usize>,
    pub(super) environment: Option<usize>,
    pub(super) drift: Vec<Drift>,
}

impl Audit<'_> {
    /// Judges one live resource; nothing at an index that is none.
    pub(super) fn live(&self, at: usize) -> Option<Judgement> {
        let resource = *self.view.live.get(at)?;
        let site = self.sites.get(at)?;
        let wish = self.matches.taken.get(at).copied().flatten().and_then(|w| self.wishes.get(w));
        let environment = match (wish, site.place) {
            (Some(wish), _) => Some(wish.environment),
            (None, Place::Environment(only)) => Some(only),
            _ => None,
        };
        let tenant = match environment.and_then(|at| self.owners.environment(at)) {
            Some(owned) => Some(owned.tenant_at),
            None => self.owners.one_tenant(&site.candidates),
        };
        let candidates = match &environment {
            Some(only) => std::slice::from_ref(only),
            None => site.candidates.as_slice(),
        };
        let mut judgement =
            Judgement { standing: Standing::Managed, tenant, environment, drift: Vec::new() };
        let j = &mut judgement;
        j.standing = if let Some(standing) = self.astray(at) {
            standing
        } else if self.rules.takes(candidates, resource) {
            Standing::Ignored
        } else if wish.is_none() && site.place == Place::Shared {
            Standing::Shared
        } else if wish.is_none() && site.place == Place::Undeclared {
            Standing::UndeclaredScope
        } else if let Some(stray) = &site.stray {
            j.drift.push(self.stray(resource, stray, wish.map(|w| w.owned)));
            Standing::Misplaced
        } else if wish.is_some() {
            Standing::Managed
        } else if resource.origin != Origin::Customer {
            Standing::ProviderDefault
        } else if self.tolerates(candidates) {
            Standing::Tolerated
        } else {
            j.drift.push(self.unmanaged(resource, tenant, environment));
            Standing::Unmanaged
        };
        if matches!(j.standing, Standing::Managed | Standing::Tolerated) {
            let declared = wish.map(|w| w.expected.attributes.iter().map(|(path, _)| path));
            j.drift.extend(self.required_tags(
                resource,
                environment,
                &declared.into_iter().flatten().collect::<Vec<_>>(),
            ));
        }
        Some(judgement)
    }

    /// The standing of a resource that a declaration for another place means.
    fn astray(&self, at: usize) -> Option<Standing> {
        let wish = self.wishes.get(*self.astray.get(&at)?)?;
        let ignored = self.rules.takes_absent(wish.environment, wish.expected);
        Some(if ignored { Standing::Ignored } else { Standing::Misplaced })
    }

    /// One environment that declares only a part of what it holds may be the one that has it.
    fn tolerates(&self, candidates: &[usize]) -> bool {
        candidates
            .iter()
            .filter_map(|at| self.owners.environment(*at))
            .any(|owned| owned.environment.unmanaged == Unmanaged::Ignore)
    }

    fn unmanaged(
        &self,
        resource: &Resource,
        tenant: Option<usize>,
        environment: Option<usize>,
    ) -> Drift {
        let namesake = self.matches.namesake(resource).and_then(|at| self.wishes.get(at));
        let reason = namesake.map(|wish| {
            format!(
                "another resource of this name is taken as the one declared at {}",
                wish.expected.source
            )
        });
        Drift { reason, ..self.drift_of(DriftKind::Unmanaged, resource, tenant, environment) }
    }

    fn stray(&self, resource: &Resource, stray: &Stray, declared: Option<&Owned<'_>>) -> Drift {
        let mut reason = stray.reason.clone();
        if let Some(owned) = declared {
            let (tenant, environment) = (&owned.tenant.id, &owned.environment.name);
            reason.push_str(&format!("; it is declared for {tenant} {environment}"));
        }
        Drift {
            reason: Some(reason),
            ..self.drift_of(DriftKind::Misplaced, resource, Some(stray.tenant), stray.environment)
        }
    }

    fn drift_of(
        &self,
        kind: DriftKind,
        resource: &Resource,
        tenant: Option<usize>,
        environment: Option<usize>,
    ) -> Drift {
        if let Some(owned) = environment.and_then(|at| self.owners.environment(at)) {
            return drift(kind, resource.into(), owned);
        }
        let tenant = tenant.and_then(|at| self.owners.tenants.get(at));
        Drift {
            kind,
            resource: resource.into(),
            tenant: tenant.map(|tenant| tenant.id.clone()),
            environment: None,
            owner: tenant.and_then(|tenant| tenant.owner.clone()),
            source: None,
            changes: Vec::new(),
            reason: None,
        }
    }

    /// The tags that the environment asks of everything in it, but those in `declared`.
    fn required_tags(
        &self,
        resource: &Resource,
        environment: Option<usize>,
        declared: &[&AttrPath],
    ) -> Vec<Drift> {
        let info = self.catalog.get(&resource.key.resource_type);
        let (Some(at), Some(info)) = (environment, info) else { return Vec::new() };
        let Some(owned) = self.owners.environment(at) else { return Vec::new() };
        let required = &owned.environment.required_tags;
        if required.is_empty() || !info.taggable || resource.origin != Origin::Customer {
            return Vec::new();
        }
        let tags = AttrPath::key("Tags");
        let asked: Vec<_> = required
            .iter()
            .map(|(key, matcher)| (tags.join(key), matcher))
            .filter(|(path, _)| !declared.iter().any(|d| d.covers(path)))
            .collect();
        let paths: Vec<_> = asked.iter().map(|(path, _)| path).collect();
        let skip = self.rules.paths(at, resource, &paths);
        let asked = asked.iter().map(|(path, matcher)| (path, *matcher));
        // Tags are all that is compared here; the attributes need not be opened.
        let bare = Resource { attributes: tenko_core::Attributes::default(), ..resource.clone() };
        let base = Drift {
            source: Some(owned.environment.source.clone()),
            ..drift(DriftKind::Unknown, resource.into(), owned)
        };
        split(compare(asked, &bare, Some(info), &skip), base)
    }
}

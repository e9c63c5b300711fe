//! What is to be said of each live resource.

use serde_json::json;
use tenko_core::{
    Arg, AttrPath, Claim, Drift, DriftKind, Fingerprint, IacOwner, Origin, Resource, ResourceRef,
    Source, Unmanaged, msg,
};

use super::{Audit, drift, is_ignored, split, subject};
use crate::compare::compare;
use crate::model::Standing;
use crate::owners::{Owned, Place, Stray};
use crate::reason::{because, both};
use crate::walk::Walk;

/// Where one live resource stands, and what it has drifted.
pub(super) struct Judgement {
    pub(super) standing: Standing,
    pub(super) tenant: Option<usize>,
    pub(super) environment: Option<usize>,
    pub(super) drift: Vec<Drift>,
    /// What drift would be known by that ignore rules keep from being said.
    pub(super) ignored: Vec<Fingerprint>,
}

/// The infrastructure code that manages a resource.
enum Code<'a> {
    None,
    /// That of its own environment, or nobody's in particular.
    Own(&'a Claim),
    /// Only that of other environments: the first, and how many more.
    Others(&'a Claim, usize),
}

impl<'a> Code<'a> {
    fn source(&self) -> Option<&'a Source> {
        match self {
            Self::None => None,
            Self::Own(claim) | Self::Others(claim, _) => Some(&claim.source),
        }
    }
}

impl Audit<'_> {
    /// Judges one live resource; nothing at an index that is none.
    pub(super) fn live(&self, at: usize) -> Option<Judgement> {
        let resource = *self.view.live.get(at)?;
        let site = self.sites.get(at)?;
        let wish = self.matches.taken.get(at).copied().flatten().and_then(|w| self.wishes.get(w));
        let environment = self.environment_of(at);
        let code = self.code_of(at, environment);
        let is_declared = wish.is_some() || matches!(code, Code::Own(_));
        let tenant = match environment.and_then(|at| self.owners.environment(at)) {
            Some(owned) => Some(owned.tenant_at),
            None => self.owners.one_tenant(&site.candidates),
        };
        let candidates = match &environment {
            Some(only) => std::slice::from_ref(only),
            None => site.candidates.as_slice(),
        };
        let mut judgement = Judgement {
            standing: Standing::Managed,
            tenant,
            environment,
            drift: Vec::new(),
            ignored: Vec::new(),
        };
        let j = &mut judgement;
        j.standing = if let Some(standing) = self.astray(at) {
            standing
        } else if self.rules.takes(candidates, resource) {
            Standing::Ignored
        } else if environment.is_none() && site.place == Place::Shared {
            Standing::Shared
        } else if environment.is_none() && site.place == Place::Undeclared {
            Standing::UndeclaredScope
        } else if let Some(stray) = &site.stray {
            j.drift.push(self.stray(resource, stray, wish.map(|w| w.owned), code.source()));
            Standing::Misplaced
        } else if is_declared {
            Standing::Managed
        // Code that could not be read may declare it here as well.
        } else if let (Code::Others(first, more), false) = (&code, self.unread.concerns(candidates))
        {
            j.drift.push(self.elsewhere_managed(resource, first, *more, (tenant, environment)));
            Standing::ElsewhereManaged
        } else if resource.origin != Origin::Customer {
            Standing::ProviderDefault
        } else if self.tolerates(candidates) {
            Standing::Tolerated
        } else if self.unread.concerns(candidates) {
            Standing::Withheld
        } else {
            j.drift.push(self.unmanaged(resource, tenant, environment));
            Standing::Unmanaged
        };
        if matches!(j.standing, Standing::Managed | Standing::Tolerated) {
            let declared = wish.map(|w| w.expected.attributes.iter().map(|(path, _)| path));
            let declared: Vec<_> = declared.into_iter().flatten().collect();
            let (drift, ignored) = self.required_tags(resource, environment, &declared);
            j.drift.extend(drift);
            j.ignored.extend(ignored);
        }
        // What the provider made by itself drifts only where somebody declares it.
        let may_drift = is_declared
            || site.stray.is_some()
            || matches!(code, Code::Others(..))
            || resource.origin == Origin::Customer;
        if j.standing == Standing::Ignored && may_drift {
            j.ignored = self.subjects(resource, (tenant, environment), site.stray.as_deref());
        }
        Some(judgement)
    }

    /// What drift about this resource would be known by: where it lives, and where its tags place it.
    fn subjects(
        &self,
        resource: &Resource,
        lives: (Option<usize>, Option<usize>),
        stray: Option<&Stray>,
    ) -> Vec<Fingerprint> {
        let reference = ResourceRef::from(resource);
        let tagged = stray.map(|stray| (Some(stray.tenant), stray.environment));
        let of = |(tenant, environment): (Option<usize>, Option<usize>)| match environment
            .and_then(|at| self.owners.environment(at))
        {
            Some(owned) => subject(&reference, owned),
            None => {
                let tenant = tenant.and_then(|at| self.owners.tenants.get(at));
                Fingerprint::of_subject(&reference, tenant.map(|t| t.id.as_str()), None)
            }
        };
        std::iter::once(lives).chain(tagged).map(of).collect()
    }

    /// The standing of a resource that a declaration for another place means.
    fn astray(&self, at: usize) -> Option<Standing> {
        let wish = self.wishes.get(*self.astray.get(&at)?)?;
        let ignored = self.rules.takes_absent(wish.environment, &wish.expected.into());
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
        let reason =
            namesake.map(|wish| msg!("drift-namesake", source = Arg::text(&wish.expected.source)));
        because(self.drift_of(DriftKind::Unmanaged, resource.into(), tenant, environment), reason)
    }

    /// What infrastructure code manages it, seen from the environment that it is in.
    fn code_of(&self, at: usize, environment: Option<usize>) -> Code<'_> {
        let mut others = 0;
        let mut first = None;
        for (claim, code) in self.claims.managing(at) {
            match self.claims.owner_of(claim) {
                Some(owner) if Some(owner) != environment => {
                    others += 1;
                    first = first.or(Some(code));
                }
                _ => return Code::Own(code),
            }
        }
        first.map_or(Code::None, |first| Code::Others(first, others - 1))
    }

    fn elsewhere_managed(
        &self,
        resource: &Resource,
        claim: &Claim,
        more: usize,
        (tenant, environment): (Option<usize>, Option<usize>),
    ) -> Drift {
        let source = Arg::text(&claim.source);
        let code = match &claim.owner {
            None => source,
            Some(IacOwner { tenant, environment }) => msg!(
                "drift-code-of",
                tenant = &**tenant,
                environment = &**environment,
                source = source,
            )
            .into(),
        };
        let code = match more {
            0 => code,
            more => msg!("some-and-more", shown = code, more = more).into(),
        };
        let drift = Drift {
            source: Some(claim.source.clone()),
            ..self.drift_of(DriftKind::ElsewhereManaged, resource.into(), tenant, environment)
        };
        because(drift, msg!("drift-managed-by", code = code))
    }

    fn stray(
        &self,
        resource: &Resource,
        stray: &Stray,
        declared: Option<&Owned<'_>>,
        code: Option<&Source>,
    ) -> Drift {
        let mut reason = stray.reason.clone();
        if let Some(owned) = declared {
            let (tenant, environment) = (&owned.tenant.id, &owned.environment.name);
            let declared = msg!("drift-declared-for", tenant = tenant, environment = environment);
            reason = both(reason, declared);
        }
        if let Some(source) = code {
            reason = both(reason, msg!("drift-is-managed-by", source = Arg::text(source)));
        }
        let (tenant, environment) = (Some(stray.tenant), stray.environment);
        because(self.drift_of(DriftKind::Misplaced, resource.into(), tenant, environment), reason)
    }

    /// A drift of this environment, else of this tenant, with nothing said yet.
    pub(super) fn drift_of(
        &self,
        kind: DriftKind,
        resource: ResourceRef,
        tenant: Option<usize>,
        environment: Option<usize>,
    ) -> Drift {
        if let Some(owned) = environment.and_then(|at| self.owners.environment(at)) {
            return drift(kind, resource, owned);
        }
        let tenant = tenant.and_then(|at| self.owners.tenants.get(at));
        Drift {
            fingerprint: Fingerprint::default(),
            standing: None,
            kind,
            resource,
            tenant: tenant.map(|tenant| tenant.id.clone()),
            environment: None,
            owner: tenant.and_then(|tenant| tenant.owner.clone()),
            source: None,
            changes: Vec::new(),
            reason: None,
            reason_wording: None,
        }
    }

    /// The tags that the environment asks of everything in it, but those in `declared`; and what only
    /// ignore rules keep from being said of them.
    fn required_tags(
        &self,
        resource: &Resource,
        environment: Option<usize>,
        declared: &[&AttrPath],
    ) -> (Vec<Drift>, Option<Fingerprint>) {
        let info = self.catalog.get(&resource.key.resource_type);
        let (Some(at), Some(info)) = (environment, info) else { return Default::default() };
        let Some(owned) = self.owners.environment(at) else { return Default::default() };
        let required = &owned.environment.required_tags;
        if required.is_empty() || !info.taggable || resource.origin != Origin::Customer {
            return Default::default();
        }
        let tags = AttrPath::key("Tags");
        let asked: Vec<_> = required
            .iter()
            .map(|(key, matcher)| (tags.join(key), matcher))
            .filter(|(path, _)| !declared.iter().any(|d| d.covers(path)))
            .collect();
        let paths: Vec<_> = asked.iter().map(|(path, _)| path).collect();
        let skip = self.rules.paths(at, resource, &paths);
        let asked = || asked.iter().map(|(path, matcher)| (path, *matcher));
        // Tags are all that is compared here; the attributes need not be opened.
        let live = json!({ "Tags": resource.tags });
        let walk = Walk { info: Some(info), skip: &skip, unread: &resource.unknown };
        let base = Drift {
            source: Some(owned.environment.source.clone()),
            ..drift(DriftKind::Unknown, resource.into(), owned)
        };
        let comparison = compare(asked(), &live, &walk);
        let ignored = is_ignored(&comparison, asked(), &live, &walk).then(|| base.subject());
        (split(comparison, base), ignored)
    }
}

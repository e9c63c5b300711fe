//! What the rules read, indexed once for all of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use rayon::prelude::*;
use tenko_core::{
    Answer, AttrPath, Catalog, Cloud, Declaration, Environment, Message, ParityAllow, Reach,
    Resource, Scope, ScopeKey, ScopeKind, Snapshot, Tenant, msg,
};

use crate::coverage::Units;
use crate::stage::Stage;

/// A snapshot and a declaration. Its lists are in an order of their own, so that verdicts do not
/// depend on the order of what came in.
pub(crate) struct Context<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) declaration: &'a Declaration,
    pub(crate) catalog: &'a Catalog,
    pub(crate) parity_allow: &'a [ParityAllow],
    /// The time of the evaluation.
    pub(crate) now: Timestamp,
    /// The environments of each scope that a tenant names, by tenant and name.
    pub(crate) environments: BTreeMap<&'a ScopeKey, Vec<(&'a Tenant, &'a Environment)>>,
    /// The scopes that were discovered.
    pub(crate) scopes: BTreeMap<ScopeKey, &'a Scope>,
    by_type: HashMap<&'a str, Vec<&'a Resource>>,
    by_scope: HashMap<ScopeKey, Vec<&'a Resource>>,
    answered: BTreeSet<ScopeKey>,
    units: Units<'a>,
    /// The clouds whose organization was discovered.
    organizations: BTreeSet<&'a Cloud>,
    tenants: HashMap<String, &'a Tenant>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(inputs: &crate::Inputs<'a>) -> Self {
        let (snapshot, declaration) = (inputs.snapshot, inputs.declaration);
        let mut environments: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (tenant, environment) in declaration.environments() {
            for scope in environment.scopes.iter().collect::<BTreeSet<_>>() {
                environments.entry(scope).or_default().push((tenant, environment));
            }
        }
        for of in environments.values_mut() {
            of.sort_by_key(|(tenant, environment)| {
                (&tenant.id, &environment.name, &environment.stage)
            });
        }
        let mut resources: Vec<&Resource> = snapshot.resources.iter().collect();
        if !resources.is_sorted_by(|a, b| a.key <= b.key) {
            resources.par_sort_by(|a, b| a.key.cmp(&b.key));
        }
        Self {
            snapshot,
            declaration,
            catalog: inputs.catalog,
            parity_allow: inputs.parity_allow,
            now: inputs.now,
            environments,
            scopes: snapshot.scopes.iter().map(|scope| (scope.key(), scope)).collect(),
            by_type: by_type(&resources),
            by_scope: resources
                .chunk_by(|a, b| (&a.key.cloud, &a.key.scope) == (&b.key.cloud, &b.key.scope))
                .filter_map(|of| Some((of.first()?.key.scope_key(), of.to_vec())))
                .collect(),
            answered: snapshot
                .answers
                .iter()
                .filter(|answer| answer.outcome.is_complete())
                .map(answerer)
                .collect(),
            units: Units::new(snapshot),
            organizations: snapshot
                .scopes
                .iter()
                .filter(|scope| scope.kind == ScopeKind::Organization)
                .map(|scope| &scope.cloud)
                .collect(),
            tenants: tenants(declaration),
        }
    }

    /// All resources of a type, by key.
    pub(crate) fn of_type(&self, resource_type: &str) -> &[&'a Resource] {
        self.by_type.get(resource_type).map(Vec::as_slice).unwrap_or_default()
    }

    /// The resources of a type in one scope, by key.
    pub(crate) fn of_type_in(&self, resource_type: &str, scope: &ScopeKey) -> &[&'a Resource] {
        let all = self.of_type(resource_type);
        let place = (&scope.cloud, &scope.id);
        let from = all.partition_point(|r| (&r.key.cloud, &r.key.scope) < place);
        let to = all.partition_point(|r| (&r.key.cloud, &r.key.scope) <= place);
        all.get(from..to).unwrap_or_default()
    }

    /// The resources of one scope, by key.
    pub(crate) fn resources_of(&self, scope: &ScopeKey) -> &[&'a Resource] {
        self.by_scope.get(scope).map(Vec::as_slice).unwrap_or_default()
    }

    /// The accounts or projects of a cloud that are in use: active, or of unknown status.
    pub(crate) fn accounts<'s>(&'s self, cloud: &'s str) -> impl Iterator<Item = &'a Scope> + 's {
        self.scopes.values().copied().filter(move |s| s.cloud == *cloud && s.is_collectable())
    }

    /// What kept a scope from being read completely, whatever the type. A region or a service that
    /// is not enabled holds nothing in use and keeps nothing.
    pub(crate) fn gap_of(&self, scope: &ScopeKey) -> Option<Message> {
        self.unasked(scope).or_else(|| self.units.gap(scope))
    }

    /// What kept these types from being read completely in a scope; `None` where all of each was
    /// read. A region or a service that is not enabled holds nothing and keeps nothing.
    pub(crate) fn why_unread(&self, scope: &ScopeKey, types: &[&str]) -> Option<Message> {
        self.unasked(scope)
            .or_else(|| types.iter().find_map(|name| self.units.unread(scope, name, None)))
    }

    /// As [`Self::why_unread`], of one region.
    pub(crate) fn why_unread_in(
        &self,
        scope: &ScopeKey,
        region: &Reach,
        types: &[&str],
    ) -> Option<Message> {
        self.unasked(scope)
            .or_else(|| types.iter().find_map(|name| self.units.unread(scope, name, Some(region))))
    }

    /// What kept these types from being read completely in any account or project of a cloud that
    /// is in use: what is needed before absence anywhere is a fact.
    pub(crate) fn why_unread_anywhere(&self, cloud: &str, types: &[&str]) -> Option<Message> {
        if self.discovery_is_incomplete(&Cloud::new(cloud)) {
            return Some(msg!("rule-accounts-unknown"));
        }
        self.accounts(cloud).find_map(|scope| {
            let key = scope.key();
            let reason = self.why_unread(&key, types)?;
            Some(msg!("rule-of-scope", scope = key.to_string(), reason = reason))
        })
    }

    /// What kept a type of the organization itself (its policies, its delegated administrators) from
    /// being read. One account reads those for all, and in the others there are none.
    ///
    /// The others report their units as complete, and so does the management account where a
    /// delegated administrator reads: only an account that gave something of the organization is
    /// known to be the one that was asked.
    pub(crate) fn why_unread_organization(&self, resource_type: &str) -> Option<Message> {
        if let Some(reader) = self.organization_reader() {
            return self.why_unread(&reader, &[resource_type]);
        }
        self.why_unread_anywhere("aws", &[resource_type])
            .or_else(|| Some(msg!("rule-organization-untold", type = resource_type)))
    }

    /// The account that reads what the organization has: where there is something of it.
    fn organization_reader(&self) -> Option<ScopeKey> {
        let of = [
            "AWS::Organizations::Organization",
            "AWS::Organizations::Policy",
            "AWS::Organizations::DelegatedAdministrator",
            "AWS::IAM::OrganizationFeatures",
        ];
        let found = of.iter().find_map(|name| self.of_type(name).first());
        found.map(|resource| resource.key.scope_key())
    }

    /// Whether the type was asked for in any account or project.
    pub(crate) fn was_collected(&self, resource_type: &str) -> bool {
        self.units.was_collected(resource_type)
    }

    /// The types that were asked for in any account or project, in no order.
    pub(crate) fn collected(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.units.collected()
    }

    /// The scopes that were asked for a type, and did more than to skip it.
    pub(crate) fn asked_for(&self, resource_type: &str) -> Vec<ScopeKey> {
        self.units.asked_for(resource_type)
    }

    /// The units of a type in a scope, by region, with their outcomes.
    pub(crate) fn units(
        &self,
        scope: &ScopeKey,
        resource_type: &str,
    ) -> &[(&'a Reach, tenko_core::Outcome)] {
        self.units.of(scope, resource_type)
    }

    /// Why nothing at all is known of a scope.
    fn unasked(&self, scope: &ScopeKey) -> Option<Message> {
        if !self.scopes.contains_key(scope) {
            return Some(msg!("rule-not-discovered"));
        }
        self.units
            .answer(scope)
            .or_else(|| (!self.is_answered(scope)).then(|| msg!("rule-not-asked")))
    }

    /// Whether a session proved that the scope is there and in use.
    pub(crate) fn is_answered(&self, scope: &ScopeKey) -> bool {
        self.answered.contains(scope)
    }

    /// Whether the listing of a cloud's scopes may have left some out; of a cancelled run nobody knows.
    pub(crate) fn discovery_is_incomplete(&self, cloud: &Cloud) -> bool {
        let problems = &self.snapshot.discovery_problems;
        self.snapshot.run.cancelled || problems.iter().any(|problem| problem.cloud == *cloud)
    }

    /// Whether the scope's organization is among what was discovered: only its own list of
    /// accounts makes the absence of one a fact.
    pub(crate) fn knows_organization_of(&self, scope: &ScopeKey) -> bool {
        self.organizations.contains(&scope.cloud)
    }

    /// The scopes above this one, from the top, and itself; empty where it was not discovered.
    pub(crate) fn path_of(&self, key: &ScopeKey) -> Vec<&'a Scope> {
        let mut path: Vec<&Scope> = Vec::new();
        let mut next = self.scopes.get(key).copied();
        while let Some(scope) = next {
            if path.iter().any(|seen| seen.id == scope.id) {
                break;
            }
            path.push(scope);
            next = scope.parent.as_ref().and_then(|id| {
                self.scopes.get(&ScopeKey::new(scope.cloud.clone(), id.clone())).copied()
            });
        }
        path.reverse();
        path
    }

    /// The environments that a scope belongs to.
    pub(crate) fn environments_of(&self, scope: &ScopeKey) -> &[(&'a Tenant, &'a Environment)] {
        self.environments.get(scope).map(Vec::as_slice).unwrap_or_default()
    }

    /// The environments that a resource may belong to: those of its scope, fewer where ownership tags
    /// say more. What they say of a tenant or an environment that is not there counts for nothing.
    pub(crate) fn environments_for(
        &self,
        resource: &Resource,
    ) -> Cow<'_, [(&'a Tenant, &'a Environment)]> {
        let all = self.environments_of(&resource.key.scope_key());
        if all.len() < 2 {
            return Cow::Borrowed(all);
        }
        let mut here = all.to_vec();
        if let Some((_, tagged)) = self.tagged_tenant(resource) {
            here.retain(|(tenant, _)| tenant.id == tagged.id);
        }
        for value in self.environment_tags(resource) {
            if here.iter().any(|(_, environment)| is_named(environment, value)) {
                here.retain(|(_, environment)| is_named(environment, value));
                break;
            }
        }
        if here.is_empty() { Cow::Borrowed(all) } else { Cow::Owned(here) }
    }

    /// Whether ownership tags say that a resource in a scope of several environments is another's
    /// than this one's.
    pub(crate) fn is_anothers(
        &self,
        resource: &Resource,
        tenant: &Tenant,
        environment: &Environment,
    ) -> bool {
        if self.environments_of(&resource.key.scope_key()).len() < 2 {
            return false;
        }
        if self.tagged_tenant(resource).is_some_and(|(_, tagged)| tagged.id != tenant.id) {
            return true;
        }
        // The first tag that names an environment of the tenant, wherever that is.
        let named = self
            .environment_tags(resource)
            .find(|value| tenant.environments.iter().any(|of| is_named(of, value)));
        match named {
            Some(value) => !is_named(environment, value),
            None => {
                let may_be = self.environments_for(resource);
                !may_be.iter().any(|(of, one)| of.id == tenant.id && one.name == environment.name)
            }
        }
    }

    /// What the ownership tags of a resource call its environment, in their order.
    fn environment_tags<'s>(
        &'s self,
        resource: &'s Resource,
    ) -> impl Iterator<Item = &'s str> + 's {
        let keys = self.declaration.ownership.environment_tags.iter();
        keys.filter_map(|key| resource.tags.get(key).map(String::as_str))
    }

    /// Whether a scope is production by what is declared.
    pub(crate) fn stage_of(&self, scope: &ScopeKey) -> Stage {
        Stage::of(self.environments_of(scope).iter().map(|(_, environment)| *environment))
    }

    /// Whether the declaration names the scope, for a tenant or as shared.
    pub(crate) fn is_declared(&self, scope: &ScopeKey) -> bool {
        self.environments.contains_key(scope) || self.declaration.shared.contains_key(scope)
    }

    /// Whose a scope, or a resource in it, is: the tenant's id, and the environment's name where one
    /// is meant.
    pub(crate) fn owner_of(
        &self,
        scope: &ScopeKey,
        resource: Option<&Resource>,
    ) -> Option<(String, Option<String>)> {
        match self.environments_of(scope) {
            [] => None,
            [(tenant, environment)] => Some((tenant.id.clone(), Some(environment.name.clone()))),
            [(first, _), rest @ ..] => {
                let tagged = resource.and_then(|resource| self.tagged_tenant(resource));
                let one = rest.iter().all(|(tenant, _)| tenant.id == first.id);
                let tenant = tagged.map(|(_, tenant)| tenant).or(one.then_some(*first))?;
                Some((tenant.id.clone(), None))
            }
        }
    }

    /// The tenant that a resource's tags name, with the key of the tag.
    pub(crate) fn tagged_tenant(&self, resource: &Resource) -> Option<(&'a str, &'a Tenant)> {
        self.declaration.ownership.tenant_tags.iter().find_map(|key| {
            let value = resource.tags.get(key)?;
            Some((key.as_str(), *self.tenants.get(&value.to_lowercase())?))
        })
    }
}

/// Whether a tag's value means this environment: its name, or its stage.
fn is_named(environment: &Environment, value: &str) -> bool {
    let same = |name: &str| name.to_lowercase() == value.to_lowercase();
    same(&environment.name) || environment.stage.as_deref().is_some_and(same)
}

/// Whether the tags of a resource could not be read.
pub(crate) fn tags_unread(resource: &Resource) -> bool {
    !resource.unknown.is_empty() && resource.is_unknown(&AttrPath::key("Tags"))
}

pub(crate) fn answerer(answer: &Answer) -> ScopeKey {
    ScopeKey::new(answer.cloud.clone(), answer.scope.clone())
}

/// The resources of each type, in the order of their keys.
fn by_type<'a>(sorted: &[&'a Resource]) -> HashMap<&'a str, Vec<&'a Resource>> {
    let mut by_type: HashMap<_, Vec<_>> = HashMap::new();
    for of in sorted.chunk_by(|a, b| a.key.resource_type == b.key.resource_type) {
        if let Some(first) = of.first() {
            by_type.entry(first.key.resource_type.as_str()).or_default().extend_from_slice(of);
        }
    }
    by_type
}

/// The tenants by what tags may call them. An id wins over another tenant's name.
fn tenants(declaration: &Declaration) -> HashMap<String, &Tenant> {
    let mut by_id: Vec<_> = declaration.tenants.iter().collect();
    by_id.sort_by_key(|tenant| (&tenant.id, &tenant.name));
    let mut tenants = HashMap::new();
    let names = by_id.iter().map(|t| (&t.name, *t));
    for (name, tenant) in by_id.iter().map(|t| (&t.id, *t)).chain(names) {
        if !name.is_empty() {
            tenants.entry(name.to_lowercase()).or_insert(tenant);
        }
    }
    tenants
}

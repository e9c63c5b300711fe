//! Whose a resource is, by its scope and by its own tags.

use std::collections::{BTreeSet, HashMap};

use tenko_core::{
    Arg, Declaration, Environment, IacOwner, Message, Resource, ScopeKey, Tenant, msg,
};

/// An environment with its tenant.
pub(crate) struct Owned<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) tenant_at: usize,
    pub(crate) environment: &'a Environment,
    /// The environment's scopes: sorted, each once.
    pub(crate) scopes: BTreeSet<&'a ScopeKey>,
}

impl Owned<'_> {
    pub(crate) fn owner(&self) -> Option<String> {
        self.environment.owner.clone().or_else(|| self.tenant.owner.clone())
    }

    fn is_named(&self, value: &str) -> bool {
        let same = |name: &str| name.to_lowercase() == value;
        same(&self.environment.name) || self.environment.stage.as_deref().is_some_and(same)
    }
}

/// What narrows a resource down among environments that share its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// It is this environment's.
    Environment(usize),
    /// It is one of this tenant's environments'.
    Tenant(usize),
    /// It may be any tenant's that shares the scope.
    Several,
    /// No tenant names the scope; it is declared as shared.
    Shared,
    /// The declaration does not name the scope.
    Undeclared,
}

/// Tags that give a resource to someone who is not where it lives.
#[derive(Clone, Debug)]
pub(crate) struct Stray {
    pub(crate) tenant: usize,
    pub(crate) environment: Option<usize>,
    pub(crate) reason: Message,
}

/// Where a resource lives and what its tags say.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) place: Place,
    /// The environments that it may belong to.
    pub(crate) candidates: Vec<usize>,
    pub(crate) stray: Option<Box<Stray>>,
}

/// The declaration, indexed; tenants by id, environments by tenant and name.
pub(crate) struct Owners<'a> {
    pub(crate) declaration: &'a Declaration,
    pub(crate) tenants: Vec<&'a Tenant>,
    pub(crate) environments: Vec<Owned<'a>>,
    by_scope: HashMap<&'a ScopeKey, Vec<usize>>,
    by_tenant_name: HashMap<String, usize>,
    by_names: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Owners<'a> {
    pub(crate) fn new(declaration: &'a Declaration) -> Self {
        let mut tenants: Vec<_> = declaration.tenants.iter().collect();
        tenants.sort_by(|a, b| (&a.id, &a.name, &a.owner).cmp(&(&b.id, &b.name, &b.owner)));
        let mut environments: Vec<Owned<'a>> = Vec::new();
        for (tenant_at, tenant) in tenants.iter().enumerate() {
            let mut of: Vec<_> = tenant.environments.iter().collect();
            of.sort_by(|a, b| (&a.name, &a.stage, &a.source).cmp(&(&b.name, &b.stage, &b.source)));
            environments.extend(of.into_iter().map(|environment| Owned {
                tenant,
                tenant_at,
                environment,
                scopes: environment.scopes.iter().collect(),
            }));
        }
        let mut by_scope: HashMap<_, Vec<_>> = HashMap::new();
        for (at, owned) in environments.iter().enumerate() {
            for scope in &owned.scopes {
                by_scope.entry(*scope).or_default().push(at);
            }
        }
        let mut by_names = HashMap::new();
        for (at, owned) in environments.iter().enumerate() {
            let names = (owned.tenant.id.as_str(), owned.environment.name.as_str());
            by_names.entry(names).or_insert(at);
        }
        // An id wins over another tenant's name.
        let mut by_tenant_name = HashMap::new();
        let ids = tenants.iter().map(|t| &t.id).enumerate();
        for (at, name) in ids.chain(tenants.iter().map(|t| &t.name).enumerate()) {
            if !name.is_empty() {
                by_tenant_name.entry(name.to_lowercase()).or_insert(at);
            }
        }
        Self { declaration, tenants, environments, by_scope, by_tenant_name, by_names }
    }

    pub(crate) fn environment(&self, at: usize) -> Option<&Owned<'a>> {
        self.environments.get(at)
    }

    /// The environment whose declaration names some infrastructure code.
    pub(crate) fn owner_at(&self, owner: &IacOwner) -> Option<usize> {
        self.by_names.get(&(&*owner.tenant, &*owner.environment)).copied()
    }

    /// The environments that name a scope.
    pub(crate) fn of_scope(&self, scope: &ScopeKey) -> &[usize] {
        self.by_scope.get(scope).map(Vec::as_slice).unwrap_or_default()
    }

    /// The one tenant of all these environments.
    pub(crate) fn one_tenant(&self, environments: &[usize]) -> Option<usize> {
        let mut tenants =
            environments.iter().filter_map(|at| self.environment(*at)).map(|o| o.tenant_at);
        let first = tenants.next()?;
        tenants.all(|tenant| tenant == first).then_some(first)
    }

    pub(crate) fn site(&self, resource: &Resource) -> Site {
        let scope = resource.key.scope_key();
        let here = self.of_scope(&scope);
        if here.is_empty() {
            let shared = self.declaration.shared.contains_key(&scope);
            let place = if shared { Place::Shared } else { Place::Undeclared };
            return Site { place, candidates: Vec::new(), stray: None };
        }
        let (candidates, stray) = self.by_tags(resource, here.to_vec());
        let place = match (candidates.as_slice(), self.one_tenant(&candidates)) {
            ([only], _) => Place::Environment(*only),
            (_, Some(tenant)) => Place::Tenant(tenant),
            (_, None) => Place::Several,
        };
        Site { place, candidates, stray: stray.map(Box::new) }
    }

    /// Narrows the environments of the scope by the resource's tags, or says that the tags give
    /// it to someone else.
    fn by_tags(&self, resource: &Resource, mut here: Vec<usize>) -> (Vec<usize>, Option<Stray>) {
        if let Some((key, tenant)) = self.tagged_tenant(resource) {
            let own: Vec<_> = here.iter().copied().filter(|at| self.is_of(*at, tenant)).collect();
            if own.is_empty() {
                let stray = self.stray_tenant(resource, key, tenant, &here);
                return (here, Some(stray));
            }
            here = own;
        }
        for (key, value) in tags(resource, &self.declaration.ownership.environment_tags) {
            let value = value.to_lowercase();
            let named = |at: &usize| self.environment(*at).is_some_and(|o| o.is_named(&value));
            let own: Vec<_> = here.iter().copied().filter(named).collect();
            if !own.is_empty() {
                return (own, None);
            }
            let stray = self
                .one_tenant(&here)
                .and_then(|tenant| self.stray_environment(tenant, resource, key, &value));
            if stray.is_some() {
                return (here, stray);
            }
        }
        (here, None)
    }

    fn is_of(&self, environment: usize, tenant: usize) -> bool {
        self.environment(environment).is_some_and(|owned| owned.tenant_at == tenant)
    }

    /// The first ownership tag that names a declared tenant.
    fn tagged_tenant<'r>(&'r self, resource: &'r Resource) -> Option<(&'r str, usize)> {
        tags(resource, &self.declaration.ownership.tenant_tags)
            .find_map(|(key, value)| Some((key, *self.by_tenant_name.get(&value.to_lowercase())?)))
    }

    fn stray_tenant(&self, resource: &Resource, key: &str, tenant: usize, here: &[usize]) -> Stray {
        let value = resource.tags.get(key).map(String::as_str).unwrap_or_default();
        let environment = tags(resource, &self.declaration.ownership.environment_tags)
            .find_map(|(_, value)| self.only_environment(tenant, &value.to_lowercase()));
        let mut homes: Vec<_> = here
            .iter()
            .filter_map(|at| self.environment(*at))
            .map(|owned| owned.tenant.id.as_str())
            .collect();
        homes.dedup();
        Stray {
            tenant,
            environment,
            reason: msg!(
                "drift-tag-tenant",
                key = key,
                value = value,
                homes = Arg::list(homes),
                scope = resource.key.scope.as_str(),
            ),
        }
    }

    fn stray_environment(
        &self,
        tenant: usize,
        resource: &Resource,
        key: &str,
        value: &str,
    ) -> Option<Stray> {
        let mut named = self.named(tenant, value);
        named.next()?;
        Some(Stray {
            tenant,
            environment: self.only_environment(tenant, value),
            reason: msg!(
                "drift-tag-environment",
                key = key,
                value = resource.tags.get(key).map(String::as_str).unwrap_or_default(),
                scope = resource.key.scope.as_str(),
            ),
        })
    }

    fn named(&self, tenant: usize, value: &str) -> impl Iterator<Item = usize> {
        self.environments
            .iter()
            .enumerate()
            .filter(move |(_, owned)| owned.tenant_at == tenant && owned.is_named(value))
            .map(|(at, _)| at)
    }

    fn only_environment(&self, tenant: usize, value: &str) -> Option<usize> {
        let mut named = self.named(tenant, value);
        let first = named.next()?;
        named.next().is_none().then_some(first)
    }
}

/// The resource's tags with these keys, in the order of the keys.
fn tags<'r>(
    resource: &'r Resource,
    keys: &'r [String],
) -> impl Iterator<Item = (&'r str, &'r str)> {
    keys.iter().filter_map(|key| {
        let value = resource.tags.get(key)?;
        Some((key.as_str(), value.as_str()))
    })
}

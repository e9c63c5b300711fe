//! What the rules read, indexed once for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;

use tenko_core::{
    Answer, AttrPath, Cloud, Declaration, Environment, Outcome, Resource, Scope, ScopeKey,
    ScopeKind, Snapshot, Tenant,
};

/// A snapshot and a declaration. Its lists are in an order of their own, so that verdicts do not
/// depend on the order of what came in.
pub(crate) struct Context<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) declaration: &'a Declaration,
    /// The environments of each scope that a tenant names, by tenant and name.
    pub(crate) environments: BTreeMap<&'a ScopeKey, Vec<(&'a Tenant, &'a Environment)>>,
    /// The scopes that were discovered.
    pub(crate) scopes: BTreeMap<ScopeKey, &'a Scope>,
    resources: HashMap<ScopeKey, Vec<&'a Resource>>,
    answered: BTreeSet<ScopeKey>,
    /// For each scope, the first thing that kept it from being read completely.
    gaps: HashMap<ScopeKey, String>,
    tenants: HashMap<String, &'a Tenant>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, declaration: &'a Declaration) -> Self {
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
        let mut resources: HashMap<_, Vec<&Resource>> = HashMap::new();
        for resource in &snapshot.resources {
            resources.entry(resource.key.scope_key()).or_default().push(resource);
        }
        resources.values_mut().for_each(|of| of.sort_by(|a, b| a.key.cmp(&b.key)));
        let mut by_id: Vec<_> = declaration.tenants.iter().collect();
        by_id.sort_by_key(|tenant| (&tenant.id, &tenant.name));
        let mut tenants = HashMap::new();
        // An id wins over another tenant's name.
        for (name, tenant) in
            by_id.iter().map(|t| (&t.id, *t)).chain(by_id.iter().map(|t| (&t.name, *t)))
        {
            if !name.is_empty() {
                tenants.entry(name.to_lowercase()).or_insert(tenant);
            }
        }
        Self {
            snapshot,
            declaration,
            environments,
            scopes: snapshot.scopes.iter().map(|scope| (scope.key(), scope)).collect(),
            resources,
            answered: snapshot
                .answers
                .iter()
                .filter(|answer| answer.outcome.is_complete())
                .map(answerer)
                .collect(),
            gaps: gaps(snapshot),
            tenants,
        }
    }

    /// The resources of one scope, by key.
    pub(crate) fn resources_of(&self, scope: &ScopeKey) -> &[&'a Resource] {
        self.resources.get(scope).map(Vec::as_slice).unwrap_or_default()
    }

    /// What kept a scope from being read completely. A region or a service that is not enabled
    /// holds nothing in use and keeps nothing.
    pub(crate) fn gap_of(&self, scope: &ScopeKey) -> Option<String> {
        if !self.scopes.contains_key(scope) {
            return Some("it was not discovered".to_owned());
        }
        let unasked = || (!self.is_answered(scope)).then(|| "it was not asked".to_owned());
        self.gaps.get(scope).cloned().or_else(unasked)
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
        self.scopes.values().any(|s| s.kind == ScopeKind::Organization && s.cloud == scope.cloud)
    }

    /// The tenant that a resource's tags name, with the key of the tag.
    pub(crate) fn tagged_tenant(&self, resource: &Resource) -> Option<(&'a str, &'a Tenant)> {
        self.declaration.ownership.tenant_tags.iter().find_map(|key| {
            let value = resource.tags.get(key)?;
            Some((key.as_str(), *self.tenants.get(&value.to_lowercase())?))
        })
    }
}

/// Whether the tags of a resource could not be read.
pub(crate) fn tags_unread(resource: &Resource) -> bool {
    resource.is_unknown(&AttrPath::key("Tags"))
}

/// `a, b, c and 4 more`.
pub(crate) fn list(items: impl IntoIterator<Item = impl Display>) -> String {
    const SHOWN: usize = 3;
    let mut items = items.into_iter();
    let shown: Vec<_> = items.by_ref().take(SHOWN).map(|item| item.to_string()).collect();
    match items.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn answerer(answer: &Answer) -> ScopeKey {
    ScopeKey::new(answer.cloud.clone(), answer.scope.clone())
}

fn gaps(snapshot: &Snapshot) -> HashMap<ScopeKey, String> {
    let mut gaps = HashMap::new();
    let mut seen = BTreeSet::new();
    let mut units: Vec<_> = snapshot.coverage.iter().collect();
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    for row in units {
        let scope = row.unit.scope_key();
        let harmless = matches!(
            row.outcome,
            Outcome::Complete | Outcome::RegionDisabled | Outcome::ServiceNotEnabled
        );
        if !harmless {
            let unit = &row.unit;
            gaps.entry(scope.clone()).or_insert_with(|| {
                format!("{} in {}: {}", unit.resource_type, unit.reach, row.outcome)
            });
        }
        seen.insert(scope);
    }
    // How the scope answered says more than any of its units.
    for answer in &snapshot.answers {
        let scope = answerer(answer);
        if !answer.outcome.is_complete() {
            gaps.insert(scope, answer.outcome.to_string());
        } else if !seen.contains(&scope) {
            gaps.insert(scope, "nothing in it was collected".to_owned());
        }
    }
    gaps
}

//! Who may own something: the environments that are declared, or what tags and names suggest.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Declaration, Origin, Resource, ScopeKey, Snapshot};

use crate::plan::is_made_for_account;
use crate::words::{contains, is_production, is_stage_word, stage_of, words};

/// Tag keys that name an environment, where none is declared to.
const ENVIRONMENT_KEYS: [&str; 4] = ["environment", "env", "stage", "deployment-stage"];
/// Tag keys that name a tenant, where none is declared to.
const TENANT_KEYS: [&str; 6] = ["tenant", "customer", "client", "project", "team", "product"];
/// With more owners than this, the tags do not tell owners.
const MOST_GROUPS: usize = 256;

/// Somebody who may own something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    pub(crate) tenant: Option<String>,
    /// The tenant's name for people, which tags may have too.
    pub(crate) tenant_name: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) stage: Option<String>,
    pub(crate) declared: bool,
    /// The account or project is declared as one of its own.
    pub(crate) home: bool,
    pub(crate) elsewhere: Vec<ScopeKey>,
    /// The words of the tenant's id and of the environment's name, taken apart once.
    pub(crate) words: (Vec<String>, Vec<String>),
}

impl Candidate {
    /// Its stage, where it is known: declared, or a usual word.
    pub(crate) fn known_stage(&self) -> Option<&str> {
        let by_name = self.environment.as_deref().map(stage_of);
        let stage = self.stage.as_deref()?;
        (is_stage_word(stage) || by_name.as_deref() != Some(stage)).then_some(stage)
    }
}

/// All of them, sorted by id.
pub(crate) struct Universe<'a> {
    pub(crate) all: Vec<Candidate>,
    pub(crate) has_home: bool,
    pub(crate) declaration: &'a Declaration,
    /// Several tenants are at home: a tenant's word in a name tells something.
    many_tenants: bool,
}

impl<'a> Universe<'a> {
    pub(crate) fn new(
        snapshot: &Snapshot,
        declaration: &'a Declaration,
        scope: &ScopeKey,
        here: &[usize],
    ) -> Self {
        let mut all: Vec<Candidate> = declaration
            .environments()
            .map(|(tenant, environment)| Candidate {
                id: format!("{}/{}", tenant.id, environment.name),
                tenant: Some(tenant.id.clone()),
                tenant_name: Some(tenant.name.clone()),
                environment: Some(environment.name.clone()),
                stage: Some(
                    environment.stage.clone().unwrap_or_else(|| stage_of(&environment.name)),
                ),
                declared: true,
                home: environment.scopes.contains(scope),
                // In the same cloud, and its alone: it is no way out of one tangle into another.
                elsewhere: environment
                    .scopes
                    .iter()
                    .filter(|other| *other != scope && other.cloud == scope.cloud)
                    .filter(|other| declaration.environments_of(other).nth(1).is_none())
                    .cloned()
                    .collect(),
                words: Default::default(),
            })
            .collect();
        let has_home = all.iter().any(|candidate| candidate.home);
        if !has_home {
            let resources = here.iter().filter_map(|at| snapshot.resources.get(*at));
            let customers = resources.filter(|r| r.origin == Origin::Customer);
            all.extend(suggested(customers, &all));
        }
        all.sort();
        all.dedup_by(|a, b| a.id == b.id);
        for candidate in &mut all {
            let of = |name: &Option<String>| name.as_deref().map(words).unwrap_or_default();
            candidate.words = (of(&candidate.tenant), of(&candidate.environment));
        }
        let tenants: BTreeSet<_> =
            all.iter().filter(|c| c.home || !has_home).filter_map(|c| c.tenant.as_ref()).collect();
        let many_tenants = tenants.len() > 1;
        Self { all, has_home, declaration, many_tenants }
    }

    /// Whether all that are at home here are known not to be production.
    pub(crate) fn is_not_production(&self) -> bool {
        let is_other = |stage: &str| !is_production(Some(stage));
        self.has_home
            && self.all.iter().filter(|c| c.home).all(|c| c.known_stage().is_some_and(is_other))
    }

    pub(crate) fn id(&self, at: usize) -> String {
        self.all.get(at).map(|candidate| candidate.id.clone()).unwrap_or_default()
    }

    pub(crate) fn ids(&self, groups: &BTreeSet<usize>) -> Vec<String> {
        groups.iter().map(|at| self.id(*at)).collect()
    }

    pub(crate) fn find(&self, tenant: &str, environment: &str) -> Option<usize> {
        let same = |c: &Candidate| {
            c.tenant.as_deref() == Some(tenant) && c.environment.as_deref() == Some(environment)
        };
        self.all.iter().position(same)
    }

    fn where_(&self, is_meant: impl Fn(&Candidate) -> bool) -> BTreeSet<usize> {
        let hits = self.all.iter().enumerate().filter(|(_, candidate)| is_meant(candidate));
        hits.map(|(at, _)| at).collect()
    }

    /// What a resource's tags say: the key and value, whom they leave, and whether the manifest
    /// declares that these tags name owners.
    pub(crate) fn by_tags(&self, resource: &Resource) -> Vec<(String, BTreeSet<usize>, bool)> {
        let ownership = &self.declaration.ownership;
        let mut out: Vec<(String, BTreeSet<usize>, bool)> = Vec::new();
        let tenant = tagged(resource, &ownership.tenant_tags, &TENANT_KEYS);
        let environment = tagged(resource, &ownership.environment_tags, &ENVIRONMENT_KEYS);
        let mut of_tenant: Option<BTreeSet<usize>> = None;
        if let Some((key, value, declared)) = tenant {
            let found = self.where_(|c| is_tenant(c, value));
            if !found.is_empty() {
                out.push((format!("tag {key}={value}"), found.clone(), declared));
                of_tenant = Some(found);
            }
        }
        if let Some((key, value, declared)) = environment {
            let stage = stage_of(value);
            let is_environment = |c: &Candidate| {
                let exact = c.environment.as_deref().is_some_and(|e| e.eq_ignore_ascii_case(value));
                exact
                    || c.environment.as_deref().is_some_and(|e| stage_of(e) == stage)
                    || c.stage.as_deref().is_some_and(|s| stage_of(s) == stage)
            };
            let mut found = self.where_(is_environment);
            match &of_tenant {
                // Of that tenant: an environment of the same name is nobody else's then.
                Some(tenant) => found.retain(|at| tenant.contains(at)),
                // Of any tenant: those that are at home here, or else what the tags here suggest.
                None => found.retain(|at| {
                    self.all
                        .get(*at)
                        .is_some_and(|c| if self.has_home { c.home } else { !c.declared })
                }),
            }
            // The name itself wins over what it stands for.
            let exact: BTreeSet<usize> = found
                .iter()
                .copied()
                .filter(|at| {
                    self.all
                        .get(*at)
                        .and_then(|c| c.environment.as_deref())
                        .is_some_and(|e| e.eq_ignore_ascii_case(value))
                })
                .collect();
            let found = if exact.is_empty() { found } else { exact };
            if !found.is_empty() {
                out.push((format!("tag {key}={value}"), found, declared));
            }
        }
        // Of several environments of a tenant, those that live here are meant, unless the tags name
        // one that does not: then it is somewhere that it does not belong.
        let is_home = |at: &usize| self.all.get(*at).is_some_and(|c| c.home);
        let mut meant = (0..self.all.len()).filter(|at| out.iter().all(|(_, g, _)| g.contains(at)));
        if meant.any(|at| is_home(&at)) {
            out.iter_mut().for_each(|(_, groups, _)| groups.retain(is_home));
        }
        out
    }

    /// What the words of a resource's names say.
    pub(crate) fn by_name(&self, resource: &Resource) -> Option<(String, BTreeSet<usize>)> {
        let mut best: Option<(String, BTreeSet<usize>)> = None;
        for name in own_names(resource) {
            let all = words(name);
            let of_tenant = |c: &Candidate| contains(&all, &c.words.0);
            // An environment that lives elsewhere is not meant by its own name alone: every
            // `launch-wizard` would belong to the environment `launch`.
            let near = |c: &Candidate| c.home || (!self.has_home && (!c.declared || of_tenant(c)));
            let environments = self.where_(|c| near(c) && in_name(c, &all));
            let tenants = self.where_(|c| near(c) && self.many_tenants && of_tenant(c));
            let both: BTreeSet<_> = environments.intersection(&tenants).copied().collect();
            let found = match (environments.is_empty(), tenants.is_empty()) {
                (true, true) => continue,
                (false, false) if !both.is_empty() => both,
                (false, _) => environments,
                (true, false) => tenants,
            };
            if best.as_ref().is_none_or(|(_, known)| found.len() < known.len()) {
                best = Some((format!("the name {name}"), found));
            }
        }
        best
    }
}

fn is_tenant(candidate: &Candidate, value: &str) -> bool {
    let same = |name: &Option<String>| {
        name.as_deref().is_some_and(|name| name.to_lowercase() == value.to_lowercase())
    };
    same(&candidate.tenant) || same(&candidate.tenant_name)
}

/// Whether the environment's name, or a word for its stage, is among the words.
fn in_name(candidate: &Candidate, all: &[String]) -> bool {
    let named = contains(all, &candidate.words.1);
    let stage = candidate.environment.as_deref().map(stage_of);
    named
        || stage.is_some_and(|stage| {
            is_stage_word(&stage) && all.iter().any(|word| stage_of(word) == stage)
        })
}

/// The names of a resource that are its own: an id may have the name of its account or project in
/// it, which is the same for all.
fn own_names(resource: &Resource) -> Vec<&str> {
    let id = resource.key.id.as_str();
    let id = match id.strip_prefix("projects/") {
        Some(path) => path.rsplit('/').next().filter(|_| path.contains('/')),
        None => Some(id).filter(|id| !id.contains(':')),
    };
    let names = [resource.name.as_deref(), id].into_iter().flatten();
    names.filter_map(|name| name.split('@').next()).collect()
}

/// The first tag with one of these keys: the declared ones, else the common ones.
fn tagged<'r>(
    resource: &'r Resource,
    declared: &[String],
    common: &[&str],
) -> Option<(&'r str, &'r str, bool)> {
    let of = declared.iter().find_map(|key| resource.tags.get_key_value(key));
    if let Some((key, value)) = of {
        return Some((key, value, true));
    }
    if !declared.is_empty() {
        return None;
    }
    common.iter().find_map(|wanted| {
        let mut all = resource.tags.iter();
        let (key, value) =
            all.find(|(key, value)| key.to_lowercase() == *wanted && !value.is_empty())?;
        Some((key.as_str(), value.as_str(), false))
    })
}

/// Owners that the tags suggest, or else the names.
fn suggested<'r>(
    resources: impl Iterator<Item = &'r Resource>,
    declared: &[Candidate],
) -> Vec<Candidate> {
    let mut pairs: BTreeMap<(Option<String>, Option<String>), u64> = BTreeMap::new();
    let mut named: BTreeMap<String, u64> = BTreeMap::new();
    for resource in resources {
        let tenant = tagged(resource, &[], &TENANT_KEYS).map(|(_, value, _)| value.to_lowercase());
        let environment =
            tagged(resource, &[], &ENVIRONMENT_KEYS).map(|(_, value, _)| stage_of(value));
        if tenant.is_some() || environment.is_some() {
            *pairs.entry((tenant, environment)).or_default() += 1;
        }
        let names = if is_made_for_account(resource) { vec![] } else { own_names(resource) };
        let stages: BTreeSet<String> = names
            .into_iter()
            .flat_map(words)
            .filter(|word| is_stage_word(word))
            .map(|word| stage_of(&word))
            .collect();
        for stage in stages {
            *named.entry(stage).or_default() += 1;
        }
    }
    // One tenant, or none, tells nobody apart.
    let tenants: BTreeSet<_> = pairs.keys().filter_map(|(tenant, _)| tenant.clone()).collect();
    let has_environment = pairs.keys().any(|(_, environment)| environment.is_some());
    let mut found: BTreeMap<(Option<String>, Option<String>), u64> = BTreeMap::new();
    for ((tenant, environment), count) in &pairs {
        let tenant = tenant.clone().filter(|_| tenants.len() > 1 || !has_environment);
        if tenant.is_some() || environment.is_some() {
            *found.entry((tenant, environment.clone())).or_default() += count;
        }
    }
    // A tenant's resources without an environment are one of its environments', where it has some.
    let with: BTreeSet<_> =
        found.keys().filter(|(_, e)| e.is_some()).filter_map(|(t, _)| t.clone()).collect();
    found.retain(|(t, e), _| e.is_some() || t.as_ref().is_none_or(|t| !with.contains(t)));
    // Likewise the other way round.
    let with: BTreeSet<_> =
        found.keys().filter(|(t, _)| t.is_some()).filter_map(|(_, e)| e.clone()).collect();
    found.retain(|(t, e), _| t.is_some() || e.as_ref().is_none_or(|e| !with.contains(e)));
    for (stage, count) in named {
        if !found.keys().any(|(_, e)| e.as_deref() == Some(stage.as_str())) {
            found.insert((None, Some(stage)), count);
        }
    }
    let mut ranked: Vec<_> = found.into_iter().collect();
    ranked.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    ranked.truncate(MOST_GROUPS);
    let known = |id: &str| declared.iter().any(|candidate| candidate.id == id);
    ranked
        .into_iter()
        .map(|((tenant, environment), _)| {
            let parts: Vec<_> =
                [tenant.clone(), environment.clone()].into_iter().flatten().collect();
            Candidate {
                id: parts.join("/"),
                tenant_name: None,
                stage: environment.clone(),
                tenant,
                environment,
                declared: false,
                home: false,
                elsewhere: Vec::new(),
                words: Default::default(),
            }
        })
        .filter(|candidate| !known(&candidate.id))
        .collect()
}

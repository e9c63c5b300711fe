//! What can be logged in to, and how it is named.

mod error;
mod fill;
mod select;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use tenko_core::{
    Cloud, DataLevel, Declaration, Environment, Scope, ScopeKey, ScopeTree, Tenant, Warning,
};

pub use self::error::SelectError;
use self::fill::Fill;

/// The role in each account, where the manifest names no other: what `tenko bootstrap` makes.
pub const DEFAULT_ROLE: &str = "TenkoReadOnly";
/// The service account in each project, where the manifest names no other. `{project}` stands for
/// the project as addresses have it.
pub const DEFAULT_SERVICE_ACCOUNT: &str = "tenko-login@{project}.iam.gserviceaccount.com";

/// One account or project of one environment, with what its login needs. Placeholders are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The tenant's id.
    pub tenant: String,
    /// The tenant's name for people.
    pub tenant_name: String,
    /// The environment's name.
    pub environment: String,
    /// Its stage; without one, its name.
    pub stage: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The account or project.
    pub scope: ScopeKey,
    /// Its name, where a snapshot knows it.
    pub name: Option<String>,
    /// Its own tags, where a snapshot knows them.
    pub tags: BTreeMap<String, String>,
    /// The region that commands use unless told otherwise.
    pub region: Option<String>,
    /// The data that may be asked for.
    pub data: BTreeSet<DataLevel>,
    /// The role to assume in an account, with its path; empty where the scope is no account.
    pub role: String,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
    /// The service account to become in a project.
    pub impersonate: Option<String>,
    /// The service accounts in between.
    pub delegates: Vec<String>,
    /// How people are told where they are.
    pub warning: Warning,
    /// Whether it is production, or may be.
    pub is_production: bool,
}

impl Target {
    /// `acme/production`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.tenant, self.environment)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} ({})", self.tenant, self.environment, self.scope)
    }
}

/// Everything that can be logged in to: the accounts and projects of a declaration's
/// environments, in its order. An account of two environments is there twice.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    all: Vec<Target>,
    /// Accounts and projects that serve all tenants, with what they are for.
    shared: Vec<(Known, String)>,
    /// Accounts and projects of the snapshot that the declaration does not name.
    undeclared: Vec<Known>,
    /// Whether there is a snapshot, so that names and tags are known.
    has_snapshot: bool,
}

/// An account or project that cannot be logged in to.
#[derive(Clone, Debug)]
struct Known {
    scope: ScopeKey,
    name: Option<String>,
}

impl Targets {
    /// What a declaration names. Names and tags come from a snapshot, where there is one.
    pub fn of(declaration: &Declaration, scopes: Option<&ScopeTree>) -> Self {
        let accounts = scopes.into_iter().flat_map(ScopeTree::accounts);
        let known: HashMap<ScopeKey, &Scope> = accounts.map(|s| (s.key(), s)).collect();
        let name = |key: &ScopeKey| {
            known.get(key).map(|scope| scope.name.clone()).filter(|name| !name.is_empty())
        };
        let target = |(tenant, environment, key)| {
            let mut target = target(declaration, tenant, environment, key);
            target.name = name(key);
            target.tags = known.get(key).map(|scope| scope.tags.clone()).unwrap_or_default();
            target
        };
        let all = declaration.environments().flat_map(|(tenant, environment)| {
            environment.scopes.iter().map(move |key| (tenant, environment, key))
        });
        let shared = declaration
            .shared
            .iter()
            .map(|(key, purpose)| (Known { scope: key.clone(), name: name(key) }, purpose.clone()));
        let declared = declaration.scopes();
        let others = scopes.into_iter().flat_map(ScopeTree::accounts).map(Scope::key);
        let others = others.filter(|key| !declared.contains(key));
        Self {
            all: all.map(target).collect(),
            shared: shared.collect(),
            undeclared: others.map(|key| Known { name: name(&key), scope: key }).collect(),
            has_snapshot: scopes.is_some(),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Target> {
        self.all.iter()
    }

    /// The one that a selector names, in this cloud if one is given.
    ///
    /// # Errors
    /// When it names none, or several.
    pub fn one(&self, selector: &str, cloud: Option<&Cloud>) -> Result<&Target, SelectError> {
        let found = self.find(selector, cloud)?;
        match *found.as_slice() {
            [one] => Ok(one),
            _ => Err(SelectError::Ambiguous {
                selector: error::shown(selector.trim()),
                candidates: found.into_iter().cloned().collect(),
            }),
        }
    }

    /// All that any of the selectors names, in this cloud if one is given: each once, in the order
    /// of the declaration.
    ///
    /// # Errors
    /// When there is no selector, or one of them names nothing: a run over nothing must not look
    /// like one that went well.
    pub fn many(
        &self,
        selectors: &[String],
        cloud: Option<&Cloud>,
    ) -> Result<Vec<&Target>, SelectError> {
        if selectors.is_empty() {
            return Err(SelectError::Nothing);
        }
        let mut found = BTreeSet::new();
        for selector in selectors {
            found.extend(self.indices(selector, cloud)?);
        }
        Ok(found.into_iter().filter_map(|at| self.all.get(at)).collect())
    }
}

fn target(
    declaration: &Declaration,
    tenant: &Tenant,
    environment: &Environment,
    scope: &ScopeKey,
) -> Target {
    let (settings, own) = (&declaration.login, &environment.login);
    let stage = environment.stage.as_ref().unwrap_or(&environment.name);
    let fill = Fill { tenant: &tenant.id, environment: &environment.name, stage, scope };
    let is_production = environment.may_be_production();
    let usual = if is_production { settings.production } else { Warning::Off };
    let mut target = Target {
        tenant: tenant.id.clone(),
        tenant_name: tenant.name.clone(),
        environment: environment.name.clone(),
        stage: stage.clone(),
        owner: environment.owner.as_ref().or(tenant.owner.as_ref()).cloned(),
        scope: scope.clone(),
        name: None,
        tags: BTreeMap::new(),
        region: None,
        data: own.data.clone(),
        role: String::new(),
        external_id: None,
        impersonate: None,
        delegates: Vec::new(),
        warning: own.warning.unwrap_or(usual),
        is_production,
    };
    if scope.cloud == Cloud::aws() {
        let role = own.role.as_ref().or(settings.aws.role.as_ref());
        target.role = role.map_or(DEFAULT_ROLE, String::as_str).to_owned();
        let id = own.external_id.as_ref().or(settings.aws.external_id.as_ref());
        target.external_id = id.map(|template| fill.text(template));
        // Where everything of the environment is, its commands look.
        let only = environment.regions.as_ref().filter(|regions| regions.len() == 1);
        let only =
            only.and_then(|regions| regions.first()).map(|region| region.as_str().to_owned());
        target.region = settings.aws.region.clone().or(only);
    } else if scope.cloud == Cloud::gcp() {
        let account = own.impersonate.as_ref().or(settings.google.impersonate.as_ref());
        let account = account.map_or(DEFAULT_SERVICE_ACCOUNT, String::as_str);
        target.impersonate = Some(fill.address(account));
        let delegates = settings.google.delegates.iter();
        target.delegates = delegates.map(|template| fill.address(template)).collect();
    }
    target
}

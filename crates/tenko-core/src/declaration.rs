//! What should be there: tenants, their environments, and what is expected in each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::iac::{Claim, UnreadCode};
use crate::login::{EnvironmentLogin, LoginSettings};
use crate::matcher::Matcher;
use crate::names::{Reach, Region, ResourceType};
use crate::path::AttrPath;
use crate::reporting::Reporting;
use crate::risk::{Connection, EventWindow, RuleSettings, Trust};
use crate::scope::ScopeKey;

/// Where an expectation was written down.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Source {
    /// What kind of document it is.
    pub kind: SourceKind,
    /// The file as the user named it. Many sources share it.
    pub file: Arc<str>,
    /// The address in it: `tenants.acme.environments.production.resources[0]`.
    pub address: String,
    /// The line, counted from 1, where the kind of document has lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// The kinds of document that declare resources.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceKind {
    /// `tenants.yaml`.
    Manifest,
    /// An earlier snapshot that a later one is compared with.
    Snapshot,
    /// A Terraform or OpenTofu state.
    Terraform,
    /// A CloudFormation stack.
    CloudFormation,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if self.address.is_empty() { Ok(()) } else { write!(f, " ({})", self.address) }
    }
}

/// One expected resource, placeholders filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The type.
    pub resource_type: ResourceType,
    /// The native id, if it is declared. An id wins over a name.
    pub id: Option<String>,
    /// The name, if it is declared.
    pub name: Option<String>,
    /// The scope, if the environment has several and one is meant; else any of them.
    pub scope: Option<ScopeKey>,
    /// The region, if one is meant; else any.
    pub region: Option<Reach>,
    /// Attributes that are compared, in the order of the declaration; tags stand below `Tags`.
    pub attributes: Vec<(AttrPath, Matcher)>,
    /// Where it is declared.
    pub source: Source,
}

/// What to do about a live resource that nothing declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unmanaged {
    /// Report it.
    #[default]
    Report,
    /// Leave it: this environment declares only a part of what it holds.
    Ignore,
}

/// A rule that takes resources, or some of their attributes, out of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// Glob over the type's name; `None` is any.
    pub resource_type: Option<String>,
    /// Glob over name and id; `None` is any.
    pub name: Option<String>,
    /// Tags that must all be there; a value of `None` is any value.
    pub tags: BTreeMap<String, Option<String>>,
    /// Only these attributes are left out; when empty, the whole resource is.
    pub attributes: Vec<AttrPath>,
    /// Why.
    pub reason: String,
    /// Where the rule is written.
    pub source: Source,
}

/// How a resource itself says whose it is: the tags that name its tenant and environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// Tag keys whose value is a tenant's id, tried in order.
    pub tenant_tags: Vec<String>,
    /// Tag keys whose value is an environment's name, tried in order.
    pub environment_tags: Vec<String>,
}

/// One environment of a tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name, unique within the tenant.
    pub name: String,
    /// Its stage: `production`, `staging`, or whatever the manifest calls it.
    pub stage: Option<String>,
    /// Who answers for it; else the tenant's owner does.
    pub owner: Option<String>,
    /// The baselines that it is made from, the tenant's first: environments of one baseline are
    /// meant to be alike.
    pub baselines: Vec<String>,
    /// The accounts and projects that belong to it.
    pub scopes: Vec<ScopeKey>,
    /// The regions that are collected; `None` is every enabled region.
    pub regions: Option<BTreeSet<Region>>,
    /// Tags that every customer-made resource that can carry tags must have.
    pub required_tags: BTreeMap<String, Matcher>,
    /// Where the required tags are declared.
    pub source: Source,
    /// What must be there.
    pub expected: Vec<Expected>,
    /// What is left out of the comparison.
    pub ignore: Vec<Ignore>,
    /// What to do about the undeclared.
    pub unmanaged: Unmanaged,
    /// Times for which it has more capacity than usual.
    pub events: Vec<EventWindow>,
    /// How people log in to it.
    pub login: EnvironmentLogin,
}

/// A client, a team or a product that owns environments.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenant {
    /// Its id in the manifest.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its environments.
    pub environments: Vec<Environment>,
}

/// Everything that was declared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    /// The tenants.
    pub tenants: Vec<Tenant>,
    /// How resources say whose they are.
    pub ownership: Ownership,
    /// Scopes that are known and belong to no tenant: log archive, security, the management
    /// account. What lives there is not compared.
    pub shared: BTreeMap<ScopeKey, String>,
    /// What infrastructure code manages, beside what the environments expect.
    pub claims: Vec<Claim>,
    /// Code that could not be read. What is declared in it is unknown, so that nothing of its
    /// environment can be called unmanaged.
    pub unread_code: Vec<UnreadCode>,
    /// How the risk rules are to be taken.
    pub rules: RuleSettings,
    /// Who may be trusted from outside.
    pub trust: Trust,
    /// Whose networks are connected, or are to be.
    pub connections: Vec<Connection>,
    /// How people log in, read-only.
    pub login: LoginSettings,
    /// Reports: language, times, history, who is told, when.
    pub reporting: Reporting,
}

impl Declaration {
    /// Every environment with its tenant.
    pub fn environments(&self) -> impl Iterator<Item = (&Tenant, &Environment)> {
        self.tenants.iter().flat_map(|t| t.environments.iter().map(move |e| (t, e)))
    }

    /// The environments that a scope belongs to. More than one: they share it.
    pub fn environments_of<'a>(
        &'a self,
        scope: &'a ScopeKey,
    ) -> impl Iterator<Item = (&'a Tenant, &'a Environment)> {
        self.environments().filter(move |(_, environment)| environment.scopes.contains(scope))
    }

    /// Every scope that the declaration names.
    pub fn scopes(&self) -> BTreeSet<&ScopeKey> {
        self.environments()
            .flat_map(|(_, environment)| &environment.scopes)
            .chain(self.shared.keys())
            .collect()
    }
}

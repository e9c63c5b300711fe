//! Rows of the document that join what a snapshot holds apart: scopes with their answers,
//! tenants with their numbers.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{
    Answer, Coverage, Declaration, Environment, Outcome, Problem, Region, Resource, Scope,
    ScopeKey, ScopeTree, Tenant, Unmanaged,
};

use crate::document::Document;
use crate::summary::{DriftCounts, FindingCounts, UnitCounts};

/// A scope and how it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScopeRow {
    /// The scope.
    #[serde(flatten)]
    pub scope: Scope,
    /// How it answered; absent of a scope that was not asked.
    #[serde(flatten)]
    pub outcome: Option<Outcome>,
    /// Who we are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Regions that can be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// Regions that exist and are not enabled here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled_regions: Vec<Region>,
    /// What went wrong when it was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// The names from the organization down to this scope.
    pub path: Vec<String>,
    /// Resources that were read in it.
    pub resources: u64,
    /// Its units.
    pub units: UnitCounts,
}

impl ScopeRow {
    /// The name, or the id of a scope that has none.
    pub fn label(&self) -> &str {
        label(&self.scope)
    }

    /// Whether it was asked and answered.
    pub fn answered(&self) -> bool {
        self.outcome == Some(Outcome::Complete)
    }

    /// All scopes of a tree with what is known of them.
    pub fn all(
        tree: &ScopeTree,
        answers: &[Answer],
        coverage: &[Coverage],
        resources: &[Resource],
    ) -> Vec<Self> {
        let answers: HashMap<_, _> = answers.iter().map(|a| ((&a.cloud, &a.scope), a)).collect();
        let mut units: HashMap<_, UnitCounts> = HashMap::new();
        for row in coverage {
            let counts = units.entry((&row.unit.cloud, &row.unit.scope));
            counts.or_insert_with(|| UnitCounts::of([])).add(row.outcome);
        }
        let mut held: HashMap<_, u64> = HashMap::new();
        for resource in resources {
            *held.entry((&resource.key.cloud, &resource.key.scope)).or_default() += 1;
        }
        let row = |scope: &Scope| {
            let key = (&scope.cloud, &scope.id);
            let answer = answers.get(&key);
            let path = tree.path_of(&scope.key());
            Self {
                outcome: answer.map(|a| a.outcome),
                identity: answer.and_then(|a| a.identity.clone()),
                regions: answer.map(|a| a.regions.clone()).unwrap_or_default(),
                disabled_regions: answer.map(|a| a.disabled_regions.clone()).unwrap_or_default(),
                problems: answer.map(|a| a.problems.clone()).unwrap_or_default(),
                path: path.into_iter().map(|s| label(s).to_owned()).collect(),
                resources: held.get(&key).copied().unwrap_or(0),
                units: units.get(&key).cloned().unwrap_or_else(|| UnitCounts::of([])),
                scope: scope.clone(),
            }
        };
        tree.iter().map(row).collect()
    }
}

fn label(scope: &Scope) -> &str {
    if scope.name.is_empty() { scope.id.as_str() } else { &scope.name }
}

/// How much of an environment could be observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// Every account and project answered, and all units were read whole.
    Complete,
    /// Some of it was not read: zeros are not to be trusted.
    Partial,
    /// None of its accounts and projects answered, or nothing in them could be read.
    Nothing,
}

/// A declared tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantRow {
    /// Its id in the manifest.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its environments.
    pub environments: Vec<EnvironmentRow>,
    /// Drift in accounts that its environments share, where nothing tells whose it is.
    pub shared_drift: DriftCounts,
    /// Findings about what its environments share.
    pub shared_findings: FindingCounts,
}

impl TenantRow {
    /// What its environments share, as a row without a name; `None` where there is nothing to say.
    pub(crate) fn shared(&self) -> Option<EnvironmentRow> {
        let (drift, findings) = (self.shared_drift, self.shared_findings);
        if drift == DriftCounts::default() && findings.actionable() + findings.unknown == 0 {
            return None;
        }
        // What is unknown could not be read, whatever it is in.
        let known = drift.unknown + findings.unknown == 0;
        let whole = self.environments.iter().all(|row| row.observed == Observed::Complete);
        Some(EnvironmentRow {
            name: String::new(),
            stage: None,
            owner: None,
            scopes: Vec::new(),
            unmanaged: Unmanaged::default(),
            observed: if known && whole { Observed::Complete } else { Observed::Partial },
            resources: 0,
            drift,
            findings,
        })
    }
}

/// A declared environment in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentRow {
    /// Its name, unique within the tenant.
    pub name: String,
    /// Its stage.
    pub stage: Option<String>,
    /// Who answers for it; where nobody is named, the tenant's owner does.
    pub owner: Option<String>,
    /// The accounts and projects that belong to it.
    pub scopes: Vec<ScopeKey>,
    /// What is done about the undeclared in it.
    #[serde(default, skip_serializing_if = "is_reported")]
    pub unmanaged: Unmanaged,
    /// How much of it could be observed.
    pub observed: Observed,
    /// Resources that were read in its accounts and projects.
    pub resources: u64,
    /// Its drift.
    pub drift: DriftCounts,
    /// Its findings.
    pub findings: FindingCounts,
}

fn is_reported(unmanaged: &Unmanaged) -> bool {
    *unmanaged == Unmanaged::Report
}

/// The tenants of a declaration with the numbers of a document.
pub(crate) fn tenant_rows(document: &Document, declaration: &Declaration) -> Vec<TenantRow> {
    let scopes: HashMap<_, _> = document.scopes.iter().map(|r| (r.scope.key(), r)).collect();
    let mut drift: BTreeMap<_, DriftCounts> = BTreeMap::new();
    for one in &document.drift {
        drift.entry((one.tenant.as_deref(), one.environment.as_deref())).or_default().add(one.kind);
    }
    let mut findings: BTreeMap<_, FindingCounts> = BTreeMap::new();
    for one in &document.findings {
        findings.entry((one.tenant.as_deref(), one.environment.as_deref())).or_default().add(one);
    }
    let environment = |tenant: &Tenant, environment: &Environment| {
        let key = (Some(tenant.id.as_str()), Some(environment.name.as_str()));
        let found: Vec<_> = environment.scopes.iter().map(|s| scopes.get(s).copied()).collect();
        EnvironmentRow {
            name: environment.name.clone(),
            stage: environment.stage.clone(),
            owner: environment.owner.clone(),
            scopes: environment.scopes.clone(),
            unmanaged: environment.unmanaged,
            observed: observed(&found),
            resources: found.iter().flatten().map(|row| row.resources).sum(),
            drift: drift.get(&key).copied().unwrap_or_default(),
            findings: findings.get(&key).copied().unwrap_or_default(),
        }
    };
    let tenant = |tenant: &Tenant| TenantRow {
        id: tenant.id.clone(),
        name: tenant.name.clone(),
        owner: tenant.owner.clone(),
        environments: tenant.environments.iter().map(|e| environment(tenant, e)).collect(),
        shared_drift: drift.get(&(Some(tenant.id.as_str()), None)).copied().unwrap_or_default(),
        shared_findings: findings
            .get(&(Some(tenant.id.as_str()), None))
            .copied()
            .unwrap_or_default(),
    };
    declaration.tenants.iter().map(tenant).collect()
}

fn observed(scopes: &[Option<&ScopeRow>]) -> Observed {
    let answered = scopes.iter().flatten().filter(|row| row.answered() && row.units.any_read());
    let whole = answered.clone().filter(|row| row.units.gaps == 0).count();
    match answered.count() {
        0 if !scopes.is_empty() => Observed::Nothing,
        _ if whole == scopes.len() => Observed::Complete,
        _ => Observed::Partial,
    }
}

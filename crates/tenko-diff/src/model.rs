//! What a comparison gives.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tenko_core::{Drift, DriftKind, Fingerprint, Source};

/// Everything that a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// The differences: by tenant, environment, kind (in the order of [`DriftKind::ALL`]), type,
    /// scope, region and label.
    pub drift: Vec<Drift>,
    /// How many resources stand where.
    pub counts: Counts,
    /// One row per declared environment, by tenant and name. Empty when snapshots are compared.
    pub environments: Vec<EnvironmentSummary>,
    /// Whose each resource of the snapshot is, in the snapshot's order. Empty when snapshots are
    /// compared.
    pub placements: Vec<Placement>,
    /// What ignore rules took out, by [`Drift::subject`], each once and sorted: drift about these is not
    /// gone because it is not in the list. Of a resource that is left out altogether nobody looks
    /// whether it would differ; one of which only attributes are left out is here where these differ,
    /// and nothing else does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Fingerprint>,
    /// What is there, and whose attributes nobody compared, by [`Drift::subject`], each once and sorted: no
    /// difference that was seen earlier is gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncompared: Vec<Fingerprint>,
    /// Ignore rules that took nothing out although all that they could apply to was read.
    pub unused_ignores: Vec<UnusedIgnore>,
    /// Where nothing is called unmanaged, because some code of the environment could not be read.
    pub withheld: Vec<Withheld>,
}

impl Diff {
    /// How many drifts are of this kind.
    pub fn count(&self, kind: DriftKind) -> usize {
        self.drift.iter().filter(|drift| drift.kind == kind).count()
    }

    /// Whether nothing differs and nothing is unknown.
    pub fn is_clean(&self) -> bool {
        self.drift.is_empty()
    }

    pub(crate) fn sort(&mut self) {
        self.drift.sort_by(by_report_order);
        Drift::identify(&mut self.drift);
    }
}

/// How many resources stand where. All but `declared`, `not_compared`, `hidden_attributes` and
/// `unseen_before` split the live resources: each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Expectations and claims; when snapshots are compared, the resources of the older one.
    pub declared: usize,
    /// Claims whose attributes are not compared: their type has no mapping, or the code says too
    /// little of them.
    pub not_compared: usize,
    /// Attributes of claims that are not compared because their values are hidden: the code marks
    /// them as sensitive, or they were redacted when they were collected.
    pub hidden_attributes: usize,
    /// See [`Standing::Managed`].
    pub managed: usize,
    /// See [`Standing::Unmanaged`].
    pub unmanaged: usize,
    /// See [`Standing::Tolerated`].
    pub tolerated: usize,
    /// See [`Standing::Misplaced`].
    pub misplaced: usize,
    /// See [`Standing::ElsewhereManaged`].
    pub elsewhere_managed: usize,
    /// See [`Standing::Withheld`].
    pub withheld: usize,
    /// See [`Standing::ProviderDefault`].
    pub provider_default: usize,
    /// See [`Standing::Ignored`].
    pub ignored: usize,
    /// See [`Standing::Shared`].
    pub shared: usize,
    /// See [`Standing::UndeclaredScope`].
    pub undeclared_scope: usize,
    /// When snapshots are compared: resources of the newer one whose unit the older run had not
    /// read completely. They may have been there unseen, so they are no drift.
    pub unseen_before: usize,
}

impl Counts {
    pub(crate) fn add(&mut self, standing: Standing) {
        *match standing {
            Standing::Managed => &mut self.managed,
            Standing::Unmanaged => &mut self.unmanaged,
            Standing::Tolerated => &mut self.tolerated,
            Standing::Misplaced => &mut self.misplaced,
            Standing::ElsewhereManaged => &mut self.elsewhere_managed,
            Standing::Withheld => &mut self.withheld,
            Standing::ProviderDefault => &mut self.provider_default,
            Standing::Ignored => &mut self.ignored,
            Standing::Shared => &mut self.shared,
            Standing::UndeclaredScope => &mut self.undeclared_scope,
        } += 1;
    }
}

/// How a live resource stands to the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// Declared and found, whether or not its attributes are as declared.
    Managed,
    /// Declared nowhere, in an environment that reports such resources.
    Unmanaged,
    /// Declared nowhere, in an environment that declares only a part of what it holds.
    Tolerated,
    /// Another tenant's or environment's.
    Misplaced,
    /// Managed by the infrastructure code of other environments, and not declared where it lives.
    ElsewhereManaged,
    /// Declared nowhere as far as one can tell: some code of its environment could not be read.
    Withheld,
    /// Made by the provider itself, and not declared.
    ProviderDefault,
    /// Taken out by an ignore rule.
    Ignored,
    /// In a scope that is declared as shared; such scopes are not compared.
    Shared,
    /// In a scope that the declaration does not name.
    UndeclaredScope,
}

/// Whose a live resource is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placement {
    /// The tenant of its scope; of a misplaced one that a declaration or tag gives to another
    /// tenant, still the tenant where it lives. Null when tenants share the scope and nothing
    /// tells, or when the scope is no tenant's.
    pub tenant: Option<Arc<str>>,
    /// The environment; null when environments share the scope and nothing tells.
    pub environment: Option<Arc<str>>,
    /// How it stands.
    pub standing: Standing,
}

/// One environment in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EnvironmentSummary {
    /// The tenant's id.
    pub tenant: String,
    /// The environment's name.
    pub environment: String,
    /// Its stage.
    pub stage: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How many resources it expects, and how many its infrastructure code claims.
    pub declared: usize,
    /// See [`Counts::not_compared`].
    pub not_compared: usize,
    /// See [`Counts::hidden_attributes`].
    pub hidden_attributes: usize,
    /// How many live resources are placed in it, whatever their standing.
    pub resources: usize,
    /// How many of them are managed.
    pub managed: usize,
    /// Of how many the verdict is withheld.
    pub withheld: usize,
    /// How many drifts there are, by kind.
    pub drift: BTreeMap<DriftKind, usize>,
}

/// An ignore rule that took nothing out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnusedIgnore {
    /// Where it is written.
    pub source: Source,
    /// The reason that it gives.
    pub reason: String,
}

/// Code that could not be read, and the environment in which nothing is unmanaged therefore.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Withheld {
    /// The tenant; null when the code may be anybody's, and every environment is concerned.
    pub tenant: Option<Arc<str>>,
    /// The environment; null as the tenant is.
    pub environment: Option<Arc<str>>,
    /// The file, object or address.
    pub file: Arc<str>,
    /// Why it could not be read.
    pub reason: String,
}

fn by_report_order(a: &Drift, b: &Drift) -> Ordering {
    fn rank(kind: DriftKind) -> usize {
        DriftKind::ALL.iter().position(|k| *k == kind).unwrap_or(DriftKind::ALL.len())
    }
    let (x, y) = (&a.resource, &b.resource);
    (&a.tenant, &a.environment, rank(a.kind))
        .cmp(&(&b.tenant, &b.environment, rank(b.kind)))
        .then_with(|| {
            (&x.resource_type, &x.scope, &x.region, x.label()).cmp(&(
                &y.resource_type,
                &y.scope,
                &y.region,
                y.label(),
            ))
        })
        // What follows only makes the order total.
        .then_with(|| (&x.id, &x.cloud, &a.source).cmp(&(&y.id, &y.cloud, &b.source)))
        .then_with(|| {
            let paths = |drift: &Drift| drift.changes.iter().map(|c| c.path.clone()).collect();
            let (p, q): (Vec<_>, Vec<_>) = (paths(a), paths(b));
            (p, &a.reason).cmp(&(q, &b.reason))
        })
}

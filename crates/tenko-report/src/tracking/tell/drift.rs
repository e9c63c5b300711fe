//! Whether drift is gone, or the manifest looks away from it.

use std::collections::{HashMap, HashSet};

use tenko_core::{
    Cloud, Drift, DriftKind, Finding, Item, Message, Reach, ResourceRef, ResourceType, ScopeId,
    ScopeKey, SourceKind, Unmanaged, msg,
};

use super::{Tell, Told, key};
use crate::document::Document;
use crate::rows::{EnvironmentRow, TenantRow};

/// Cloud, scope, region, type and id.
pub(super) type Live<'a> =
    (&'a Cloud, Option<&'a ScopeId>, Option<&'a Reach>, &'a ResourceType, Option<&'a str>);

impl<'a> Tell<'a> {
    /// What the manifest alone says of a drift.
    pub(super) fn drift_declared(&self, drift: &'a Drift, said: Option<&str>) -> Option<Told> {
        if self.tenants.is_empty() {
            return Some(Told::Unknown(msg!("past-not-compared")));
        }
        self.undeclared(drift.tenant.as_deref(), drift.environment.as_deref()).or_else(|| {
            let left = || self.left(drift, drift.resource.scope.as_ref()?, said);
            self.by_choice(drift, said).or_else(left).map(Told::Never)
        })
    }

    pub(super) fn drift(&self, drift: &'a Drift) -> Option<Told> {
        let resource = &drift.resource;
        let places: Vec<(&Cloud, &ScopeId)> = match &resource.scope {
            Some(scope) => vec![(&resource.cloud, scope)],
            None => {
                // All that something without one may be in.
                let rows = self.rows(drift.tenant.as_deref(), drift.environment.as_deref());
                let scopes = rows.flat_map(|row| &row.scopes);
                let of_cloud = scopes.filter(|scope| scope.cloud == resource.cloud);
                of_cloud.map(|scope| (&scope.cloud, &scope.id)).collect()
            }
        };
        if places.is_empty() {
            return Some(Told::Unknown(msg!("past-not-compared")));
        }
        for place in places {
            let unread = self.scope(place).map(Told::Unknown).or_else(|| {
                self.unread((place.0, place.1, &resource.resource_type), resource.region.as_ref())
            });
            if unread.is_some() {
                return unread;
            }
        }
        let unsure = self.undrifted.get(&resource.resource_type).is_some_and(|(scopes, of)| {
            resource.scope.as_ref().is_some_and(|scope| scopes.contains(scope))
                || of.contains(&(drift.tenant.as_deref(), drift.environment.as_deref()))
        });
        unsure.then(|| {
            Told::Unknown(msg!("past-drift-unsure", type = resource.resource_type.as_str()))
        })
    }

    /// What in the manifest keeps such drift from being reported, although it may be there still.
    fn by_choice(&self, drift: &'a Drift, said: Option<&str>) -> Option<Message> {
        const LEFT: &str = "past-unmanaged-left";
        let resource = &drift.resource;
        if !self.ignored.is_empty() && self.ignored.contains(&drift.subject()) {
            return Some(msg!("past-drift-ignored"));
        }
        let differed = matches!(drift.kind, DriftKind::Changed | DriftKind::Unknown);
        if differed && !self.uncompared.is_empty() && self.uncompared.contains(&drift.subject()) {
            return Some(msg!("past-drift-uncompared"));
        }
        let undeclared = match drift.kind {
            DriftKind::Unmanaged | DriftKind::ElsewhereManaged => true,
            // Else it is a declaration that says where it should be.
            DriftKind::Misplaced => drift.source.is_none(),
            DriftKind::Missing | DriftKind::Changed | DriftKind::Unknown => false,
        };
        if undeclared && self.misfits.contains(&live(resource)) {
            return Some(msg!("past-drift-otherwise"));
        }
        if drift.kind == DriftKind::Unmanaged
            && let Some(scope) = &resource.scope
        {
            let scope = key((&resource.cloud, scope));
            let leaves = |row: &EnvironmentRow| {
                row.unmanaged == Unmanaged::Ignore && row.scopes.contains(&scope)
            };
            let mut own = self.rows(drift.tenant.as_deref(), drift.environment.as_deref());
            // Of one that has the scope only now, it may be as well.
            let mut joined =
                self.left_to.get(&scope).into_iter().flatten().filter(|of| {
                    said == Some(LEFT) || !self.belonged.contains(&(of.0, of.1, &scope))
                });
            if own.any(leaves) || joined.next().is_some() {
                return Some(Message::new(LEFT).with("scope", scope.to_string()));
            }
        }
        let source = drift.source.as_ref()?;
        let is_code = match source.kind {
            SourceKind::Terraform => true,
            // A stack is found, not named: one that is not there any more was deleted.
            SourceKind::CloudFormation => !source.file.starts_with("arn:"),
            _ => false,
        };
        let left = is_code && !self.code.contains(&*source.file);
        left.then(|| msg!("past-code-left", file = &*source.file))
    }

    /// The account or project no longer belongs to the environment, or to any that it is about.
    fn left(&self, drift: &Drift, scope: &ScopeId, said: Option<&str>) -> Option<Message> {
        let scope = key((&drift.resource.cloud, scope));
        let has = |row: &EnvironmentRow| row.scopes.contains(&scope);
        let undeclared = || msg!("past-scope-undeclared", scope = scope.to_string());
        let (tenant, environment) = (drift.tenant.as_deref(), drift.environment.as_deref());
        if drift.kind == DriftKind::Misplaced {
            // It is about a scope that is not the environment's own.
            let compared = drift.source.is_some() || self.rows(None, None).any(has);
            return (!compared).then(undeclared);
        }
        let (Some(tenant), Some(environment)) = (tenant, environment) else {
            let here = self.rows(tenant, environment).any(has);
            return (!here).then(undeclared);
        };
        self.left_by(tenant, environment, &scope, said)
    }

    /// The account or project no longer belongs to this environment. One that never did was not left:
    /// code may manage something anywhere.
    fn left_by(
        &self,
        tenant: &str,
        environment: &str,
        scope: &ScopeKey,
        said: Option<&str>,
    ) -> Option<Message> {
        const LEFT: &str = "past-scope-left";
        let here = self.rows(Some(tenant), Some(environment)).any(|row| row.scopes.contains(scope));
        let belonged = self.belonged.contains(&(tenant, environment, scope)) || said == Some(LEFT);
        (belonged && !here).then(|| {
            Message::new(LEFT)
                .with("scope", scope.to_string())
                .with("tenant", tenant)
                .with("environment", environment)
        })
    }

    /// The account or project that a finding is about is another environment's now, or one's at all.
    pub(super) fn changed_hands(&self, finding: &Finding, said: Option<&str>) -> Option<Message> {
        const JOINED: &str = "past-scope-joined";
        const UNDECLARED: &str = "past-scope-undeclared";
        let scope = key((&finding.cloud, &finding.scope));
        match (finding.tenant.as_deref(), finding.environment.as_deref()) {
            (Some(tenant), Some(environment)) => self.left_by(tenant, environment, &scope, said),
            (None, None) => {
                let here = self.rows(None, None).any(|row| row.scopes.contains(&scope));
                let joined = !self.belonging.contains(&scope) || said == Some(JOINED);
                (here && joined).then(|| Message::new(JOINED).with("scope", scope.to_string()))
            }
            (Some(tenant), None) => {
                let has = |row: &EnvironmentRow| row.scopes.contains(&scope);
                let belonged = self.of_tenants.contains(&(tenant, &scope))
                    || said.is_some_and(|said| [JOINED, UNDECLARED].contains(&said));
                if !belonged || self.rows(Some(tenant), None).any(has) {
                    return None;
                }
                let id = if self.rows(None, None).any(has) { JOINED } else { UNDECLARED };
                Some(Message::new(id).with("scope", scope.to_string()))
            }
            (None, Some(_)) => None,
        }
    }

    /// The environments that something is about: its own, all of its tenant, or all.
    fn rows(
        &self,
        tenant: Option<&str>,
        environment: Option<&str>,
    ) -> impl Iterator<Item = &'a EnvironmentRow> {
        let tenants: &'a [TenantRow] = match tenant {
            Some(id) => self.tenants.get(id).copied().map(std::slice::from_ref).unwrap_or_default(),
            None => &self.document.tenants,
        };
        let rows = tenants.iter().flat_map(|tenant| &tenant.environments);
        rows.filter(move |row| environment.is_none_or(|name| row.name == name))
    }
}

fn live(resource: &ResourceRef) -> Live<'_> {
    let ResourceRef { cloud, scope, region, resource_type, id, .. } = resource;
    (cloud, scope.as_ref(), region.as_ref(), resource_type, id.as_deref())
}

/// Resources of these types that are reported, or suppressed, as being where nobody declares them.
pub(super) fn misfits<'a>(
    document: &'a Document,
    types: &HashSet<&ResourceType>,
) -> HashSet<Live<'a>> {
    let suppressed = document.suppressed.iter().filter_map(|one| match &one.item {
        Item::Drift(drift) => Some(drift),
        Item::Finding(_) => None,
    });
    let misfit = |drift: &&Drift| {
        let kinds = [DriftKind::Unmanaged, DriftKind::ElsewhereManaged, DriftKind::Misplaced];
        kinds.contains(&drift.kind) && types.contains(&drift.resource.resource_type)
    };
    document.drift.iter().chain(suppressed).filter(misfit).map(|d| live(&d.resource)).collect()
}

/// The environments that want nothing said of what nothing declares, by scope.
pub(super) fn left_to(document: &Document) -> HashMap<&ScopeKey, Vec<(&str, &str)>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for tenant in &document.tenants {
        let leaves = |row: &&EnvironmentRow| row.unmanaged == Unmanaged::Ignore;
        for row in tenant.environments.iter().filter(leaves) {
            for scope in &row.scopes {
                all.entry(scope).or_default().push((tenant.id.as_str(), row.name.as_str()));
            }
        }
    }
    all
}

/// Every scope of every environment, with the names of tenant and environment.
pub(super) fn belongings(document: &Document) -> impl Iterator<Item = (&str, &str, &ScopeKey)> {
    let rows = document.tenants.iter().flat_map(|t| t.environments.iter().map(move |e| (t, e)));
    rows.flat_map(|(tenant, environment)| {
        let names = (tenant.id.as_str(), environment.name.as_str());
        environment.scopes.iter().map(move |scope| (names.0, names.1, scope))
    })
}

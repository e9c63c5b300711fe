//! Which environments should be alike.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::Declaration;

/// Environments that are compared with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParityGroup {
    /// `tenant acme`, `baseline web, production`.
    pub name: String,
    /// Tenant and environment of each.
    pub members: BTreeSet<(String, String)>,
}

impl ParityGroup {
    pub(super) fn holds(&self, tenant: &str, environment: &str) -> bool {
        self.members.iter().any(|(t, e)| t == tenant && e == environment)
    }
}

/// Every group of two or more environments: those of one tenant, then those of one stage that are
/// made from one baseline (where they are not all of one tenant, for then the tenant's group says
/// it all).
pub fn parity_groups(declaration: &Declaration) -> Vec<ParityGroup> {
    let mut tenants: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    let mut baselines: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for (tenant, environment) in declaration.environments() {
        let member = (tenant.id.clone(), environment.name.clone());
        tenants.entry(format!("tenant {}", tenant.id)).or_default().insert(member.clone());
        let stage = environment.stage.as_ref().unwrap_or(&environment.name);
        for baseline in &environment.baselines {
            let name = format!("baseline {baseline}, {stage}");
            baselines.entry(name).or_default().insert(member.clone());
        }
    }
    baselines.retain(|_, members| {
        members.iter().map(|(tenant, _)| tenant).collect::<BTreeSet<_>>().len() > 1
    });
    tenants
        .into_iter()
        .chain(baselines)
        .filter(|(_, members)| members.len() > 1)
        .map(|(name, members)| ParityGroup { name, members })
        .collect()
}

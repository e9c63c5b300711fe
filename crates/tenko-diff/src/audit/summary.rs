//! Whose each resource is, and each environment in numbers.

use std::collections::HashMap;
use std::sync::Arc;

use tenko_core::Drift;

use super::Audit;
use super::claimed::Claimed;
use super::live::Judgement;
use crate::model::{EnvironmentSummary, Placement, Standing};

impl Audit<'_> {
    pub(super) fn placement(&self, judgement: &Judgement) -> Placement {
        let name = |(tenant, environment): &(Arc<str>, Arc<str>)| {
            (Some(tenant.clone()), Some(environment.clone()))
        };
        let (tenant, environment) = match judgement.environment {
            Some(at) => self.names.get(at).map(name).unwrap_or_default(),
            None => {
                let tenant = judgement.tenant.and_then(|at| self.owners.tenants.get(at));
                (tenant.map(|tenant| Arc::from(tenant.id.as_str())), None)
            }
        };
        Placement { tenant, environment, standing: judgement.standing }
    }

    /// One row per environment; `placements` and `drift` in any order.
    pub(super) fn summaries(
        &self,
        placements: &[Placement],
        drift: &[Drift],
        claimed: &[Claimed],
    ) -> Vec<EnvironmentSummary> {
        let environments = self.owners.environments.iter();
        let mut rows: Vec<_> = environments
            .map(|owned| EnvironmentSummary {
                tenant: owned.tenant.id.clone(),
                environment: owned.environment.name.clone(),
                stage: owned.environment.stage.clone(),
                owner: owned.owner(),
                declared: owned.environment.expected.len(),
                ..EnvironmentSummary::default()
            })
            .collect();
        for claimed in claimed {
            if let Some(row) = claimed.environment.and_then(|at| rows.get_mut(at)) {
                row.declared += usize::from(claimed.whole);
                row.not_compared += usize::from(!claimed.compared);
                row.hidden_attributes += claimed.hidden;
            }
        }
        let at: HashMap<_, _> = self
            .names
            .iter()
            .enumerate()
            .map(|(at, (tenant, environment))| ((&**tenant, &**environment), at))
            .collect();
        for placement in placements {
            let (Some(tenant), Some(name)) = (&placement.tenant, &placement.environment) else {
                continue;
            };
            if let Some(row) = at.get(&(&**tenant, &**name)).and_then(|at| rows.get_mut(*at)) {
                row.resources += 1;
                row.managed += usize::from(placement.standing == Standing::Managed);
                row.withheld += usize::from(placement.standing == Standing::Withheld);
            }
        }
        for drift in drift {
            let (Some(tenant), Some(name)) = (&drift.tenant, &drift.environment) else { continue };
            let key = (tenant.as_str(), name.as_str());
            if let Some(row) = at.get(&key).and_then(|at| rows.get_mut(*at)) {
                *row.drift.entry(drift.kind).or_default() += 1;
            }
        }
        rows
    }
}

/// The placements in the order of the snapshot's resources.
pub(super) fn in_order_of(position: &[usize], placements: &[Placement]) -> Vec<Placement> {
    position.iter().filter_map(|at| placements.get(*at).cloned()).collect()
}

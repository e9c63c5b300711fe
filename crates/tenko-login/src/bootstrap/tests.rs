//! What is planned, what is written, and that what is written means what was planned.

mod planned;
mod templates;
pub(crate) mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Cloud, DataLevel, LoginSettings, ScopeKey, Warning};

use super::{Plan, Trusting};
use crate::target::Target;

pub(crate) const HUB: &str = "arn:aws:iam::111111111111:role/TenkoHub";

/// Settings with the hub.
pub(crate) fn settings() -> LoginSettings {
    let mut settings = LoginSettings::default();
    settings.aws.hub = Some(HUB.to_owned());
    settings
}

/// An account of a tenant's environment.
pub(crate) fn account(tenant: &str, environment: &str, id: &str, data: &[DataLevel]) -> Target {
    Target {
        tenant: tenant.to_owned(),
        tenant_name: tenant.to_owned(),
        environment: environment.to_owned(),
        stage: environment.to_owned(),
        owner: None,
        scope: ScopeKey::new(Cloud::aws(), id),
        name: None,
        tags: BTreeMap::new(),
        data: data.iter().copied().collect(),
        role: "TenkoReadOnly".to_owned(),
        external_id: Some(format!("tenko-{tenant}-{id}")),
        impersonate: None,
        delegates: Vec::new(),
        warning: Warning::Off,
        region: None,
        is_production: true,
    }
}

/// A project of a tenant's environment.
pub(crate) fn project(tenant: &str, environment: &str, id: &str) -> Target {
    Target {
        scope: ScopeKey::new(Cloud::gcp(), id),
        external_id: None,
        impersonate: Some(format!("tenko-login@{id}.iam.gserviceaccount.com")),
        ..account(tenant, environment, "", &[])
    }
}

/// Three accounts with two sets of levels, and two projects.
pub(crate) fn plan() -> Plan {
    let targets = [
        account("acme", "production", "333333333301", &[DataLevel::Logs, DataLevel::Objects]),
        account("acme", "staging", "333333333302", &[]),
        account("beta", "production", "333333333303", &[]),
        project("acme", "analytics", "acme-analytics"),
        project("beta", "analytics", "beta-analytics"),
    ];
    let google = BTreeSet::from(["group:platform@example.com".to_owned()]);
    Plan::of(&targets, &settings(), &Trusting { aws: None, google }).unwrap()
}

//! The Google Cloud half of the organization: acme keeps what it knows of its bookings there, in a
//! project beside each of its AWS accounts.

mod analytics;
mod data;
mod guardrails;
mod plot;

use serde_json::{Value, json};

use crate::google::{Fault, FaultKind, Folder, Organization, World};

/// The number of the organization.
pub(super) const ORGANIZATION: &str = "900000000001";
/// The number of the folder that holds the projects.
pub(super) const FOLDER: &str = "900000000002";
pub(super) const PRODUCTION: &str = "acme-analytics";
pub(super) const STAGING: &str = "acme-analytics-stage";

const DATABASE: &str = "sqladmin.googleapis.com/Instance";

pub(super) fn world() -> World {
    let organization = format!("organizations/{ORGANIZATION}");
    let mut folder = Folder::new(FOLDER, &organization, "Analytics");
    folder.iam_policy = Some(policy(&[("roles/browser", &["group:platform@example.com"])]));
    let (parent, security) = (folder.name(), ["SECURITY", "TECHNICAL"]);
    folder.resources = vec![guardrails::contact(&parent, 2, "security@example.com", &security)];
    let mut top = Organization::new(ORGANIZATION, "example.com");
    top.resources = guardrails::of_organization();
    // Asset Inventory's own permissions can be given type by type, and nobody gave this one. So
    // databases are read from their own service, where the role in one of the projects is too old.
    let no_list = Fault::new(FaultKind::Denied).operation("cloudasset.assets.list");
    let no_role = Fault::new(FaultKind::Denied).project(PRODUCTION).service("sqladmin");
    // Whom people can become. The accounts that they log in with are too new for any list: the audit
    // would find one in each project that nobody declared.
    let accounts =
        |name: &str| [PRODUCTION, STAGING].map(|id| format!("{name}@{id}.iam.gserviceaccount.com"));
    World {
        faults: vec![no_list.asset_type(DATABASE), no_role],
        service_accounts: Some(
            accounts("tenko").into_iter().chain(accounts("tenko-login")).collect(),
        ),
        ..World::default()
    }
    .organization(top)
    .folder(folder)
    .with(analytics::production())
    .with(analytics::staging())
}

/// An IAM policy in its REST form, from roles and who has them.
fn policy(bindings: &[(&str, &[&str])]) -> Value {
    let bindings =
        bindings.iter().map(|(role, members)| json!({ "role": role, "members": members }));
    json!({ "version": 1, "etag": "BwYQ1sim", "bindings": bindings.collect::<Value>() })
}

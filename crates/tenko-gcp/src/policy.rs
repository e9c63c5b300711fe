//! The least-privilege role: the permissions of all that can be called, and no more.

use std::collections::BTreeSet;

use serde::Serialize;
use tenko_core::{Cloud, TypeInfo};

use crate::official::OFFICIAL;

/// A custom IAM role, as `gcloud iam roles create --file` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Its name for people.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The launch stage.
    pub stage: String,
    /// The permissions, sorted.
    pub included_permissions: Vec<String>,
}

/// The role that reading these types takes, discovery included. To be made in the organization: folders and
/// organizations can only be read with a role from there.
pub fn role<'a>(types: impl IntoIterator<Item = &'a TypeInfo>) -> Role {
    let own = OFFICIAL.iter().filter(|method| method.service != "storage");
    let mut permissions: BTreeSet<String> =
        own.flat_map(|method| method.permissions).map(|p| (*p).to_owned()).collect();
    let types = types.into_iter().filter(|info| info.cloud == Cloud::gcp());
    permissions.extend(types.flat_map(|info| info.permissions.iter().cloned()));
    Role {
        title: "tenko roll call".to_owned(),
        description: "Reads the settings of resources and nothing else.".to_owned(),
        stage: "GA".to_owned(),
        included_permissions: permissions.into_iter().collect(),
    }
}

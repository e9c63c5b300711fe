//! What is asked through Google's own client libraries: Cloud Storage, Cloud Asset Inventory and Resource Manager.

pub(crate) mod assets;
pub(crate) mod bucket_json;
pub(crate) mod clients;
pub(crate) mod hierarchy;
pub(crate) mod metered;
pub(crate) mod retry;
pub(crate) mod storage;

use serde_json::{Value, json};

pub(crate) use self::clients::Official;
use crate::call::Operation;
use crate::credentials::Scopes;

/// A method that is called through an official client.
#[derive(Debug)]
pub(crate) struct Method {
    /// The service, as in its host name.
    pub(crate) service: &'static str,
    /// The method, as the discovery document calls it.
    pub(crate) method: &'static str,
    /// The IAM permissions that it needs.
    pub(crate) permissions: &'static [&'static str],
    /// Whether it takes tokens that are for reading only. What does not gets tokens for everything that the identity
    /// may do; there is no scope in between.
    pub(crate) read_only_scope: bool,
}

impl Method {
    pub(crate) fn operation(&self) -> Operation {
        Operation::new(self.service, self.method)
    }

    pub(crate) fn scopes(&self) -> Scopes {
        if self.read_only_scope { Scopes::ReadOnly } else { Scopes::everything() }
    }
}

const RESOURCE_MANAGER: &str = "cloudresourcemanager";

const fn reads(
    service: &'static str,
    method: &'static str,
    permissions: &'static [&'static str],
) -> Method {
    Method { service, method, permissions, read_only_scope: true }
}

pub(crate) const BUCKETS_LIST: Method =
    reads("storage", "buckets.list", &["storage.buckets.list", "storage.buckets.get"]);
/// Takes `cloud-platform` and `devstorage.full_control` only.
pub(crate) const BUCKETS_GET_IAM_POLICY: Method = Method {
    service: "storage",
    method: "buckets.getIamPolicy",
    permissions: &["storage.buckets.getIamPolicy"],
    read_only_scope: false,
};
/// Takes `cloud-platform` and `cloudasset` only.
pub(crate) const ASSETS_LIST: Method = Method {
    service: "cloudasset",
    method: "assets.list",
    permissions: &["cloudasset.assets.listResource", "cloudasset.assets.listIamPolicy"],
    read_only_scope: false,
};
pub(crate) const ORGANIZATIONS_SEARCH: Method =
    reads(RESOURCE_MANAGER, "organizations.search", &["resourcemanager.organizations.get"]);
pub(crate) const ORGANIZATIONS_GET: Method =
    reads(RESOURCE_MANAGER, "organizations.get", &["resourcemanager.organizations.get"]);
pub(crate) const FOLDERS_GET: Method =
    reads(RESOURCE_MANAGER, "folders.get", &["resourcemanager.folders.get"]);
pub(crate) const FOLDERS_LIST: Method =
    reads(RESOURCE_MANAGER, "folders.list", &["resourcemanager.folders.list"]);
pub(crate) const PROJECTS_GET: Method =
    reads(RESOURCE_MANAGER, "projects.get", &["resourcemanager.projects.get"]);
pub(crate) const PROJECTS_LIST: Method =
    reads(RESOURCE_MANAGER, "projects.list", &["resourcemanager.projects.list"]);

/// All of them: the ledger's entries.
pub(crate) const OFFICIAL: &[Method] = &[
    BUCKETS_LIST,
    BUCKETS_GET_IAM_POLICY,
    ASSETS_LIST,
    ORGANIZATIONS_SEARCH,
    ORGANIZATIONS_GET,
    FOLDERS_GET,
    FOLDERS_LIST,
    PROJECTS_GET,
    PROJECTS_LIST,
];

/// An IAM policy as REST gives it, without what changes by itself (`etag`) and what the question decides (`version`).
/// None when it cannot be put into JSON.
fn policy_json(policy: &impl serde::Serialize) -> Option<Value> {
    let mut policy = serde_json::to_value(policy).ok()?;
    let fields = policy.as_object_mut()?;
    fields.remove("etag");
    fields.remove("version");
    fields.entry("bindings").or_insert_with(|| json!([]));
    Some(policy)
}

#[cfg(test)]
pub(crate) mod tests;

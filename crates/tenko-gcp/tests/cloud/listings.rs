//! By which calls of the services each type is read.

/// A type, and the calls that it is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listing {
    pub(crate) resource_type: &'static str,
    /// The call without which there is nothing: `compute.instances.aggregatedList`.
    pub(crate) operation: &'static str,
    /// The call for each resource, or for each parent.
    pub(crate) each: Option<Each>,
    pub(crate) paged: bool,
    /// Whether an answer without a location that is down says so; else there is no answer at all.
    pub(crate) says_what_is_missing: bool,
}

/// A call for each of many.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Each {
    /// For each resource, with what is unknown without it.
    Resource(&'static str, &'static str),
    /// For each parent: what is in it is missing without it.
    Parent(&'static str),
}

const fn listing(resource_type: &'static str, operation: &'static str) -> Listing {
    Listing { resource_type, operation, each: None, paged: true, says_what_is_missing: false }
}

impl Listing {
    const fn each(self, each: Each) -> Self {
        Self { each: Some(each), ..self }
    }

    const fn policy(self, operation: &'static str) -> Self {
        self.each(Each::Resource(operation, "iamPolicy"))
    }

    const fn says_what_is_missing(self) -> Self {
        Self { says_what_is_missing: true, ..self }
    }

    const fn on_one_page(self) -> Self {
        Self { paged: false, ..self }
    }

    pub(crate) fn service(&self) -> &'static str {
        self.operation.split('.').next().unwrap()
    }
}

const fn compute(resource_type: &'static str, operation: &'static str) -> Listing {
    listing(resource_type, operation).says_what_is_missing()
}

/// All types but the two of the project itself, which are no listings.
pub(crate) const LISTINGS: [Listing; 29] = [
    compute("compute.googleapis.com/Address", "compute.addresses.aggregatedList"),
    compute("compute.googleapis.com/Disk", "compute.disks.aggregatedList"),
    compute("compute.googleapis.com/Firewall", "compute.firewalls.list"),
    compute("compute.googleapis.com/ForwardingRule", "compute.forwardingRules.aggregatedList"),
    compute("compute.googleapis.com/GlobalAddress", "compute.globalAddresses.list"),
    compute("compute.googleapis.com/GlobalForwardingRule", "compute.globalForwardingRules.list"),
    compute("compute.googleapis.com/Instance", "compute.instances.aggregatedList"),
    compute(
        "compute.googleapis.com/InstanceGroupManager",
        "compute.instanceGroupManagers.aggregatedList",
    ),
    compute("compute.googleapis.com/Network", "compute.networks.list"),
    compute("compute.googleapis.com/Region", "compute.regions.list"),
    compute("compute.googleapis.com/RegionDisk", "compute.disks.aggregatedList"),
    compute("compute.googleapis.com/Route", "compute.routes.list"),
    compute("compute.googleapis.com/Subnetwork", "compute.subnetworks.aggregatedList"),
    listing("bigquery.googleapis.com/Dataset", "bigquery.datasets.list")
        .each(Each::Resource("bigquery.datasets.get", "access"))
        .says_what_is_missing(),
    listing("container.googleapis.com/Cluster", "container.projects.locations.clusters.list")
        .says_what_is_missing()
        .on_one_page(),
    listing(
        "essentialcontacts.googleapis.com/Contact",
        "essentialcontacts.projects.contacts.compute",
    ),
    listing("iam.googleapis.com/Role", "iam.projects.roles.list"),
    listing("iam.googleapis.com/ServiceAccount", "iam.projects.serviceAccounts.list")
        .policy("iam.projects.serviceAccounts.getIamPolicy"),
    listing("iam.googleapis.com/ServiceAccountKey", "iam.projects.serviceAccounts.list")
        .each(Each::Parent("iam.projects.serviceAccounts.keys.list")),
    listing("iam.googleapis.com/WorkloadIdentityPool", POOLS),
    listing("iam.googleapis.com/WorkloadIdentityPoolProvider", POOLS)
        .each(Each::Parent("iam.projects.locations.workloadIdentityPools.providers.list")),
    listing(
        "orgpolicy.googleapis.com/EffectivePolicy",
        "orgpolicy.projects.policies.getEffectivePolicy",
    )
    .on_one_page(),
    listing("pubsub.googleapis.com/Subscription", "pubsub.projects.subscriptions.list")
        .policy("pubsub.projects.subscriptions.getIamPolicy"),
    listing("pubsub.googleapis.com/Topic", "pubsub.projects.topics.list")
        .policy("pubsub.projects.topics.getIamPolicy"),
    listing("run.googleapis.com/Service", "run.projects.locations.services.list")
        .policy("run.projects.locations.services.getIamPolicy")
        .says_what_is_missing(),
    listing("serviceusage.googleapis.com/Service", "serviceusage.services.list"),
    listing("spanner.googleapis.com/Instance", "spanner.projects.instances.list"),
    listing("sqladmin.googleapis.com/Instance", "sqladmin.instances.list").says_what_is_missing(),
    listing("storage.googleapis.com/Bucket", "storage.buckets.list")
        .policy("storage.buckets.getIamPolicy")
        .says_what_is_missing(),
];

const POOLS: &str = "iam.projects.locations.workloadIdentityPools.list";

/// Compute Engine's own part of a project.
pub(crate) const COMPUTE_PROJECT: &str = "compute.googleapis.com/Project";

/// Types that the services themselves are asked for, whatever the source.
pub(crate) const NOT_IN_ASSETS: [&str; 4] = [
    COMPUTE_PROJECT,
    "compute.googleapis.com/Region",
    "essentialcontacts.googleapis.com/Contact",
    "orgpolicy.googleapis.com/EffectivePolicy",
];

/// All calls that a type is read with.
pub(crate) fn operations_of(resource_type: &str) -> Vec<&'static str> {
    if resource_type == "cloudresourcemanager.googleapis.com/Project" {
        return vec![PROJECT_POLICY];
    }
    if resource_type == COMPUTE_PROJECT {
        return vec!["compute.projects.get"];
    }
    let listing = LISTINGS.iter().find(|listing| listing.resource_type == resource_type).unwrap();
    let each = listing.each.map(|(Each::Resource(each, _) | Each::Parent(each))| each);
    std::iter::once(listing.operation).chain(each).collect()
}

pub(crate) const PROJECT_POLICY: &str = "cloudresourcemanager.projects.getIamPolicy";

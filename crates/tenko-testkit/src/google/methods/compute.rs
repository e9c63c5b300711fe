//! Compute Engine.

use super::{Answer, Down, Method, Own, max_results, method};

const COMPUTE: &[&str] = &["cloud-platform", "compute", "compute.readonly"];

const fn aggregated(
    operation: &'static str,
    path: &'static str,
    types: &'static [&'static str],
    (member, kind): (&'static str, &'static str),
    permission: &'static str,
) -> Method {
    method(("compute", operation), path, types, Answer::Aggregated { member, kind })
        .needs(permission, COMPUTE)
        .paged(max_results(500, 500))
        .takes(Some(&[
            "filter",
            "includeAllScopes",
            "orderBy",
            "returnPartialSuccess",
            "serviceProjectNumber",
        ]))
}

const fn compute_list(
    operation: &'static str,
    path: &'static str,
    types: &'static [&'static str],
    kind: &'static str,
    permission: &'static str,
) -> Method {
    let answer = Answer::List { member: "items", kind, within: "", down: Down::Warning };
    method(("compute", operation), path, types, answer)
        .needs(permission, COMPUTE)
        .paged(max_results(500, 500))
        .takes(Some(&["filter", "orderBy", "returnPartialSuccess"]))
}

const fn compute_policy(
    operation: &'static str,
    path: &'static str,
    types: &'static [&'static str],
    end: &'static str,
    permission: &'static str,
) -> Method {
    method(("compute", operation), path, types, Answer::Policy(end))
        .needs(permission, COMPUTE)
        .takes(Some(&["optionsRequestedPolicyVersion"]))
}

pub(super) static METHODS: &[Method] = &[
    aggregated(
        "instances.aggregatedList",
        "/compute/v1/projects/{project}/aggregated/instances",
        &["compute.googleapis.com/Instance"],
        ("instances", "compute#instanceAggregatedList"),
        "compute.instances.list",
    ),
    aggregated(
        "disks.aggregatedList",
        "/compute/v1/projects/{project}/aggregated/disks",
        &["compute.googleapis.com/Disk", "compute.googleapis.com/RegionDisk"],
        ("disks", "compute#diskAggregatedList"),
        "compute.disks.list",
    ),
    aggregated(
        "subnetworks.aggregatedList",
        "/compute/v1/projects/{project}/aggregated/subnetworks",
        &["compute.googleapis.com/Subnetwork"],
        ("subnetworks", "compute#subnetworkAggregatedList"),
        "compute.subnetworks.list",
    )
    .takes(Some(&[
        "filter",
        "includeAllScopes",
        "orderBy",
        "returnPartialSuccess",
        "serviceProjectNumber",
        "views",
    ])),
    aggregated(
        "addresses.aggregatedList",
        "/compute/v1/projects/{project}/aggregated/addresses",
        &["compute.googleapis.com/Address", "compute.googleapis.com/GlobalAddress"],
        ("addresses", "compute#addressAggregatedList"),
        "compute.addresses.list",
    ),
    aggregated(
        "forwardingRules.aggregatedList",
        "/compute/v1/projects/{project}/aggregated/forwardingRules",
        &["compute.googleapis.com/ForwardingRule", "compute.googleapis.com/GlobalForwardingRule"],
        ("forwardingRules", "compute#forwardingRuleAggregatedList"),
        "compute.forwardingRules.list",
    ),
    aggregated(
        "instanceGroupManagers.aggregatedList",
        "/compute/v1/projects/{project}/aggregated/instanceGroupManagers",
        &[
            "compute.googleapis.com/InstanceGroupManager",
            "compute.googleapis.com/RegionInstanceGroupManager",
        ],
        ("instanceGroupManagers", "compute#instanceGroupManagerAggregatedList"),
        "compute.instanceGroupManagers.list",
    ),
    compute_list(
        "globalAddresses.list",
        "/compute/v1/projects/{project}/global/addresses",
        &["compute.googleapis.com/GlobalAddress"],
        "compute#addressList",
        "compute.globalAddresses.list",
    ),
    compute_list(
        "globalForwardingRules.list",
        "/compute/v1/projects/{project}/global/forwardingRules",
        &["compute.googleapis.com/GlobalForwardingRule"],
        "compute#forwardingRuleList",
        "compute.globalForwardingRules.list",
    ),
    compute_list(
        "networks.list",
        "/compute/v1/projects/{project}/global/networks",
        &["compute.googleapis.com/Network"],
        "compute#networkList",
        "compute.networks.list",
    ),
    compute_list(
        "firewalls.list",
        "/compute/v1/projects/{project}/global/firewalls",
        &["compute.googleapis.com/Firewall"],
        "compute#firewallList",
        "compute.firewalls.list",
    ),
    compute_list(
        "routes.list",
        "/compute/v1/projects/{project}/global/routes",
        &["compute.googleapis.com/Route"],
        "compute#routeList",
        "compute.routes.list",
    ),
    compute_list(
        "regions.list",
        "/compute/v1/projects/{project}/regions",
        &["compute.googleapis.com/Region"],
        "compute#regionList",
        "compute.regions.list",
    ),
    method(
        ("compute", "projects.get"),
        "/compute/v1/projects/{project}",
        &["compute.googleapis.com/Project"],
        Answer::Own(Own::ComputeProject),
    )
    .needs("compute.projects.get", COMPUTE),
    compute_policy(
        "instances.getIamPolicy",
        "/compute/v1/projects/{project}/zones/{zone}/instances/{resource}/getIamPolicy",
        &["compute.googleapis.com/Instance"],
        "/zones/{zone}/instances/{resource}",
        "compute.instances.getIamPolicy",
    ),
    compute_policy(
        "disks.getIamPolicy",
        "/compute/v1/projects/{project}/zones/{zone}/disks/{resource}/getIamPolicy",
        &["compute.googleapis.com/Disk"],
        "/zones/{zone}/disks/{resource}",
        "compute.disks.getIamPolicy",
    ),
    compute_policy(
        "regionDisks.getIamPolicy",
        "/compute/v1/projects/{project}/regions/{region}/disks/{resource}/getIamPolicy",
        &["compute.googleapis.com/RegionDisk"],
        "/regions/{region}/disks/{resource}",
        "compute.disks.getIamPolicy",
    ),
    compute_policy(
        "subnetworks.getIamPolicy",
        "/compute/v1/projects/{project}/regions/{region}/subnetworks/{resource}/getIamPolicy",
        &["compute.googleapis.com/Subnetwork"],
        "/regions/{region}/subnetworks/{resource}",
        "compute.subnetworks.getIamPolicy",
    ),
];

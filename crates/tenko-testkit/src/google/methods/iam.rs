//! Identity and Access Management.

use super::{Answer, CLOUD, Down, Method, list, method, pages, policy};

pub(super) static METHODS: &[Method] = &[
    method(
        ("iam", "projects.serviceAccounts.list"),
        "/v1/projects/{project}/serviceAccounts",
        &["iam.googleapis.com/ServiceAccount"],
        list("accounts", Down::Fails),
    )
    .needs("iam.serviceAccounts.list", CLOUD)
    .paged(pages(20, 100)),
    method(
        ("iam", "projects.serviceAccounts.get"),
        "/v1/projects/{project}/serviceAccounts/{account}",
        &["iam.googleapis.com/ServiceAccount"],
        Answer::Get("/serviceAccounts/{account}"),
    )
    .needs("iam.serviceAccounts.get", CLOUD),
    policy(
        ("iam", "projects.serviceAccounts.getIamPolicy"),
        "/v1/projects/{project}/serviceAccounts/{account}:getIamPolicy",
        &["iam.googleapis.com/ServiceAccount"],
        "/serviceAccounts/{account}",
        "iam.serviceAccounts.getIamPolicy",
    )
    .post(),
    method(
        ("iam", "projects.serviceAccounts.keys.list"),
        "/v1/projects/{project}/serviceAccounts/{account}/keys",
        &["iam.googleapis.com/ServiceAccountKey"],
        Answer::List {
            member: "keys",
            kind: "",
            within: "/serviceAccounts/{account}/keys/",
            down: Down::Fails,
        },
    )
    .needs("iam.serviceAccountKeys.list", CLOUD)
    .takes(Some(&["keyTypes"])),
    method(
        ("iam", "projects.roles.list"),
        "/v1/projects/{project}/roles",
        &["iam.googleapis.com/Role"],
        list("roles", Down::Fails),
    )
    .needs("iam.roles.list", CLOUD)
    .paged(pages(300, 1000))
    .takes(Some(&["showDeleted", "view"])),
    method(
        ("iam", "projects.locations.workloadIdentityPools.list"),
        "/v1/projects/{project}/locations/global/workloadIdentityPools",
        &["iam.googleapis.com/WorkloadIdentityPool"],
        list("workloadIdentityPools", Down::Fails),
    )
    .needs("iam.workloadIdentityPools.list", CLOUD)
    .paged(pages(50, 1000))
    .takes(Some(&["showDeleted"])),
    method(
        ("iam", "projects.locations.workloadIdentityPools.providers.list"),
        "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers",
        &["iam.googleapis.com/WorkloadIdentityPoolProvider"],
        Answer::List {
            member: "workloadIdentityPoolProviders",
            kind: "",
            within: "/workloadIdentityPools/{pool}/providers/",
            down: Down::Fails,
        },
    )
    .needs("iam.workloadIdentityPoolProviders.list", CLOUD)
    .paged(pages(50, 100))
    .takes(Some(&["showDeleted"])),
    policy(
        ("iam", "projects.locations.workloadIdentityPools.getIamPolicy"),
        "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}:getIamPolicy",
        &["iam.googleapis.com/WorkloadIdentityPool"],
        "/workloadIdentityPools/{pool}",
        "iam.workloadIdentityPools.getIamPolicy",
    )
    .takes(Some(&[]))
    .post(),
];

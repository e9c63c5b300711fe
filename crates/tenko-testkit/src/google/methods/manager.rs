//! Tokens, Resource Manager and Asset Inventory.

use super::{Answer, CLOUD, Method, Own, READ_ONLY, method, pages};

const ASSET: &[&str] = &["cloud-platform", "cloudasset"];

const fn own(
    service: &'static str,
    operation: &'static str,
    path: &'static str,
    how: Own,
) -> Method {
    method((service, operation), path, &[], Answer::Own(how))
}

const fn manager(
    operation: &'static str,
    path: &'static str,
    how: Own,
    permission: &'static str,
) -> Method {
    own("cloudresourcemanager", operation, path, how).needs(permission, READ_ONLY)
}

const fn write(
    (service, operation): (&'static str, &'static str),
    path: &'static str,
    permission: &'static str,
) -> Method {
    own(service, operation, path, Own::Write).needs(permission, CLOUD).takes(None).post()
}

/// Stands for every `PUT`, `PATCH` and `DELETE`.
pub(in crate::google) static ANY_WRITE: Method = write(("", ""), "", "");

const fn assets(path: &'static str) -> Method {
    own("cloudasset", "assets.list", path, Own::Assets)
        .needs("cloudasset.assets.listResource", ASSET)
        .paged(pages(100, 1000))
        .takes(Some(&["assetTypes", "contentType", "readTime", "relationshipTypes"]))
}

pub(super) static METHODS: &[Method] = &[
    own("oauth2", "token", "/token", Own::Token).post().takes(None),
    own("sts", "token", "/v1/token", Own::Exchange).post().takes(None),
    own(
        "iamcredentials",
        "projects.serviceAccounts.generateAccessToken",
        "/v1/projects/{project}/serviceAccounts/{account}:generateAccessToken",
        Own::Impersonate,
    )
    .needs("iam.serviceAccounts.getAccessToken", CLOUD)
    .post(),
    manager(
        "organizations.search",
        "/v3/organizations:search",
        Own::SearchOrganizations,
        "resourcemanager.organizations.get",
    )
    .paged(pages(300, 300))
    .takes(Some(&["query"])),
    manager(
        "organizations.get",
        "/v3/organizations/{organization}",
        Own::GetOrganization,
        "resourcemanager.organizations.get",
    ),
    manager("folders.list", "/v3/folders", Own::ListFolders, "resourcemanager.folders.list")
        .paged(pages(300, 300))
        .takes(Some(&["parent", "showDeleted"])),
    manager("folders.get", "/v3/folders/{folder}", Own::GetFolder, "resourcemanager.folders.get"),
    manager("projects.list", "/v3/projects", Own::ListProjects, "resourcemanager.projects.list")
        .paged(pages(300, 300))
        .takes(Some(&["parent", "showDeleted"])),
    manager(
        "projects.search",
        "/v3/projects:search",
        Own::SearchProjects,
        "resourcemanager.projects.get",
    )
    .paged(pages(300, 300))
    .takes(Some(&["query"])),
    manager(
        "projects.get",
        "/v3/projects/{project}",
        Own::GetProject,
        "resourcemanager.projects.get",
    ),
    manager(
        "projects.getIamPolicy",
        "/v3/projects/{project}:getIamPolicy",
        Own::ProjectPolicy,
        "resourcemanager.projects.getIamPolicy",
    )
    .post(),
    manager(
        "projects.get",
        "/v1/projects/{project}",
        Own::GetProjectV1,
        "resourcemanager.projects.get",
    ),
    manager(
        "projects.getIamPolicy",
        "/v1/projects/{project}:getIamPolicy",
        Own::ProjectPolicy,
        "resourcemanager.projects.getIamPolicy",
    )
    .post(),
    manager(
        "projects.testIamPermissions",
        "/v3/projects/{project}:testIamPermissions",
        Own::TestPermissions,
        "resourcemanager.projects.get",
    )
    .post(),
    manager(
        "projects.testIamPermissions",
        "/v1/projects/{project}:testIamPermissions",
        Own::TestPermissions,
        "resourcemanager.projects.get",
    )
    .post(),
    write(
        ("cloudresourcemanager", "projects.setIamPolicy"),
        "/v3/projects/{project}:setIamPolicy",
        "resourcemanager.projects.setIamPolicy",
    ),
    write(
        ("cloudresourcemanager", "projects.setIamPolicy"),
        "/v1/projects/{project}:setIamPolicy",
        "resourcemanager.projects.setIamPolicy",
    ),
    write(
        ("compute", "instances.insert"),
        "/compute/v1/projects/{project}/zones/{zone}/instances",
        "compute.instances.create",
    ),
    write(
        ("pubsub", "projects.topics.publish"),
        "/v1/projects/{project}/topics/{topic}:publish",
        "pubsub.topics.publish",
    ),
    assets("/v1/organizations/{organization}/assets"),
    assets("/v1/folders/{folder}/assets"),
    assets("/v1/projects/{project}/assets"),
];

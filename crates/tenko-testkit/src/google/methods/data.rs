//! Databases, containers, messages and storage.

use super::{Answer, Down, Method, Page, READ_ONLY, list, max_results, method, pages, policy};

const SQL: &[&str] = &["cloud-platform", "sqlservice.admin"];
const CONTAINER: &[&str] = &["cloud-platform", "container", "container.read-only"];
const PUBSUB: &[&str] = &["cloud-platform", "pubsub"];
const BIGQUERY: &[&str] = &["bigquery", "cloud-platform", "cloud-platform.read-only"];
const SPANNER: &[&str] = &["cloud-platform", "spanner.admin"];
const RUN: &[&str] = &["cloud-platform", "run", "run.readonly"];

pub(super) static METHODS: &[Method] = &[
    method(
        ("sqladmin", "instances.list"),
        "/sql/v1beta4/projects/{project}/instances",
        &["sqladmin.googleapis.com/Instance"],
        Answer::List {
            member: "items",
            kind: "sql#instancesList",
            within: "",
            down: Down::Warnings,
        },
    )
    .needs("cloudsql.instances.list", SQL)
    .paged(max_results(500, 1000))
    .takes(Some(&["filter", "location"])),
    method(
        ("container", "projects.locations.clusters.list"),
        "/v1/projects/{project}/locations/{location}/clusters",
        &["container.googleapis.com/Cluster"],
        list("clusters", Down::Names("missingZones")),
    )
    .needs("container.clusters.list", CONTAINER)
    .takes(Some(&["projectId", "zone"])),
    method(
        ("pubsub", "projects.topics.list"),
        "/v1/projects/{project}/topics",
        &["pubsub.googleapis.com/Topic"],
        list("topics", Down::Fails),
    )
    .needs("pubsub.topics.list", PUBSUB)
    .paged(pages(100, 1000)),
    method(
        ("pubsub", "projects.subscriptions.list"),
        "/v1/projects/{project}/subscriptions",
        &["pubsub.googleapis.com/Subscription"],
        list("subscriptions", Down::Fails),
    )
    .needs("pubsub.subscriptions.list", PUBSUB)
    .paged(pages(100, 1000)),
    policy(
        ("pubsub", "projects.topics.getIamPolicy"),
        "/v1/projects/{project}/topics/{topic}:getIamPolicy",
        &["pubsub.googleapis.com/Topic"],
        "/topics/{topic}",
        "pubsub.topics.getIamPolicy",
    )
    .needs("pubsub.topics.getIamPolicy", PUBSUB),
    policy(
        ("pubsub", "projects.subscriptions.getIamPolicy"),
        "/v1/projects/{project}/subscriptions/{subscription}:getIamPolicy",
        &["pubsub.googleapis.com/Subscription"],
        "/subscriptions/{subscription}",
        "pubsub.subscriptions.getIamPolicy",
    )
    .needs("pubsub.subscriptions.getIamPolicy", PUBSUB),
    method(
        ("bigquery", "datasets.list"),
        "/bigquery/v2/projects/{project}/datasets",
        &["bigquery.googleapis.com/Dataset"],
        Answer::List {
            member: "datasets",
            kind: "bigquery#datasetList",
            within: "",
            down: Down::Names("unreachable"),
        },
    )
    .needs("bigquery.datasets.get", BIGQUERY)
    .paged(max_results(50, 1000))
    .takes(None),
    method(
        ("bigquery", "datasets.get"),
        "/bigquery/v2/projects/{project}/datasets/{dataset}",
        &["bigquery.googleapis.com/Dataset"],
        Answer::Get("/datasets/{dataset}"),
    )
    .needs("bigquery.datasets.get", BIGQUERY)
    .takes(None),
    method(
        ("spanner", "projects.instances.list"),
        "/v1/projects/{project}/instances",
        &["spanner.googleapis.com/Instance"],
        list("instances", Down::NamesIf("unreachable", "instanceDeadline")),
    )
    .needs("spanner.instances.list", SPANNER)
    .paged(pages(100, 1000))
    .takes(Some(&["filter", "instanceDeadline"])),
    policy(
        ("spanner", "projects.instances.getIamPolicy"),
        "/v1/projects/{project}/instances/{instance}:getIamPolicy",
        &["spanner.googleapis.com/Instance"],
        "/instances/{instance}",
        "spanner.instances.getIamPolicy",
    )
    .needs("spanner.instances.getIamPolicy", SPANNER)
    .takes(Some(&[]))
    .post(),
    method(
        ("run", "projects.locations.services.list"),
        "/v1/projects/{project}/locations/{location}/services",
        &["run.googleapis.com/Service"],
        Answer::List {
            member: "items",
            kind: "ServiceList",
            within: "",
            down: Down::Names("unreachable"),
        },
    )
    .needs("run.services.list", RUN)
    .paged(Some(Page { size: "limit", token: "continue", default: 100, max: 1000 }))
    .takes(Some(&[
        "fieldSelector",
        "includeUninitialized",
        "labelSelector",
        "resourceVersion",
        "watch",
    ])),
    policy(
        ("run", "projects.locations.services.getIamPolicy"),
        "/v1/projects/{project}/locations/{location}/services/{name}:getIamPolicy",
        &["run.googleapis.com/Service"],
        "/locations/{location}/services/{name}",
        "run.services.getIamPolicy",
    )
    .needs("run.services.getIamPolicy", RUN),
    method(
        ("serviceusage", "services.list"),
        "/v1/projects/{project}/services",
        &["serviceusage.googleapis.com/Service"],
        list("services", Down::Fails),
    )
    .needs("serviceusage.services.list", READ_ONLY)
    .paged(pages(50, 200))
    .takes(Some(&["filter"])),
];

/// What goes over gRPC only.
pub(in crate::google) static LIST_BUCKETS: Method = method(
    ("storage", "buckets.list"),
    "/google.storage.v2.Storage/ListBuckets",
    &["storage.googleapis.com/Bucket"],
    list("buckets", Down::NamesIf("unreachable", "returnPartialSuccess")),
)
.needs(
    "storage.buckets.list",
    &[
        "cloud-platform",
        "cloud-platform.read-only",
        "devstorage.full_control",
        "devstorage.read_only",
        "devstorage.read_write",
    ],
)
.paged(pages(1000, 1000))
.takes(None);

/// The same of either of the two services that have it.
pub(in crate::google) static BUCKET_POLICY: Method = method(
    ("storage", "buckets.getIamPolicy"),
    "/google.storage.control.v2.StorageControl/GetIamPolicy",
    &["storage.googleapis.com/Bucket"],
    Answer::Policy("{bucket}"),
)
.needs("storage.buckets.getIamPolicy", &["cloud-platform", "devstorage.full_control"])
.takes(None);

//! The world of these tests: two projects in folders, one beside.

use serde_json::{Value, json};
use tenko_testkit::google::{Folder, Organization, Project, Resource, World};

pub(crate) const PROD: &str = "acme-prod";
pub(crate) const TEST: &str = "acme-test";

pub(crate) fn world() -> World {
    World::default()
        .organization(Organization::new("456", "acme.example"))
        .folder(Folder::new("1", "organizations/456", "Products"))
        .folder(Folder::new("2", "folders/1", "Production"))
        .with(prod())
        .with(Project::new(TEST, "1002").under("folders/1").with(topic(TEST, "only")))
        .with(Project::new("alone", "1003"))
}

fn prod() -> Project {
    let mut project = Project::new(PROD, "1001").under("folders/2");
    for n in 0..5 {
        let zone = if n < 3 { "europe-west3-a" } else { "us-central1-a" };
        project = project.with(instance(&format!("vm-{n}"), zone));
        project = project.with(topic(PROD, &format!("topic-{n}")));
        project = project.with(firewall(&format!("rule-{n}")));
        project = project.with(service(&format!("svc-{n}")));
        project = project.with(bucket(&format!("bucket-{n}")).policy(policy()));
        project = project.with(dataset(&format!("set_{n}")));
    }
    let account = json!({
        "name": "projects/acme-prod/serviceAccounts/app@acme-prod.iam.gserviceaccount.com",
        "projectId": PROD,
        "email": "app@acme-prod.iam.gserviceaccount.com",
        "uniqueId": "117",
        "etag": "MDEwMjE5MjA=",
    });
    let key = json!({
        "name": "projects/acme-prod/serviceAccounts/app@acme-prod.iam.gserviceaccount.com/keys/k1",
        "keyType": "USER_MANAGED",
        "validAfterTime": "2026-01-01T00:00:00Z",
        "disabled": false,
    });
    let role = json!({
        "name": "projects/acme-prod/roles/auditor",
        "title": "Auditor",
        "includedPermissions": ["storage.buckets.list"],
        "etag": "BwX=",
    });
    let cluster = json!({
        "name": "main",
        "location": "europe-west3",
        "legacyAbac": { "enabled": false },
        "initialNodeCount": 3,
    });
    project
        .with(Resource::new("iam.googleapis.com/ServiceAccount", account).policy(policy()))
        .with(Resource::new("iam.googleapis.com/ServiceAccountKey", key))
        .with(Resource::new("iam.googleapis.com/Role", role))
        .with(Resource::new("container.googleapis.com/Cluster", cluster))
}

pub(crate) fn topic(project: &str, name: &str) -> Resource {
    let name = format!("projects/{project}/topics/{name}");
    Resource::new("pubsub.googleapis.com/Topic", json!({ "name": name })).policy(policy())
}

fn instance(name: &str, zone: &str) -> Resource {
    let base = "https://www.googleapis.com/compute/v1/projects/acme-prod";
    let rest = json!({
        "kind": "compute#instance",
        "name": name,
        "zone": format!("{base}/zones/{zone}"),
        "selfLink": format!("{base}/zones/{zone}/instances/{name}"),
        "disks": [{ "kind": "compute#attachedDisk", "index": 0, "boot": true }],
        "labels": { "kind": "web" },
    });
    Resource::new("compute.googleapis.com/Instance", rest)
}

fn firewall(name: &str) -> Resource {
    let base = "https://www.googleapis.com/compute/v1/projects/acme-prod";
    let rest = json!({
        "kind": "compute#firewall",
        "name": name,
        "selfLink": format!("{base}/global/firewalls/{name}"),
        "sourceRanges": ["10.0.0.0/8"],
    });
    Resource::new("compute.googleapis.com/Firewall", rest)
}

fn service(name: &str) -> Resource {
    let rest = json!({
        "apiVersion": "serving.knative.dev/v1",
        "metadata": {
            "name": name,
            "namespace": "1001",
            "labels": { "cloud.googleapis.com/location": "europe-west3" },
        },
    });
    Resource::new("run.googleapis.com/Service", rest)
}

fn dataset(id: &str) -> Resource {
    let rest = json!({
        "kind": "bigquery#dataset",
        "id": format!("acme-prod:{id}"),
        "datasetReference": { "projectId": PROD, "datasetId": id },
        "location": "EU",
        "access": [{ "role": "OWNER", "specialGroup": "projectOwners" }],
    });
    Resource::new("bigquery.googleapis.com/Dataset", rest)
}

pub(crate) fn bucket(name: &str) -> Resource {
    let rest = json!({
        "kind": "storage#bucket",
        "name": name,
        "id": name,
        "projectNumber": "1001",
        "metageneration": "7",
        "location": "EUROPE-WEST3",
        "locationType": "region",
        "storageClass": "STANDARD",
        "etag": "CAc=",
        "timeCreated": "2026-01-02T03:04:05.678Z",
        "updated": "2026-02-02T03:04:05Z",
        "acl": [{ "entity": "project-owners-1001", "role": "OWNER" }],
        "labels": { "env": "prod" },
        "versioning": { "enabled": true },
        "logging": { "logBucket": "logs", "logObjectPrefix": "a" },
        "encryption": { "defaultKmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k" },
        "retentionPolicy": { "retentionPeriod": "3600", "isLocked": true },
        "softDeletePolicy": { "retentionDurationSeconds": "604800" },
        "iamConfiguration": {
            "uniformBucketLevelAccess": { "enabled": true, "lockedTime": "2026-04-02T03:04:05Z" },
            "publicAccessPrevention": "enforced",
        },
        "lifecycle": { "rule": [{
            "action": { "type": "Delete" },
            "condition": { "age": 30, "createdBefore": "2026-01-31", "isLive": false },
        }] },
        "website": { "mainPageSuffix": "index.html" },
        "cors": [{ "origin": ["*"], "method": ["GET"], "maxAgeSeconds": 60 }],
        "hierarchicalNamespace": { "enabled": true },
        "objectRetention": { "mode": "Enabled" },
    });
    Resource::new("storage.googleapis.com/Bucket", rest)
}

pub(crate) fn policy() -> Value {
    json!({
        "version": 3,
        "etag": "BwWKmjvelug=",
        "bindings": [
            { "role": "roles/viewer", "members": ["user:a@acme.example"] },
            {
                "role": "roles/editor",
                "members": ["user:b@acme.example"],
                "condition": { "expression": "request.time < timestamp('2027-01-01T00:00:00Z')", "title": "soon over" },
            },
        ],
    })
}

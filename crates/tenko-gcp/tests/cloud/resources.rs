//! The resources of the tests' projects: three of most types, in several zones and regions.

use serde_json::{Value, json};
use tenko_testkit::google::{Project, Resource};

const LINK: &str = "https://www.googleapis.com/compute/v1/projects";
/// Two zones of one region, and one far away.
const ZONES: [&str; 3] = ["europe-west3-a", "europe-west3-b", "us-central1-a"];
const REGIONS: [&str; 3] = ["europe-west3", "us-central1", "us-east1"];
const NAMES: [&str; 3] = ["api", "batch", "web"];

/// Adds resources of every type to a project.
pub(crate) fn fill(project: Project) -> Project {
    let policy = json!({ "version": 1, "etag": "BwXhqDVUoXk=", "bindings": [
        { "role": "roles/viewer", "members": ["group:staff@acme.example"] },
        { "role": "roles/editor", "members": ["user:ops@acme.example", "group:ops@acme.example"] },
    ]});
    let project = Project { iam_policy: Some(policy.clone()), ..project };
    let (id, number) = (project.id.clone(), project.number.clone());
    let resources = [
        compute(&id),
        identity(&id, &number, &policy),
        messages(&id, &policy),
        stores(&id, &number, &policy),
        services(&id, &number, &policy),
        account_wide(&id, &number),
    ];
    resources.into_iter().flatten().fold(project, Project::with)
}

fn compute(id: &str) -> Vec<Resource> {
    let mut all = Vec::new();
    let mut add = |kind: &str, place: &str, collection: &str, index: usize, more: Value| {
        let name = NAMES[index];
        let mut rest = json!({
            "kind": format!("compute#{collection}"),
            "id": format!("10000000000000000{index}"),
            "name": name,
            "creationTimestamp": "2025-03-22T23:30:54.932-07:00",
            "selfLink": format!("{LINK}/{id}/{place}/{collection}/{name}"),
        });
        let map = rest.as_object_mut().unwrap();
        match place.split_once('/') {
            Some(("zones", _)) => {
                _ = map.insert("zone".into(), json!(format!("{LINK}/{id}/{place}")))
            }
            Some(("regions", _)) => {
                map.insert("region".into(), json!(format!("{LINK}/{id}/{place}")));
            }
            _ => {}
        }
        map.extend(more.as_object().unwrap().clone());
        all.push(Resource::new(&format!("compute.googleapis.com/{kind}"), rest));
    };
    for index in 0..3 {
        let zone = format!("zones/{}", ZONES[index]);
        let region = format!("regions/{}", REGIONS[index]);
        let network = format!("{LINK}/{id}/global/networks/{}", NAMES[index]);
        let machine = json!({
            "machineType": format!("{LINK}/{id}/{zone}/machineTypes/e2-small"), "status": "RUNNING",
            "labels": { "env": "prod" }, "tags": { "items": ["b", "a"], "fingerprint": "6sm=" },
            "metadata": { "items": [{ "key": "startup-script", "value": "hunter2" }] },
        });
        add("Instance", &zone, "instances", index, machine);
        add("Disk", &zone, "disks", index, json!({ "sizeGb": "20", "status": "READY" }));
        add("RegionDisk", &region, "disks", index, json!({ "sizeGb": "200", "status": "READY" }));
        let manager = json!({ "targetSize": 2, "baseInstanceName": "w" });
        add("InstanceGroupManager", &zone, "instanceGroupManagers", index, manager);
        let subnet = json!({ "network": network, "ipCidrRange": format!("10.{index}.0.0/20") });
        add("Subnetwork", &region, "subnetworks", index, subnet);
        let address = json!({ "address": format!("203.0.113.{index}"), "status": "RESERVED" });
        add("Address", &region, "addresses", index, address.clone());
        add("GlobalAddress", "global", "addresses", index, address);
        let rule = json!({ "IPAddress": "10.0.0.9", "IPProtocol": "TCP", "portRange": "443-443" });
        add("ForwardingRule", &region, "forwardingRules", index, rule.clone());
        add("GlobalForwardingRule", "global", "forwardingRules", index, rule);
        add("Network", "global", "networks", index, json!({ "autoCreateSubnetworks": false }));
        let firewall = json!({
            "network": network, "direction": "INGRESS", "sourceRanges": ["10.0.0.0/8", "0.0.0.0/0"],
            "allowed": [{ "IPProtocol": "tcp", "ports": ["22"] }], "priority": 1000,
        });
        add("Firewall", "global", "firewalls", index, firewall);
        let route = json!({ "network": network, "destRange": "10.8.0.0/16", "priority": 900 });
        add("Route", "global", "routes", index, route);
    }
    all
}

fn identity(id: &str, number: &str, policy: &Value) -> Vec<Resource> {
    let mut all = Vec::new();
    let mut add = |kind: &str, rest: Value| {
        all.push(Resource::new(&format!("iam.googleapis.com/{kind}"), rest));
    };
    for (index, name) in NAMES.into_iter().enumerate() {
        let role = json!({
            "name": format!("projects/{id}/roles/{name}"), "title": name, "stage": "GA",
            "includedPermissions": ["run.services.update", "run.services.get"],
        });
        add("Role", role);
        let pool = json!({
            "name": format!("projects/{number}/locations/global/workloadIdentityPools/{name}"),
            "displayName": name, "state": "ACTIVE",
        });
        add("WorkloadIdentityPool", pool);
        // All but one in the first pool.
        let within = if index < 2 { "api" } else { "web" };
        let provider = json!({
            "name": format!(
                "projects/{number}/locations/global/workloadIdentityPools/{within}/providers/p{index}"
            ),
            "state": "ACTIVE", "attributeMapping": { "google.subject": "assertion.sub" },
            "oidc": { "issuerUri": "https://issuer.example.com" },
        });
        add("WorkloadIdentityPoolProvider", provider);
        let email = account(name, id);
        for serial in 0..=(index % 2) {
            let key = json!({
                "name": format!("projects/{id}/serviceAccounts/{email}/keys/{index}{serial}cdef"),
                "keyAlgorithm": "KEY_ALG_RSA_2048", "keyOrigin": "GOOGLE_PROVIDED",
                "keyType": "USER_MANAGED", "validAfterTime": "2024-04-05T06:07:08Z",
                "validBeforeTime": "9999-12-31T23:59:59Z",
            });
            add("ServiceAccountKey", key);
        }
    }
    for (index, name) in NAMES.into_iter().enumerate() {
        let email = account(name, id);
        let rest = json!({
            "name": format!("projects/{id}/serviceAccounts/{email}"), "projectId": id,
            "uniqueId": format!("10000000000000{number}{index}"), "email": email, "displayName": name,
        });
        let resource = Resource::new("iam.googleapis.com/ServiceAccount", rest);
        all.push(resource.policy(policy.clone()));
    }
    all
}

/// The address of a service account.
pub(crate) fn account(name: &str, project: &str) -> String {
    format!("{name}@{project}.iam.gserviceaccount.com")
}

fn messages(id: &str, policy: &Value) -> Vec<Resource> {
    let mut all = Vec::new();
    for name in NAMES {
        let topic = format!("projects/{id}/topics/{name}");
        let rest = json!({ "name": topic, "labels": { "env": "prod" }, "state": "ACTIVE" });
        all.push(Resource::new("pubsub.googleapis.com/Topic", rest).policy(policy.clone()));
        let rest = json!({
            "name": format!("projects/{id}/subscriptions/{name}"), "topic": topic,
            "pushConfig": {}, "ackDeadlineSeconds": 10, "state": "ACTIVE",
        });
        all.push(Resource::new("pubsub.googleapis.com/Subscription", rest).policy(policy.clone()));
    }
    all
}

fn stores(id: &str, number: &str, policy: &Value) -> Vec<Resource> {
    let mut all = Vec::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        let bucket = json!({
            "kind": "storage#bucket", "id": format!("{id}-{name}"), "name": format!("{id}-{name}"),
            "projectNumber": number, "metageneration": "7", "storageClass": "NEARLINE",
            "location": REGIONS[index].to_uppercase(), "locationType": "region", "etag": "CAc=",
            "timeCreated": "2024-02-29T08:15:30.123Z", "updated": "2025-05-01T00:00:00Z",
            "labels": { "env": "prod" }, "versioning": { "enabled": true },
        });
        all.push(Resource::new("storage.googleapis.com/Bucket", bucket).policy(policy.clone()));
        let dataset = json!({
            "kind": "bigquery#dataset", "etag": "e", "id": format!("{id}:{name}"),
            "datasetReference": { "datasetId": name, "projectId": id }, "location": REGIONS[index],
            "creationTime": "1700000000123", "lastModifiedTime": "1760000000000", "type": "DEFAULT",
            "access": [{ "role": "READER", "specialGroup": "projectReaders" }],
        });
        all.push(Resource::new("bigquery.googleapis.com/Dataset", dataset));
        let database = json!({
            "kind": "sql#instance", "name": name, "project": id, "region": REGIONS[index],
            "state": "RUNNABLE", "databaseVersion": "POSTGRES_16", "createTime": "2024-09-09T09:09:09Z",
            "settings": { "tier": "db-f1-micro", "userLabels": { "env": "prod" } },
            "ipAddresses": [{ "type": "PRIMARY", "ipAddress": "203.0.113.77" }],
        });
        all.push(Resource::new("sqladmin.googleapis.com/Instance", database));
        let spanner = json!({
            "name": format!("projects/{id}/instances/{name}"), "displayName": name, "state": "READY",
            "config": format!("projects/{id}/instanceConfigs/regional-{}", REGIONS[index]),
            "nodeCount": 1, "processingUnits": 1000, "createTime": "2024-09-09T09:09:09.123456Z",
        });
        all.push(Resource::new("spanner.googleapis.com/Instance", spanner));
    }
    all
}

fn services(id: &str, number: &str, policy: &Value) -> Vec<Resource> {
    let mut all = Vec::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        let cluster = json!({
            "name": name, "location": REGIONS[index], "status": "RUNNING",
            "selfLink": format!(
                "https://container.googleapis.com/v1/projects/{id}/locations/{}/clusters/{name}",
                REGIONS[index]
            ),
            "createTime": "2024-09-09T09:09:09Z", "resourceLabels": { "env": "prod" },
        });
        all.push(Resource::new("container.googleapis.com/Cluster", cluster));
        let service = json!({
            "apiVersion": "serving.knative.dev/v1", "kind": "Service",
            "metadata": {
                "name": name, "namespace": number, "creationTimestamp": "2025-02-03T04:05:06.789012Z",
                "labels": { "env": "prod", "cloud.googleapis.com/location": REGIONS[index] },
            },
            "spec": { "template": { "spec": { "containers": [
                { "image": "europe-docker.pkg.dev/acme/api", "env": [{ "name": "A", "value": "hunter2" }] },
            ] } } },
        });
        all.push(Resource::new("run.googleapis.com/Service", service).policy(policy.clone()));
    }
    for api in ["compute", "pubsub", "storage"] {
        let rest = json!({
            "name": format!("projects/{number}/services/{api}.googleapis.com"),
            "parent": format!("projects/{number}"), "state": "ENABLED",
            "config": { "name": format!("{api}.googleapis.com") },
        });
        all.push(Resource::new("serviceusage.googleapis.com/Service", rest));
    }
    all
}

/// What holds for the project as a whole.
fn account_wide(id: &str, number: &str) -> Vec<Resource> {
    let mut all = Vec::new();
    for (index, name) in NAMES.into_iter().enumerate() {
        let contact = json!({
            "name": format!("projects/{number}/contacts/{index}"), "email": format!("{name}@acme.example"),
            "notificationCategorySubscriptions": ["SECURITY", "BILLING"], "languageTag": "en",
            "validationState": "VALID", "validateTime": "2025-02-16T19:44:02.003641Z",
        });
        all.push(Resource::new("essentialcontacts.googleapis.com/Contact", contact));
        let region = json!({
            "kind": "compute#region", "id": format!("100{index}"), "name": REGIONS[index], "status": "UP",
            "quotas": [{ "metric": "CPUS", "limit": 24.0, "usage": 2.0 }],
            "selfLink": format!("{LINK}/{id}/regions/{}", REGIONS[index]),
        });
        all.push(Resource::new("compute.googleapis.com/Region", region));
    }
    let policy = json!({
        "name": format!("projects/{number}/policies/sql.restrictPublicIp"), "etag": "CMz=",
        "spec": { "etag": "CMz=", "rules": [{ "enforce": true }] },
    });
    all.push(Resource::new("orgpolicy.googleapis.com/Policy", policy));
    let project = json!({
        "quotas": [{ "metric": "NETWORKS", "limit": 5.0, "usage": 3.0 }],
        "commonInstanceMetadata": { "items": [{ "key": "ssh-keys", "value": "hunter2" }] },
    });
    all.push(Resource::new("compute.googleapis.com/Project", project));
    all
}

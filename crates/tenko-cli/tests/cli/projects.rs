//! A simulated Google Cloud to run against.

use serde_json::json;
use tenko_testkit::google::{
    Folder, Organization, Project, Resource, SimGoogle, World, adc_json, endpoint_variables,
};
use tenko_testkit::sim::SimCloud;

use crate::clouds;
use crate::tool::Tool;

pub(crate) const ACME: &str = "acme-prod";
pub(crate) const GLOBEX: &str = "globex-prod";
pub(crate) const BUCKET: &str = "storage.googleapis.com/Bucket";
pub(crate) const TOPIC: &str = "pubsub.googleapis.com/Topic";
const FIREWALL: &str = "compute.googleapis.com/Firewall";

fn bucket(name: &str, prevention: &str) -> Resource {
    let rest = json!({
        "kind": "storage#bucket", "id": name, "name": name, "location": "EU",
        "locationType": "multi-region", "storageClass": "STANDARD", "projectNumber": "1001",
        "timeCreated": "2025-11-04T09:12:00.000Z", "updated": "2025-11-04T09:12:00.000Z",
        "metageneration": "1", "labels": { "team": "web" },
        "iamConfiguration": {
            "uniformBucketLevelAccess": { "enabled": true }, "publicAccessPrevention": prevention,
        },
    });
    let members =
        json!([{ "role": "roles/storage.objectViewer", "members": ["user:a@acme.example"] }]);
    Resource::new(BUCKET, rest).policy(json!({ "version": 1, "bindings": members }))
}

fn topic(project: &str, name: &str) -> Resource {
    Resource::new(TOPIC, json!({ "name": format!("projects/{project}/topics/{name}") }))
}

fn firewall(project: &str, name: &str) -> Resource {
    let base = format!("https://www.googleapis.com/compute/v1/projects/{project}/global");
    let rest = json!({
        "kind": "compute#firewall", "id": "8834567890123456781", "name": name,
        "creationTimestamp": "2025-11-04T01:12:00.000-08:00", "network": format!("{base}/networks/main"),
        "priority": 1000, "direction": "INGRESS", "sourceRanges": ["0.0.0.0/0"],
        "allowed": [{ "IPProtocol": "tcp", "ports": ["22"] }], "disabled": false,
        "selfLink": format!("{base}/firewalls/{name}"),
    });
    Resource::new(FIREWALL, rest)
}

/// Beside each production account of AWS a project with the same name.
fn world() -> World {
    let project = |id: &str, number: &str, name: &str| {
        let mut project = Project::new(id, number).under("folders/10");
        project.name = name.to_owned();
        project
    };
    let acme = project(ACME, "1001", "acme-production")
        .with(bucket("acme-prod-web", "enforced"))
        .with(bucket("acme-prod-logs", "enforced"))
        .with(topic(ACME, "orders"))
        .with(topic(ACME, "invoices"));
    let globex = project(GLOBEX, "1002", "globex-production").with(topic(GLOBEX, "scores"));
    World::default()
        .organization(Organization::new("456", "acme.example"))
        .folder(Folder::new("10", "organizations/456", "Production"))
        .with(acme)
        .with(globex)
}

/// A tool that is led to the cloud, with a login for it.
pub(crate) fn led_to(cloud: &SimGoogle, tool: Tool) -> Tool {
    let file = tool.home().join("adc.json");
    std::fs::write(&file, adc_json(cloud).to_string()).unwrap();
    let tool = tool.env("GOOGLE_APPLICATION_CREDENTIALS", file.to_str().unwrap());
    endpoint_variables(cloud).iter().fold(tool, |tool, (name, value)| tool.env(name, value))
}

/// Google Cloud alone. AWS is set up in a way that nothing could come of.
pub(crate) async fn alone() -> (SimGoogle, Tool) {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let tool = Tool::new().at("http://127.0.0.1:9", "AKIANOBODY").env("AWS_PROFILE", "gone");
    let tool = led_to(&cloud, tool);
    (cloud, tool)
}

pub(crate) async fn both() -> (SimCloud, SimGoogle, Tool) {
    let (aws, tool) = clouds::serve().await;
    let google = SimGoogle::start(world()).await.unwrap();
    let tool = led_to(&google, tool);
    (aws, google, tool)
}

/// A bucket changes, a topic goes, a firewall rule comes.
pub(crate) fn change(cloud: &SimGoogle) {
    cloud.update(|world| {
        let acme = world.project_mut(ACME).unwrap();
        acme.resources.retain(|r| r.rest["name"] != "projects/acme-prod/topics/invoices");
        acme.resources.retain(|r| r.rest["name"] != "acme-prod-web");
        acme.resources.push(bucket("acme-prod-web", "inherited"));
        acme.resources.push(firewall(ACME, "allow-ssh"));
    });
}

/// Nobody may read the project any more.
pub(crate) fn lock(cloud: &SimGoogle, project: &str) {
    cloud.update(|world| world.project_mut(project).unwrap().readers = Some(Vec::new()));
}

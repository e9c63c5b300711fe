//! What holds for a project because it is set on it or above it.

use serde_json::{Value, json};
use tenko_testkit::google::{Folder, Organization, Project, Resource, SimGoogle, World};

use super::client::{get, json, pages};

const CONTACT: &str = "essentialcontacts.googleapis.com/Contact";
const POLICY: &str = "orgpolicy.googleapis.com/Policy";

fn contact(parent: &str, id: u32, category: &str) -> Resource {
    let rest = json!({
        "name": format!("{parent}/contacts/{id}"), "email": "x@acme.example",
        "notificationCategorySubscriptions": [category],
    });
    Resource::new(CONTACT, rest)
}

fn policy(parent: &str, constraint: &str, spec: Value) -> Resource {
    let name = format!("{parent}/policies/{constraint}");
    Resource::new(POLICY, json!({ "name": name, "etag": "e", "spec": spec }))
}

async fn start() -> SimGoogle {
    let mut organization = Organization::new("456", "acme.example");
    organization.resources = vec![
        contact("organizations/456", 1, "BILLING"),
        policy(
            "organizations/456",
            "sql.restrictPublicIp",
            json!({ "etag": "e", "rules": [{ "enforce": true }] }),
        ),
        policy(
            "organizations/456",
            "storage.publicAccessPrevention",
            json!({ "rules": [{ "enforce": true }] }),
        ),
    ];
    let mut folder = Folder::new("1", "organizations/456", "Products");
    folder.resources = vec![
        contact("folders/1", 2, "SECURITY"),
        policy("folders/1", "storage.publicAccessPrevention", json!({ "reset": true })),
    ];
    let own = contact("projects/1001", 3, "ALL");
    let world = World::default()
        .organization(organization)
        .folder(folder)
        .with(Project::new("acme-prod", "1001").under("folders/1").with(own))
        .with(Project::new("alone", "1002"));
    SimGoogle::start(world).await.unwrap()
}

async fn contacts(cloud: &SimGoogle, project: &str, query: &str) -> Vec<String> {
    let path = format!("/v1/projects/{project}/contacts:compute?{query}");
    let mut names = Vec::new();
    for page in pages(cloud, &path, "pageToken", "/nextPageToken").await {
        let all = page["contacts"].as_array().cloned().unwrap_or_default();
        names.extend(all.iter().map(|c| c["name"].as_str().unwrap().to_owned()));
    }
    names
}

#[tokio::test]
async fn contacts_above_hold_below() {
    let cloud = start().await;
    let all = ["projects/1001/contacts/3", "folders/1/contacts/2", "organizations/456/contacts/1"];
    for size in [Some(1), Some(2), None] {
        cloud.update(|world| world.page_size = size);
        let asked = "notificationCategories=ALL";
        assert_eq!(contacts(&cloud, "acme-prod", asked).await, all, "{size:?}");
        assert!(contacts(&cloud, "alone", asked).await.is_empty());
    }
    let asked = "notificationCategories=BILLING&notificationCategories=LEGAL";
    assert_eq!(contacts(&cloud, "1001", asked).await, [all[2]]);
}

#[tokio::test]
async fn the_closest_policy_counts() {
    let cloud = start().await;
    let rules = |project: &'static str, constraint: &'static str| {
        let path = format!("/v2/projects/{project}/policies/{constraint}:getEffectivePolicy");
        let cloud = &cloud;
        async move {
            let policy = json(cloud, &path).await;
            let number = if project == "alone" { "1002" } else { "1001" };
            assert_eq!(policy["name"], format!("projects/{number}/policies/{constraint}"));
            assert_eq!((policy.get("etag"), policy["spec"].get("etag")), (None, None));
            policy["spec"]["rules"].clone()
        }
    };
    let (on, off) = (json!([{ "enforce": true }]), json!([{ "enforce": false }]));
    assert_eq!(rules("acme-prod", "sql.restrictPublicIp").await, on);
    assert_eq!(rules("alone", "sql.restrictPublicIp").await, off);
    // The folder goes back to the default.
    assert_eq!(rules("acme-prod", "storage.publicAccessPrevention").await, off);
    assert_eq!(
        rules("acme-prod", "compute.vmExternalIpAccess").await,
        json!([{ "allowAll": true }])
    );
    let gone = "/v2/projects/acme-prod/policies/compute.nonsense:getEffectivePolicy";
    assert_eq!(get(&cloud, gone).await.unwrap().status, 404);
}

#[tokio::test]
async fn asset_inventory_has_what_is_set_and_not_what_holds() {
    let cloud = start().await;
    let asked =
        |of: &str| format!("/v1/organizations/456/assets?contentType=RESOURCE&assetTypes={of}");
    let found = json(&cloud, &asked(CONTACT)).await;
    assert_eq!(found["assets"].as_array().unwrap().len(), 3);
    for none in ["orgpolicy.googleapis.com/EffectivePolicy", "compute.googleapis.com/Region"] {
        assert_eq!(get(&cloud, &asked(none)).await.unwrap().status, 400, "{none}");
    }
}

#[tokio::test]
async fn compute_engine_has_a_part_of_each_project() {
    let cloud = start().await;
    let quotas = json!([{ "metric": "NETWORKS", "limit": 5.0, "usage": 1.0 }]);
    let own = Resource::new("compute.googleapis.com/Project", json!({ "quotas": quotas }));
    cloud.update(|world| world.project_mut("alone").unwrap().resources.push(own));
    let alone = json(&cloud, "/compute/v1/projects/alone").await;
    assert_eq!((&alone["name"], &alone["quotas"]), (&json!("alone"), &quotas));
    let plain = json(&cloud, "/compute/v1/projects/1001").await;
    assert_eq!((&plain["name"], plain.get("quotas")), (&json!("acme-prod"), None));
}

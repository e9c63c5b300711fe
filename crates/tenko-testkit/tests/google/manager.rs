//! Resource Manager.

use serde_json::Value;
use tenko_testkit::google::{AUDITOR, SimGoogle};

use super::client::{get, json, pages, post};
use super::world::world;

fn ids(list: &Value, member: &str) -> Vec<String> {
    let list = list[member].as_array().into_iter().flatten();
    list.map(|v| v.get("projectId").unwrap_or(&v["name"]).as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_tree_is_walked() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let found = json(&cloud, "/v3/organizations:search?$alt=json;enum-encoding=int").await;
    assert_eq!(ids(&found, "organizations"), ["organizations/456"]);
    assert_eq!(json(&cloud, "/v3/organizations/456").await["displayName"], "acme.example");
    let found = json(&cloud, "/v3/folders?parent=organizations%2F456").await;
    assert_eq!(ids(&found, "folders"), ["folders/1"]);
    assert_eq!(json(&cloud, "/v3/folders/2").await["parent"], "folders/1");
    assert_eq!(
        ids(&json(&cloud, "/v3/projects?parent=folders/1").await, "projects"),
        ["acme-test"]
    );
    assert_eq!(json(&cloud, "/v3/projects/1001").await["projectId"], "acme-prod");
    let old = json(&cloud, "/v1/projects/acme-prod").await;
    assert_eq!((&old["projectNumber"], &old["parent"]["type"]), (&"1001".into(), &"folder".into()));
    assert_eq!(get(&cloud, "/v3/projects/stranger").await.unwrap().status, 403);
    assert_eq!(get(&cloud, "/v3/folders").await.unwrap().status, 400);
}

#[tokio::test]
async fn projects_on_their_way_out_are_shown_on_request() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    cloud.update(|world| world.project_mut("acme-test").unwrap().state = "DELETE_REQUESTED".into());
    assert!(ids(&json(&cloud, "/v3/projects?parent=folders/1").await, "projects").is_empty());
    let all = json(&cloud, "/v3/projects?parent=folders/1&showDeleted=true").await;
    assert_eq!(all["projects"][0]["state"], "DELETE_REQUESTED");
    assert_eq!(json(&cloud, "/v3/projects/acme-test").await["state"], "DELETE_REQUESTED");
}

#[tokio::test]
async fn pages_and_policies() {
    let mut world = world();
    world.page_size = Some(1);
    let policy =
        serde_json::json!({ "bindings": [{ "role": "roles/owner", "members": ["user:a@b.c"] }] });
    world.project_mut("acme-prod").unwrap().iam_policy = Some(policy);
    let cloud = SimGoogle::start(world).await.unwrap();
    let all = pages(&cloud, "/v3/projects:search", "pageToken", "/nextPageToken").await;
    assert_eq!(all.iter().map(|page| ids(page, "projects")).collect::<Vec<_>>().concat().len(), 3);
    let token = cloud.token(AUDITOR);
    let path = "/v1/projects/acme-prod:getIamPolicy";
    let reply = post(&cloud, Some(&token), path, "application/json", "{}".into()).await.unwrap();
    assert_eq!(reply.json()["bindings"][0]["role"], "roles/owner");
}

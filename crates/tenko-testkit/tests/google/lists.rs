//! Lists and gets of the services.

use std::collections::BTreeSet;

use serde_json::Value;
use tenko_testkit::google::SimGoogle;

use super::client::{get, json, pages};
use super::world::{PROD, world};

const SIZES: [Option<usize>; 4] = [Some(1), Some(2), Some(7), None];

/// Names in a member of every page; each must come once.
fn names(pages: &[Value], member: &str, name: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for page in pages {
        for item in page[member].as_array().into_iter().flatten() {
            let name = item.pointer(name).unwrap().as_str().unwrap().to_owned();
            assert!(all.insert(name.clone()), "{name} came twice");
        }
    }
    all
}

#[tokio::test]
async fn every_resource_comes_once_at_every_page_size() {
    for size in SIZES {
        let mut world = world();
        world.page_size = size;
        let cloud = SimGoogle::start(world).await.unwrap();
        let lists = [
            ("/compute/v1/projects/acme-prod/global/firewalls", "items", "/name", 5),
            ("/v1/projects/acme-prod/topics?pageSize=&pageToken=", "topics", "/name", 5),
            ("/bigquery/v2/projects/acme-prod/datasets", "datasets", "/id", 5),
            ("/v1/projects/acme-prod/serviceAccounts?pageSize=0", "accounts", "/email", 1),
            ("/v1/projects/1001/locations/-/clusters", "clusters", "/name", 1),
        ];
        for (path, member, name, count) in lists {
            let path = path.replace("&pageToken=", "");
            let all = pages(&cloud, &path, "pageToken", "/nextPageToken").await;
            assert_eq!(names(&all, member, name).len(), count, "{path} {size:?}");
        }
        let run = "/v1/projects/acme-prod/locations/-/services";
        let all = pages(&cloud, run, "continue", "/metadata/continue").await;
        assert_eq!(names(&all, "items", "/metadata/name").len(), 5);
        let path = "/compute/v1/projects/acme-prod/aggregated/instances";
        let all = pages(&cloud, path, "pageToken", "/nextPageToken").await;
        let mut found = Vec::new();
        for page in &all {
            for (scope, list) in page["items"].as_object().unwrap() {
                let here = list["instances"].as_array().into_iter().flatten();
                found.extend(here.map(|i| (scope.clone(), i["name"].to_string())));
                if list.get("instances").is_none() {
                    assert_eq!(list["warning"]["code"], "NO_RESULTS_ON_PAGE");
                }
            }
        }
        assert_eq!(found.len(), 5, "{size:?}");
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 5);
        assert!(found.iter().all(|(scope, _)| scope.starts_with("zones/")));
    }
}

#[tokio::test]
async fn callers_choose_the_size_of_pages() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let page = json(&cloud, "/v1/projects/acme-prod/topics?pageSize=2").await;
    assert_eq!(page["topics"].as_array().unwrap().len(), 2);
    let path = "/compute/v1/projects/acme-prod/global/firewalls?maxResults=501";
    assert_eq!(get(&cloud, path).await.unwrap().status, 400);
    let other = "/v1/projects/acme-test/topics?pageToken=";
    let token = page["nextPageToken"].as_str().unwrap().replace('+', "%2B");
    let reply = get(&cloud, &format!("{other}{token}")).await.unwrap();
    assert_eq!(reply.status, 400, "a token of another list");
}

#[tokio::test]
async fn summaries_views_and_single_resources() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let list = json(&cloud, "/bigquery/v2/projects/acme-prod/datasets?all=true").await;
    assert!(list["datasets"][0].get("access").is_none());
    let one = json(&cloud, "/bigquery/v2/projects/acme-prod/datasets/set_3").await;
    assert_eq!(one["access"][0]["role"], "OWNER");
    let roles = json(&cloud, "/v1/projects/acme-prod/roles").await;
    assert!(roles["roles"][0].get("includedPermissions").is_none());
    let roles = json(&cloud, "/v1/projects/acme-prod/roles?view=FULL").await;
    assert_eq!(roles["roles"][0]["includedPermissions"][0], "storage.buckets.list");
    for account in ["117", "app%40acme-prod.iam.gserviceaccount.com"] {
        for project in [PROD, "-"] {
            let path = format!("/v1/projects/{project}/serviceAccounts/{account}/keys");
            let keys = json(&cloud, &format!("{path}?keyTypes=USER_MANAGED")).await;
            assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        }
    }
    let path =
        "/v1/projects/acme-prod/serviceAccounts?fields=accounts(email,uniqueId),nextPageToken";
    let one = json(&cloud, path).await["accounts"][0].clone();
    assert_eq!(one.as_object().unwrap().len(), 2);
    let empty = json(&cloud, "/v1/projects/acme-test/subscriptions").await;
    assert_eq!(empty, serde_json::json!({}));
}

#[tokio::test]
async fn what_is_not_there_is_refused() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    assert_eq!(get(&cloud, "/v1/nothing/here").await.unwrap().status, 404);
    let path = "/compute/v1/projects/acme-prod/global/firewalls?pagesize=3";
    let reply = get(&cloud, path).await.unwrap();
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json()["error"]["status"], "INVALID_ARGUMENT");
    let reply = get(&cloud, "/v1/projects/stranger/topics").await.unwrap();
    assert_eq!(reply.status, 403);
    let reply = get(&cloud, "/bigquery/v2/projects/acme-prod/datasets/none").await.unwrap();
    assert_eq!((reply.status.as_u16(), reply.legacy().as_str()), (404, "notFound"));
}

#[tokio::test]
async fn policies_hide_conditions_from_older_versions() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let path = "/v1/projects/acme-prod/topics/topic-1:getIamPolicy";
    let old = json(&cloud, path).await;
    let role = old["bindings"][1]["role"].as_str().unwrap();
    assert!(role.starts_with("roles/editor_withcond_"));
    let new = json(&cloud, &format!("{path}?options.requestedPolicyVersion=3")).await;
    assert_eq!(new["bindings"][1]["condition"]["title"], "soon over");
}

#[tokio::test]
async fn projects_in_trouble() {
    let mut world = world();
    let prod = world.project_mut(PROD).unwrap();
    prod.disabled_apis = ["compute".to_owned(), "run.googleapis.com".to_owned()].into();
    prod.billing_disabled = true;
    world.project_mut("acme-test").unwrap().vpc_sc = true;
    world.project_mut("alone").unwrap().state = "DELETE_REQUESTED".into();
    let cloud = SimGoogle::start(world).await.unwrap();
    let cases = [
        ("/compute/v1/projects/acme-prod/global/networks", "SERVICE_DISABLED"),
        ("/v1/projects/acme-prod/locations/-/services", "SERVICE_DISABLED"),
        ("/v1/projects/acme-prod/instances", "BILLING_DISABLED"),
        ("/v1/projects/acme-test/topics", "SECURITY_POLICY_VIOLATED"),
        ("/v1/projects/alone/topics", "CONSUMER_INVALID"),
    ];
    for (path, reason) in cases {
        let reply = get(&cloud, path).await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.reason().as_str()), (403, reason), "{path}");
    }
    assert_eq!(get(&cloud, "/v1/projects/acme-prod/topics").await.unwrap().status, 200);
}

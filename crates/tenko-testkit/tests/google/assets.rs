//! Asset Inventory.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json as value};
use tenko_testkit::google::{Organization, Resource, SimGoogle, World};

use super::client::{get, json, pages};
use super::world::{PROD, topic, world};

const RESOURCE: &str = "contentType=RESOURCE";

async fn names(cloud: &SimGoogle, path: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for page in pages(cloud, path, "pageToken", "/nextPageToken").await {
        for asset in page["assets"].as_array().into_iter().flatten() {
            assert!(all.insert(asset["name"].as_str().unwrap().to_owned()), "{asset} came twice");
        }
    }
    all
}

#[tokio::test]
async fn a_root_has_everything_below_it_once() {
    let types = "assetTypes=pubsub.googleapis.com/Topic&assetTypes=compute.googleapis.com/.*";
    let roots =
        [("organizations/456", 16), ("folders/1", 16), ("folders/2", 15), ("projects/1002", 1)];
    for size in [Some(1), Some(2), Some(7), None] {
        let mut world = world();
        world.page_size = size;
        let cloud = SimGoogle::start(world).await.unwrap();
        for (root, count) in roots {
            let path = format!("/v1/{root}/assets?{types}&{RESOURCE}");
            assert_eq!(names(&cloud, &path).await.len(), count, "{root} {size:?}");
        }
    }
}

#[tokio::test]
async fn assets_look_as_the_real_ones_do() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let path = |kind: &str| format!("/v1/organizations/456/assets?assetTypes={kind}&{RESOURCE}");
    let first = |page: Value| page["assets"][0].clone();
    let vm = first(json(&cloud, &path("compute.googleapis.com/Instance")).await);
    assert_eq!(
        vm["name"],
        "//compute.googleapis.com/projects/acme-prod/zones/europe-west3-a/instances/vm-0"
    );
    assert_eq!(
        vm["ancestors"],
        value!(["projects/1001", "folders/2", "folders/1", "organizations/456"])
    );
    let resource = &vm["resource"];
    assert_eq!(resource["parent"], "//cloudresourcemanager.googleapis.com/projects/1001");
    assert_eq!(resource["location"], "europe-west3-a");
    let data = &resource["data"];
    assert!(data.get("kind").is_none() && data["disks"][0].get("kind").is_none());
    assert_eq!(data["labels"]["kind"], "web");
    assert_eq!(data["disk"], data["disks"]);
    assert!(data["disks"][0]["index"].is_f64());
    let bucket = first(json(&cloud, &path("storage.googleapis.com/Bucket")).await);
    assert_eq!(bucket["name"], "//storage.googleapis.com/bucket-0");
    assert_eq!(bucket["resource"]["data"]["metageneration"], 7.0);
    assert_eq!(bucket["resource"]["data"]["billing"], value!({}));
    let key = first(json(&cloud, &path("iam.googleapis.com/ServiceAccountKey")).await);
    assert_eq!(key["name"], "//iam.googleapis.com/projects/acme-prod/serviceAccounts/117/keys/k1");
    let set = first(json(&cloud, &path("bigquery.googleapis.com/Dataset")).await);
    assert!(set["resource"]["data"].get("access").is_none());
    let project = first(json(&cloud, &path("cloudresourcemanager.googleapis.com/Project")).await);
    assert_eq!(project["resource"]["data"]["projectId"], PROD);
    cloud.update(|world| world.plain_assets = true);
    let vm = first(json(&cloud, &path("compute.googleapis.com/Instance")).await);
    assert!(vm["resource"]["data"].get("disk").is_none());
}

#[tokio::test]
async fn content_types() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let path = "/v1/projects/acme-prod/assets?assetTypes=pubsub.googleapis.com/Topic&assetTypes=compute.googleapis.com/Firewall";
    for policies in ["IAM_POLICY", "2"] {
        let page = json(&cloud, &format!("{path}&contentType={policies}")).await;
        let assets = page["assets"].as_array().unwrap();
        assert_eq!(assets.len(), 5);
        assert!(assets.iter().all(|a| a.get("resource").is_none()));
        assert_eq!(assets[0]["iamPolicy"]["bindings"][0]["role"], "roles/viewer");
    }
    let page = json(&cloud, path).await;
    assert_eq!(page["assets"].as_array().unwrap().len(), 10);
    assert!(page["assets"][0].get("resource").is_none());
    let page = json(&cloud, &format!("{path}&contentType=ORG_POLICY")).await;
    assert!(page.get("assets").is_none() && page.get("readTime").is_some());
    for bad in ["assetTypes=compute.googleapis.com/Nothing", "contentType=ALL"] {
        let reply = get(&cloud, &format!("/v1/folders/1/assets?{bad}")).await.unwrap();
        assert_eq!(reply.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn all_pages_show_one_time() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let day = SignedDuration::from_hours(24);
    let mut world = World { read_time: Some(now), page_size: Some(1), ..world() };
    let mut late = topic(PROD, "late");
    late.since = Some(now - day);
    world.project_mut(PROD).unwrap().resources.push(late);
    let cloud = SimGoogle::start(world).await.unwrap();
    let path = "/v1/folders/2/assets?assetTypes=pubsub.googleapis.com/Topic";
    assert_eq!(names(&cloud, path).await.len(), 6);
    let past = format!("{path}&readTime={}", now - day - day);
    let all = pages(&cloud, &past, "pageToken", "/nextPageToken").await;
    assert_eq!(all.len(), 5);
    assert!(all.iter().all(|page| page["readTime"] == "2026-11-20T12:00:00Z"));
    for bad in [now + day, now - day * 40] {
        let reply = get(&cloud, &format!("{path}&readTime={bad}")).await.unwrap();
        assert_eq!(reply.status, 400);
    }
}

#[tokio::test]
async fn organizations_have_assets_of_their_own() {
    let role = value!({ "name": "organizations/456/roles/r", "title": "R" });
    let mut world = world();
    let mut organization = Organization::new("456", "acme.example");
    organization.resources.push(Resource::new("iam.googleapis.com/Role", role));
    world.organizations = vec![organization];
    let cloud = SimGoogle::start(world).await.unwrap();
    let path = "/v1/organizations/456/assets?assetTypes=iam.googleapis.com/Role";
    let all = names(&cloud, path).await;
    assert!(all.contains("//iam.googleapis.com/organizations/456/roles/r"), "{all:?}");
    assert_eq!(all.len(), 2);
}

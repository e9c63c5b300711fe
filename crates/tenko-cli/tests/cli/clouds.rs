//! Simulated clouds to run against.

use serde_json::{Value, json};
use tenko_testkit::demo;
use tenko_testkit::sim::{Account, Organization, SimCloud, Unit, World};

use crate::tool::Tool;

pub(crate) const ACME: &str = "222222222222";
pub(crate) const GLOBEX: &str = "333333333333";
const MANAGEMENT: &str = "111111111111";
const KEY: &str = "AKIATESTTESTTESTTEST";
const REGION: &str = "eu-central-1";

/// A small manifest that fits the small cloud.
pub(crate) const MANIFEST: &str = "\
version: 1
tenants: { acme: { environments: { production: { scopes: [\"222222222222\"] } } } }
";

/// An organization of three accounts. All of it can be read.
pub(crate) fn small() -> World {
    let root = Unit::new("r-1", "Root").with(Unit::new("ou-1-prod", "Production"));
    let mut acme = member(ACME, "acme-production");
    for n in 1..=3 {
        push(&mut acme, volume(&format!("vol-{n}"), 8 * n));
    }
    let mut globex = member(GLOBEX, "globex-production");
    push(&mut globex, volume("vol-9", 100));
    World {
        organization: Some(Organization {
            id: "o-test".to_owned(),
            management_account: MANAGEMENT.to_owned(),
            roots: vec![root],
            ..Organization::default()
        }),
        regions: [
            (REGION.to_owned(), tenko_testkit::sim::RegionStatus::EnabledByDefault),
            ("us-east-1".to_owned(), tenko_testkit::sim::RegionStatus::EnabledByDefault),
        ]
        .into(),
        ..World::default()
    }
    .key(KEY, MANAGEMENT, "arn:aws:iam::111111111111:user/auditor")
    .with(account(MANAGEMENT, "management").under("r-1"))
    .with(acme)
    .with(globex)
}

fn member(id: &str, name: &str) -> Account {
    account(id, name).under("ou-1-prod").role("OrganizationAccountAccessRole")
}

fn account(id: &str, name: &str) -> Account {
    let mut account = Account::new(id, name);
    let summary = json!({ "SummaryMap": { "AccountMFAEnabled": 1 } });
    account.entry("global", "iam:GetAccountSummary").response = Some(summary);
    account
}

fn volume(id: &str, size: u32) -> Value {
    let tags = json!([{ "key": "Name", "value": format!("data-{id}") }]);
    json!({
        "volumeId": id, "size": size, "encrypted": true, "status": "in-use",
        "volumeType": "gp3", "availabilityZone": "eu-central-1a", "tagSet": tags,
    })
}

fn push(account: &mut Account, volume: Value) {
    let volumes = account.entry(REGION, "ec2:DescribeVolumes");
    volumes.items.get_or_insert_default().push(volume);
}

/// The small cloud, served, and a tool with a key for it.
pub(crate) async fn serve() -> (SimCloud, Tool) {
    let cloud = SimCloud::start(small()).await.unwrap();
    let tool = Tool::new().at(&cloud.url(), KEY);
    (cloud, tool)
}

/// The demo's organization, served, and a tool with a key for it.
pub(crate) async fn serve_demo() -> (demo::Demo, Tool) {
    let demo = demo::start().await.unwrap();
    let tool = Tool::new().at(&demo.url(), demo.access_key_id());
    (demo, tool)
}

/// One volume changes, one goes, one comes.
pub(crate) fn change(cloud: &SimCloud) {
    cloud.update(|world| {
        let acme = world.account_mut(ACME).unwrap();
        let volumes = acme.entry(REGION, "ec2:DescribeVolumes").items.as_mut().unwrap();
        volumes.retain(|volume| volume["volumeId"] != "vol-1");
        volumes[0]["size"] = json!(99);
        volumes.push(volume("vol-4", 1));
    });
}

/// Nobody gets into the account any more.
pub(crate) fn lock(cloud: &SimCloud, account: &str) {
    cloud.update(|world| world.account_mut(account).unwrap().roles.clear());
}

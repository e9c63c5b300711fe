//! `tenko parity`: environments that should be alike.

use serde_json::{Value, json};
use tenko_testkit::sim::SimCloud;

use super::TYPES;
use crate::clouds::{self, ACME, GLOBEX};
use crate::tool::{Tool, at, list};

/// One tenant with an account for each environment.
const MANIFEST: &str = "\
version: 1
tenants:
  acme:
    environments:
      production: { scopes: [\"222222222222\"] }
      staging: { scopes: [\"333333333333\"] }
  globex:
    environments:
      production: { scopes: [\"111111111111\"] }
";

fn volume(id: &str, name: &str, size: u32) -> Value {
    json!({
        "volumeId": id, "size": size, "encrypted": true, "status": "in-use", "volumeType": "gp3",
        "availabilityZone": "eu-central-1a", "tagSet": [{ "key": "Name", "value": name }],
    })
}

fn put(cloud: &SimCloud, account: &str, volumes: Vec<Value>) {
    cloud.update(|world| {
        let account = world.account_mut(account).unwrap();
        account.entry("eu-central-1", "ec2:DescribeVolumes").items = Some(volumes);
    });
}

/// Two environments with the same two volumes.
async fn alike() -> (SimCloud, Tool) {
    let (cloud, tool) = clouds::serve().await;
    tool.write("tenants.yaml", MANIFEST);
    put(
        &cloud,
        ACME,
        vec![volume("vol-0aaaaaaa", "acme-prod-db", 8), volume("vol-0bbbbbbb", "web", 9)],
    );
    put(
        &cloud,
        GLOBEX,
        vec![volume("vol-0ccccccc", "acme-staging-db", 8), volume("vol-0ddddddd", "web", 9)],
    );
    collect(&tool, 0);
    (cloud, tool)
}

fn collect(tool: &Tool, code: i32) {
    tool.ends(code, &[&["collect", "-q"], &TYPES[..]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_a_matrix_and_names_are_none() {
    let (cloud, tool) = alike().await;
    let ran = tool.ends(0, &["parity"]);
    assert_eq!(ran.text(), "PARITY OF tenant acme\n  alike  2 environments\n");

    put(&cloud, GLOBEX, vec![volume("vol-0ccccccc", "acme-staging-db", 4)]);
    collect(&tool, 0);
    let ran = tool.ends(2, &["parity"]);
    let text = ran.text();
    for line in [
        "  differ  2 environments: 1 count, 1 attribute",
        "  only in production",
        "    EC2::Volume  web",
        "                              production               staging",
        "  EC2::Volume  {tenant}-{environment}-db",
        "    Size                      8                        4",
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}`:\n{text}");
    }
    let json = tool.ends(2, &["parity", "acme", "--format", "json"]).json();
    assert_eq!((at(&json, "/kind"), at(&json, "/groups/0/name")), ("parity", "tenant acme"));
    let rows = list(&json, "/groups/0/rows");
    assert_eq!(rows.len(), 2, "{json}");
    assert_eq!((at(&rows[0], "/kind"), at(&rows[0], "/role")), ("count", "web"));
    assert_eq!((at(&rows[1], "/path"), at(&rows[1], "/type")), ("Size", "AWS::EC2::Volume"));
    assert_eq!(rows[1]["values"][0], json!({ "value": 4, "environments": [1] }));
    let names = list(&json, "/groups/0/environments").iter().map(|e| at(e, "/environment"));
    assert_eq!(names.collect::<Vec<_>>(), ["production", "staging"]);
    assert_eq!(list(&json, "/unused_allowances").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_allowed_is_counted_and_what_is_not_used_is_told() {
    let (cloud, tool) = alike().await;
    put(
        &cloud,
        GLOBEX,
        vec![volume("vol-0ccccccc", "acme-staging-db", 4), volume("vol-0ddddddd", "web", 9)],
    );
    collect(&tool, 0);
    let allow = "parity:\n  allow:\n    - { type: AWS::EC2::Volume, attributes: [Size], reason: staging is small }\n    \
                 - { type: AWS::EC2::Volume, attributes: [Encrypted], reason: not yet }\n";
    tool.write("tenants.yaml", format!("{MANIFEST}{allow}"));
    let ran = tool.ends(0, &["parity"]);
    let text = ran.text();
    assert!(
        text.contains("  alike  2 environments\n  1 difference allowed by the manifest\n"),
        "{text}"
    );
    assert!(
        text.contains("did not occur: not yet") && !text.contains("staging is small"),
        "{text}"
    );
    // Of a part one cannot tell.
    let ran = tool.ends(0, &["parity", "--type", "AWS::EC2::*"]);
    assert!(!ran.text().contains("did not occur"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_types_are_chosen_and_unknown_names_are_errors() {
    let (cloud, tool) = alike().await;
    put(&cloud, GLOBEX, vec![]);
    collect(&tool, 0);
    tool.ends(2, &["parity", "acme/production", "acme/staging"]);
    tool.ends(2, &["parity", "--type", "AWS::EC2::Volume"]);
    let ran = tool.ends(0, &["parity", "--type", "AWS::S3::*"]);
    assert!(ran.text().contains("alike"), "{}", ran.stdout);
    let ran = tool.ends(2, &["parity", "acme/production", "globex/production"]);
    assert!(
        ran.text().starts_with("PARITY OF acme/production, globex/production\n"),
        "{}",
        ran.stdout
    );

    tool.fails(&["`nobody`", "tenant acme"], &["parity", "nobody"]);
    tool.fails(&["`globex`", "tenant acme"], &["parity", "globex"]);
    tool.fails(
        &["no tenant or environment `acme/stagin`", "acme/staging"],
        &["parity", "acme/stagin"],
    );
    tool.fails(&["one environment", "two or more"], &["parity", "acme/staging"]);
    tool.fails(&["`AWS::[` is not a valid glob"], &["parity", "--type", "AWS::["]);
    tool.write("tenants.yaml", clouds::MANIFEST);
    let ran = tool.ends(0, &["parity"]);
    assert!(ran.text().starts_with("There is nothing to compare: "), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_read_is_no_difference() {
    let (cloud, tool) = alike().await;
    clouds::lock(&cloud, GLOBEX);
    collect(&tool, 3);
    let ran = tool.ends(3, &["parity"]);
    assert!(ran.text().contains("alike"), "{}", ran.stdout);
    assert!(ran.stderr.contains("not everything was read"), "{}", ran.stderr);
}

//! `tenko adopt`: code for what nothing declares.

use serde_json::json;
use tenko_testkit::sim::SimCloud;

use super::{TYPES, set_up, state, three, volume};
use crate::clouds;
use crate::tool::{Tool, at, list};

/// An audited cloud of which one volume is declared.
async fn one_of_three() -> (SimCloud, Tool) {
    let (cloud, tool) = clouds::serve().await;
    let tool = set_up(tool);
    tool.write("states/a.tfstate", state(&three()[..1]));
    tool.ends(0, &[&["collect", "-q"], &TYPES[..]].concat());
    (cloud, tool)
}

const BLOCKS: &str = "\
# AWS::EC2::Volume vol-2 in 222222222222 eu-central-1
import {
  to = aws_ebs_volume.data_vol_2
  id = \"vol-2\"
}

# AWS::EC2::Volume vol-3 in 222222222222 eu-central-1
import {
  to = aws_ebs_volume.data_vol_3
  id = \"vol-3\"
}
";

#[tokio::test(flavor = "multi_thread")]
async fn unmanaged_resources_become_import_blocks_or_entries() {
    let (_cloud, tool) = one_of_three().await;
    let ran = tool.ends(0, &["adopt"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (BLOCKS, ""));
    let entries = "\
# resources of acme / production
- type: AWS::EC2::Volume
  id: vol-2
  name: data-vol-2
- type: AWS::EC2::Volume
  id: vol-3
  name: data-vol-3
";
    assert_eq!(tool.ends(0, &["adopt", "--into", "manifest"]).stdout, entries);
    let json = tool.ends(0, &["adopt", "--format", "json"]).json();
    assert_eq!((at(&json, "/kind"), at(&json, "/text")), ("adopt", BLOCKS));
    assert_eq!((&json["adopted"], &json["skipped"]), (&json!(2), &json!([])));

    // The entries are what the manifest needs: with them nothing is unmanaged any more.
    let entries: String =
        entries.lines().skip(1).map(|line| format!("          {line}\n")).collect();
    let manifest = super::MANIFEST.replacen(
        "        iac:",
        &format!("        resources:\n{entries}        iac:"),
        1,
    );
    tool.write("tenants.yaml", manifest);
    tool.ends(0, &["diff", "latest"]);
    let ran = tool.ends(0, &["adopt"]);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("", "nothing that matches is unmanaged\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_chosen_by_name_type_and_tenant() {
    let (_cloud, tool) = one_of_three().await;
    let adopted = |args: &[&str]| {
        let json = tool.ends(0, &[&["adopt", "--format", "json"], args].concat()).json();
        json["adopted"].as_u64().unwrap()
    };
    assert_eq!(adopted(&["vol-2"]), 1);
    assert_eq!(adopted(&["data-vol-3", "vol-2"]), 2, "by name");
    assert_eq!(adopted(&["--type", "AWS::EC2::*"]), 2);
    assert_eq!(adopted(&["--type", "AWS::S3::*"]), 0);
    assert_eq!(adopted(&["--tenant", "acme/production"]), 2);
    assert_eq!(adopted(&["--tenant", "globex"]), 0, "what is undeclared there is left alone");
    assert_eq!(adopted(&["vol-9"]), 1, "unless it is named");

    let place = "states/a.tfstate";
    tool.fails(&["AWS::EC2::Volume vol-1 is declared already", place], &["adopt", "vol-1"]);
    tool.fails(&["no resource `vol-7`", "`tenko show`"], &["adopt", "vol-7"]);
    tool.fails(
        &["no tenant or environment `nobody`", "acme/production"],
        &["adopt", "--tenant", "nobody"],
    );
    tool.fails(&["no snapshot \"1999\""], &["adopt", "-s", "1999"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_broken_code_may_declare_is_not_adopted() {
    let (_cloud, tool) = one_of_three().await;
    tool.write("states/b.tfstate", "{");
    let ran = tool.ends(3, &["adopt"]);
    assert_eq!(ran.stdout, "");
    for words in ["not read: states/b.tfstate: it is cut off", "2 more may be unmanaged"] {
        assert!(ran.stderr.contains(words), "no `{words}`: {}", ran.stderr);
    }
    tool.fails(&["vol-2 may be declared in code that could not be read"], &["adopt", "vol-2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_is_no_code() {
    let (cloud, tool) = one_of_three().await;
    cloud.update(|world| {
        let acme = world.account_mut(clouds::ACME).unwrap();
        let volumes = acme.entry("eu-central-1", "ec2:DescribeVolumes").items.as_mut().unwrap();
        volumes[1]["tagSet"] =
            json!([{ "key": "Name", "value": "x\"\n} ${file(\"/etc/passwd\")}" }]);
        volumes[2]["tagSet"] = json!([{ "key": "Name", "value": "123 \u{1b}[31m" }]);
    });
    tool.ends(0, &[&["collect", "-q"], &TYPES[..]].concat());
    let text = tool.ends(0, &["adopt"]).stdout;
    let blocks: Vec<_> = text.lines().filter(|line| line.starts_with("  to = ")).collect();
    assert_eq!(
        blocks,
        ["  to = aws_ebs_volume.x_file_etc_passwd", "  to = aws_ebs_volume.r_123_31m"]
    );
    assert!(
        text.lines().all(|line| {
            line.is_empty()
                || ["#", "import {", "  to = aws_ebs_volume.", "  id = \"vol-", "}"]
                    .iter()
                    .any(|b| line.starts_with(b))
        }),
        "{text}"
    );
    tool.write("states/a.tfstate", state(&three()));
    tool.write("states/b.tfstate", state(&[volume("x", "vol-9", 100)]));
    let ran = tool.ends(0, &["adopt"]);
    assert_eq!(ran.stdout, "", "{}", ran.stderr);
    assert_eq!(list(&tool.ends(0, &["adopt", "--format", "json"]).json(), "/skipped").len(), 0);
}

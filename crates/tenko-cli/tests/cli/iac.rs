//! Infrastructure code: states beside a manifest in `audit` and `diff`.

mod adopt;
mod declare;
mod parity;

use serde_json::{Value, json};

use crate::clouds::{self, ACME, GLOBEX};
use crate::tool::{Ran, Tool, at, list};

/// One type, for the time that all would take.
const TYPES: [&str; 2] = ["--type", "AWS::EC2::Volume"];

/// Two tenants; the states of the first are in a folder.
pub(crate) const MANIFEST: &str = "\
version: 1
tenants:
  acme:
    environments:
      production:
        scopes: [\"222222222222\"]
        iac: [{ terraform: \"states/*.tfstate\" }]
  globex:
    environments:
      production:
        scopes: [\"333333333333\"]
        unmanaged: ignore
shared: { \"111111111111\": management }
";

/// A volume as Terraform writes it down, and as it is in the simulated cloud.
pub(crate) fn volume(name: &str, id: &str, size: u32) -> Value {
    resource(
        "aws_ebs_volume",
        name,
        json!({
            "id": id, "arn": format!("arn:aws:ec2:eu-central-1:{ACME}:volume/{id}"), "size": size,
            "encrypted": true, "type": "gp3", "availability_zone": "eu-central-1a",
            "tags": { "Name": format!("data-{id}") }, "tags_all": { "Name": format!("data-{id}") },
        }),
    )
}

pub(crate) fn resource(terraform_type: &str, name: &str, attributes: Value) -> Value {
    json!({
        "mode": "managed", "type": terraform_type, "name": name,
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{ "schema_version": 0, "attributes": attributes }],
    })
}

pub(crate) fn state(resources: &[Value]) -> String {
    let state = json!({
        "version": 4, "terraform_version": "1.9.5", "serial": 7, "lineage": "5e7d", "outputs": {},
        "resources": resources,
    });
    serde_json::to_string_pretty(&state).unwrap()
}

/// The three volumes of the account that is declared by states.
pub(crate) fn three() -> Vec<Value> {
    vec![volume("one", "vol-1", 8), volume("two", "vol-2", 16), volume("three", "vol-3", 24)]
}

/// A tool with the manifest and an empty folder for states.
pub(crate) fn set_up(tool: Tool) -> Tool {
    tool.write("tenants.yaml", MANIFEST);
    std::fs::create_dir(tool.path("states")).unwrap();
    tool
}

fn audit(tool: &Tool, code: i32, more: &[&str]) -> Ran {
    tool.ends(code, &[&["audit", "-q"], &TYPES[..], more].concat())
}

fn drift(document: &Value) -> Vec<(&str, &str)> {
    let drift = list(document, "/drift").iter();
    let mut rows: Vec<_> = drift.map(|d| (at(d, "/kind"), at(d, "/resource/id"))).collect();
    rows.sort_unstable();
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn what_states_declare_is_clean_changed_missing_or_unmanaged() {
    let (cloud, tool) = clouds::serve().await;
    let tool = set_up(tool);
    tool.write("states/web.tfstate", state(&three()));
    let ran = audit(&tool, 0, &[]);
    assert!(ran.text().starts_with("CLEAN: "), "{}", ran.stdout);
    let line = "declared in 1 Terraform state: 3 resources, 3 of them compared by attribute";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);

    // vol-1 goes, vol-2 changes, vol-4 comes.
    clouds::change(&cloud);
    let ran = audit(&tool, 2, &["--save", "after.tenko.zst"]);
    let text = ran.text();
    assert!(text.starts_with("DRIFT: 3 differences in 1 tenant"), "{text}");
    for line in [
        "  missing    [new] data-vol-1  EC2::Volume · eu-central-1 · vol-1",
        "             declared at states/web.tfstate (aws_ebs_volume.one)",
        "  changed    [new] data-vol-2  EC2::Volume · eu-central-1 · vol-2",
        "             declared at states/web.tfstate (aws_ebs_volume.two)",
        "             Size: expected 16, actual 99",
        "  unmanaged  [new] data-vol-4  EC2::Volume · eu-central-1 · vol-4",
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}`:\n{text}");
    }
    // A kept snapshot says the same, and nobody is asked.
    let document = tool.ends(2, &["diff", "after.tenko.zst", "--format", "json"]).json();
    let rows = [("changed", "vol-2"), ("missing", "vol-1"), ("unmanaged", "vol-4")];
    assert_eq!(drift(&document), rows);
    let changed = list(&document, "/drift").iter().find(|d| at(d, "/kind") == "changed").unwrap();
    assert_eq!(at(changed, "/source/kind"), "terraform");
    assert_eq!(at(changed, "/source/file"), "states/web.tfstate");
    assert_eq!(at(changed, "/source/address"), "aws_ebs_volume.two");
    assert_eq!(at(changed, "/changes/0/path"), "Size");
    assert_eq!((at(changed, "/tenant"), at(changed, "/environment")), ("acme", "production"));
    let read = list(&document, "/code/read");
    assert_eq!(read[0]["resources"], 3, "{read:?}");
    assert_eq!(at(&read[0], "/owner/tenant"), "acme");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_cannot_be_read_withholds_unmanaged_and_says_why() {
    let (_cloud, tool) = clouds::serve().await;
    let tool = set_up(tool);
    // One volume is declared by a state that can be read, the others may be in the broken one.
    tool.write("states/a.tfstate", state(&three()[..1]));
    let whole = state(&three());
    for (content, reason) in [
        (&whole.as_bytes()[..whole.len() / 2], "cut off"),
        (b"", "it is empty"),
        (b"\x00\x01\x02\xff", "it is no text"),
        (b"{\n  \"version\": 4,\n  \"serial\": oops\n}", "line 3, column"),
        (b"{\"version\": 99, \"resources\": []}", "its format is version 99"),
        (b"{\"version\": 4, \"encrypted_data\": \"x\", \"encryption_version\": \"v0\", \"meta\": {}}", "encrypted by OpenTofu"),
        (b"\x1f\x8b\x08\x00\x00", "compressed with gzip"),
    ] {
        tool.write("states/b.tfstate", content);
        let ran = audit(&tool, 3, &["--save", "kept.tenko.zst"]);
        let text = ran.text();
        assert!(text.starts_with("INCOMPLETE: nothing differs as far as was seen · 1 document of"), "{text}");
        assert!(text.contains("CODE THAT COULD NOT BE READ"), "{text}");
        assert!(text.contains("acme / production  the verdict `unmanaged` is withheld here"), "{text}");
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("states/b.tfstate: ") && flat.contains(reason), "{reason}: {text}");
        assert!(flat.contains("2 live resources"), "{text}");
        let document = tool.ends(3, &["diff", "kept.tenko.zst", "--format", "json"]).json();
        assert_eq!(drift(&document), [], "nothing is unmanaged by mistake");
        assert_eq!(document["summary"]["withheld"], 2);
        let unread = &list(&document, "/code/unread")[0];
        assert_eq!(at(unread, "/file"), "states/b.tfstate");
        assert!(at(unread, "/reason").contains(reason), "{unread}");
        assert_eq!(at(unread, "/owner/environment"), "production");
    }
    // Neither is there silence where a glob finds nothing.
    tool.write("tenants.yaml", MANIFEST.replace("*.tfstate", "*.tfstat"));
    let ran = tool.ends(3, &["diff", "kept.tenko.zst"]);
    assert!(ran.text().contains("no file matches this glob"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_twice_or_elsewhere_is_told_with_both_places() {
    let (_cloud, tool) = clouds::serve().await;
    let tool = set_up(tool);
    tool.write("states/a.tfstate", state(&three()));
    tool.write("states/b.tfstate", state(&[volume("again", "vol-3", 24)]));
    let ran = audit(&tool, 2, &["--save", "kept.tenko.zst"]);
    let text = ran.text();
    assert!(text.contains("IAC-01"), "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for place in
        ["states/a.tfstate", "aws_ebs_volume.three", "states/b.tfstate", "aws_ebs_volume.again"]
    {
        assert!(flat.contains(place), "no {place}:\n{text}");
    }
    std::fs::remove_file(tool.path("states/b.tfstate")).unwrap();

    // The other tenant's code has a volume of this one.
    tool.write("states/a.tfstate", state(&three()[..2]));
    tool.write("globex.tfstate", state(&[volume("taken", "vol-3", 24)]));
    let elsewhere = "unmanaged: ignore\n        iac: [{ terraform: globex.tfstate }]";
    tool.write("tenants.yaml", MANIFEST.replace("unmanaged: ignore", elsewhere));
    let document = tool.ends(2, &["diff", "kept.tenko.zst", "--format", "json"]).json();
    assert_eq!(drift(&document), [("elsewhere_managed", "vol-3")]);
    let ran = tool.ends(2, &["diff", "kept.tenko.zst"]);
    let text = ran.text();
    assert!(text.contains("  elsewhere  data-vol-3"), "{text}");
    assert!(text.contains("globex.tfstate (aws_ebs_volume.taken)"), "{text}");
    assert!(!text.contains(GLOBEX), "{text}");
}

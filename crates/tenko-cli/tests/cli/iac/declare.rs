//! `tenko declare`: what documents declare.

use std::fs::File;

use serde_json::{Value, json};

use super::{resource, state, three, volume};
use crate::tool::{Ran, Tool, at, list};

/// What `aws cloudformation describe-stack-resources` prints.
const STACK: &str = r#"{"StackResources": [
  {"StackName": "web", "StackId": "arn:aws:cloudformation:eu-central-1:222222222222:stack/web/1",
   "LogicalResourceId": "Uploads", "PhysicalResourceId": "acme-uploads",
   "ResourceType": "AWS::S3::Bucket", "ResourceStatus": "UPDATE_COMPLETE"},
  {"StackName": "web", "StackId": "arn:aws:cloudformation:eu-central-1:222222222222:stack/web/1",
   "LogicalResourceId": "Wait", "PhysicalResourceId": "x",
   "ResourceType": "AWS::CloudFormation::WaitCondition", "ResourceStatus": "CREATE_COMPLETE"}
]}"#;

const MANIFEST: &str = "\
version: 1
tenants:
  acme:
    environments:
      production:
        scopes: [\"222222222222\"]
        resources: [{ type: AWS::S3::Bucket, name: acme-logs }]
        iac: [{ terraform: a.tfstate }, { terraform: s3://acme-states/b.tfstate }]
";

fn declare(tool: &Tool, code: i32, sources: &[&str]) -> Ran {
    tool.ends(code, &[&["declare"], sources].concat())
}

fn as_json(tool: &Tool, code: i32, sources: &[&str]) -> Value {
    let ran = tool.ends(code, &[&["declare", "--format", "json"], sources].concat());
    let json = ran.json();
    assert_eq!((at(&json, "/kind"), &json["schema_version"]), ("declared", &json!(1)));
    json
}

fn ids(json: &Value) -> Vec<&str> {
    list(json, "/resources").iter().map(|r| at(r, "/id")).collect()
}

#[test]
fn a_state_is_shown_as_text_and_as_json() {
    let tool = Tool::new();
    let mut other = volume("two", "vol-2", 16);
    other["instances"][0]["sensitive_attributes"] =
        json!([[{"type": "get_attr", "value": "size"}]]);
    let data = json!({
        "mode": "data", "type": "aws_region", "name": "here",
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{ "attributes": { "id": "eu-central-1" } }],
    });
    let mut foreign = resource("random_id", "x", json!({ "id": "abc" }));
    foreign["provider"] = json!("provider[\"registry.terraform.io/hashicorp/random\"]");
    let resources = [
        volume("one", "vol-1", 8),
        other,
        resource("aws_something_new", "thing", json!({ "id": "thing-1" })),
        data,
        foreign,
    ];
    tool.write("a.tfstate", state(&resources));

    let ran = declare(&tool, 0, &["a.tfstate"]);
    let text = ran.text();
    for line in [
        "a.tfstate  3 resources, 2 compared",
        "  aws_ebs_volume.one  EC2::Volume · vol-1 · data-vol-1",
        "    AvailabilityZone = \"eu-central-1a\"",
        "LEFT OUT",
        "  data sources declare nothing",
    ] {
        assert!(text.lines().any(|l| l == line), "no `{line}`:\n{text}");
    }
    assert!(text.contains("  aws_something_new.thing  thing-1 · not compared: "), "{text}");
    let text = tool.ends(0, &["declare", "-v", "a.tfstate"]).stdout;
    assert!(
        text.contains("    Size = 8\n") && text.contains("    Size = \"(sensitive)\"\n"),
        "{text}"
    );

    let json = as_json(&tool, 0, &["a.tfstate"]);
    assert_eq!(ids(&json), ["vol-1", "vol-2", "thing-1"]);
    let [one, two, thing] = list(&json, "/resources") else { panic!("{json}") };
    assert_eq!((at(one, "/type"), at(one, "/name")), ("AWS::EC2::Volume", "data-vol-1"));
    assert_eq!(one["attributes"]["Size"], 8);
    assert_eq!(one["attributes"]["Tags.Name"], "data-vol-1");
    assert_eq!(at(one, "/source/file"), "a.tfstate");
    assert_eq!(at(one, "/source/address"), "aws_ebs_volume.one");
    assert_eq!((&one["comparable"], &thing["comparable"]), (&json!(true), &json!(false)));
    assert_eq!(two["attributes"]["Size"], "(sensitive)");
    assert_eq!(at(thing, "/type"), "aws_something_new");
    assert_eq!(list(&json, "/errors"), [] as [Value; 0]);
    let skipped: Vec<_> = list(&json, "/skipped").iter().map(|s| at(s, "/address")).collect();
    assert_eq!(skipped.len(), 2, "{json}");
    assert!(skipped.contains(&"data") && skipped.iter().any(|s| s.ends_with("random")), "{json}");
    assert!(list(&json, "/skipped").iter().all(|s| !at(s, "/reason").is_empty()), "{json}");
}

#[test]
fn every_kind_of_source_is_told_by_its_content() {
    let tool = Tool::new();
    tool.write("a.tfstate", state(&three()));
    std::fs::create_dir_all(tool.path("states/deep")).unwrap();
    tool.write("states/b.tfstate", state(&[volume("b", "vol-b", 1)]));
    tool.write("states/deep/c.tfstate", state(&[volume("c", "vol-c", 1)]));
    tool.write("states/README.md", "not a state");
    tool.write("stack.json", STACK);
    tool.write("tenants.yaml", MANIFEST);

    assert_eq!(ids(&as_json(&tool, 0, &["states"])), ["vol-b", "vol-c"], "a folder");
    assert_eq!(ids(&as_json(&tool, 0, &["states/*.tfstate"])), ["vol-b"], "a glob");
    assert_eq!(ids(&as_json(&tool, 0, &["states/**/c*", "a.tfstate"])).len(), 4, "several");
    let json = as_json(&tool, 0, &["stack.json"]);
    assert_eq!(ids(&json), ["acme-uploads"], "a stack");
    assert_eq!(at(&json, "/resources/0/source/kind"), "cloud_formation");
    assert_eq!(json["resources"][0]["comparable"], false);
    assert_eq!(at(&json, "/skipped/0/address"), "Wait");

    // A manifest declares resources, and states by their files; what lies elsewhere is not asked for.
    let json = as_json(&tool, 0, &["tenants.yaml"]);
    let names: Vec<_> = list(&json, "/resources").iter().map(|r| at(r, "/name")).collect();
    assert_eq!(names, ["acme-logs", "data-vol-1", "data-vol-2", "data-vol-3"]);
    assert_eq!(json["resources"][0]["source"]["line"], 7);
    assert_eq!(at(&json, "/skipped/0/address"), "s3://acme-states/b.tfstate");
    // What is named twice is read once.
    assert_eq!(list(&as_json(&tool, 0, &["./a.tfstate", "tenants.yaml"]), "/resources").len(), 4);

    let input = |name: &str| {
        let file = File::open(tool.path(name)).unwrap();
        let output = tool.command(&["declare", "-"]).stdin(file).output().unwrap();
        let ran = Ran::from(output);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout
    };
    assert!(input("a.tfstate").starts_with("standard input  3 resources\n"));
    assert!(input("stack.json").contains("web.Uploads  S3::Bucket · acme-uploads"));
    assert!(input("tenants.yaml").contains("S3::Bucket · acme-logs"));

    tool.ends(0, &["demo", "-q", "--out", "tour"]);
    let json = as_json(&tool, 0, &["tour/demo.tenko.zst"]);
    let kinds = list(&json, "/resources").iter().map(|r| at(r, "/source/kind"));
    assert!(kinds.into_iter().all(|kind| kind == "cloud_formation"), "{json}");
}

#[test]
fn types_are_chosen_by_glob() {
    let tool = Tool::new();
    tool.write("a.tfstate", state(&three()));
    tool.write("stack.json", STACK);
    let sources = ["a.tfstate", "stack.json", "--type"];
    let of = |glob| as_json(&tool, 0, &[&sources[..], &[glob]].concat());
    assert_eq!(ids(&of("AWS::S3::*")), ["acme-uploads"]);
    assert_eq!(ids(&of("AWS::EC2::Volume")), ["vol-1", "vol-2", "vol-3"]);
    let ran = declare(&tool, 0, &["a.tfstate", "--type", "AWS::SQS::*"]);
    assert!(ran.text().contains("Nothing is declared."), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("none of the 3 declared resources is of these types"),
        "{}",
        ran.stderr
    );
    tool.fails(&["`AWS::[` is not a valid glob"], &["declare", "a.tfstate", "--type", "AWS::["]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_shown() {
    let tool = Tool::new();
    tool.write("good.tfstate", state(&three()[..1]));
    let whole = state(&three());
    std::fs::create_dir(tool.path("empty-folder")).unwrap();
    let cases: [(&str, &[u8], &str); 18] = [
        ("cut.tfstate", &whole.as_bytes()[..200], "it is cut off: the document is not over at its last byte, 200"),
        ("bytes.tfstate", b"\x00\x01", "it is no text: "),
        ("empty.tfstate", b"", "it is empty"),
        ("newer.tfstate", b"{\"version\": 5, \"resources\": []}", "version 5, which is newer than this tenko"),
        ("older.tfstate", b"{\"version\": 2, \"serial\": 1}", "version 2, which Terraform before 0.7 wrote"),
        ("gzip.tfstate.gz", b"\x1f\x8b\x08\x00", "gzip and can't be decompressed beyond byte 0"),
        (
            "tofu.tfstate",
            b"{\"meta\":{},\"encrypted_data\":\"x\",\"encryption_version\":\"v0\"}",
            "encrypted by OpenTofu, and tenko does not decrypt: hand in the output of `tofu state pull`",
        ),
        ("text.tfstate", b"hello", "line 1, column 1: it is neither a Terraform state nor"),
        ("object.json", b"{\"a\": 1}", "it is no Terraform state"),
        ("template.yaml", b"Resources:\n  Web: {Type: x}\n", "a CloudFormation template"),
        ("main.tf", b"resource \"aws_vpc\" \"x\" {}\n", "Terraform's configuration"),
        ("plan.out", b"PK\x03\x04", "a zip archive, such as a saved plan"),
        ("compose.yaml", b"services: {}\n", "it is no manifest"),
        ("broken.yaml", b"version: 1\ntenants: {acme\n", "line 3, column 1: this is not valid YAML"),
        (
            "wrong.yaml",
            b"version: 1\ntenants: {a: {environments: {p: {scopes: [\"222222222222\"], regoins: []}}}}\n",
            "line 2, column 60: unknown key `regoins`",
        ),
        ("no-such.tfstate", b"", "there is no such file"),
        ("no-such/*.tfstate", b"", "no-such: there is no such file or folder"),
        ("empty-folder", b"", "no state is below this folder"),
    ];
    for (name, content, reason) in cases {
        if !name.starts_with("no-such") && name != "empty-folder" {
            tool.write(name, content);
        }
        let json = as_json(&tool, 3, &["good.tfstate", name]);
        assert_eq!(ids(&json), ["vol-1"], "{name}");
        let [error] = list(&json, "/errors") else { panic!("{name}: {json}") };
        assert_eq!(at(error, "/file"), name);
        assert!(at(error, "/reason").contains(reason), "no `{reason}` in {error}");
        let ran = declare(&tool, 3, &[name]);
        let text = ran.text();
        assert!(text.starts_with(&format!("COULD NOT BE READ\n  {name}  ")), "{text}");
    }
    for snapshot in ["no-such.tenko.zst", "latest"] {
        let json = as_json(&tool, 3, &[snapshot, "good.tfstate"]);
        assert_eq!((ids(&json).len(), at(&json, "/errors/0/file")), (1, snapshot));
    }
    // A name that cannot be a source is an error of its own, and no secret of it is repeated.
    tool.fails(&["`ftp://x/y` is no source", "`ftp://` is not read"], &["declare", "ftp://x/y"]);
    let ran =
        tool.fails(&["a user or a password", "user_env"], &["declare", "https://me:hunter2@h/x"]);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    let ran = tool.fails(&["<SOURCE>"], &["declare"]);
    assert!(ran.stderr.contains("--help"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn hostile_text_stays_text() {
    let tool = Tool::new();
    let name = "x\u{1b}[31m\u{202e}\n";
    let mut hostile = volume("one", "vol-1\u{1b}[2J", 8);
    hostile["instances"][0]["attributes"]["tags_all"]["Name"] = json!(name);
    hostile["instances"][0]["index_key"] = json!("a\u{7}\"]");
    tool.write("a.tfstate", state(&[hostile]));
    let ran = tool.ends(0, &["declare", "-v", "a.tfstate"]);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{:?}", ran.stdout);
    let ran = tool.ends(0, &["declare", "--format", "json", "a.tfstate"]);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{:?}", ran.stdout);
    assert_eq!(at(&ran.json(), "/resources/0/name"), name, "the same text all the same");
    // Deep and endless documents end.
    tool.write("deep.tfstate", format!("{{\"version\":4,\"resources\":{}", "[".repeat(300_000)));
    tool.write("deep.yaml", format!("version: 1\ntenants: {}", "[".repeat(300_000)));
    let json = as_json(&tool, 3, &["deep.tfstate", "deep.yaml"]);
    assert_eq!(list(&json, "/errors").len(), 2, "{json}");
}

//! States as they are, were and must not be.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod folding;
mod format3;
mod format4;
mod hostile;
mod properties;

use std::io::Write;

use serde_json::{Value, json};
use tenko_core::{
    AttrPath, Catalog, Claim, Cloud, IacMapping, Matcher, ReachKind, TerraformType, TypeInfo,
};
use tenko_declare::terraform::{Mappings, StateFile, read_state};

fn table(value: Value) -> TerraformType {
    serde_json::from_value(value).unwrap()
}

fn info(name: &str, cloud: Cloud, terraform: Vec<TerraformType>) -> TypeInfo {
    TypeInfo {
        resource_type: name.into(),
        cloud,
        service: "s".into(),
        title: "t".into(),
        doc: String::new(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: vec![],
        ignored: vec![],
        sensitive: vec!["Env.*".parse().unwrap()],
        sets: vec![],
        permissions: vec![],
        iac: IacMapping { terraform, ..IacMapping::default() },
    }
}

/// A bucket with parts, a group with rules that may be of it, a network of Google.
fn catalog() -> Catalog {
    let bucket = vec![
        table(json!({
            "types": ["aws_s3_bucket"], "id": ".bucket",
            "attributes": {"Name": ".bucket", "Versioning": ".versioning[0].enabled", "Env": ".env", "Acl": "if .acl == null then null else .acl | ascii_downcase end", "Grants": ".grants", "Deep": ".deep"},
        })),
        table(json!({
            "types": ["aws_s3_bucket_versioning"], "part_of": ".bucket",
            "attributes": {"Versioning": ".enabled", "Acl": ".acl"},
        })),
        table(json!({
            "types": ["aws_s3_bucket_notification"], "part_of": ".bucket[]?",
            "append": {"Topics": ".topics"},
            "includes": {"Grants": "[{role: .role, members: .members}]"}, "keys": {"Grants": ["role"]},
        })),
        table(json!({
            "types": ["aws_grant"], "part_of": ".bucket", "includes": {"Grants": ".grants"}, "keys": {"Grants": ["role"]},
        })),
        table(json!({
            "types": ["aws_grant_more"], "part_of": ".bucket", "at_least": {"Grants": ".grants"}, "keys": {"Grants": ["role"]},
        })),
        table(json!({
            "types": ["aws_grant_deep"], "part_of": ".bucket", "includes": {"Deep.grants": ".grants"},
        })),
        table(json!({"types": ["aws_s3_bucket_empty"], "part_of": ".bucket"})),
    ];
    let group = vec![
        table(json!({
            "types": ["aws_security_group", "aws_default_security_group"], "name": ".name",
            "attributes": {"Description": ".description", "Ingress": "[.ingress[]? | {Port: (.from_port | num), Cidrs: .cidr_blocks}]"},
        })),
        table(json!({
            "types": ["aws_security_group_rule", "aws_security_group_side"], "when": ".type == \"ingress\"",
            "part_of": ".security_group_id", "append": {"Ingress": "[{Port: .from_port}]"},
        })),
        table(
            json!({"types": ["aws_ec2_tag"], "part_of": ".resource_id", "tags": "{(.key): .value}"}),
        ),
    ];
    let network = vec![table(json!({
        "types": ["google_compute_network"],
        "attributes": {"Description": ".description"},
    }))];
    [
        info("AWS::S3::Bucket", Cloud::aws(), bucket),
        info("AWS::EC2::SecurityGroup", Cloud::aws(), group),
        info("compute.googleapis.com/Network", Cloud::gcp(), network),
    ]
    .into_iter()
    .collect()
}

fn mappings() -> Mappings {
    Mappings::new(&catalog()).unwrap()
}

const AWS: &str = "provider[\"registry.terraform.io/hashicorp/aws\"]";

fn resource(code_type: &str, name: &str, instances: Value) -> Value {
    json!({"mode": "managed", "type": code_type, "name": name, "provider": AWS, "instances": instances})
}

fn state(resources: Value) -> Vec<u8> {
    json!({
        "version": 4, "terraform_version": "1.9.5", "serial": 7,
        "lineage": "3f3fe6ab-6f66-86a2-be07-17a1e2ed2d0e", "outputs": {}, "resources": resources,
        "check_results": null,
    })
    .to_string()
    .into_bytes()
}

fn read(resources: Value) -> StateFile {
    read_state("a.tfstate", &state(resources), &mappings()).unwrap()
}

fn addresses(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.source.address.as_str()).collect()
}

fn attribute<'a>(claim: &'a Claim, path: &str) -> Option<&'a Matcher> {
    let path: AttrPath = path.parse().unwrap();
    claim.attributes.iter().find(|(known, _)| *known == path).map(|(_, matcher)| matcher)
}

fn loose(value: Value) -> Matcher {
    Matcher::Loose(value)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

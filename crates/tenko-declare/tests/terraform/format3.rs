//! Terraform 0.11 and before.

use serde_json::json;
use tenko_core::Reach;

use super::*;

fn read(modules: Value) -> StateFile {
    let text = json!({"version": 3, "terraform_version": "0.11.14", "serial": 3, "lineage": "l", "modules": modules});
    read_state("old.tfstate", text.to_string().as_bytes(), &mappings()).unwrap()
}

#[test]
fn modules_flat_attributes_tainted_and_deposed_objects() {
    let group = json!({
        "id": "sg-1",
        "attributes": {
            "id": "sg-1", "arn": "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1", "name": "web",
            "ingress.#": "1", "ingress.2541437006.from_port": "22", "ingress.2541437006.cidr_blocks.#": "1",
            "ingress.2541437006.cidr_blocks.0": "10.0.0.0/8", "tags.%": "0",
        },
        "meta": {}, "tainted": false,
    });
    let bucket = |id: &str, tainted: bool| json!({"id": id, "attributes": {"id": id, "bucket": id}, "meta": {}, "tainted": tainted});
    let file = read(json!([
        {
            "path": ["root"], "outputs": {}, "depends_on": [],
            "resources": {
                "aws_security_group.web": {"type": "aws_security_group", "depends_on": [], "primary": group, "deposed": [], "provider": "provider.aws.west"},
                "aws_s3_bucket.b.0": {"type": "aws_s3_bucket", "primary": bucket("b0", false), "deposed": [bucket("old", false)], "provider": ""},
                "aws_s3_bucket.b.1": {"type": "aws_s3_bucket", "primary": bucket("b1", true)},
                "data.aws_s3_bucket.d": {"type": "aws_s3_bucket", "primary": bucket("d", false), "provider": "provider.aws"},
                "random_id.r": {"type": "random_id", "primary": {"id": "r"}, "provider": "provider.random"},
                "aws_s3_bucket.lost": {"type": "aws_s3_bucket", "primary": {"id": null, "attributes": {}}},
                "aws_s3_bucket.odd": {"type": "aws_s3_bucket", "primary": 7},
            },
        },
        {"path": ["root", "net", "inner"], "resources": {"aws_glue_job.j": {"type": "aws_glue_job", "primary": {"id": "etl"}, "provider": "module.net.provider.aws"}}},
        7,
    ]));
    assert_eq!(
        addresses(&file.claims),
        [
            "aws_s3_bucket.b[0]",
            "aws_s3_bucket.b[0] (deposed 0)",
            "aws_s3_bucket.b[1]",
            "aws_security_group.web",
            "module.net.module.inner.aws_glue_job.j",
        ]
    );
    let group = &file.claims[3];
    assert_eq!(
        attribute(group, "Ingress"),
        Some(&loose(json!([{"Port": 22, "Cidrs": ["10.0.0.0/8"]}])))
    );
    assert_eq!(group.region, Some(Reach::region("eu-west-1")));
    assert_eq!(group.tags.as_ref().map(|tags| tags.len()), Some(0));
    assert!(file.claims[1].not_comparable.as_deref().unwrap().starts_with("deposed"));
    assert!(file.claims[2].not_comparable.as_deref().unwrap().starts_with("tainted"));
    assert_eq!((file.info.data_sources, file.info.instances), (1, 8));
    assert_eq!(file.info.foreign["random"], 1);
    assert_eq!(file.info.unmapped["aws_glue_job"], 1);
    let skipped: Vec<_> = file.skipped.iter().map(|s| s.address.as_str()).collect();
    assert_eq!(skipped, ["aws_s3_bucket.lost", "aws_s3_bucket.odd", "modules[2]"]);
}

//! A large Terraform state, as Terraform writes it: pretty-printed, one instance a resource.

use std::fmt::Write as _;
use std::io::Write;

use tenko_core::{Catalog, IacMapping, TerraformType};

use crate::inventory::{Inventory, Row, Side};
use crate::measure::Result;

/// Writes a state of so many instances.
pub fn write(instances: u64, out: &mut impl Write) -> Result<()> {
    let inventory = Inventory::new(instances, 3);
    out.write_all(
        br#"{
  "version": 4,
  "terraform_version": "1.13.4",
  "serial": 41,
  "lineage": "85f5bee6-139e-8db2-ae5d-82aa82f62611",
  "outputs": {},
  "resources": ["#,
    )?;
    let (mut row, mut text) = (Row::default(), String::new());
    let mut first = true;
    for at in 0..inventory.universe() {
        if !inventory.row(at, Side::Old, &mut row) {
            continue;
        }
        text.clear();
        instance(&row, at, &mut text);
        if !std::mem::take(&mut first) {
            out.write_all(b",")?;
        }
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"\n  ],\n  \"check_results\": null\n}\n")?;
    Ok(())
}

fn instance(row: &Row, at: u64, out: &mut String) {
    let _ = write!(
        out,
        r#"
    {{
      "mode": "managed",
      "type": "aws_ebs_volume",
      "name": "volume_{at}",
      "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
      "instances": [
        {{
          "schema_version": 0,
          "attributes": {{
            "arn": "arn:aws:ec2:{region}:{scope}:volume/vol-{id}",
            "availability_zone": "{region}a",
            "create_time": "{created}",
            "encrypted": true,
            "id": "vol-{id}",
            "iops": 3000,
            "kms_key_id": "",
            "multi_attach_enabled": false,
            "size": {size},
            "snapshot_id": "",
            "tags": {{
              "Name": "{name}"
            }},
            "tags_all": {{
              "Name": "{name}",
              "managed": "by Terraform"
            }},
            "throughput": 125,
            "timeouts": null,
            "type": "gp3"
          }},
          "sensitive_attributes": [],
          "private": "eyJzY2hlbWFfdmVyc2lvbiI6IjEifQ=="
        }}
      ]
    }}"#,
        name = &row.name,
        region = row.region,
        scope = row.scope,
        id = row.id.split_once('-').map_or(row.id.as_str(), |(_, id)| id),
        created = row.created_at,
        size = 8 + at % 500,
    );
}

/// A catalogue with the mapping of what is in the state.
pub fn catalog(inventory: &Inventory) -> Catalog {
    let paths = [
        ("Encrypted", ".encrypted"),
        ("Iops", ".iops"),
        ("KmsKeyId", ".kms_key_id | nonempty"),
        ("MultiAttachEnabled", ".multi_attach_enabled"),
        ("Size", ".size"),
        ("SnapshotId", ".snapshot_id | nonempty"),
        ("Throughput", ".throughput"),
        ("VolumeType", ".type"),
    ];
    let attributes =
        paths.iter().filter_map(|(path, text)| Some((path.parse().ok()?, (*text).to_owned())));
    let mapping = TerraformType {
        types: vec!["aws_ebs_volume".to_owned()],
        attributes: attributes.collect(),
        ..TerraformType::default()
    };
    let with = |info: &tenko_core::TypeInfo| {
        let mut info = info.clone();
        if info.resource_type == "AWS::EC2::Volume" {
            info.iac = IacMapping { terraform: vec![mapping.clone()], ..IacMapping::default() };
        }
        info
    };
    crate::kept::catalog(inventory).iter().map(with).collect()
}

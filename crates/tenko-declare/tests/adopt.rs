//! Import blocks and entries: each type by the mapping that can import it, and nothing that a name
//! could break.
#![expect(clippy::unwrap_used, reason = "a test that cannot run must fail")]

mod common;

use common::{google, info};
use proptest::prelude::*;
use serde_json::{Value, json};
use tenko_core::{
    Catalog, Origin, Reach, ReachKind, Redactor, Resource, ResourceDraft, ResourceKey,
    TerraformType, TypeInfo,
};
use tenko_declare::{adopt_manifest, adopt_terraform};

fn mapping(name: &str, import: Option<&str>) -> TerraformType {
    TerraformType {
        types: vec![name.to_owned()],
        import: import.map(ToOwned::to_owned),
        ..TerraformType::default()
    }
}

fn mapped(mut info: TypeInfo, terraform: Vec<TerraformType>) -> TypeInfo {
    info.iac.terraform = terraform;
    info
}

/// A part, an account's default, a zonal and a regional type for one.
fn catalog() -> Catalog {
    let group = vec![
        TerraformType { part_of: Some(".id".to_owned()), ..mapping("google_part", None) },
        TerraformType { when: Some(".x".to_owned()), ..mapping("google_default", None) },
        mapping("google_group", Some(r#".id | select(contains("/zones/"))"#)),
        mapping("google_region_group", Some(r#".id | select(contains("/regions/"))"#)),
        mapping("google_never", Some("null")),
    ];
    let service = r#""\(.attributes.Cluster)/\(.name)/\(.scope)/\(.region)/\(.tags.team)""#;
    let mut catalog = common::catalog();
    catalog.extend([
        mapped(google("compute.googleapis.com/Group", &[]), group),
        mapped(
            info("AWS::ECS::Service", ReachKind::Regional, &["Cluster"]),
            vec![mapping("aws_ecs_service", Some(service))],
        ),
        mapped(
            info("AWS::EC2::Volume", ReachKind::Regional, &[]),
            vec![mapping("aws_ebs_volume", None)],
        ),
        mapped(
            info("AWS::EC2::Key", ReachKind::Regional, &[]),
            vec![mapping("aws_key", Some("null"))],
        ),
        info("AWS::EC2::Unmapped", ReachKind::Regional, &[]),
    ]);
    catalog
}

fn resource(resource_type: &str, id: &str, name: Option<&str>, attributes: Value) -> Resource {
    let cloud = if resource_type.starts_with("AWS") { "aws" } else { "gcp" };
    let draft = ResourceDraft {
        key: ResourceKey {
            cloud: cloud.into(),
            scope: "222222222222".into(),
            region: Reach::region("eu-central-1"),
            resource_type: resource_type.into(),
            id: id.to_owned(),
        },
        name: name.map(ToOwned::to_owned),
        tags: [("team".to_owned(), "web".to_owned())].into(),
        created_at: None,
        origin: Origin::Customer,
        attributes,
        unknown: vec![],
    };
    let info = info(resource_type, ReachKind::Regional, &["Cluster"]);
    draft.finish(&info, &Redactor::new([0; 32])).unwrap()
}

/// `to` and `id` of each block.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let after = |word: &'static str| {
        text.lines().filter_map(move |line| {
            line.strip_prefix("  ")?.strip_prefix(word)?.strip_prefix(" = ")
        })
    };
    after("to").zip(after("id")).collect()
}

#[test]
fn the_mapping_that_can_import_is_taken() {
    const GROUP: &str = "compute.googleapis.com/Group";
    let all = [
        resource(GROUP, "projects/p/zones/z/groups/web", Some("web"), json!({})),
        resource(GROUP, "projects/p/regions/r/groups/web", Some("web"), json!({})),
        resource(GROUP, "projects/p/global/groups/web", Some("web"), json!({})),
        resource("AWS::ECS::Service", "arn:x", Some("api"), json!({"Cluster": "main"})),
        resource("AWS::EC2::Volume", "vol-1", None, json!({})),
        resource("AWS::EC2::Key", "key-1", None, json!({})),
        resource("AWS::EC2::Unmapped", "u-1", None, json!({})),
        resource("AWS::EC2::Nowhere", "n-1", None, json!({})),
    ];
    let all: Vec<_> = all.iter().collect();
    let found = adopt_terraform(&all, &catalog());
    assert_eq!(
        blocks(&found.text),
        [
            ("aws_ebs_volume.vol_1", "\"vol-1\""),
            ("aws_ecs_service.api", "\"main/api/222222222222/eu-central-1/web\""),
            ("google_region_group.web", "\"projects/p/regions/r/groups/web\""),
            ("google_group.web", "\"projects/p/zones/z/groups/web\""),
        ]
    );
    assert_eq!(found.adopted, 4);
    let skipped = [
        ("AWS::EC2::Key key-1", "Terraform cannot import it"),
        ("AWS::EC2::Nowhere n-1", "no Terraform type is known for it"),
        ("AWS::EC2::Unmapped u-1", "no Terraform type is known for it"),
        // Not as the special case that there is.
        ("compute.googleapis.com/Group projects/p/global/groups/web", "Terraform cannot import it"),
    ];
    let skipped = skipped.map(|(resource, why)| (resource.to_owned(), why.to_owned()));
    assert_eq!(found.skipped, skipped);

    let found = adopt_manifest(&all, &catalog());
    assert_eq!((found.adopted, found.skipped.len()), (7, 1), "{found:?}");
    assert!(found.text.contains("- type: AWS::EC2::Unmapped\n  id: u-1\n"), "{}", found.text);
}

proptest! {
    /// Every block has five lines, whatever somebody called the resource.
    #[test]
    fn no_name_breaks_out(id in ".{1,40}", name in ".{0,40}") {
        let one = resource("AWS::EC2::Volume", &id, Some(&name), json!({}));
        let found = adopt_terraform(&[&one, &one], &catalog());
        prop_assert_eq!(found.adopted, 2);
        let lines: Vec<_> = found.text.lines().collect();
        prop_assert_eq!(lines.len(), 11, "{}", found.text);
        for block in lines.chunks(6) {
            prop_assert!(block.first().is_some_and(|line| line.starts_with("# AWS::EC2::Volume ")));
            let rest: Vec<_> = block.iter().skip(1).take(4).collect();
            let [begin, to, id, end] = rest.as_slice() else { panic!("{block:?}") };
            prop_assert_eq!((**begin, **end), ("import {", "}"));
            let name = to.strip_prefix("  to = aws_ebs_volume.").unwrap();
            prop_assert!(name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
            let text = id.strip_prefix("  id = \"").unwrap().strip_suffix('"').unwrap();
            let plain = text.replace("\\\\", "_").replace("\\\"", "_").replace("$${", "_").replace("%%{", "_");
            prop_assert!(!plain.contains(['"']) && !plain.contains("${") && !plain.contains("%{"), "{}", text);
        }
        // YAML gives back what went in.
        let entries = adopt_manifest(&[&one], &catalog()).text;
        let indented: String = entries.lines().map(|line| format!("          {line}\n")).collect();
        let manifest = format!(
            "version: 1\ntenants:\n  a:\n    environments:\n      p:\n        scopes: [\"222222222222\"]\n        resources:\n{indented}"
        );
        let file = tenko_declare::ManifestFile { name: "m.yaml", bytes: manifest.as_bytes() };
        let loaded = tenko_declare::load(&[file], &catalog());
        prop_assert!(loaded.is_ok(), "{}\n{}", manifest, loaded.unwrap_err());
        let expected = loaded.unwrap().declaration.tenants.remove(0).environments.remove(0).expected.remove(0);
        prop_assert_eq!(expected.id.as_deref(), Some(id.as_str()));
    }
}

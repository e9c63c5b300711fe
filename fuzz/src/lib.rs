//! What the fuzz targets share: the catalogue, as far as parsers need it, and seeds.
//!
//! The catalogue is made from the type files and not by the providers, so that no SDK is built.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tenko_core::{Catalog, Cloud, IacMapping, ReachKind, TypeInfo};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(root().join(folder))
        .expect("the repository is whole")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

/// The types that are data files, with their mappings.
pub fn catalog() -> Catalog {
    let mut types = Vec::new();
    for (folder, cloud) in
        [("crates/tenko-aws/types", Cloud::aws()), ("crates/tenko-gcp/types", Cloud::gcp())]
    {
        for path in files(folder, ".toml") {
            let text = std::fs::read_to_string(path).expect("readable");
            let table: toml::Table = text.parse().expect("a type's file");
            let value = serde_json::to_value(table).expect("TOML is JSON");
            types.push(info(&value, cloud.clone()));
        }
    }
    types.into_iter().collect()
}

fn info(value: &Value, cloud: Cloud) -> TypeInfo {
    let paths = |key: &str| {
        serde_json::from_value(value.get(key).cloned().unwrap_or(json!([]))).expect("paths")
    };
    let get = |key: &str, or: Value| value.get(key).cloned().unwrap_or(or);
    let iac =
        json!({"terraform": get("terraform", json!([])), "defaults": get("defaults", json!({}))});
    TypeInfo {
        resource_type: value["type"].as_str().expect("a name").into(),
        cloud,
        service: String::new(),
        title: String::new(),
        doc: String::new(),
        reach: ReachKind::Regional,
        taggable: true,
        attributes: vec![],
        ignored: paths("ignored"),
        sensitive: paths("sensitive"),
        sets: paths("sets"),
        permissions: vec![],
        iac: serde_json::from_value::<IacMapping>(iac).expect("a mapping"),
    }
}

/// Writes the first inputs of every target into `corpus/`: the repository's fixtures.
pub fn write_seeds() {
    let corpus = |target: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        std::fs::create_dir_all(&folder).expect("writable");
        folder
    };
    let (states, stacks, manifests) = (corpus("state"), corpus("stack"), corpus("manifest"));
    for cloud in ["aws", "gcp"] {
        for path in files(&format!("fixtures/terraform/{cloud}"), ".json") {
            let name = path.file_stem().expect("named").to_string_lossy().into_owned();
            let fixture: Value =
                serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("JSON");
            for (at, case) in fixture["cases"].as_array().into_iter().flatten().enumerate() {
                let file = states.join(format!("{name}-{at}"));
                std::fs::write(file, state(&case["state"]).to_string()).expect("writable");
            }
        }
    }
    let entry = json!({
        "LogicalResourceId": "Queue", "PhysicalResourceId": "https://sqs/1/q",
        "ResourceType": "AWS::SQS::Queue", "ResourceStatus": "CREATE_COMPLETE",
        "StackId": "arn:aws:cloudformation:eu-central-1:111122223333:stack/web/1",
        "DriftInformation": {"StackResourceDriftStatus": "MODIFIED", "LastCheckTimestamp": "2026"},
    });
    for (name, key) in [("described", "StackResources"), ("listed", "StackResourceSummaries")] {
        std::fs::write(stacks.join(name), json!({key: [entry]}).to_string()).expect("writable");
    }
    for (from, to) in [("manifests", manifests), ("suppressions", corpus("suppressions"))] {
        for (at, ending) in [(0, ".yaml"), (1, ".json"), (2, ".toml")] {
            for folder in ["good", "bad"] {
                for path in files(&format!("fixtures/{from}/{folder}"), ending) {
                    let mut bytes = vec![at];
                    bytes.extend(std::fs::read(&path).expect("readable"));
                    let name = path.file_name().expect("named");
                    std::fs::write(to.join(name), bytes).expect("writable");
                }
            }
        }
    }
}

fn state(instances: &Value) -> Value {
    let resource = |instance: &Value| {
        json!({
            "mode": "managed", "type": instance["type"], "name": instance["name"],
            "instances": [{"attributes": instance["attributes"], "index_key": 0, "sensitive_attributes": []}],
        })
    };
    let all: Vec<_> = instances.as_array().into_iter().flatten().map(resource).collect();
    json!({"version": 4, "serial": 1, "lineage": "l", "resources": all})
}

//! Whatever comes in: no panic, and every object is accounted for.

use proptest::prelude::*;
use serde_json::json;
use tenko_declare::terraform::fold;

use super::*;

fn value() -> impl Strategy<Value = Value> {
    let word = prop_oneof!["a", "b", "sg-1", "arn:aws:s3:::b", "ingress", "", "\\PC{0,6}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = prop_oneof!["type", "value", "id", "from_port", "enabled", "[a-z.#%0]{1,4}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn object(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(prop::sample::select(keys), value(), 0..keys.len())
        .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

fn instance() -> impl Strategy<Value = Value> {
    let attributes = object(&[
        "id",
        "bucket",
        "arn",
        "tags",
        "tags_all",
        "versioning",
        "ingress",
        "type",
        "env",
        "enabled",
        "security_group_id",
        "topics",
        "members",
        "region",
        "owner_id",
        "project",
        "self_link",
    ]);
    let extras =
        object(&["index_key", "status", "deposed", "sensitive_attributes", "attributes_flat"]);
    (prop::option::weighted(0.9, attributes), extras).prop_map(|(attributes, mut extras)| {
        if let Some(attributes) = attributes {
            extras["attributes"] = attributes;
        }
        extras
    })
}

fn resource_of_any_type() -> impl Strategy<Value = Value> {
    let types = [
        "aws_s3_bucket",
        "aws_s3_bucket_versioning",
        "aws_s3_bucket_notification",
        "aws_security_group",
        "aws_security_group_rule",
        "google_compute_network",
        "aws_other",
        "random_id",
    ];
    (prop::sample::select(types.to_vec()), prop::collection::vec(instance(), 0..4), prop_oneof!["managed", "data"])
        .prop_map(|(code_type, instances, mode)| {
            json!({"mode": mode, "type": code_type, "name": "n", "instances": instances})
        })
}

proptest! {
    #[test]
    fn every_object_is_claimed_part_skipped_or_counted(resources in prop::collection::vec(resource_of_any_type(), 0..6)) {
        let objects: usize = resources.iter().map(|r| r["instances"].as_array().unwrap().len()).sum();
        let file = read(json!(resources));
        let foreign: usize = file.info.foreign.values().sum();
        // Each of these types is mapped by at most one table that can mean the same instance.
        prop_assert_eq!(
            objects,
            file.claims.len() + file.parts.len() + file.skipped.len() + foreign + file.info.data_sources
        );
        prop_assert!(file.claims.iter().all(|claim| !claim.ids.is_empty() && claim.ids.iter().all(|id| !id.is_empty())));
        let wholes = file.claims.len();
        let folded = fold(vec![(file, None)]).claims;
        prop_assert_eq!(folded.iter().filter(|claim| !claim.partial).count(), wholes);
    }

    #[test]
    fn what_is_marked_as_sensitive_is_in_no_claim(
        attribute in prop::sample::select(vec!["acl", "env", "tags", "versioning"]),
        around in value(),
    ) {
        let mut attributes = json!({"id": "b", "bucket": "b"});
        attributes[attribute] = json!({"x": ["hunter2", around], "enabled": "hunter2"});
        let marks = json!([[{"type": "get_attr", "value": attribute}]]);
        let instance = json!([{"attributes": attributes, "sensitive_attributes": marks}]);
        let file = read(json!([resource("aws_s3_bucket", "b", instance)]));
        let shown = format!("{file:?}");
        prop_assert!(!shown.contains("hunter2"));
    }

    #[test]
    fn bytes_of_any_kind_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_state("a", &bytes, &mappings());
        let _ = tenko_declare::stacks::read_stack("a", &bytes);
        let mut packed = vec![0x1f, 0x8b, 8, 0];
        packed.extend(bytes);
        let _ = read_state("a", &packed, &mappings());
    }

    #[test]
    fn a_state_with_a_byte_changed_does_not_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let bucket = json!([{"index_key": 0, "attributes": {"id": "b", "bucket": "b", "tags": {"a": "b"}}}]);
        let mut bytes = state(json!([resource("aws_s3_bucket", "b", bucket)]));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(file) = read_state("a", &bytes, &mappings()) {
            fold(vec![(file, None)]);
        }
    }

    #[test]
    fn any_flat_map_is_read(flat in prop::collection::btree_map("[a-c#%.0-9]{0,8}", "[a-z0-9]{0,3}", 0..12)) {
        let mut attributes = json!(flat);
        attributes["bucket"] = json!("b");
        let module = json!([{"path": ["root"], "resources": {"aws_s3_bucket.b": {"type": "aws_s3_bucket", "primary": {"id": "b", "attributes": attributes}}}}]);
        let text = json!({"version": 3, "modules": module}).to_string();
        prop_assert_eq!(read_state("a", text.as_bytes(), &mappings()).unwrap().claims.len(), 1);
    }
}

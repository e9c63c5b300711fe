//! What is written reads back the same.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};
use tenko_store::{StoreError, read, read_run, write};

use crate::sample::{resource, small, snapshot};

/// Attributes and tags.
type Parts = (BTreeMap<String, Value>, BTreeMap<String, String>);

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_snapshot_reads_back_the_same(
        items in prop::collection::btree_map(
            any::<String>(),
            (prop::collection::btree_map(any::<String>(), any_value(), 0..5),
             prop::collection::btree_map(any::<String>(), any::<String>(), 0..4)),
            0..12,
        )
    ) {
        let make = |(id, (attributes, tags)): (String, Parts)| {
            resource(&id, json!(attributes), tags)
        };
        let written = snapshot("run", items.into_iter().map(make).collect());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.tenko.zst");
        write(&path, &written).unwrap();
        prop_assert_eq!(&read(&path).unwrap(), &written);
        prop_assert_eq!(&read_run(&path).unwrap(), &written.run);
    }
}

#[test]
fn the_deepest_attributes_that_are_kept_can_be_read() {
    let mut deep = json!(1);
    for _ in 0..tenko_core::MAX_DEPTH - 1 {
        deep = json!([deep]);
    }
    let written = snapshot("run", vec![resource("i", json!({"A": deep}), BTreeMap::new())]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    write(&path, &written).unwrap();
    assert_eq!(read(&path).unwrap(), written);
}

#[test]
fn the_same_snapshot_gives_the_same_bytes_and_plain_json_lines() {
    let dir = tempfile::tempdir().unwrap();
    let paths = ["a", "b"].map(|name| dir.path().join(name));
    paths.iter().for_each(|path| write(path, &small("run")).unwrap());
    let bytes = fs::read(&paths[0]).unwrap();
    assert_eq!(bytes, fs::read(&paths[1]).unwrap());

    // What `zstd -dc` shows: the seal is passed over.
    let text = zstd::decode_all(bytes.as_slice()).unwrap();
    let lines: Vec<Value> =
        text.split_inclusive(|b| *b == b'\n').map(|l| serde_json::from_slice(l).unwrap()).collect();
    assert_eq!(lines[0]["schema"], "tenko.snapshot");
    assert_eq!(lines[0]["version"], 1);
    assert_eq!(lines.last().unwrap()["end"]["counts"]["resources"], 2);
    let last = text.split_inclusive(|b| *b == b'\n').next_back().unwrap().len();
    let digest = blake3::hash(&text[..text.len() - last]).to_hex();
    assert_eq!(lines.last().unwrap()["end"]["blake3"], digest.as_str());
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    write(&path, &small("old")).unwrap();
    let huge = "x".repeat(65 << 20);
    let written = snapshot("new", vec![resource("huge", json!({ "A": huge }), BTreeMap::new())]);
    let error = write(&path, &written).unwrap_err();
    assert!(matches!(&error, StoreError::TooLarge { what, .. } if what == "huge"), "{error}");
    assert_eq!(read(&path).unwrap(), small("old"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
}

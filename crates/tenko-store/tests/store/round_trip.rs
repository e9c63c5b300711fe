//! What is written reads back the same.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};
use tenko_core::{Digest, IndexChunk, StoredSnapshot};
use tenko_store::{SnapshotFile, StoreError, Writer, read, read_run, write};

use crate::sample::{many, resource, small, snapshot};

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
fn the_same_snapshot_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let paths = ["a", "b"].map(|name| dir.path().join(name));
    for snapshot in [small("run"), many("run", 5000)] {
        paths.iter().for_each(|path| write(path, &snapshot).unwrap());
        assert_eq!(fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
        assert_eq!(read(&paths[0]).unwrap(), snapshot);
    }
}

#[test]
fn a_small_snapshot_is_lines_of_json_for_any_zstd() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    write(&path, &small("run")).unwrap();
    let text = zstd::decode_all(fs::File::open(&path).unwrap()).unwrap();
    let lines: Vec<Value> =
        text.split_inclusive(|b| *b == b'\n').map(|l| serde_json::from_slice(l).unwrap()).collect();
    assert_eq!(lines[0]["schema"], "tenko.snapshot");
    assert_eq!(lines[0]["version"], 2);
    assert_eq!(lines.last().unwrap()["counts"]["resources"], 2);
    assert!(lines.iter().any(|line| line[0] == "a" && line[5]["Size"] == 1.5), "{lines:?}");
}

#[test]
fn parts_are_read_without_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    // More than one chunk of index.
    let written = many("run", 40_000);
    write(&path, &written).unwrap();
    let file = SnapshotFile::open(&path).unwrap();
    assert_eq!((file.len(), file.run()), (40_000, &written.run));
    let held: Vec<_> =
        file.held().iter().map(|held| (held.scope.as_str(), held.resources)).collect();
    assert_eq!(held, [("1", 20_000), ("2", 20_000)]);
    let mut facts = written.clone();
    facts.resources.clear();
    assert_eq!(file.facts(), &facts);

    let mut found = std::collections::BTreeMap::new();
    let mut last = None;
    let mut buffer = IndexChunk::default();
    assert!(file.chunks().len() > 2);
    for (at, first) in file.chunks().iter().enumerate() {
        let chunk = file.chunk(at, &mut buffer).unwrap();
        assert_eq!(first.0, chunk.keys()[0]);
        for ((key, digest), row) in chunk.keys().iter().zip(chunk.digests()).zip(chunk.rows()) {
            assert!(last < Some(*key), "sorted, each key once");
            last = Some(*key);
            found.insert(u32::from_le_bytes(*row), (Digest(*key), Digest(*digest)));
        }
    }
    assert!(file.chunk(file.chunks().len(), &mut buffer).is_err());
    let of: std::collections::HashMap<_, _> =
        written.resources.iter().map(|r| (Digest::of_key(&r.key), r)).collect();
    let mut wanted: Vec<_> =
        found.iter().map(|(row, (_, digest))| (*row, *digest)).step_by(7).collect();
    // Any order is served.
    wanted.swap(3, 500);
    let opened = file.resources(&wanted).unwrap();
    assert_eq!(opened.len(), wanted.len());
    for (resource, (row, _)) in opened.iter().zip(&wanted) {
        let (key, _) = found[row];
        assert_eq!(resource, of[&key]);
    }
}

#[test]
fn a_writer_takes_resources_in_order_and_leaves_nothing_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    let snapshot = small("run");
    let none = std::iter::empty::<&tenko_core::Resource>;
    let mut writer = Writer::create(&path, &snapshot, none()).unwrap();
    writer.add(&snapshot.resources[1]).unwrap();
    let error = writer.add(&snapshot.resources[0]).unwrap_err();
    assert!(matches!(error, StoreError::Disorder { .. }), "{error}");
    drop(writer);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    let mut writer = Writer::create(&path, &snapshot, none()).unwrap();
    snapshot.resources.iter().for_each(|resource| writer.add(resource).unwrap());
    assert!(!path.exists(), "not before it is whole");
    writer.finish().unwrap();
    assert_eq!(read(&path).unwrap(), snapshot);
}

#[test]
fn repeated_keys_are_kept_and_indexed_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    let make = |n: u32| resource("same", json!({ "N": n }), BTreeMap::new());
    let mut all: Vec<_> = (0..5).map(make).collect();
    all.sort_by_key(|resource| resource.digest);
    let written = snapshot("run", all);
    write(&path, &written).unwrap();
    assert_eq!(read(&path).unwrap(), written);
    let (file, mut buffer) = (SnapshotFile::open(&path).unwrap(), IndexChunk::default());
    let chunk = file.chunk(0, &mut buffer).unwrap();
    assert_eq!((chunk.len(), Digest(chunk.digests()[0])), (1, written.resources[0].digest));
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

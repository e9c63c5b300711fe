//! A file that is not exactly as it was written is never read.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tenko_core::StoredSnapshot;
use tenko_store::{SnapshotFile, StoreError, read, read_run, write};

use crate::sample::{many, small};

fn written() -> (TempDir, PathBuf, Vec<u8>) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("a.tenko.zst");
    write(&path, &small("run")).expect("written");
    let bytes = fs::read(&path).expect("read");
    (dir, path, bytes)
}

fn read_bytes(path: &Path, bytes: &[u8]) -> Result<tenko_core::Snapshot, StoreError> {
    fs::write(path, bytes).expect("written");
    read(path)
}

#[test]
fn a_cut_at_any_byte_is_found() {
    let (_dir, path, bytes) = written();
    for end in 0..bytes.len() {
        let error = read_bytes(&path, &bytes[..end]).unwrap_err();
        let expected = match end {
            0..4 => matches!(error, StoreError::NotASnapshot { .. }),
            _ => matches!(error, StoreError::Truncated { .. }),
        };
        assert!(expected, "{end} of {}: {error:?}", bytes.len());
        assert!(error.to_string().contains("a.tenko.zst"), "{error}");
        assert!(read_run(&path).is_err(), "{end}");
    }
}

#[test]
fn a_flip_of_any_bit_is_found() {
    let (_dir, path, bytes) = written();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            assert!(read_bytes(&path, &flipped).is_err(), "bit {bit} of byte {at}");
        }
    }
    assert!(read_bytes(&path, &bytes).is_ok());
}

#[test]
fn something_behind_it_is_found() {
    let (_dir, path, bytes) = written();
    for more in [&bytes[..], b"\n", &[0; 100]] {
        let error = read_bytes(&path, &[&bytes, more].concat()).unwrap_err();
        let named = matches!(error, StoreError::Damaged { .. } | StoreError::Truncated { .. });
        assert!(named, "{error:?}");
    }
}

#[test]
fn a_damaged_part_is_named_and_the_others_stay_usable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tenko.zst");
    let written = many("run", 3000);
    write(&path, &written).unwrap();
    let bytes = fs::read(&path).unwrap();
    let (parts, _) = taken_apart(&bytes);
    let lengths: Vec<_> = parts.iter().map(Vec::len).collect();
    let place = |part: usize| lengths[..part].iter().sum::<usize>();
    for (part, name) in [
        (1, "list of scopes and units"),
        (2, "dictionary"),
        (3, "its resources 0 to "),
        (4, "piece 0 of its index"),
        (5, "table of blocks"),
        (6, "table of the index"),
        (7, "manifest"),
    ] {
        let mut flipped = bytes.clone();
        flipped[place(part) + 20] ^= 4;
        let error = read_bytes(&path, &flipped).unwrap_err().to_string();
        assert!(error.contains(name) && error.contains("a.tenko.zst"), "{name}: {error}");
    }
    // One broken block: all other resources can be had, and the index.
    let mut flipped = bytes;
    flipped[place(3) + 20] ^= 4;
    fs::write(&path, &flipped).unwrap();
    let file = SnapshotFile::open(&path).unwrap();
    let last = written.resources.last().unwrap();
    let opened = file.resources(&[(2999, last.digest)]).unwrap();
    assert_eq!(opened, std::slice::from_ref(last));
    let error = file.resources(&[(0, last.digest)]).unwrap_err();
    assert!(error.to_string().contains("its resources 0 to "), "{error}");
    assert!(file.resources(&[(3000, last.digest)]).is_err(), "there is no such row");
}

/// The parts of a file, the manifest as the last of them, and what it says.
fn taken_apart(bytes: &[u8]) -> (Vec<Vec<u8>>, Value) {
    let seal = &bytes[bytes.len() - 64..];
    let begin = u64::from_le_bytes(seal[24..32].try_into().unwrap()) as usize;
    let packed = &bytes[begin..bytes.len() - 64];
    let manifest: Value =
        serde_json::from_slice(&zstd::decode_all(packed).unwrap()).expect("a manifest");
    let mut rest = bytes;
    let mut parts = Vec::new();
    for part in manifest["parts"].as_array().unwrap() {
        let (part, after) = rest.split_at(part["length"].as_u64().unwrap() as usize);
        parts.push(part.to_vec());
        rest = after;
    }
    parts.push(packed.to_vec());
    (parts, manifest)
}

/// A file of these parts with a right seal, as a forger or a broken writer would make it.
fn forged(parts: &[Vec<u8>], mut manifest: Value) -> Vec<u8> {
    for (part, bytes) in manifest["parts"].as_array_mut().unwrap().iter_mut().zip(parts) {
        part["length"] = json!(bytes.len());
        if part.get("blake3").is_some() {
            part["blake3"] = json!(blake3::hash(bytes).to_hex().as_str());
        }
    }
    let mut bytes = parts[..parts.len() - 1].concat();
    let begin = bytes.len() as u64;
    let packed = zstd::encode_all(manifest.to_string().as_bytes(), 1).unwrap();
    bytes.extend(&packed);
    let sealed = bytes.len() as u64;
    bytes.extend(b"\x54\x2a\x4d\x18\x38\0\0\0tenkoEND");
    bytes.extend(sealed.to_le_bytes());
    bytes.extend(begin.to_le_bytes());
    bytes.extend(blake3::hash(&packed).as_bytes());
    bytes
}

#[test]
fn parts_that_do_not_add_up_are_found_even_below_right_checksums() {
    let (_dir, path, bytes) = written();
    let (parts, manifest) = taken_apart(&bytes);
    assert!(read_bytes(&path, &forged(&parts, manifest.clone())).is_ok());
    // Fewer or more facts than the manifest counts.
    let facts = String::from_utf8(zstd::decode_all(parts[1].as_slice()).unwrap()).unwrap();
    let lines: Vec<_> = facts.split_inclusive('\n').collect();
    let without = |n: usize| [&lines[..n], &lines[n + 1..]].concat().concat();
    let twice = |n: usize| [&lines[..n], &lines[n..=n], &lines[n..]].concat().concat();
    let mut odd: Vec<String> = (0..lines.len()).map(without).collect();
    // The same scope again is still one scope.
    odd.extend((1..lines.len()).map(twice));
    odd.push(facts.replacen("{\"answer\":", "{\"mystery\":", 1));
    odd.push(facts.trim_end().to_owned());
    for facts in odd {
        let mut parts = parts.clone();
        parts[1] = zstd::encode_all(facts.as_bytes(), 1).unwrap();
        assert!(read_bytes(&path, &forged(&parts, manifest.clone())).is_err(), "{facts}");
    }
    // A part that is longer or shorter than what is in it; parts that are other parts.
    for at in 1..parts.len() - 1 {
        let mut cut = parts.clone();
        cut[at].pop();
        // The small snapshot has no dictionary.
        let empty = parts[at].is_empty();
        assert_eq!(read_bytes(&path, &forged(&cut, manifest.clone())).is_ok(), empty, "{at}");
        for other in (1..parts.len() - 1).filter(|other| parts[*other] != parts[at]) {
            let mut swapped = parts.clone();
            swapped.swap(at, other);
            assert!(
                read_bytes(&path, &forged(&swapped, manifest.clone())).is_err(),
                "{at} {other}"
            );
        }
    }
    for (count, value) in [("resources", 3), ("resources", 1), ("indexed", 1), ("coverage", 9)] {
        let mut manifest = manifest.clone();
        manifest["counts"][count] = json!(value);
        assert!(read_bytes(&path, &forged(&parts, manifest)).is_err(), "{count}");
    }
    let mut unlisted = manifest;
    unlisted["parts"].as_array_mut().unwrap().swap(3, 4);
    assert!(read_bytes(&path, &forged(&parts, unlisted)).is_err());
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let (_dir, path, bytes) = written();
    let packed = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    let not_ours = [
        Vec::new(),
        b"{}".to_vec(),
        vec![0; 1000],
        packed("hello\n"),
        packed("{\"schema\":\"other\",\"version\":1}\n"),
        packed("[]\n"),
    ];
    for other in not_ours {
        let error = read_bytes(&path, &other).unwrap_err();
        assert!(matches!(error, StoreError::NotASnapshot { .. }), "{error:?}");
    }
    // Other versions may look as they like behind their first line.
    let text = zstd::decode_all(bytes.as_slice()).unwrap();
    let first = text.split_inclusive(|b| *b == b'\n').next().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    let version = |n: u32| first.replacen("\"version\":2", &format!("\"version\":{n}"), 1);
    let error = read_bytes(&path, &packed(&version(3))).unwrap_err();
    let said = "was written by a newer tenko (version 3); this one reads 2";
    assert!(error.to_string().ends_with(said), "{error}");
    assert!(matches!(read_run(&path), Err(StoreError::Newer { version: 3, .. })));
    let error = read_bytes(&path, &packed(&version(1))).unwrap_err();
    let said = "was written by an older tenko (version 1); this one reads 2";
    assert!(error.to_string().ends_with(said), "{error}");
    assert!(matches!(read_run(&path), Err(StoreError::Older { version: 1, .. })));
    let missing = read(Path::new("nowhere.tenko.zst")).unwrap_err();
    assert!(matches!(missing, StoreError::Io { action: "open", .. }), "{missing:?}");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let (_dir, path, _) = written();
    // 70 MB of one line, a few kilobytes when compressed.
    let text = format!("{}\n", json!({ "schema": "x".repeat(70 << 20) }));
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let error = read_bytes(&path, &packed).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

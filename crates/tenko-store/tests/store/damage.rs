//! A file that is not exactly as it was written is never read.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use tenko_store::{StoreError, read, read_run, write};

use crate::sample::small;

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

/// Lines of our own with a right seal.
fn sealed(text: &str) -> Vec<u8> {
    let mut bytes = zstd::encode_all(text.as_bytes(), 1).expect("compressed");
    let (length, digest) = ((bytes.len() as u64).to_le_bytes(), blake3::hash(&bytes));
    bytes.extend(b"\x54\x2a\x4d\x18\x30\0\0\0tenkoEND");
    bytes.extend(length);
    bytes.extend(digest.as_bytes());
    bytes
}

#[test]
fn lines_that_do_not_add_up_are_found_even_below_a_right_seal() {
    let (_dir, path, bytes) = written();
    let text = String::from_utf8(zstd::decode_all(bytes.as_slice()).unwrap()).unwrap();
    assert!(read_bytes(&path, &sealed(&text)).is_ok());
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let without = |n: usize| [&lines[..n], &lines[n + 1..]].concat().concat();
    let twice = |n: usize| [&lines[..n], &lines[n..=n], &lines[n..]].concat().concat();
    for n in 1..lines.len() {
        assert!(read_bytes(&path, &sealed(&without(n))).is_err(), "without line {n}");
        assert!(read_bytes(&path, &sealed(&twice(n))).is_err(), "line {n} twice");
    }
    for odd in [
        text.replace("\"Size\":1.5", "\"Size\":2.5"),
        text.replace("{\"resource\":", "{\"mystery\":"),
        text.trim_end().to_owned(),
    ] {
        assert_ne!(odd, text);
        assert!(read_bytes(&path, &sealed(&odd)).is_err());
    }
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let (_dir, path, bytes) = written();
    let not_ours = [
        Vec::new(),
        b"{}".to_vec(),
        vec![0; 1000],
        zstd::encode_all(&b"hello\n"[..], 1).unwrap(),
        sealed("{\"schema\":\"other\",\"version\":1}\n"),
        sealed("[]\n"),
    ];
    for other in not_ours {
        let error = read_bytes(&path, &other).unwrap_err();
        assert!(matches!(error, StoreError::NotASnapshot { .. }), "{error:?}");
    }
    let text = String::from_utf8(zstd::decode_all(bytes.as_slice()).unwrap()).unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    // A later version may end in another way.
    for file in [sealed(&newer), zstd::encode_all(newer.as_bytes(), 1).unwrap()] {
        let error = read_bytes(&path, &file).unwrap_err();
        assert!(error.to_string().ends_with("(version 2); this one reads 1"), "{error}");
        assert!(matches!(read_run(&path), Err(StoreError::Newer { version: 2, .. })));
    }
    let missing = read(Path::new("nowhere.tenko.zst")).unwrap_err();
    assert!(matches!(missing, StoreError::Io { action: "open", .. }), "{missing:?}");
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let (_dir, path, _) = written();
    // 70 MB of one line, a few kilobytes when compressed.
    let text = format!("{}\n", json!({ "schema": "x".repeat(70 << 20) }));
    let error = read_bytes(&path, &sealed(&text)).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

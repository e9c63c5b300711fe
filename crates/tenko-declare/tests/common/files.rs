//! The manifests in `fixtures/manifests`.
#![expect(unreachable_pub, reason = "each test is a crate of its own")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/manifests").join(name)
}

/// The files of a folder by name.
pub fn fixtures(name: &str) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

//! Tenant manifests. The first byte chooses the format.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tenko_core::Catalog;
use tenko_declare::{ManifestFile, load};

static CATALOG: LazyLock<Catalog> = LazyLock::new(tenko_fuzz::catalog);

fuzz_target!(|bytes: &[u8]| {
    let Some((format, bytes)) = bytes.split_first() else { return };
    let name = ["m.yaml", "m.json", "m.toml"][usize::from(format % 3)];
    if let Err(errors) = load(&[ManifestFile { name, bytes }], &CATALOG) {
        assert!(!errors.0.is_empty() && !errors.to_string().is_empty());
    }
});

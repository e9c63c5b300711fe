//! Suppressions files, read and appended to. The first byte chooses the format.
#![no_main]

use std::sync::LazyLock;

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use tenko_core::{Catalog, Fingerprint, Suppresses};
use tenko_declare::suppressions_file::{NewSuppression, append};
use tenko_declare::{ManifestFile, suppressions};

static CATALOG: LazyLock<Catalog> = LazyLock::new(tenko_fuzz::catalog);

fuzz_target!(|bytes: &[u8]| {
    let Some((format, bytes)) = bytes.split_first() else { return };
    let name = ["s.yaml", "s.json", "s.toml"][usize::from(format % 3)];
    let file = ManifestFile { name, bytes };
    let new = NewSuppression {
        of: Suppresses::One(Fingerprint("f".repeat(32))),
        reason: "r".to_owned(),
        owner: None,
        created: None,
        expires: date(2027, 2, 1),
        ticket: None,
        evidence: None,
        note: None,
    };
    let before = suppressions(&file, &CATALOG);
    if let (Ok(before), Ok(after)) = (&before, append(&file, &CATALOG, &[new])) {
        let file = ManifestFile { name, bytes: after.as_bytes() };
        let after = suppressions(&file, &CATALOG).expect("what was written can be read");
        assert_eq!(after.entries.len(), before.entries.len() + 1);
    }
    if let Err(errors) = before {
        assert!(!errors.0.is_empty() && !errors.to_string().is_empty());
    }
});

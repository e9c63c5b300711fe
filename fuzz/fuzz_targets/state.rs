//! Terraform states: any bytes, by the real mappings.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tenko_declare::terraform::{Mappings, fold, read_state};

static MAPPINGS: LazyLock<Mappings> =
    LazyLock::new(|| Mappings::new(&tenko_fuzz::catalog()).expect("the mappings are right"));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(file) = read_state("fuzz.tfstate", bytes, &MAPPINGS) {
        let claims = file.claims.len();
        assert!(file.claims.iter().all(|claim| !claim.ids.is_empty()));
        // Parts without a parent come as claims of their own.
        let folded = fold(vec![(file, None)]).claims;
        assert_eq!(folded.iter().filter(|claim| !claim.partial).count(), claims);
    }
});

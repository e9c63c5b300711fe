//! Saved lists of a stack's resources.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = tenko_declare::stacks::read_stack("fuzz.json", bytes);
});

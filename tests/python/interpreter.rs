//! How tests of several crates come to Python. Each takes this file in by its path: a crate for it would be one more
//! that all of them wait for.

use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|above| above.join("tests/python").is_dir());
    root.unwrap_or(here).to_owned()
}

/// The interpreter of the environment that `cargo xtask test` makes.
///
/// # Panics
/// When it is not there: a test that cannot run must not pass.
pub(crate) fn python() -> PathBuf {
    if let Some(given) = std::env::var_os("TENKO_TEST_PYTHON") {
        return given.into();
    }
    let made = root().join("target/python/bin/python");
    assert!(made.is_file(), "the tests' Python environment is missing: run `cargo xtask test`");
    made
}

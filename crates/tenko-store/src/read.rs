//! Reading a snapshot whole, or only what is said of its run.

use std::path::Path;

use tenko_core::{RunInfo, Snapshot};

use crate::error::StoreError;
use crate::file::{SnapshotFile, begin};
use crate::frame::Seal;

/// Reads a snapshot.
///
/// # Errors
/// When it cannot be read, is something else or of another version, or is not exactly as it was
/// written. The error names the file.
pub fn read(path: &Path) -> Result<Snapshot, StoreError> {
    SnapshotFile::open(path)?.read()
}

/// Reads only what is said of the run, and checks that the file has its end. The bytes in between
/// are not looked at.
///
/// # Errors
/// As [`read`].
pub fn read_run(path: &Path) -> Result<RunInfo, StoreError> {
    let (file, header) = begin(path)?;
    Seal::read(&file, path)?;
    Ok(header.run)
}

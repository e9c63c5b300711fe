//! Two kept snapshots, of which only the differences are opened.

use crate::audit::counts;
use crate::model::{Catalog, StoredSnapshot};
use crate::report::{Document, Kind};
use crate::store::{SnapshotFile, StoreError};

/// Compares a kept snapshot with a later one; the older acts as the declaration. The document is
/// that of [`compare_snapshots`](crate::compare_snapshots), in memory that grows with the
/// differences.
///
/// # Errors
/// When a part of either file that is needed cannot be read. What is the same in both is not
/// opened, and so not checked.
pub fn compare_stored(
    old: &SnapshotFile,
    new: &SnapshotFile,
    catalog: &Catalog,
) -> Result<Document, StoreError> {
    let diff = crate::diff::diff_stored(old, new, catalog)?;
    let counts = counts(&diff);
    let mut document = Document::new(Kind::Diff, new.facts(), diff.drift, Vec::new(), counts);
    // The facts hold no resources, but how many there are is known.
    document.summary.resources = new.len();
    for row in &mut document.scopes {
        let of = |held: &&crate::store::Held| {
            held.cloud == row.scope.cloud && held.scope == row.scope.id
        };
        row.resources = new.held().iter().find(of).map_or(0, |held| held.resources);
    }
    Ok(document)
}

//! Two kept snapshots against each other, of which only the differences are opened.

mod merge;

use tenko_core::{Catalog, Resource, StoredSnapshot};

use crate::history::diff_snapshots;
use crate::model::Diff;

pub use merge::{ChangedRows, IndexDiff, StoredRow, diff_indexes};

/// So many differences of each kind are opened at once, or more where there are many units: what
/// a snapshot says of its units is looked through once for every batch.
const BATCH: usize = 4_096;

/// Compares a kept snapshot with an older one: what [`diff_snapshots`] says of the two when they
/// are read whole, in memory that grows with the differences and not with the snapshots.
///
/// # Errors
/// When a part of either that is needed cannot be read.
pub fn diff_stored<S: StoredSnapshot>(
    old: &S,
    new: &S,
    catalog: &Catalog,
) -> Result<Diff, S::Error> {
    let mut rows = diff_indexes(old, new)?;
    // In the order in which they are kept, so that a batch is of one stretch of both.
    rows.changed.sort_unstable_by_key(|pair| pair.old);
    rows.gone.sort_unstable();
    rows.added.sort_unstable();
    let (mut before, mut after) = (old.facts().clone(), new.facts().clone());
    let mut whole = Diff::default();
    let longest = rows.changed.len().max(rows.gone.len()).max(rows.added.len());
    let size = BATCH.max(before.coverage.len().max(after.coverage.len()) / 4);
    for batch in 0..longest.div_ceil(size).max(1) {
        let changed = part(&rows.changed, batch, size);
        let was = changed.iter().map(|pair| pair.old);
        let is = changed.iter().map(|pair| pair.new);
        before.resources = opened(old, was.chain(part(&rows.gone, batch, size).iter().copied()))?;
        after.resources = opened(new, is.chain(part(&rows.added, batch, size).iter().copied()))?;
        // What is said of a resource depends on it and on the coverage, and on no other resource.
        let diff = diff_snapshots(&before, &after, catalog);
        whole.drift.extend(diff.drift);
        whole.counts.declared += diff.counts.declared;
        whole.counts.managed += diff.counts.managed;
        whole.counts.unmanaged += diff.counts.unmanaged;
        whole.counts.unseen_before += diff.counts.unseen_before;
    }
    whole.counts.declared += rows.same;
    whole.counts.managed += rows.same;
    whole.sort();
    Ok(whole)
}

/// Opens resources in the order in which they are kept, each block once.
fn opened<S: StoredSnapshot>(
    of: &S,
    rows: impl Iterator<Item = StoredRow>,
) -> Result<Vec<Resource>, S::Error> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_unstable();
    of.resources(&rows)
}

fn part<T>(list: &[T], batch: usize, size: usize) -> &[T] {
    list.chunks(size).nth(batch).unwrap_or_default()
}

//! Two sorted indexes are merged piece by piece, on all cores.

use std::cmp::Ordering;

use rayon::prelude::*;
use tenko_core::{Digest, IndexChunk, StoredSnapshot};

/// Where a resource is kept, and the digest that the index has of it.
pub type StoredRow = (u32, Digest);

/// A resource that both snapshots have and that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedRows {
    /// Where the older snapshot has it.
    pub old: StoredRow,
    /// Where the newer one has it.
    pub new: StoredRow,
}

/// What two indexes say of each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexDiff {
    /// How many resources are the same in both.
    pub same: usize,
    /// Those that differ.
    pub changed: Vec<ChangedRows>,
    /// Those that only the older snapshot has.
    pub gone: Vec<StoredRow>,
    /// Those that only the newer snapshot has.
    pub added: Vec<StoredRow>,
}

/// Compares the indexes of two kept snapshots, and opens no resource. Whatever their size, some
/// chunks are in memory at once. The rows come in no particular order.
///
/// # Errors
/// When a chunk of either cannot be read.
pub fn diff_indexes<S: StoredSnapshot>(old: &S, new: &S) -> Result<IndexDiff, S::Error> {
    let (a, b) = (old.chunks(), new.chunks());
    let longer = if a.len() >= b.len() { a } else { b };
    // Several shards a core, since not all take the same time.
    let shards = (rayon::current_num_threads() * 4).clamp(1, longer.len().max(1));
    let bounds: Vec<Option<Digest>> = std::iter::once(None)
        .chain((1..shards).map(|shard| longer.get(shard * longer.len() / shards).copied()))
        .chain([None])
        .collect();
    let parts: Result<Vec<IndexDiff>, S::Error> = bounds
        .par_windows(2)
        .map(|bounds| match bounds {
            [from, to] => shard(old, new, *from, *to),
            _ => Ok(IndexDiff::default()),
        })
        .collect();
    let mut whole = IndexDiff::default();
    for part in parts? {
        whole.same += part.same;
        whole.changed.extend(part.changed);
        whole.gone.extend(part.gone);
        whole.added.extend(part.added);
    }
    Ok(whole)
}

/// Merges the keys from one up to and without another; `None` is the beginning or the end.
fn shard<S: StoredSnapshot>(
    old: &S,
    new: &S,
    from: Option<Digest>,
    to: Option<Digest>,
) -> Result<IndexDiff, S::Error> {
    let mut out = IndexDiff::default();
    let (mut old_buffer, mut new_buffer) = (IndexChunk::default(), IndexChunk::default());
    let mut of_new = Places::new(new.chunks(), from, to);
    let mut is = Span::default();
    for at in Places::new(old.chunks(), from, to) {
        let mut was = Span::of(old.chunk(at, &mut old_buffer)?, from, to);
        while !was.keys.is_empty() {
            if is.keys.is_empty() {
                let Some(at) = of_new.next() else { break };
                is = Span::of(new.chunk(at, &mut new_buffer)?, from, to);
                continue;
            }
            merge(&mut was, &mut is, &mut out);
        }
        out.gone.extend(was.records());
    }
    out.added.extend(is.records());
    for at in of_new {
        let is = Span::of(new.chunk(at, &mut new_buffer)?, from, to);
        out.added.extend(is.records());
    }
    Ok(out)
}

/// The numbers of the chunks that may have keys of a shard.
struct Places {
    next: usize,
    end: usize,
}

impl Places {
    fn new(firsts: &[Digest], from: Option<Digest>, to: Option<Digest>) -> Self {
        // The chunk before the first that begins behind `from` holds it, if any does.
        let next = from.map_or(0, |from| firsts.partition_point(|first| *first <= from));
        let end = to.map_or(firsts.len(), |to| firsts.partition_point(|first| *first < to));
        Self { next: next.saturating_sub(1), end }
    }
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let at = self.next;
        (at < self.end).then(|| {
            self.next += 1;
            at
        })
    }
}

/// Records of a chunk that are still to be merged.
#[derive(Clone, Copy, Default)]
struct Span<'a> {
    keys: &'a [[u8; 16]],
    digests: &'a [[u8; 16]],
    rows: &'a [[u8; 4]],
}

impl<'a> Span<'a> {
    /// The records of a chunk from one key up to and without another.
    fn of(chunk: &'a IndexChunk, from: Option<Digest>, to: Option<Digest>) -> Self {
        let place = |of: Digest| chunk.keys().partition_point(|key| *key < of.0);
        let (begin, end) = (from.map_or(0, place), to.map_or(chunk.len(), place));
        Self {
            keys: chunk.keys().get(begin..end).unwrap_or_default(),
            digests: chunk.digests().get(begin..end).unwrap_or_default(),
            rows: chunk.rows().get(begin..end).unwrap_or_default(),
        }
    }

    fn records(self) -> impl Iterator<Item = StoredRow> + use<'a> {
        self.rows.iter().zip(self.digests).map(|(row, digest)| record(row, digest))
    }

    /// Without its first records.
    fn skip(&mut self, count: usize) {
        self.keys = self.keys.get(count..).unwrap_or_default();
        self.digests = self.digests.get(count..).unwrap_or_default();
        self.rows = self.rows.get(count..).unwrap_or_default();
    }

    fn pop(&mut self) -> Option<StoredRow> {
        let first = self.rows.first().zip(self.digests.first());
        let first = first.map(|(row, digest)| record(row, digest));
        self.skip(1);
        first
    }
}

fn record(row: &[u8; 4], digest: &[u8; 16]) -> StoredRow {
    (u32::from_le_bytes(*row), Digest(*digest))
}

/// Merges until one side is used up.
fn merge(was: &mut Span<'_>, is: &mut Span<'_>, out: &mut IndexDiff) {
    loop {
        let same = same_records(was, is);
        out.same += same;
        was.skip(same);
        is.skip(same);
        let (Some(old), Some(new)) = (was.keys.first(), is.keys.first()) else { return };
        match u128::from_be_bytes(*old).cmp(&u128::from_be_bytes(*new)) {
            Ordering::Less => out.gone.extend(was.pop()),
            Ordering::Greater => out.added.extend(is.pop()),
            Ordering::Equal => {
                let pair = was.pop().zip(is.pop());
                out.changed.extend(pair.map(|(old, new)| ChangedRows { old, new }));
            }
        }
    }
}

/// How many records at the beginning are the same on both sides. Nearly all are, so this is what
/// takes the time: four at once, and then one by one.
fn same_records(was: &Span<'_>, is: &Span<'_>) -> usize {
    fn fours(list: &[[u8; 16]]) -> &[[[u8; 16]; 4]] {
        list.as_chunks().0
    }
    let keys = fours(was.keys).iter().zip(fours(is.keys));
    let digests = fours(was.digests).iter().zip(fours(is.digests));
    let whole = 4 * keys.zip(digests).take_while(|(k, d)| k.0 == k.1 && d.0 == d.1).count();
    let keys = was.keys.iter().zip(is.keys).skip(whole);
    let digests = was.digests.iter().zip(is.digests).skip(whole);
    whole + keys.zip(digests).take_while(|(k, d)| k.0 == k.1 && d.0 == d.1).count()
}

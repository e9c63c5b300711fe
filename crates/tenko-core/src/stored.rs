//! A snapshot that is kept and can be read in parts, so that two of them are compared without
//! reading either whole.
//!
//! What is equal in both is found in their indexes: of every resource a 128-bit key and the
//! 128-bit digest of what is compared, sorted by key. Only what differs is opened.

use crate::attributes::Digest;
use crate::resource::{Resource, ResourceKey};
use crate::snapshot::Snapshot;

/// The most records that a chunk of an index may have: with its key, digest and row number each,
/// a chunk stays within a core's own cache while it is read, checked and merged.
pub const CHUNK_RECORDS: usize = 1 << 14;

const KEY: usize = 16;
const DIGEST: usize = 16;
const ROW: usize = 4;

impl Digest {
    /// What an index knows a resource by: the digest of its whole key.
    pub fn of_key(key: &ResourceKey) -> Self {
        let mut text = Vec::with_capacity(128);
        for part in [
            key.cloud.as_str(),
            key.scope.as_str(),
            key.region.as_str(),
            key.resource_type.as_str(),
            &key.id,
        ] {
            text.extend_from_slice(part.as_bytes());
            // No text has this byte in it: `ab`, `c` is not `a`, `bc`.
            text.push(0xff);
        }
        Self::of(&text)
    }
}

/// One record of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexRecord {
    /// [`Digest::of_key`] of the resource.
    pub key: Digest,
    /// The resource's own digest.
    pub digest: Digest,
    /// By this number [`StoredSnapshot::resources`] opens it.
    pub row: u32,
}

/// Some records of an index, sorted by key, each key once: first all keys, then all digests, then
/// all row numbers, so that a merge reads only what it compares.
#[derive(Clone, Debug, Default)]
pub struct IndexChunk {
    bytes: Vec<u8>,
    records: usize,
}

impl IndexChunk {
    /// How many bytes so many records take.
    pub const fn size_of(records: usize) -> usize {
        records * (KEY + DIGEST + ROW)
    }

    /// A chunk of these records, which must be sorted.
    pub fn of(records: &[IndexRecord]) -> Self {
        let mut bytes = Vec::with_capacity(Self::size_of(records.len()));
        records.iter().for_each(|record| bytes.extend(record.key.0));
        records.iter().for_each(|record| bytes.extend(record.digest.0));
        records.iter().for_each(|record| bytes.extend(record.row.to_le_bytes()));
        Self { bytes, records: records.len() }
    }

    /// Makes room for so many records and gives it to be filled, in the form of
    /// [`Self::as_bytes`]. What was in it before is gone; its memory is used again.
    pub fn refill(&mut self, records: usize) -> &mut [u8] {
        self.records = records;
        self.bytes.resize(Self::size_of(records), 0);
        &mut self.bytes
    }

    /// The chunk as it is kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many records it has.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The keys, ascending as bytes.
    pub fn keys(&self) -> &[[u8; KEY]] {
        self.column(0, self.records * KEY)
    }

    /// The digests, in the order of the keys.
    pub fn digests(&self) -> &[[u8; DIGEST]] {
        self.column(self.records * KEY, self.records * DIGEST)
    }

    /// The row numbers, in the order of the keys, in little-endian bytes.
    pub fn rows(&self) -> &[[u8; ROW]] {
        self.column(self.records * (KEY + DIGEST), self.records * ROW)
    }

    fn column<const N: usize>(&self, from: usize, length: usize) -> &[[u8; N]] {
        self.bytes.get(from..from + length).unwrap_or_default().as_chunks().0
    }
}

/// A snapshot that is kept somewhere, opened as far as it is needed.
///
/// Chunks and resources may be asked for from several threads at once.
pub trait StoredSnapshot: Sync {
    /// Why a part cannot be read.
    type Error: Send;

    /// Everything but the resources, whose list is empty here.
    fn facts(&self) -> &Snapshot;

    /// The key that each chunk of the index begins with, in order.
    fn chunks(&self) -> &[Digest];

    /// One chunk of the index: the buffer, into which it was read, or one that is held already. All
    /// chunks together are sorted by key and have each key once.
    ///
    /// # Errors
    /// When there is no such chunk, or it cannot be read or is not as it was kept.
    fn chunk<'a>(
        &'a self,
        at: usize,
        buffer: &'a mut IndexChunk,
    ) -> Result<&'a IndexChunk, Self::Error>;

    /// Opens the resources of these rows, in their order. The digests are those of the index.
    /// Neighbouring rows are kept together: ascending numbers are cheapest.
    ///
    /// # Errors
    /// When there is no such row, or it cannot be read or is not as it was kept.
    fn resources(&self, records: &[(u32, Digest)]) -> Result<Vec<Resource>, Self::Error>;
}

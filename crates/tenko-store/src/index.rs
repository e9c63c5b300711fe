//! The index on disk: chunks of sorted records, each in a frame of its own, and their table.

use tenko_core::{CHUNK_RECORDS, Digest, IndexChunk, IndexRecord};

use crate::frame::{SKIP_HEAD, skip_head};

/// How long an entry of the table is.
const ENTRY: usize = 16 + 4 + 16;

/// One chunk's place and checksum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkEntry {
    pub(crate) first: Digest,
    pub(crate) records: u32,
    /// Of the records.
    pub(crate) digest: Digest,
    /// From the beginning of the part.
    pub(crate) offset: u64,
}

/// The frames of an index, one after the other, and its table.
pub(crate) fn write<E>(
    records: &[IndexRecord],
    mut out: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let mut table = Vec::new();
    for records in records.chunks(CHUNK_RECORDS) {
        let chunk = IndexChunk::of(records);
        let first = records.first().map_or([0; 16], |record| record.key.0);
        table.extend(first);
        table.extend((records.len() as u32).to_le_bytes());
        table.extend(Digest::of(chunk.as_bytes()).0);
        out(&skip_head(chunk.as_bytes().len()))?;
        out(chunk.as_bytes())?;
    }
    Ok(table)
}

/// Reads the table; `None` when it is none, or its chunks do not fill so many bytes and records.
pub(crate) fn read_table(table: &[u8], bytes: u64, records: u32) -> Option<Vec<ChunkEntry>> {
    let (entries, rest) = table.as_chunks::<ENTRY>();
    let (mut offset, mut count) = (0_u64, 0_u32);
    let mut chunks = Vec::with_capacity(entries.len());
    for entry in entries {
        let (first, entry) = entry.split_first_chunk::<16>()?;
        let (records, digest) = entry.split_first_chunk::<4>()?;
        let records = u32::from_le_bytes(*records);
        if records == 0 || records as usize > CHUNK_RECORDS {
            return None;
        }
        let digest = Digest(digest.try_into().ok()?);
        chunks.push(ChunkEntry { first: Digest(*first), records, digest, offset });
        offset += (SKIP_HEAD + IndexChunk::size_of(records as usize)) as u64;
        count = count.checked_add(records)?;
    }
    let ascending = chunks.is_sorted_by(|a, b| a.first < b.first);
    (rest.is_empty() && offset == bytes && count == records && ascending).then_some(chunks)
}

//! Resources, some dozens to a compressed block, so that a few are opened without the others.

use std::collections::BTreeMap;
use std::path::Path;

use tenko_core::{Attributes, Digest, Resource, ResourceKey};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::error::StoreError;
use crate::format::{Group, MAX_LINE, More, Row, RowRef};
use crate::write::json_line;

/// How much text a block holds, about. Smaller blocks open faster and compress worse.
pub(crate) const BLOCK: usize = 40 << 10;
/// Higher levels cost several times the time and save nothing here.
const LEVEL: i32 = 1;
/// A larger dictionary saves no more.
const DICTIONARY: usize = 16 << 10;
/// Below this many resources a dictionary costs more than it saves.
const WORTH_A_DICTIONARY: usize = 2_000;
/// As many resources as a dictionary is trained with.
const SAMPLES: usize = 4_000;
/// How long an entry of the table is.
const ENTRY: usize = 4 + 4 + 16;

/// Trains a dictionary from some of so many resources; empty where none is worth it.
pub(crate) fn train<'a>(samples: impl ExactSizeIterator<Item = &'a Resource>) -> Vec<u8> {
    let count = samples.len();
    if count < WORTH_A_DICTIONARY {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for resource in samples.step_by((count / SAMPLES).max(1)) {
        let mut line = Vec::new();
        // One that cannot be written is found when its turn comes.
        if write_row(resource, false, &mut line).is_ok() && line.len() <= BLOCK {
            lines.push(line);
        }
    }
    // Too few or too uniform to learn from: then there is none.
    zstd::dict::from_samples(&lines, DICTIONARY).unwrap_or_default()
}

/// Writes the line of a group.
pub(crate) fn write_group(key: &ResourceKey, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let group = Group {
        cloud: key.cloud.clone(),
        resource_type: key.resource_type.clone(),
        scope: key.scope.clone(),
        region: key.region.clone(),
    };
    json_line(&key.id, &group, out)
}

/// Writes the line of one resource.
pub(crate) fn write_row(
    resource: &Resource,
    keep_digest: bool,
    out: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let more = More {
        origin: resource.origin.clone(),
        unknown: resource.unknown.clone(),
        digest: keep_digest.then_some(resource.digest),
    };
    let id = &resource.key.id;
    let row = RowRef(id, resource.name.as_deref(), resource.created_at, &resource.tags, more);
    let from = out.len();
    json_line(id, &row, out)?;
    // The attributes are JSON text already.
    let text = resource.attributes.as_json();
    out.truncate(out.len().saturating_sub("]\n".len()));
    out.push(b',');
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"]\n");
    let bytes = out.len() - from;
    if bytes > MAX_LINE {
        // What is written must be readable.
        return Err(StoreError::TooLarge { what: id.clone(), bytes, limit: MAX_LINE });
    }
    Ok(())
}

/// Where a block is, and what it must be like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// From the beginning of the part.
    pub(crate) offset: u64,
    pub(crate) length: u32,
    pub(crate) first_row: u32,
    pub(crate) rows: u32,
    pub(crate) digest: Digest,
}

/// The table of blocks, one entry after the other.
pub(crate) fn write_table(blocks: &[Block]) -> Vec<u8> {
    let mut out = Vec::with_capacity(blocks.len() * ENTRY);
    for block in blocks {
        out.extend(block.length.to_le_bytes());
        out.extend(block.rows.to_le_bytes());
        out.extend(block.digest.0);
    }
    out
}

/// Reads the table; `None` when it is none, or its blocks do not fill so many bytes and rows.
pub(crate) fn read_table(table: &[u8], bytes: u64, rows: u32) -> Option<Vec<Block>> {
    let (entries, rest) = table.as_chunks::<ENTRY>();
    let (mut offset, mut first_row) = (0_u64, 0_u32);
    let mut blocks = Vec::with_capacity(entries.len());
    for entry in entries {
        let (length, entry) = entry.split_first_chunk::<4>()?;
        let (count, digest) = entry.split_first_chunk::<4>()?;
        let block = Block {
            offset,
            length: u32::from_le_bytes(*length),
            first_row,
            rows: u32::from_le_bytes(*count),
            digest: Digest(digest.try_into().ok()?),
        };
        offset += u64::from(block.length);
        first_row = first_row.checked_add(block.rows)?;
        blocks.push(block);
    }
    (rest.is_empty() && offset == bytes && first_row == rows).then_some(blocks)
}

/// Compresses blocks.
pub(crate) struct Packer<'a>(Compressor<'a>);

impl<'a> Packer<'a> {
    pub(crate) fn new(dictionary: Option<&'a EncoderDictionary<'static>>) -> std::io::Result<Self> {
        Ok(Self(match dictionary {
            Some(dictionary) => Compressor::with_prepared_dictionary(dictionary)?,
            None => Compressor::new(LEVEL)?,
        }))
    }

    pub(crate) fn pack(&mut self, text: &[u8]) -> std::io::Result<(Vec<u8>, Digest)> {
        let packed = self.0.compress(text)?;
        let digest = Digest::of(&packed);
        Ok((packed, digest))
    }
}

/// A dictionary made ready for packing.
pub(crate) fn encoder_dictionary(
    dictionary: &[u8],
) -> std::io::Result<Option<EncoderDictionary<'static>>> {
    if dictionary.is_empty() {
        return Ok(None);
    }
    EncoderDictionary::try_copy(dictionary, LEVEL).map(Some)
}

/// Opens blocks.
pub(crate) struct Opener<'a> {
    decompressor: Decompressor<'a>,
    text: Vec<u8>,
    path: &'a Path,
}

impl<'a> Opener<'a> {
    pub(crate) fn new(
        dictionary: Option<&'a DecoderDictionary<'static>>,
        path: &'a Path,
    ) -> Result<Self, StoreError> {
        let decompressor = match dictionary {
            Some(dictionary) => Decompressor::with_prepared_dictionary(dictionary),
            None => Decompressor::new(),
        };
        let decompressor = decompressor.map_err(StoreError::io("decompress", path))?;
        Ok(Self { decompressor, text: Vec::new(), path })
    }

    /// Checks and opens one block, and gives `take` the rows that are wanted, by their numbers
    /// within the block.
    pub(crate) fn open(
        &mut self,
        packed: &[u8],
        block: &Block,
        wanted: &mut dyn FnMut(u32) -> bool,
        take: &mut dyn FnMut(u32, Resource, bool),
    ) -> Result<(), StoreError> {
        let damaged = |reason: String| {
            let (first, rows) = (block.first_row, block.rows);
            let last = first.saturating_add(rows).saturating_sub(1);
            StoreError::damaged(self.path, format!("its resources {first} to {last}: {reason}"))
        };
        if Digest::of(packed) != block.digest {
            return Err(damaged("they do not match their checksum".to_owned()));
        }
        // One buffer for block after block. A block of ours says how large it is.
        let length = Decompressor::upper_bound(packed).unwrap_or(0).min(MAX_LINE + BLOCK);
        self.text.clear();
        self.text.reserve(length);
        self.decompressor
            .decompress_to_buffer(packed, &mut self.text)
            .map_err(|error| damaged(error.to_string()))?;
        let text = &self.text;
        let mut group: Option<Group> = None;
        let mut row = 0;
        let mut begin = 0;
        // Most lines are only passed over: finding their ends is what takes the time.
        for end in memchr::memchr_iter(b'\n', text) {
            let line = text.get(begin..end).unwrap_or_default();
            begin = end + 1;
            if line.starts_with(b"{") {
                let read = serde_json::from_slice(line);
                group = Some(read.map_err(|error| damaged(error.to_string()))?);
                continue;
            }
            if wanted(row) {
                let group = group.as_ref().ok_or_else(|| damaged("of no type".to_owned()))?;
                let read = serde_json::from_slice(line);
                let read: Row = read.map_err(|error| damaged(error.to_string()))?;
                let (resource, keeps_digest) = resource(group, read);
                take(row, resource, keeps_digest);
            }
            row += 1;
        }
        if row != block.rows {
            return Err(damaged(format!("there are {row} of them")));
        }
        Ok(())
    }
}

fn resource(group: &Group, row: Row) -> (Resource, bool) {
    let Row(id, name, created_at, tags, more, attributes): Row = row;
    let keeps_digest = more.digest.is_some();
    let key = ResourceKey {
        cloud: group.cloud.clone(),
        scope: group.scope.clone(),
        region: group.region.clone(),
        resource_type: group.resource_type.clone(),
        id,
    };
    let tags: BTreeMap<String, String> = tags;
    let attributes: Attributes = attributes;
    let resource = Resource {
        key,
        name,
        tags,
        created_at,
        origin: more.origin,
        attributes,
        unknown: more.unknown,
        digest: more.digest.unwrap_or(Digest([0; 16])),
    };
    (resource, keeps_digest)
}

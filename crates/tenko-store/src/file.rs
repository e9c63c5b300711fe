//! A snapshot file that is open: its parts are read and checked one by one, when they are needed.

use std::fs::File;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tenko_core::{Digest, IndexChunk, Resource, RunInfo, ScopeTree, Snapshot, StoredSnapshot};
use zstd::dict::DecoderDictionary;

use crate::blocks::{self, Block, Opener};
use crate::error::StoreError;
use crate::facts;
use crate::format::{Counts, Header, Held, Manifest, PartName};
use crate::frame::{SKIP_HEAD, Seal, ZSTD_MAGIC, read_exact_at, skip_head};
use crate::index::{self, ChunkEntry};

/// An open snapshot file. Its beginning, its end and its lists of scopes and units have been read
/// and checked; resources and index are when they are asked for.
pub struct SnapshotFile {
    file: File,
    path: PathBuf,
    facts: Snapshot,
    counts: Counts,
    dictionary: Option<DecoderDictionary<'static>>,
    blocks_at: u64,
    blocks: Vec<Block>,
    index_at: u64,
    chunks: Vec<ChunkEntry>,
    firsts: Vec<Digest>,
}

impl SnapshotFile {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read, is something else or of another version, is cut off, or what is
    /// read of it now is not as it was written. The error names the file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (file, header) = begin(path)?;
        let seal = Seal::read(&file, path)?;
        let parts = Parts::read(file, path, &seal)?;
        // It is read once more below its checksum: what was believed of it must be what is true.
        parts.read_part(PartName::Header)?;
        let counts = parts.manifest.counts.clone();
        let facts = facts::read(&parts.read_part(PartName::Facts)?, header.run, &counts, path)?;
        let dictionary = parts.read_skippable(PartName::Dictionary)?;
        let damaged = |what: PartName| {
            StoreError::damaged(path, format!("its {} does not add up", what.as_str()))
        };
        let dictionary = match dictionary.as_slice() {
            [] => None,
            bytes => Some(
                DecoderDictionary::try_copy(bytes).map_err(|_| damaged(PartName::Dictionary))?,
            ),
        };
        let (blocks_at, length) = parts.place(PartName::Blocks);
        let table = parts.read_skippable(PartName::BlockTable)?;
        let blocks = blocks::read_table(&table, length, counts.resources)
            .ok_or_else(|| damaged(PartName::BlockTable))?;
        let (index_at, length) = parts.place(PartName::Index);
        let table = parts.read_skippable(PartName::IndexTable)?;
        let chunks = index::read_table(&table, length, counts.indexed)
            .ok_or_else(|| damaged(PartName::IndexTable))?;
        let firsts = chunks.iter().map(|chunk| chunk.first).collect();
        let Parts { file, .. } = parts;
        let path = path.to_owned();
        Ok(Self {
            file,
            path,
            facts,
            counts,
            dictionary,
            blocks_at,
            blocks,
            index_at,
            chunks,
            firsts,
        })
    }

    /// What is said of the run.
    pub fn run(&self) -> &RunInfo {
        &self.facts.run
    }

    /// The tree of accounts and projects.
    pub fn scopes(&self) -> &ScopeTree {
        &self.facts.scopes
    }

    /// How many resources it holds.
    pub fn len(&self) -> u64 {
        u64::from(self.counts.resources)
    }

    /// Whether it holds no resource.
    pub fn is_empty(&self) -> bool {
        self.counts.resources == 0
    }

    /// How many resources of each scope it holds, sorted by scope; those that hold none are not
    /// in it.
    pub fn held(&self) -> &[Held] {
        &self.counts.held
    }

    /// Reads everything, in the order of [`Snapshot::sort`].
    ///
    /// # Errors
    /// When it cannot be read, or is not exactly as it was written.
    pub fn read(self) -> Result<Snapshot, StoreError> {
        let digests = self.digests()?;
        let opened: Result<Vec<Vec<Resource>>, StoreError> = self
            .blocks
            .par_iter()
            .map_init(
                || (Opener::new(self.dictionary.as_ref(), &self.path), Vec::new()),
                |(opener, packed), block| {
                    let opener = opener.as_mut().map_err(|error| self.cannot_open(error))?;
                    let mut rows = Vec::with_capacity(block.rows as usize);
                    let mut odd = None;
                    self.read_block(block, packed)?;
                    opener.open(packed, block, &mut |_| true, &mut |at, mut resource, kept| {
                        let row = block.first_row.saturating_add(at);
                        match digests.get(row as usize) {
                            Some(Some(digest)) if !kept => resource.digest = *digest,
                            Some(None) if kept => {}
                            _ => odd = Some(row),
                        }
                        rows.push(resource);
                    })?;
                    match odd {
                        None => Ok(rows),
                        Some(row) => Err(self.damaged(format!("its index is wrong on row {row}"))),
                    }
                },
            )
            .collect();
        let mut snapshot = self.facts;
        snapshot.resources = opened?.into_iter().flatten().collect();
        // They are kept in another order, and others rely on this one.
        snapshot.sort();
        Ok(snapshot)
    }

    /// The digest of every row; `None` for one that the index does not have.
    fn digests(&self) -> Result<Vec<Option<Digest>>, StoreError> {
        let mut digests = vec![None; self.counts.resources as usize];
        let mut buffer = IndexChunk::default();
        for at in 0..self.chunks.len() {
            let chunk = self.chunk(at, &mut buffer)?;
            for (row, digest) in chunk.rows().iter().zip(chunk.digests()) {
                match digests.get_mut(u32::from_le_bytes(*row) as usize) {
                    Some(place @ None) => *place = Some(Digest(*digest)),
                    _ => return Err(self.damaged("its index does not add up")),
                }
            }
        }
        Ok(digests)
    }

    fn read_block(&self, block: &Block, into: &mut Vec<u8>) -> Result<(), StoreError> {
        into.resize(block.length as usize, 0);
        read_exact_at(&self.file, self.blocks_at + block.offset, into)
            .map_err(StoreError::io("read", &self.path))
    }

    fn damaged(&self, reason: impl Into<String>) -> StoreError {
        StoreError::damaged(&self.path, reason)
    }

    fn cannot_open(&self, error: &StoreError) -> StoreError {
        self.damaged(error.to_string())
    }
}

impl std::fmt::Debug for SnapshotFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnapshotFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl StoredSnapshot for SnapshotFile {
    type Error = StoreError;

    fn facts(&self) -> &Snapshot {
        &self.facts
    }

    fn chunks(&self) -> &[Digest] {
        &self.firsts
    }

    fn chunk<'a>(
        &'a self,
        at: usize,
        buffer: &'a mut IndexChunk,
    ) -> Result<&'a IndexChunk, StoreError> {
        let entry = self.chunks.get(at);
        let entry = entry.ok_or_else(|| self.damaged("its index has no such piece"))?;
        let records = entry.records as usize;
        let io = |error| StoreError::io("read", &self.path)(error);
        let offset = self.index_at + entry.offset;
        let mut head = [0; SKIP_HEAD];
        read_exact_at(&self.file, offset, &mut head).map_err(io)?;
        let bytes = buffer.refill(records);
        read_exact_at(&self.file, offset + SKIP_HEAD as u64, bytes).map_err(io)?;
        if head != skip_head(bytes.len()) || Digest::of(bytes) != entry.digest {
            let reason = format!("piece {at} of its index does not match its checksum");
            return Err(self.damaged(reason));
        }
        Ok(buffer)
    }

    fn resources(&self, records: &[(u32, Digest)]) -> Result<Vec<Resource>, StoreError> {
        // Rows of one block are opened together, in the order of the request.
        let block_of = |row: u32| {
            let after = self.blocks.partition_point(|block| block.first_row <= row);
            after.checked_sub(1)
        };
        let runs: Vec<_> =
            records.chunk_by(|a, b| a.0 < b.0 && block_of(a.0) == block_of(b.0)).collect();
        let opened: Result<Vec<Vec<Resource>>, StoreError> = runs
            .par_iter()
            .map_init(
                || (Opener::new(self.dictionary.as_ref(), &self.path), Vec::new()),
                |(opener, packed), run| {
                    let opener = opener.as_mut().map_err(|error| self.cannot_open(error))?;
                    let first = run.first().and_then(|(row, _)| block_of(*row));
                    let block = first.and_then(|at| self.blocks.get(at));
                    let block = block.ok_or_else(|| self.damaged("its index names no row"))?;
                    self.read_block(block, packed)?;
                    let mut found = Vec::with_capacity(run.len());
                    let mut left = run.iter().peekable();
                    opener.open(
                        packed,
                        block,
                        &mut |at| {
                            let row = block.first_row.saturating_add(at);
                            left.next_if(|(wanted, _)| *wanted == row).is_some()
                        },
                        &mut |_, resource, _| found.push(resource),
                    )?;
                    if found.len() != run.len() {
                        return Err(self.damaged("its index names a row that is not there"));
                    }
                    for (resource, (_, digest)) in found.iter_mut().zip(run.iter()) {
                        resource.digest = *digest;
                    }
                    Ok(found)
                },
            )
            .collect();
        Ok(opened?.into_iter().flatten().collect())
    }
}

/// Opens a file and reads its header.
pub(crate) fn begin(path: &Path) -> Result<(File, Header), StoreError> {
    let file = File::open(path).map_err(StoreError::io("open", path))?;
    let length = file.metadata().map_err(StoreError::io("read", path))?.len();
    if length == 0 {
        return Err(StoreError::not_a_snapshot(path, "the file is empty"));
    }
    let mut start = [0; ZSTD_MAGIC.len()];
    let read = read_exact_at(&file, 0, start.get_mut(..length.min(4) as usize).unwrap_or_default());
    read.map_err(StoreError::io("read", path))?;
    if start != ZSTD_MAGIC {
        return Err(StoreError::not_a_snapshot(path, "it is not compressed with zstd"));
    }
    let header = facts::read_header(&file, path)?;
    Ok((file, header))
}

/// The parts of a file as its manifest says.
struct Parts<'a> {
    file: File,
    path: &'a Path,
    manifest: Manifest,
}

impl<'a> Parts<'a> {
    fn read(file: File, path: &'a Path, seal: &Seal) -> Result<Self, StoreError> {
        let damaged = |reason: &str| StoreError::damaged(path, reason);
        let mut bytes = vec![0; (seal.sealed - seal.manifest) as usize];
        read_exact_at(&file, seal.manifest, &mut bytes).map_err(StoreError::io("read", path))?;
        if blake3::hash(&bytes) != blake3::Hash::from_bytes(seal.digest) {
            return Err(damaged("its manifest does not match its checksum"));
        }
        let text = zstd::decode_all(bytes.as_slice()).map_err(|_| damaged("its manifest"))?;
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|error| damaged(&format!("its manifest: {error}")))?;
        let names = manifest.parts.iter().map(|part| part.name);
        let end = manifest.parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.length));
        if !names.eq(PartName::ALL) || end != Some(seal.manifest) {
            return Err(damaged("its parts are not those that its manifest lists"));
        }
        Ok(Self { file, path, manifest })
    }

    /// Where a part begins, and how long it is.
    fn place(&self, name: PartName) -> (u64, u64) {
        let before = self.manifest.parts.iter().take_while(|part| part.name != name);
        let at = before.map(|part| part.length).sum();
        let part = self.manifest.parts.iter().find(|part| part.name == name);
        (at, part.map_or(0, |part| part.length))
    }

    /// The bytes of a part that has a checksum of its own.
    fn read_part(&self, name: PartName) -> Result<Vec<u8>, StoreError> {
        let (offset, length) = self.place(name);
        let mut bytes = vec![0; length as usize];
        read_exact_at(&self.file, offset, &mut bytes).map_err(StoreError::io("read", self.path))?;
        let part = self.manifest.parts.iter().find(|part| part.name == name);
        let digest = part.and_then(|part| part.blake3.as_deref());
        if digest != Some(blake3::hash(&bytes).to_hex().as_str()) {
            let reason = format!("its {} does not match its checksum", name.as_str());
            return Err(StoreError::damaged(self.path, reason));
        }
        Ok(bytes)
    }

    /// What stands in a skippable frame.
    fn read_skippable(&self, name: PartName) -> Result<Vec<u8>, StoreError> {
        let mut bytes = self.read_part(name)?;
        Ok(bytes.split_off(SKIP_HEAD.min(bytes.len())))
    }
}

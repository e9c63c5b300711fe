//! Writing a snapshot: whole, or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;
use tempfile::NamedTempFile;
use tenko_core::{Digest, IndexRecord, Resource, ResourceKey, Snapshot};
use zstd::dict::EncoderDictionary;

use crate::blocks::{self, BLOCK, Block, Packer};
use crate::error::StoreError;
use crate::format::{Counts, Held, MAX_LINE, Manifest, Part, PartName};
use crate::frame::{Seal, skip_head};
use crate::{facts, index};

/// So many blocks are compressed at once, on all cores.
const BATCH: usize = 64;

/// Writes a snapshot, in place of whatever file is there. Two who write at the same time both
/// write a whole file; the later one stays.
///
/// # Errors
/// When the directory or the disk refuses, or an item is too large. What was there before is then
/// there still.
pub fn write(path: &Path, snapshot: &Snapshot) -> Result<(), StoreError> {
    written(path, snapshot)?.finish()
}

/// Writes a snapshot where no file is yet.
pub(crate) fn write_new(path: &Path, snapshot: &Snapshot) -> Result<(), StoreError> {
    written(path, snapshot)?.finish_new()
}

fn written(path: &Path, snapshot: &Snapshot) -> Result<Writer, StoreError> {
    let mut rows: Vec<&Resource> = snapshot.resources.iter().collect();
    // Of one key, which should be there once, the first is indexed: always the same one.
    rows.par_sort_by(|a, b| {
        row_order(&a.key).cmp(&row_order(&b.key)).then_with(|| a.digest.cmp(&b.digest))
    });
    let mut writer = Writer::create(path, snapshot, rows.iter().copied())?;
    for resource in rows {
        writer.add(resource)?;
    }
    Ok(writer)
}

/// The order that resources are kept in: what is alike stands together.
fn row_order(key: &ResourceKey) -> impl Ord + '_ {
    (
        key.cloud.as_str(),
        key.resource_type.as_str(),
        key.scope.as_str(),
        key.region.as_str(),
        key.id.as_str(),
    )
}

/// Writes a snapshot resource by resource, for one that is not held in memory: besides some blocks
/// only 36 bytes of each resource are.
///
/// The file appears under its name when [`Self::finish`] has succeeded; before that, and when the
/// writer is dropped, there is none.
pub struct Writer {
    out: Out,
    dictionary: Option<EncoderDictionary<'static>>,
    block: Vec<u8>,
    block_rows: u32,
    batch: Vec<(Vec<u8>, u32)>,
    blocks: Vec<Block>,
    blocks_length: u64,
    records: Vec<IndexRecord>,
    last: Option<ResourceKey>,
    manifest: Manifest,
}

impl Writer {
    /// Begins a file with everything but the resources. The samples are resources like those that
    /// will be added, all of them or some: what the compression learns from.
    ///
    /// # Errors
    /// When the directory or the disk refuses, or an item is too large.
    pub fn create<'a>(
        path: &Path,
        facts: &Snapshot,
        samples: impl ExactSizeIterator<Item = &'a Resource>,
    ) -> Result<Self, StoreError> {
        let mut out = Out::create(path)?;
        let mut manifest = Manifest::default();
        let mut add = |out: &mut Out, name, bytes: &[u8]| {
            manifest.parts.push(part(name, bytes.len() as u64, Some(blake3::hash(bytes))));
            out.write(bytes)
        };
        add(&mut out, PartName::Header, &facts::write_header(&facts.run, path)?)?;
        add(&mut out, PartName::Facts, &facts::write(facts, path)?)?;
        let dictionary = blocks::train(samples);
        add(&mut out, PartName::Dictionary, &skippable(&dictionary))?;
        manifest.counts = Counts {
            scopes: facts.scopes.len(),
            problems: facts.discovery_problems.len(),
            answers: facts.answers.len(),
            coverage: facts.coverage.len(),
            calls: facts.calls.len(),
            ..Counts::default()
        };
        let dictionary =
            blocks::encoder_dictionary(&dictionary).map_err(StoreError::io("write", path))?;
        Ok(Self {
            out,
            dictionary,
            block: Vec::with_capacity(BLOCK + 4096),
            block_rows: 0,
            batch: Vec::new(),
            blocks: Vec::new(),
            blocks_length: 0,
            records: Vec::new(),
            last: None,
            manifest,
        })
    }

    /// Adds a resource. They come sorted by cloud, type, scope, region and id.
    ///
    /// # Errors
    /// When it comes before the one that was added last, is too large, has no JSON form, or the
    /// disk refuses.
    pub fn add(&mut self, resource: &Resource) -> Result<(), StoreError> {
        let key = &resource.key;
        let order = self.last.as_ref().map(|last| row_order(last).cmp(&row_order(key)));
        if order == Some(std::cmp::Ordering::Greater) {
            return Err(StoreError::Disorder { resource: key.to_string() });
        }
        let repeated = order == Some(std::cmp::Ordering::Equal);
        let row = self.manifest.counts.resources;
        let limit = u32::MAX;
        self.manifest.counts.resources = row.checked_add(1).ok_or(StoreError::TooMany { limit })?;
        let same_group = self.block_rows > 0
            && self.last.as_ref().is_some_and(|last| {
                (&last.resource_type, &last.scope, &last.region, &last.cloud)
                    == (&key.resource_type, &key.scope, &key.region, &key.cloud)
            });
        if !same_group {
            blocks::write_group(key, &mut self.block)?;
        }
        blocks::write_row(resource, repeated, &mut self.block)?;
        self.block_rows += 1;
        if !repeated {
            let digest = resource.digest;
            self.records.push(IndexRecord { key: Digest::of_key(key), digest, row });
        }
        self.count(key);
        if self.block.len() >= BLOCK {
            self.end_block()?;
        }
        self.last = Some(key.clone());
        Ok(())
    }

    fn count(&mut self, key: &ResourceKey) {
        let held = &mut self.manifest.counts.held;
        match held.last_mut() {
            // A scope comes again with the next type: what was counted apart is added up later.
            Some(last) if last.scope == key.scope && last.cloud == key.cloud => last.resources += 1,
            _ => {
                held.push(Held { cloud: key.cloud.clone(), scope: key.scope.clone(), resources: 1 })
            }
        }
    }

    fn end_block(&mut self) -> Result<(), StoreError> {
        if self.block_rows == 0 {
            return Ok(());
        }
        let text = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK + 4096));
        self.batch.push((text, std::mem::take(&mut self.block_rows)));
        if self.batch.len() >= BATCH { self.end_batch() } else { Ok(()) }
    }

    fn end_batch(&mut self) -> Result<(), StoreError> {
        let dictionary = self.dictionary.as_ref();
        let packed: Vec<_> = self
            .batch
            .par_iter()
            .map_init(
                || Packer::new(dictionary),
                |packer, (text, _)| match packer {
                    Ok(packer) => packer.pack(text),
                    Err(error) => Err(io::Error::other(error.to_string())),
                },
            )
            .collect();
        for ((_, rows), packed) in self.batch.drain(..).zip(packed) {
            let (packed, digest) = packed.map_err(StoreError::io("write", &self.out.path))?;
            let first_row = self.blocks.last().map_or(0, |block| block.first_row + block.rows);
            let length = packed.len() as u32;
            let offset = self.blocks_length;
            self.blocks.push(Block { offset, length, first_row, rows, digest });
            self.blocks_length += u64::from(length);
            self.out.write(&packed)?;
        }
        Ok(())
    }

    /// Ends the file and puts it under its name, in place of whatever is there.
    ///
    /// # Errors
    /// When the disk refuses. What was there before is then there still.
    pub fn finish(self) -> Result<(), StoreError> {
        let (temporary, path) = self.sealed()?;
        temporary.persist(&path).map_err(|error| StoreError::io("rename", &path)(error.error))?;
        sync_directory(&path)
    }

    /// The same where no file is yet.
    fn finish_new(self) -> Result<(), StoreError> {
        let (temporary, path) = self.sealed()?;
        temporary.persist_noclobber(&path).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::AlreadyExists { path: path.clone() },
            _ => StoreError::io("rename", &path)(error.error),
        })?;
        sync_directory(&path)
    }

    fn sealed(mut self) -> Result<(NamedTempFile, PathBuf), StoreError> {
        self.end_block()?;
        self.end_batch()?;
        let mut manifest = std::mem::take(&mut self.manifest);
        manifest.parts.push(part(PartName::Blocks, self.blocks_length, None));

        self.records.par_sort_unstable();
        manifest.counts.indexed = self.records.len() as u32;
        let begin = self.out.length;
        let table = index::write(&self.records, |bytes| self.out.write(bytes))?;
        manifest.parts.push(part(PartName::Index, self.out.length - begin, None));

        let tables = [
            (PartName::BlockTable, blocks::write_table(&self.blocks)),
            (PartName::IndexTable, table),
        ];
        for (name, table) in tables {
            let bytes = skippable(&table);
            manifest.parts.push(part(name, bytes.len() as u64, Some(blake3::hash(&bytes))));
            self.out.write(&bytes)?;
        }

        add_up(&mut manifest.counts.held);
        let mut line = Vec::new();
        json_line("the manifest", &manifest, &mut line)?;
        let io = |error| StoreError::io("write", &self.out.path)(error);
        let bytes = zstd::encode_all(line.as_slice(), 3).map_err(io)?;
        let manifest = self.out.length;
        self.out.write(&bytes)?;
        let digest = *blake3::hash(&bytes).as_bytes();
        let seal = Seal { sealed: self.out.length, manifest, digest };
        self.out.write(&seal.to_bytes())?;
        self.out.close()
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.out.path).finish_non_exhaustive()
    }
}

/// One row for each scope.
fn add_up(held: &mut Vec<Held>) {
    held.sort_by(|a, b| (&a.cloud, &a.scope).cmp(&(&b.cloud, &b.scope)));
    held.dedup_by(|next, first| {
        let same = next.cloud == first.cloud && next.scope == first.scope;
        if same {
            first.resources += next.resources;
        }
        same
    });
}

fn part(name: PartName, length: u64, digest: Option<blake3::Hash>) -> Part {
    Part { name, length, blake3: digest.map(|digest| digest.to_hex().to_string()) }
}

/// A skippable frame; of nothing there is none.
fn skippable(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    [&skip_head(bytes.len()), bytes].concat()
}

/// A file that has no name yet.
struct Out {
    file: BufWriter<NamedTempFile>,
    length: u64,
    path: PathBuf,
}

impl Out {
    /// In the same directory, since a rename works only within one file system. Only the owner may
    /// read it. An error takes it away again.
    fn create(path: &Path) -> Result<Self, StoreError> {
        let directory = directory_of(path);
        let mut builder = tempfile::Builder::new();
        let temporary = builder.prefix(".tenko-").suffix(".tmp").tempfile_in(directory);
        let temporary = temporary.map_err(StoreError::io("create a file in", directory))?;
        let file = BufWriter::with_capacity(1 << 18, temporary);
        Ok(Self { file, length: 0, path: path.to_owned() })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        self.file.write_all(bytes).map_err(StoreError::io("write", &self.path))
    }

    fn close(self) -> Result<(NamedTempFile, PathBuf), StoreError> {
        let path = self.path;
        let temporary = self.file.into_inner().map_err(io::IntoInnerError::into_error);
        let temporary = temporary.map_err(StoreError::io("write", &path))?;
        temporary.as_file().sync_all().map_err(StoreError::io("sync", &path))?;
        Ok((temporary, path))
    }
}

/// Writes a value as a line of JSON.
pub(crate) fn json_line(
    what: &str,
    value: &impl Serialize,
    out: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let from = out.len();
    serde_json::to_writer(&mut *out, value)
        .map_err(|source| StoreError::Encode { what: what.to_owned(), source })?;
    out.push(b'\n');
    let bytes = out.len() - from;
    if bytes > MAX_LINE {
        // What is written must be readable.
        return Err(StoreError::TooLarge { what: what.to_owned(), bytes, limit: MAX_LINE });
    }
    Ok(())
}

/// The directory that a file is in; a bare name is in the current one.
fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes the rename itself last through a power failure.
#[cfg(unix)]
fn sync_directory(path: &Path) -> Result<(), StoreError> {
    let directory = directory_of(path);
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(StoreError::io("sync", directory))
}

/// Other systems cannot open a directory for this, and order renames themselves.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

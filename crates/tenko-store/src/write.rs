//! Writing a snapshot: whole, or not at all.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use tempfile::NamedTempFile;
use tenko_core::Snapshot;

use crate::VERSION;
use crate::error::StoreError;
use crate::format::{Counts, Header, LineRef, MAX_LINE, SCHEMA, Trailer};
use crate::seal::Sealing;

/// Cheap to write, and small: more costs time that a run does not have.
const LEVEL: i32 = 3;

/// Writes a snapshot, in place of whatever file is there. Two who write at the same time both
/// write a whole file; the later one stays.
///
/// # Errors
/// When the directory or the disk refuses, or an item is too large. What was there before is then
/// there still.
pub fn write(path: &Path, snapshot: &Snapshot) -> Result<(), StoreError> {
    let temporary = write_temporary(path, snapshot)?;
    temporary.persist(path).map_err(|error| StoreError::io("rename", path)(error.error))?;
    sync_directory(path)
}

/// Writes a snapshot where no file is yet.
pub(crate) fn write_new(path: &Path, snapshot: &Snapshot) -> Result<(), StoreError> {
    let temporary = write_temporary(path, snapshot)?;
    temporary.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => StoreError::AlreadyExists { path: path.to_owned() },
        _ => StoreError::io("rename", path)(error.error),
    })?;
    sync_directory(path)
}

/// In the same directory, since a rename works only within one file system. Only the owner may
/// read it. An error takes it away again.
fn write_temporary(path: &Path, snapshot: &Snapshot) -> Result<NamedTempFile, StoreError> {
    let directory = directory_of(path);
    let mut builder = tempfile::Builder::new();
    let temporary = builder.prefix(".tenko-").suffix(".tmp").tempfile_in(directory);
    let mut temporary = temporary.map_err(StoreError::io("create a file in", directory))?;
    write_all(temporary.as_file_mut(), path, snapshot)?;
    temporary.as_file().sync_all().map_err(StoreError::io("sync", path))?;
    Ok(temporary)
}

fn write_all(file: &mut File, path: &Path, snapshot: &Snapshot) -> Result<(), StoreError> {
    let io = |error| StoreError::io("write", path)(error);
    let sealing = Sealing::new(BufWriter::new(file));
    let encoder = zstd::Encoder::new(sealing, LEVEL).map_err(io)?;
    let mut lines = Lines { out: encoder, hasher: blake3::Hasher::new(), buffer: Vec::new(), path };
    let schema = SCHEMA.to_owned();
    lines.add("the header", &Header { schema, version: VERSION, run: snapshot.run.clone() })?;
    for scope in snapshot.scopes.iter() {
        lines.add(&scope.id, &LineRef::Scope(scope))?;
    }
    for problem in &snapshot.discovery_problems {
        lines.add(&problem.problem.operation, &LineRef::Problem(problem))?;
    }
    for answer in &snapshot.answers {
        lines.add(&answer.scope, &LineRef::Answer(answer))?;
    }
    for coverage in &snapshot.coverage {
        lines.add(&coverage.unit.resource_type, &LineRef::Coverage(coverage))?;
    }
    for resource in &snapshot.resources {
        lines.add(&resource.key.id, &LineRef::Resource(resource))?;
    }
    for call in &snapshot.calls {
        lines.add(&call.operation, &LineRef::Call(call))?;
    }
    let blake3 = lines.hasher.finalize().to_hex().to_string();
    lines.add("the last line", &LineRef::End(&Trailer { counts: counts(snapshot), blake3 }))?;
    let sealing = lines.out.finish().map_err(io)?;
    sealing.finish().and_then(|mut file| file.flush()).map_err(io)
}

pub(crate) fn counts(snapshot: &Snapshot) -> Counts {
    Counts {
        scopes: snapshot.scopes.len(),
        problems: snapshot.discovery_problems.len(),
        answers: snapshot.answers.len(),
        coverage: snapshot.coverage.len(),
        resources: snapshot.resources.len(),
        calls: snapshot.calls.len(),
    }
}

struct Lines<'a, W: Write> {
    out: W,
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
    path: &'a Path,
}

impl<W: Write> Lines<'_, W> {
    fn add(&mut self, what: impl AsRef<str>, line: &impl Serialize) -> Result<(), StoreError> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, line)
            .map_err(|source| StoreError::Encode { what: what.as_ref().to_owned(), source })?;
        self.buffer.push(b'\n');
        let bytes = self.buffer.len();
        if bytes > MAX_LINE {
            // What is written must be readable.
            let what = what.as_ref().to_owned();
            return Err(StoreError::TooLarge { what, bytes, limit: MAX_LINE });
        }
        self.hasher.update(&self.buffer);
        self.out.write_all(&self.buffer).map_err(StoreError::io("write", self.path))
    }
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

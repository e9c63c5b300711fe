//! Reading a snapshot: checked before it is believed, line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use tenko_core::{RunInfo, Scope, ScopeTree, Snapshot};

use crate::VERSION;
use crate::error::StoreError;
use crate::format::{AnyHeader, Header, Line, MAX_LINE, MAX_LINES, SCHEMA, Trailer};
use crate::seal::Seal;
use crate::write::counts;

/// What every zstd frame begins with.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The largest window, as a power of two, that a file may ask to have memory for.
const MAX_WINDOW: u32 = 27;

/// Reads a snapshot.
///
/// # Errors
/// When it cannot be read, is something else or of a later version, or is not exactly as it was
/// written. The error names the file.
pub fn read(path: &Path) -> Result<Snapshot, StoreError> {
    let mut file = open(path)?;
    // The header first: a later version may be sealed in another way.
    read_header(&mut file, path)?;
    let seal = Seal::read(&mut file, path)?;
    seal.verify(&mut file, path)?;
    let mut lines = Lines::new(&mut file, path, Some(seal.length))?;
    let run = header(&lines.next()?, path)?.run;
    let mut content = Content::new(run);
    loop {
        let digest = lines.hasher.finalize();
        let line = lines.next()?;
        let line = serde_json::from_slice(&line)
            .map_err(|error| StoreError::damaged(path, format!("line {}: {error}", lines.count)))?;
        if let Some(end) = content.add(line) {
            lines.expect_end()?;
            return content.finish(&end, digest, path);
        }
    }
}

/// Reads only what is said of the run, and checks that the file has its end. The bytes in between
/// are not looked at.
///
/// # Errors
/// As [`read`].
pub fn read_run(path: &Path) -> Result<RunInfo, StoreError> {
    let mut file = open(path)?;
    let header = read_header(&mut file, path)?;
    Seal::read(&mut file, path)?;
    Ok(header.run)
}

fn open(path: &Path) -> Result<File, StoreError> {
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let mut start = Vec::new();
    let read = file.by_ref().take(ZSTD_MAGIC.len() as u64).read_to_end(&mut start);
    read.map_err(StoreError::io("read", path))?;
    if start.is_empty() {
        return Err(StoreError::not_a_snapshot(path, "the file is empty"));
    }
    if start != ZSTD_MAGIC {
        return Err(StoreError::not_a_snapshot(path, "it is not compressed with zstd"));
    }
    Ok(file)
}

fn read_header(file: &mut File, path: &Path) -> Result<Header, StoreError> {
    header(&Lines::new(file, path, None)?.next()?, path)
}

fn header(line: &[u8], path: &Path) -> Result<Header, StoreError> {
    let other = || StoreError::not_a_snapshot(path, "it does not begin with a snapshot's header");
    let any: AnyHeader = serde_json::from_slice(line).map_err(|_| other())?;
    if any.schema != SCHEMA {
        return Err(other());
    }
    if any.version > VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), version: any.version });
    }
    serde_json::from_slice(line)
        .map_err(|error| StoreError::damaged(path, format!("its header: {error}")))
}

type Decoder<'a> = zstd::Decoder<'static, BufReader<io::Take<&'a mut File>>>;

struct Lines<'a> {
    source: BufReader<Decoder<'a>>,
    path: &'a Path,
    hasher: blake3::Hasher,
    count: u64,
}

impl<'a> Lines<'a> {
    fn new(file: &'a mut File, path: &'a Path, length: Option<u64>) -> Result<Self, StoreError> {
        file.seek(SeekFrom::Start(0)).map_err(StoreError::io("read", path))?;
        let source = BufReader::new(file.take(length.unwrap_or(u64::MAX)));
        let mut decoder = zstd::Decoder::with_buffer(source)
            .map_err(|error| StoreError::damaged(path, error.to_string()))?;
        decoder
            .window_log_max(MAX_WINDOW)
            .map_err(|error| StoreError::damaged(path, error.to_string()))?;
        let source = BufReader::with_capacity(1 << 16, decoder);
        Ok(Self { source, path, hasher: blake3::Hasher::new(), count: 0 })
    }

    /// The next line, with its line end.
    fn next(&mut self) -> Result<Vec<u8>, StoreError> {
        let mut line = Vec::new();
        let read = self.source.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => StoreError::truncated(self.path, "in mid-line"),
            _ => StoreError::damaged(self.path, error.to_string()),
        })?;
        self.count += 1;
        if line.last() != Some(&b'\n') {
            return Err(if line.len() == MAX_LINE {
                StoreError::damaged(self.path, format!("line {} is too long", self.count))
            } else {
                StoreError::truncated(self.path, format!("line {} has no end", self.count))
            });
        }
        if self.count > MAX_LINES {
            return Err(StoreError::damaged(self.path, "it has too many lines"));
        }
        self.hasher.update(&line);
        Ok(line)
    }

    fn expect_end(&mut self) -> Result<(), StoreError> {
        match self.source.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(StoreError::damaged(self.path, "something follows its last line")),
            Err(error) => Err(StoreError::damaged(self.path, error.to_string())),
        }
    }
}

struct Content {
    scopes: Vec<Scope>,
    snapshot: Snapshot,
}

impl Content {
    fn new(run: RunInfo) -> Self {
        let snapshot = Snapshot {
            run,
            scopes: ScopeTree::default(),
            discovery_problems: Vec::new(),
            answers: Vec::new(),
            coverage: Vec::new(),
            resources: Vec::new(),
            calls: Vec::new(),
        };
        Self { scopes: Vec::new(), snapshot }
    }

    /// Takes a line up; gives the last one back.
    fn add(&mut self, line: Line) -> Option<Trailer> {
        match line {
            Line::Scope(scope) => self.scopes.push(scope),
            Line::Problem(problem) => self.snapshot.discovery_problems.push(problem),
            Line::Answer(answer) => self.snapshot.answers.push(answer),
            Line::Coverage(coverage) => self.snapshot.coverage.push(coverage),
            Line::Resource(resource) => self.snapshot.resources.push(resource),
            Line::Call(call) => self.snapshot.calls.push(call),
            Line::End(trailer) => return Some(trailer),
        }
        None
    }

    fn finish(
        mut self,
        end: &Trailer,
        digest: blake3::Hash,
        path: &Path,
    ) -> Result<Snapshot, StoreError> {
        self.snapshot.scopes = ScopeTree::new(self.scopes);
        if end.counts != counts(&self.snapshot) {
            return Err(StoreError::damaged(path, "it does not have as many lines as it says"));
        }
        if end.blake3 != digest.to_hex().as_str() {
            return Err(StoreError::damaged(path, "its lines do not match their digest"));
        }
        // It was sorted when it was written, or should have been: others rely on it.
        self.snapshot.sort();
        Ok(self.snapshot)
    }
}

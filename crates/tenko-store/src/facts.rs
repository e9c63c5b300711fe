//! Everything but the resources: lines of JSON in one compressed frame.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use tenko_core::{RunInfo, Scope, ScopeTree, Snapshot};

use crate::VERSION;
use crate::error::StoreError;
use crate::format::{AnyHeader, Counts, Fact, FactRef, Header, MAX_LINE, MAX_LINES, SCHEMA};
use crate::write::json_line;

/// The largest window, as a power of two, that a frame may ask to have memory for.
const MAX_WINDOW: u32 = 27;
/// Cheap to write, and small.
const LEVEL: i32 = 3;

/// The header as a frame of its own: it says the version before anything else is believed.
pub(crate) fn write_header(run: &RunInfo, path: &Path) -> Result<Vec<u8>, StoreError> {
    let header = Header { schema: SCHEMA.to_owned(), version: VERSION, run: run.clone() };
    let mut line = Vec::new();
    json_line("the header", &header, &mut line)?;
    zstd::encode_all(line.as_slice(), LEVEL).map_err(StoreError::io("write", path))
}

/// Reads the header from the beginning of a file of any version.
pub(crate) fn read_header(file: impl Read, path: &Path) -> Result<Header, StoreError> {
    let line = Lines::new(file, path)?.next()?.unwrap_or_default();
    let other = || StoreError::not_a_snapshot(path, "it does not begin with a snapshot's header");
    let any: AnyHeader = serde_json::from_slice(&line).map_err(|_| other())?;
    if any.schema != SCHEMA {
        return Err(other());
    }
    if any.version > VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), version: any.version });
    }
    if any.version < VERSION {
        return Err(StoreError::Older { path: path.to_owned(), version: any.version });
    }
    serde_json::from_slice(&line)
        .map_err(|error| StoreError::damaged(path, format!("its header: {error}")))
}

/// The facts as one frame.
pub(crate) fn write(facts: &Snapshot, path: &Path) -> Result<Vec<u8>, StoreError> {
    let io = |error| StoreError::io("write", path)(error);
    let mut out = zstd::Encoder::new(Vec::new(), LEVEL).map_err(io)?;
    let mut line = Vec::new();
    let mut add = |what: &str, fact: &FactRef<'_>| {
        line.clear();
        json_line(what, fact, &mut line)?;
        out.write_all(&line).map_err(io)
    };
    for scope in facts.scopes.iter() {
        add(scope.id.as_str(), &FactRef::Scope(scope))?;
    }
    for problem in &facts.discovery_problems {
        add(&problem.problem.operation, &FactRef::Problem(problem))?;
    }
    for answer in &facts.answers {
        add(answer.scope.as_str(), &FactRef::Answer(answer))?;
    }
    for coverage in &facts.coverage {
        add(coverage.unit.resource_type.as_str(), &FactRef::Coverage(coverage))?;
    }
    for call in &facts.calls {
        add(&call.operation, &FactRef::Call(call))?;
    }
    out.finish().map_err(io)
}

/// Reads the facts from their frame.
pub(crate) fn read(
    frame: &[u8],
    run: RunInfo,
    counts: &Counts,
    path: &Path,
) -> Result<Snapshot, StoreError> {
    let mut scopes: Vec<Scope> = Vec::new();
    let mut facts = Snapshot {
        run,
        scopes: ScopeTree::default(),
        discovery_problems: Vec::new(),
        answers: Vec::new(),
        coverage: Vec::new(),
        resources: Vec::new(),
        calls: Vec::new(),
    };
    let mut lines = Lines::new(frame, path)?;
    while let Some(line) = lines.next()? {
        let fact = serde_json::from_slice(&line).map_err(|error| {
            StoreError::damaged(path, format!("line {} of facts: {error}", lines.count))
        })?;
        match fact {
            Fact::Scope(scope) => scopes.push(scope),
            Fact::Problem(problem) => facts.discovery_problems.push(problem),
            Fact::Answer(answer) => facts.answers.push(answer),
            Fact::Coverage(coverage) => facts.coverage.push(coverage),
            Fact::Call(call) => facts.calls.push(call),
        }
    }
    facts.scopes = ScopeTree::new(scopes);
    let found = (
        facts.scopes.len(),
        facts.discovery_problems.len(),
        facts.answers.len(),
        facts.coverage.len(),
        facts.calls.len(),
    );
    let said = (counts.scopes, counts.problems, counts.answers, counts.coverage, counts.calls);
    if found != said {
        return Err(StoreError::damaged(path, "it does not have as many facts as it says"));
    }
    Ok(facts)
}

struct Lines<'a, R: Read> {
    source: BufReader<zstd::Decoder<'static, BufReader<R>>>,
    path: &'a Path,
    count: u64,
}

impl<'a, R: Read> Lines<'a, R> {
    fn new(source: R, path: &'a Path) -> Result<Self, StoreError> {
        let damaged = |error: std::io::Error| StoreError::damaged(path, error.to_string());
        let mut decoder = zstd::Decoder::new(source).map_err(damaged)?.single_frame();
        decoder.window_log_max(MAX_WINDOW).map_err(damaged)?;
        Ok(Self { source: BufReader::with_capacity(1 << 16, decoder), path, count: 0 })
    }

    /// The next line, with its line end; `None` at the end of the frame.
    fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut line = Vec::new();
        let read = self.source.by_ref().take(MAX_LINE as u64).read_until(b'\n', &mut line);
        read.map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => StoreError::truncated(self.path, "in mid-line"),
            _ => StoreError::damaged(self.path, error.to_string()),
        })?;
        if line.is_empty() && self.count > 0 {
            return Ok(None);
        }
        self.count += 1;
        match line.last() {
            Some(b'\n') if self.count <= MAX_LINES => Ok(Some(line)),
            Some(b'\n') => Err(StoreError::damaged(self.path, "it has too many lines")),
            // A frame of no lines at all: a snapshot without any facts.
            None => Ok(None),
            Some(_) if line.len() == MAX_LINE => {
                Err(StoreError::damaged(self.path, format!("line {} is too long", self.count)))
            }
            Some(_) => {
                Err(StoreError::truncated(self.path, format!("line {} has no end", self.count)))
            }
        }
    }
}

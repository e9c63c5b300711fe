//! The small entry of a run: what is known of it without its report.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenko_core::Digest;
use tenko_report::{Document, Kind, TrendPoint};

use crate::error::HistoryError;
use crate::reason::Reason;

/// The version of the entries' form. It grows when a reader of the old form would be misled.
pub const ENTRY_VERSION: u32 = 1;

/// No entry is larger, in bytes.
pub(crate) const MAX_ENTRY: u64 = 1 << 20;

/// So many runs that came before the parents are named.
const MAX_ANCESTORS: usize = 64;

/// One run of a history. It is written last, so that a run with an entry is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEntry {
    /// Its id.
    pub run: String,
    /// What its report reports on. Only audits are compared with each other.
    pub kind: Kind,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The version of tenko that made it.
    pub tool_version: String,
    /// Whether it was asked for less than everything.
    pub narrowed: bool,
    /// The runs that it was compared with, by id, and those that it should have been compared with and
    /// that could not be read. A run that is nobody's parent is what the next one is compared with.
    pub parents: Vec<String>,
    /// Some runs before those, the newest first: with them the order of runs is known even where an
    /// entry in between cannot be read.
    #[serde(default)]
    pub ancestors: Vec<String>,
    /// It in numbers.
    pub point: TrendPoint,
    /// Its report.
    pub report: ReportFile,
}

/// Where a run's report is, and how to tell that it is as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFile {
    /// Its name below the place of the history.
    pub file: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// The size of the JSON text in it, in bytes.
    pub unpacked: u64,
    /// The digest of the file: BLAKE3, 128 bits.
    pub digest: Digest,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    version: u32,
    /// Of the bytes of `entry`, as they are in the file.
    digest: Digest,
    #[serde(borrow)]
    entry: &'a RawValue,
}

impl RunEntry {
    /// The entry of a document that was compared with the entries' documents.
    pub(crate) fn new(
        document: &Document,
        before: &[&Self],
        unread: &[String],
        report: ReportFile,
    ) -> Self {
        let mut parents: Vec<String> = before.iter().map(|entry| entry.run.clone()).collect();
        parents.extend(unread.iter().cloned());
        parents.sort();
        parents.dedup();
        let mut ancestors: Vec<String> =
            before.iter().flat_map(|entry| entry.older()).cloned().collect();
        ancestors.sort_by(|a, b| b.cmp(a));
        ancestors.dedup();
        ancestors.retain(|run| !parents.contains(run));
        ancestors.truncate(MAX_ANCESTORS);
        Self {
            run: document.run.id.clone(),
            kind: document.kind,
            started_at: document.run.started_at,
            finished_at: document.run.finished_at,
            tool_version: document.run.tool_version.clone(),
            narrowed: document.run.narrowed,
            parents,
            ancestors,
            point: point(document),
            report,
        }
    }

    /// The runs that are known to come before it.
    pub(crate) fn older(&self) -> impl Iterator<Item = &String> {
        self.parents.iter().chain(&self.ancestors)
    }

    /// The file's text.
    pub(crate) fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        let entry = serde_json::value::to_raw_value(self)?;
        let digest = Digest::of(entry.get().as_bytes());
        serde_json::to_vec(&Envelope { version: ENTRY_VERSION, digest, entry: &entry })
    }

    /// Reads the file of the run with this id.
    pub(crate) fn read(run: &str, bytes: &[u8]) -> Result<Self, HistoryError> {
        let damaged = |reason| HistoryError::EntryDamaged { run: run.to_owned(), reason };
        let broken = |error: serde_json::Error| match error.is_eof() {
            true => HistoryError::EntryTruncated { run: run.to_owned() },
            false => damaged(Reason::unreadable(error)),
        };
        // The version first: a newer form would fail on something and hide the reason.
        let Version { version } = serde_json::from_slice(bytes).map_err(broken)?;
        if version > ENTRY_VERSION {
            return Err(HistoryError::EntryNewer { run: run.to_owned(), version });
        }
        let envelope: Envelope<'_> = serde_json::from_slice(bytes).map_err(broken)?;
        if version != ENTRY_VERSION
            || envelope.digest != Digest::of(envelope.entry.get().as_bytes())
        {
            return Err(damaged(Reason::Digest));
        }
        let entry: Self = serde_json::from_str(envelope.entry.get()).map_err(broken)?;
        if entry.run != run {
            return Err(damaged(Reason::OfRun { run: entry.run }));
        }
        // Whoever can write an entry must not reach other files with it.
        match entry.report.file.strip_prefix(REPORTS).and_then(|name| name.strip_prefix('/')) {
            Some(name) if is_plain(name) => Ok(entry),
            _ => Err(damaged(Reason::Elsewhere)),
        }
    }
}

fn point(document: &Document) -> TrendPoint {
    let own = document.history.as_ref().and_then(|history| history.runs.last());
    own.cloned().unwrap_or_else(|| TrendPoint {
        run: document.run.id.clone(),
        at: document.run.finished_at,
        verdict: document.summary.verdict,
        incomplete: document.summary.incomplete || document.run.narrowed,
        drift: document.summary.drift,
        findings: document.summary.findings,
        new: 0,
        resolved: 0,
        suppressed: document.suppressed.len() as u64,
    })
}

/// The folder of the entries.
pub(crate) const RUNS: &str = "runs";

/// The folder of the reports.
pub(crate) const REPORTS: &str = "reports";

/// Whether a file can have this name everywhere.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.bytes().all(plain)
}

/// The entry's file.
pub(crate) fn file_of(run: &str) -> String {
    format!("{RUNS}/{run}.json")
}

/// The run whose entry this file below [`RUNS`] is.
pub(crate) fn run_of(name: &str) -> Option<&str> {
    name.strip_suffix(".json").filter(|run| is_plain(run))
}

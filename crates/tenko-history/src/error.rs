//! What can go wrong with a history.

use std::error::Error;

use tenko_core::{Arg, Message, msg};
use thiserror::Error;

use crate::entry::ENTRY_VERSION;
use crate::reason::Reason;

/// Why a run could not be kept or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The place refused, or did not answer.
    #[error("failed to {action} {name} in {place}")]
    Place {
        /// What was tried: `read`, `write`, `list`.
        action: &'static str,
        /// Which file or object.
        name: String,
        /// The history.
        place: String,
        /// The reason.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The folder is a file, or something else.
    #[error("{place} is not a folder")]
    NotAFolder {
        /// The path.
        place: String,
    },
    /// A run's id that no file can be named after.
    #[error("`{id}` cannot be kept: a run's id has letters, digits and -_. only")]
    BadRunId {
        /// The id.
        id: String,
    },
    /// The run is in the history already.
    #[error("run {run} is in the history already")]
    AlreadyRecorded {
        /// The run.
        run: String,
    },
    /// A file with more in it than will be read back.
    #[error("{name} takes {bytes} bytes, more than the {limit} that a history may hold")]
    TooLarge {
        /// The file.
        name: String,
        /// Its size, or as much as was looked at.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// A report with more in it than will be read back.
    #[error(
        "the report of run {run} takes {bytes} bytes, more than the {limit} that a history may hold"
    )]
    ReportTooLarge {
        /// The run.
        run: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The entry has a later form.
    #[error(
        "the entry of run {run} was written by a newer tenko (version {version}); this one reads \
         {ENTRY_VERSION}"
    )]
    EntryNewer {
        /// The run.
        run: String,
        /// Its version.
        version: u32,
    },
    /// The end of the entry is missing.
    #[error("the entry of run {run} was cut off")]
    EntryTruncated {
        /// The run.
        run: String,
    },
    /// The entry is not as it was written.
    #[error("the entry of run {run} is damaged: {reason}")]
    EntryDamaged {
        /// The run.
        run: String,
        /// How one can tell.
        reason: Reason,
    },
    /// There is an entry, and its report is not there.
    #[error("the report of run {run} is no longer there")]
    ReportMissing {
        /// The run.
        run: String,
    },
    /// The end of the report is missing.
    #[error("the report of run {run} was cut off: {found} of {expected} bytes are there")]
    ReportTruncated {
        /// The run.
        run: String,
        /// Its size.
        found: u64,
        /// The size that it had.
        expected: u64,
    },
    /// The report is not as it was written.
    #[error("the report of run {run} is damaged: {reason}")]
    ReportDamaged {
        /// The run.
        run: String,
        /// How one can tell.
        reason: Reason,
    },
    /// The report has a form that this version does not know.
    #[error(
        "the report of run {run} has schema version {found}; this tenko reads {}",
        tenko_report::SCHEMA_VERSION
    )]
    ReportVersion {
        /// The run.
        run: String,
        /// The version that it says.
        found: u32,
    },
    /// The latest run is damaged, and one before it is not.
    #[error("{damage}")]
    LatestDamaged {
        /// What is wrong with it.
        damage: Box<HistoryError>,
        /// The last run before it whose report can be read.
        before: String,
    },
    /// There is no run at all.
    #[error("there is no run in {place}")]
    Empty {
        /// The history.
        place: String,
    },
    /// There are runs, and none is of the manifest at hand.
    #[error("no run of this manifest is {}in {place}", among(*searched))]
    NoneOfManifest {
        /// The history.
        place: String,
        /// How many of the newest runs were looked at, where there are more.
        searched: Option<usize>,
    },
    /// No run has this id.
    #[error("no run `{wanted}` in {place}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// The history.
        place: String,
        /// Runs that may have been meant, the newest first.
        similar: Vec<String>,
    },
    /// Several runs begin like this.
    #[error("`{wanted}` may be any of {count} runs")]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// How many begin like this.
        count: usize,
        /// Some of them, the newest first.
        some: Vec<String>,
    },
}

impl HistoryError {
    /// What to do about it, where there is something.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Place { action: "write", .. } => {
                "the place needs room, and the right to make new files in it; what was recorded before \
                 is there still"
            }
            Self::Place { .. } => "see that the place is there and may be read",
            Self::NotAFolder { .. } => "name a folder, or an s3:// or gs:// address",
            Self::AlreadyRecorded { .. } => "`tenko report` shows it again, in any format",
            Self::TooLarge { .. } | Self::ReportTooLarge { .. } => {
                "audit fewer accounts and projects in one run"
            }
            Self::EntryNewer { .. } | Self::ReportVersion { .. } => {
                "read it with the version of tenko that wrote it, or a newer one"
            }
            Self::EntryTruncated { .. }
            | Self::EntryDamaged { .. }
            | Self::ReportTruncated { .. }
            | Self::ReportDamaged { .. }
            | Self::ReportMissing { .. } => {
                "restore it from a copy, or let it be: the next audit is compared with the runs before \
                 it"
            }
            Self::Empty { .. } => "`tenko audit` records one",
            Self::NoneOfManifest { .. } => {
                "`tenko audit` records one; `tenko history` lists those of others: name one by its id"
            }
            Self::Unknown { similar, .. } if similar.is_empty() => "`tenko history` lists all runs",
            Self::Unknown { similar: runs, .. } => {
                return Some(format!(
                    "there are {}; `tenko history` lists all runs",
                    runs.join(", ")
                ));
            }
            Self::Ambiguous { some: runs, .. } => {
                return Some(format!("add some more characters: {}", runs.join(", ")));
            }
            Self::LatestDamaged { damage, before } => {
                let shows = format!("`tenko report {before}` shows the last run before it");
                return Some(match damage.hint() {
                    Some(hint) => format!("{hint}; {shows}"),
                    None => shows,
                });
            }
            Self::BadRunId { .. } => return None,
        };
        Some(hint.to_owned())
    }

    /// Whether what was kept is itself the trouble, and not the way to it: trying again does not help.
    pub fn is_damage(&self) -> bool {
        self.wording().is_some()
    }

    /// How damage is said in a report: in English, as the error is. `None` for all other errors.
    pub fn wording(&self) -> Option<Message> {
        // Sizes in bytes are written as the error writes them: without groups of digits.
        let text = |number: &u64| Arg::text(number);
        Some(match self {
            Self::EntryNewer { run, version } => {
                let (version, reads) = (Arg::text(version), Arg::text(ENTRY_VERSION));
                msg!("history-entry-newer", run = run, version = version, reads = reads)
            }
            Self::EntryTruncated { run } => msg!("history-entry-truncated", run = run),
            Self::EntryDamaged { run, reason } => {
                msg!("history-entry-damaged", run = run, reason = reason.wording())
            }
            Self::ReportMissing { run } => msg!("history-report-missing", run = run),
            Self::ReportTruncated { run, found, expected } => {
                let (found, expected) = (text(found), text(expected));
                msg!("history-report-truncated", run = run, found = found, expected = expected)
            }
            Self::ReportDamaged { run, reason } => {
                msg!("history-report-damaged", run = run, reason = reason.wording())
            }
            Self::ReportVersion { run, found } => {
                let (version, reads) = (Arg::text(found), Arg::text(tenko_report::SCHEMA_VERSION));
                msg!("history-report-version", run = run, version = version, reads = reads)
            }
            Self::TooLarge { name, bytes, limit } => {
                let (bytes, limit) = (text(bytes), text(limit));
                msg!("history-too-large", name = name, bytes = bytes, limit = limit)
            }
            Self::ReportTooLarge { run, bytes, limit } => {
                let (bytes, limit) = (text(bytes), text(limit));
                msg!("history-report-too-large", run = run, bytes = bytes, limit = limit)
            }
            Self::LatestDamaged { damage, .. } => return damage.wording(),
            Self::Place { .. }
            | Self::NotAFolder { .. }
            | Self::BadRunId { .. }
            | Self::AlreadyRecorded { .. }
            | Self::Empty { .. }
            | Self::NoneOfManifest { .. }
            | Self::Unknown { .. }
            | Self::Ambiguous { .. } => return None,
        })
    }
}

/// Which runs were looked at, where not all were.
fn among(searched: Option<usize>) -> String {
    searched.map(|count| format!("among the newest {count} ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tenko_report::messages::{Lang, english, say};

    use super::*;

    /// One of each that is damage.
    fn damages() -> Vec<HistoryError> {
        let run = || "20260302T060000Z-9c".to_owned();
        let reasons = [
            Reason::Digest,
            Reason::Size,
            Reason::OfRun { run: "other".to_owned() },
            Reason::Elsewhere,
            Reason::Unreadable { said: "EOF at line 3".to_owned() },
        ];
        let (bytes, limit) = (123_456, 65_536);
        let mut all: Vec<_> = reasons
            .into_iter()
            .flat_map(|reason| {
                [
                    HistoryError::EntryDamaged { run: run(), reason: reason.clone() },
                    HistoryError::ReportDamaged { run: run(), reason },
                ]
            })
            .collect();
        let damage = HistoryError::ReportMissing { run: run() };
        all.extend([
            HistoryError::EntryNewer { run: run(), version: 1_234 },
            HistoryError::EntryTruncated { run: run() },
            HistoryError::ReportMissing { run: run() },
            HistoryError::ReportTruncated { run: run(), found: 1_234, expected: 123_456 },
            HistoryError::ReportVersion { run: run(), found: 1_234 },
            HistoryError::TooLarge { name: "runs/a.json".to_owned(), bytes, limit },
            HistoryError::ReportTooLarge { run: run(), bytes, limit },
            HistoryError::LatestDamaged { damage: damage.into(), before: "a".to_owned() },
        ]);
        all
    }

    #[test]
    fn damage_is_said_as_the_error_is_and_in_every_language() {
        for error in damages() {
            let wording = error.wording().unwrap();
            assert!(error.is_damage() && error.hint().is_some(), "{error}");
            assert_eq!(english(&wording), error.to_string());
            let said = say(Lang::Ja, &wording);
            assert!(!said.contains(" the ") && said != error.to_string(), "{said}");
        }
        let place = HistoryError::Empty { place: ".tenko/history".to_owned() };
        assert!(!place.is_damage());
    }
}

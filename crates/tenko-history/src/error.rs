//! What can go wrong with a history.

use std::error::Error;

use thiserror::Error;

use crate::entry::ENTRY_VERSION;

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
    /// More than will be read back.
    #[error("{name} takes {bytes} bytes, more than the {limit} that a history may hold")]
    TooLarge {
        /// What it is.
        name: String,
        /// Its size, or as much as was looked at.
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
        reason: String,
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
        reason: String,
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
            Self::TooLarge { .. } => "audit fewer accounts and projects in one run",
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
        matches!(
            self,
            Self::EntryNewer { .. }
                | Self::EntryTruncated { .. }
                | Self::EntryDamaged { .. }
                | Self::ReportMissing { .. }
                | Self::ReportTruncated { .. }
                | Self::ReportDamaged { .. }
                | Self::ReportVersion { .. }
                | Self::TooLarge { .. }
                | Self::LatestDamaged { .. }
        )
    }
}

/// Which runs were looked at, where not all were.
fn among(searched: Option<usize>) -> String {
    searched.map(|count| format!("among the newest {count} ")).unwrap_or_default()
}

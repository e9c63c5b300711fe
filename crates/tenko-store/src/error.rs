//! What can go wrong with a snapshot file.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a snapshot could not be written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("failed to {action} {}", path.display())]
    Io {
        /// What was tried: `write`, `read`, `rename` ...
        action: &'static str,
        /// Which file or directory.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is not a tenko snapshot: {reason}", path.display())]
    NotASnapshot {
        /// Which file.
        path: PathBuf,
        /// How one can tell.
        reason: String,
    },
    /// The file has a later format.
    #[error(
        "{} was written by a newer tenko (version {version}); this one reads {}",
        path.display(), crate::VERSION
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its format version.
        version: u32,
    },
    /// The file has an earlier format.
    #[error(
        "{} was written by an older tenko (version {version}); this one reads {}",
        path.display(), crate::VERSION
    )]
    Older {
        /// Which file.
        path: PathBuf,
        /// Its format version.
        version: u32,
    },
    /// The end of the file is missing.
    #[error("{} was cut off: {reason}", path.display())]
    Truncated {
        /// Which file.
        path: PathBuf,
        /// How one can tell.
        reason: String,
    },
    /// The file is not as it was written.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// How one can tell.
        reason: String,
    },
    /// One item is larger than any that would be read back.
    #[error("{what} takes {bytes} bytes, more than the {limit} that a snapshot may hold")]
    TooLarge {
        /// What it is.
        what: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// There are more resources than a file can number.
    #[error("a snapshot holds at most {limit} resources")]
    TooMany {
        /// The limit.
        limit: u32,
    },
    /// Resources were not given in the order in which they are kept.
    #[error("{resource} comes before the resource that was added last")]
    Disorder {
        /// The resource that came too late.
        resource: String,
    },
    /// An item has no JSON form.
    #[error("failed to write {what} as JSON")]
    Encode {
        /// What it is.
        what: String,
        /// The reason.
        source: serde_json::Error,
    },
    /// Another run with this id was saved before.
    #[error("{} is there already", path.display())]
    AlreadyExists {
        /// Which file.
        path: PathBuf,
    },
    /// The run's id cannot be the name of a file.
    #[error("run id {id:?} is not made of letters, digits, '-', '_' and '.'")]
    BadRunId {
        /// The id.
        id: String,
    },
    /// No snapshot has this id.
    #[error("no snapshot {wanted:?} in {}", dir.display())]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// Several snapshots have ids that begin so.
    #[error("{wanted:?} fits several snapshots: {}", ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// The ids that fit.
        ids: Vec<String>,
    },
}

impl StoreError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn truncated(path: &Path, reason: impl Into<String>) -> Self {
        Self::Truncated { path: path.to_owned(), reason: reason.into() }
    }

    pub(crate) fn not_a_snapshot(path: &Path, reason: impl Into<String>) -> Self {
        Self::NotASnapshot { path: path.to_owned(), reason: reason.into() }
    }
}

//! How one can tell that something is not as it was written.

use thiserror::Error;

use tenko_core::{Arg, msg};

/// How one can tell that an entry or a report is damaged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes are not those that were written.
    #[error("its digest is another one")]
    Digest,
    /// Unpacked, it is larger or smaller than it was.
    #[error("it has another size than it was written with")]
    Size,
    /// It is another run's.
    #[error("it belongs to run {run}")]
    OfRun {
        /// That run.
        run: String,
    },
    /// The entry names a file outside the folder of reports.
    #[error("its report is somewhere else")]
    Elsewhere,
    /// What reads it does not understand it.
    #[error("{said}")]
    Unreadable {
        /// Its own words.
        said: String,
    },
}

impl Reason {
    pub(crate) fn unreadable(error: impl ToString) -> Self {
        Self::Unreadable { said: error.to_string() }
    }

    /// How it is said.
    pub(crate) fn wording(&self) -> Arg {
        match self {
            Self::Digest => msg!("history-reason-digest").into(),
            Self::Size => msg!("history-reason-size").into(),
            Self::OfRun { run } => msg!("history-reason-run", run = run).into(),
            Self::Elsewhere => msg!("history-reason-elsewhere").into(),
            Self::Unreadable { said } => said.into(),
        }
    }
}

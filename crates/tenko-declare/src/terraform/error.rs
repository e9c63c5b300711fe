//! Why a state, or a mapping, can't be used.

use std::error::Error;
use std::fmt;

use tenko_core::{Arg, Message, msg};
use tenko_messages::english;

/// The largest state that is read, decompressed.
pub(crate) const MAX_BYTES: usize = 512 << 20;

/// Why a state could not be read. What it declares is unknown then.
///
/// The file is not named: who handed the bytes in knows what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// There is nothing in it.
    Empty,
    /// It is no text.
    Binary {
        /// What was found.
        what: Message,
        /// Where, counted from 0.
        byte: usize,
    },
    /// It is compressed, and broken.
    Gzip {
        /// Bytes that came out before.
        byte: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is larger than tenko reads.
    TooLarge,
    /// It ends too early.
    Truncated {
        /// How long it is.
        byte: usize,
        /// The last line, counted from 1.
        line: usize,
    },
    /// It is not JSON, or not JSON of the form that a state has.
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// OpenTofu encrypted it.
    Encrypted,
    /// It is JSON, and no state, and why.
    NotAState(Message),
    /// A format that is no longer read.
    TooOld(u64),
    /// A format that is not known yet.
    TooNew(u64),
}

impl StateError {
    /// How it is said.
    pub fn wording(&self) -> Message {
        // Places and versions are no amounts: no language puts separators into them.
        let text = |number: &usize| Arg::text(number);
        match self {
            Self::Empty => msg!("code-empty"),
            Self::Binary { what, byte } => {
                msg!("code-binary", what = what.clone(), byte = text(byte))
            }
            Self::Gzip { byte, reason } => msg!("code-gzip", byte = text(byte), reason = reason),
            Self::TooLarge => msg!("code-too-many-mib", mib = MAX_BYTES >> 20),
            Self::Truncated { byte, line } => {
                msg!("code-truncated", byte = text(byte), line = text(line))
            }
            Self::Json { line, column, reason } => {
                msg!("code-json", line = text(line), column = text(column), reason = reason)
            }
            Self::Encrypted => msg!("code-encrypted"),
            Self::NotAState(why) => msg!("code-no-state", why = why.clone()),
            Self::TooOld(version) => msg!("code-too-old", version = Arg::text(version)),
            Self::TooNew(version) => msg!("code-too-new", version = Arg::text(version)),
        }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(&self.wording()))
    }
}

impl Error for StateError {}

/// A mistake in a type's mapping.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingError {
    /// An expression does not compile.
    #[error("{resource_type}: {field} of {terraform} has a faulty expression")]
    Expression {
        /// The resource type.
        resource_type: String,
        /// Terraform's type.
        terraform: String,
        /// Where the expression stands.
        field: String,
        /// What is wrong.
        #[source]
        source: tenko_jq::JqError,
    },
    /// Something that means nothing there.
    #[error("{resource_type}: {terraform} {what}")]
    Form {
        /// The resource type.
        resource_type: String,
        /// Terraform's type.
        terraform: String,
        /// What is wrong.
        what: &'static str,
    },
}

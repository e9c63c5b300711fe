//! Why a state, or a mapping, can't be used.

use thiserror::Error;

/// The largest state that is read, decompressed.
pub(crate) const MAX_BYTES: usize = 512 << 20;

/// Why a state could not be read. What it declares is unknown then.
///
/// The file is not named: who handed the bytes in knows what it is called.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It is no text.
    #[error("it is no text: {what} at byte {byte}")]
    Binary {
        /// What was found.
        what: &'static str,
        /// Where, counted from 0.
        byte: usize,
    },
    /// It is compressed, and broken.
    #[error("it is compressed with gzip and can't be decompressed beyond byte {byte}: {reason}")]
    Gzip {
        /// Bytes that came out before.
        byte: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is larger than tenko reads.
    #[error("it is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// It ends too early.
    #[error("it is cut off: the document is not over at its last byte, {byte} (line {line})")]
    Truncated {
        /// How long it is.
        byte: usize,
        /// The last line, counted from 1.
        line: usize,
    },
    /// It is not JSON, or not JSON of the form that a state has.
    #[error("line {line}, column {column}: {reason}")]
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// OpenTofu encrypted it.
    #[error(
        "it is encrypted by OpenTofu, and tenko does not decrypt: hand in the output of `tofu state pull`"
    )]
    Encrypted,
    /// It is JSON, and no state.
    #[error("it is no Terraform state: {0}")]
    NotAState(&'static str),
    /// A format that is no longer read.
    #[error(
        "its format is version {0}, which Terraform before 0.7 wrote; versions 3 and 4 are read: any later Terraform upgrades it"
    )]
    TooOld(u64),
    /// A format that is not known yet.
    #[error("its format is version {0}, which is newer than this tenko; versions 3 and 4 are read")]
    TooNew(u64),
}

/// A mistake in a type's mapping.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
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

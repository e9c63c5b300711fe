//! The lines of a snapshot file.

use serde::{Deserialize, Serialize};
use tenko_core::{Answer, CallCount, Coverage, DiscoveryProblem, Resource, RunInfo, Scope};

/// What the header calls the format.
pub(crate) const SCHEMA: &str = "tenko.snapshot";
/// The longest line that is written or read.
pub(crate) const MAX_LINE: usize = 64 << 20;
/// The most lines that are read: a hundred million resources and their units.
pub(crate) const MAX_LINES: u64 = 200_000_000;

/// The first line as it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) schema: String,
    pub(crate) version: u32,
    pub(crate) run: RunInfo,
}

/// As much of the first line as every version has.
#[derive(Debug, Deserialize)]
pub(crate) struct AnyHeader {
    pub(crate) schema: String,
    pub(crate) version: u32,
}

/// Every other line, as it is written: `{"scope":{...}}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LineRef<'a> {
    Scope(&'a Scope),
    Problem(&'a DiscoveryProblem),
    Answer(&'a Answer),
    Coverage(&'a Coverage),
    Resource(&'a Resource),
    Call(&'a CallCount),
    End(&'a Trailer),
}

/// Every other line, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    Scope(Scope),
    Problem(DiscoveryProblem),
    Answer(Answer),
    Coverage(Coverage),
    Resource(Resource),
    Call(CallCount),
    End(Trailer),
}

/// The last line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trailer {
    pub(crate) counts: Counts,
    /// The digest of all lines before this one, their line ends included.
    pub(crate) blake3: String,
}

/// How many lines there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) scopes: usize,
    pub(crate) problems: usize,
    pub(crate) answers: usize,
    pub(crate) coverage: usize,
    pub(crate) resources: usize,
    pub(crate) calls: usize,
}

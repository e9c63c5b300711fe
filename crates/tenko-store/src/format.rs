//! What is in a snapshot file: the header, the lines of facts and rows, the manifest.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenko_core::{
    Answer, AttrPath, Attributes, CallCount, Cloud, Coverage, Digest, DiscoveryProblem, Origin,
    Reach, ResourceType, RunInfo, Scope, ScopeId,
};

/// What the header calls the format.
pub(crate) const SCHEMA: &str = "tenko.snapshot";
/// The longest line that is written or read.
pub(crate) const MAX_LINE: usize = 64 << 20;
/// The most lines of facts that are read.
pub(crate) const MAX_LINES: u64 = 200_000_000;

/// The first line of a file.
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

/// A line of facts as it is written: `{"scope":{...}}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FactRef<'a> {
    Scope(&'a Scope),
    Problem(&'a DiscoveryProblem),
    Answer(&'a Answer),
    Coverage(&'a Coverage),
    Call(&'a CallCount),
}

/// A line of facts as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fact {
    Scope(Scope),
    Problem(DiscoveryProblem),
    Answer(Answer),
    Coverage(Coverage),
    Call(CallCount),
}

/// The line before the rows of one type in one region of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) cloud: Cloud,
    #[serde(rename = "type")]
    pub(crate) resource_type: ResourceType,
    pub(crate) scope: ScopeId,
    pub(crate) region: Reach,
}

/// A line of one resource without its attributes: `["id","name","created at",{tags},{more}]`. What
/// differs from row to row stands together, which compresses better than named members would.
#[derive(Debug, Serialize)]
pub(crate) struct RowRef<'a>(
    pub(crate) &'a str,
    pub(crate) Option<&'a str>,
    pub(crate) Option<Timestamp>,
    pub(crate) &'a BTreeMap<String, String>,
    pub(crate) More,
);

/// The same with the attributes, as it is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Row(
    pub(crate) String,
    pub(crate) Option<String>,
    pub(crate) Option<Timestamp>,
    pub(crate) BTreeMap<String, String>,
    pub(crate) More,
    pub(crate) Attributes,
);

/// What few resources have.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct More {
    #[serde(default, skip_serializing_if = "is_customer")]
    pub(crate) origin: Origin,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unknown: Vec<AttrPath>,
    /// Only of a resource whose key another one had before: it is not in the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<Digest>,
}

fn is_customer(origin: &Origin) -> bool {
    *origin == Origin::Customer
}

/// The last part: where every other part is, and what it must be like.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) counts: Counts,
    pub(crate) parts: Vec<Part>,
}

/// One part of the file. The parts follow each other without a gap.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) name: PartName,
    pub(crate) length: u64,
    /// The digest of its bytes; of blocks and index it is in their tables, piece by piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blake3: Option<String>,
}

/// The parts in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartName {
    Header,
    Facts,
    Dictionary,
    Blocks,
    Index,
    BlockTable,
    IndexTable,
}

impl PartName {
    pub(crate) const ALL: [Self; 7] = [
        Self::Header,
        Self::Facts,
        Self::Dictionary,
        Self::Blocks,
        Self::Index,
        Self::BlockTable,
        Self::IndexTable,
    ];

    /// How an error calls it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Facts => "list of scopes and units",
            Self::Dictionary => "dictionary",
            Self::Blocks => "resources",
            Self::Index => "index",
            Self::BlockTable => "table of blocks",
            Self::IndexTable => "table of the index",
        }
    }
}

/// How many there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) scopes: usize,
    pub(crate) problems: usize,
    pub(crate) answers: usize,
    pub(crate) coverage: usize,
    pub(crate) calls: usize,
    pub(crate) resources: u32,
    /// Those that are in the index: all but repeated keys.
    pub(crate) indexed: u32,
    /// Resources by scope.
    pub(crate) held: Vec<Held>,
}

/// How many resources a scope holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The cloud.
    pub cloud: Cloud,
    /// The account or project.
    pub scope: ScopeId,
    /// How many resources of it are in the snapshot.
    pub resources: u64,
}

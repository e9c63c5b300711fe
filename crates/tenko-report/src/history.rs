//! What a document says of the runs before it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{Item, Message, Source};

use crate::summary::{DriftCounts, FindingCounts, SummaryVerdict};

/// How a run stands in its history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// The runs that this one was compared with, by id: the last one, or several that ran at the
    /// same time. Empty: this is the first run, and everything is new.
    pub compared_with: Vec<String>,
    /// When the last of them ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The runs before in numbers, the oldest first, this one last.
    #[serde(default)]
    pub runs: Vec<TrendPoint>,
}

/// One run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrendPoint {
    /// Its id.
    pub run: String,
    /// When it ended.
    pub at: Timestamp,
    /// What it said.
    pub verdict: SummaryVerdict,
    /// Whether something could not be observed: its numbers are then a lower bound.
    pub incomplete: bool,
    /// Its drift.
    pub drift: DriftCounts,
    /// Its findings.
    pub findings: FindingCounts,
    /// Drift and findings that the run before did not have.
    pub new: u64,
    /// Drift and findings that were surely gone.
    pub resolved: u64,
    /// Drift and findings that were suppressed.
    pub suppressed: u64,
}

/// A drift or finding of an earlier run that this run did not see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Past {
    /// As it was last seen; its standing says `resolved` or `unknown`.
    #[serde(flatten)]
    pub item: Item,
    /// Why that is said, in English.
    pub why: String,
    /// The same in any language.
    pub why_wording: Message,
}

/// A suppression, and what became of it in this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressionRow {
    /// What it is for, in one line: a fingerprint, or rule, scope and resource.
    pub what: String,
    /// Its effect.
    pub state: SuppressionState,
    /// How many findings and drifts it took out.
    pub matched: u64,
    /// Why it is there.
    pub reason: String,
    /// Who decided it.
    pub owner: Option<String>,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Until when.
    pub expires: Timestamp,
    /// The ticket that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Where it is written.
    pub source: Source,
}

/// What became of a suppression.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SuppressionState {
    /// Its time is over: what it was for is reported again.
    Expired,
    /// The evidence is no longer what was decided on: it is reported again.
    Rearmed,
    /// In force, for 14 days more at most.
    Expiring,
    /// In force, and matched nothing although all of it was looked at.
    Unused,
    /// In force, and matched nothing, but not all was looked at.
    Unseen,
    /// In force.
    Active,
}

impl SuppressionState {
    /// The word in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Rearmed => "rearmed",
            Self::Expiring => "expiring",
            Self::Unused => "unused",
            Self::Unseen => "unseen",
            Self::Active => "active",
        }
    }
}

/// How a run was kept read-only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadOnlyProof {
    /// How many operations the process was able to send at all: the allow-list of its guards.
    pub allowed_operations: u64,
    /// A digest of that list, the same in every run of the same version.
    pub allow_list: String,
    /// How many requests the guards held back: more than 0 is a mistake in tenko.
    pub held_back: u64,
    /// Operations that were called, and are not on the list. The guards stop them, so there is none.
    pub outside: Vec<String>,
}

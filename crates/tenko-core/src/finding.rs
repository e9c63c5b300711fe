//! Verdicts of the risk rules.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::declaration::Source;
use crate::drift::ResourceRef;
use crate::message::Message;
use crate::names::{Cloud, ScopeId};
use crate::standing::{Fingerprint, Item, Standing};

/// How bad it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Act now.
    Critical,
    /// Act soon.
    High,
    /// Plan it.
    Medium,
    /// When there is time.
    Low,
    /// Good to know.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        })
    }
}

/// What a rule says of one subject. A pass needs complete coverage of all that the rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The bad state is there.
    Finding,
    /// It could not be told.
    Unknown,
}

/// One verdict worth reporting. Passes are counted, not listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// What makes it the same one in every run; empty until [`Finding::identify`] said it.
    #[serde(default)]
    pub fingerprint: Fingerprint,
    /// How it stands beside the runs before; null where there was nothing to compare with.
    #[serde(default, flatten)]
    pub standing: Option<Standing>,
    /// The rule's id: `ACC-01`.
    pub rule: String,
    /// The rule's name, which states the bad state.
    pub name: String,
    /// How bad.
    pub severity: Severity,
    /// Finding, or unknown.
    pub verdict: Verdict,
    /// The cloud.
    pub cloud: Cloud,
    /// The account or project that it is about.
    pub scope: ScopeId,
    /// The resource, where it is about one.
    pub resource: Option<ResourceRef>,
    /// The tenant that it concerns.
    pub tenant: Option<String>,
    /// The environment that it concerns.
    pub environment: Option<String>,
    /// Who answers for it, where the declaration says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// One sentence with the evidence, in English.
    pub message: String,
    /// The same in any language; `None` of an own rule, whose text is the user's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Message>,
    /// What to do about it.
    pub remediation: String,
}

/// What one rule said in all, so that silence can be told from a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleResult {
    /// The rule's id.
    pub rule: String,
    /// The rule's name.
    pub name: String,
    /// Its severity before anything was changed.
    pub severity: Severity,
    /// Subjects in the bad state that are reported.
    pub findings: u64,
    /// Subjects of which it could not be told.
    pub unknown: u64,
    /// Subjects of which everything was read, and that are not in the bad state.
    pub passed: u64,
    /// Subjects in the bad state that a suppression took out.
    pub suppressed: u64,
    /// Verdicts that the settings turned off, or that are below the severity that was asked for.
    pub left_out: u64,
    /// Which of them the settings turned off: they are not gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turned_off: Vec<Fingerprint>,
    /// Why the rule, or its part for one cloud, said nothing at all; empty when it was evaluated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_evaluated: Vec<String>,
    /// The same in any language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_evaluated_wordings: Vec<Message>,
}

/// A finding or drift that somebody decided to live with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// The finding or drift.
    #[serde(flatten)]
    pub item: Item,
    /// Why it is suppressed.
    pub reason: String,
    /// Who decided it.
    pub owner: Option<String>,
    /// Until when.
    pub expires: Timestamp,
    /// The ticket that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Where that is written.
    pub source: Source,
}

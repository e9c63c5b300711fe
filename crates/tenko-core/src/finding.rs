//! Verdicts of the risk rules.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::drift::ResourceRef;
use crate::names::{Cloud, ScopeId};

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
    /// One sentence with the evidence.
    pub message: String,
    /// What to do about it.
    pub remediation: String,
}

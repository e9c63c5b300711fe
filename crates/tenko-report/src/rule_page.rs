//! A risk rule, as it is shown to people.

use schemars::JsonSchema;
use serde::Serialize;
use tenko_core::{Severity, Source};

/// One rule: tenko's own, or one that the manifest states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RulePage {
    /// The id: `DATA-01`.
    pub id: String,
    /// The bad state.
    pub name: String,
    /// How bad, unless the manifest says otherwise.
    pub severity: Severity,
    /// The clouds that it looks at; empty is every cloud.
    pub clouds: Vec<String>,
    /// Whether it can say something only where tenants are declared.
    pub needs_tenants: bool,
    /// The resource types that it has to read.
    pub inputs: Vec<String>,
    /// The page, as Markdown.
    pub doc: String,
    /// What to do about a finding.
    pub remediation: String,
    /// Where frameworks and other tools speak of the same risk: evidence for them, never a claim of
    /// compliance.
    pub references: Vec<RuleReference>,
    /// Where the rule is written, if that is the manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// Where a framework or another tool speaks of the same risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RuleReference {
    /// The framework or tool; empty where `id` is a link.
    pub framework: String,
    /// Its own id for it, or a link.
    pub id: String,
}

impl RuleReference {
    /// Both in one line.
    pub fn in_a_line(&self) -> String {
        if self.framework.is_empty() {
            self.id.clone()
        } else {
            format!("{} {}", self.framework, self.id)
        }
    }
}

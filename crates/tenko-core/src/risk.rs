//! What a declaration says of risk: how the rules are set, what is suppressed, the user's own
//! rules, who is trusted, what is connected, and which capacity is there for a time only.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::declaration::Source;
use crate::finding::Severity;
use crate::scope::ScopeKey;

/// How the risk rules are to be taken: severities, suppressions, own rules.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleSettings {
    /// Changes of severity. Where several meet one verdict, the last one counts.
    pub overrides: Vec<RuleOverride>,
    /// Findings that somebody decided to live with.
    pub suppressions: Vec<Suppression>,
    /// Rules that the manifest itself states.
    pub own: Vec<OwnRule>,
}

/// What becomes of a rule's verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are not reported, and not counted.
    Off,
    /// They have this severity.
    Severity(Severity),
}

/// A change of what a rule's verdicts weigh, for some tenants, environments or stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOverride {
    /// Glob over the rule's id: `AVL-01`, `DATA-*`.
    pub rule: String,
    /// What they weigh instead.
    pub level: Level,
    /// Only for these tenants, by id; empty is any, and what belongs to no tenant too.
    pub tenants: Vec<String>,
    /// Only for environments of these names; empty is any.
    pub environments: Vec<String>,
    /// Only for environments of these stages; empty is any. An environment without a stage goes
    /// by its name.
    pub stages: Vec<String>,
    /// Where it is written.
    pub source: Source,
}

/// A decision to live with findings for a while. It never touches what is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's id, exactly.
    pub rule: String,
    /// The account or project; `None` is any.
    pub scope: Option<ScopeKey>,
    /// Glob over the resource's name and id; `None` is any resource and none.
    pub resource: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub owner: Option<String>,
    /// From then on it has no effect.
    pub expires: Timestamp,
    /// Where it is written.
    pub source: Source,
}

/// What an own rule looks at, one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnSubject {
    /// The resources of the types that this glob names.
    Resources(String),
    /// Accounts and projects.
    Scopes,
}

/// A rule of the user's own: an expression that is true where the bad state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRule {
    /// The id: `OWN-01`. No rule of tenko has it.
    pub id: String,
    /// The bad state, in a few words.
    pub name: String,
    /// What it does and why that is bad.
    pub description: String,
    /// How bad.
    pub severity: Severity,
    /// What to do about it.
    pub remediation: String,
    /// Where to read more: `(framework, id)`, or `("", URL)`.
    pub references: Vec<(String, String)>,
    /// What it looks at.
    pub subject: OwnSubject,
    /// The CEL expression.
    pub when: String,
    /// Where it is written; the address is the expression's.
    pub source: Source,
}

/// Who may be trusted beside what the declaration itself names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Accounts and projects of others that roles may trust, with whose they are.
    pub accounts: BTreeMap<ScopeKey, String>,
    /// Globs over the repositories whose pipelines may sign in: `acme-corp/*`.
    pub repositories: Vec<String>,
}

/// Accounts and projects whose networks are, or are to be, connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The accounts and projects, each once.
    pub scopes: Vec<ScopeKey>,
    /// Where it is written.
    pub source: Source,
}

/// A time for which an environment has more capacity than usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventWindow {
    /// The event: `autumn-cup`.
    pub name: String,
    /// When its capacity may come.
    pub from: Timestamp,
    /// When it has to be gone.
    pub until: Timestamp,
    /// Glob over the type of what is its capacity; `None` is any.
    pub resource_type: Option<String>,
    /// Glob over name and id; `None` is any.
    pub resource: Option<String>,
    /// Tags that must all be there; a value of `None` is any value.
    pub tags: BTreeMap<String, Option<String>>,
    /// Where it is written.
    pub source: Source,
}

//! What a declaration says of risk: how the rules are set, what is suppressed, the user's own
//! rules, who is trusted, what is connected, and which capacity is there for a time only.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::attributes::Digest;
use crate::declaration::Source;
use crate::finding::{Severity, Suppressed};
use crate::scope::ScopeKey;
use crate::standing::{Fingerprint, Item};

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

/// A decision to live with findings or drift for a while. It never touches what is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// What it is for.
    pub of: Suppresses,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub owner: Option<String>,
    /// When it was decided.
    pub created: Option<Timestamp>,
    /// From then on it has no effect.
    pub expires: Timestamp,
    /// The ticket that goes with it.
    pub ticket: Option<String>,
    /// The digest of the evidence that was decided on ([`crate::Item::evidence`], in hexadecimal): of
    /// other evidence it has no effect. `None` is any evidence.
    pub evidence: Option<String>,
    /// Where it is written.
    pub source: Source,
}

impl Suppression {
    /// Whether it has an effect at this time, on something of this evidence.
    pub fn holds(&self, now: Timestamp, evidence: impl FnOnce() -> Digest) -> bool {
        let same = |decided: &String| *decided == evidence().to_string();
        now < self.expires && self.evidence.as_ref().is_none_or(same)
    }

    /// What it makes of a finding or drift that it is for.
    pub fn suppresses(&self, item: Item) -> Suppressed {
        Suppressed {
            item,
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            expires: self.expires,
            ticket: self.ticket.clone(),
            source: self.source.clone(),
        }
    }
}

/// What a [`Suppression`] is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppresses {
    /// One finding or drift, exactly.
    One(Fingerprint),
    /// Findings of a rule.
    Findings {
        /// The rule's id, exactly.
        rule: String,
        /// The account or project; `None` is any.
        scope: Option<ScopeKey>,
        /// Glob over the resource's name and id; `None` is any resource and none.
        resource: Option<String>,
    },
}

impl fmt::Display for Suppresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(fingerprint) => f.pad(fingerprint.as_str()),
            Self::Findings { rule, scope: None, resource: None } => f.pad(rule),
            Self::Findings { rule, scope, resource } => {
                f.write_str(rule)?;
                if let Some(scope) = scope {
                    write!(f, " in {scope}")?;
                }
                if let Some(resource) = resource {
                    write!(f, " of {resource}")?;
                }
                Ok(())
            }
        }
    }
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

//! What a rule is.

use std::fmt;

use tenko_core::{Finding, ScopeKey, Severity, Verdict};

use crate::context::Context;

/// Where a framework or another tool speaks of the same risk. Evidence for it, never a claim of
/// compliance with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reference {
    /// The framework: `AWS Well-Architected`.
    pub framework: &'static str,
    /// Its own id for it: `SEC01-BP01`.
    pub id: &'static str,
}

/// One risk, and how it is told.
#[derive(serde::Serialize)]
pub struct Rule {
    /// The id: a group and a number, `ACC-01`. It never changes and is never used again.
    pub id: &'static str,
    /// What is wrong when it fires.
    pub name: &'static str,
    /// How bad that is, unless someone decides otherwise.
    pub severity: Severity,
    /// Cross-references.
    pub references: &'static [Reference],
    /// What to do about it.
    pub remediation: &'static str,
    #[serde(skip)]
    pub(crate) doc: &'static str,
    #[serde(skip)]
    pub(crate) check: fn(&Rule, &Context<'_>) -> Vec<Finding>,
}

impl Rule {
    /// The published page, as Markdown: the rule's doc comment.
    pub fn page(&self) -> String {
        let lines = self.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    pub(crate) fn check(&self, context: &Context<'_>) -> Vec<Finding> {
        (self.check)(self, context)
    }

    /// A verdict of this rule on a scope.
    pub(crate) fn on(&self, scope: &ScopeKey, verdict: Verdict, message: String) -> Finding {
        Finding {
            rule: self.id.to_owned(),
            name: self.name.to_owned(),
            severity: self.severity,
            verdict,
            cloud: scope.cloud.clone(),
            scope: scope.id.clone(),
            resource: None,
            tenant: None,
            environment: None,
            message,
            remediation: self.remediation.to_owned(),
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} {:?})", self.id, self.name)
    }
}

/// Makes a rule of a doc comment and its metadata, so that the page cannot part from the rule.
macro_rules! rule {
    (
        $(#[doc = $doc:literal])+
        id: $id:literal,
        name: $name:literal,
        severity: $severity:ident,
        references: [$($framework:literal => $reference:literal),* $(,)?],
        remediation: $remediation:literal,
        check: $check:path $(,)?
    ) => {
        $(#[doc = $doc])+
        pub(super) const RULE: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            name: $name,
            severity: tenko_core::Severity::$severity,
            references: &[$($crate::rule::Reference { framework: $framework, id: $reference }),*],
            remediation: $remediation,
            doc: concat!($($doc, "\n"),+),
            check: $check,
        };
    };
}
pub(crate) use rule;

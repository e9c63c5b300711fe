//! What a rule is.

use std::fmt;

use tenko_core::Severity;

use crate::context::Context;
use crate::sink::Sink;

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
    /// Whether it can say something only where tenants are declared.
    pub needs_tenants: bool,
    /// Cross-references.
    pub references: &'static [Reference],
    /// What to do about it.
    pub remediation: &'static str,
    /// How it is checked: a part for each cloud, or one for all.
    pub parts: &'static [Part],
    #[serde(skip)]
    pub(crate) doc: &'static str,
}

/// A rule's check in one cloud, or in all of them together.
#[derive(serde::Serialize)]
pub struct Part {
    /// The cloud; `None` is all of them together.
    pub cloud: Option<&'static str>,
    /// The types that have to be read: where one was collected nowhere in the cloud, the part is not
    /// evaluated; where one could not be read, it cannot pass.
    pub inputs: &'static [&'static str],
    /// Types that make it say more, where they were read.
    pub also: &'static [&'static str],
    #[serde(skip)]
    pub(crate) check: fn(&Context<'_>, &mut Sink<'_>),
}

impl Part {
    /// The check in AWS.
    pub(crate) const fn aws(
        inputs: &'static [&'static str],
        check: fn(&Context<'_>, &mut Sink<'_>),
    ) -> Self {
        Self { cloud: Some("aws"), inputs, also: &[], check }
    }

    /// The check in Google Cloud.
    pub(crate) const fn gcp(
        inputs: &'static [&'static str],
        check: fn(&Context<'_>, &mut Sink<'_>),
    ) -> Self {
        Self { cloud: Some("gcp"), inputs, also: &[], check }
    }

    /// One check for all clouds together. It has to ask [`Context::was_collected`] by itself.
    pub(crate) const fn any(
        inputs: &'static [&'static str],
        check: fn(&Context<'_>, &mut Sink<'_>),
    ) -> Self {
        Self { cloud: None, inputs, also: &[], check }
    }

    /// Types that make it say more, and are no condition.
    pub(crate) const fn also(self, types: &'static [&'static str]) -> Self {
        Self { also: types, ..self }
    }
}

impl Rule {
    /// The rule's doc comment as Markdown: the body of its published page.
    pub fn page(&self) -> String {
        let lines = self.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    /// The clouds that it looks at, by name; empty is every cloud.
    pub fn clouds(&self) -> Vec<&'static str> {
        if self.parts.iter().any(|part| part.cloud.is_none()) {
            return Vec::new();
        }
        self.parts.iter().filter_map(|part| part.cloud).collect()
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
        needs_tenants: $needs_tenants:literal,
        references: [$($framework:literal => $reference:literal),* $(,)?],
        remediation: $remediation:literal,
        parts: [$($part:expr),+ $(,)?] $(,)?
    ) => {
        $(#[doc = $doc])+
        pub(super) const RULE: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            name: $name,
            severity: tenko_core::Severity::$severity,
            needs_tenants: $needs_tenants,
            references: &[$($crate::rule::Reference { framework: $framework, id: $reference }),*],
            remediation: $remediation,
            parts: &[$($part),+],
            doc: concat!($($doc, "\n"),+),
        };
    };
}
pub(crate) use rule;

//! Differences that are meant to be.

use std::sync::atomic::{AtomicBool, Ordering};

use tenko_core::{ParityAllow, ParityRow, Resource, Source};

use super::facts::Member;
use tenko_core::{Pattern, has_tags};

struct Rule<'a> {
    allow: &'a ParityAllow,
    resource_type: Pattern,
    name: Pattern,
    used: AtomicBool,
}

/// The rules, and which of them took something out.
pub(super) struct Allowances<'a>(Vec<Rule<'a>>);

impl<'a> Allowances<'a> {
    pub(super) fn new(allow: &'a [ParityAllow]) -> Self {
        let rule = |allow: &'a ParityAllow| Rule {
            allow,
            resource_type: Pattern::new(allow.resource_type.as_deref()),
            name: Pattern::new(allow.name.as_deref()),
            used: AtomicBool::new(false),
        };
        Self(allow.iter().map(rule).collect())
    }

    /// Whether a rule allows the difference. Every rule that does counts as used.
    pub(super) fn allows(
        &self,
        row: &ParityRow,
        members: &[&Member<'_>],
        found: &[(usize, &Resource)],
    ) -> bool {
        let mut allowed = false;
        for rule in &self.0 {
            if rule.fits(row, members, found) {
                rule.used.store(true, Ordering::Relaxed);
                allowed = true;
            }
        }
        allowed
    }

    pub(super) fn unused(&self) -> Vec<(Source, String)> {
        let unused = self.0.iter().filter(|rule| !rule.used.load(Ordering::Relaxed));
        unused.map(|rule| (rule.allow.source.clone(), rule.allow.reason.clone())).collect()
    }
}

impl Rule<'_> {
    fn fits(&self, row: &ParityRow, members: &[&Member<'_>], found: &[(usize, &Resource)]) -> bool {
        let attributes = &self.allow.attributes;
        let path = attributes.is_empty()
            || row.path.as_ref().is_some_and(|path| attributes.iter().any(|a| a.covers(path)));
        let is_named = |at: usize| {
            members.get(at).is_some_and(|m| {
                let stage = m.stage();
                self.allow.between.iter().any(|s| s == stage || s == m.environment())
            })
        };
        path && self.resource_type.matches(row.resource_type.as_str())
            && (row.role.as_deref().is_some_and(|role| self.name.matches(role))
                || found.iter().any(|(_, resource)| self.name.matches(resource.label())))
            && found.iter().all(|(_, resource)| has_tags(resource, &self.allow.tags))
            && (self.allow.between.is_empty() || row.odd_ones().all(is_named))
    }
}

//! The user's own rules.

use tenko_core::OwnRule;

use crate::context::Context;
use crate::sink::{Sink, Speaker};

/// An own rule with its expression, ready to be evaluated.
pub(crate) struct Compiled<'a> {
    rule: &'a OwnRule,
}

pub(crate) fn compile(rules: &[OwnRule]) -> Vec<Compiled<'_>> {
    rules.iter().map(|rule| Compiled { rule }).collect()
}

impl Compiled<'_> {
    pub(crate) fn speaker(&self) -> Speaker<'_> {
        Speaker {
            id: &self.rule.id,
            name: &self.rule.name,
            severity: self.rule.severity,
            remediation: &self.rule.remediation,
        }
    }

    pub(crate) fn check(&self, _context: &Context<'_>, sink: &mut Sink<'_>) {
        sink.not_evaluated("own rules are not there yet".to_owned());
    }
}

//! Why a report is incomplete.

use tenko_core::{Message, msg};

use crate::document::Document;
use crate::text::Noun;

/// Each is a statement for itself; there is at least one where the report is incomplete.
pub(crate) fn reasons(document: &Document) -> Vec<Message> {
    let (summary, noun) = (&document.summary, Noun::of_document(document));
    let mut reasons = Vec::new();
    if document.run.cancelled {
        reasons.push(msg!("incomplete-cut-short"));
    }
    if !document.problems.is_empty() {
        reasons.push(msg!("incomplete-undiscovered", scopes = noun.many()));
    }
    let scopes = summary.scopes;
    if scopes.not_answered > 0 {
        let part = noun.part(scopes.not_answered, scopes.total);
        reasons.push(msg!("incomplete-not-answered", scopes = part));
    }
    // The units of a scope that did not answer say no more than the scope.
    let answered = document.scopes.iter().filter(|row| row.answered());
    let gaps: u64 = answered.map(|row| row.units.gaps).sum();
    if gaps > 0 {
        reasons.push(match scopes.not_answered {
            0 => msg!("incomplete-units", n = gaps),
            _ => msg!("incomplete-units-further", n = gaps),
        });
    }
    let unread = document.code.unread.len();
    if unread > 0 {
        reasons.push(msg!("incomplete-code", n = unread));
    }
    let unknown = summary.drift.unknown + summary.findings.unknown;
    if unknown > 0 {
        reasons.push(msg!("incomplete-unchecked", n = unknown));
    }
    if summary.incomplete && reasons.is_empty() {
        reasons.push(msg!("incomplete-something"));
    }
    reasons
}

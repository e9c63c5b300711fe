//! The first line: all that a hurried reader gets.

use std::collections::BTreeSet;

use tenko_core::{Arg, DriftKind, Item, Message, RuleResult, Severity, msg};

use super::Context;
use super::page::{GREEN, PLAIN, Page, RED, YELLOW};
use crate::document::Kind;
use crate::summary::{FindingCounts, SummaryVerdict};
use crate::words;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let (word, style) = match (context.document.summary.verdict, context.document.kind) {
        (SummaryVerdict::Drift, _) => (msg!("text-verdict-drift"), RED),
        (SummaryVerdict::Findings, _) => (msg!("text-verdict-findings"), RED),
        (SummaryVerdict::Incomplete, _) => (msg!("text-verdict-incomplete"), YELLOW),
        (SummaryVerdict::Clean, Kind::Collect) => (msg!("text-verdict-collected"), GREEN),
        (SummaryVerdict::Clean, _) => (msg!("text-verdict-clean"), GREEN),
    };
    // Each is a statement for itself.
    let statements: Vec<_> = clauses(context).iter().map(|one| context.say(one)).collect();
    let line = msg!("text-headline", verdict = word, statements = statements.join(" · "));
    page.line(0, 2, &context.said(&line, PLAIN, &[("verdict", style)]));
}

fn clauses(context: &Context<'_>) -> Vec<Message> {
    let summary = &context.document.summary;
    let resources = summary.resources;
    let mut clauses = Vec::new();
    match summary.verdict {
        SummaryVerdict::Drift => clauses.push(differences(context)),
        SummaryVerdict::Findings => {}
        _ if context.document.kind == Kind::Collect => {
            clauses.push(msg!("text-collected", resources = resources, scopes = answered(context)));
        }
        SummaryVerdict::Incomplete => clauses.push(msg!("text-as-far-as-seen")),
        SummaryVerdict::Clean => {
            clauses.push(msg!("text-clean", resources = resources, scopes = answered(context)));
        }
    }
    if summary.findings.actionable() > 0 {
        clauses.push(findings(context, &summary.findings));
    }
    clauses.extend(withheld(context));
    clauses.extend(drift_suppressed(context));
    clauses.extend(unobserved(context));
    clauses
}

/// What the rules found and this report does not list: silence by choice is told as such.
fn withheld(context: &Context<'_>) -> Option<Message> {
    let sum = |of: fn(&RuleResult) -> u64| context.document.rules.iter().map(of).sum::<u64>();
    let (suppressed, left_out) = (sum(|r| r.suppressed), sum(|r| r.left_out));
    let mut parts = Vec::new();
    if suppressed > 0 {
        parts.push(msg!("text-count-suppressed", n = suppressed));
    }
    if left_out > 0 {
        parts.push(msg!("text-count-left-out", n = left_out));
    }
    (!parts.is_empty()).then(|| msg!("text-withheld", parts = Arg::list(parts)))
}

fn drift_suppressed(context: &Context<'_>) -> Option<Message> {
    let all = context.document.suppressed.iter();
    let n = all.filter(|one| matches!(one.item, Item::Drift(_))).count();
    (n > 0).then(|| msg!("text-drift-suppressed", n = n))
}

fn differences(context: &Context<'_>) -> Message {
    let drift = context.document.drift.iter().filter(|d| d.kind != DriftKind::Unknown);
    let tenants: BTreeSet<_> = drift.filter_map(|d| d.tenant.as_deref()).collect();
    let n = context.document.summary.drift.differences();
    match tenants.len() {
        0 => msg!("text-differences", n = n),
        tenants => msg!("text-differences-in", n = n, tenants = tenants),
    }
}

/// `12 accounts`, or `10 of 12 accounts` where not all answered.
fn answered(context: &Context<'_>) -> Message {
    let scopes = context.document.summary.scopes;
    if scopes.answered == scopes.total {
        context.noun().count(scopes.total)
    } else {
        context.noun().part(scopes.answered, scopes.total)
    }
}

fn findings(context: &Context<'_>, counts: &FindingCounts) -> Message {
    let parts = counts
        .by_severity()
        .into_iter()
        .filter(|(severity, n)| *n > 0 && *severity != Severity::Info)
        .map(|(severity, n)| {
            msg!("text-count-of", n = n, what = words::severity(context.options.lang, severity))
        });
    msg!("text-findings-by", n = counts.actionable(), severities = Arg::list(parts))
}

/// Why the report is incomplete; at least one clause when it is.
fn unobserved(context: &Context<'_>) -> Vec<Message> {
    let document = context.document;
    let summary = &document.summary;
    let mut clauses = Vec::new();
    if document.run.cancelled {
        clauses.push(msg!("text-cut-short"));
    }
    if !document.problems.is_empty() {
        clauses.push(msg!("text-maybe-undiscovered", scopes = context.noun().many()));
    }
    let scopes = summary.scopes;
    if scopes.not_answered > 0 {
        let scopes = context.noun().part(scopes.not_answered, scopes.total);
        clauses.push(msg!("text-not-answered", scopes = scopes));
    }
    // The units of a scope that did not answer say no more than the scope.
    let gaps: u64 =
        document.scopes.iter().filter(|row| row.answered()).map(|row| row.units.gaps).sum();
    if gaps > 0 {
        clauses.push(match summary.scopes.not_answered {
            0 => msg!("text-units-gaps", n = gaps),
            _ => msg!("text-units-gaps-further", n = gaps),
        });
    }
    let unread = document.code.unread.len();
    if unread > 0 {
        clauses.push(msg!("text-code-unread", n = unread));
    }
    let unknown = summary.drift.unknown + summary.findings.unknown;
    if unknown > 0 {
        clauses.push(msg!("text-unchecked", n = unknown));
    }
    if summary.incomplete && clauses.is_empty() {
        clauses.push(msg!("text-unobserved"));
    }
    clauses
}

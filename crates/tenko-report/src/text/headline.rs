//! The first line: all that a hurried reader gets.

use std::collections::BTreeSet;

use tenko_core::{Arg, DriftKind, Item, Message, RuleResult, Severity, msg};

use super::page::{GREEN, PLAIN, Page, RED, YELLOW};
use super::{Context, TextOptions};
use crate::document::{Document, Kind};
use crate::incomplete;
use crate::summary::{FindingCounts, SummaryVerdict};
use crate::words;

/// The verdict and why, in a paragraph: what [`super::render`] begins with.
pub fn headline(document: &Document, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    write(&mut page, &Context::new(document, options));
    page.finish()
}

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
    clauses.extend(incomplete::reasons(context.document));
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

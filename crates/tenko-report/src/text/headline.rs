//! The first line: all that a hurried reader gets.

use std::collections::BTreeSet;

use tenko_core::{DriftKind, RuleResult};

use super::Context;
use super::page::{GREEN, Line, Page, RED, YELLOW};
use super::words::{many, number, plural};
use crate::document::Kind;
use crate::summary::{FindingCounts, SummaryVerdict};

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let (word, style) = match (context.document.summary.verdict, context.document.kind) {
        (SummaryVerdict::Drift, _) => ("DRIFT", RED),
        (SummaryVerdict::Findings, _) => ("FINDINGS", RED),
        (SummaryVerdict::Incomplete, _) => ("INCOMPLETE", YELLOW),
        (SummaryVerdict::Clean, Kind::Collect) => ("COLLECTED", GREEN),
        (SummaryVerdict::Clean, _) => ("CLEAN", GREEN),
    };
    let line = Line::default().styled(format!("{word}:"), style).text(" ");
    page.line(0, 2, &line.text(clauses(context).join(" · ")));
}

fn clauses(context: &Context<'_>) -> Vec<String> {
    let summary = &context.document.summary;
    let mut clauses = Vec::new();
    match summary.verdict {
        SummaryVerdict::Drift => clauses.push(differences(context)),
        SummaryVerdict::Findings => {}
        _ if context.document.kind == Kind::Collect => clauses.push(collected(context)),
        SummaryVerdict::Incomplete => clauses.push("nothing differs as far as was seen".to_owned()),
        SummaryVerdict::Clean => clauses.push(clean(context)),
    }
    if summary.findings.actionable() > 0 {
        clauses.push(findings(&summary.findings));
    }
    clauses.extend(withheld(context));
    clauses.extend(unobserved(context));
    clauses
}

/// What the rules found and this report does not list: silence by choice is told as such.
fn withheld(context: &Context<'_>) -> Option<String> {
    let sum = |of: fn(&RuleResult) -> u64| context.document.rules.iter().map(of).sum::<u64>();
    let parts =
        [(sum(|r| r.suppressed), "suppressed"), (sum(|r| r.left_out), "left out by choice")];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", number(n)))
        .collect();
    (!parts.is_empty()).then(|| format!("of the rules' verdicts {}", parts.join(", ")))
}

fn differences(context: &Context<'_>) -> String {
    let drift = context.document.drift.iter().filter(|d| d.kind != DriftKind::Unknown);
    let tenants: BTreeSet<_> = drift.filter_map(|d| d.tenant.as_deref()).collect();
    let text = plural(context.document.summary.drift.differences(), "difference");
    match tenants.len() {
        0 => text,
        n => format!("{text} in {}", plural(n as u64, "tenant")),
    }
}

fn collected(context: &Context<'_>) -> String {
    let summary = &context.document.summary;
    format!("{} in {}", plural(summary.resources, "resource"), answered(context))
}

fn clean(context: &Context<'_>) -> String {
    let summary = &context.document.summary;
    format!("{} in {}, nothing differs", plural(summary.resources, "resource"), answered(context))
}

/// `12 accounts`, or `10 of 12 accounts` where not all answered.
fn answered(context: &Context<'_>) -> String {
    let scopes = context.document.summary.scopes;
    let all = plural(scopes.total, context.scope_noun());
    if scopes.answered == scopes.total {
        all
    } else {
        format!("{} of {all}", number(scopes.answered))
    }
}

fn findings(counts: &FindingCounts) -> String {
    let parts: Vec<_> = counts
        .by_severity()
        .into_iter()
        .filter(|(severity, n)| *n > 0 && *severity != tenko_core::Severity::Info)
        .map(|(severity, n)| format!("{} {severity}", number(n)))
        .collect();
    format!("{} ({})", plural(counts.actionable(), "finding"), parts.join(", "))
}

/// Why the report is incomplete; at least one clause when it is.
fn unobserved(context: &Context<'_>) -> Vec<String> {
    let document = context.document;
    let summary = &document.summary;
    let mut clauses = Vec::new();
    if document.run.cancelled {
        clauses.push("the run was cut short".to_owned());
    }
    if !document.problems.is_empty() {
        clauses.push(format!("some {} may not have been discovered", many(context.scope_noun())));
    }
    let scopes = summary.scopes;
    if scopes.not_answered > 0 {
        let all = plural(scopes.total, context.scope_noun());
        clauses.push(format!("{} of {all} did not answer", number(scopes.not_answered)));
    }
    // The units of a scope that did not answer say no more than the scope.
    let gaps: u64 =
        document.scopes.iter().filter(|row| row.answered()).map(|row| row.units.gaps).sum();
    if gaps > 0 {
        let further = if scopes.not_answered > 0 { "further " } else { "" };
        let units = if gaps == 1 { "unit" } else { "units" };
        clauses.push(format!("{} {further}{units} not read whole", number(gaps)));
    }
    let unread = document.code.unread.len() as u64;
    if unread > 0 {
        clauses.push(format!("{} of code could not be read", plural(unread, "document")));
    }
    let unknown = summary.drift.unknown + summary.findings.unknown;
    if unknown > 0 && clauses.is_empty() {
        clauses.push(format!("{} could not be checked", plural(unknown, "item")));
    }
    if summary.incomplete && clauses.is_empty() {
        clauses.push("something could not be observed".to_owned());
    }
    clauses
}

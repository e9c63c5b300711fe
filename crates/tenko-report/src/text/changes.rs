//! What became of drift and findings since the run before.

use std::collections::BTreeMap;

use anstyle::Style;
use tenko_core::{Item, Status, msg};

use super::Context;
use super::page::{BOLD, DIM, GREEN, Line, PLAIN, Page, YELLOW};
use super::{drift, findings};
use crate::history::Past;
use crate::words;

/// Where the text of an entry begins: after the widest status.
const GUTTER: usize = 12;
/// More of one reason than this become one entry.
const ALIKE: usize = 3;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let Some(history) = &context.document.history else { return };
    page.heading(&context.say(&msg!("text-heading-changes")));
    if history.compared_with.is_empty() {
        return page.line(2, 4, &context.line(&msg!("text-changes-first")));
    }
    let document = context.document;
    let standings = document.drift.iter().map(|drift| &drift.standing);
    let standings = standings.chain(document.findings.iter().map(|finding| &finding.standing));
    let open: Vec<_> = standings.flatten().map(|standing| standing.status).collect();
    let count = |status| open.iter().filter(|one| **one == status).count();
    let past = |status| document.past.iter().filter(move |past| status_of(past) == status);
    let text = match history.since {
        Some(since) => msg!("text-changes", since = context.time(None, since)),
        None => msg!("text-changes-undated"),
    };
    let text = text
        .with("new", count(Status::New))
        .with("changed", count(Status::Changed))
        .with("resolved", past(Status::Resolved).count())
        .with("unknown", past(Status::Unknown).count());
    page.line(2, 4, &context.line(&text));
    entries(page, context, &past(Status::Resolved).collect::<Vec<_>>());
    unknown(page, context, &past(Status::Unknown).collect::<Vec<_>>());
}

/// What is no longer seen, and is not surely gone, is unknown.
fn status_of(past: &Past) -> Status {
    let standing = past.item.standing();
    standing
        .map(|standing| standing.status)
        .filter(|s| *s == Status::Resolved)
        .unwrap_or(Status::Unknown)
}

fn entries(page: &mut Page, context: &Context<'_>, all: &[&Past]) {
    let limit = context.options.limit();
    for past in all.iter().take(limit) {
        entry(page, context, past);
    }
    context.more(page, GUTTER, all.len(), limit);
}

fn entry(page: &mut Page, context: &Context<'_>, past: &Past) {
    let lang = context.options.lang;
    let status = status_of(past);
    let title = match &past.item {
        Item::Finding(finding) => {
            let title = Line::default().styled(&finding.rule, BOLD);
            title.text(format!("  {}", context.clip(&words::rule_name(lang, finding))))
        }
        Item::Drift(drift) => {
            let label = context.clip(drift.resource.label());
            let mut facts = vec![words::drift_kind(lang, drift.kind)];
            facts.extend(drift::facts(context, drift));
            facts.extend(drift::place(context, drift));
            let title = Line::default().styled(label, BOLD);
            title.text(format!("  {}", facts.join(" · ")))
        }
    };
    first(page, context, status, title);
    if let Item::Finding(finding) = &past.item {
        let place = Line::new(findings::place(context, finding));
        page.line(GUTTER, GUTTER + 2, &place.styled(findings::tenant(finding), DIM));
    }
    // Why something is gone is of interest to few.
    if status != Status::Resolved || context.options.verbose {
        detail(page, context, &words::why(lang, past));
    }
    let seen = context.first_seen(past.item.owner(), past.item.standing());
    for line in seen.into_iter().chain(context.fingerprint(past.item.fingerprint())) {
        page.line(GUTTER, GUTTER, &line);
    }
}

/// One account that is denied leaves all that was in it unknown, for one reason.
fn unknown(page: &mut Page, context: &Context<'_>, all: &[&Past]) {
    if context.options.verbose {
        return entries(page, context, all);
    }
    let mut by_why: BTreeMap<_, Vec<&Past>> = BTreeMap::new();
    for past in all {
        by_why.entry(words::why(context.options.lang, past)).or_default().push(past);
    }
    let limit = context.options.limit();
    let total = by_why.len();
    for (why, alike) in by_why.into_iter().take(limit) {
        if alike.len() <= ALIKE {
            entries(page, context, &alike);
            continue;
        }
        let title = context.line(&msg!("text-past-many", n = alike.len()));
        first(page, context, Status::Unknown, title);
        detail(page, context, &why);
        let labels = context.few(alike.iter().map(|past| label(context, past)));
        page.line(GUTTER, GUTTER, &context.styled(&msg!("as-it-is", text = labels), DIM));
    }
    context.more(page, 2, total, limit);
}

/// What something is called in a list.
fn label(context: &Context<'_>, past: &Past) -> String {
    match &past.item {
        Item::Finding(finding) => match &finding.resource {
            Some(resource) => format!("{} {}", finding.rule, context.clip(resource.label())),
            None => format!("{} {}", finding.rule, finding.scope),
        },
        Item::Drift(drift) => context.clip(drift.resource.label()),
    }
}

fn first(page: &mut Page, context: &Context<'_>, status: Status, rest: Line) {
    let word = words::status(context.options.lang, status);
    let gutter = Line::default().padded(word, GUTTER - 2, style(status));
    page.line(2, GUTTER, &gutter.append(rest));
}

fn detail(page: &mut Page, context: &Context<'_>, text: &str) {
    page.line(GUTTER, GUTTER, &Line::default().styled(context.clip(text), DIM));
}

fn style(status: Status) -> Style {
    match status {
        Status::Resolved => GREEN,
        Status::Unknown => YELLOW,
        _ => PLAIN,
    }
}

//! What somebody decided to live with, and which of these decisions want to be looked at again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tenko_core::{Item, msg};

use super::Context;
use super::page::{BOLD, DIM, Line, Page, YELLOW};
use super::words::{self as names};
use crate::brief::Subjects;
use crate::entry::entries;
use crate::history::{SuppressionRow, SuppressionState};
use crate::words;

/// One entry for each suppression that took something out, with how much; then those that are over,
/// soon will be, or are of no use.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let document = context.document;
    let entries = entries(document);
    let subjects = Subjects::of(&entries);
    let noted = document.suppressions.iter();
    let noted: Vec<_> =
        noted.filter_map(|row| Some((row, note(context, &subjects, row)?))).collect();
    if document.suppressed.is_empty() && noted.is_empty() {
        return;
    }
    page.heading(&context.say(&msg!("text-heading-suppressed")));
    taken_out(page, context);
    let limit = context.options.limit();
    for (row, text) in noted.iter().take(limit) {
        page.line(2, 4, &Line::default().styled("! ", YELLOW).append(text.clone()));
        let owner = row.owner.as_ref().map(|owner| {
            let owner = context.clip(owner);
            context.say(&msg!("text-by", owner = owner))
        });
        let place = names::source(&row.source, context.options.verbose);
        let facts = [Some(context.clip(&row.reason)), owner, row.ticket.clone(), Some(place)];
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        page.line(4, 4, &Line::default().styled(facts.join(" · "), DIM));
        // What has become a name above is still what the file says.
        if subjects.has(row)
            && let Some(line) = context.fingerprint(&row.what.as_str().into())
        {
            page.line(4, 4, &line);
        }
    }
    context.more(page, 2, noted.len(), limit);
}

fn taken_out(page: &mut Page, context: &Context<'_>) {
    let options = context.options;
    let mut by: BTreeMap<_, u64> = BTreeMap::new();
    for one in &context.document.suppressed {
        let (is_drift, what) = match &one.item {
            Item::Finding(finding) => (false, finding.rule.clone()),
            Item::Drift(drift) => (true, words::drift_kind(options.lang, drift.kind)),
        };
        let key = (is_drift, what, &one.source, &one.reason, one.expires, &one.owner, &one.ticket);
        *by.entry(key).or_default() += 1;
    }
    let total = by.len();
    for ((is_drift, what, source, reason, expires, owner, ticket), count) in
        by.into_iter().take(options.limit())
    {
        let count = match is_drift {
            true => msg!("text-differences", n = count),
            false => msg!("text-findings", n = count),
        };
        let text = msg!("text-statement", what = count, text = context.clip(reason));
        let line = Line::default().styled(what, BOLD).text("  ");
        page.line(2, 4, &line.append(context.line(&text)));
        let time = until(context, owner.as_deref(), expires);
        let until = match owner {
            Some(owner) => msg!("text-until-by", time = time, owner = context.clip(owner)),
            None => msg!("text-until", time = time),
        };
        let place = names::source(source, options.verbose);
        let facts = [Some(context.say(&until)), ticket.clone(), Some(place)];
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        page.line(4, 4, &Line::default().styled(facts.join(" · "), DIM));
    }
    context.more(page, 2, total, options.limit());
}

/// A suppression's end for who decided it.
fn until(context: &Context<'_>, owner: Option<&str>, end: Timestamp) -> String {
    let options = context.options;
    words::until(end, &words::zone_of(context.document, owner, &options.timezone))
}

/// What is to be said of a suppression that is not simply in force.
fn note(context: &Context<'_>, subjects: &Subjects<'_, '_>, row: &SuppressionRow) -> Option<Line> {
    let what = subjects.say(context.options.lang, row);
    let what = context.clip(what.as_deref().unwrap_or(&row.what));
    let time = || until(context, row.owner.as_deref(), row.expires);
    let text = match row.state {
        SuppressionState::Expired => msg!("text-suppression-expired", what = what, time = time()),
        SuppressionState::Rearmed => msg!("text-suppression-rearmed", what = what),
        SuppressionState::Expiring => msg!("text-suppression-expiring", what = what, time = time()),
        SuppressionState::Unused => msg!("text-suppression-unused", what = what),
        SuppressionState::Unseen | SuppressionState::Active => return None,
    };
    Some(context.line(&text))
}

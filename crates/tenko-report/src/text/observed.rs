//! Who did not answer, and what could not be read.

use std::collections::BTreeSet;

use tenko_core::{DiscoveryProblem, Outcome, Problem, Reach};

use super::page::{DIM, Line, Page, YELLOW};
use super::words::{self, clip, list, many, number, plural, short_type};
use super::{Context, more};
use crate::gaps::{Gap, Subject};

/// Columns of a provider's message that are shown.
const MESSAGE: usize = 180;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let (gaps, left_out): (Vec<_>, Vec<_>) =
        context.gaps.iter().partition(|gap| gap.outcome.is_gap());
    let problems = &context.document.problems;
    if !gaps.is_empty() || !problems.is_empty() || context.document.run.cancelled {
        page.heading("NOT OBSERVED");
        if context.document.run.cancelled {
            page.line(2, 4, &Line::new("The run ended before everything was looked at."));
        }
        discovery(page, context, problems);
        for gap in gaps.iter().take(context.options.limit()) {
            write_gap(page, context, gap);
        }
        more(page, 2, gaps.len(), context.options.limit());
    }
    if !left_out.is_empty() {
        page.heading("LEFT OUT");
        for gap in left_out.iter().take(context.options.limit()) {
            write_gap(page, context, gap);
        }
        more(page, 2, left_out.len(), context.options.limit());
    }
}

fn discovery(page: &mut Page, context: &Context<'_>, problems: &[DiscoveryProblem]) {
    if problems.is_empty() {
        return;
    }
    let nouns = many(context.scope_noun());
    let text = format!("discovery failed in part: there may be {nouns} that this report lacks");
    page.line(2, 4, &Line::default().styled(text, YELLOW));
    for problem in problems.iter().take(context.options.few()) {
        write_problem(page, context, &problem.problem);
    }
    more(page, 4, problems.len(), context.options.few());
}

/// What and where in one line; names get a line of their own where there are several.
fn write_gap(page: &mut Page, context: &Context<'_>, gap: &Gap<'_>) {
    let style = if gap.outcome.is_gap() { YELLOW } else { DIM };
    let noun = words::scope_noun(gap.scopes.iter().map(|scope| &scope.cloud));
    let names = list(
        gap.scopes.iter().map(|key| words::scope(context, &key.cloud, &key.id)),
        context.options.few(),
    );
    let alone = gap.scopes.len() == 1;
    let place = if alone { names.clone() } else { plural(gap.scopes.len() as u64, noun) };
    let (title, rest) = match &gap.subject {
        Subject::Scopes if alone => (scopes_title(gap, noun), format!(": {place}")),
        Subject::Scopes => (scopes_title(gap, noun), String::new()),
        Subject::Contents => {
            let title = format!("nothing was read: {}", words::outcome(gap.outcome));
            (title, format!(" in {place}"))
        }
        Subject::Regions(regions) => {
            (regions_title(regions, gap.outcome), format!(" in {place}{}", several(regions)))
        }
        Subject::Types(types, regions) => {
            let types = list(types.iter().map(short_type), context.options.few());
            let title = format!("{types}: {}", words::outcome(gap.outcome));
            (title, format!(" in {place}{}", in_regions(context, regions)))
        }
    };
    page.line(2, 4, &Line::default().styled(title, style).text(rest));
    if !alone {
        page.line(4, 4, &Line::new(names));
    }
    if let Some(problem) = gap.example.filter(|_| gap.outcome.is_gap()) {
        write_problem(page, context, problem);
    }
}

fn scopes_title(gap: &Gap<'_>, noun: &str) -> String {
    let n = gap.scopes.len() as u64;
    let verb = if n == 1 { "is" } else { "are" };
    match gap.outcome {
        Outcome::ScopeSuspended => format!("{} {verb} suspended or closed", plural(n, noun)),
        Outcome::Skipped => format!("{} {verb} skipped by configuration", plural(n, noun)),
        outcome => format!("{} did not answer ({})", plural(n, noun), words::why(outcome)),
    }
}

fn regions_title(regions: &BTreeSet<Reach>, outcome: Outcome) -> String {
    let what = match regions.iter().next() {
        Some(one) if regions.len() == 1 => format!("region {one}"),
        _ => format!("{} regions", number(regions.len() as u64)),
    };
    match outcome {
        Outcome::RegionDisabled => format!("{what} not enabled"),
        outcome => format!("{what}: {}", words::outcome(outcome)),
    }
}

/// The regions of a title that only counts them. All of them: there are few in any cloud.
fn several(regions: &BTreeSet<Reach>) -> String {
    match regions.len() {
        0 | 1 => String::new(),
        _ => format!(" · {}", list(regions.iter().map(ToString::to_string), usize::MAX)),
    }
}

fn in_regions(context: &Context<'_>, regions: &BTreeSet<Reach>) -> String {
    let names: Vec<_> = regions.iter().filter(|r| r.as_region().is_some()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" · {}", list(names.into_iter().map(ToString::to_string), context.options.few()))
}

/// `sts:AssumeRole AccessDenied: User ... is not authorized`.
fn write_problem(page: &mut Page, context: &Context<'_>, problem: &Problem) {
    let mut text = format!("{} {}", problem.operation, problem.code);
    if let Some(resource) = &problem.resource {
        text.push_str(&format!(
            " on {}",
            clip(resource, if context.options.verbose { usize::MAX } else { 60 })
        ));
    }
    // A provider's message says again what the title says; the start is enough to search for.
    let most = if context.options.verbose { usize::MAX } else { MESSAGE };
    text.push_str(&format!(": {}", clip(&problem.message, most)));
    if let Some(id) = problem.request_id.as_ref().filter(|_| context.options.verbose) {
        text.push_str(&format!(" (request {id})"));
    }
    page.line(4, 6, &Line::default().styled(text, DIM));
}

//! Who did not answer, and what could not be read.

use std::collections::BTreeSet;

use tenko_core::{DeniedBy, DiscoveryProblem, Message, Outcome, Problem, Reach, msg};

use super::Context;
use super::noun::Noun;
use super::page::{DIM, PLAIN, Page, YELLOW};
use super::words::{self, clip, short_type};
use crate::gaps::{Gap, Subject};

/// Columns of a provider's message that are shown.
const MESSAGE: usize = 180;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let (gaps, left_out): (Vec<_>, Vec<_>) =
        context.gaps.iter().partition(|gap| gap.outcome.is_gap());
    let problems = &context.document.problems;
    if !gaps.is_empty() || !problems.is_empty() || context.document.run.cancelled {
        page.heading(&context.say(&msg!("text-heading-not-observed")));
        if context.document.run.cancelled {
            page.line(2, 4, &context.line(&msg!("text-run-ended")));
        }
        discovery(page, context, problems);
        for gap in gaps.iter().take(context.options.limit()) {
            write_gap(page, context, gap);
        }
        context.more(page, 2, gaps.len(), context.options.limit());
    }
    if !left_out.is_empty() {
        page.heading(&context.say(&msg!("text-heading-left-out")));
        for gap in left_out.iter().take(context.options.limit()) {
            write_gap(page, context, gap);
        }
        context.more(page, 2, left_out.len(), context.options.limit());
    }
}

fn discovery(page: &mut Page, context: &Context<'_>, problems: &[DiscoveryProblem]) {
    if problems.is_empty() {
        return;
    }
    let text = msg!("text-discovery-failed", scopes = context.noun().many());
    page.line(2, 4, &context.styled(&text, YELLOW));
    for problem in problems.iter().take(context.options.few()) {
        write_problem(page, context, &problem.problem);
    }
    context.more(page, 4, problems.len(), context.options.few());
}

/// What and where in one line; names get a line of their own where there are several.
fn write_gap(page: &mut Page, context: &Context<'_>, gap: &Gap<'_>) {
    let style = if gap.outcome.is_gap() { YELLOW } else { DIM };
    let noun = Noun::of(gap.scopes.iter().map(|scope| &scope.cloud));
    let names =
        context.few(gap.scopes.iter().map(|key| words::scope(context, &key.cloud, &key.id)));
    let names = context.say(&msg!("as-it-is", text = names));
    let alone = gap.scopes.len() == 1;
    let count = noun.count(gap.scopes.len() as u64);
    let place = if alone { msg!("as-it-is", text = &names) } else { count };
    let line = match &gap.subject {
        Subject::Scopes => {
            let title = scopes_title(gap, noun);
            if alone {
                let line = msg!("text-statement", what = title, text = place);
                context.said(&line, style, &[("text", PLAIN)])
            } else {
                context.styled(&title, style)
            }
        }
        Subject::Contents => {
            let line = msg!("text-gap-contents", outcome = gap.outcome, place = place);
            context.said(&line, style, &[("place", PLAIN)])
        }
        Subject::Regions(regions) => {
            let line = regions_title(regions, gap.outcome).with("place", place);
            let line = context.said(&line, style, &[("place", PLAIN)]);
            // One region is named in the title. All of them: there are few in any cloud.
            let regions = regions.iter().map(ToString::to_string);
            if regions.len() > 1 { line.text(facts(context, regions, usize::MAX)) } else { line }
        }
        Subject::Types(types, regions) => {
            let types = context.few(types.iter().map(short_type));
            let line = msg!("text-gap-types", types = types, outcome = gap.outcome, place = place);
            let line = context.said(&line, style, &[("place", PLAIN)]);
            let names = regions.iter().filter(|r| r.as_region().is_some()).map(ToString::to_string);
            line.text(facts(context, names, context.options.few()))
        }
    };
    page.line(2, 4, &line);
    if !alone {
        page.line(4, 4, &super::Line::new(names));
    }
    if let Some(problem) = gap.example.filter(|_| gap.outcome.is_gap()) {
        write_problem(page, context, problem);
    }
}

fn scopes_title(gap: &Gap<'_>, noun: Noun) -> Message {
    let n = gap.scopes.len() as u64;
    let scopes = noun.count(n);
    match gap.outcome {
        Outcome::ScopeSuspended => msg!("text-gap-suspended", n = n, scopes = scopes),
        Outcome::Skipped => msg!("text-gap-skipped", n = n, scopes = scopes),
        outcome => msg!("text-gap-silent", scopes = scopes, why = why(outcome)),
    }
}

/// An outcome as the reason why somebody did not answer.
fn why(outcome: Outcome) -> Message {
    match outcome {
        Outcome::Denied { denied_by: DeniedBy::Trust } => msg!("text-gap-trust"),
        outcome => outcome.wording(),
    }
}

fn regions_title(regions: &BTreeSet<Reach>, outcome: Outcome) -> Message {
    let disabled = outcome == Outcome::RegionDisabled;
    match (regions.iter().next(), regions.len()) {
        (Some(one), 1) if disabled => msg!("text-gap-region-disabled", region = one.as_str()),
        (Some(one), 1) => msg!("text-gap-region", region = one.as_str(), outcome = outcome),
        (_, n) if disabled => msg!("text-gap-regions-disabled", n = n),
        (_, n) => msg!("text-gap-regions", n = n, outcome = outcome),
    }
}

/// Names as a fact of its own, if there are any.
fn facts(context: &Context<'_>, names: impl Iterator<Item = String>, most: usize) -> String {
    let mut names = names.peekable();
    if names.peek().is_none() {
        return String::new();
    }
    format!(" · {}", context.say(&msg!("as-it-is", text = super::few(names, most))))
}

/// `sts:AssumeRole AccessDenied: User ... is not authorized`.
fn write_problem(page: &mut Page, context: &Context<'_>, problem: &Problem) {
    let verbose = context.options.verbose;
    // A provider's message says again what the title says; the start is enough to search for.
    let message = clip(&problem.message, if verbose { usize::MAX } else { MESSAGE });
    let text = match &problem.resource {
        None => msg!("text-problem", message = message),
        Some(resource) => {
            let resource = clip(resource, if verbose { usize::MAX } else { 60 });
            msg!("text-problem-on", message = message, resource = resource)
        }
    };
    let text = text.with("operation", &problem.operation).with("code", &problem.code);
    let text = match problem.request_id.as_ref().filter(|_| verbose) {
        Some(id) => msg!("text-problem-request", problem = text, id = id),
        None => text,
    };
    page.line(4, 6, &context.styled(&text, DIM));
}

//! What could not be observed, and the accounts and projects with how they answered.

use tenko_core::{Arg, Message, Outcome, Problem, msg};

use super::context::{Context, short_type};
use super::mark::Mark;
use super::text::Text;
use super::verdict::number;
use crate::gaps::{Gap, Subject, gaps};
use crate::words;

/// Causes that are listed; more than these are no longer read by anybody.
const CAUSES: usize = 100;
/// Names in one cell.
const NAMES: usize = 8;
/// Accounts and projects that are listed.
const SCOPES: usize = 500;

pub(super) struct ObservedView {
    /// What should have been read: first what is not about units, as discovery and code.
    pub(super) gaps: Vec<GapView>,
    pub(super) more_gaps: Text,
    /// What configuration left out, or what cannot hold anything.
    pub(super) left_out: Vec<GapView>,
    pub(super) more_left_out: Text,
    pub(super) scopes: Vec<ScopeView>,
    pub(super) more_scopes: Text,
}

/// One cause.
#[derive(Clone, Debug)]
pub(super) struct GapView {
    pub(super) what: Text,
    pub(super) outcome: Text,
    pub(super) places: Text,
    /// Units; empty where they are not what is counted.
    pub(super) units: Text,
    /// One of the problems behind it, in the provider's words.
    pub(super) example: Text,
}

/// An account or project.
pub(super) struct ScopeView {
    pub(super) name: Text,
    pub(super) path: Text,
    pub(super) mark: Mark,
    pub(super) units: Text,
    /// `?` where nothing was read.
    pub(super) resources: Text,
}

impl ObservedView {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let (earnest, left_out): (Vec<_>, Vec<_>) =
            gaps(context.document).into_iter().partition(|gap| gap.outcome.is_gap());
        let list = |gaps: &[Gap<'_>]| -> Vec<_> {
            gaps.iter().take(CAUSES).map(|gap| GapView::new(context, gap)).collect()
        };
        let held = || {
            let rows = context.document.scopes.iter();
            rows.filter(|row| row.scope.kind.holds_resources())
        };
        Self {
            gaps: others(context).into_iter().chain(list(&earnest)).collect(),
            more_gaps: more(context, earnest.len(), CAUSES),
            left_out: list(&left_out),
            more_left_out: more(context, left_out.len(), CAUSES),
            scopes: held().take(SCOPES).map(|row| ScopeView::new(context, row)).collect(),
            more_scopes: more(context, held().count(), SCOPES),
        }
    }
}

/// How many more there are than are listed; empty when there is none.
pub(super) fn more(context: &Context<'_>, all: usize, listed: usize) -> Text {
    match all.saturating_sub(listed) {
        0 => Text::default(),
        more => context.say(&msg!("html-more", n = more)),
    }
}

impl GapView {
    fn new(context: &Context<'_>, gap: &Gap<'_>) -> Self {
        let what = match &gap.subject {
            Subject::Scopes => msg!("html-gap-whole", n = gap.scopes.len()),
            Subject::Contents => msg!("html-gap-contents"),
            Subject::Regions(regions) => {
                let names = regions.iter().map(ToString::to_string);
                msg!("html-gap-regions", n = regions.len(), regions = Arg::some(names, NAMES))
            }
            Subject::Types(types, regions) => {
                let types = Arg::some(types.iter().map(short_type), NAMES);
                let regions: Vec<_> = regions.iter().filter(|r| r.as_region().is_some()).collect();
                if regions.is_empty() {
                    msg!("html-gap-types", types = types)
                } else {
                    let names = regions.into_iter().map(ToString::to_string);
                    msg!("html-gap-types-regions", types = types, regions = Arg::some(names, NAMES))
                }
            }
        };
        let places = gap.scopes.iter().map(|key| context.scope(&key.cloud, &key.id).to_string());
        let places = Message::new("as-it-is").with("text", Arg::some(places, NAMES));
        Self {
            what: context.say(&what),
            outcome: Text::new(words::outcome(context.lang, gap.outcome)),
            places: context.say(&places),
            units: if gap.units == 0 { Text::default() } else { number(context, gap.units) },
            example: gap.example.map(problem).unwrap_or_default(),
        }
    }
}

/// `sts:AssumeRole AccessDenied: User ... is not authorized`, with what support asks for.
fn problem(problem: &Problem) -> Text {
    let mut text = format!("{} {}", problem.operation, problem.code);
    if let Some(resource) = &problem.resource {
        text.push_str(&format!(" [{}]", Text::cut(resource, 100)));
    }
    text.push_str(&format!(": {}", Text::cut(&problem.message, 400)));
    if let Some(id) = &problem.request_id {
        text.push_str(&format!(" (request {})", Text::cut(id, 100)));
    }
    Text::new(text)
}

fn others(context: &Context<'_>) -> Vec<GapView> {
    let document = context.document;
    let plain = |what: &Message| GapView {
        what: context.say(what),
        outcome: Text::default(),
        places: Text::default(),
        units: Text::default(),
        example: Text::default(),
    };
    let mut all = Vec::new();
    if document.run.cancelled {
        let outcome = Text::new(words::outcome(context.lang, Outcome::Cancelled));
        all.push(GapView { outcome, ..plain(&msg!("html-gap-cancelled")) });
    }
    all.extend(document.problems.iter().take(CAUSES).map(|found| GapView {
        places: Text::new(super::rows::cloud(&found.cloud)),
        example: problem(&found.problem),
        ..plain(&msg!("html-gap-discovery"))
    }));
    all.extend(document.code.unread.iter().take(CAUSES).map(|unread| {
        GapView {
            outcome: context.say(&msg!("html-gap-code-outcome")),
            places: unread
                .owner
                .as_ref()
                .map(|owner| Text::new(format!("{} / {}", owner.tenant, owner.environment)))
                .unwrap_or_default(),
            example: Text::cut(&words::unread(context.lang, unread), 400),
            ..plain(&msg!("html-gap-code-file", file = Text::cut(&unread.file, 300).as_str()))
        }
    }));
    all
}

impl ScopeView {
    fn new(context: &Context<'_>, row: &crate::rows::ScopeRow) -> Self {
        let outcome = match row.outcome {
            None if !row.scope.is_collectable() => Some(Outcome::ScopeSuspended),
            other => other,
        };
        let icon = match outcome {
            Some(Outcome::Complete) if row.units.gaps == 0 => "resolved",
            Some(outcome) if !outcome.is_gap() => "suppressed",
            _ => "unknown",
        };
        let icon =
            if outcome == Some(Outcome::Complete) && row.units.gaps > 0 { "unknown" } else { icon };
        let word = match outcome {
            Some(Outcome::Complete) if row.units.gaps > 0 => {
                Text::new(words::outcome(context.lang, Outcome::Partial))
            }
            Some(Outcome::Complete) => context.say(&msg!("html-answered")),
            Some(outcome) => Text::new(words::outcome(context.lang, outcome)),
            None => context.say(&msg!("html-not-asked")),
        };
        let read = row.answered() && row.units.any_read();
        let units = &row.units;
        let above = row.path.len().saturating_sub(1);
        let path: Vec<_> =
            row.path.iter().take(above).map(|n| Text::cut(n, 60).to_string()).collect();
        Self {
            name: context.scope(&row.scope.cloud, &row.scope.id),
            path: Text::new(path.join(" / ")),
            mark: Mark { icon, word },
            units: context.say(&msg!("html-of", n = units.complete(), all = units.total)),
            resources: if read { number(context, row.resources) } else { Text::new("?") },
        }
    }
}

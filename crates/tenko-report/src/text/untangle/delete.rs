//! What a mistaken delete takes with it. Names are never cut: two that differ at their end only are
//! what is taken for one another.

use tenko_core::{Cloud, Severity};
use tenko_untangle::{Blast, Copies, Named, Untangle, Verdict};

use super::super::page::{BOLD, DIM, Line, PLAIN, Page, RED};
use super::super::words::{list, plural, short_type};
use super::super::{TextOptions, more};
use super::few;

/// The column in which a resource begins.
const INDENT: usize = 12;

pub(super) fn blast(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    let blast = &plan.blast;
    if blast.is_empty() {
        return;
    }
    page.heading("WHAT A MISTAKEN DELETE TAKES WITH IT");
    for one in blast.iter().take(few(options)) {
        let grave = matches!(one.severity, Severity::Critical | Severity::High);
        let style = if grave { RED } else { PLAIN };
        let line = Line::default().padded(one.severity.to_string(), INDENT - 2, style);
        page.line(2, INDENT, &line.styled(whole_name(&one.resource), BOLD));
        page.line(INDENT, INDENT, &Line::new(facts(plan, one, options).join(" · ")));
        if (grave || options.verbose) && !one.refused_while_in_use {
            page.line(INDENT, INDENT, &Line::default().styled(&one.why, DIM));
        }
    }
    more(page, 2, blast.len(), few(options));
    let bare = blast.iter().filter(|b| is_bare(b)).count();
    let unknown =
        blast.iter().filter(|b| b.copies == Copies::Unknown && b.takes_along == 0).count();
    if bare > 0 {
        let noun = plural(bare as u64, "data store");
        let verb = if bare == 1 { "has" } else { "have" };
        // Where nobody moves, nothing begins.
        let then = match plan.verdict {
            Verdict::Shared => ": make one before you begin",
            _ => "",
        };
        let text = format!("{noun} {verb} no second copy that was seen{then}.");
        page.line(2, 4, &Line::default().styled("! ", RED).text(text));
    }
    if unknown > 0 {
        let noun = plural(unknown as u64, "data store");
        page.line(2, 4, &Line::new(format!("{noun}: whether there is a copy could not be told.")));
    }
}

/// A data store without a second copy. What only takes data stores along is none itself.
pub(crate) fn is_bare(one: &Blast) -> bool {
    matches!(one.copies, Copies::None | Copies::NoneSeen) && one.takes_along == 0
}

/// What there is to know of it, the gravest first.
fn facts(plan: &Untangle, one: &Blast, options: &TextOptions) -> Vec<String> {
    let mut out = Vec::new();
    if one.refused_while_in_use {
        out.push(refusal(plan));
    }
    if one.takes_along > 0 {
        out.push(format!("takes along {}", along(one, whole_name, options.few())));
    }
    if one.copies != Copies::NoData {
        out.push(format!("second copy: {}", shortly(one)));
    }
    if let Some(text) = protection(one) {
        out.push(text.to_owned());
    }
    if one.dependents > 0 {
        out.push(format!("used by {}", plural(one.dependents, "resource")));
    }
    if !one.dependent_groups.is_empty() {
        let groups = list(one.dependent_groups.iter().cloned(), options.few());
        out.push(format!("of {groups}"));
    }
    out
}

/// The provider's refusal, in a few words.
pub(crate) fn refusal(plan: &Untangle) -> String {
    let provider = if plan.scope.cloud == Cloud::gcp() { "Google Cloud" } else { "AWS" };
    format!("{provider} refuses while in use")
}

/// What goes with it.
pub(crate) fn along(one: &Blast, name: impl Fn(&Named) -> String, most: usize) -> String {
    let known: Vec<String> = one.takes_along_examples.iter().map(name).collect();
    let rest = one.takes_along.saturating_sub(known.len() as u64);
    match (known.is_empty(), rest) {
        (false, 0) => list(known, most),
        (false, rest) => format!("{} and {rest} more", list(known, most)),
        (true, rest) => plural(rest, "disk"),
    }
}

/// Whether it is protected against deletion, where that can be told.
pub(crate) fn protection(one: &Blast) -> Option<&'static str> {
    one.deletion_protection
        .map(|on| if on { "deletion protection" } else { "no deletion protection" })
}

/// The second copies without their details.
fn shortly(one: &Blast) -> String {
    if one.copies != Copies::Some {
        return copies(one);
    }
    let all = one.has.iter().map(|copy| copy.split(',').next().unwrap_or_default());
    all.collect::<Vec<_>>().join(", ")
}

/// The second copies in a few words.
pub(crate) fn copies(one: &Blast) -> String {
    match one.copies {
        Copies::NoData => "holds no data".to_owned(),
        Copies::Some => one.has.join(", "),
        Copies::None => "none".to_owned(),
        Copies::NoneSeen => "none seen".to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// The type, the name and the id, whole.
fn whole_name(resource: &Named) -> String {
    let kind = short_type(&resource.resource_type);
    match &resource.name {
        Some(name) => format!("{kind} {name} ({})", resource.id),
        None => format!("{kind} {}", resource.id),
    }
}

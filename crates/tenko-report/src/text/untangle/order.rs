//! Who goes where in which order, and what is left.

use tenko_untangle::{Movable, Move, Phase, Step, Untangle};

use super::super::page::{BOLD, CYAN, DIM, Line, PLAIN, Page, RED, YELLOW};
use super::super::words::{clip, list, plural, short_type};
use super::super::{TextOptions, more};
use super::{few, name, noun};

pub(super) fn networks(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    let plan = &plan.network;
    if plan.ranges.is_empty() {
        return;
    }
    page.heading("NEW NETWORKS");
    for new in plan.ranges.iter().take(options.limit()) {
        let text = format!("  {}: {}", new.group, new.why);
        let range = new.range.to_string();
        let line = Line::default().styled(range, BOLD).text(clip(&text, options.long()));
        page.line(2, 4, &line);
    }
    more(page, 2, plan.ranges.len(), options.limit());
    let avoided: Vec<_> = plan.avoided.iter().map(|a| a.range.to_string()).collect();
    if !avoided.is_empty() {
        let count = plural(avoided.len() as u64, "range");
        let text = format!("{count} avoided: {}.", list(avoided.iter().cloned(), options.few()));
        page.line(2, 4, &Line::default().styled(text, DIM));
    }
    if !plan.unread.is_empty() {
        let scopes: Vec<_> = plan.unread.iter().map(|scope| scope.id.to_string()).collect();
        let text = format!(
            "Networks could not all be read in {}: a range may be in use there.",
            list(scopes.iter().cloned(), options.few())
        );
        page.line(2, 4, &Line::default().styled("! ", RED).text(text));
    }
}

pub(super) fn moves(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    page.heading("IN THIS ORDER");
    for one in plan.moves.iter().take(options.limit()) {
        let what = if one.stays { "stays" } else { "moves out" };
        let number = format!("{}. ", one.order);
        let mut title =
            Line::default().text(number).styled(&one.group, BOLD).text(format!(" {what}"));
        if let (Some(network), true) = (one.network, one.targets.is_empty()) {
            title = title.text(format!(" to a new {}, {network}", noun(plan)));
        } else if !one.targets.is_empty() && !one.stays {
            let ids: Vec<_> = one.targets.iter().map(|scope| scope.id.to_string()).collect();
            title = title.text(format!(" to {}", list(ids.iter().cloned(), options.few())));
            if let Some(network) = one.network {
                title = title.text(format!(", with a new network, {network}"));
            }
        } else if !one.stays {
            title = title.text(format!(" to a new {}", noun(plan)));
        }
        page.line(2, 5, &title);
        page.line(5, 5, &Line::default().styled(&one.why, DIM));
        steps(page, one, options);
    }
    more(page, 2, plan.moves.len(), options.limit());
}

fn steps(page: &mut Page, one: &Move, options: &TextOptions) {
    let mut phase: Option<Phase> = None;
    for step in &one.steps {
        if phase != Some(step.phase) {
            phase = Some(step.phase);
            page.line(5, 7, &Line::default().styled(step.phase.as_str(), CYAN));
        }
        step_line(page, step, options);
    }
}

fn step_line(page: &mut Page, step: &Step, options: &TextOptions) {
    let names: Vec<_> = step.resources.iter().map(|r| r.label().to_owned()).collect();
    let what = match names.as_slice() {
        [one] => format!("{} {}", short_type(&step.resource_type), clip(one, 60)),
        _ => format!("{} {}", names.len(), short_type(&step.resource_type)),
    };
    let style = if step.movable == Movable::Unknown { YELLOW } else { PLAIN };
    let line = Line::new("- ").text(what).text(": ").styled(step.movable.as_str(), style);
    let line = match step.movable {
        Movable::Unknown | Movable::Stays => line,
        _ => line.text(format!(", {}", step.downtime.as_str())),
    };
    page.line(7, 9, &line);
    if options.verbose {
        page.line(9, 9, &Line::new(&step.note));
        if !step.source.is_empty() {
            page.row(9, &Line::default().styled(&step.source, DIM));
        }
    }
    if !step.with.is_empty() {
        let with: Vec<_> = step.with.iter().map(|r| r.label().to_owned()).collect();
        let text = format!("together with {}", list(with.iter().cloned(), options.few()));
        page.line(9, 9, &Line::new(clip(&text, options.long())));
    }
    for check in &step.checks {
        let text = clip(check, options.long());
        page.line(9, 11, &Line::default().styled("! ", YELLOW).text(text));
    }
}

pub(super) fn split(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    if plan.split_last.is_empty() {
        return;
    }
    page.heading("SHARED BY SEVERAL");
    for one in plan.split_last.iter().take(few(options)) {
        let groups = list(one.groups.iter().cloned(), options.few());
        let text = match &one.stays_with {
            Some(stays) => format!("  {groups}: stays with {stays}, nothing to do"),
            None => format!("  {groups}: {}, when the others are gone", one.movable.as_str()),
        };
        let line = Line::new("- ").styled(name(&one.resource, options), BOLD);
        page.line(2, 4, &line.text(clip(&text, options.long())));
    }
    more(page, 2, plan.split_last.len(), few(options));
}

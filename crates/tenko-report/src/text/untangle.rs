//! How to leave a shared account: the verdict, what is not known, whose is what, what a person has
//! to decide, what a delete takes with it, new networks, moves. Short: JSON has everything.

use tenko_untangle::{
    Blast, Copies, Movable, Move, NetworkPlan, Owner, Phase, Step, Unread, Untangle, Verdict,
};

use super::page::{BOLD, CYAN, DIM, GREEN, Line, PLAIN, Page, RED, YELLOW};
use super::table::{Column, Table};
use super::words::{clip, list, outcome, plural, short_type};
use super::{TextOptions, more};

/// So many entries of a section are shown, unless verbose.
const FEW: usize = 8;

/// The plan as text.
pub fn untangle(plan: &Untangle, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    headline(&mut page, plan, options);
    unread(&mut page, &plan.unread, options);
    if plan.verdict != Verdict::Unread {
        owners(&mut page, plan, options);
        decide(&mut page, plan, options);
        blast(&mut page, &plan.blast, options);
    }
    if plan.verdict == Verdict::Shared {
        networks(&mut page, &plan.network, options);
        moves(&mut page, plan, options);
        split(&mut page, plan, options);
    }
    if plan.verdict != Verdict::Unread {
        page.blank();
        let text = "`--format json` has every resource with its evidence, every reference and the \
                    whole plan; `--format markdown` is a checklist.";
        page.line(0, 2, &Line::default().styled(text, DIM));
    }
    page.finish()
}

/// What people call it.
pub(crate) fn noun(plan: &Untangle) -> &'static str {
    if plan.scope.cloud == tenko_core::Cloud::gcp() { "project" } else { "account" }
}

/// How many entries a section shows.
fn few(options: &TextOptions) -> usize {
    if options.verbose { usize::MAX } else { FEW.min(options.limit()) }
}

fn headline(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    let id = plan.scope.id.as_str();
    let name = match plan.name.as_str() {
        "" => id.to_owned(),
        name if name == id => id.to_owned(),
        name => format!("{} ({id})", clip(name, options.long())),
    };
    page.heading(&format!("UNTANGLE {name}"));
    let (word, style) = match plan.verdict {
        Verdict::Shared => ("shared", YELLOW),
        Verdict::OneOwner => ("one owner", GREEN),
        Verdict::Empty => ("empty", GREEN),
        _ => ("not read", RED),
    };
    page.line(2, 4, &Line::default().styled(word, style).text(format!("  {}", plan.reason)));
    if plan.incomplete {
        let text = "  Not everything could be read: what is there is not in this plan.";
        page.line(2, 4, &Line::default().styled("incomplete", RED).text(text));
    }
    let counts = &plan.counts;
    if counts.resources > 0 {
        let mut parts = vec![format!("{} with one owner", counts.owned)];
        if counts.ambiguous > 0 {
            parts.push(format!("{} ambiguous", counts.ambiguous));
        }
        if counts.account > 0 {
            parts.push(format!("{} of the {} itself", counts.account, noun(plan)));
        }
        if counts.unclaimed > 0 {
            parts.push(format!("{} unclaimed", counts.unclaimed));
        }
        let all = plural(counts.resources, "resource");
        page.line(2, 4, &Line::new(format!("{all}: {}.", parts.join(", "))));
    }
}

fn unread(page: &mut Page, unread: &[Unread], options: &TextOptions) {
    if unread.is_empty() {
        return;
    }
    page.heading("NOT IN THIS PLAN");
    let is_skipped = |row: &&Unread| row.outcome.is_some_and(|outcome| !outcome.is_gap());
    let gaps: Vec<&Unread> = unread.iter().filter(|row| !is_skipped(row)).collect();
    for row in gaps.iter().take(few(options)) {
        let regions: Vec<_> = row.regions.iter().map(|r| r.as_str().to_owned()).collect();
        let place = if regions.is_empty() {
            String::new()
        } else {
            format!(" in {}", list(regions.iter().cloned(), options.few()))
        };
        let how = row.outcome.map(|o| format!(": {}", outcome(o))).unwrap_or_default();
        let why = if row.reason.is_empty() { String::new() } else { format!(" ({})", row.reason) };
        let text = clip(&format!("{}{place}{how}{why}", row.what), options.long());
        page.line(2, 4, &Line::default().styled("! ", RED).text(text));
    }
    more(page, 2, gaps.len(), few(options));
    let skipped: Vec<_> =
        unread.iter().filter(is_skipped).map(|row| short_type(&row.what.as_str().into())).collect();
    if !skipped.is_empty() {
        let what = plural(skipped.len() as u64, "type");
        let names = list(skipped.iter().cloned(), options.few());
        page.line(2, 4, &Line::new(format!("Not looked at everywhere: {what} ({names}).")));
    }
}

fn owners(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    if plan.groups.is_empty() {
        return;
    }
    page.heading("OWNERS");
    let mut table = Table::new(vec![
        Column::text("owner", 12),
        Column::number("resources"),
        Column::number("certain"),
        Column::number("likely"),
        Column::number("guess"),
    ]);
    for group in plan.groups.iter().take(options.limit()) {
        table.row(vec![
            (group.id.clone(), BOLD),
            (group.resources.to_string(), PLAIN),
            (group.certain.to_string(), PLAIN),
            (group.likely.to_string(), PLAIN),
            (group.guess.to_string(), PLAIN),
        ]);
    }
    table.write(page, 2);
    more(page, 2, plan.groups.len(), options.limit());
    let unclaimed: Vec<_> = plan
        .resources
        .iter()
        .filter(|owned| owned.owner == Owner::Unclaimed)
        .map(|owned| name(&owned.resource, options))
        .collect();
    if !unclaimed.is_empty() {
        page.blank();
        let names = list(unclaimed.iter().cloned(), options.few());
        let text = format!("  {names}. Tag them, or they stay.");
        page.line(2, 4, &Line::default().styled("unclaimed", YELLOW).text(text));
    }
}

fn decide(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    if plan.ambiguous.is_empty() {
        return;
    }
    page.heading(&format!("FOR YOU TO DECIDE ({})", plan.ambiguous.len()));
    for one in plan.ambiguous.iter().take(few(options)) {
        let title = Line::default().styled("? ", YELLOW).styled(name(&one.resource, options), BOLD);
        page.line(2, 4, &title.text(format!("  {}", clip(&one.why, options.long()))));
        for side in &one.sides {
            let all: Vec<_> = side.evidence.iter().map(|e| e.text.clone()).collect();
            let shown = if options.verbose { all.len() } else { 2 };
            let rest = (all.len().saturating_sub(shown) as u64).saturating_add(side.more);
            let shown: Vec<_> = all.into_iter().take(shown).collect();
            let mut text = shown.join("; ");
            if text.is_empty() {
                text = "nothing in particular".to_owned();
            }
            if rest > 0 {
                text = format!("{text}; and {rest} more");
            }
            let text = clip(&format!(": {text}"), options.long());
            page.line(6, 8, &Line::default().styled(&side.group, CYAN).text(text));
        }
    }
    more(page, 2, plan.ambiguous.len(), few(options));
}

fn blast(page: &mut Page, blast: &[Blast], options: &TextOptions) {
    if blast.is_empty() {
        return;
    }
    page.heading("WHAT A MISTAKEN DELETE TAKES WITH IT");
    let mut table = Table::new(vec![
        Column::text("severity", 8),
        Column::text("resource", 20),
        Column::text("second copy", 12),
        Column::number("takes along"),
        Column::number("owners"),
    ]);
    for one in blast.iter().take(few(options)) {
        let style = match one.severity {
            tenko_core::Severity::Critical | tenko_core::Severity::High => RED,
            _ => PLAIN,
        };
        let mark = if one.dependents_cut { "+" } else { "" };
        table.row(vec![
            (one.severity.to_string(), style),
            (name(&one.resource, options), BOLD),
            (shortly(&copies(one)), PLAIN),
            (format!("{}{mark}", one.dependents), PLAIN),
            (one.dependent_groups.len().to_string(), PLAIN),
        ]);
    }
    table.write(page, 2);
    more(page, 2, blast.len(), few(options));
    let bare = blast.iter().filter(|b| matches!(b.copies, Copies::None | Copies::NoneSeen)).count();
    let unknown = blast.iter().filter(|b| b.copies == Copies::Unknown).count();
    if bare > 0 {
        let noun = plural(bare as u64, "data store");
        let verb = if bare == 1 { "has" } else { "have" };
        let text =
            format!("{noun} {verb} no second copy that was seen: make one before you begin.");
        page.line(2, 4, &Line::default().styled("! ", RED).text(text));
    }
    if unknown > 0 {
        let noun = plural(unknown as u64, "data store");
        page.line(2, 4, &Line::new(format!("{noun}: whether there is a copy could not be told.")));
    }
}

/// The first of them, without its details.
fn shortly(copies: &str) -> String {
    copies.split(',').next().unwrap_or_default().to_owned()
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

fn networks(page: &mut Page, plan: &NetworkPlan, options: &TextOptions) {
    if plan.ranges.is_empty() && plan.unread.is_empty() {
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

fn moves(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    page.heading("IN THIS ORDER");
    for one in plan.moves.iter().take(options.limit()) {
        let what = if one.stays { "stays" } else { "moves out" };
        let number = format!("{}. ", one.order);
        let mut title =
            Line::default().text(number).styled(&one.group, BOLD).text(format!(" {what}"));
        if let Some(network) = one.network {
            title = title.text(format!(" to a new {}, {network}", noun(plan)));
        } else if !one.targets.is_empty() && !one.stays {
            let ids: Vec<_> = one.targets.iter().map(|scope| scope.id.to_string()).collect();
            title = title.text(format!(" to {}", list(ids.iter().cloned(), options.few())));
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

fn split(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    if plan.split_last.is_empty() {
        return;
    }
    page.heading("SHARED: SPLIT WHEN THE OTHERS ARE GONE");
    for one in plan.split_last.iter().take(few(options)) {
        let text = format!(
            "  {}: {}",
            list(one.groups.iter().cloned(), options.few()),
            one.movable.as_str()
        );
        let line = Line::new("- ").styled(name(&one.resource, options), BOLD);
        page.line(2, 4, &line.text(clip(&text, options.long())));
    }
    more(page, 2, plan.split_last.len(), few(options));
}

/// `EC2::VPC initech`.
fn name(resource: &tenko_untangle::Named, options: &TextOptions) -> String {
    let label = resource.label();
    let label = match label.strip_prefix("arn:") {
        Some(_) => label.rsplit(':').next().unwrap_or(label),
        None => match label.starts_with("projects/") {
            true => label.rsplit('/').next().unwrap_or(label),
            false => label,
        },
    };
    format!("{} {}", short_type(&resource.resource_type), clip(label, options.long()))
}

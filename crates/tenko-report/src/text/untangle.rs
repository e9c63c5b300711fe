//! How to leave a shared account: the verdict, what is not known, whose is what, what a person has
//! to decide, what a delete takes with it, new networks, moves. Short: JSON has everything.

mod delete;
mod order;

use tenko_untangle::{Owner, Unread, Untangle, Verdict};

use super::page::{BOLD, CYAN, DIM, GREEN, Line, PLAIN, Page, RED, YELLOW};
use super::table::{Column, Table};
use super::words::{clip, list, outcome, plural, short_type};
use super::{TextOptions, more};

pub(crate) use delete::{along, copies, is_bare, protection};

/// So many entries of a section are shown, unless verbose.
const FEW: usize = 8;

/// The plan as text.
pub fn untangle(plan: &Untangle, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    headline(&mut page, plan, options);
    unread(&mut page, plan, options);
    if plan.verdict != Verdict::Unread {
        owners(&mut page, plan, options);
        decide(&mut page, plan, options);
        delete::blast(&mut page, plan, options);
    }
    if plan.verdict == Verdict::Shared {
        order::networks(&mut page, plan, options);
        order::moves(&mut page, plan, options);
        order::split(&mut page, plan, options);
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

fn unread(page: &mut Page, plan: &Untangle, options: &TextOptions) {
    let unread = &plan.unread;
    if unread.is_empty() && plan.references_unread.is_empty() {
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
    if !plan.references_unread.is_empty() {
        let scopes = plan.references_unread.iter().map(|scope| scope.id.to_string());
        let noun = noun(plan);
        let text = format!(
            "Could not be read whole: {}. What refers to this {noun} from there is not all known.",
            list(scopes, options.few())
        );
        page.line(2, 4, &Line::default().styled("! ", RED).text(text));
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

//! How to leave a shared account, as a checklist.

use std::fmt::Write as _;

use tenko_untangle::{Movable, Move, Named, NetworkPlan, Owner, Phase, Step, Untangle, Verdict};

use super::escape::escape;
use crate::text::{
    blast_along, blast_copies, blast_is_bare, blast_protection, type_name, untangle_noun,
};

/// Longer lists are cut, and say so.
const MOST: usize = 200;

/// The plan as a checklist in Markdown.
pub fn untangle(plan: &Untangle) -> String {
    let mut page = Page::default();
    let id = escape(plan.scope.id.as_str());
    let name = escape(&plan.name);
    let title = if name.is_empty() || name == id { id } else { format!("{name} ({id})") };
    page.line(&format!("# Untangle {title}"));
    page.line("");
    page.line(&format!("{} Run {}.", escape(&plan.reason), escape(&plan.run)));
    if plan.incomplete {
        page.line("");
        page.line("**This plan is incomplete: what could not be read is not in it.**");
    }
    unread(&mut page, plan);
    if plan.verdict != Verdict::Unread {
        owners(&mut page, plan);
        decide(&mut page, plan);
        blast(&mut page, plan);
    }
    if plan.verdict == Verdict::Shared {
        networks(&mut page, &plan.network);
        for one in &plan.moves {
            moving(&mut page, one, untangle_noun(plan));
        }
        split(&mut page, plan);
    }
    page.out
}

#[derive(Default)]
struct Page {
    out: String,
}

impl Page {
    /// One line. What comes from elsewhere in it is escaped already.
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", text.trim_end());
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        self.line(&format!("## {text}"));
        self.line("");
    }

    fn more(&mut self, total: usize) {
        if total > MOST {
            self.line("");
            self.line(&format!("… and {} more: `--format json` has all.", total - MOST));
        }
    }
}

fn name(resource: &Named) -> String {
    let kind = escape(&type_name(&resource.resource_type));
    let id = escape(&resource.id);
    match &resource.name {
        Some(name) => format!("{kind} **{}** ({id})", escape(name)),
        None => format!("{kind} **{id}**"),
    }
}

fn names(resources: &[Named]) -> String {
    let shown: Vec<_> = resources.iter().take(10).map(name).collect();
    let more = resources.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn all(groups: &[String]) -> String {
    groups.iter().map(|group| escape(group)).collect::<Vec<_>>().join(", ")
}

fn unread(page: &mut Page, plan: &Untangle) {
    if plan.unread.is_empty() && plan.references_unread.is_empty() {
        return;
    }
    page.heading("Not in this plan");
    for row in plan.unread.iter().take(MOST) {
        let regions: Vec<_> = row.regions.iter().map(|r| escape(r.as_str())).collect();
        let place =
            if regions.is_empty() { String::new() } else { format!(" in {}", regions.join(", ")) };
        let is_gap = row.outcome.is_none_or(tenko_core::Outcome::is_gap);
        let how = row.outcome.map(|outcome| outcome.to_string()).unwrap_or_default();
        let mark = if is_gap { "[ ] read it: " } else { "" };
        let reason = [how, row.reason.clone()].into_iter().filter(|text| !text.is_empty());
        let reason = reason.map(|text| escape(&text)).collect::<Vec<_>>().join(", ");
        page.line(&format!("- {mark}{}{place}: {reason}", escape(&row.what)));
    }
    page.more(plan.unread.len());
    for scope in plan.references_unread.iter().take(MOST) {
        page.line(&format!(
            "- [ ] read all of {}: what refers to this {} from there is not all known",
            escape(scope.id.as_str()),
            untangle_noun(plan)
        ));
    }
    page.more(plan.references_unread.len());
}

fn owners(page: &mut Page, plan: &Untangle) {
    page.heading("Owners");
    page.line("| owner | resources | certain | likely | guess |");
    page.line("|---|---:|---:|---:|---:|");
    for group in plan.groups.iter().take(MOST) {
        page.line(&format!(
            "| {} | {} | {} | {} | {} |",
            escape(&group.id),
            group.resources,
            group.certain,
            group.likely,
            group.guess
        ));
    }
    let counts = &plan.counts;
    page.line(&format!("| ambiguous | {} | | | |", counts.ambiguous));
    page.line(&format!("| of the {} itself | {} | | | |", untangle_noun(plan), counts.account));
    page.line(&format!("| unclaimed | {} | | | |", counts.unclaimed));
    page.more(plan.groups.len());
    let unclaimed: Vec<_> =
        plan.resources.iter().filter(|owned| owned.owner == Owner::Unclaimed).collect();
    if !unclaimed.is_empty() {
        page.line("");
        page.line("Unclaimed:");
        page.line("");
        for owned in unclaimed.iter().take(MOST) {
            page.line(&format!("- [ ] say whose it is: {}", name(&owned.resource)));
        }
        page.more(unclaimed.len());
    }
}

fn decide(page: &mut Page, plan: &Untangle) {
    if plan.ambiguous.is_empty() {
        return;
    }
    page.heading("For you to decide");
    for one in plan.ambiguous.iter().take(MOST) {
        page.line(&format!("- [ ] {}: {}", name(&one.resource), escape(&one.why)));
        for side in &one.sides {
            let mut texts: Vec<_> = side.evidence.iter().map(|e| escape(&e.text)).collect();
            if side.more > 0 {
                texts.push(format!("and {} more", side.more));
            }
            let text = if texts.is_empty() {
                "nothing in particular".to_owned()
            } else {
                texts.join("; ")
            };
            page.line(&format!("  - {}: {text}", escape(&side.group)));
        }
    }
    page.more(plan.ambiguous.len());
}

fn blast(page: &mut Page, plan: &Untangle) {
    if plan.blast.is_empty() {
        return;
    }
    page.heading("What a mistaken delete takes with it");
    page.line("| severity | resource | takes along | second copy | not there | not known | used by | of |");
    page.line("|---|---|---|---|---|---|---:|---|");
    for one in plan.blast.iter().take(MOST) {
        let along = if one.takes_along > 0 { blast_along(one, name, 10) } else { String::new() };
        let mut copies = vec![blast_copies(one)];
        copies.extend(blast_protection(one).map(ToOwned::to_owned));
        page.line(&format!(
            "| {} | {} | {along} | {} | {} | {} | {} | {} |",
            one.severity,
            name(&one.resource),
            escape(&copies.join(", ")),
            escape(&one.lacks.join(", ")),
            escape(&one.unknown.join(", ")),
            one.dependents,
            all(&one.dependent_groups)
        ));
    }
    page.more(plan.blast.len());
    page.line("");
    page.line("Why:");
    page.line("");
    for one in plan.blast.iter().take(MOST) {
        page.line(&format!("- {}: {}", name(&one.resource), escape(&one.why)));
    }
    let bare: Vec<_> = plan.blast.iter().filter(|one| blast_is_bare(one)).collect();
    if !bare.is_empty() {
        let shared = plan.verdict == Verdict::Shared;
        page.line("");
        page.line(if shared { "Before anything else:" } else { "Without a second copy:" });
        page.line("");
        for one in bare.iter().take(MOST) {
            let what = if shared { "[ ] make a second copy of " } else { "" };
            page.line(&format!("- {what}{}", name(&one.resource)));
        }
        page.more(bare.len());
    }
}

fn networks(page: &mut Page, plan: &NetworkPlan) {
    if plan.ranges.is_empty() {
        return;
    }
    page.heading("New networks");
    for new in plan.ranges.iter().take(MOST) {
        let (group, why) = (escape(&new.group), escape(&new.why));
        page.line(&format!("- {} for {group}: {why}", new.range));
    }
    page.more(plan.ranges.len());
    if !plan.unread.is_empty() {
        let scopes: Vec<_> = plan.unread.iter().map(|scope| escape(scope.id.as_str())).collect();
        page.line(&format!(
            "- [ ] networks could not all be read in {}: see that no range is in use there",
            scopes.join(", ")
        ));
    }
    page.line("");
    page.line("IPv6 is not planned: ranges come from the provider, and do not overlap.");
    page.line("");
    page.line("Avoided:");
    page.line("");
    for avoided in plan.avoided.iter().take(MOST) {
        page.line(&format!("- {}: {}", avoided.range, escape(&avoided.why)));
    }
    page.more(plan.avoided.len());
}

fn moving(page: &mut Page, one: &Move, noun: &str) {
    let what = if one.stays { "stays" } else { "moves out" };
    page.heading(&format!("{}. {} {what}", one.order, escape(&one.group)));
    page.line(&escape(&one.why));
    if !one.targets.is_empty() && !one.stays {
        let ids: Vec<_> = one.targets.iter().map(|scope| escape(scope.id.as_str())).collect();
        page.line("");
        page.line(&format!("It has a place of its own already: {}.", ids.join(", ")));
        if let Some(network) = one.network {
            page.line("");
            page.line(&format!("- [ ] make a network there, in {network}"));
        }
    } else if !one.stays {
        let network = one.network.map(|net| format!(", with a network in {net}"));
        page.line("");
        page.line(&format!("- [ ] make the new {noun}{}", network.unwrap_or_default()));
    }
    let mut phase: Option<Phase> = None;
    for step in &one.steps {
        if phase != Some(step.phase) {
            phase = Some(step.phase);
            page.line("");
            page.line(&format!("### {}", step.phase.as_str()));
            page.line("");
        }
        stepping(page, step);
    }
}

fn stepping(page: &mut Page, step: &Step) {
    let downtime = match step.movable {
        Movable::Unknown | Movable::Stays => String::new(),
        _ => format!(", {}", step.downtime.as_str()),
    };
    let resources = names(&step.resources);
    page.line(&format!("- [ ] {resources}: {}{downtime}", step.movable.as_str()));
    // The notes and their sources are ours.
    let source = if step.source.is_empty() { String::new() } else { format!(" <{}>", step.source) };
    page.line(&format!("  - {}{source}", step.note));
    if !step.with.is_empty() {
        page.line(&format!("  - together with {}", names(&step.with)));
    }
    for check in &step.checks {
        page.line(&format!("  - [ ] {}", escape(check)));
    }
}

fn split(page: &mut Page, plan: &Untangle) {
    if plan.split_last.is_empty() {
        return;
    }
    page.heading("Shared by several");
    for one in plan.split_last.iter().take(MOST) {
        let groups = all(&one.groups);
        let resource = name(&one.resource);
        if let Some(stays) = &one.stays_with {
            page.line(&format!(
                "- {resource} of {groups}: stays with {}, nothing to do",
                escape(stays)
            ));
            continue;
        }
        let how = one.movable.as_str();
        page.line(&format!("- [ ] {resource} of {groups}: {how}, when the others are gone"));
        let source =
            if one.source.is_empty() { String::new() } else { format!(" <{}>", one.source) };
        page.line(&format!("  - {}{source}", one.note));
    }
    page.more(plan.split_last.len());
}

//! The end: environments in numbers, what was compared, what it took, what to do next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tenko_core::{Cloud, DriftKind, Outcome, RuleResult, Verdict};

use super::page::{DIM, Line, PLAIN, Page, RED, YELLOW};
use super::table::{Column, Table};
use super::words::{self, number, plural};
use super::{Context, code};
use crate::document::Kind;
use crate::gaps::Subject;
use crate::rows::{EnvironmentRow, Observed, TenantRow};
use crate::visible::visible;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    environments(page, context);
    page.blank();
    compared(page, context);
    effort(page, context);
    next(page, context);
}

fn environments(page: &mut Page, context: &Context<'_>) {
    let tenants = &context.document.tenants;
    let shared: Vec<_> = tenants.iter().map(TenantRow::shared).collect();
    let all: Vec<_> = tenants
        .iter()
        .zip(&shared)
        .flat_map(|(tenant, shared)| {
            shared.iter().chain(&tenant.environments).map(move |row| (tenant, row))
        })
        .collect();
    if all.is_empty() {
        return;
    }
    page.heading("SUMMARY");
    let limit = context.options.limit();
    // When not all fit, those with something to say are shown.
    let (shown, quiet): (Vec<_>, Vec<_>) =
        all.iter().partition(|(_, e)| all.len() <= limit || !is_quiet(e));
    if !shown.is_empty() {
        // A narrow page has no room for the number of resources, a very narrow one for no table.
        let (wide, narrow) = (table(&shown, true), table(&shown, false));
        let room = page.width().saturating_sub(2);
        match (wide.natural_width() <= room, narrow.least_width() <= room) {
            (true, _) => wide.write(page, 2),
            (_, true) => narrow.write(page, 2),
            _ => shown.iter().for_each(|(tenant, row)| in_words(page, tenant, row)),
        }
    }
    let mut legend = Vec::new();
    if shown.iter().any(|(_, e)| e.observed == Observed::Nothing) {
        legend.push("? nothing was read");
    }
    if shown.iter().any(|(_, e)| e.observed == Observed::Partial) {
        legend.push("* not read whole: there may be more");
    }
    if !legend.is_empty() {
        page.line(2, 2, &Line::default().styled(legend.join(" · "), DIM));
    }
    if !quiet.is_empty() {
        let count = plural(quiet.len() as u64, "environment");
        page.line(2, 2, &Line::new(format!("{count} more, observed whole, without a difference")));
    }
}

fn in_words(page: &mut Page, tenant: &TenantRow, row: &EnvironmentRow) {
    let counts = DriftKind::ALL.map(|kind| (row.drift.get(kind), words::kind(kind)));
    let mut parts: Vec<_> = counts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, kind)| format!("{} {kind}", number(n)))
        .collect();
    if row.findings.actionable() > 0 {
        parts.push(plural(row.findings.actionable(), "finding"));
    }
    match row.observed {
        Observed::Nothing => parts.push("?".to_owned()),
        Observed::Partial => parts.push("*".to_owned()),
        Observed::Complete if parts.is_empty() => parts.push("no difference".to_owned()),
        Observed::Complete => {}
    }
    let text = format!("{}: {}", name(tenant, row), parts.join(", "));
    page.line(2, 4, &Line::new(text));
}

/// `acme / production`; what environments share has the tenant's name alone.
fn name(tenant: &TenantRow, row: &EnvironmentRow) -> String {
    if row.name.is_empty() { tenant.id.clone() } else { format!("{} / {}", tenant.id, row.name) }
}

fn is_quiet(row: &EnvironmentRow) -> bool {
    row.observed == Observed::Complete
        && row.drift == crate::DriftCounts::default()
        && row.findings.actionable() + row.findings.unknown == 0
}

fn table(rows: &[&(&TenantRow, &EnvironmentRow)], with_resources: bool) -> Table {
    let kinds: Vec<_> = DriftKind::ALL
        .into_iter()
        .filter(|kind| rows.iter().any(|(_, e)| e.drift.get(*kind) > 0))
        .collect();
    let findings = rows.iter().any(|(_, e)| e.findings.actionable() > 0);
    let mut columns = vec![Column::text("environment", 14)];
    columns.extend(with_resources.then(|| Column::number("resources")));
    columns.extend(kinds.iter().map(|kind| Column::number(words::kind(*kind))));
    columns.extend(findings.then(|| Column::number("findings")));
    let mut table = Table::new(columns);
    for (tenant, row) in rows {
        let mark = if row.observed == Observed::Partial { "*" } else { "" };
        let cell = |n: u64, style| match (row.observed, n) {
            // Nobody looked, so a zero would be a lie.
            (Observed::Nothing, 0) => ("?".to_owned(), YELLOW),
            (_, 0) => (format!("0{mark}"), DIM),
            (_, n) => (format!("{}{mark}", number(n)), style),
        };
        let mut cells = vec![(name(tenant, row), PLAIN)];
        // What is shared was counted with each environment.
        let resources = || match row.name.is_empty() {
            true => (String::new(), PLAIN),
            false => cell(row.resources, PLAIN),
        };
        cells.extend(with_resources.then(resources));
        for &kind in &kinds {
            let style = if kind == DriftKind::Unknown { YELLOW } else { RED };
            let n = row.drift.get(kind);
            // That something is unknown is itself well known.
            cells.push(match kind {
                DriftKind::Unknown => (number(n), if n == 0 { DIM } else { style }),
                _ => cell(n, style),
            });
        }
        cells.extend(findings.then(|| cell(row.findings.actionable(), RED)));
        table.row(cells);
    }
    table
}

fn compared(page: &mut Page, context: &Context<'_>) {
    let summary = &context.document.summary;
    let scopes = summary.scopes;
    let mut text = format!(
        "{} in {} of {}",
        plural(summary.resources, "resource"),
        number(scopes.answered),
        plural(scopes.total, context.scope_noun()),
    );
    let counts = summary.counts;
    if context.document.kind != Kind::Collect {
        text.push_str(&format!(
            ": {} declared, {} made by the provider, {} ignored",
            number(counts.managed),
            number(counts.provider_default),
            number(counts.ignored)
        ));
    }
    page.line(0, 2, &Line::new(text));
    if let Some(text) = code::compared(context) {
        page.line(0, 2, &Line::new(text));
    }
    let units = &summary.units;
    let text = format!(
        "{} of {} read whole (one type in one region of one {})",
        number(units.complete()),
        plural(units.total, "unit"),
        context.scope_noun(),
    );
    page.line(0, 2, &Line::new(text));
    rules(page, context);
    inventories(page, context);
}

/// How many rules were evaluated, and what those that were not lack: silence is no pass.
fn rules(page: &mut Page, context: &Context<'_>) {
    let all = &context.document.rules;
    if all.is_empty() {
        return;
    }
    let sum = |of: fn(&RuleResult) -> u64| number(all.iter().map(of).sum());
    let mut text = format!(
        "{}: {} verdicts pass, {} findings, {} unknown",
        plural(all.len() as u64, "rule"),
        sum(|rule| rule.passed),
        sum(|rule| rule.findings),
        sum(|rule| rule.unknown),
    );
    if all.iter().any(|rule| rule.suppressed + rule.left_out > 0) {
        let (suppressed, left_out) = (sum(|rule| rule.suppressed), sum(|rule| rule.left_out));
        text.push_str(&format!(", {suppressed} suppressed, {left_out} left out by choice"));
    }
    page.line(0, 2, &Line::new(text));
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for rule in all {
        for reason in &rule.not_evaluated {
            reasons.entry(reason).or_default().push(rule.rule.clone());
        }
    }
    for (reason, rules) in reasons {
        let rules = words::list(rules, context.options.few());
        let reason = words::clip(reason, context.options.long());
        let text = format!("not evaluated, or in part: {rules}: {reason}");
        page.line(2, 4, &Line::default().styled(text, DIM));
    }
}

/// What was read from an inventory, and of when that is: it may be behind.
fn inventories(page: &mut Page, context: &Context<'_>) {
    let mut all: BTreeMap<(&Cloud, &str), (u64, Timestamp)> = BTreeMap::new();
    let mut units: BTreeMap<&Cloud, u64> = BTreeMap::new();
    for row in &context.document.coverage {
        *units.entry(&row.unit.cloud).or_default() += 1;
        if let Some(from) = &row.read_from {
            let key = (&row.unit.cloud, from.source.as_str());
            let (count, oldest) = all.entry(key).or_insert((0, from.at));
            *count += 1;
            *oldest = from.at.min(*oldest);
        }
    }
    for ((cloud, source), (count, at)) in all {
        let total = plural(units.get(cloud).copied().unwrap_or_default(), "unit");
        let text = format!(
            "{} of {total} of {} read from {} as of {}, which can lag behind",
            number(count),
            visible(words::cloud(cloud)),
            visible(words::inventory(source)),
            at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        );
        page.line(0, 2, &Line::new(text));
    }
}

fn effort(page: &mut Page, context: &Context<'_>) {
    let document = context.document;
    let calls: u64 = document.calls.iter().map(|c| c.calls).sum();
    if calls > 0 {
        let throttled: u64 = document.calls.iter().map(|c| c.throttled).sum();
        let service = |operation: &str| operation.split(':').next().map(ToOwned::to_owned);
        let services: BTreeSet<_> =
            document.calls.iter().filter_map(|c| service(&c.operation)).collect();
        let seconds = document.run.finished_at.duration_since(document.run.started_at).as_secs();
        let text = format!(
            "{} to {}, {} throttled, in {}",
            plural(calls, "read-only call"),
            plural(services.len() as u64, "service"),
            number(throttled),
            duration(seconds),
        );
        page.line(0, 2, &Line::new(text));
    }
    if context.options.verbose {
        for call in &document.calls {
            let text = format!("{} {}", number(call.calls), call.operation);
            let throttled = match call.throttled {
                0 => String::new(),
                n => format!(", {} throttled", number(n)),
            };
            page.line(2, 4, &Line::default().styled(text + &throttled, DIM));
        }
    }
    if let Some(place) = &document.run.snapshot {
        page.line(0, 2, &Line::new(format!("snapshot saved as {place}")));
    }
    let run = format!("run {} · tenko {}", document.run.id, document.run.tool_version);
    page.line(0, 2, &Line::default().styled(run, DIM));
}

fn duration(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// What to do about it: at most one sentence for each sort of trouble.
fn next(page: &mut Page, context: &Context<'_>) {
    let document = context.document;
    let gaps = &context.gaps;
    let denied = |cloud: &Cloud, whole: bool| {
        gaps.iter().any(|gap| {
            let denied = matches!(gap.outcome, Outcome::Denied { .. });
            let partial = !whole && gap.outcome == Outcome::Partial;
            (gap.subject == Subject::Scopes) == whole
                && (denied || partial)
                && gap.scopes.iter().any(|scope| scope.cloud == *cloud)
        })
    };
    let (google, others) = (Cloud::gcp(), gaps.iter().flat_map(|gap| &gap.scopes));
    let others: BTreeSet<_> = others.map(|s| &s.cloud).filter(|c| **c != google).collect();
    let any = |whole: bool| others.iter().any(|cloud| denied(cloud, whole));
    let drift = &document.summary.drift;
    let unknown = document.findings.iter().any(|f| f.verdict == Verdict::Unknown);
    let hints = [
        (
            any(true),
            "For each account that did not answer, check that the role (--role or the manifest \
             names it) exists there and trusts the caller; until then nothing is known of it."
                .to_owned(),
        ),
        (
            denied(&google, true),
            "For each project that did not answer, check that the caller, or the service account \
             that it impersonates, has a role there; until then nothing is known of it."
                .to_owned(),
        ),
        (any(false), "`tenko policy` prints the permissions that a whole look takes.".to_owned()),
        (
            denied(&google, false),
            "`tenko policy --cloud gcp` prints the custom role that a whole look takes.".to_owned(),
        ),
        (
            drift.unmanaged > 0,
            "Declare what is unmanaged (`tenko adopt` writes the code for it), or ignore it in the \
             manifest with a reason."
                .to_owned(),
        ),
        (
            drift.unknown > 0 || unknown,
            "What is unknown is neither missing nor fine: close the gaps and run again.".to_owned(),
        ),
    ];
    if !hints.iter().any(|(applies, _)| *applies) {
        return;
    }
    page.heading("NEXT");
    for (_, text) in hints.iter().filter(|(applies, _)| *applies) {
        page.line(2, 4, &Line::new(format!("- {text}")));
    }
}

//! The end: environments in numbers, what was compared, what it took, what to do next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tenko_core::{Arg, Cloud, DriftKind, Message, Outcome, RuleResult, Verdict, msg};

use super::page::{DIM, Line, PLAIN, Page, RED, YELLOW};
use super::table::{Column, Table};
use super::words::{self as names, number};
use super::{Context, code};
use crate::document::Kind;
use crate::gaps::Subject;
use crate::rows::{EnvironmentRow, Observed, TenantRow};
use crate::words;

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
    page.heading(&context.say(&msg!("text-heading-summary")));
    let limit = context.options.limit();
    // When not all fit, those with something to say are shown.
    let (shown, quiet): (Vec<_>, Vec<_>) =
        all.iter().partition(|(_, e)| all.len() <= limit || !is_quiet(e));
    if !shown.is_empty() {
        // A narrow page has no room for the number of resources, a very narrow one for no table.
        let (wide, narrow) = (table(context, &shown, true), table(context, &shown, false));
        let room = page.width().saturating_sub(2);
        match (wide.natural_width() <= room, narrow.least_width() <= room) {
            (true, _) => wide.write(page, 2),
            (_, true) => narrow.write(page, 2),
            _ => shown.iter().for_each(|(tenant, row)| in_words(page, context, tenant, row)),
        }
    }
    let mut legend = Vec::new();
    if shown.iter().any(|(_, e)| e.observed == Observed::Nothing) {
        legend.push(context.say(&msg!("text-legend-nothing")));
    }
    if shown.iter().any(|(_, e)| e.observed == Observed::Partial) {
        legend.push(context.say(&msg!("text-legend-partial")));
    }
    if !legend.is_empty() {
        page.line(2, 2, &Line::default().styled(legend.join(" · "), DIM));
    }
    if !quiet.is_empty() {
        page.line(2, 2, &context.line(&msg!("text-quiet", n = quiet.len())));
    }
}

fn in_words(page: &mut Page, context: &Context<'_>, tenant: &TenantRow, row: &EnvironmentRow) {
    let kind = |kind| words::drift_kind(context.options.lang, kind);
    let counts = DriftKind::ALL.into_iter().map(|of| (row.drift.get(of), of));
    let mut parts: Vec<_> = counts
        .filter(|(n, _)| *n > 0)
        .map(|(n, of)| Arg::from(msg!("text-count-of", n = n, what = kind(of))))
        .collect();
    if row.findings.actionable() > 0 {
        parts.push(msg!("text-findings", n = row.findings.actionable()).into());
    }
    match row.observed {
        Observed::Nothing => parts.push("?".into()),
        Observed::Partial => parts.push("*".into()),
        Observed::Complete if parts.is_empty() => parts.push(msg!("text-no-difference").into()),
        Observed::Complete => {}
    }
    let line = msg!("text-statement", what = name(tenant, row), text = parts);
    page.line(2, 4, &context.line(&line));
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

fn table(
    context: &Context<'_>,
    rows: &[&(&TenantRow, &EnvironmentRow)],
    with_resources: bool,
) -> Table {
    let kinds: Vec<_> = DriftKind::ALL
        .into_iter()
        .filter(|kind| rows.iter().any(|(_, e)| e.drift.get(*kind) > 0))
        .collect();
    let findings = rows.iter().any(|(_, e)| e.findings.actionable() > 0);
    let lang = context.options.lang;
    let mut columns = vec![Column::text(context.say(&msg!("text-column-environment")), 14)];
    let resources = || Column::number(context.say(&msg!("text-column-resources")));
    columns.extend(with_resources.then(resources));
    columns.extend(kinds.iter().map(|kind| Column::number(words::drift_kind(lang, *kind))));
    columns.extend(findings.then(|| Column::number(context.say(&msg!("text-column-findings")))));
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
    let counts = summary.counts;
    let text = match context.document.kind {
        Kind::Collect => msg!("text-compared"),
        _ => msg!(
            "text-compared-counts",
            managed = counts.managed,
            provider = counts.provider_default,
            ignored = counts.ignored,
        ),
    };
    let scopes = context.noun().part(summary.scopes.answered, summary.scopes.total);
    let text = text.with("resources", summary.resources).with("scopes", scopes);
    page.line(0, 2, &context.line(&text));
    if let Some(text) = code::compared(context) {
        page.line(0, 2, &context.line(&text));
    }
    let (units, scope) = (&summary.units, context.noun().one());
    let text = msg!("text-units-read", read = units.complete(), total = units.total, scope = scope);
    page.line(0, 2, &context.line(&text));
    rules(page, context);
    inventories(page, context);
}

/// How many rules were evaluated, and what those that were not lack: silence is no pass.
fn rules(page: &mut Page, context: &Context<'_>) {
    let all = &context.document.rules;
    if all.is_empty() {
        return;
    }
    let sum = |of: fn(&RuleResult) -> u64| all.iter().map(of).sum::<u64>();
    let (suppressed, left_out) = (sum(|rule| rule.suppressed), sum(|rule| rule.left_out));
    let text = match suppressed + left_out {
        0 => msg!("text-rules"),
        _ => msg!("text-rules-withheld", suppressed = suppressed, left_out = left_out),
    };
    let text = text
        .with("n", all.len())
        .with("passed", sum(|rule| rule.passed))
        .with("findings", sum(|rule| rule.findings))
        .with("unknown", sum(|rule| rule.unknown));
    page.line(0, 2, &context.line(&text));
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for rule in all {
        for reason in words::not_evaluated(context.options.lang, rule) {
            reasons.entry(reason).or_default().push(rule.rule.clone());
        }
    }
    for (reason, rules) in reasons {
        let (rules, reason) = (context.few(rules), context.clip(&reason));
        let text = msg!("text-not-evaluated", rules = rules, reason = reason);
        page.line(2, 4, &context.styled(&text, DIM));
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
    for ((cloud, source), (n, at)) in all {
        let text = msg!(
            "text-inventory",
            n = n,
            total = units.get(cloud).copied().unwrap_or_default(),
            cloud = names::cloud(cloud),
            source = names::inventory(source),
            time = context.time(None, at),
        );
        page.line(0, 2, &context.line(&text));
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
        let text = msg!(
            "text-calls",
            calls = calls,
            services = services.len(),
            throttled = throttled,
            duration = duration(seconds),
        );
        page.line(0, 2, &context.line(&text));
    }
    if let Some(proof) = &document.read_only_proof {
        let outside = context.few(proof.outside.iter().cloned());
        let line = match (proof.outside.len(), proof.held_back) {
            (0, 0) => context.line(&msg!("text-proof", n = proof.allowed_operations)),
            (0, n) => context.styled(&msg!("text-proof-held", n = n), RED),
            _ => context.styled(&msg!("text-proof-outside", operations = outside), RED),
        };
        page.line(0, 2, &line);
    }
    if context.options.verbose {
        for call in &document.calls {
            let text = match call.throttled {
                0 => msg!("text-call"),
                throttled => msg!("text-call-throttled", throttled = throttled),
            };
            let text = text.with("n", call.calls).with("operation", &call.operation);
            page.line(2, 4, &context.styled(&text, DIM));
        }
    }
    if let Some(place) = &document.run.snapshot {
        page.line(0, 2, &context.line(&msg!("text-snapshot", place = place)));
    }
    let run = msg!(
        "text-run",
        run = &document.run.id,
        time = context.time(None, document.run.finished_at),
        version = &document.run.tool_version,
    );
    page.line(0, 2, &context.styled(&run, DIM));
}

fn duration(seconds: i64) -> Message {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => msg!("text-seconds", s = s),
        (0, m, s) => msg!("text-minutes", min = m, s = s),
        (h, m, _) => msg!("text-hours", h = h, min = m),
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
        (any(true), msg!("text-next-accounts")),
        (denied(&google, true), msg!("text-next-projects")),
        (any(false), msg!("text-next-policy")),
        (denied(&google, false), msg!("text-next-role")),
        (drift.unmanaged > 0, msg!("text-next-unmanaged")),
        (drift.unknown > 0 || unknown, msg!("text-next-unknown")),
    ];
    if !hints.iter().any(|(applies, _)| *applies) {
        return;
    }
    page.heading(&context.say(&msg!("text-heading-next")));
    for (_, text) in hints.into_iter().filter(|(applies, _)| *applies) {
        page.line(2, 4, &context.line(&msg!("text-next", text = text)));
    }
}

//! How alike environments are: a matrix of few, the odd ones out of many.

use std::collections::BTreeMap;

use tenko_core::{Parity, ParityKind, ParityResult, ParityRow, ParityValue};

use super::page::{BOLD, DIM, GREEN, Line, PLAIN, Page, YELLOW};
use super::words::{self, clip, list, plural, short_type};
use super::{TextOptions, more};

/// More environments than this have no column each.
const COLUMNS: usize = 5;
/// Where values begin.
const GUTTER: usize = 30;

/// Every group, one after the other.
pub fn parity(parity: &Parity, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    for group in &parity.groups {
        Group::new(group, options).write(&mut page);
    }
    if parity.groups.is_empty() {
        page.line(0, 2, &Line::new("There is nothing to compare: no tenant has two environments, and no baseline two tenants."));
    }
    if !parity.unused_allowances.is_empty() {
        page.heading("WARNINGS");
        for (source, reason) in &parity.unused_allowances {
            let place = words::source(source, options.verbose);
            let text = format!("{place}: this allowed difference did not occur: {reason}");
            page.line(2, 4, &Line::new(clip(&text, options.long())));
        }
    }
    page.finish()
}

struct Group<'a> {
    of: &'a ParityResult,
    options: &'a TextOptions,
    /// What tells the environments apart: their names, their tenants, or both.
    labels: Vec<String>,
}

impl<'a> Group<'a> {
    fn new(of: &'a ParityResult, options: &'a TextOptions) -> Self {
        let all = &of.environments;
        let first = all.first();
        let one_tenant = all.iter().all(|e| first.is_some_and(|f| f.tenant == e.tenant));
        let one_name = all.iter().all(|e| first.is_some_and(|f| f.environment == e.environment));
        let label = |e: &tenko_core::ParityEnvironment| match (one_tenant, one_name) {
            (true, _) => e.environment.clone(),
            (false, true) => e.tenant.clone(),
            (false, false) => format!("{}/{}", e.tenant, e.environment),
        };
        Self { of, options, labels: all.iter().map(label).collect() }
    }

    fn write(&self, page: &mut Page) {
        page.heading(&format!("PARITY OF {}", self.of.name));
        let count = |kind| self.of.rows.iter().filter(|row| row.kind == kind).count() as u64;
        let environments = plural(self.labels.len() as u64, "environment");
        let counts: Vec<_> = [
            (count(ParityKind::Version), "version"),
            (count(ParityKind::Count), "count"),
            (count(ParityKind::Attribute), "attribute"),
        ]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| plural(n, noun))
        .collect();
        let verdict = if counts.is_empty() {
            Line::default().styled("alike", GREEN).text(format!("  {environments}"))
        } else {
            let text = format!("  {environments}: {}", counts.join(", "));
            Line::default().styled("differ", YELLOW).text(text)
        };
        page.line(2, 10, &verdict);
        if self.of.allowed > 0 {
            let allowed = plural(self.of.allowed as u64, "difference");
            let text = format!("{allowed} allowed by the manifest");
            page.line(2, 4, &Line::default().styled(text, DIM));
        }
        if self.of.rows.is_empty() {
            return;
        }
        if self.labels.len() <= COLUMNS { self.matrix(page) } else { self.odd_ones(page) }
    }

    /// A column per environment.
    fn matrix(&self, page: &mut Page) {
        let room = page.width().saturating_sub(GUTTER) / self.labels.len().max(1);
        let cell = |text: &str| {
            clip(text, if self.options.verbose { 4096 } else { room.saturating_sub(2) })
        };
        page.blank();
        let mut titles = Line::default().text(" ".repeat(GUTTER));
        for label in &self.labels {
            titles = titles.padded(cell(label), room, BOLD);
        }
        page.row(0, &titles);
        self.by_role(page, |page, row| {
            let mut line =
                Line::default().padded(format!("    {}", what(row, GUTTER - 6)), GUTTER, PLAIN);
            for at in 0..self.labels.len() {
                let has = row.values.iter().find(|value| value.environments.contains(&at));
                let text = match has {
                    Some(value) => value_of(row, value),
                    None if row.unknown.contains(&at) => "unknown".to_owned(),
                    None => "-".to_owned(),
                };
                line = line.padded(cell(&text), room, if has.is_some() { PLAIN } else { DIM });
            }
            page.row(0, &line);
        });
    }

    /// Who differs most, then each difference with those that are not as most are.
    fn odd_ones(&self, page: &mut Page) {
        let mut odd: BTreeMap<usize, usize> = BTreeMap::new();
        // Where no value is what most have, nobody is odd.
        for row in self.of.rows.iter().filter(|row| row.majority().is_some()) {
            for at in row.odd_ones() {
                *odd.entry(at).or_default() += 1;
            }
        }
        let mut odd: Vec<_> = odd.into_iter().collect();
        odd.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
        let named = odd.iter().map(|(at, count)| format!("{} ({count})", self.label(*at)));
        if !odd.is_empty() {
            let text = format!("odd ones out: {}", list(named, self.options.few()));
            page.line(2, 4, &Line::new(text));
        }
        page.blank();
        self.by_role(page, |page, row| {
            let what = format!("    {}", what(row, self.options.long()));
            page.line(0, 6, &Line::new(what));
            let most = row.majority().is_some();
            for (at, value) in row.values.iter().take(self.options.limit()).enumerate() {
                let who = if most && at == 0 {
                    format!("{} of {}", value.environments.len(), self.labels.len())
                } else {
                    let names = value.environments.iter().map(|at| self.label(*at).to_owned());
                    match value.environments.len() {
                        n if n > self.options.few() => {
                            format!("{n}: {}", list(names, self.options.few()))
                        }
                        _ => list(names, self.options.few()),
                    }
                };
                let text = clip(&value_of(row, value), self.options.long());
                let style = if most && at == 0 { DIM } else { PLAIN };
                page.line(6, 8, &Line::default().styled(format!("{text}  {who}"), style));
            }
            more(page, 6, row.values.len(), self.options.limit());
            if !row.unknown.is_empty() {
                let names = row.unknown.iter().map(|at| self.label(*at).to_owned());
                let text = format!("unknown  {}", list(names, self.options.few()));
                page.line(6, 8, &Line::default().styled(text, YELLOW));
            }
        });
    }

    fn label(&self, at: usize) -> &str {
        self.labels.get(at).map_or("-", String::as_str)
    }

    /// A title for each role, and the rows below it.
    fn by_role(&self, page: &mut Page, write: impl Fn(&mut Page, &ParityRow)) {
        let limit = self.options.limit().saturating_mul(3);
        let mut last = None;
        for row in self.of.rows.iter().take(limit) {
            let role = (&row.resource_type, &row.role);
            if last != Some(role) {
                last = Some(role);
                let name = row.role.as_deref().unwrap_or("without a name");
                let line = Line::new(short_type(&row.resource_type)).text("  ");
                page.line(2, 4, &line.styled(clip(name, self.options.long()), BOLD));
            }
            write(page, row);
        }
        more(page, 2, self.of.rows.len(), limit);
    }
}

fn what(row: &ParityRow, width: usize) -> String {
    match &row.path {
        Some(path) => clip(&path.to_string(), width),
        None => "how many".to_owned(),
    }
}

fn value_of(row: &ParityRow, value: &ParityValue) -> String {
    match row.kind {
        ParityKind::Count if value.value == 0 => "none".to_owned(),
        _ => words::value(&value.value),
    }
}

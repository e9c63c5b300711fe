//! How alike environments are: a matrix of few, the odd ones out of many.

mod counts;

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{Parity, ParityKind, ParityResult, ParityRow, ResourceType};

use super::page::{BOLD, DIM, GREEN, Line, PLAIN, Page, YELLOW};
use super::words::{self, clip, list, plural, short_type};
use super::{TextOptions, more};

/// More environments than this have no column each.
const COLUMNS: usize = 5;
/// Where values begin.
const GUTTER: usize = 30;
/// The same difference in more resources than this is written once.
const ALIKE: usize = 2;

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
        if self.labels.len() > COLUMNS {
            self.odd_ones(page);
        }
        let of = |kind| self.of.rows.iter().filter(move |row| row.kind == kind).collect::<Vec<_>>();
        self.differences(page, &of(ParityKind::Version));
        counts::write(self, page, &of(ParityKind::Count));
        self.differences(page, &of(ParityKind::Attribute));
    }

    /// Who differs most.
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
    }

    /// Rows below a title for each resource; what differs alike in many below one for all.
    fn differences(&self, page: &mut Page, rows: &[&ParityRow]) {
        if rows.is_empty() {
            return;
        }
        let is_matrix = self.labels.len() <= COLUMNS;
        page.blank();
        if is_matrix {
            let mut titles = Line::default().text(" ".repeat(GUTTER));
            for label in &self.labels {
                titles = titles.padded(self.cell(page, label), self.room(page), BOLD);
            }
            page.row(0, &titles);
        }
        let limit = self.options.limit().saturating_mul(3);
        let mut last = None;
        let rows = alike(rows);
        let count = rows.len();
        for (row, titles) in rows.into_iter().take(limit) {
            if last.as_ref() != Some(&titles) {
                page.line(2, 4, &self.title(&titles));
                last = Some(titles);
            }
            if !is_matrix || !self.line(page, row) {
                self.values(page, row);
            }
        }
        more(page, 2, count, limit);
    }

    fn title(&self, titles: &[(&ResourceType, Option<&str>)]) -> Line {
        let name = |role: Option<&str>| clip(role.unwrap_or("without a name"), self.options.long());
        match titles {
            [(resource_type, role)] => {
                Line::new(short_type(resource_type)).text("  ").styled(name(*role), BOLD)
            }
            all => {
                let line = Line::default().styled(plural(all.len() as u64, "resource"), BOLD);
                let names = all.iter().map(|(resource_type, role)| {
                    format!("{} {}", short_type(resource_type), name(*role))
                });
                line.text("  ").text(list(names, self.options.few()))
            }
        }
    }

    /// The columns of one environment.
    fn room(&self, page: &Page) -> usize {
        page.width().saturating_sub(GUTTER) / self.labels.len().max(1)
    }

    fn cell(&self, page: &Page, text: &str) -> String {
        let room = self.room(page).saturating_sub(2);
        clip(text, if self.options.verbose { 4096 } else { room })
    }

    /// The row as a line with a column per environment; not where different values would look the
    /// same.
    fn line(&self, page: &mut Page, row: &ParityRow) -> bool {
        let cells: BTreeSet<_> =
            row.values.iter().map(|value| self.cell(page, &words::value(&value.value))).collect();
        if cells.len() < row.values.len() {
            return false;
        }
        let what = if self.options.verbose { path(row, 4096) } else { path(row, GUTTER - 6) };
        let mut line = Line::default().padded(format!("    {what} "), GUTTER, PLAIN);
        for at in 0..self.labels.len() {
            let has = row.values.iter().find(|value| value.environments.contains(&at));
            let text = match has {
                Some(value) => words::value(&value.value),
                None if row.unknown.contains(&at) => "unknown".to_owned(),
                None => "-".to_owned(),
            };
            let style = if has.is_some() { PLAIN } else { DIM };
            line = line.padded(format!("{} ", self.cell(page, &text)), self.room(page), style);
        }
        page.row(0, &line);
        true
    }

    /// The values below each other, each with those that have it.
    fn values(&self, page: &mut Page, row: &ParityRow) {
        page.line(4, 6, &Line::new(path(row, self.options.long())));
        let most = row.majority().is_some() && self.labels.len() > COLUMNS;
        for (at, value) in row.values.iter().take(self.options.limit()).enumerate() {
            let who = if most && at == 0 {
                format!("{} of {}", value.environments.len(), self.labels.len())
            } else {
                self.who(&value.environments)
            };
            let text = clip(&words::value(&value.value), self.options.long());
            let style = if most && at == 0 { DIM } else { PLAIN };
            page.line(6, 8, &Line::default().styled(format!("{text}  {who}"), style));
        }
        more(page, 6, row.values.len(), self.options.limit());
        if !row.unknown.is_empty() {
            let text = format!("unknown  {}", self.who(&row.unknown));
            page.line(6, 8, &Line::default().styled(text, YELLOW));
        }
    }

    /// Environments by name; of many also how many.
    fn who(&self, environments: &[usize]) -> String {
        let names = environments.iter().map(|at| self.label(*at).to_owned());
        let names = list(names, self.options.few());
        match environments.len() {
            n if n > self.options.few() => format!("{n}: {names}"),
            _ => names,
        }
    }

    fn label(&self, at: usize) -> &str {
        self.labels.get(at).map_or("-", String::as_str)
    }
}

type Titles<'a> = Vec<(&'a ResourceType, Option<&'a str>)>;

/// Each row with the resources that it is about: rows that say the same are one, at the end.
fn alike<'a>(rows: &[&'a ParityRow]) -> Vec<(&'a ParityRow, Titles<'a>)> {
    let mut same: BTreeMap<String, Vec<&ParityRow>> = BTreeMap::new();
    for row in rows {
        // Only a map with keys other than strings could fail, and a path is a string.
        let key = serde_json::to_string(&(&row.path, &row.values, &row.unknown));
        same.entry(key.unwrap_or_default()).or_default().push(row);
    }
    let title = |row: &&'a ParityRow| (&row.resource_type, row.role.as_deref());
    let (many, few): (Vec<_>, Vec<_>) = same.into_values().partition(|rows| rows.len() > ALIKE);
    let mut few: Vec<_> = few.into_iter().flatten().map(|row| (row, vec![title(&row)])).collect();
    few.sort_by_key(|(row, title)| (title.clone(), &row.path));
    let mut many: Vec<_> = many
        .into_iter()
        .filter_map(|rows| Some((*rows.first()?, rows.iter().map(title).collect::<Vec<_>>())))
        .collect();
    many.sort_by_key(|(row, titles)| (titles.clone(), &row.path));
    few.into_iter().chain(many).collect()
}

fn path(row: &ParityRow, width: usize) -> String {
    let text = row.path.as_ref().map(ToString::to_string).unwrap_or_default();
    clip(&text, width)
}

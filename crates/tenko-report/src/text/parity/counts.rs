//! What is not everywhere: named together with all else that the same environments lack.

use std::collections::BTreeMap;

use serde_json::Value;
use tenko_core::{ParityRow, ResourceType};

use super::Group;
use crate::text::more;
use crate::text::page::{BOLD, Line, Page, YELLOW};
use crate::text::words::{clip, list, short_type};

/// Which environments have a resource, which have none, and which could not tell.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pattern<'a> {
    absent: &'a [usize],
    present: &'a [usize],
    unknown: &'a [usize],
}

type ByType<'a> = BTreeMap<&'a ResourceType, Vec<String>>;

pub(super) fn write(group: &Group<'_>, page: &mut Page, rows: &[&ParityRow]) {
    let mut patterns: BTreeMap<Pattern<'_>, ByType<'_>> = BTreeMap::new();
    let mut numbers = Vec::new();
    for row in rows {
        match pattern(row) {
            Some((pattern, count)) => {
                let names = patterns.entry(pattern).or_default();
                let name = name(group, row, count);
                names.entry(&row.resource_type).or_default().push(name);
            }
            None => numbers.push(*row),
        }
    }
    let mut patterns: Vec<_> = patterns.into_iter().collect();
    // What one environment lacks is looked for first, what only one has next.
    patterns.sort_by_key(|(pattern, _)| pattern.absent.len().min(pattern.present.len()));
    let limit = group.options.limit();
    for (pattern, types) in patterns.iter().take(limit) {
        page.blank();
        title(group, page, pattern);
        for (resource_type, names) in types {
            let line = Line::new(short_type(resource_type)).text("  ");
            let names = list(names.iter().cloned(), limit);
            page.line(4, 6, &line.text(names));
        }
    }
    more(page, 2, patterns.len(), limit);
    if numbers.is_empty() {
        return;
    }
    page.blank();
    page.line(2, 4, &Line::default().styled("different in number", BOLD));
    for row in numbers.iter().take(limit) {
        let line = Line::new(short_type(&row.resource_type)).text("  ");
        let mut facts: Vec<_> =
            row.values.iter().map(|v| number(group, &v.value, &v.environments)).collect();
        if !row.unknown.is_empty() {
            facts.push(format!("unknown in {}", group.who(&row.unknown)));
        }
        page.line(4, 6, &line.text(format!("{}: {}", name(group, row, 1), facts.join(" · "))));
    }
    more(page, 4, numbers.len(), limit);
}

/// The pattern and the number, where those that have it have the same number.
fn pattern(row: &ParityRow) -> Option<(Pattern<'_>, u64)> {
    let [a, b] = row.values.as_slice() else { return None };
    let (absent, present) = match (a.value.as_u64()?, b.value.as_u64()?) {
        (0, _) => (a, b),
        (_, 0) => (b, a),
        _ => return None,
    };
    let pattern = Pattern {
        absent: &absent.environments,
        present: &present.environments,
        unknown: &row.unknown,
    };
    Some((pattern, present.value.as_u64()?))
}

fn title(group: &Group<'_>, page: &mut Page, pattern: &Pattern<'_>) {
    let Pattern { absent, present, unknown } = pattern;
    let text = if present.len() <= absent.len() {
        format!("only in {}", group.who(present))
    } else {
        format!("not in {}", group.who(absent))
    };
    let mut line = Line::default().styled(text, BOLD);
    if !unknown.is_empty() {
        line = line.styled(format!(" · unknown in {}", group.who(unknown)), YELLOW);
    }
    page.line(2, 4, &line);
}

fn name(group: &Group<'_>, row: &ParityRow, count: u64) -> String {
    let name = clip(row.role.as_deref().unwrap_or("without a name"), group.options.long());
    if count > 1 { format!("{name} ({count})") } else { name }
}

fn number(group: &Group<'_>, count: &Value, environments: &[usize]) -> String {
    let count = if *count == 0 { "none".to_owned() } else { count.to_string() };
    format!("{count} in {}", group.who(environments))
}

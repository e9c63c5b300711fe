//! The roll: scopes as a tree.

use std::collections::HashMap;

use tenko_core::{Answer, Coverage, Outcome, Region, ScopeKind, ScopeStatus, ScopeTree};

use super::TextOptions;
use super::page::{BOLD, DIM, GREEN, Line, Page, RED, YELLOW};
use super::words::{self, clip, list, number, plural};
use crate::rows::ScopeRow;

/// The tree of scopes with how each answered and, where coverage is given, how many of its units
/// were read whole.
pub fn scopes(
    tree: &ScopeTree,
    answers: &[Answer],
    coverage: Option<&[Coverage]>,
    options: &TextOptions,
) -> String {
    let all = ScopeRow::all(tree, answers, coverage.unwrap_or_default(), &[]);
    let rows: HashMap<_, _> =
        all.iter().map(|row| ((&row.scope.cloud, &row.scope.id), row)).collect();
    let walk = tree.walk();
    let depths: Vec<_> = walk.iter().map(|(depth, _)| *depth).collect();
    let mut page = Page::new(options.width, options.color);
    for ((_, scope), (first, rest)) in walk.iter().zip(branches(&depths)) {
        let Some(row) = rows.get(&(&scope.cloud, &scope.id)) else { continue };
        page.prefixed(&first, &rest, &line(row, coverage.is_some(), options));
        for text in details(row, options) {
            page.prefixed(&rest, &rest, &Line::default().styled(text, DIM));
        }
    }
    page.blank();
    page.line(0, 2, &totals(&all));
    page.finish()
}

/// What stands before each node of a tree that is walked depth first, on its first line and on
/// further ones: `├── ` and `│   `.
fn branches(depths: &[usize]) -> Vec<(String, String)> {
    // From the end: whether a sibling follows at each depth.
    let mut open: Vec<bool> = Vec::new();
    let mut out = Vec::with_capacity(depths.len());
    for &depth in depths.iter().rev() {
        open.resize(depth + 1, false);
        let bar = |open: &bool| if *open { "│   " } else { "    " };
        // Roots have no branch.
        let above: String = open.iter().take(depth).skip(1).map(bar).collect();
        let (branch, below) = match (depth, open.get(depth)) {
            (0, _) => ("", ""),
            (_, Some(true)) => ("├── ", "│   "),
            _ => ("└── ", "    "),
        };
        out.push((format!("{above}{branch}"), format!("{above}{below}")));
        if let Some(last) = open.last_mut() {
            *last = true;
        }
    }
    out.reverse();
    out
}

fn line(row: &ScopeRow, with_units: bool, options: &TextOptions) -> Line {
    let scope = &row.scope;
    let mut line = Line::default().styled(clip(row.label(), options.long()), BOLD);
    if row.label() != scope.id.as_str() {
        line = line.styled(format!("  {}", scope.id), DIM);
    }
    if !scope.kind.holds_resources() {
        let word = match scope.kind {
            ScopeKind::Organization => "  organization",
            _ => "",
        };
        return line.styled(word, DIM);
    }
    if scope.status != ScopeStatus::Active {
        line = line.styled(format!("  {}", scope.status), YELLOW);
    }
    match row.outcome {
        Some(Outcome::Complete) => {
            line = line.styled("  answered", GREEN);
            // Some clouds have no regions that could be asked one by one.
            if !row.regions.is_empty() || !row.disabled_regions.is_empty() {
                line = line.text(format!(" · {}", plural(row.regions.len() as u64, "region")));
            }
        }
        Some(Outcome::ScopeSuspended) => {}
        Some(Outcome::Skipped) => line = line.styled("  skipped by configuration", DIM),
        Some(outcome) => {
            line = line.styled(format!("  did not answer ({})", words::why(outcome)), RED);
        }
        None if scope.is_collectable() => line = line.styled("  not asked", DIM),
        None => {}
    }
    if with_units && row.answered() {
        let units = &row.units;
        let style = if units.gaps > 0 { YELLOW } else { DIM };
        let text = format!("{}/{} units", number(units.complete()), number(units.total));
        line = line.text(" · ").styled(text, style);
    }
    line
}

/// Why it did not answer; with `verbose` also who we are there and which regions there are.
fn details(row: &ScopeRow, options: &TextOptions) -> Vec<String> {
    let mut texts = Vec::new();
    if !row.answered() {
        let few = if options.verbose { usize::MAX } else { 1 };
        texts.extend(row.problems.iter().take(few).map(|problem| {
            let message = clip(&problem.message, options.long());
            format!("{} {}: {message}", problem.operation, problem.code)
        }));
    }
    if options.verbose {
        let regions = |all: &[Region]| list(all.iter().map(ToString::to_string), usize::MAX);
        texts.extend(row.identity.as_ref().map(|identity| format!("as {identity}")));
        if !row.regions.is_empty() {
            texts.push(format!("regions: {}", regions(&row.regions)));
        }
        if !row.disabled_regions.is_empty() {
            texts.push(format!("not enabled: {}", regions(&row.disabled_regions)));
        }
    }
    texts
}

fn totals(rows: &[ScopeRow]) -> Line {
    let counts = crate::ScopeCounts::of(rows);
    let holders = rows.iter().filter(|row| row.scope.kind.holds_resources());
    let noun = words::scope_noun(holders.map(|row| &row.scope.cloud));
    let text = format!("{}: {} answered", plural(counts.total, noun), number(counts.answered));
    let mut line = Line::new(text);
    if counts.not_answered > 0 {
        line = line.styled(format!(", {} did not answer", number(counts.not_answered)), RED);
    }
    for (n, words) in [(counts.suspended, "suspended or closed"), (counts.not_asked, "not asked")] {
        if n > 0 {
            line = line.text(format!(", {} {words}", number(n)));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_join_siblings() {
        let drawn: Vec<_> = branches(&[0, 1, 2, 2, 1, 2, 0]).into_iter().map(|(b, _)| b).collect();
        assert_eq!(drawn, ["", "├── ", "│   ├── ", "│   └── ", "└── ", "    └── ", ""]);
    }
}

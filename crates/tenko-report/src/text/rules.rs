//! The risk rules: the list, and one rule whole.

use super::TextOptions;
use super::findings::style;
use super::page::{BOLD, DIM, Line, PLAIN, Page};
use super::table::{Column, Table};
use super::types::paragraphs;
use super::words::plural;
use crate::rule_page::{RulePage, RuleReference};

/// A table of the rules.
pub fn rules(rules: &[RulePage], options: &TextOptions) -> String {
    let mut page = Page::new(options.table_width(), options.color);
    let longest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut table = Table::new(vec![
        Column::text("rule", longest),
        Column::text("severity", 8),
        Column::text("clouds", 8),
        Column::text("bad state", 40),
    ]);
    for rule in rules {
        table.row(vec![
            (rule.id.clone(), BOLD),
            (rule.severity.to_string(), style(rule.severity)),
            (clouds(rule), PLAIN),
            (rule.name.clone(), PLAIN),
        ]);
    }
    table.write(&mut page, 0);
    page.blank();
    let own = rules.iter().filter(|rule| rule.source.is_some()).count();
    let mut count = plural(rules.len() as u64, "rule");
    if own > 0 {
        count.push_str(&format!(", {own} of them in the manifest"));
    }
    page.line(0, 2, &Line::new(count));
    page.finish()
}

/// One rule whole.
pub fn rule_page(rule: &RulePage, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let title = Line::default().styled(rule.id.as_str(), BOLD);
    page.line(0, 2, &title.text(format!("  {}", rule.name)));
    let facts = format!("{} · {}", rule.severity, clouds(rule));
    page.line(0, 2, &Line::default().styled(facts, DIM));
    if rule.needs_tenants {
        let text = "Evaluated only where tenants are declared.";
        page.line(0, 2, &Line::default().styled(text, DIM));
    }
    let mut in_code = false;
    for paragraph in paragraphs(&rule.doc) {
        if paragraph.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if let Some(heading) = paragraph.strip_prefix("## ") {
            page.heading(&heading.to_uppercase());
        } else if in_code {
            page.line(4, 6, &Line::default().styled(paragraph, DIM));
        } else {
            page.line(0, if paragraph.starts_with("- ") { 2 } else { 0 }, &Line::new(paragraph));
        }
    }
    if !rule.remediation.is_empty() {
        page.heading("FIX");
        page.line(0, 0, &Line::new(rule.remediation.as_str()));
    }
    if !rule.references.is_empty() {
        page.heading("EVIDENCE FOR");
        for reference in &rule.references {
            page.line(2, 4, &Line::new(RuleReference::in_a_line(reference)));
        }
    }
    if let Some(source) = &rule.source {
        page.blank();
        page.line(0, 2, &Line::default().styled(format!("Written in {source}"), DIM));
    }
    page.finish()
}

fn clouds(rule: &RulePage) -> String {
    if rule.clouds.is_empty() { "all".to_owned() } else { rule.clouds.join(", ") }
}

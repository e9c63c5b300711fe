//! The risk rules: the list, and one rule whole.

use super::TextOptions;
use super::findings::style;
use super::page::{BOLD, DIM, Line, PLAIN, Page};
use super::table::{Column, Table};
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
    markdown(&mut page, &rule.doc);
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

/// The little Markdown that pages of rules are written in: headings, paragraphs, lists and blocks of
/// code. The line breaks of a paragraph are those of a source file.
fn markdown(page: &mut Page, text: &str) {
    let mut open: Option<Paragraph> = None;
    let mut in_code = false;
    for line in text.lines() {
        let words = line.trim();
        let fence = words.starts_with("```");
        if fence || in_code {
            flush(page, &mut open);
            if fence {
                in_code = !in_code;
            } else {
                page.line(4, 6, &Line::default().styled(line, DIM));
            }
        } else if let Some(heading) = words.strip_prefix("## ") {
            flush(page, &mut open);
            page.heading(&heading.to_uppercase());
        } else if words.is_empty() {
            flush(page, &mut open);
            page.blank();
        } else if let Some(item) = words.strip_prefix("- ") {
            flush(page, &mut open);
            let indent = line.len() - line.trim_start().len();
            open = Some(Paragraph { indent, is_item: true, text: item.to_owned() });
        } else {
            match &mut open {
                Some(paragraph) => {
                    paragraph.text.push(' ');
                    paragraph.text.push_str(words);
                }
                None => {
                    let text = words.to_owned();
                    open = Some(Paragraph { indent: 0, is_item: false, text });
                }
            }
        }
    }
    flush(page, &mut open);
}

/// A paragraph, or an item of a list, that may go on in the next line.
struct Paragraph {
    indent: usize,
    is_item: bool,
    text: String,
}

fn flush(page: &mut Page, open: &mut Option<Paragraph>) {
    let Some(Paragraph { indent, is_item, text }) = open.take() else { return };
    if is_item {
        let indent = indent.min(8);
        page.line(indent, indent + 2, &Line::new(format!("- {text}")));
    } else {
        page.line(0, 0, &Line::new(text));
    }
}

fn clouds(rule: &RulePage) -> String {
    if rule.clouds.is_empty() { "all".to_owned() } else { rule.clouds.join(", ") }
}

//! The catalogue.

use tenko_core::{AttrPath, Catalog, ReachKind, TypeInfo};

use super::TextOptions;
use super::page::{BOLD, DIM, Line, PLAIN, Page};
use super::table::{Column, Table};
use super::words::{list, plural};

/// A table of all types.
pub fn types(catalog: &Catalog, options: &TextOptions) -> String {
    let mut page = Page::new(options.table_width(), options.color);
    // A name is there to be copied: it is never cut, and what a narrow page has no room for is on the type's own.
    let longest = catalog.iter().map(|info| info.resource_type.as_str().len()).max().unwrap_or(0);
    let wide = options.table_width() >= longest + 52;
    let mut columns =
        vec![Column::text("type", longest), Column::text("title", 14), Column::text("reach", 8)];
    if wide {
        columns.extend([Column::number("attributes"), Column::text("permissions", 11)]);
    }
    let mut table = Table::new(columns);
    for info in catalog.iter() {
        let mut row = vec![
            (info.resource_type.to_string(), BOLD),
            (info.title.clone(), PLAIN),
            (reach(info.reach).to_owned(), PLAIN),
        ];
        if wide {
            row.push((info.attributes.len().to_string(), PLAIN));
            row.push((permissions(info, options), DIM));
        }
        table.row(row);
    }
    table.write(&mut page, 0);
    page.blank();
    page.line(0, 2, &Line::new(plural(catalog.len() as u64, "type")));
    page.finish()
}

/// Wide pages name the permissions, others count them.
fn permissions(info: &TypeInfo, options: &TextOptions) -> String {
    if options.width >= 120 {
        list(info.permissions.iter().cloned(), 3)
    } else {
        info.permissions.len().to_string()
    }
}

/// One type whole.
pub fn type_page(info: &TypeInfo, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let title = Line::default().styled(info.resource_type.as_str(), BOLD);
    page.line(0, 2, &title.text(format!("  {}", info.title)));
    page.blank();
    let mut listed = false;
    for paragraph in paragraphs(&info.doc) {
        let item = paragraph.starts_with(['-', '*', ' ', '|']);
        if !(item && listed) {
            page.blank();
        }
        page.line(0, if item { 2 } else { 0 }, &Line::new(paragraph));
        listed = item;
    }
    page.blank();
    let tags = if info.taggable { "tags are read" } else { "has no tags" };
    let facts = format!("{} · {} · {} · {tags}", info.cloud, info.service, reach(info.reach));
    page.line(0, 2, &Line::new(facts));
    let ignored = info.ignored.iter().map(ToString::to_string);
    section(&mut page, "compared attributes", info.compared().map(ToOwned::to_owned));
    section(&mut page, "shown, never compared", ignored);
    section(&mut page, "redacted at collection", info.sensitive.iter().map(AttrPath::to_string));
    section(&mut page, "order has no meaning", info.sets.iter().map(AttrPath::to_string));
    section(&mut page, "permissions", info.permissions.iter().cloned());
    page.finish()
}

/// The doc's paragraphs, each in one line: its own line breaks are those of a source file. Lists
/// and indented blocks keep theirs.
fn paragraphs(doc: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in doc.lines() {
        let text = line.trim_end();
        let own = text.starts_with(['-', '*', '#', ' ', '|', '`']);
        match out.last_mut() {
            Some(last) if open && !own && !text.is_empty() => {
                last.push(' ');
                last.push_str(text);
            }
            _ if !text.is_empty() => out.push(text.to_owned()),
            _ => {}
        }
        open = !text.is_empty();
    }
    out
}

fn section(page: &mut Page, title: &str, items: impl Iterator<Item = String>) {
    let items: Vec<_> = items.collect();
    if !items.is_empty() {
        page.blank();
        page.line(0, 0, &Line::default().styled(title, DIM));
        page.line(2, 2, &Line::new(items.join(", ")));
    }
}

fn reach(kind: ReachKind) -> &'static str {
    match kind {
        ReachKind::Global => "global",
        ReachKind::Regional => "regional",
    }
}

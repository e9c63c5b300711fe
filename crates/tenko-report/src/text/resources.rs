//! Resources of a snapshot.

use tenko_core::{Origin, Resource};

use super::TextOptions;
use super::page::{BOLD, DIM, Line, PLAIN, Page, YELLOW};
use super::table::{Column, Table};
use super::words::{clip, list, plural, short_type};

/// A table of resources.
pub fn resources(resources: &[&Resource], options: &TextOptions) -> String {
    let mut page = Page::new(options.table_width(), options.color);
    if !resources.is_empty() {
        let mut table = Table::new(vec![
            Column::text("type", 14),
            Column::text("scope", 12),
            Column::text("region", 9),
            Column::text("id", 22),
            Column::text("name", 8),
        ]);
        for resource in resources {
            let key = &resource.key;
            table.row(vec![
                (short_type(&key.resource_type), PLAIN),
                (key.scope.to_string(), PLAIN),
                (key.region.to_string(), PLAIN),
                (listed_id(resource, options), BOLD),
                (own_name(resource), PLAIN),
            ]);
        }
        table.write(&mut page, 0);
        page.blank();
    }
    page.line(0, 2, &Line::new(plural(resources.len() as u64, "resource")));
    page.finish()
}

/// The id, without the long way that leads to it: type, scope and region stand beside it. A verbose list has all of it.
fn listed_id(resource: &Resource, options: &TextOptions) -> String {
    let id = resource.key.id.as_str();
    match id.rsplit_once('/').filter(|_| id.starts_with("projects/") && !options.verbose) {
        Some((_, own)) => own.to_owned(),
        None => id.to_owned(),
    }
}

/// The name where it says more than the id.
fn own_name(resource: &Resource) -> String {
    let id = resource.key.id.as_str();
    let name = resource.name.as_deref().unwrap_or_default();
    let said = id == name || id.strip_suffix(name).is_some_and(|rest| rest.ends_with(['/', ':']));
    if said { String::new() } else { name.to_owned() }
}

/// One resource whole: its envelope, its attributes, and what could not be read of it.
pub fn resource(resource: &Resource, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let title = Line::default().styled(clip(resource.label(), options.long()), BOLD);
    page.line(0, 2, &title.text(format!("  {}", resource.key.resource_type)));
    page.blank();
    for (name, value) in envelope(resource) {
        page.line(0, 10, &Line::default().padded(name, 10, DIM).text(value));
    }
    for (i, (key, value)) in resource.tags.iter().enumerate() {
        let name = if i == 0 { "tags" } else { "" };
        page.line(0, 12, &Line::default().padded(name, 10, DIM).text(format!("{key}={value}")));
    }
    if !resource.unknown.is_empty() {
        let paths = list(resource.unknown.iter().map(ToString::to_string), usize::MAX);
        page.line(0, 10, &Line::default().padded("not read", 10, YELLOW).text(paths));
    }
    page.blank();
    attributes(&mut page, resource);
    page.finish()
}

fn envelope(resource: &Resource) -> Vec<(&'static str, String)> {
    let key = &resource.key;
    let mut rows = vec![
        ("id", key.id.clone()),
        ("scope", format!("{}:{}", key.cloud, key.scope)),
        ("region", key.region.to_string()),
    ];
    rows.extend(resource.created_at.map(|at| ("created", at.to_string())));
    if let Origin::ProviderDefault(why) = &resource.origin {
        rows.push(("origin", format!("made by the provider ({why})")));
    }
    rows.push(("digest", resource.digest.to_string()));
    rows
}

/// The attributes as JSON: one line each as they stand, so that they can be copied.
fn attributes(page: &mut Page, resource: &Resource) {
    let text = crate::json::text(&resource.attributes);
    for line in text.lines() {
        page.row(0, &Line::new(line));
    }
}

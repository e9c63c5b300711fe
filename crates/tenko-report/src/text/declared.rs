//! What documents declare.

use std::collections::BTreeMap;

use super::page::{BOLD, DIM, Line, Page, RED, YELLOW};
use super::words::{self, clip, plural, short_type};
use super::{TextOptions, more};
use crate::declared::{Declared, DeclaredResource};

/// More attributes of one resource than this are only counted.
const ATTRIBUTES: usize = 6;

/// The resources by document, then what was left out and what could not be read.
pub fn declared(declared: &Declared, options: &TextOptions) -> String {
    let mut page = Page::new(options.width, options.color);
    let mut by_file: BTreeMap<&str, Vec<&DeclaredResource>> = BTreeMap::new();
    for resource in &declared.resources {
        by_file.entry(&resource.source.file).or_default().push(resource);
    }
    for (file, resources) in &by_file {
        let compared = resources.iter().filter(|resource| resource.comparable).count() as u64;
        let total = resources.len() as u64;
        let mut facts = vec![plural(total, "resource")];
        if compared < total {
            facts.push(format!("{compared} of them compared"));
        }
        page.blank();
        let title = Line::default().styled(clip(file, options.long()), BOLD);
        page.line(0, 2, &title.text(format!("  {}", facts.join(", "))));
        for resource in resources.iter().take(options.limit()) {
            write(&mut page, resource, options);
        }
        more(&mut page, 2, resources.len(), options.limit());
    }
    if !declared.skipped.is_empty() {
        page.heading("NO RESOURCES");
        let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for skipped in &declared.skipped {
            let address = clip(&skipped.address, options.long());
            by_reason.entry(&skipped.reason).or_default().push(address);
        }
        for (reason, addresses) in by_reason {
            let count = addresses.len();
            let list = words::list(addresses, options.few());
            page.line(
                2,
                4,
                &Line::new(clip(reason, options.long())).styled(format!("  {count}"), DIM),
            );
            page.line(4, 6, &Line::default().styled(list, DIM));
        }
    }
    if !declared.errors.is_empty() {
        page.heading("COULD NOT BE READ");
        for error in &declared.errors {
            let line = Line::default().styled(clip(&error.file, options.long()), RED);
            page.line(2, 4, &line.text(format!("  {}", clip(&error.reason, options.long()))));
        }
    }
    if declared.resources.is_empty() && declared.errors.is_empty() {
        page.line(0, 0, &Line::new("Nothing is declared."));
    }
    page.finish()
}

fn write(page: &mut Page, resource: &DeclaredResource, options: &TextOptions) {
    let id = resource.id.as_deref().or(resource.name.as_deref()).unwrap_or("-");
    let mut line = Line::default().styled(clip(&resource.source.address, options.long()), BOLD);
    line = line.text(format!(
        "  {} · {}",
        short_type(&resource.resource_type),
        clip(id, options.long())
    ));
    if let Some(name) = resource.name.as_deref().filter(|name| *name != id) {
        line = line.text(format!(" · {}", clip(name, options.long())));
    }
    page.line(2, 4, &line);
    if let Some(reason) = &resource.reason {
        let text = format!("not compared: {}", clip(reason, options.long()));
        page.line(4, 6, &Line::default().styled(text, YELLOW));
    }
    let limit = if options.verbose { usize::MAX } else { ATTRIBUTES };
    let room = if options.verbose { usize::MAX } else { page.width() };
    for (path, value) in resource.attributes.iter().take(limit) {
        let text = clip(&format!("{path} = {}", words::value(value)), room.saturating_sub(4));
        page.line(4, 6, &Line::default().styled(text, DIM));
    }
    more(page, 4, resource.attributes.len(), limit);
}

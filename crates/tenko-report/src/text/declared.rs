//! What documents declare.

use std::collections::BTreeMap;

use tenko_core::SourceKind;

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
        match compared {
            n if n == total => {}
            0 if total == 1 => facts.push("not compared".to_owned()),
            0 => facts.push("none compared".to_owned()),
            n => facts.push(format!("{} compared", words::number(n))),
        }
        page.blank();
        let title = Line::default().styled(clip(file, options.long()), BOLD);
        page.line(0, 2, &title.text(format!("  {}", facts.join(", "))));
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in resources.iter().filter_map(|resource| resource.reason.as_deref()) {
            *reasons.entry(reason).or_default() += 1;
        }
        // What holds for several is said once.
        reasons.retain(|_, count| *count > 1);
        for reason in reasons.keys() {
            let text = format!("not compared: {}", clip(reason, options.long()));
            page.line(2, 4, &Line::default().styled(text, YELLOW));
        }
        for resource in resources.iter().take(options.limit()) {
            let is_said = |reason: &str| reasons.contains_key(reason);
            write(&mut page, resource, options, &is_said);
        }
        more(&mut page, 2, resources.len(), options.limit());
    }
    if !declared.skipped.is_empty() {
        page.heading("LEFT OUT");
        let mut by_reason: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for skipped in &declared.skipped {
            let addresses = by_reason.entry(&skipped.reason).or_default();
            *addresses.entry(&skipped.address).or_default() += skipped.count;
        }
        for (reason, addresses) in by_reason {
            page.line(2, 4, &Line::new(clip(reason, options.long())));
            let list = words::list(addresses.into_iter().map(counted), options.few());
            page.line(4, 6, &Line::default().styled(clip(&list, options.long()), DIM));
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

fn write(
    page: &mut Page,
    resource: &DeclaredResource,
    options: &TextOptions,
    is_said: &dyn Fn(&str) -> bool,
) {
    let id = resource.id.as_deref().or(resource.name.as_deref()).unwrap_or("-");
    let mut facts = Vec::new();
    // The address of what has no mapping begins with the type already.
    if resource.comparable || resource.source.kind != SourceKind::Terraform {
        facts.push(short_type(&resource.resource_type));
    }
    facts.push(clip(id, options.long()));
    let name = resource.name.as_deref().filter(|name| *name != id);
    facts.extend(name.map(|name| clip(name, options.long())));
    facts.extend(resource.partial.then(|| "a part of it".to_owned()));
    let address = clip(&resource.source.address, options.long());
    // A stack itself stands at the top of its document, which is no address.
    let gap = if address.is_empty() { "" } else { "  " };
    let mut line = Line::default().styled(address, BOLD);
    line = line.text(format!("{gap}{}", facts.join(" · ")));
    if let Some(reason) = &resource.reason {
        let text = match is_said(reason) {
            true => " · not compared".to_owned(),
            false => format!(" · not compared: {}", clip(reason, options.long())),
        };
        line = line.styled(text, YELLOW);
    }
    page.line(2, 4, &line);
    let limit = if options.verbose { usize::MAX } else { ATTRIBUTES };
    let room = if options.verbose { usize::MAX } else { page.width() };
    for (path, value) in resource.attributes.iter().take(limit) {
        let text = clip(&format!("{path} = {}", words::value(value)), room.saturating_sub(4));
        page.line(4, 6, &Line::default().styled(text, DIM));
    }
    more(page, 4, resource.attributes.len(), limit);
}

fn counted((address, count): (&str, u64)) -> String {
    if count == 1 { address.to_owned() } else { format!("{address} ({})", words::number(count)) }
}

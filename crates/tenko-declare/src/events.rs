//! Times for which an environment has more capacity than usual.

use tenko_core::{AttrPath, EventWindow, Segment};

use crate::baseline::{EXAMPLE, ignored_tags};
use crate::context::{Context, Pos};
use crate::dates::{self, Day};
use crate::expectation::{Known, source};
use crate::node::{Kind, Node};
use crate::placeholder::{self, Fill};
use crate::settings;

/// The events of a baseline or an environment, before placeholders are filled in.
pub(crate) fn templates(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
    address: &AttrPath,
) -> Vec<EventWindow> {
    let under = address.join("events");
    let items = node.get("events").map(Node::items).unwrap_or_default();
    let read = |(i, item)| event(context, known, item, &under.with(Segment::Index(i)));
    items.iter().enumerate().filter_map(read).collect()
}

fn event(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
    address: &AttrPath,
) -> Option<EventWindow> {
    let name = node.text_of("name");
    if let Some(text) = node.get("name").and_then(|n| Some((n.pos, n.text()?))) {
        check_text(context, text.0, text.1);
    }
    let from = node.get("from").and_then(|n| dates::read(context, n, "from", Day::Begin));
    let until = node.get("until").and_then(|n| dates::read(context, n, "until", Day::End));
    if let (Some(from), Some(until), Some((key, _))) = (from, until, node.entry("until"))
        && until <= from
    {
        let message = "`until` is not after `from`: the event never takes place";
        let report = context.error(key.pos, message);
        if let Some((begin, _)) = node.entry("from") {
            report.see(begin.pos, "it begins here");
        }
    }
    let of = node.get("resources");
    let text = |key: &str| of?.get(key).and_then(|n| Some((n.pos, n.text()?)));
    if let Some((pos, glob)) = text("type") {
        let further: Vec<_> = known.further.iter().map(String::as_str).collect();
        settings::type_glob(context, known.catalog, &further, pos, glob);
    }
    if let Some((pos, glob)) = text("name") {
        check_text(context, pos, glob);
        // Braces mean something to globs too: what is checked is the glob as it will be.
        settings::glob(context, pos, &placeholder::fill_glob(glob, &EXAMPLE));
    }
    let tags = of.and_then(|of| of.get("tags"));
    if let Some((key, of)) = node.entry("resources")
        && matches!(of.kind, Kind::Map(_))
        && ["type", "name"].iter().all(|key| of.get(key).is_none())
        && tags.map(Node::entries).unwrap_or_default().is_empty()
    {
        // Else everything in the environment would be left over once the event has ended.
        let report = context.error(key.pos, "the event names no resources");
        report.help("say which resources the event brings, by `type`, `name` or `tags`");
    }
    for (_, value) in tags.map(Node::entries).unwrap_or_default() {
        if let Some(text) = value.text() {
            check_account(context, value.pos, text);
        }
    }
    let tags = tags.map(|tags| ignored_tags(context, tags)).unwrap_or_default();
    Some(EventWindow {
        name: name?,
        from: from?,
        until: until?,
        resource_type: text("type").map(|(_, glob)| glob.to_owned()),
        resource: text("name").map(|(_, glob)| glob.to_owned()),
        tags,
        source: source(context, node.pos, address),
    })
}

/// Reports placeholders that are unknown or not filled in here.
fn check_text(context: &mut Context<'_>, pos: Pos, text: &str) {
    placeholder::check(context, pos, text);
    check_account(context, pos, text);
}

/// An event is one for all accounts and regions of its environment.
fn check_account(context: &mut Context<'_>, pos: Pos, text: &str) {
    let words = placeholder::words(text);
    let of_place = |word: &&&str| matches!(**word, "account" | "project" | "region");
    if let Some(word) = words.iter().find(of_place) {
        let help = "an event is one for the whole environment: write `*` in its place";
        context.error(pos, format!("`{{{word}}}` is not filled in here")).help(help);
    }
}

/// An event with its placeholders filled in.
pub(crate) fn fill(event: &EventWindow, with: &Fill<'_>) -> EventWindow {
    let mut event = event.clone();
    event.name = placeholder::fill(&event.name, with);
    if let Some(name) = &mut event.resource {
        *name = placeholder::fill_glob(name, with);
    }
    for value in event.tags.values_mut().flatten() {
        *value = placeholder::fill(value, with);
    }
    event
}

//! What a baseline or an environment asks for: required tags, resources and ignore rules.

use std::collections::BTreeMap;

use tenko_core::{AttrPath, EventWindow, Ignore, Matcher, Segment, Source, TypeInfo};

use crate::context::{Context, Pos};
use crate::expectation::{self, Known, Template, source};
use crate::matchers;
use crate::node::{Kind, Node};
use crate::placeholder::{self, Fill};
use crate::{events, iac, settings};

/// The part that baselines and environments have in common, before placeholders are filled in.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) required_tags: Vec<(String, Matcher)>,
    /// Where the required tags stand, if there are any.
    pub(crate) tags_source: Option<Source>,
    pub(crate) templates: Vec<Template>,
    pub(crate) ignore: Vec<Ignore>,
    pub(crate) iac: Vec<iac::Template>,
    pub(crate) events: Vec<EventWindow>,
}

/// A baseline and where it stands.
pub(crate) struct Baseline {
    pub(crate) asked: Asked,
    pub(crate) pos: Pos,
    pub(crate) used: bool,
}

/// Reads required tags, resources and ignore rules.
pub(crate) fn asked(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
    address: &AttrPath,
) -> Asked {
    let tags = node.entry("required_tags");
    let tags_source = tags.map(|(k, _)| source(context, k.pos, &address.join("required_tags")));
    let required_tags = matchers::tags(context, tags.map(|(_, n)| n));
    let iac = iac::templates(context, node, address);
    let events = events::templates(context, known, node, address);
    let mut out = Asked { required_tags, tags_source, iac, events, ..Asked::default() };
    let under = address.join("resources");
    for (i, item) in node.get("resources").map(Node::items).unwrap_or_default().iter().enumerate() {
        let address = under.with(Segment::Index(i));
        out.templates.extend(expectation::template(context, known, item, &address));
    }
    let under = address.join("ignore");
    for (i, item) in node.get("ignore").map(Node::items).unwrap_or_default().iter().enumerate() {
        out.ignore.extend(ignore(context, known, item, &under.with(Segment::Index(i))));
    }
    out
}

fn ignore(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
    address: &AttrPath,
) -> Option<Ignore> {
    let Kind::Map(entries) = &node.kind else { return None };
    if entries.iter().all(|(key, _)| key.text == "reason") {
        let help = "to leave out everything that is not declared write `unmanaged: ignore`";
        context.error(node.pos, "the rule does not say what it is about").help(help);
    }
    let text = |key: &str| node.get(key).and_then(|n| Some((n.pos, n.text()?)));
    let further: Vec<_> = known.further.iter().map(String::as_str).collect();
    if let Some((pos, glob)) = text("type") {
        settings::type_glob(context, known.catalog, &further, pos, glob);
    }
    if let Some((pos, name)) = text("name") {
        placeholder::check(context, pos, name);
        // Braces mean something to globs too: what is checked is the glob as it will be.
        settings::glob(context, pos, &placeholder::fill_glob(name, &EXAMPLE));
    }
    let info = text("type").and_then(|(_, name)| known.info(name));
    Some(Ignore {
        resource_type: text("type").map(|(_, glob)| glob.to_owned()),
        name: text("name").map(|(_, glob)| glob.to_owned()),
        tags: node.get("tags").map(|tags| ignored_tags(context, tags)).unwrap_or_default(),
        attributes: read_attributes(context, info, node),
        reason: node.text_of("reason").unwrap_or_default(),
        source: source(context, node.pos, address),
    })
}

/// The attribute paths below `attributes`.
pub(crate) fn read_attributes(
    context: &mut Context<'_>,
    info: Option<&TypeInfo>,
    node: &Node,
) -> Vec<AttrPath> {
    let mut paths = Vec::new();
    for item in node.get("attributes").map(Node::items).unwrap_or_default() {
        let path = item.text().and_then(|t| expectation::path(context, item.pos, t, info));
        paths.extend(path);
    }
    paths
}

/// What a glob with placeholders is checked with.
pub(crate) const EXAMPLE: Fill<'_> =
    Fill { tenant: "t", environment: "e", stage: "s", account: "1", project: "p", region: "r" };

/// The tags that a rule is about.
pub(crate) fn ignored_tags(
    context: &mut Context<'_>,
    tags: &Node,
) -> BTreeMap<String, Option<String>> {
    let mut out = BTreeMap::new();
    for (key, value) in tags.entries() {
        let any = match value.entries() {
            [(word, inner)] => word.text == "present" && matches!(inner.kind, Kind::Bool(true)),
            _ => false,
        };
        let text = value.scalar();
        if let Some(text) = &text {
            placeholder::check(context, value.pos, text);
        } else if !any && matches!(value.kind, Kind::Map(_)) {
            let message = "a rule takes a tag's value, or `{present: true}` for any";
            context.error(key.pos, message);
        }
        out.insert(key.text.clone(), text);
    }
    out
}

/// An ignore rule with its placeholders filled in.
pub(crate) fn fill_ignore(rule: &Ignore, with: &Fill<'_>) -> Ignore {
    let mut rule = rule.clone();
    if let Some(name) = &mut rule.name {
        *name = placeholder::fill_glob(name, with);
    }
    for value in rule.tags.values_mut().flatten() {
        *value = placeholder::fill(value, with);
    }
    rule
}

//! The `parity` section: differences between environments that are meant to be.

use tenko_core::{AttrPath, ParityAllow, Segment, Tenant, msg};

use crate::baseline::{ignored_tags, read_attributes};
use crate::context::{Context, Pos};
use crate::expectation::{Known, source};
use crate::node::{Kind, Node};
use crate::{placeholder, settings};

/// Reads the section; also gives the places of stages, to be looked up when all tenants are known.
pub(crate) fn read(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
) -> (Vec<ParityAllow>, Vec<(Pos, String)>) {
    let under = AttrPath::key("parity").join("allow");
    let (mut rules, mut stages) = (Vec::new(), Vec::new());
    for (i, item) in node.get("allow").map(Node::items).unwrap_or_default().iter().enumerate() {
        let address = under.with(Segment::Index(i));
        rules.extend(rule(context, known, item, &address, &mut stages));
    }
    (rules, stages)
}

fn rule(
    context: &mut Context<'_>,
    known: &Known<'_>,
    node: &Node,
    address: &AttrPath,
    stages: &mut Vec<(Pos, String)>,
) -> Option<ParityAllow> {
    let Kind::Map(entries) = &node.kind else { return None };
    if entries.iter().all(|(key, _)| matches!(key.text.as_str(), "reason" | "between")) {
        let help = "name a type, a name, tags or attributes";
        context.error(node.pos, "the rule does not say what may differ").help(help);
    }
    let text = |key: &str| node.get(key).and_then(|n| Some((n.pos, n.text()?)));
    if let Some((pos, glob)) = text("type") {
        let further: Vec<_> = known.further.iter().map(String::as_str).collect();
        settings::type_glob(context, known.catalog, &further, pos, glob);
    }
    if let Some((pos, name)) = text("name") {
        settings::glob(context, pos, name);
        if let Some(word) = placeholder::words(name).iter().find(|w| placeholder::NAMES.contains(w))
        {
            let help = "the rule is about several environments: write `*`";
            context.error(pos, format!("`{{{word}}}` is not filled in here")).help(help);
        }
    }
    let mut between: Vec<String> = Vec::new();
    if let Some((key, list)) = node.entry("between") {
        for item in list.items() {
            let Some(stage) = item.text() else { continue };
            stages.push((item.pos, stage.to_owned()));
            if !between.iter().any(|known| known == stage) {
                between.push(stage.to_owned());
            }
        }
        if matches!(list.kind, Kind::Seq(_)) && between.len() < 2 {
            let help = "name two stages or more; leave `between` out for all";
            context.error(key.pos, "`between` needs two stages").help(help);
        }
    }
    let info = text("type").and_then(|(_, name)| known.info(name));
    Some(ParityAllow {
        resource_type: text("type").map(|(_, glob)| glob.to_owned()),
        name: text("name").map(|(_, glob)| glob.to_owned()),
        tags: node.get("tags").map(|tags| ignored_tags(context, tags)).unwrap_or_default(),
        attributes: read_attributes(context, info, node),
        between,
        reason: node.text_of("reason").unwrap_or_default(),
        source: source(context, node.pos, address),
    })
}

/// Warns of stages that no environment has.
pub(crate) fn check_stages(
    context: &mut Context<'_>,
    stages: &[(Pos, String)],
    tenants: &[Tenant],
) {
    let known: Vec<_> =
        tenants.iter().flat_map(|t| &t.environments).filter_map(|e| e.stage.as_deref()).collect();
    for (pos, stage) in stages.iter().filter(|(_, stage)| !known.contains(&stage.as_str())) {
        let meant = context.closest(stage, known.iter().copied());
        context.warn(*pos, msg!("warning-no-stage", name = stage)).did_you_mean(meant);
    }
}

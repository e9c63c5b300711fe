//! Who is trusted, and which networks belong together.

use std::collections::HashMap;

use tenko_core::{AttrPath, Catalog, Connection, Segment, Tenant, Trust, msg};

use crate::context::{Context, Pos};
use crate::expectation::source;
use crate::node::{Kind, Node};
use crate::{scopes, settings};

/// Reads the `trust` section.
pub(crate) fn trust(context: &mut Context<'_>, catalog: &Catalog, node: &Node) -> Trust {
    let mut trust = Trust::default();
    let mut first: HashMap<_, Pos> = HashMap::new();
    for (key, value) in node.get("accounts").map(Node::entries).unwrap_or_default() {
        let Some(scope) = scopes::of_key(context, catalog, key) else { continue };
        if let Some(earlier) = first.insert(scope.clone(), key.pos) {
            context.error(key.pos, format!("{scope} is named twice")).see(earlier, "first here");
        }
        trust.accounts.insert(scope, value.scalar().unwrap_or_default());
    }
    for item in node.get("repositories").map(Node::items).unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        if settings::glob(context, item.pos, text).is_none() {
            continue;
        }
        if let Some((_, rest)) = text.split_once("://") {
            let help = rest.split_once('/').map(|(_, path)| path.trim_end_matches(".git"));
            let report = context.error(item.pos, format!("`{text}` is an address"));
            report.help(format!("write `{}`", help.unwrap_or("OWNER/REPOSITORY")));
        } else if !text.contains(['/', '*']) {
            let message = format!("`{text}` is no repository");
            context.error(item.pos, message).help(format!("write `{text}/*` for all of an owner"));
        } else if text.chars().all(|c| matches!(c, '*' | '/')) {
            let message = msg!("warning-trusts-all", glob = text);
            context.warn(item.pos, message).help(msg!("warning-trusts-all-help"));
        }
        trust.repositories.push(text.to_owned());
    }
    trust
}

/// Reads the `networks` section. `whole` is whether all tenants are known.
pub(crate) fn connections(
    context: &mut Context<'_>,
    catalog: &Catalog,
    tenants: &[Tenant],
    whole: bool,
    node: &Node,
) -> Vec<Connection> {
    let under = AttrPath::key("networks").join("connected");
    let environments: Vec<_> = tenants
        .iter()
        .flat_map(|t| t.environments.iter().map(|e| (format!("{}/{}", t.id, e.name), e)))
        .collect();
    let mut out = Vec::new();
    let lists = node.get("connected").map(Node::items).unwrap_or_default();
    for (i, list) in lists.iter().enumerate() {
        let Kind::Seq(items) = &list.kind else { continue };
        let mut scopes = Vec::new();
        let mut unknown = false;
        for item in items {
            let text = item.text().unwrap_or_default();
            let named = environments.iter().find(|(name, _)| name == text);
            if let Some((_, environment)) = named {
                scopes.extend(environment.scopes.iter().cloned());
                continue;
            }
            let is_environment = text.contains('/') && !text.contains(':');
            if !is_environment {
                let scope = scopes::of_node(context, catalog, item);
                unknown |= scope.is_none();
                scopes.extend(scope);
                continue;
            }
            unknown = true;
            if whole {
                let names = environments.iter().map(|(name, _)| name.as_str());
                let meant = context.closest(text, names);
                let report = context.error(item.pos, format!("there is no environment `{text}`"));
                match meant {
                    Some(_) => report.did_you_mean(meant),
                    None => {
                        report.help("write `TENANT/ENVIRONMENT`, as they stand below `tenants`")
                    }
                };
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        scopes.retain(|scope| seen.insert(scope.clone()));
        if scopes.len() < 2 && !unknown {
            let message = "a connection needs two accounts or projects, at least";
            context.error(list.pos, message);
        }
        let source = source(context, list.pos, &under.with(Segment::Index(i)));
        out.push(Connection { scopes, source });
    }
    out
}

//! Accounts and projects as they are written in a manifest, and whether they exist.

use tenko_core::{Catalog, Cloud, ScopeKey, ScopeTree};

use crate::context::{Context, Pos};
use crate::diagnostic::{Diagnostic, Level};
use crate::manifest::Manifest;
use crate::node::{Key, Kind, Node};
use crate::suggest;

const ACCOUNT_DIGITS: usize = 12;

/// The scope that a value names.
pub(crate) fn of_node(
    context: &mut Context<'_>,
    catalog: &Catalog,
    node: &Node,
) -> Option<ScopeKey> {
    match &node.kind {
        Kind::Text(text) if !text.is_empty() => parse(context, catalog, node.pos, text, true),
        Kind::Number(_, raw) => parse(context, catalog, node.pos, raw, false),
        _ => None,
    }
}

/// The scope that a key names.
pub(crate) fn of_key(context: &mut Context<'_>, catalog: &Catalog, key: &Key) -> Option<ScopeKey> {
    parse(context, catalog, key.pos, &key.text, key.quoted)
}

fn parse(
    context: &mut Context<'_>,
    catalog: &Catalog,
    pos: Pos,
    text: &str,
    quoted: bool,
) -> Option<ScopeKey> {
    let all_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if all_digits && text.len() == ACCOUNT_DIGITS {
        if !quoted && text.starts_with('0') {
            let message = format!("the account id {text} begins with 0 and is not in quotes");
            let help = format!("write \"{text}\": as a number it loses its zero");
            context.error(pos, message).help(help);
            return None;
        }
        return Some(ScopeKey::new(Cloud::aws(), text));
    }
    let Some((cloud, id)) = text.split_once(':').filter(|_| !all_digits) else {
        return not_a_scope(context, pos, text, quoted);
    };
    let known = catalog.iter().map(|info| info.cloud.as_str()).chain(["aws", "gcp"]);
    let mut known: Vec<_> = known.collect();
    known.sort_unstable();
    known.dedup();
    if !known.contains(&cloud) {
        let meant = context.closest(cloud, known.iter().copied());
        context.error(pos, format!("unknown cloud `{cloud}`")).did_you_mean(meant);
        return None;
    }
    let is_account = id.len() == ACCOUNT_DIGITS && id.bytes().all(|b| b.is_ascii_digit());
    if cloud == "aws" && !is_account {
        return not_a_scope(context, pos, id, true);
    }
    if id.is_empty() || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        context.error(pos, format!("`{text}` names no project"));
        return None;
    }
    Some(ScopeKey::new(Cloud::new(cloud), id))
}

fn not_a_scope(context: &mut Context<'_>, pos: Pos, text: &str, quoted: bool) -> Option<ScopeKey> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_digits = text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b' ');
    if only_digits && digits > 0 {
        let message = format!("an AWS account id has 12 digits, and `{text}` has {digits}");
        let short = digits < ACCOUNT_DIGITS && !quoted;
        let report = context.error(pos, message);
        if short {
            report.help(format!("if it begins with 0, write it in quotes: \"{text:0>12}\""));
        } else if digits == ACCOUNT_DIGITS {
            report.help("write it without dashes and blanks");
        }
    } else {
        context
            .error(pos, format!("`{text}` is no account or project"))
            .help(format!("write 12 digits for an AWS account, `gcp:{text}` for a project"));
    }
    None
}

/// Compares the scopes that the manifest names with those that were discovered. A scope that is
/// not there is an error when discovery was complete, and a warning otherwise: then it may only
/// have stayed unseen. A cloud of which nothing was discovered is left out.
pub fn check_scopes(
    manifest: &Manifest,
    scopes: &ScopeTree,
    discovery_complete: bool,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (key, place) in &manifest.scope_places {
        let found = scopes.get(key);
        let seen = scopes.accounts().any(|s| s.cloud == key.cloud);
        if found.is_some_and(|s| s.kind.holds_resources()) || !seen {
            continue;
        }
        let message = match found {
            Some(_) => format!("{key} is no account or project: nothing lives there directly"),
            None if discovery_complete => format!("{key} is not in the organization"),
            None => format!("{key} was not found, and not everything could be discovered"),
        };
        let level = if discovery_complete { Level::Error } else { Level::Warning };
        let suggestion = if found.is_some() { None } else { meant(key, scopes) };
        let place = Some(place.clone());
        out.push(Diagnostic { level, message, place, related: vec![], suggestion });
    }
    out
}

fn meant(key: &ScopeKey, scopes: &ScopeTree) -> Option<String> {
    let same_cloud = || scopes.accounts().filter(|s| s.cloud == key.cloud);
    let ids = same_cloud().map(|s| s.id.as_str());
    let names = same_cloud().map(|s| s.name.as_str()).filter(|name| !name.is_empty());
    let word = suggest::closest(key.id.as_str(), ids.chain(names))?;
    let scope = same_cloud().find(|s| s.id == word || s.name == word)?;
    Some(format!("did you mean `{}` ({})?", scope.id, scope.name))
}

//! Accounts and projects as they are written in a manifest, and whether they exist.

use std::collections::BTreeSet;

use tenko_core::{Arg, Catalog, Cloud, Message, ScopeKey, ScopeTree, msg};

use crate::context::{Context, Pos};
use crate::diagnostic::{Diagnostic, Level, Said};
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
        let google = ["google", "googlecloud", "projects", "project"].contains(&cloud);
        let closest = || context.closest(cloud, known.iter().copied());
        let meant = if google { Some("gcp") } else { closest() };
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
    if cloud == Cloud::gcp().as_str() && !check_project(context, pos, id, "gcp:") {
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
        let id = text.strip_prefix("projects/").unwrap_or(text);
        let help = if is_project_id(id) {
            format!("write 12 digits for an AWS account, `gcp:{id}` for a project")
        } else {
            "write 12 digits for an AWS account, `gcp:` and its id for a project".to_owned()
        };
        context.error(pos, format!("`{text}` is no account or project")).help(help);
    }
    None
}

/// Whether a text can be a project's id: 6 to 30 lower-case letters, digits and hyphens that begin
/// with a letter and do not end with a hyphen. A project of a domain has the domain before it, as
/// in `example.com:acme`; those ids are older than the least length.
pub(crate) fn is_project_id(text: &str) -> bool {
    let plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    match text.split_once(':') {
        Some((domain, id)) => {
            let label = |l: &str| {
                !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            };
            domain.contains('.') && domain.split('.').all(label) && plain(id) && id.len() <= 30
        }
        None => plain(text) && (6..=30).contains(&text.len()),
    }
}

/// Says what is wrong with a project's id, if something is. `prefix` is what stands before an id
/// in this place.
pub(crate) fn check_project(context: &mut Context<'_>, pos: Pos, id: &str, prefix: &str) -> bool {
    if is_project_id(id) {
        return true;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let short = id.strip_prefix("projects/");
    let lower = id.to_ascii_lowercase();
    let (why, help) = if let Some(short) = short.filter(|short| is_project_id(short)) {
        ("is a project's resource name".to_owned(), format!("write `{prefix}{short}`"))
    } else if digits(short.unwrap_or(id)) {
        let number = short.unwrap_or(id);
        let help = format!("`gcloud projects describe {number}` shows the id");
        ("is a project's number, and its id is needed".to_owned(), help)
    } else if id.starts_with("folders/") || id.starts_with("organizations/") {
        let help = "nothing lives there directly: name the projects below it";
        ("is no project".to_owned(), help.to_owned())
    } else if is_project_id(&lower) {
        ("cannot be a project's id".to_owned(), format!("did you mean `{prefix}{lower}`?"))
    } else {
        let help = "an id has 6 to 30 lower-case letters, digits and hyphens, and begins with a \
                    letter; the name of a project is something else";
        ("cannot be a project's id".to_owned(), help.to_owned())
    };
    context.error(pos, format!("`{id}` {why}")).help(help);
    false
}

/// What people call a place that holds resources in this cloud.
pub(crate) fn noun(cloud: &Cloud) -> &'static str {
    if *cloud == Cloud::gcp() { "project" } else { "account" }
}

/// What people call the cloud.
pub(crate) fn cloud_name(cloud: &Cloud) -> &str {
    match cloud.as_str() {
        "aws" => "AWS",
        "gcp" => "Google Cloud",
        other => other,
    }
}

/// Compares the scopes that the manifest names with those that were discovered. A scope that is
/// not there is an error, and a warning where its cloud is among `incomplete`, those that could
/// not be discovered completely: then it may only have stayed unseen. A cloud of which nothing was
/// discovered is left out.
pub fn check_scopes(
    manifest: &Manifest,
    scopes: &ScopeTree,
    incomplete: &BTreeSet<Cloud>,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for (key, place) in &manifest.scope_places {
        let found = scopes.get(key);
        let seen = scopes.accounts().any(|s| s.cloud == key.cloud);
        if found.is_some_and(|s| s.kind.holds_resources()) || !seen {
            continue;
        }
        let complete = !incomplete.contains(&key.cloud);
        let scope = Arg::text(key);
        let message = match found {
            Some(_) => msg!("warning-scope-holds-nothing", scope = scope),
            None if complete && key.cloud == Cloud::gcp() => {
                msg!("warning-project-missing", project = scope)
            }
            None if complete => msg!("warning-account-missing", account = scope),
            None => msg!("warning-scope-unseen", scope = scope),
        };
        let level = if complete { Level::Error } else { Level::Warning };
        let meant = if found.is_some() { None } else { meant(key, scopes) };
        let told = Diagnostic::new(message, Some(place.clone())).suggest(meant);
        out.push(Diagnostic { level, ..told });
    }
    out
}

fn meant(key: &ScopeKey, scopes: &ScopeTree) -> Option<Message> {
    let same_cloud = || scopes.accounts().filter(|s| s.cloud == key.cloud);
    let ids = same_cloud().map(|s| s.id.as_str());
    let names = same_cloud().map(|s| s.name.as_str()).filter(|name| !name.is_empty());
    let word = suggest::closest(key.id.as_str(), ids.chain(names))?;
    let scope = same_cloud().find(|s| s.id == word || s.name == word)?;
    // As it is written in a manifest.
    let prefix = if scope.cloud == Cloud::gcp() { "gcp:" } else { "" };
    let id = format!("{prefix}{}", scope.id);
    Some(match scope.name.as_str() {
        "" => Message::meant(&id),
        name => msg!("warning-did-you-mean-scope", id = id, name = name),
    })
}

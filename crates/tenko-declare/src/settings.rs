//! How to get into AWS accounts, and what is read there.

use std::collections::BTreeSet;

use globset::Glob;
use tenko_core::{Catalog, Cloud, Region, ResourceType, ScopeId, msg};

use crate::context::{Context, Pos};
use crate::node::Node;
use crate::scopes;

/// How accounts are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discovery {
    /// All accounts of the organization.
    Organization,
    /// The accounts that are listed.
    Accounts,
    /// The caller's own account.
    Caller,
}

/// The `aws` section of a manifest. Everything is optional; `Default` is an absent section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsSettings {
    /// How accounts are found; `None` is the organization, or the caller's own account if it is
    /// in none.
    pub discovery: Option<Discovery>,
    /// The accounts for [`Discovery::Accounts`].
    pub accounts: Vec<ScopeId>,
    /// The role that is assumed in every account: its name, or path and name.
    pub role: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The name of the sessions.
    pub session_name: Option<String>,
    /// The source identity of the sessions.
    pub source_identity: Option<String>,
    /// The role for the caller's own account; `None` is the caller's own credentials.
    pub management_account_role: Option<String>,
    /// The regions that are read; `None` is every enabled region.
    pub regions: Option<BTreeSet<Region>>,
    /// Globs over the types that are read; empty is all.
    pub types: Vec<String>,
    /// Globs over types that are not read.
    pub skip_types: Vec<String>,
    /// Further types, read through Cloud Control.
    pub cloud_control: Vec<ResourceType>,
}

impl Discovery {
    /// The word in a manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Accounts => "accounts",
            Self::Caller => "caller",
        }
    }
}

/// Reads the section.
pub(crate) fn read(context: &mut Context<'_>, catalog: &Catalog, node: &Node) -> AwsSettings {
    let cloud_control = cloud_control(context, catalog, node.get("cloud_control"));
    let further: Vec<_> = cloud_control.iter().map(ResourceType::as_str).collect();
    let discovery = node.get("discovery").and_then(Node::text).and_then(|word| {
        [Discovery::Organization, Discovery::Accounts, Discovery::Caller]
            .into_iter()
            .find(|d| d.as_str() == word)
    });
    let mut text = |key: &str, extra: &str, most: usize| {
        let (node, text) = node.get(key).and_then(|n| Some((n, n.text()?)))?;
        check_name(context, node.pos, key, text, extra, most);
        Some(text.to_owned())
    };
    let settings = AwsSettings {
        discovery,
        // The characters are those of the IAM and STS API references.
        role: text("role", "/", 512),
        external_id: text("external_id", ":/", 1224),
        session_name: text("session_name", "", 64),
        source_identity: text("source_identity", "", 64),
        management_account_role: text("management_account_role", "/", 512),
        regions: node.get("regions").map(|n| regions(context, n)),
        types: globs(context, catalog, &Cloud::aws(), &further, node.get("types")),
        skip_types: globs(context, catalog, &Cloud::aws(), &further, node.get("skip_types")),
        cloud_control,
        accounts: accounts(context, catalog, node.get("accounts")),
    };
    check_accounts(context, node, discovery, settings.accounts.is_empty());
    settings
}

fn accounts(context: &mut Context<'_>, catalog: &Catalog, node: Option<&Node>) -> Vec<ScopeId> {
    let mut out = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(key) = scopes::of_node(context, catalog, item) else { continue };
        if key.cloud != Cloud::aws() {
            let help = "projects are listed below `google`";
            context.error(item.pos, format!("{key} is no AWS account")).help(help);
        } else if out.contains(&key.id) {
            context.error(item.pos, format!("the account {} is listed twice", key.id));
        } else {
            out.push(key.id);
        }
    }
    out
}

fn check_accounts(
    context: &mut Context<'_>,
    node: &Node,
    discovery: Option<Discovery>,
    none: bool,
) {
    let listed = discovery == Some(Discovery::Accounts);
    match node.entry("accounts") {
        Some((key, _)) if !listed => {
            let help = "write `discovery: accounts` to have these and no others";
            context.error(key.pos, "`accounts` has no meaning for this discovery").help(help);
        }
        found if listed && none => {
            let at = found.or_else(|| node.entry("discovery")).map_or(node.pos, |(key, _)| key.pos);
            context.error(at, "`discovery: accounts` needs the accounts below `accounts`");
        }
        _ => {}
    }
}

/// Reports what an IAM or STS name cannot hold; `extra` is what it can beside letters, digits and
/// `_+=,.@-`.
pub(crate) fn check_name(
    context: &mut Context<'_>,
    pos: Pos,
    key: &str,
    text: &str,
    extra: &str,
    most: usize,
) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c) || extra.contains(c);
    if text.starts_with("arn:") && key.ends_with("role") {
        let help = "write the role's name, or path and name: it is looked up in every account";
        context.error(pos, format!("`{key}` takes no ARN")).help(help);
    } else if let Some(bad) = text.chars().find(|c| !allowed(*c)) {
        context.error(pos, format!("`{key}` cannot hold the character {bad:?}"));
    } else if text.len() < 2 && !key.ends_with("role") || text.len() > most {
        context.error(pos, format!("`{key}` must have 2 to {most} characters"));
    }
}

/// Reads a list of regions.
pub(crate) fn regions(context: &mut Context<'_>, node: &Node) -> BTreeSet<Region> {
    if node.items().is_empty() && matches!(node.kind, crate::node::Kind::Seq(_)) {
        let help = "leave it out to read every enabled region";
        context.error(node.pos, "the list of regions is empty").help(help);
    }
    let mut out = BTreeSet::new();
    for item in node.items() {
        let Some(text) = item.text() else { continue };
        check_region(context, item.pos, text);
        out.insert(Region::new(text));
    }
    out
}

/// Regions come and go, so only the form is checked: `eu-central-1`, `europe-west3`, `us`.
pub(crate) fn check_region(context: &mut Context<'_>, pos: Pos, text: &str) {
    if !is_region(text) {
        let help = "write it as the provider does: `eu-central-1`, `europe-west3`";
        context.error(pos, format!("`{text}` is no region")).help(help);
    }
}

/// Whether a text can be a region's name.
pub(crate) fn is_region(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Globs over the types of one cloud.
pub(crate) fn globs(
    context: &mut Context<'_>,
    catalog: &Catalog,
    cloud: &Cloud,
    further: &[&str],
    node: Option<&Node>,
) -> Vec<String> {
    let of_cloud = |own: bool| {
        let types = catalog.iter().filter(move |info| (info.cloud == *cloud) == own);
        types.map(|info| info.resource_type.as_str())
    };
    let names: Vec<_> = of_cloud(true).chain(further.iter().copied()).collect();
    let mut out = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        let Some(glob) = glob(context, item.pos, text) else { continue };
        let matcher = glob.compile_matcher();
        out.push(text.to_owned());
        if names.iter().any(|name| matcher.is_match(name)) {
            continue;
        }
        if of_cloud(false).any(|name| matcher.is_match(name)) {
            let help = msg!("warning-type-other-cloud-help");
            context.warn(item.pos, msg!("warning-type-other-cloud", glob = text)).help(help);
        } else {
            unmatched(context, &names, item.pos, text);
        }
    }
    out
}

/// Warns of a glob that can be read and that no known type matches.
pub(crate) fn type_glob(
    context: &mut Context<'_>,
    catalog: &Catalog,
    further: &[&str],
    pos: Pos,
    text: &str,
) {
    let Some(glob) = glob(context, pos, text) else { return };
    let matcher = glob.compile_matcher();
    let names: Vec<_> = catalog.iter().map(|info| info.resource_type.as_str()).collect();
    if !names.iter().chain(further).any(|name| matcher.is_match(name)) {
        let names: Vec<_> = names.into_iter().chain(further.iter().copied()).collect();
        unmatched(context, &names, pos, text);
    }
}

fn unmatched(context: &mut Context<'_>, names: &[&str], pos: Pos, text: &str) {
    let meant = context.closest(text, names.iter().copied());
    context.warn(pos, msg!("warning-type-glob", glob = text)).did_you_mean(meant);
}

/// Reads a glob.
pub(crate) fn glob(context: &mut Context<'_>, pos: Pos, text: &str) -> Option<Glob> {
    match Glob::new(text) {
        Ok(glob) => Some(glob),
        Err(error) => {
            context.error(pos, format!("`{text}` is no glob: {}", error.kind()));
            None
        }
    }
}

fn cloud_control(
    context: &mut Context<'_>,
    catalog: &Catalog,
    node: Option<&Node>,
) -> Vec<ResourceType> {
    let mut out = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        let parts: Vec<_> = text.split("::").collect();
        let named =
            |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
        if parts.len() != 3 || !parts.iter().all(named) {
            let help = if crate::google::is_asset_type(text) {
                "types of Google Cloud are listed in `google.asset_types`"
            } else {
                "write it as CloudFormation does: `AWS::Logs::LogGroup`"
            };
            context.error(item.pos, format!("`{text}` is no resource type")).help(help);
        } else if catalog.get(&ResourceType::new(text)).is_some_and(|i| !i.attributes.is_empty()) {
            let message = msg!("warning-cloud-control-known", type = text);
            context.warn(item.pos, message).help(msg!("warning-cloud-control-known-help"));
        } else if !out.iter().any(|known| *known == text) {
            out.push(ResourceType::new(text));
        }
    }
    out
}

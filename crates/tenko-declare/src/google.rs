//! How to get into Google Cloud projects, and what is read there.

use tenko_core::{Catalog, Cloud, ResourceType, ScopeId, msg};

use crate::context::Context;
use crate::node::Node;
use crate::settings::globs;
use crate::{placeholder, scopes};

/// How projects are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GoogleDiscovery {
    /// All projects of some organizations and folders.
    Organization,
    /// The projects that are listed.
    Projects,
    /// The credentials' own project.
    Caller,
}

/// Where resources are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GoogleSource {
    /// In Cloud Asset Inventory where whole organizations or folders are read, else from the
    /// services.
    Auto,
    /// In Cloud Asset Inventory only.
    AssetInventory,
    /// From each service; in Cloud Asset Inventory only what no service lists.
    Services,
}

/// The `google` section of a manifest. Everything is optional; `Default` is an absent section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoogleSettings {
    /// How projects are found; `None` is the organizations that can be seen (or `parents`), or
    /// the credentials' own project if there is none.
    pub discovery: Option<GoogleDiscovery>,
    /// Organizations and folders, as `organizations/123` and `folders/456`; empty is every
    /// organization that can be seen.
    pub parents: Vec<String>,
    /// The projects for [`GoogleDiscovery::Projects`].
    pub projects: Vec<ScopeId>,
    /// The service account that is impersonated; `{project}` in it stands for the project.
    pub impersonate: Option<String>,
    /// The service accounts between the credentials and that one; they may hold `{project}` too.
    pub delegates: Vec<String>,
    /// The project that calls are counted against; `None` is what the credentials say.
    pub quota_project: Option<String>,
    /// Where resources are read; `None` is [`GoogleSource::Auto`].
    pub source: Option<GoogleSource>,
    /// Globs over the types that are read; empty is all.
    pub types: Vec<String>,
    /// Globs over types that are not read.
    pub skip_types: Vec<String>,
    /// Further types, read through Cloud Asset Inventory.
    pub asset_types: Vec<ResourceType>,
}

impl GoogleDiscovery {
    /// The word in a manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Projects => "projects",
            Self::Caller => "caller",
        }
    }
}

impl GoogleSource {
    /// The word in a manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::AssetInventory => "asset_inventory",
            Self::Services => "services",
        }
    }
}

/// Reads the section.
pub(crate) fn read(context: &mut Context<'_>, catalog: &Catalog, node: &Node) -> GoogleSettings {
    use GoogleDiscovery::{Caller, Organization, Projects};
    use GoogleSource::{AssetInventory, Auto, Services};
    let word = |key: &str| node.get(key).and_then(Node::text);
    let asset_types = asset_types(context, catalog, node.get("asset_types"));
    let further: Vec<_> = asset_types.iter().map(ResourceType::as_str).collect();
    let settings = GoogleSettings {
        discovery: word("discovery")
            .and_then(|w| [Organization, Projects, Caller].into_iter().find(|d| d.as_str() == w)),
        parents: parents(context, node.get("parents")),
        projects: projects(context, node.get("projects")),
        impersonate: node.get("impersonate").and_then(|n| service_account(context, n)),
        delegates: delegates(context, node),
        quota_project: node.get("quota_project").and_then(|n| project(context, n)),
        source: word("source")
            .and_then(|w| [Auto, AssetInventory, Services].into_iter().find(|s| s.as_str() == w)),
        types: globs(context, catalog, &Cloud::gcp(), &further, node.get("types")),
        skip_types: globs(context, catalog, &Cloud::gcp(), &further, node.get("skip_types")),
        asset_types,
    };
    check_discovery(context, node, &settings);
    settings
}

/// What is given must have a meaning for the discovery that is asked for.
fn check_discovery(context: &mut Context<'_>, node: &Node, settings: &GoogleSettings) {
    let discovery = settings.discovery;
    let listed = discovery == Some(GoogleDiscovery::Projects);
    match node.entry("projects") {
        Some((key, _)) if !listed => {
            let help = "write `discovery: projects` to have these and no others";
            context.error(key.pos, "`projects` has no meaning for this discovery").help(help);
        }
        found if listed && settings.projects.is_empty() => {
            let at = found.or_else(|| node.entry("discovery")).map_or(node.pos, |(key, _)| key.pos);
            context.error(at, "`discovery: projects` needs the projects below `projects`");
        }
        _ => {}
    }
    let by_parents = matches!(discovery, None | Some(GoogleDiscovery::Organization));
    if let Some((key, _)) = node.entry("parents").filter(|_| !by_parents) {
        let help = "write `discovery: organization` to have all projects below them";
        context.error(key.pos, "`parents` has no meaning for this discovery").help(help);
    }
}

/// The text of every element of a list that is different from those before it.
pub(crate) fn texts<'n>(
    context: &mut Context<'_>,
    node: Option<&'n Node>,
) -> Vec<(&'n Node, &'n str)> {
    let mut out: Vec<(&Node, &str)> = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        if let Some((first, _)) = out.iter().find(|(_, known)| *known == text) {
            context.error(item.pos, format!("`{text}` is listed twice")).see(first.pos, "first");
        } else {
            out.push((item, text));
        }
    }
    out
}

fn parents(context: &mut Context<'_>, node: Option<&Node>) -> Vec<String> {
    let mut out = Vec::new();
    for (item, text) in texts(context, node) {
        let (kind, number) = text.split_once('/').unwrap_or(("", text));
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let help = match kind {
            "organizations" | "folders" if digits => {
                out.push(text.to_owned());
                continue;
            }
            "organizations" => {
                "an organization is named by its number: `gcloud organizations list` shows it"
                    .to_owned()
            }
            "folders" => "a folder is named by its number: `gcloud resource-manager folders list` \
                          shows it"
                .to_owned(),
            "organization" | "folder" if digits => format!("write `{kind}s/{number}`"),
            "projects" => "list projects below `projects`, with `discovery: projects`".to_owned(),
            _ if digits => format!("write `organizations/{number}` or `folders/{number}`"),
            _ => "write `organizations/NUMBER` or `folders/NUMBER`".to_owned(),
        };
        context.error(item.pos, format!("`{text}` is no organization or folder")).help(help);
    }
    out
}

fn projects(context: &mut Context<'_>, node: Option<&Node>) -> Vec<ScopeId> {
    let mut out: Vec<ScopeId> = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(id) = project(context, item) else { continue };
        if out.iter().any(|known| *known == *id) {
            context.error(item.pos, format!("the project {id} is listed twice"));
        } else {
            out.push(id.into());
        }
    }
    out
}

/// A project's id, with or without the `gcp:` that it has among `scopes`.
fn project(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    let id = text.strip_prefix("gcp:").unwrap_or(text);
    scopes::check_project(context, node.pos, id, "").then(|| id.to_owned())
}

fn delegates(context: &mut Context<'_>, node: &Node) -> Vec<String> {
    let Some((key, list)) = node.entry("delegates") else { return vec![] };
    if node.get("impersonate").is_none() {
        let help = "`impersonate` names the service account that they lead to";
        context.error(key.pos, "`delegates` has no meaning without `impersonate`").help(help);
    }
    let items = texts(context, Some(list));
    items.into_iter().filter_map(|(item, _)| service_account(context, item)).collect()
}

/// A service account's e-mail address, which may hold `{project}`.
pub(crate) fn service_account(context: &mut Context<'_>, node: &Node) -> Option<String> {
    const FORM: &str = "write it as `NAME@PROJECT.iam.gserviceaccount.com`";
    let (pos, text) = (node.pos, node.text()?);
    if let Some(word) = placeholder::words(text).into_iter().find(|word| *word != "project") {
        let report = context.error(pos, format!("unknown placeholder `{{{word}}}`"));
        report.help("here only `{project}` stands for something: the project's id");
        return None;
    }
    let mut bad = |message: String, help: &str| {
        context.error(pos, message).help(help);
        None::<String>
    };
    if let Some((_, rest)) = text.split_once(':').filter(|(kind, _)| *kind == "serviceAccount") {
        return bad(format!("`{text}` is no e-mail address"), &format!("write `{rest}`"));
    }
    let Some((name, domain)) = text.split_once('@') else {
        return bad(format!("`{text}` is no e-mail address"), FORM);
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._{}".contains(c);
    if let Some(c) = name.chars().chain(domain.chars()).find(|c| !plain(*c)) {
        return bad(format!("a service account's e-mail address cannot hold {c:?}"), FORM);
    }
    let known = domain.strip_suffix("gserviceaccount.com").is_some_and(|d| d.ends_with('.'));
    if name.is_empty() || !known {
        return bad(format!("`{text}` is no service account"), FORM);
    }
    Some(text.to_owned())
}

fn asset_types(
    context: &mut Context<'_>,
    catalog: &Catalog,
    node: Option<&Node>,
) -> Vec<ResourceType> {
    let mut out = Vec::new();
    for (item, text) in texts(context, node) {
        let built_in = catalog.get(&ResourceType::new(text));
        if !is_asset_type(text) {
            let asset_types = catalog.iter().filter(|info| info.cloud == Cloud::gcp());
            let meant = context.closest(text, asset_types.map(|i| i.resource_type.as_str()));
            let help = match meant {
                Some(meant) => format!("`{meant}` is read without being named here"),
                None => "write it as Cloud Asset Inventory does: `compute.googleapis.com/Image`"
                    .to_owned(),
            };
            context.error(item.pos, format!("`{text}` is no resource type")).help(help);
        } else if built_in.is_some_and(|info| !info.attributes.is_empty()) {
            context
                .warn(item.pos, msg!("warning-asset-type-known", type = text))
                .help(msg!("warning-asset-type-known-help"));
        } else {
            out.push(ResourceType::new(text));
        }
    }
    out
}

/// Whether a text has the form of a type's name in Cloud Asset Inventory.
pub(crate) fn is_asset_type(text: &str) -> bool {
    let Some((service, name)) = text.split_once(".googleapis.com/") else { return false };
    let of_service = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    !service.is_empty()
        && service.bytes().all(of_service)
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

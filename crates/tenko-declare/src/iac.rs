//! Where infrastructure code keeps what it manages: the `iac` lists of environments and baselines.

use tenko_core::{AttrPath, Cloud, IacOwner, ScopeKey, Segment, Source, msg};

use crate::context::{Context, Pos};
use crate::expectation::source;
use crate::location::{self, HttpAuth, IacLocation};
use crate::node::{Kind, Node};
use crate::placeholder::{self, Fill};
use crate::{scopes, suggest};

/// One source of infrastructure code that a manifest or a user names. It may stand for several
/// documents: a folder, a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IacSource {
    /// The environment that lists it; null for one that was named by hand.
    pub owner: Option<IacOwner>,
    /// The place in the manifest; null for one that was named by hand. Paths are relative to the
    /// folder of the file that this names.
    pub place: Option<Source>,
    /// Where the documents are.
    pub location: IacLocation,
}

/// A source before placeholders are filled in.
pub(crate) struct Template {
    location: IacLocation,
    pos: Pos,
    source: Source,
    /// What it differs by, beside the environment.
    per: Option<Cloud>,
}

/// The environment that templates are filled in for.
pub(crate) struct Place<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) stage: &'a str,
    pub(crate) scopes: &'a [ScopeKey],
    pub(crate) pos: Pos,
}

/// Reads the list of an environment or a baseline.
pub(crate) fn templates(
    context: &mut Context<'_>,
    node: &Node,
    address: &AttrPath,
) -> Vec<Template> {
    let under = address.join("iac");
    let items = node.get("iac").map(Node::items).unwrap_or_default().iter().enumerate();
    let read = |(i, item)| {
        hide_secrets(context, item);
        template(context, item, &under.with(Segment::Index(i)))
    };
    items.filter_map(read).collect()
}

fn template(context: &mut Context<'_>, item: &Node, address: &AttrPath) -> Option<Template> {
    let node = item.get("terraform")?;
    let location = match &node.kind {
        Kind::Map(_) => workspace(context, item, node)?,
        _ => written(context, item, node)?,
    };
    let mut used = Vec::new();
    for text in location.texts() {
        placeholder::check(context, node.pos, text);
        used.extend(placeholder::words(text));
    }
    if used.contains(&"region") {
        let help =
            "placeholders here are {tenant}, {environment}, {stage}, {account} and {project}";
        context.error(node.pos, "`{region}` has no value here").help(help);
        return None;
    }
    let per = match (used.contains(&"account"), used.contains(&"project")) {
        (true, true) => {
            let help = "write two entries, one with each";
            context.error(node.pos, "no place is both an account's and a project's").help(help);
            return None;
        }
        (true, false) => Some(Cloud::aws()),
        (false, true) => Some(Cloud::gcp()),
        (false, false) => None,
    };
    Some(Template { location, pos: node.pos, source: source(context, item.pos, address), per })
}

/// A place that is written as text, with the variables of its credentials.
fn written(context: &mut Context<'_>, item: &Node, node: &Node) -> Option<IacLocation> {
    let text = node.text()?;
    let mut location = match location::parse(text) {
        Ok(location) => location,
        Err(error) => {
            context.error(node.pos, error.to_string()).help(error.help());
            return None;
        }
    };
    let variables = ["token_env", "user_env", "password_env"].map(|key| {
        let (key, value) = item.entry(key)?;
        Some((key.pos, variable(context, value)))
    });
    let named = |i: usize| variables.get(i).cloned().flatten();
    let (token, user, password) = (named(0), named(1), named(2));
    let Some(first) = token.as_ref().or(user.as_ref()).or(password.as_ref()).map(|(pos, _)| *pos)
    else {
        return Some(location);
    };
    match &mut location {
        IacLocation::Http { url, auth } => {
            *auth = match (token, user, password) {
                (Some((_, token)), None, None) => HttpAuth::Bearer { token_env: token? },
                (None, Some((_, user)), Some((_, password))) => {
                    HttpAuth::Basic { user_env: user?, password_env: password? }
                }
                (Some(_), ..) => {
                    let help = "keep the one that the server asks for";
                    context.error(first, "a token and a user are given").help(help);
                    return None;
                }
                _ => {
                    let message = "`user_env` and `password_env` go together";
                    context.error(first, message);
                    return None;
                }
            };
            if url.starts_with("http://") && !location::is_loopback(url) {
                let help = msg!("warning-unencrypted-help");
                context.warn(node.pos, msg!("warning-unencrypted")).help(help);
            }
        }
        IacLocation::Workspace { token_env, .. } => match token {
            Some((_, token)) => *token_env = Some(token?),
            None => {
                let help = "write `token_env`";
                context.error(first, "a workspace is read with a token").help(help);
                return None;
            }
        },
        IacLocation::Object { .. } => {
            let message =
                "objects are read with the credentials that the cloud itself is read with";
            context.error(first, message).help("remove the variable");
        }
        IacLocation::Path { .. } => {
            context.error(first, "a file needs no credentials").help("remove the variable");
        }
    }
    Some(location)
}

fn workspace(context: &mut Context<'_>, item: &Node, node: &Node) -> Option<IacLocation> {
    for key in ["token_env", "user_env", "password_env"] {
        if let Some((found, _)) = item.entry(key) {
            let message = format!("`{key}` stands beside the workspace");
            let help = "write `token_env` into the map of the workspace";
            context.error(found.pos, message).help(help);
        }
    }
    let token_env = match node.get("token_env") {
        Some(value) => Some(variable(context, value)?),
        None => None,
    };
    let host = node.get("host").and_then(|n| Some((n.pos, n.text()?)));
    if let Some((pos, host)) = host.filter(|(_, host)| !location::is_host(host)) {
        let help = "write its name alone, such as `app.terraform.io` or `tfe.example.com`";
        context.error(pos, format!("`{host}` is no host")).help(help);
        return None;
    }
    Some(IacLocation::Workspace {
        host: host.map_or(location::HCP_HOST, |(_, host)| host).to_ascii_lowercase(),
        organization: node.text_of("organization")?,
        workspace: node.text_of("workspace")?,
        token_env,
    })
}

/// The name of a variable. What is none may be the secret itself, so it is never quoted.
fn variable(context: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = node.text()?;
    if location::is_variable(text) {
        return Some(text.to_owned());
    }
    let help = "put the secret into an environment variable, and write that variable's name here";
    context.error(node.pos, "this is no name of an environment variable").help(help);
    None
}

/// Keeps lines that may hold a secret out of what is shown.
fn hide_secrets(context: &mut Context<'_>, item: &Node) {
    if item.text().is_some_and(location::may_hold_secret) {
        context.hide(item.pos);
    }
    let inner = item.get("terraform").map(Node::entries).unwrap_or_default();
    for (key, value) in item.entries().iter().chain(inner) {
        let text = value.text().unwrap_or_default();
        let known = match key.text.as_str() {
            "organization" | "workspace" | "host" => true,
            "token_env" | "user_env" | "password_env" => location::is_variable(text),
            "terraform" | "url" | "path" | "state" | "cloudformation" => {
                !location::may_hold_secret(text)
            }
            word => suggest::closest(word, ["terraform", "token_env", "user_env", "password_env"])
                .is_some_and(|meant| meant == "terraform" && !location::may_hold_secret(text)),
        };
        if !known {
            context.hide(key.pos);
            context.hide(value.pos);
        }
    }
}

impl Template {
    /// The sources that this stands for in one environment.
    pub(crate) fn fill(&self, context: &mut Context<'_>, place: &Place<'_>) -> Vec<IacSource> {
        let owner =
            || IacOwner { tenant: place.tenant.into(), environment: place.environment.into() };
        let filled = |id: &str| {
            let with = Fill {
                tenant: place.tenant,
                environment: place.environment,
                stage: place.stage,
                account: id,
                project: id,
                region: "",
            };
            let location = self.location.filled(&with);
            IacSource { owner: Some(owner()), place: Some(self.source.clone()), location }
        };
        let Some(cloud) = &self.per else { return vec![filled("")] };
        let ids = place.scopes.iter().filter(|scope| scope.cloud == *cloud);
        let found: Vec<_> = ids.map(|scope| filled(scope.id.as_str())).collect();
        if found.is_empty() && !place.scopes.is_empty() {
            let noun = scopes::noun(cloud);
            let message = format!(
                "`{{{noun}}}` stands for each {noun} of the environment, and `{}` has none",
                place.environment
            );
            context.error(self.pos, message).see(place.pos, "the environment");
        }
        found
    }
}

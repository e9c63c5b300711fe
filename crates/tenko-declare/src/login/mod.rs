//! How people log in, read-only: the `login` section, and what environments say of it.

mod external_id;
mod values;

use std::collections::BTreeSet;

use tenko_core::{
    AwsLogin, Catalog, Cloud, DataLevel, Declaration, Environment, EnvironmentLogin, GoogleLogin,
    IdentityCenter, LoginSettings, Warning, msg,
};

use crate::context::Context;
use crate::node::Node;
use crate::{google, scopes};

pub(crate) use values::{region, role_arn};

/// Reads the section.
pub(crate) fn read(context: &mut Context<'_>, catalog: &Catalog, node: &Node) -> LoginSettings {
    let word = |key: &str| node.get(key).and_then(Node::text);
    LoginSettings {
        aws: node.get("aws").map(|n| aws(context, catalog, n)).unwrap_or_default(),
        google: node.get("google").map(|n| google(context, n)).unwrap_or_default(),
        ticket_required: word("ticket") == Some("required"),
        allow_unproven: word("unproven") == Some("allow"),
        production: word("production").and_then(warning).unwrap_or_default(),
    }
}

/// Reads what an environment of this tenant says, whose accounts and projects are known.
pub(crate) fn environment(
    context: &mut Context<'_>,
    node: Option<&Node>,
    tenant: &str,
    environment: &Environment,
) -> EnvironmentLogin {
    let Some(node) = node else { return EnvironmentLogin::default() };
    let of = &environment.scopes;
    // Without any, that is what is reported.
    let has = |cloud: &Cloud| of.is_empty() || of.iter().any(|scope| scope.cloud == *cloud);
    let of_aws = ["role", "external_id", "data"].map(|key| (key, Cloud::aws()));
    for (key, cloud) in of_aws.into_iter().chain([("impersonate", Cloud::gcp())]) {
        if let Some((at, _)) = node.entry(key).filter(|_| !has(&cloud)) {
            let report = context.warn(
                at.pos,
                if cloud == Cloud::gcp() {
                    msg!("warning-login-no-project", key = key)
                } else {
                    msg!("warning-login-no-account", key = key)
                },
            );
            match key {
                "role" => report.help(msg!("warning-login-role-help")),
                "data" => report.help(msg!("warning-login-data-help")),
                "impersonate" => report.help(msg!("warning-login-impersonate-help")),
                _ => report,
            };
        }
    }
    let external_id = external_id::read(context, node, "external_id", &external_id::NAMES);
    if let (Some(text), Some(n)) = (&external_id, node.get("external_id")) {
        external_id::check(context, n.pos, text, tenant, environment);
    }
    EnvironmentLogin {
        data: data(context, node.get("data")),
        external_id,
        role: values::role(context, node),
        impersonate: node.get("impersonate").and_then(|n| google::service_account(context, n)),
        warning: node.get("warning").and_then(Node::text).and_then(warning),
    }
}

fn warning(word: &str) -> Option<Warning> {
    match word {
        "off" => Some(Warning::Off),
        "banner" => Some(Warning::Banner),
        "confirm" => Some(Warning::Confirm),
        _ => None,
    }
}

fn data(context: &mut Context<'_>, node: Option<&Node>) -> BTreeSet<DataLevel> {
    let mut out = BTreeSet::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(level) = item.text().and_then(|word| word.parse().ok()) else { continue };
        if !out.insert(level) {
            context.error(item.pos, format!("`{level}` is listed twice"));
        }
    }
    out
}

fn aws(context: &mut Context<'_>, catalog: &Catalog, node: &Node) -> AwsLogin {
    if let (Some((first, _)), Some((key, _))) =
        (node.entry("profile"), node.entry("identity_center"))
    {
        context
            .error(key.pos, "credentials come from a profile or from IAM Identity Center, not both")
            .see(first.pos, "the profile")
            .help("keep one; a profile may itself sign in at an Identity Center");
    }
    if let Some((key, _)) = node.entry("hub_external_id").filter(|_| node.get("hub").is_none()) {
        let help = "the external id of the roles in the accounts is `external_id`";
        context.error(key.pos, "`hub_external_id` has no meaning without `hub`").help(help);
    }
    AwsLogin {
        role: values::role(context, node),
        hub: node.get("hub").and_then(|n| values::role_arn(context, n, "hub")),
        hub_external_id: external_id::read(context, node, "hub_external_id", &[]),
        external_id: external_id::read(context, node, "external_id", &external_id::NAMES),
        duration: values::duration(context, node),
        profile: node.get("profile").and_then(|n| values::profile(context, n)),
        identity_center: node
            .get("identity_center")
            .and_then(|n| identity_center(context, catalog, n)),
        region: node.get("region").and_then(|n| values::region(context, n)),
    }
}

fn identity_center(
    context: &mut Context<'_>,
    catalog: &Catalog,
    node: &Node,
) -> Option<IdentityCenter> {
    let start_url = node.get("start_url").and_then(|n| values::start_url(context, n));
    let region = node.get("region").and_then(|n| values::region(context, n));
    let account = node.get("account").and_then(|n| {
        let key = scopes::of_node(context, catalog, n)?;
        if key.cloud == Cloud::aws() {
            return Some(key.id.to_string());
        }
        let help = "IAM Identity Center is for AWS accounts: write 12 digits";
        context.error(n.pos, format!("{key} is no AWS account")).help(help);
        None
    });
    let role = node.get("role").and_then(|n| values::permission_set(context, n));
    Some(IdentityCenter { start_url: start_url?, region: region?, account: account?, role: role? })
}

fn google(context: &mut Context<'_>, node: &Node) -> GoogleLogin {
    let items = google::texts(context, node.get("delegates"));
    GoogleLogin {
        impersonate: node.get("impersonate").and_then(|n| google::service_account(context, n)),
        delegates: items
            .into_iter()
            .filter_map(|(item, _)| google::service_account(context, item))
            .collect(),
    }
}

/// Reports what can only be said when all environments are known. `node` is the section.
pub(crate) fn check_whole(context: &mut Context<'_>, node: &Node, declaration: &Declaration) {
    if let Some(at) = node.get("aws").and_then(|aws| aws.get("external_id")) {
        external_id::check_common(context, at.pos, declaration);
    }
}

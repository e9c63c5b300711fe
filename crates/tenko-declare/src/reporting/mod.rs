//! Reports: the `report` section.

mod values;

use std::collections::BTreeMap;

use tenko_core::{Declaration, Notify, Owner, Reporting, Schedule, msg};

use crate::context::Context;
use crate::location;
use crate::login;
use crate::node::{Kind, Node};
use crate::suggest;

/// What the section says.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) reporting: Reporting,
    /// The file of suppressions, as it is written.
    pub(crate) suppressions_file: Option<String>,
}

/// Reads the section.
pub(crate) fn read(context: &mut Context<'_>, node: &Node) -> Report {
    hide_secrets(context, "report", node);
    let empty = Node { pos: node.pos, kind: Kind::Null };
    let github = node.get("github").unwrap_or(&empty);
    let schedule = node.get("schedule").unwrap_or(&empty);
    let mut owners = BTreeMap::new();
    for (key, value) in node.get("owners").map(Node::entries).unwrap_or_default() {
        if key.text.is_empty() {
            context.error(key.pos, "an owner has no name");
        }
        if matches!(&value.kind, Kind::Map(entries) if entries.is_empty()) {
            context
                .warn(key.pos, msg!("warning-owner-empty", owner = &key.text))
                .help(msg!("warning-owner-empty-help"));
        }
        owners.insert(
            key.text.clone(),
            Owner {
                timezone: value.get("timezone").and_then(|n| values::zone(context, n)),
                lang: lang(value),
                slack_webhook: value.get("slack").and_then(|n| values::variable(context, n)),
            },
        );
    }
    let reporting = Reporting {
        lang: lang(node),
        timezone: node.get("timezone").and_then(|n| values::zone(context, n)),
        history: node.get("history").and_then(|n| values::history(context, n)),
        url: node.get("url").and_then(|n| values::url(context, n)),
        owners,
        notify: Notify {
            slack_webhook: node.get("slack").and_then(|n| values::variable(context, n)),
            github_repository: github
                .get("repository")
                .and_then(|n| values::repository(context, n)),
            github_label: github.get("label").and_then(|n| values::label(context, n)),
        },
        schedule: read_schedule(context, schedule),
    };
    let suppressions_file =
        node.get("suppressions").and_then(|n| values::file(context, n, "suppressions"));
    Report { reporting, suppressions_file }
}

fn lang(node: &Node) -> Option<String> {
    node.text_of("lang").filter(|word| ["en", "ja"].contains(&word.as_str()))
}

fn read_schedule(context: &mut Context<'_>, node: &Node) -> Schedule {
    let role = node.get("aws_role").and_then(|n| login::role_arn(context, n, "aws_role"));
    let region = node.get("aws_region").and_then(|n| login::region(context, n));
    let provider = node.get("google_provider").and_then(|n| values::provider(context, n));
    let account = node.get("google_service_account");
    Schedule {
        at: node.get("at").and_then(|n| values::time_of_day(context, n)),
        aws_role: role,
        aws_region: region,
        google_provider: provider,
        google_service_account: account.and_then(|n| values::service_account(context, n)),
        image: node.get("image").and_then(|n| values::image(context, n)),
    }
}

/// Keeps lines that may hold a secret out of what is shown: the URL of a webhook is one, and it is
/// easily written where its variable's name belongs, or below a key that is not known.
fn hide_secrets(context: &mut Context<'_>, key: &str, node: &Node) {
    /// Keys whose values are shown, unless they look as if they held a secret.
    const HARMLESS: [&str; 16] = [
        "lang",
        "timezone",
        "history",
        "url",
        "suppressions",
        "repository",
        "label",
        "at",
        "aws_role",
        "aws_region",
        "google_provider",
        "google_service_account",
        "image",
        "github",
        "schedule",
        "owners",
    ];
    match &node.kind {
        Kind::Text(text) => {
            let meant = suggest::closest(key, HARMLESS.into_iter().chain(["slack"]));
            let shown = match meant {
                Some(meant) if meant != "slack" => !values::may_hold_secret(text),
                _ => location::is_variable(text) && !values::may_hold_secret(text),
            };
            if !shown {
                context.hide_text(node.pos, text);
            }
        }
        Kind::Seq(items) => items.iter().for_each(|item| hide_secrets(context, key, item)),
        Kind::Map(entries) => {
            for (inner, value) in entries {
                if values::may_hold_secret(&inner.text) {
                    context.hide_text(inner.pos, &inner.text);
                }
                hide_secrets(context, &inner.text, value);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(..) => {}
    }
}

/// Warns of owners that nothing names; `node` is the section.
pub(crate) fn check_whole(context: &mut Context<'_>, node: &Node, declaration: &Declaration) {
    let of_tenants = declaration.tenants.iter().filter_map(|t| t.owner.as_deref());
    let of_environments = declaration.environments().filter_map(|(_, e)| e.owner.as_deref());
    let of_suppressions = declaration.rules.suppressions.iter().filter_map(|s| s.owner.as_deref());
    let known: Vec<&str> = of_tenants.chain(of_environments).chain(of_suppressions).collect();
    for (key, _) in node.get("owners").map(Node::entries).unwrap_or_default() {
        let named = known.contains(&key.text.as_str()) || key.text.is_empty();
        if !named {
            let meant = context.closest(&key.text, known.iter().copied());
            let message = msg!("warning-owner-unused", owner = &key.text);
            context.warn(key.pos, message).did_you_mean(meant);
        }
    }
}

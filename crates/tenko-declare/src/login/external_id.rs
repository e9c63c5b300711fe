//! External ids, and what becomes of their placeholders.

use std::collections::BTreeSet;

use tenko_core::{Cloud, Declaration, Environment, ScopeKey, msg};

use crate::baseline::EXAMPLE;
use crate::context::{Context, Pos};
use crate::node::Node;
use crate::placeholder::{self, Fill};
use crate::shape::either;
use crate::suggest;

/// What is filled into external ids.
pub(super) const NAMES: [&str; 4] = ["tenant", "environment", "stage", "account"];
/// The lengths of external ids (AWS STS, AssumeRole).
const LENGTH: std::ops::RangeInclusive<usize> = 2..=1224;

fn can_hold(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c)
}

/// An external id; these placeholders may stand in it.
pub(super) fn read(
    context: &mut Context<'_>,
    node: &Node,
    key: &str,
    names: &[&str],
) -> Option<String> {
    let (pos, text) = node.get(key).and_then(|n| Some((n.pos, n.text()?)))?;
    let unknown = placeholder::words(text).into_iter().find(|word| !names.contains(word));
    if let Some(word) = unknown {
        let meant = suggest::closest(word, names.iter().copied()).map(|name| format!("{{{name}}}"));
        let report = context.error(pos, format!("unknown placeholder `{{{word}}}`"));
        match meant {
            Some(meant) => report.did_you_mean(Some(&meant)),
            None if names.is_empty() => report.help(format!("nothing is filled into `{key}`")),
            None => report.help(format!("placeholders are {} here", either(names))),
        };
        return None;
    }
    // What is filled in for real is checked with the environments.
    let example = placeholder::fill(text, &EXAMPLE);
    if let Some(bad) = example.chars().find(|c| !can_hold(*c)) {
        context.error(pos, format!("`{key}` cannot hold the character {bad:?}"));
    } else if text.len() < *LENGTH.start() || example.len() > *LENGTH.end() {
        let (least, most) = (LENGTH.start(), LENGTH.end());
        context.error(pos, format!("`{key}` must have {least} to {most} characters"));
    }
    Some(text.to_owned())
}

/// Reports what placeholders make of the common external id in environments that have none of
/// their own, where it is none.
pub(super) fn check_common(context: &mut Context<'_>, pos: Pos, declaration: &Declaration) {
    let Some(text) = declaration.login.aws.external_id.as_deref() else { return };
    let mut users = BTreeSet::new();
    for (tenant, environment) in declaration.environments() {
        if environment.login.external_id.is_none()
            && check(context, pos, text, &tenant.id, environment)
        {
            users.insert(&tenant.id);
        }
    }
    let alike = !placeholder::uses(text, "tenant") && !placeholder::uses(text, "account");
    if alike && users.len() > 1 {
        let help = msg!("warning-external-id-shared-help");
        context.warn(pos, msg!("warning-external-id-shared")).help(help);
    }
}

/// Reports what placeholders make of an external id in one environment, where it is none. Whether
/// the environment has an account to use it in.
pub(super) fn check(
    context: &mut Context<'_>,
    pos: Pos,
    text: &str,
    tenant: &str,
    environment: &Environment,
) -> bool {
    let mut accounts =
        environment.scopes.iter().filter(|scope| scope.cloud == Cloud::aws()).peekable();
    let any = accounts.peek().is_some();
    accounts.for_each(|account| check_one(context, pos, text, tenant, environment, account));
    any
}

fn check_one(
    context: &mut Context<'_>,
    pos: Pos,
    text: &str,
    tenant: &str,
    environment: &Environment,
    account: &ScopeKey,
) {
    let stage = environment.stage.as_deref().unwrap_or(&environment.name);
    let with = Fill {
        tenant,
        environment: &environment.name,
        stage,
        account: account.id.as_str(),
        project: "",
        region: "",
    };
    let filled = placeholder::fill(text, &with);
    let example = placeholder::fill(text, &EXAMPLE);
    let label = format!("{tenant}/{}", environment.name);
    // What the text itself holds was reported.
    let known = |c: char| can_hold(c) || text.contains(c);
    if let Some(bad) = filled.chars().find(|c| !known(*c)) {
        let message = format!(
            "`external_id` cannot hold the character {bad:?}, which it gets from `{label}`"
        );
        let help = "give that environment an `external_id` of its own, or use `{account}`";
        context.error(pos, message).help(help);
    } else if filled.len() > *LENGTH.end() && example.len() <= *LENGTH.end() {
        let most = LENGTH.end();
        context.error(pos, format!("`external_id` of `{label}` has more than {most} characters"));
    } else if filled.len() < *LENGTH.start() && text.len() >= *LENGTH.start() {
        context.error(pos, format!("`external_id` of `{label}` has one character only"));
    }
}

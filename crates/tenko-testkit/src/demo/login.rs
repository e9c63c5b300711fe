//! The roles that people log in with: one in every account, and the hub that they all trust.
//!
//! They answer STS and what IAM says of one role, and are in no list of roles: an audit of this
//! organization tells another story, and would find eleven more roles that nobody declared.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::org::MANAGEMENT;
use crate::sim::{Account, Role};

/// The role in every account, as the manifest names it.
const ROLE: &str = "TenkoReadOnly";
/// The role that is assumed first.
const HUB: &str = "TenkoHub";
/// The account that lets people read its logs.
const READS_LOGS: &str = "333333333301";
/// The account whose role was made by hand, long ago: it trusts everybody, and asks for nothing.
const HAND_MADE: &str = "555555555501";

/// What a login's role is attached and denied, as `tenko bootstrap` makes it: the demo has a copy,
/// since nothing here may know how tenko comes by it.
const POLICY: &str = include_str!("login_policy.json");

/// Gives an account its role; the caller's account gets the hub too.
pub(super) fn add(account: &mut Account, caller: &str) {
    let hub = format!("arn:aws:iam::{MANAGEMENT}:role/{HUB}");
    if account.id == MANAGEMENT {
        account.roles.push(Role { trusted: vec![caller.to_owned()], ..Role::new(HUB) });
    }
    let levels: &[&str] = if account.id == READS_LOGS { &["logs"] } else { &[] };
    let (managed, deny) = policy(levels);
    let role = match account.id.as_str() {
        HAND_MADE => Role { attached: managed, ..Role::new(ROLE) },
        id => Role {
            trusted: vec![hub],
            external_id: Some(format!("tenko-{}-{id}", tenant(id))),
            requires_source_identity: true,
            attached: managed,
            inline: BTreeMap::from([(ROLE.to_owned(), deny)]),
            ..Role::new(ROLE)
        },
    };
    account.roles.push(role);
}

/// Whose an account is.
fn tenant(account: &str) -> &'static str {
    match account.get(..1) {
        Some("3") => "acme",
        Some("4") => "globex",
        Some("5") => "initech",
        _ => "platform",
    }
}

/// The managed policies, and the document of what is denied.
fn policy(levels: &[&str]) -> (Vec<String>, Value) {
    let source: Value = serde_json::from_str(POLICY).unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let names = |value: &Value| -> Vec<String> {
        list(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let part = |name: &str| source.get(name).cloned().unwrap_or_default();
    let mut managed = names(&part("managed"));
    let mut denies = list(&part("always"));
    let mut but = Vec::new();
    for level in list(&part("levels")) {
        let field = |name: &str| level.get(name).cloned().unwrap_or_default();
        if levels.iter().any(|asked| field("level") == *asked) {
            managed.extend(names(&field("managed")));
            but.extend(list(&field("but")));
        } else {
            denies.push(field("deny"));
        }
    }
    let mut other = part("other");
    if let Some(Value::Array(actions)) = other.get_mut("Action") {
        actions.extend(but);
    }
    denies.push(other);
    let statement = denies.into_iter().map(|deny| {
        json!({
            "Sid": deny.get("Sid"), "Effect": "Deny", "Action": deny.get("Action"),
            "Resource": "*",
        })
    });
    let document = json!({ "Version": "2012-10-17", "Statement": statement.collect::<Vec<_>>() });
    let arn = |name: String| format!("arn:aws:iam::aws:policy/{name}");
    (managed.into_iter().map(arn).collect(), document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_denied_actions_are_there() {
        let (managed, none) = policy(&[]);
        assert_eq!(managed.len(), 2);
        let (with, logs) = policy(&["logs"]);
        assert!(with.iter().any(|arn| arn.ends_with("/CloudWatchLogsReadOnlyAccess")));
        let count = |document: &Value| document["Statement"].as_array().unwrap().len();
        assert_eq!(count(&none), count(&logs) + 1);
        assert!(none.to_string().contains("logs:F") && !logs.to_string().contains("logs:F"));
        let full = |statement: &Value| !statement["Action"].as_array().unwrap().is_empty();
        assert!(none["Statement"].as_array().unwrap().iter().all(full));
    }
}

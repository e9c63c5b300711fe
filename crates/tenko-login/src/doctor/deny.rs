//! Whether the role itself denies what its sessions are denied.
//!
//! Sessions of logins have the same denies again. The role's own are for everyone else who can be the hub,
//! and can have a session of the role without a session policy.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenko_core::DataLevel;
use tenko_iam::access::{self, Action, Kind};
use tenko_iam::{Caller, Certainty, Decision, Document, Keys, Outcome, Reason, Request, evaluate};

use super::grants::some;
use super::{AGAIN, Remark, Severity};
use crate::bootstrap::Role;
use crate::policy::SessionPolicy;

/// Whether everything is denied that a role of ours denies, and nothing that it must not.
pub(super) fn denied(expected: &Role, documents: &[Document], is_whole: bool) -> Vec<Remark> {
    let ours = expected.inline();
    let (Some(wanted), Ok(document)) = (denies(&ours), Document::parse(&ours)) else {
        let why = "it is not a list of actions";
        return vec![Remark::unread("what the role is to deny", why)];
    };
    // What was not read may deny it.
    let severity = if is_whole { Severity::Error } else { Severity::Unknown };
    let mut remarks = Vec::new();
    let named: Vec<_> = access::actions()
        .iter()
        .map(|action| action.name)
        .filter(|action| is_denied(std::slice::from_ref(&document), action, "*"))
        .collect();
    let leaks: Vec<_> =
        named.iter().copied().filter(|action| !is_denied(documents, action, "*")).collect();
    let missing: BTreeSet<_> = wanted
        .iter()
        .filter(|(action, resource)| !is_denied(documents, action, resource))
        .map(|(action, _)| action.as_str())
        .collect();
    // Patterns of which no action is known by name must be there as they are.
    let (differ, lack): (BTreeSet<_>, BTreeSet<_>) =
        missing.iter().copied().partition(|pattern| named.iter().any(|one| is_of(one, pattern)));
    let gone: Vec<_> = leaks.iter().copied().chain(lack).collect();
    if leaks.len() == named.len() {
        let message = "it denies nothing of what no login may do";
        remarks.push(Remark::new(severity, "deny_missing", message, AGAIN));
    } else if !gone.is_empty() {
        let message = format!("it does not deny {}", some(gone.into_iter()));
        remarks.push(Remark::new(severity, "deny_weaker", message, AGAIN));
    } else if !differ.is_empty() {
        let message = format!("it does not deny all of {}", some(differ.into_iter()));
        remarks.push(Remark::new(Severity::Warning, "deny_differs", message, AGAIN));
    }
    for (level, actions) in of_levels(expected, &wanted) {
        let denied: Vec<_> = actions
            .iter()
            .filter(|(action, resource)| is_denied(documents, action, resource))
            .map(|(action, _)| action.as_str())
            .collect();
        if !denied.is_empty() {
            let message = format!(
                "{level} are declared, and it denies {}: no login sees them",
                some(denied.into_iter())
            );
            remarks.push(Remark::new(Severity::Warning, "level_denied", message, AGAIN));
        }
    }
    remarks
}

/// What the role may do that gives something away: by what it has besides what logins need, or by too
/// little that is denied.
pub(super) fn gives_away(
    expected: &Role,
    own: &[Document],
    looking: &[&Document],
    is_whole: bool,
) -> Vec<Remark> {
    let declared = |action: &Action| matches!(action.kind, Kind::Data(Some(level)) if expected.levels().contains(&level));
    let (mut surely, mut perhaps) = (Vec::new(), Vec::new());
    for action in access::actions().iter().filter(|action| !declared(action)) {
        // Most is denied by what is short.
        if is_denied(own, action.name, "*") {
            continue;
        }
        let decision = ask(own.iter().chain(looking.iter().copied()), action.name, "*");
        if decision.outcome != Outcome::Allowed {
            continue;
        }
        // On some resources is bad enough. What was not read may deny it.
        let is_sure = match &decision.certainty {
            Certainty::Certain => true,
            Certainty::Possible(why) => why.iter().all(|why| matches!(why, Reason::Resource(_))),
        };
        if is_sure && is_whole { surely.push(action.name) } else { perhaps.push(action.name) }
    }
    let remark = |severity, may: &str, of: Vec<&str>| {
        let message = format!(
            "it {may} do what gives out credentials, sessions or data that is not declared: {}",
            some(of.iter().copied())
        );
        (!of.is_empty()).then(|| Remark::new(severity, "gives_away", message, AGAIN))
    };
    let surely = remark(Severity::Error, "can", surely);
    surely.into_iter().chain(remark(Severity::Unknown, "can perhaps", perhaps)).collect()
}

fn ask<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    action: &str,
    resource: &str,
) -> Decision {
    let keys = Keys::new();
    evaluate(documents, &Request { caller: Caller::Unknown, action, resource, keys: &keys })
}

fn is_denied(documents: &[Document], action: &str, resource: &str) -> bool {
    ask(documents, action, resource).outcome == Outcome::Denied
}

/// Whether an action is one of those that a pattern is about.
fn is_of(action: &str, pattern: &str) -> bool {
    let deny = json!({ "Effect": "Deny", "Action": pattern, "Resource": "*" });
    let document = Document::parse(&json!({ "Version": "2012-10-17", "Statement": deny }));
    document.is_ok_and(|document| is_denied(std::slice::from_ref(&document), action, "*"))
}

/// An action and a resource, both patterns.
type Denied = (String, String);

/// What a document of ours denies; `None` where it has another form than ours have.
fn denies(document: &Value) -> Option<BTreeSet<Denied>> {
    let mut all = BTreeSet::new();
    for statement in document.get("Statement")?.as_array()? {
        let statement = statement.as_object()?;
        let known = |key: &String| matches!(key.as_str(), "Sid" | "Effect" | "Action" | "Resource");
        if statement.get("Effect")? != "Deny" || !statement.keys().all(known) {
            return None;
        }
        let resources = texts(statement.get("Resource")?)?;
        for action in texts(statement.get("Action")?)? {
            all.extend(resources.iter().map(|on| (action.to_owned(), (*on).to_owned())));
        }
    }
    (!all.is_empty()).then_some(all)
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// What would be denied if one of the declared levels were not declared.
fn of_levels(expected: &Role, wanted: &BTreeSet<Denied>) -> Vec<(DataLevel, BTreeSet<Denied>)> {
    let one = |level: &DataLevel| {
        let mut fewer = expected.levels().clone();
        fewer.remove(level);
        let more = denies(&serde_json::from_str(SessionPolicy::new(&fewer).ok()?.inline()).ok()?)?;
        Some((*level, more.difference(wanted).cloned().collect()))
    };
    expected.levels().iter().filter_map(one).collect()
}

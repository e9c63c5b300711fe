//! What the role may do, and what it is denied.

use std::collections::BTreeSet;

use serde_json::Value;
use tenko_iam::{Admin, Document, Effect, is_admin, managed, managed_admin};

use super::deny::{denied, gives_away};
use super::{AGAIN, Attached, LiveRole, Remark, Severity};
use crate::bootstrap::Role;

/// How many of many are named.
const NAMED: usize = 5;

/// What is wrong with a role's policies.
pub(super) fn judge(expected: &Role, live: &LiveRole) -> Vec<Remark> {
    let mut found = Found { is_whole: true, ..Found::default() };
    match &live.managed {
        Ok(attached) => found.attached(expected, attached),
        Err(why) => found.unread("the list of attached policies", why),
    }
    match &live.inline {
        Ok(policies) => {
            for (name, policy) in policies {
                found.inline(name, policy);
            }
        }
        Err(why) => found.unread("the inline policies", why),
    }
    let Found { own, looking, is_whole, mut remarks } = found;
    let arns = live.managed.iter().flatten().map(|one| one.arn.as_str());
    remarks.extend(administrator(arns, &own));
    remarks.extend(denied(expected, &own, is_whole));
    remarks.extend(gives_away(expected, &own, &looking, is_whole));
    remarks
}

/// What was found on the role.
#[derive(Default)]
struct Found {
    /// The documents of inline policies, and of attached ones that logins do not need.
    own: Vec<Document>,
    /// Those of attached ones that logins need.
    looking: Vec<&'static Document>,
    /// Whether nothing was left unread.
    is_whole: bool,
    remarks: Vec<Remark>,
}

impl Found {
    fn unread(&mut self, what: &str, why: &str) {
        self.is_whole = false;
        self.remarks.push(Remark::unread(what, why));
    }

    fn attached(&mut self, expected: &Role, attached: &[Attached]) {
        let wanted: BTreeSet<_> = expected.managed().into_iter().collect();
        let there: BTreeSet<_> = attached.iter().map(|one| one.arn.clone()).collect();
        for arn in wanted.difference(&there) {
            let message = format!("{arn} is not attached: logins see less than they may");
            self.remarks.push(Remark::new(Severity::Warning, "policy_missing", message, AGAIN));
        }
        for one in attached {
            let of_aws = one.arn.split_once(":iam::aws:policy/");
            let known = of_aws.and_then(|(_, name)| managed::document(name));
            if wanted.contains(&one.arn) {
                self.looking.extend(known);
                continue;
            }
            let document = match (&one.document, known) {
                (Some(document), _) => Document::parse(document).map_err(|why| why.to_string()),
                (None, Some(known)) => Ok(known.clone()),
                (None, None) => Err("its document was not asked for".to_owned()),
            };
            let changes = one.document.as_ref().is_some_and(changes);
            let (severity, message) = match changes {
                true => {
                    (Severity::Error, format!("{} is attached and lets it change things", one.arn))
                }
                false => (Severity::Warning, format!("{} is attached too", one.arn)),
            };
            let fix = "detach it: logins do not need it";
            self.remarks.push(Remark::new(severity, "policy_extra", message, fix));
            match document {
                Ok(document) => self.own.push(document),
                // Nothing worse could be in it.
                Err(_) if matches!(managed_admin(&one.arn), Some(Admin::Full)) => {}
                Err(why) => self.unread(&one.arn, &why),
            }
        }
    }

    fn inline(&mut self, name: &str, policy: &Value) {
        let document = match Document::parse(policy) {
            Ok(document) => document,
            Err(why) => {
                return self.unread(&format!("the inline policy {name:?}"), &why.to_string());
            }
        };
        let (severity, what) = match changes(policy) {
            true => (Severity::Error, "lets it change things"),
            false => (Severity::Warning, "allows something"),
        };
        let allows = document.statements.iter().filter(|one| one.effect == Effect::Allow);
        for statement in allows {
            let message = format!("{statement} of the inline policy {name:?} {what}");
            let fix = "take it away: the role's inline policy is there to deny";
            self.remarks.push(Remark::new(severity, "inline_allows", message, fix));
        }
        self.own.push(document);
    }
}

/// Whether a document allows more than looking, going by the first word of its actions.
fn changes(policy: &Value) -> bool {
    const LOOKING: [&str; 12] = [
        "BatchGet", "Check", "Describe", "Detect", "Estimate", "Get", "List", "Lookup", "Read",
        "Search", "Simulate", "View",
    ];
    let parsed;
    let policy = match policy {
        Value::String(text) => {
            parsed = serde_json::from_str(text).unwrap_or_default();
            &parsed
        }
        other => other,
    };
    let looks = |action: &Value| {
        let verb = action.as_str().and_then(|action| action.split_once(':'));
        verb.is_some_and(|(_, verb)| LOOKING.iter().any(|word| verb.starts_with(word)))
    };
    let statement_changes = |statement: &Value| {
        let actions = match &statement["Action"] {
            Value::Array(actions) => actions.iter().all(looks),
            one => looks(one),
        };
        statement["Effect"] == "Allow" && !actions
    };
    match &policy["Statement"] {
        Value::Array(statements) => statements.iter().any(statement_changes),
        one => statement_changes(one),
    }
}

fn administrator<'a>(
    attached: impl Iterator<Item = &'a str>,
    documents: &[Document],
) -> Vec<Remark> {
    let fix =
        "take away what allows it: whoever can be the hub can be this role, without tenko too";
    let remark = |severity, message: String| Remark::new(severity, "administrator", message, fix);
    let judge = |what: &str, admin: Admin| match admin {
        Admin::Full => Some(remark(Severity::Error, format!("{what} it an administrator"))),
        Admin::CanBecome(with) => {
            let with: Vec<_> = with.into_iter().collect();
            let message = format!(
                "{what} it able to become an administrator, with {}",
                some(with.iter().copied())
            );
            Some(remark(Severity::Error, message))
        }
        Admin::Possible(why) => {
            let why: Vec<_> = why.iter().map(ToString::to_string).collect();
            let message = format!("{what} it an administrator, or not: {}", why.join(", "));
            Some(remark(Severity::Unknown, message))
        }
        Admin::No => None,
    };
    let by_name = attached
        .filter_map(|arn| judge(&format!("{arn} makes"), managed_admin(arn).unwrap_or(Admin::No)));
    let mut all: Vec<_> = by_name.collect();
    all.extend(judge("its policies make", is_admin(documents)));
    all
}

/// `a, b and 3 more`.
pub(super) fn some<'a>(of: impl ExactSizeIterator<Item = &'a str>) -> String {
    let rest = of.len().saturating_sub(NAMED);
    let named: Vec<_> = of.take(NAMED).collect();
    match rest {
        0 => named.join(", "),
        rest => format!("{} and {rest} more", named.join(", ")),
    }
}

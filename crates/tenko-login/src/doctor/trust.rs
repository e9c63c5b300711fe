//! Who gets in, and what they must say.
//!
//! The policy is asked, not compared: whatever it looks like, it is right if it lets in the one
//! principal with the right words, and nobody else or with others.

use std::collections::BTreeSet;

use serde_json::Value;
use tenko_iam::{
    Caller, Certainty, Decision, Document, Keys, Outcome, Reasons, Request, Trusted, Trustee,
    evaluate, trusted,
};

use super::{AGAIN, Remark, Severity};
use crate::bootstrap::Role;

const EXTERNAL_ID: &str = "sts:ExternalId";
const SOURCE_IDENTITY: &str = "sts:SourceIdentity";
const SESSION_NAME: &str = "sts:RoleSessionName";

/// Somebody's name, as logins give it, and an external id of nobody.
const NAME: &str = "someone@example.com";
const OTHER_ID: &str = "tenko-doctor/another-id";

/// What is wrong with a trust policy.
pub(super) fn judge(expected: &Role, trust: &Value) -> Vec<Remark> {
    let document = match Document::parse(trust) {
        Ok(document) => document,
        Err(why) => return vec![Remark::unread("the trust policy", &why.to_string())],
    };
    let all = trusted(&document);
    let mut remarks: Vec<_> = all.iter().filter_map(|one| stranger(expected, one)).collect();
    if all.iter().any(|one| is_hub(expected, one)) {
        remarks.extend(login(expected, &document, &all));
        remarks.extend(attribution(expected, &document));
    } else {
        let message = format!("it does not trust {}", expected.trusted);
        remarks.push(Remark::new(Severity::Error, "hub_not_trusted", message, AGAIN));
    }
    remarks
}

/// The external ids that let the hub in, as far as the policy spells them out.
pub(super) fn external_ids(expected: &Role, trust: &Value) -> BTreeSet<String> {
    let Ok(document) = Document::parse(trust) else { return BTreeSet::new() };
    let all = trusted(&document);
    let of_hub = all.iter().filter(|one| is_hub(expected, one));
    let ids = of_hub.filter_map(|one| one.conditions().external_ids()).flatten();
    ids.filter(|id| !id.is_pattern).map(|id| id.value.to_owned()).collect()
}

/// Whether it lets the hub in, alone or among others.
fn is_hub(expected: &Role, one: &Trusted<'_>) -> bool {
    let hub = &expected.trusted;
    let is_it = match &one.trustee {
        Trustee::Anyone => true,
        Trustee::Account(account) => account == hub.account(),
        Trustee::Principal { arn, .. } => arn == hub.arn(),
        _ => false,
    };
    is_it && one.actions.contains(&"sts:AssumeRole")
}

/// Someone who is trusted and is not the hub.
fn stranger(expected: &Role, one: &Trusted<'_>) -> Option<Remark> {
    let by = one.statement;
    let hub = &expected.trusted;
    let (code, message) = match &one.trustee {
        Trustee::Principal { arn, .. } if arn == hub.arn() => return None,
        Trustee::Anyone => ("trusts_anyone", format!("{by} of the trust policy lets anyone in")),
        Trustee::Account(account) => {
            let whole = format!("{by} of the trust policy lets in all of account {account}");
            ("trusts_account", whole)
        }
        Trustee::Principal { account, arn } if account == hub.account() => {
            ("trusts_another", format!("{by} of the trust policy lets {arn} in too"))
        }
        Trustee::Principal { account, arn } => {
            let foreign = format!("{by} of the trust policy lets {arn} of account {account} in");
            ("trusts_foreign", foreign)
        }
        Trustee::Unreadable(text) if text.starts_with("AROA") || text.starts_with("AIDA") => {
            let gone = format!("{by} of the trust policy names {text}, which was deleted");
            return Some(Remark::new(Severity::Warning, "trusts_deleted", gone, AGAIN));
        }
        Trustee::Unreadable(text) => {
            let what = format!("the principal {text:?} of {by} of the trust policy");
            return Some(Remark::unread(&what, "it is no principal that is known here"));
        }
        Trustee::Service(other) | Trustee::Federated(other) | Trustee::Canonical(other) => {
            ("trusts_another", format!("{by} of the trust policy lets {other} in too"))
        }
    };
    let fix = format!("trust {hub} alone: {AGAIN}");
    Some(Remark::new(Severity::Error, code, message, fix))
}

/// What the hub can do with which words.
struct Asked<'a> {
    role: &'a Role,
    document: &'a Document,
}

impl Asked<'_> {
    fn ask(&self, action: &str, keys: &Keys) -> Decision {
        let caller = Caller::Arn(self.role.trusted.arn());
        let resource = self.role.arn();
        evaluate([self.document], &Request { caller, action, resource: &resource, keys })
    }

    fn may(&self, keys: &Keys) -> bool {
        self.ask("sts:AssumeRole", keys).may_be_allowed()
    }

    /// What a login says, and who says it, without the external id.
    fn words(&self) -> Keys {
        let hub = &self.role.trusted;
        Keys::new()
            .with(SOURCE_IDENTITY, [NAME])
            .with(SESSION_NAME, [NAME])
            .with("aws:PrincipalArn", [hub.arn()])
            .with("aws:PrincipalAccount", [hub.account()])
    }
}

fn login(expected: &Role, document: &Document, all: &[Trusted<'_>]) -> Vec<Remark> {
    let asked = Asked { role: expected, document };
    let right = || asked.words().with(EXTERNAL_ID, [expected.external_id.as_str()]);
    let mut remarks = Vec::new();
    let mut error = |code, message: String| {
        remarks.push(Remark::new(Severity::Error, code, message, AGAIN));
    };

    let of_hub = all.iter().filter(|one| is_hub(expected, one));
    let ids: Vec<_> = of_hub.filter_map(|one| one.conditions().external_ids()).flatten().collect();
    let quoted = |good: &dyn Fn(&str, bool) -> bool| {
        let some = ids.iter().filter(|id| good(id.value, id.is_pattern));
        some.map(|id| format!("{:?}", id.value)).collect::<Vec<_>>().join(", ")
    };
    let patterns = quoted(&|_, is_pattern| is_pattern);
    let others = quoted(&|id, is_pattern| !is_pattern && id != expected.external_id);

    if asked.may(&asked.words().absent(EXTERNAL_ID)) {
        error("external_id_missing", "it lets the hub in without an external id".to_owned());
    } else if !patterns.is_empty() {
        let message = format!("it takes any external id like {patterns}");
        error("external_id_loose", message);
    } else if asked.may(&asked.words().with(EXTERNAL_ID, [OTHER_ID])) {
        error("external_id_loose", "it takes other external ids than the declared one".to_owned());
    }

    let decision = asked.ask("sts:AssumeRole", &right());
    if decision.outcome != Outcome::Allowed {
        if others.is_empty() {
            let message = "it does not let the hub in with what a login says".to_owned();
            error("login_refused", message);
        } else {
            let message =
                format!("it takes the external id {others} and not {:?}", expected.external_id);
            error("external_id_wrong", message);
        }
    } else if !others.is_empty() {
        error("external_id_more", format!("it takes the external id {others} too"));
    }
    if let (Outcome::Allowed, Certainty::Possible(why)) = (decision.outcome, decision.certainty) {
        remarks.push(depends("whether it lets a login in", &why));
    }

    if asked.may(&right().absent(SOURCE_IDENTITY)) {
        let message = "it lets the hub in without a source identity: sessions may be nobody's";
        remarks.push(Remark::new(Severity::Warning, "source_identity_optional", message, AGAIN));
    }
    remarks
}

/// Whether sessions may say whose they are.
fn attribution(expected: &Role, document: &Document) -> Vec<Remark> {
    let asked = Asked { role: expected, document };
    let one = |action: &'static str, code, loss: &str| {
        let decision = asked.ask(action, &asked.words());
        match (decision.outcome, decision.certainty) {
            (Outcome::Allowed, Certainty::Certain) => None,
            (Outcome::Allowed, Certainty::Possible(why)) => {
                Some(depends(&format!("whether it allows {action}"), &why))
            }
            _ => {
                let message = format!("it does not allow {action}: {loss}");
                Some(Remark::new(Severity::Error, code, message, AGAIN))
            }
        }
    };
    let who = one(
        "sts:SetSourceIdentity",
        "source_identity_refused",
        "logins, which name the person, are refused",
    );
    let why = one("sts:TagSession", "tags_refused", "logins that name a ticket are refused");
    who.into_iter().chain(why).collect()
}

fn depends(what: &str, why: &Reasons) -> Remark {
    let why: Vec<_> = why.iter().map(ToString::to_string).collect();
    let message = format!("{what} depends: {}", why.join(", "));
    Remark::new(Severity::Unknown, "trust_depends", message, AGAIN)
}

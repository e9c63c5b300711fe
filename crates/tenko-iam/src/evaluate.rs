//! Whether policies let a request pass.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use super::document::{Document, Effect, Statement};
use super::keys::Keys;
use super::pattern::{Text, Token};
use super::principal::Caller;
use super::truth::{Certainty, Reason, Reasons, Truth};

/// What is asked of policies.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks. A policy of an identity names nobody and is about whoever has it.
    pub caller: Caller<'a>,
    /// `s3:GetObject`. With a wildcard, all of the actions together: a statement about some of
    /// them is possible, and no more.
    pub action: &'a str,
    /// An ARN. With a wildcard, `*` alone too, all of the resources together.
    pub resource: &'a str,
    /// What is known of the request's condition keys.
    pub keys: &'a Keys,
}

/// What policies say to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A statement allows it and none denies it.
    Allowed,
    /// A statement denies it: nothing can allow it.
    Denied,
    /// No statement allows it.
    NotAllowed,
}

/// What policies say to a request, and how certain that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What they say.
    pub outcome: Outcome,
    /// Whether that depends on what nobody knows here.
    pub certainty: Certainty,
}

impl Decision {
    /// Allowed, certainly or possibly.
    pub fn may_be_allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }
}

/// Evaluates policies that add up: those of one identity, or one of a resource.
///
/// A deny wins. Where a deny is only possible, what is allowed is possibly allowed.
/// A principal that is an account delegates to it: whether the account lets the caller is said by
/// policies of its own.
pub fn evaluate<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    request: &Request<'_>,
) -> Decision {
    let asked = Asked::new(request.action, request.resource);
    let (mut allow, mut deny) = (Truth::False, Truth::False);
    for statement in documents.into_iter().flat_map(|document| &document.statements) {
        let matches = asked.by(statement, request.caller, request.keys);
        match statement.effect {
            Effect::Allow => allow = allow.or(matches),
            Effect::Deny => deny = deny.or(matches),
        }
    }
    decide(allow, deny)
}

/// The statements of a policy that have effect on a request, certainly or possibly, in the policy's
/// order.
pub fn deciding<'d>(
    document: &'d Document,
    request: &Request<'_>,
) -> impl Iterator<Item = (&'d Statement, Truth)> {
    let asked = Asked::new(request.action, request.resource);
    let (caller, keys) = (request.caller, request.keys.clone());
    document.statements.iter().filter_map(move |statement| {
        let truth = asked.by(statement, caller, &keys);
        truth.may_be_true().then_some((statement, truth))
    })
}

pub(super) fn decide(allow: Truth, deny: Truth) -> Decision {
    let certain = |outcome| Decision { outcome, certainty: Certainty::Certain };
    let possible = |reasons: Reasons| Decision {
        outcome: Outcome::Allowed,
        certainty: Certainty::Possible(reasons),
    };
    match (allow, deny) {
        (_, Truth::True) => certain(Outcome::Denied),
        (Truth::False, _) => certain(Outcome::NotAllowed),
        (Truth::True, Truth::False) => certain(Outcome::Allowed),
        (allow, deny) => match allow.and(deny.not()) {
            Truth::Possible(reasons) => possible(reasons),
            _ => certain(Outcome::Allowed),
        },
    }
}

/// An action and a resource, ready to be compared with many statements.
pub(super) struct Asked {
    pub(super) action: Vec<Token>,
    pub(super) resource: Vec<Token>,
}

impl Asked {
    pub(super) fn new(action: &str, resource: &str) -> Self {
        Self { action: Text::action(action).tokens, resource: pattern(resource) }
    }

    /// Whether a statement has effect on it.
    pub(super) fn by(&self, statement: &Statement, caller: Caller<'_>, keys: &Keys) -> Truth {
        let principal = || statement.principals.as_ref().map_or(Truth::True, |p| p.hold(caller));
        let parts: [&dyn Fn() -> Truth; 4] = [
            &|| statement.actions.holds(&self.action, keys, Reason::Action),
            &|| self.resource_in(statement, keys),
            &principal,
            &|| statement.conditions.hold(keys),
        ];
        Truth::all(parts.iter().map(|part| part()))
    }

    /// Whether a statement is about the resource. A trust policy names none: it is about its role.
    pub(super) fn resource_in(&self, statement: &Statement, keys: &Keys) -> Truth {
        let of = |set: &super::document::Set| set.holds(&self.resource, keys, Reason::Resource);
        statement.resources.as_ref().map_or(Truth::True, of)
    }
}

/// A text of ours, with wildcards.
pub(super) fn pattern(text: &str) -> Vec<Token> {
    let reading = super::pattern::Reading { wildcards: true, variables: false };
    Text::new(text, reading).tokens
}

//! What the policies of an organization leave to its accounts.
//!
//! Facts: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_evaluation.html>.

use super::compare::Operator;
use super::condition::Conditions;
use super::document::{Document, Effect, Statement};
use super::evaluate::{Asked, Request};
use super::keys::Keys;
use super::principal::Caller;
use super::truth::{Reasons, Truth};

/// What an organization's policies leave of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scp {
    /// They let it pass; whether anything grants it is another question.
    Allowed,
    /// They deny it, or none of them allows it on some level.
    Denied,
    /// What it depends on.
    PossiblyDenied(Reasons),
}

impl From<Truth> for Scp {
    fn from(allowed: Truth) -> Self {
        match allowed {
            Truth::True => Self::Allowed,
            Truth::False => Self::Denied,
            Truth::Possible(reasons) => Self::PossiblyDenied(reasons),
        }
    }
}

/// What service control policies leave of an action on a resource (`*`: on all of them).
///
/// `levels` are the root, each organizational unit on the way down, and the account, each with the
/// policies attached to it, `FullAWSAccess` too. Every level must allow, and none may deny: a
/// level without a policy allows nothing. Without levels there is nothing that denies. The
/// management account is not held by them, nor are service-linked roles: callers know which
/// account it is.
pub fn scp_verdict(levels: &[Vec<Document>], action: &str, resource: &str, keys: &Keys) -> Scp {
    let asked = Asked::new(action, resource);
    let by = |documents: &[Document], effect| {
        let statements = documents.iter().flat_map(|document| document.of(effect));
        Truth::any(statements.map(|statement| asked.by(statement, Caller::Unknown, keys)))
    };
    let denied = Truth::any(levels.iter().map(|level| by(level, Effect::Deny)));
    let allowed = Truth::all(levels.iter().map(|level| by(level, Effect::Allow)));
    denied.not().and(allowed).into()
}

/// What resource control policies leave of a request. As [`scp_verdict`], but that every level
/// allows everything: `RCPFullAWSAccess` cannot be detached. They hold for resources of the
/// account, whoever asks, and not for those of the management account.
pub fn rcp_verdict(levels: &[Vec<Document>], request: &Request<'_>) -> Scp {
    let asked = Asked::new(request.action, request.resource);
    let denies = levels.iter().flatten().flat_map(|document| document.of(Effect::Deny));
    Truth::any(denies.map(|deny| asked.by(deny, request.caller, request.keys))).not().into()
}

/// Who is denied an action by the policies of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blanket<'d> {
    /// Everyone, always.
    Everyone,
    /// Everyone but those whom the conditions of these statements leave out:
    /// `ArnNotLike aws:PrincipalArn arn:aws:iam::*:role/break-glass`. One of several policies is
    /// enough; each is listed.
    Unless(Vec<&'d Statement>),
    /// Some, by these statements: only on some resources, or only where a condition holds.
    Partly(Vec<&'d Statement>),
    /// Nobody.
    Nobody,
}

/// Whether the policies deny an action on a resource (`*`: on all of them) to every principal of
/// an account. For service control and resource control policies alike; that a level allows
/// nothing is not looked at, which [`scp_verdict`] does.
pub fn denies_everyone<'d>(
    levels: &'d [Vec<Document>],
    action: &str,
    resource: &str,
) -> Blanket<'d> {
    let asked = Asked::new(action, resource);
    let keys = Keys::new();
    let (mut unless, mut partly) = (Vec::new(), Vec::new());
    for deny in levels.iter().flatten().flat_map(|document| document.of(Effect::Deny)) {
        let about = asked.about(deny, &keys);
        if about.is_false() {
            continue;
        }
        if !about.is_true() {
            partly.push(deny);
        } else if deny.conditions.clauses.is_empty() {
            return Blanket::Everyone;
        } else if leaves_out(&deny.conditions) {
            unless.push(deny);
        } else {
            partly.push(deny);
        }
    }
    match (unless.is_empty(), partly.is_empty()) {
        (false, _) => Blanket::Unless(unless),
        (true, false) => Blanket::Partly(partly),
        (true, true) => Blanket::Nobody,
    }
}

/// Whether conditions only leave principals out, and deny everyone else.
fn leaves_out(conditions: &Conditions) -> bool {
    conditions.clauses.iter().all(|clause| {
        let all = |text: &str| clause.values.iter().all(|v| v.written.eq_ignore_ascii_case(text));
        let of_principal = clause.name.starts_with("aws:principal") || clause.name == "aws:userid";
        match clause.test {
            Operator::Bool => of_principal && all("false"),
            // Whoever has a tag is left out.
            Operator::Null => of_principal && all("true"),
            test => of_principal && test.is_negated() && clause.holds_absent(),
        }
    })
}

impl Asked {
    /// Whether a statement is about the action and the resource, whoever asks and however.
    fn about(&self, statement: &Statement, keys: &Keys) -> Truth {
        let caller =
            || statement.principals.as_ref().map_or(Truth::True, |p| p.hold(Caller::Unknown));
        let action = statement.actions.holds(&self.action, keys, super::Reason::Action);
        action.and(self.resource_in(statement, keys)).and(caller())
    }
}

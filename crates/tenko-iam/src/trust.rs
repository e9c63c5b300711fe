//! Whom the trust policy of a role lets assume it.
//!
//! Facts: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>.

use super::compare::{Compare, Operator};
use super::condition::{Clause, Conditions, Quantifier};
use super::document::{Document, Effect, Statement};
use super::evaluate::Asked;
use super::keys::Keys;
use super::oidc::Oidc;
use super::pattern::Text;
use super::principal::{Caller, Trustee};
use super::public::about_strangers;
use super::truth::{Reason, Reasons, Truth};

/// The actions that give someone a session of a role.
const ASSUME: [&str; 3] =
    ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// One principal that one statement of a trust policy lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted<'d> {
    /// Whom. `Anyone` stands for `NotPrincipal` too: everyone but those that it names.
    pub trustee: Trustee,
    /// With which of `sts:AssumeRole`, `sts:AssumeRoleWithSAML` and
    /// `sts:AssumeRoleWithWebIdentity`.
    pub actions: Vec<&'static str>,
    /// The statement that lets it in.
    pub statement: &'d Statement,
    /// What statements that deny depend on, where one may be about this principal. Who is
    /// certainly denied is not among the trusted.
    pub denied: Reasons,
    /// Of `Anyone`: whether strangers get in, past the conditions and the statements that deny.
    pub open: Truth,
}

impl<'d> Trusted<'d> {
    /// What must hold.
    pub fn conditions(&self) -> &'d Conditions {
        &self.statement.conditions
    }

    /// The OpenID Connect provider, where it is one.
    pub fn oidc(&self) -> Option<Oidc<'d>> {
        match &self.trustee {
            Trustee::Federated(provider) => Oidc::new(provider, self.conditions()),
            _ => None,
        }
    }
}

/// Everyone whom a trust policy lets assume its role, by statement and in the statement's order.
pub fn trusted(document: &Document) -> Vec<Trusted<'_>> {
    let keys = Keys::new();
    let mut all = Vec::new();
    for statement in document.of(Effect::Allow) {
        let asked: Vec<_> =
            ASSUME.iter().map(|action| (*action, Asked::new(action, "*"))).collect();
        let lets = |asked: &Asked| {
            statement.actions.holds(&asked.action, &keys, Reason::Action).may_be_true()
        };
        let asked: Vec<_> = asked.iter().filter(|(_, asked)| lets(asked)).collect();
        let Some(principals) = statement.principals.as_ref().filter(|_| !asked.is_empty()) else {
            continue;
        };
        let anyone = [Trustee::Anyone];
        let trustees = match (principals.negated, principals.named.contains(&Trustee::Anyone)) {
            (true, true) => continue,
            (true, false) => anyone.as_slice(),
            (false, _) => principals.named.as_slice(),
        };
        for trustee in trustees {
            let mut denied = Reasons::new();
            let mut actions = Vec::new();
            for (action, asked) in &asked {
                let denies = document.of(Effect::Deny);
                match Truth::any(denies.map(|deny| asked.by(deny, caller(trustee), &keys))) {
                    Truth::True => continue,
                    Truth::False => {}
                    Truth::Possible(reasons) => denied.extend(reasons),
                }
                actions.push(*action);
            }
            if !actions.is_empty() {
                let open = open(document, statement);
                let trustee = trustee.clone();
                all.push(Trusted { trustee, actions, statement, denied, open });
            }
        }
    }
    all
}

fn open(document: &Document, statement: &Statement) -> Truth {
    let caught = |deny: &Statement| {
        let all = ASSUME.iter().map(|action| Asked::new(action, "*"));
        let whole = Truth::all(
            all.map(|asked| deny.actions.holds(&asked.action, &Keys::new(), Reason::Action)),
        );
        match about_strangers(deny) && whole.is_true() {
            true => deny.conditions.catch_strangers(),
            false => Truth::False,
        }
    };
    let denied = Truth::any(document.of(Effect::Deny).map(caught));
    statement.conditions.keep_strangers_out().or(denied).not()
}

fn caller(trustee: &Trustee) -> Caller<'_> {
    match trustee {
        Trustee::Account(id) => Caller::Account(id),
        Trustee::Principal { arn, .. } => Caller::Arn(arn),
        Trustee::Service(name) => Caller::Service(name),
        Trustee::Federated(provider) => Caller::Federated(provider),
        Trustee::Canonical(id) => Caller::Canonical(id),
        Trustee::Anyone | Trustee::Unreadable(_) => Caller::Unknown,
    }
}

/// A family of condition operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `StringEquals`, `StringEqualsIgnoreCase`, `StringLike`.
    Text,
    /// `ArnEquals`, `ArnLike`.
    Arn,
    /// `NumericEquals`.
    Number,
    /// `Bool`.
    Bool,
    /// `IpAddress`.
    Ip,
}

/// A value that a condition asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Must<'c> {
    /// As the policy writes it.
    pub value: &'c str,
    /// Whether it stands for more than one: it has a wildcard that is one under its operator, or
    /// a policy variable. A `*` under `StringEquals` is none.
    pub is_pattern: bool,
}

impl Conditions {
    /// The values one of which a key must have for the conditions to hold; `None` where they hold
    /// with others too: no clause asks for the key, or only with `IfExists`, `ForAllValues` or a
    /// negated operator. Where several clauses ask, the values of the one that says most.
    pub fn values(&self, family: Family, key: &str) -> Option<Vec<Must<'_>>> {
        let name = key.to_lowercase();
        let asks = |c: &&Clause| c.name == name && self.asks(c) && family.has(c.test);
        let score = |c: &&Clause| (c.values.iter().any(Text::is_pattern), c.values.len());
        let best = self.clauses.iter().filter(asks).min_by_key(score)?;
        let values = best.values.iter();
        Some(values.map(|v| Must { value: &v.written, is_pattern: v.is_pattern() }).collect())
    }

    /// Whether they cannot hold without the key.
    pub fn requires(&self, key: &str) -> bool {
        let name = key.to_lowercase();
        self.not_null(&name) || self.clauses.iter().any(|c| c.name == name && self.asks(c))
    }

    /// The `sts:ExternalId`s one of which the trusted party must know.
    pub fn external_ids(&self) -> Option<Vec<Must<'_>>> {
        self.values(Family::Text, "sts:ExternalId")
    }

    /// Whether a clause holds only with the key, and with one of its values.
    fn asks(&self, clause: &Clause) -> bool {
        !clause.values.is_empty()
            && !clause.test.is_negated()
            && !matches!(clause.test, Operator::Null | Operator::Unknown)
            && (self.not_null(&clause.name)
                || clause.quantifier != Quantifier::All && !clause.if_exists)
    }
}

impl Family {
    fn has(self, test: Operator) -> bool {
        match test {
            Operator::Text { .. } | Operator::Like { .. } => self == Self::Text,
            Operator::Arn { .. } => self == Self::Arn,
            Operator::Number(Compare::Equals) => self == Self::Number,
            Operator::Bool => self == Self::Bool,
            Operator::Ip { .. } => self == Self::Ip,
            _ => false,
        }
    }
}

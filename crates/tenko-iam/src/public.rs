//! What a policy of a resource grants to anyone.

use super::document::{Document, Effect, Statement};
use super::evaluate::pattern;
use super::keys::Keys;
use super::pattern::Text;
use super::principal::{Principals, Trustee};
use super::truth::{Certainty, Reason, Reasons, Truth};

/// Who anyone is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Public {
    /// Everyone, without credentials too.
    Anyone,
    /// Everyone but these: `NotPrincipal` with `Allow`.
    AnyoneBut(Vec<String>),
    /// Everyone with an account at a public identity provider: `graph.facebook.com`.
    Federated(String),
}

/// What one statement grants to anyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant<'d> {
    /// The statement that grants it.
    pub statement: &'d Statement,
    /// Whom it grants it to.
    pub to: Public,
    /// The actions, as the statement writes them, without those that a deny takes back; `*` for
    /// `NotAction`.
    pub actions: Vec<&'d str>,
    /// Certain where it is public by AWS's own definition. Otherwise what it depends on.
    pub certainty: Certainty,
    taken: Vec<&'d Statement>,
}

impl Grant<'_> {
    /// Whether it grants this action: `s3:GetObject`.
    pub fn reaches(&self, action: &str) -> bool {
        let asked = Text::action(action).tokens;
        let has = |statement: &Statement| {
            statement.actions.holds(&asked, &Keys::new(), Reason::Action).is_true()
        };
        let listed = |written: &&str| {
            super::pattern::cover(&Text::action(written).tokens, &asked)
                == super::pattern::Cover::All
        };
        self.actions.iter().any(listed)
            && has(self.statement)
            && !self.taken.iter().any(|deny| has(deny))
    }

    /// Whether it may be about any of these resources: an ARN, or a pattern of ARNs.
    pub fn is_about(&self, resource: &str) -> bool {
        let of = |set: &super::document::Set| {
            set.holds(&pattern(resource), &Keys::new(), Reason::Resource).may_be_true()
        };
        self.statement.resources.as_ref().is_none_or(of)
    }
}

/// What a policy of a resource grants to anyone, by AWS's own definition of public, less what its
/// statements that deny take back from strangers. At most two per statement: what is certain, and
/// what is possible.
pub fn public_grants(document: &Document) -> Vec<Grant<'_>> {
    let mut grants = Vec::new();
    for statement in document.of(Effect::Allow) {
        let Some((to, sure)) = statement.principals.as_ref().and_then(public) else { continue };
        let reasons = match sure.and(statement.conditions.keep_strangers_out().not()) {
            Truth::False => continue,
            Truth::True => Reasons::new(),
            Truth::Possible(reasons) => reasons,
        };
        let (mut taken, mut doubted) = (Vec::new(), Vec::new());
        for deny in document.of(Effect::Deny) {
            match takes_back(deny, statement) {
                Truth::True => taken.push(deny),
                Truth::Possible(why) => doubted.push((deny, why)),
                Truth::False => {}
            }
        }
        split(statement, to, reasons, taken, &doubted, &mut grants);
    }
    grants
}

/// Notes the actions of a statement that are left, those apart that a deny may take back.
fn split<'d>(
    statement: &'d Statement,
    to: Public,
    reasons: Reasons,
    taken: Vec<&'d Statement>,
    doubted: &[(&Statement, Reasons)],
    grants: &mut Vec<Grant<'d>>,
) {
    let (mut sure, mut perhaps) = (Vec::new(), Vec::new());
    let mut why = reasons.clone();
    let everything = Text::action("*");
    let written = |text: &'d Text| (text.written.as_str(), text.tokens.clone());
    let actions = match statement.actions.negated {
        true => vec![("*", everything.tokens)],
        false => statement.actions.patterns.iter().map(written).collect(),
    };
    for (action, tokens) in actions {
        let in_deny =
            |deny: &Statement| deny.actions.holds(&tokens, &Keys::new(), Reason::Action).is_true();
        if taken.iter().any(|deny| in_deny(deny)) {
            continue;
        }
        let doubts: Vec<_> = doubted.iter().filter(|(deny, _)| in_deny(deny)).collect();
        if doubts.is_empty() {
            sure.push(action);
        } else {
            perhaps.push(action);
            why.extend(doubts.into_iter().flat_map(|(_, why)| why.iter().cloned()));
        }
    }
    let certainty = |reasons: Reasons| match reasons.is_empty() {
        true => Certainty::Certain,
        false => Certainty::Possible(reasons),
    };
    for (actions, reasons) in [(sure, reasons), (perhaps, why)] {
        if !actions.is_empty() {
            let (to, taken) = (to.clone(), taken.clone());
            let certainty = certainty(reasons);
            grants.push(Grant { statement, to, actions, certainty, taken });
        }
    }
}

/// Whether principals are anyone.
fn public(principals: &Principals) -> Option<(Public, Truth)> {
    let anyone = principals.named.contains(&Trustee::Anyone);
    if principals.negated {
        let names = principals.named.iter().map(|t| t.text().to_owned()).collect();
        return (!anyone).then_some((Public::AnyoneBut(names), Truth::True));
    }
    if anyone {
        return Some((Public::Anyone, Truth::True));
    }
    principals.named.iter().find_map(|trustee| match trustee {
        Trustee::Federated(host) if !host.starts_with("arn:") => {
            Some((Public::Federated(host.clone()), Truth::True))
        }
        // AWS takes no wildcard within a principal; what one would mean is not known.
        Trustee::Unreadable(text) if text.contains('*') => {
            Some((Public::Anyone, Truth::because(Reason::Principal(text.clone()))))
        }
        _ => None,
    })
}

/// Whether a deny is about every stranger and about all of what a statement grants something on.
fn takes_back(deny: &Statement, from: &Statement) -> Truth {
    if !about_strangers(deny) || !covers_resources(deny, from) {
        return Truth::False;
    }
    deny.conditions.catch_strangers()
}

/// Whether a statement names everyone, or everyone but some.
pub(super) fn about_strangers(statement: &Statement) -> bool {
    statement.principals.as_ref().is_none_or(|p| p.negated != p.named.contains(&Trustee::Anyone))
}

fn covers_resources(deny: &Statement, from: &Statement) -> bool {
    let Some(denied) = &deny.resources else { return true };
    let keys = Keys::new();
    let all = |tokens: &[_]| denied.holds(tokens, &keys, Reason::Resource).is_true();
    match &from.resources {
        Some(set) if !set.negated => set.patterns.iter().all(|p| all(&p.tokens)),
        _ => all(&pattern("*")),
    }
}

//! How policies, and what `tenko-iam` makes of them, are said in messages.

use tenko_core::{Arg, Message, msg};
use tenko_iam::{Clause, Malformed, Reason, Reasons, Statement};

use crate::sink::SHOWN;

/// Why something is no policy document: a clause.
pub(crate) fn malformed(why: &Malformed) -> Message {
    match why {
        Malformed::NotJson => msg!("policy-not-json"),
        Malformed::NotADocument => msg!("policy-no-document"),
        Malformed::Version => msg!("policy-unknown-version"),
        Malformed::TooLarge => msg!("policy-too-large"),
        Malformed::Statement(index, element) => {
            msg!(
                "policy-element-unreadable",
                element = *element,
                statement = index.saturating_add(1)
            )
        }
    }
}

/// Why an answer is not certain: the first few reasons.
pub(crate) fn reasons(all: &Reasons) -> Arg {
    Arg::some(all.iter().map(reason), SHOWN)
}

fn reason(why: &Reason) -> Message {
    match why {
        Reason::Key(key) => msg!("policy-key-unknown", key = key),
        Reason::Variable(name) => msg!("policy-variable-unknown", name = name),
        Reason::Operator(name) => msg!("policy-operator-unknown", name = name),
        Reason::Value(key) => msg!("policy-value-unreadable", key = key),
        Reason::Action(action) => msg!("policy-some-actions", action = action),
        Reason::Resource(resource) => msg!("policy-some-resources", resource = resource),
        Reason::Principal(principal) => msg!("policy-perhaps-principal", principal = principal),
        Reason::NotFixed(key) => msg!("policy-value-not-fixed", key = key),
        Reason::Open(key) => msg!("policy-key-open", key = key),
        Reason::TooLong => msg!("policy-texts-too-long"),
    }
}

/// How a statement of a policy is called.
pub(crate) fn statement(of: &Statement) -> Message {
    match &of.sid {
        Some(sid) => msg!("policy-statement-named", sid = sid),
        None => msg!("policy-statement", number = of.index.saturating_add(1)),
    }
}

/// What a statement asks for: one of its conditions and the next.
pub(crate) fn conditions<'c>(clauses: impl IntoIterator<Item = &'c Clause>) -> Arg {
    let all = clauses.into_iter().map(clause).collect();
    joined(all, |first, rest| msg!("policy-conditions", first = first, rest = rest))
}

fn clause(of: &Clause) -> Arg {
    // What the policy says, in its own words.
    let test = format!("{} {}", of.operator, of.key);
    match of.values.as_slice() {
        [] => test.into(),
        [only] => format!("{test} {}", only.written).into(),
        values => {
            let values = Arg::list(values.iter().map(|value| &value.written));
            msg!("policy-condition-of-several", test = test, values = values).into()
        }
    }
}

/// Clauses of one sentence, all of them.
pub(crate) fn clauses(all: impl IntoIterator<Item = Message>) -> Arg {
    let all = all.into_iter().map(Arg::from).collect();
    joined(all, |first, rest| msg!("clause-and-clause", first = first, rest = rest))
}

/// Joins by twos, so that however many there are, they do not lie deeply in each other.
fn joined(mut all: Vec<Arg>, pair: fn(Arg, Arg) -> Message) -> Arg {
    while all.len() > 1 {
        let mut left = all.into_iter();
        let mut next = Vec::new();
        while let Some(first) = left.next() {
            next.push(match left.next() {
                Some(second) => pair(first, second).into(),
                None => first,
            });
        }
        all = next;
    }
    all.pop().unwrap_or_else(|| Arg::List(vec![]))
}

/// That the trust policy of a role is not known, and why.
pub(crate) fn trust_unread(role: &str, why: impl Into<Arg>) -> Message {
    msg!("policy-trust-unread", role = role, reason = why)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tenko_iam::Document;
    use tenko_messages::english;

    use super::*;

    /// `tenko-iam` words them for its own readers: nothing is lost on the way.
    #[test]
    fn what_is_said_is_what_tenko_iam_says() {
        let text = || "x".to_owned();
        for why in [
            Malformed::NotJson,
            Malformed::NotADocument,
            Malformed::Version,
            Malformed::TooLarge,
            Malformed::Statement(1, "Action"),
        ] {
            assert_eq!(english(&malformed(&why)), why.to_string());
        }
        for why in [
            Reason::Key(text()),
            Reason::Variable(text()),
            Reason::Operator(text()),
            Reason::Value(text()),
            Reason::Action(text()),
            Reason::Resource(text()),
            Reason::Principal(text()),
            Reason::NotFixed(text()),
            Reason::Open(text()),
            Reason::TooLong,
        ] {
            assert_eq!(english(&reason(&why)), why.to_string());
        }
        let document = Document::parse(&json!({"Statement": [
            {"Sid": "S", "Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {"StringEquals": {"a:b": ["1", "2"], "a:c": "3"}}},
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
        ]}))
        .unwrap();
        for one in &document.statements {
            assert_eq!(english(&statement(one)), one.to_string());
        }
        let all = msg!("as-it-is", text = conditions(&document.statements[0].conditions.clauses));
        assert_eq!(english(&all), "StringEquals a:b any of 1, 2 and StringEquals a:c 3");
    }

    #[test]
    fn thousands_of_clauses_are_not_deep() {
        let all = clauses((0..5000_u64).map(|n| msg!("as-it-is", text = n.to_string())));
        let message = msg!("as-it-is", text = all);
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        assert!(
            english(&message).starts_with("0; 1; 2; 3; ") && english(&message).ends_with("; 4999")
        );
    }
}

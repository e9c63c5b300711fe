//! A request's value compared with a policy's.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::keys::Keys;
use super::pattern::{Cover, Text, Token, cover, unknown_variables};
use super::truth::{Reason, Truth};

/// How numbers and times are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Equals,
    NotEquals,
    Less,
    LessEquals,
    Greater,
    GreaterEquals,
}

/// A condition operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Text {
        negated: bool,
        /// Without regard to case.
        fold: bool,
    },
    Like {
        negated: bool,
    },
    Arn {
        negated: bool,
    },
    Number(Compare),
    Date(Compare),
    Bool,
    Binary,
    Ip {
        negated: bool,
    },
    Null,
    /// None that is known here.
    Unknown,
}

impl Operator {
    /// Whether it holds where no value matches.
    pub(super) fn is_negated(self) -> bool {
        match self {
            Self::Text { negated, .. }
            | Self::Like { negated }
            | Self::Arn { negated }
            | Self::Ip { negated } => negated,
            Self::Number(compare) | Self::Date(compare) => compare == Compare::NotEquals,
            Self::Bool | Self::Binary | Self::Null | Self::Unknown => false,
        }
    }

    /// Whether `*` alone matches all values.
    pub(super) fn is_like(self) -> bool {
        matches!(self, Self::Like { .. })
    }

    pub(super) fn has_wildcards(self) -> bool {
        matches!(self, Self::Like { .. } | Self::Arn { .. })
    }

    pub(super) fn has_variables(self) -> bool {
        matches!(self, Self::Text { .. } | Self::Like { .. } | Self::Arn { .. } | Self::Bool)
    }

    /// Whether a request's value matches the policy's; of a negated operator, whether it matches
    /// what must not be matched.
    pub(super) fn matches(self, policy: &Text, value: &str, keys: &Keys, key: &str) -> Truth {
        let unreadable = || Truth::because(Reason::Value(key.to_owned()));
        match self {
            Self::Text { fold, .. } => text(policy, value, keys, fold),
            Self::Like { .. } => text(policy, value, keys, false),
            Self::Bool => text(policy, value, keys, true),
            Self::Arn { .. } => arn(policy, value, keys),
            // Base64 of the same bytes is the same text, but for the padding.
            Self::Binary => {
                (policy.written.trim_end_matches('=') == value.trim_end_matches('=')).into()
            }
            Self::Number(compare) => match order_of_numbers(value, &policy.written) {
                Some(order) => compare.holds(order).into(),
                None => unreadable(),
            },
            Self::Date(compare) => match (time(value), time(&policy.written)) {
                (Some(value), Some(policy)) => compare.holds(value.cmp(&policy)).into(),
                _ => unreadable(),
            },
            Self::Ip { .. } => match (value.parse::<IpAddr>(), network(&policy.written)) {
                (Ok(value), Some(network)) => network.contains(&value).into(),
                _ => unreadable(),
            },
            Self::Null | Self::Unknown => unreadable(),
        }
    }
}

impl Compare {
    /// `NotEquals` is the opposite of `Equals`, and the caller turns it.
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equals | Self::NotEquals => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessEquals => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEquals => order.is_ge(),
        }
    }
}

fn text(policy: &Text, value: &str, keys: &Keys, fold: bool) -> Truth {
    let Some(tokens) = policy.resolved(keys) else { return Truth::False };
    let folded = |token: Token| match token {
        Token::Char(c) if fold => c.to_lowercase().next().map_or(Token::Char(c), Token::Char),
        token => token,
    };
    let tokens: Vec<Token> = tokens.iter().cloned().map(folded).collect();
    let value: Vec<Token> = value.chars().map(|c| folded(Token::Char(c))).collect();
    truth(&tokens, cover(&tokens, &value), policy)
}

fn truth(tokens: &[Token], cover: Cover, policy: &Text) -> Truth {
    match cover {
        Cover::All => Truth::True,
        Cover::None => Truth::False,
        Cover::TooLong => Truth::because(Reason::TooLong),
        Cover::Some => {
            Truth::Possible(unknown_variables(tokens, || Reason::Value(policy.written.clone())))
        }
    }
}

/// Each of the six parts of an ARN on its own: a wildcard does not span two of them.
fn arn(policy: &Text, value: &str, keys: &Keys) -> Truth {
    let Some(tokens) = policy.resolved(keys) else { return Truth::False };
    let value: Vec<Token> = value.chars().map(Token::Char).collect();
    let parts = |tokens: &[Token]| -> Vec<Vec<Token>> {
        tokens.splitn(6, |token| *token == Token::Char(':')).map(<[Token]>::to_vec).collect()
    };
    let (policies, values) = (parts(&tokens), parts(&value));
    if policies.len() != 6 || values.len() != 6 {
        return truth(&tokens, cover(&tokens, &value), policy);
    }
    let pairs = policies.iter().zip(&values);
    Truth::all(pairs.map(|(p, v)| truth(p, cover(p, v), policy)))
}

fn order_of_numbers(a: &str, b: &str) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.parse::<i128>(), b.parse::<i128>()) {
        return Some(a.cmp(&b));
    }
    a.parse::<f64>().ok()?.partial_cmp(&b.parse::<f64>().ok()?)
}

/// A time in a form of ISO 8601 that the W3C allows, or in seconds since 1970.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse::<i64>()
        // Four digits are a year.
        && text.len() > 4
    {
        return Timestamp::from_second(seconds).ok();
    }
    let utc = |time: DateTime| TimeZone::UTC.to_timestamp(time).ok();
    let padded = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| padded.parse::<Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0))))
}

/// A network, or one address.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

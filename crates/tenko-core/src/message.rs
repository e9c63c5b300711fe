//! What is said to people, without a language: an id and the values in it. The texts are in
//! `tenko-messages`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::coverage::{DeniedBy, Outcome};

/// A sentence, or a part of one, that can be said in every language: made with [`msg!`](crate::msg).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// The id of its text: `data-01-bad`.
    pub id: Cow<'static, str>,
    /// The values in it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<Cow<'static, str>, Arg>,
}

/// A value in a [`Message`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Arg {
    /// A whole number, which a language may need a form of its own for.
    Number(i64),
    /// Text that no language changes: a name, an id, what a provider said.
    Text(String),
    /// Several values, joined as the language joins them. Of long lists the rest is counted: see
    /// [`Arg::some`].
    // Before messages: a list of one text could be read as a message, whose first member is a text.
    List(Vec<Arg>),
    /// A message, said in the same language.
    Message(Box<Message>),
}

impl Message {
    /// A message without values.
    pub fn new(id: impl Into<Cow<'static, str>>) -> Self {
        Self { id: id.into(), args: BTreeMap::new() }
    }

    /// Adds a value; the name is the one in the text.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Arg>) -> Self {
        self.args.insert(name.into(), value.into());
        self
    }
}

impl Arg {
    /// Text of whatever can be shown.
    pub fn text(value: impl fmt::Display) -> Self {
        Self::Text(value.to_string())
    }

    /// Several values.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// The first few values, and how many there are beside them: `a, b and 4 more`.
    pub fn some<T: Into<Self>>(items: impl IntoIterator<Item = T>, most: usize) -> Self {
        let mut items = items.into_iter();
        let shown = Self::List(items.by_ref().take(most).map(Into::into).collect());
        match items.count() {
            0 => shown,
            more => Message::new("some-and-more").with("shown", shown).with("more", more).into(),
        }
    }
}

macro_rules! from {
    ($($from:ty => |$value:ident| $arg:expr;)+) => {
        $(impl From<$from> for Arg {
            fn from($value: $from) -> Self {
                $arg
            }
        })+
    };
}

from! {
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    &String => |value| Self::Text(value.clone());
    Cow<'_, str> => |value| Self::Text(value.into_owned());
    Message => |value| Self::Message(Box::new(value));
    Vec<Arg> => |value| Self::List(value);
    u64 => |value| Self::Number(i64::try_from(value).unwrap_or(i64::MAX));
    usize => |value| Self::Number(i64::try_from(value).unwrap_or(i64::MAX));
    u32 => |value| Self::Number(value.into());
    i64 => |value| Self::Number(value);
    Outcome => |value| value.wording().into();
}

/// Makes a [`Message`](crate::Message): `msg!("data-01-bad", name = bucket, missing = list)`. Values
/// are whatever [`Arg`](crate::Arg) can be made from.
#[macro_export]
macro_rules! msg {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Message::new($id)$(.with(stringify!($name), $value))*
    };
}

impl Outcome {
    /// How it is said.
    pub fn wording(self) -> Message {
        let Self::Denied { denied_by } = self else {
            return Message::new(match self {
                Self::Partial => "outcome-partial",
                Self::RegionDisabled => "outcome-region-disabled",
                Self::ServiceNotEnabled => "outcome-service-not-enabled",
                Self::BillingDisabled => "outcome-billing-disabled",
                Self::ThrottledOut => "outcome-throttled-out",
                Self::Unreachable => "outcome-unreachable",
                Self::Unsupported => "outcome-unsupported",
                Self::Skipped => "outcome-skipped",
                Self::ScopeSuspended => "outcome-scope-suspended",
                Self::Cancelled => "outcome-cancelled",
                Self::Complete | Self::Denied { .. } => "outcome-complete",
            });
        };
        Message::new(match denied_by {
            DeniedBy::IdentityPolicy => "outcome-denied-identity-policy",
            DeniedBy::Scp => "outcome-denied-scp",
            DeniedBy::ResourcePolicy => "outcome-denied-resource-policy",
            DeniedBy::PermissionsBoundary => "outcome-denied-permissions-boundary",
            DeniedBy::SessionPolicy => "outcome-denied-session-policy",
            DeniedBy::VpcEndpointPolicy => "outcome-denied-vpc-endpoint-policy",
            DeniedBy::ServicePerimeter => "outcome-denied-service-perimeter",
            DeniedBy::Trust => "outcome-denied-trust",
            DeniedBy::Unknown => "outcome-denied",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_back_from_json() {
        let inner = msg!("outcome-partial");
        let message =
            msg!("x", name = "n", count = 3_u64, why = inner, all = Arg::list(["a", "b"]));
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["args"]["count"], 3);
        assert_eq!(json["args"]["why"]["id"], "outcome-partial");
        assert_eq!(serde_json::from_value::<Message>(json).unwrap(), message);
        // What a document holds is compared with what another one held: it must be the same.
        for list in [vec![], vec!["a"], vec!["a", "b"]] {
            let message = msg!("x", all = Arg::list(list));
            let json = serde_json::to_string(&message).unwrap();
            assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message, "{json}");
        }
    }

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(Arg::some(["a"], 2), Arg::list(["a"]));
        let Arg::Message(rest) = Arg::some(["a", "b", "c", "d"], 2) else { panic!("a message") };
        assert_eq!(rest.args["more"], Arg::Number(2));
    }
}

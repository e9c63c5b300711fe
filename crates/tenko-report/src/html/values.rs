//! Values of attributes, and conditions on them, in words.

use serde_json::Value;
use tenko_core::{Change, Message, REDACTED_PREFIX, msg};

use super::context::Context;
use super::text::Text;

/// Characters of a value that are shown.
const LONGEST: usize = 400;

/// One attribute that differs.
#[derive(Clone, Debug)]
pub(super) struct ChangeView {
    pub(super) path: Text,
    pub(super) expected: Text,
    pub(super) actual: Text,
}

impl ChangeView {
    pub(super) fn new(context: &Context<'_>, change: &Change) -> Self {
        let (expected, actual) =
            pair(expectation(context, &change.expected), value(context, &change.actual));
        Self { path: Text::cut(&change.path.to_string(), LONGEST), expected, actual }
    }
}

/// Two values; when they differ only far into the text, the beginning that they share is cut.
fn pair(expected: String, actual: String) -> (Text, Text) {
    let shared = expected.chars().zip(actual.chars()).take_while(|(a, b)| a == b).count();
    let long = expected.len().max(actual.len()) > LONGEST && shared > LONGEST / 2;
    let window = |text: &str| {
        if !long {
            return Text::cut(text, LONGEST);
        }
        let rest: String = text.chars().skip(shared - LONGEST / 4).collect();
        Text::cut(&format!("…{rest}"), LONGEST)
    };
    (window(&expected), window(&actual))
}

fn absent(context: &Context<'_>) -> String {
    context.say(&Message::new("html-absent")).to_string()
}

fn value(context: &Context<'_>, value: &Value) -> String {
    match value {
        Value::Null => absent(context),
        Value::String(text) => match text.strip_prefix(REDACTED_PREFIX) {
            Some(digest) => format!("redacted:{}", digest.chars().take(8).collect::<String>()),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}

/// What was expected: a value, or a condition.
fn expectation(context: &Context<'_>, expected: &Value) -> String {
    let condition = expected.as_object().filter(|map| map.len() == 1).and_then(|map| {
        let (key, of) = map.iter().next()?;
        match key.as_str() {
            "one_of" => {
                let values = of.as_array()?.iter().map(|one| value(context, one));
                Some(msg!("html-one-of", values = tenko_core::Arg::list(values)))
            }
            "range" => range(of),
            "present" => {
                Some(Message::new(if of.as_bool()? { "html-any-value" } else { "html-absent" }))
            }
            _ => None,
        }
    });
    match condition {
        Some(message) => tenko_messages::say(context.lang, &message),
        None => value(context, expected),
    }
}

fn range(of: &Value) -> Option<Message> {
    let bound = |key| of.get(key).and_then(Value::as_f64).map(|bound| bound.to_string());
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) => Some(msg!("html-between", min = min, max = max)),
        (Some(min), None) => Some(msg!("html-at-least", min = min)),
        (None, Some(max)) => Some(msg!("html-at-most", max = max)),
        (None, None) => None,
    }
}

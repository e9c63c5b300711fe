//! Text from elsewhere within JSON that other tools read and show.

use serde_json::{Map, Value};

use crate::entry::clip;
use crate::visible::visible;

/// A longer text is cut: it is a name or a message, no document.
const LONGEST: usize = 4_000;

/// The value with every text in it made visible and cut to a length: the one place that makes text from
/// elsewhere safe within JSON for other tools. JSON itself is escaped where it is written.
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text_of(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(key, value)| (text_of(&key), plain(value))).collect(),
        ),
        other => other,
    }
}

fn text_of(text: &str) -> String {
    clip(&visible(text), LONGEST).into_owned()
}

/// An object of these members, without those that are null or empty text.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    let members = members.into_iter().filter(|(_, value)| says(value));
    Value::Object(members.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

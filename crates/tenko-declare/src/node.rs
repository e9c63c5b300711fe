//! One tree of values with their places, whatever the format they were written in.

use serde_json::{Number, Value};

use crate::context::{Context, Pos};

/// The deepest nesting of a manifest. Attributes of real resources stay below 20.
pub(crate) const MAX_NESTING: usize = 64;
/// The largest manifest file, in bytes: a hundred thousand resources fit.
pub(crate) const MAX_BYTES: usize = 64 << 20;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) pos: Pos,
    pub(crate) kind: Kind,
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) pos: Pos,
    pub(crate) text: String,
    /// Whether the text was in quotes, so that nobody can take it for a number.
    pub(crate) quoted: bool,
}

/// The kinds of value.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    /// A number, also as it was written: `0123` keeps its zero.
    Number(Number, String),
    Text(String),
    Seq(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

impl Node {
    /// The member of a map with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The member of a map with this key, with the key's place.
    pub(crate) fn entry(&self, key: &str) -> Option<(&Key, &Self)> {
        self.entries().iter().find(|(k, _)| k.text == key).map(|(k, node)| (k, node))
    }

    /// The members of a map; of anything else, none.
    pub(crate) fn entries(&self) -> &[(Key, Self)] {
        if let Kind::Map(entries) = &self.kind { entries } else { &[] }
    }

    /// The elements of a list; of anything else, none.
    pub(crate) fn items(&self) -> &[Self] {
        if let Kind::Seq(items) = &self.kind { items } else { &[] }
    }

    /// The text, if it is text and not empty.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind {
            Some(text).filter(|t| !t.is_empty()).map(String::as_str)
        } else {
            None
        }
    }

    /// The member's text.
    pub(crate) fn text_of(&self, key: &str) -> Option<String> {
        self.get(key)?.text().map(ToOwned::to_owned)
    }

    /// Text, number or truth value as text: where only text is possible, `42` means `"42"`.
    pub(crate) fn scalar(&self) -> Option<String> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Number(_, raw) => Some(raw.clone()),
            Kind::Bool(value) => Some(value.to_string()),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => None,
        }
    }

    /// The value as JSON.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number, _) => Value::Number(number.clone()),
            Kind::Text(text) => Value::from(text.as_str()),
            Kind::Seq(items) => items.iter().map(Self::to_value).collect(),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|(k, v)| (k.text.clone(), v.to_value())).collect())
            }
        }
    }

    /// What kind of value it is, for messages.
    pub(crate) fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "true or false",
            Kind::Number(..) => "a number",
            Kind::Text(_) => "text",
            Kind::Seq(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
}

/// Makes a map; of a key that stands there twice the first is kept and the second is an error.
pub(crate) fn map(context: &mut Context<'_>, entries: Vec<(Key, Node)>) -> Kind {
    let mut first = std::collections::HashMap::with_capacity(entries.len());
    let mut kept: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
    for (key, node) in entries {
        match first.get(&key.text) {
            Some(at) => {
                context
                    .error(key.pos, format!("the key `{}` stands here twice", key.text))
                    .see(*at, "first here");
            }
            None => {
                first.insert(key.text.clone(), key.pos);
                kept.push((key, node));
            }
        }
    }
    Kind::Map(kept)
}

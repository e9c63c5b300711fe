//! The `fields` parameter: an answer with some of its members only.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

/// Members to keep, by name; without any below them, they are kept whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, Fields)>);

impl Fields {
    /// Reads `services(name,state),nextPageToken` or `a/b`; `None` for what is not well-formed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut chars = text.chars().peekable();
        let fields = Self::level(&mut chars)?;
        chars.next().is_none().then_some(fields)
    }

    fn level(chars: &mut Peekable<Chars<'_>>) -> Option<Self> {
        let mut fields = Vec::new();
        loop {
            fields.push(Self::one(chars)?);
            if chars.next_if_eq(&',').is_none() {
                return Some(Self(fields));
            }
        }
    }

    fn one(chars: &mut Peekable<Chars<'_>>) -> Option<(String, Self)> {
        let mut name = String::new();
        while let Some(c) = chars.next_if(|c| !matches!(c, ',' | '(' | ')' | '/')) {
            name.push(c);
        }
        if name.is_empty() {
            return None;
        }
        let below = if chars.next_if_eq(&'/').is_some() {
            Self(vec![Self::one(chars)?])
        } else if chars.next_if_eq(&'(').is_some() {
            let below = Self::level(chars)?;
            chars.next_if_eq(&')')?;
            below
        } else {
            Self::default()
        };
        Some((name, below))
    }

    /// Drops everything else.
    pub(super) fn cut(&self, value: Value) -> Value {
        match value {
            value if self.0.is_empty() => value,
            Value::Array(list) => list.into_iter().map(|v| self.cut(v)).collect(),
            Value::Object(map) => {
                let keep = |(name, value): (String, Value)| {
                    let (_, below) = self.0.iter().find(|(n, _)| *n == name || n == "*")?;
                    Some((name, below.cut(value)))
                };
                Value::Object(map.into_iter().filter_map(keep).collect::<Map<_, _>>())
            }
            value => value,
        }
    }
}

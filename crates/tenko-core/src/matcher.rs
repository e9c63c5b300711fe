//! What a declaration may say of one attribute.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attributes::canonical_json;

/// An expectation about one attribute or tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Matcher {
    /// Exactly this value. Of an object, exactly the keys that are named: others may be there.
    Exact(Value),
    /// One of these values.
    OneOf(Vec<Value>),
    /// A number within these bounds, both inclusive.
    Range {
        /// The least value, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// The greatest value, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
    },
    /// There, with any value (`true`), or not there (`false`).
    Present(bool),
    /// This value, as infrastructure code writes values: an empty one (`""`, `[]`, `{}`, `false`,
    /// 0) is as good as none, numbers and booleans may be text, a policy document is compared by
    /// meaning, an IP address or network by value, and a link or ARN by what it names (a live link
    /// to a Google key may end in its version). JSON text is a document: what it does not hold is
    /// not there either.
    Loose(Value),
    /// A list that holds at least these elements, each as with [`Self::Loose`].
    Includes {
        /// The elements.
        items: Vec<Value>,
        /// The keys by which an element is known; empty when it is known by all of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// Whether lists inside of the elements may hold more too.
        #[serde(default)]
        open: bool,
    },
}

impl Matcher {
    /// Whether the value, or its absence, is as expected.
    ///
    /// [`Self::Loose`] and [`Self::Includes`] are taken at their word here: what they forgive takes
    /// the type's defaults and sets, and is up to whoever compares whole resources.
    pub fn matches(&self, actual: Option<&Value>) -> bool {
        let actual = actual.filter(|value| !value.is_null());
        match self {
            Self::Exact(expected) => match actual {
                Some(actual) => same(expected, actual),
                None => expected.is_null(),
            },
            Self::OneOf(any) => actual.is_some_and(|actual| any.iter().any(|e| same(e, actual))),
            Self::Range { min, max } => actual
                .and_then(number)
                .is_some_and(|n| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max)),
            Self::Present(expected) => actual.is_some() == *expected,
            Self::Loose(expected) => {
                actual.map_or_else(|| expected.is_null(), |actual| same(expected, actual))
            }
            Self::Includes { items, .. } => actual.and_then(Value::as_array).is_some_and(|list| {
                items.iter().all(|item| list.iter().any(|actual| same(item, actual)))
            }),
        }
    }

    /// The expectation as a value for reports: the value itself where there is just one.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Exact(value) | Self::Loose(value) => value.clone(),
            Self::Includes { items, .. } => Value::Array(items.clone()),
            other => serde_json::to_value(other).unwrap_or_default(),
        }
    }
}

/// Providers write numbers as text in places (`"90"`), and people write them without quotes.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Equal, where an expected object may name fewer keys than the actual one has.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().all(|(key, value)| match actual.get(key) {
                Some(actual) => same(value, actual),
                None => value.is_null(),
            })
        }
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len() && expected.iter().zip(actual).all(|(e, a)| same(e, a))
        }
        _ => canonical_json(expected).is_ok_and(|e| canonical_json(actual) == Ok(e)),
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(value) | Self::Loose(value) => write!(f, "{value}"),
            Self::Includes { items, .. } => write!(f, "at least {}", Value::Array(items.clone())),
            Self::OneOf(values) => {
                f.write_str("one of ")?;
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Self::Range { min: Some(min), max: Some(max) } => write!(f, "{min} to {max}"),
            Self::Range { min: Some(min), max: None } => write!(f, "at least {min}"),
            Self::Range { min: None, max: Some(max) } => write!(f, "at most {max}"),
            Self::Range { min: None, max: None } => f.write_str("any number"),
            Self::Present(true) => f.write_str("present"),
            Self::Present(false) => f.write_str("absent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn matchers() {
        let exact = |e: Value, a: Value| Matcher::Exact(e).matches(Some(&a));
        assert!(exact(json!({"a": 1}), json!({"a": 1.0, "b": 2})));
        assert!(!exact(json!({"a": 1}), json!({"b": 2})));
        assert!(!exact(json!(["a"]), json!(["a", "b"])));
        assert!(!exact(json!("1"), json!(1)));
        assert!(Matcher::OneOf(vec![json!("a"), json!("b")]).matches(Some(&json!("b"))));
        assert!(!Matcher::OneOf(vec![json!("a")]).matches(None));
        let range = Matcher::Range { min: Some(7.0), max: None };
        assert!(range.matches(Some(&json!("30"))) && !range.matches(Some(&json!(6))));
        assert!(!range.matches(Some(&json!("many"))) && !range.matches(None));
        assert!(Matcher::Present(true).matches(Some(&json!(false))));
        assert!(Matcher::Present(false).matches(Some(&Value::Null)));
    }
}

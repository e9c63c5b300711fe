//! Paths to attributes: `VpcId`, `Tags.owner`, `Rules[0].Port`, `Variables["a.b"]`, and with
//! `*` for every key or element.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// One step of an [`AttrPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of an object.
    Key(String),
    /// An element of an array, counted from 0.
    Index(usize),
    /// Every key or every element.
    Any,
}

/// A path into a resource's attributes. Tags stand below `Tags`, keyed by tag key. A copy shares the
/// steps: what many resources say of one attribute does not hold its path many times.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct AttrPath(Arc<[Segment]>);

/// A text that is no attribute path.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// A path must name at least one key.
    #[error("the path is empty")]
    Empty,
    /// Two dots in a row, or a dot at the end.
    #[error("the path has an empty part at character {0}")]
    EmptyPart(usize),
    /// A `[` without its `]`, or with something other than a number, `*` or a quoted key in it.
    #[error("the bracket at character {0} must hold a number, `*` or a quoted key, and be closed")]
    Bracket(usize),
}

impl AttrPath {
    /// The path of the given steps.
    pub fn new(segments: impl IntoIterator<Item = Segment>) -> Self {
        Self(segments.into_iter().collect())
    }

    /// The path of one key.
    pub fn key(key: impl Into<String>) -> Self {
        Self(Arc::from([Segment::Key(key.into())]))
    }

    /// This path with one more key.
    #[must_use]
    pub fn join(&self, key: impl Into<String>) -> Self {
        self.with(Segment::Key(key.into()))
    }

    /// This path with one more step.
    #[must_use]
    pub fn with(&self, segment: Segment) -> Self {
        self.0.iter().cloned().chain([segment]).collect::<Vec<_>>().into()
    }

    /// The steps of the path.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The first value at this path; `*` takes the first match.
    pub fn get<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        fn walk<'a>(value: &'a Value, segments: &[Segment]) -> Option<&'a Value> {
            let Some((first, rest)) = segments.split_first() else { return Some(value) };
            match (first, value) {
                (Segment::Key(key), Value::Object(map)) => walk(map.get(key)?, rest),
                (Segment::Index(i), Value::Array(items)) => walk(items.get(*i)?, rest),
                (Segment::Any, Value::Object(map)) => map.values().find_map(|v| walk(v, rest)),
                (Segment::Any, Value::Array(items)) => items.iter().find_map(|v| walk(v, rest)),
                _ => None,
            }
        }
        walk(value, &self.0)
    }

    /// Calls `f` with every value at this path.
    pub fn visit_mut(&self, value: &mut Value, f: &mut dyn FnMut(&mut Value)) {
        visit(value, &self.0, f);
    }

    /// Removes every value at this path.
    pub fn remove(&self, value: &mut Value) {
        let Some((last, parents)) = self.0.split_last() else { return };
        visit(value, parents, &mut |parent| match (last, parent) {
            (Segment::Key(key), Value::Object(map)) => {
                map.remove(key);
            }
            (Segment::Index(i), Value::Array(items)) if *i < items.len() => {
                items.remove(*i);
            }
            (Segment::Any, Value::Object(map)) => map.clear(),
            (Segment::Any, Value::Array(items)) => items.clear(),
            _ => {}
        });
    }

    /// Whether `other` is this path or lies below it; `*` in this path stands for any step.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.len() <= other.0.len()
            && self.0.iter().zip(&*other.0).all(|(a, b)| a == b || matches!(a, Segment::Any))
    }
}

fn visit(value: &mut Value, segments: &[Segment], f: &mut dyn FnMut(&mut Value)) {
    let Some((first, rest)) = segments.split_first() else { return f(value) };
    match (first, value) {
        (Segment::Key(key), Value::Object(map)) => {
            if let Some(found) = map.get_mut(key) {
                visit(found, rest, f);
            }
        }
        (Segment::Index(i), Value::Array(items)) => {
            if let Some(found) = items.get_mut(*i) {
                visit(found, rest, f);
            }
        }
        (Segment::Any, Value::Object(map)) => map.values_mut().for_each(|v| visit(v, rest, f)),
        (Segment::Any, Value::Array(items)) => items.iter_mut().for_each(|v| visit(v, rest, f)),
        _ => {}
    }
}

impl From<Vec<Segment>> for AttrPath {
    fn from(segments: Vec<Segment>) -> Self {
        Self(segments.into())
    }
}

impl FromStr for AttrPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut segments = Vec::new();
        let mut rest = text;
        let mut first = true;
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            if let Some(inner) = rest.strip_prefix('[') {
                let (segment, after) = bracket(inner).ok_or(PathError::Bracket(at))?;
                segments.push(segment);
                rest = after;
            } else {
                let part = if first {
                    rest
                } else {
                    rest.strip_prefix('.').ok_or(PathError::EmptyPart(at))?
                };
                let end = part.find(['.', '[']).unwrap_or(part.len());
                let (key, after) = part.split_at(end);
                if key.is_empty() {
                    return Err(PathError::EmptyPart(at));
                }
                segments.push(if key == "*" { Segment::Any } else { Segment::Key(key.to_owned()) });
                rest = after;
            }
            first = false;
        }
        if segments.is_empty() { Err(PathError::Empty) } else { Ok(segments.into()) }
    }
}

/// Reads what follows `[`, up to and with `]`.
fn bracket(inner: &str) -> Option<(Segment, &str)> {
    if inner.starts_with('"') {
        let mut stream = serde_json::Deserializer::from_str(inner).into_iter::<String>();
        let key = stream.next()?.ok()?;
        let after = inner.get(stream.byte_offset()..)?.strip_prefix(']')?;
        return Some((Segment::Key(key), after));
    }
    let (body, after) = inner.split_once(']')?;
    let segment = if body == "*" { Segment::Any } else { Segment::Index(body.parse().ok()?) };
    Some((segment, after))
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            match segment {
                Segment::Key(key)
                    if key.is_empty() || key == "*" || key.contains(['.', '[', ']', '"']) =>
                {
                    write!(f, "[{}]", Value::from(key.as_str()))?;
                }
                Segment::Key(key) => write!(f, "{dot}{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Any => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for AttrPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<AttrPath> for String {
    fn from(path: AttrPath) -> Self {
        path.to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_forms_round_trip() {
        for text in
            ["A", "A.B", "A[0].B", "A.*.B", "Tags[\"a.b\"]", "Tags[\"*\"]", "A[1][2]", "[\"\"]"]
        {
            let path: AttrPath = text.parse().unwrap();
            assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn bad_paths_are_refused_with_their_place() {
        let parse = |text: &str| text.parse::<AttrPath>();
        assert_eq!(parse(""), Err(PathError::Empty));
        assert_eq!(parse("A..B"), Err(PathError::EmptyPart(1)));
        assert_eq!(parse("A."), Err(PathError::EmptyPart(1)));
        assert_eq!(parse("A[x]"), Err(PathError::Bracket(1)));
        assert_eq!(parse("A[\"x\""), Err(PathError::Bracket(1)));
        assert_eq!(parse("A[0]B"), Err(PathError::EmptyPart(4)));
    }

    #[test]
    fn get_visit_and_remove_follow_wildcards() {
        let mut value = json!({"E": [{"N": "a", "V": 1}, {"N": "b", "V": 2}]});
        let path: AttrPath = "E.*.V".parse().unwrap();
        assert_eq!(path.get(&value), Some(&json!(1)));
        path.visit_mut(&mut value, &mut |v| *v = json!(0));
        assert_eq!(value["E"][1]["V"], json!(0));
        path.remove(&mut value);
        assert_eq!(value, json!({"E": [{"N": "a"}, {"N": "b"}]}));
        assert!(path.covers(&"E[1].V.x".parse().unwrap()));
        assert!(!path.covers(&"E[1]".parse().unwrap()));
    }
}

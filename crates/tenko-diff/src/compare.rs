//! Compares one declared attribute with the live one.

mod pairing;
mod paths;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;
use tenko_core::{
    AttrPath, Change, Matcher, REDACTED_PREFIX, Resource, Segment, TypeInfo, canonical_json,
};

use crate::text::ShortList;
use pairing::pairs_off;
use paths::{expand, mask};

/// Beyond this many elements a set is compared in its sorted order, so that comparing stays
/// cheap whatever the provider answers.
const LARGEST_SET: usize = 500;

/// How far a value is as expected; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sight {
    Same,
    Redacted,
    Unread,
    Differs,
}

/// What one resource's comparison gave.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) changes: Vec<Change>,
    unread: ShortList,
    redacted: ShortList,
}

impl Comparison {
    /// Why some attributes could not be compared.
    pub(crate) fn unknown(&self) -> Option<String> {
        let part = |list: &ShortList, one: &str, many: &str| {
            (!list.is_empty())
                .then(|| format!("{}: {list}", if list.len() == 1 { one } else { many }))
        };
        let parts: Vec<_> = [
            part(&self.unread, "attribute could not be read", "attributes could not be read"),
            part(&self.redacted, "attribute is redacted", "attributes are redacted"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// What is known besides the two values.
struct Context<'a> {
    resource: &'a Resource,
    info: Option<&'a TypeInfo>,
    skip: &'a [&'a AttrPath],
}

/// Compares declared attributes with a live resource, without what `skip` covers. A path with
/// `*` holds for every key or element that is there; where there is none, the attribute is absent.
pub(crate) fn compare<'e>(
    expected: impl IntoIterator<Item = (&'e AttrPath, &'e Matcher)>,
    resource: &Resource,
    info: Option<&TypeInfo>,
    skip: &[&AttrPath],
) -> Comparison {
    let context = Context { resource, info, skip };
    let live = resource.to_value();
    let mut comparison = Comparison::default();
    for (path, matcher) in expected {
        for path in expand(path, &live) {
            context.note(matcher, path.get(&live), &path, &mut comparison);
        }
    }
    comparison
}

impl Context<'_> {
    /// Compares and keeps what was found, at the deepest path that says it: of an object the keys
    /// that differ, of an ordered list the elements.
    fn note(
        &self,
        matcher: &Matcher,
        actual: Option<&Value>,
        path: &AttrPath,
        out: &mut Comparison,
    ) {
        match (self.check(matcher, actual, path), matcher, actual) {
            (Sight::Same, ..) => {}
            (Sight::Redacted, ..) => out.redacted.add(path),
            (Sight::Unread, ..) => out.unread.add(path),
            (_, Matcher::Exact(policy), Some(actual)) if is_policy(policy) => {
                self.note_exact(Some(policy), Some(actual), path, out);
            }
            (_, Matcher::Exact(Value::Object(expected)), Some(Value::Object(actual))) => {
                for (key, value) in expected {
                    let (matcher, path) = (Matcher::Exact(value.clone()), path.join(key));
                    self.note(&matcher, actual.get(key), &path, out);
                }
            }
            (_, Matcher::Exact(Value::Array(expected)), Some(Value::Array(actual)))
                if expected.len() == actual.len() && !self.is_set(path) =>
            {
                for (i, (value, actual)) in expected.iter().zip(actual).enumerate() {
                    let matcher = Matcher::Exact(value.clone());
                    self.note(&matcher, Some(actual), &path.with(Segment::Index(i)), out);
                }
            }
            _ => out.changes.push(Change {
                path: path.clone(),
                expected: mask(matcher, path, self.info).to_value(),
                actual: actual.cloned().unwrap_or_default(),
            }),
        }
    }

    /// Notes every part that only one side has or that differs.
    fn note_exact(
        &self,
        expected: Option<&Value>,
        actual: Option<&Value>,
        path: &AttrPath,
        out: &mut Comparison,
    ) {
        match (expected, actual) {
            _ if self.skipped(path).is_some() || expected == actual => {}
            (Some(Value::Object(expected)), Some(Value::Object(actual))) => {
                let keys: BTreeSet<_> = expected.keys().chain(actual.keys()).collect();
                for key in keys {
                    self.note_exact(expected.get(key), actual.get(key), &path.join(key), out);
                }
            }
            (Some(Value::Array(expected)), Some(Value::Array(actual)))
                if expected.len() == actual.len() =>
            {
                for (i, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                    let path = path.with(Segment::Index(i));
                    self.note_exact(Some(expected), Some(actual), &path, out);
                }
            }
            _ => {
                let matcher = Matcher::Exact(expected.cloned().unwrap_or_default());
                out.changes.push(Change {
                    path: path.clone(),
                    expected: mask(&matcher, path, self.info).to_value(),
                    actual: actual.cloned().unwrap_or_default(),
                });
            }
        }
    }

    fn check(&self, matcher: &Matcher, actual: Option<&Value>, path: &AttrPath) -> Sight {
        let any = |values: &[Value]| {
            let sights = values.iter().map(|value| self.value(value, actual, path));
            sights.min().unwrap_or(Sight::Differs)
        };
        match matcher {
            Matcher::Exact(value) => self.value(value, actual, path),
            Matcher::OneOf(values) => any(values),
            // That something is there is known even where its value is not.
            Matcher::Present(_) if actual.is_some() => self.plain(matcher, actual, path),
            _ if self.is_unread(path) => self.skipped(path).unwrap_or(Sight::Unread),
            Matcher::Present(_) => self.plain(matcher, actual, path),
            _ if actual.is_some_and(is_redacted) => self.skipped(path).unwrap_or(Sight::Redacted),
            _ => self.plain(matcher, actual, path),
        }
    }

    fn plain(&self, matcher: &Matcher, actual: Option<&Value>, path: &AttrPath) -> Sight {
        let same = self.skipped(path).is_some() || matcher.matches(actual);
        if same { Sight::Same } else { Sight::Differs }
    }

    fn skipped(&self, path: &AttrPath) -> Option<Sight> {
        self.skip.iter().any(|skip| skip.covers(path)).then_some(Sight::Same)
    }

    fn is_unread(&self, path: &AttrPath) -> bool {
        self.resource.is_unknown(path)
    }

    /// As `Matcher::Exact` compares, with what is skipped, unread, redacted or without order.
    fn value(&self, expected: &Value, actual: Option<&Value>, path: &AttrPath) -> Sight {
        if let Some(same) = self.skipped(path) {
            return same;
        }
        if self.resource.unknown.iter().any(|unknown| unknown.covers(path)) {
            return Sight::Unread;
        }
        let Some(actual) = actual.filter(|value| !value.is_null()) else {
            // A part of it that could not be read may be there.
            return match expected {
                Value::Null if self.is_unread(path) => Sight::Unread,
                Value::Null => Sight::Same,
                _ if self.is_unread(path) => Sight::Unread,
                _ => Sight::Differs,
            };
        };
        // It is there, so it is surely not as absent as it was declared.
        if is_redacted(actual) && !is_redacted(expected) && !expected.is_null() {
            return Sight::Redacted;
        }
        match (expected, actual) {
            // One principal or action more is another policy.
            _ if is_policy(expected) => {
                let mut found = Comparison::default();
                self.note_exact(Some(expected), Some(actual), path, &mut found);
                if found.changes.is_empty() { Sight::Same } else { Sight::Differs }
            }
            (Value::Object(expected), Value::Object(actual)) => expected
                .iter()
                .map(|(key, value)| {
                    self.value(value, actual.get(key), &self.step(path, || key.into()))
                })
                .max()
                .unwrap_or(Sight::Same),
            (Value::Array(expected), Value::Array(actual)) if expected.len() != actual.len() => {
                Sight::Differs
            }
            (Value::Array(expected), Value::Array(actual)) => {
                if !self.is_set(path) {
                    self.list(expected, actual, path)
                } else if expected.len() <= LARGEST_SET {
                    self.set(expected, actual, path)
                } else {
                    // The live one was sorted like this when it was collected.
                    let mut sorted = expected.clone();
                    sorted.sort_by_cached_key(|value| canonical_json(value).unwrap_or_default());
                    self.list(&sorted, actual, path)
                }
            }
            _ if canonical_json(expected).is_ok_and(|e| canonical_json(actual) == Ok(e)) => {
                Sight::Same
            }
            _ => Sight::Differs,
        }
    }

    fn list(&self, expected: &[Value], actual: &[Value], path: &AttrPath) -> Sight {
        let pairs = expected.iter().zip(actual).enumerate();
        pairs
            .map(|(i, (e, a))| self.value(e, Some(a), &self.step(path, || Step::Index(i))))
            .max()
            .unwrap_or(Sight::Same)
    }

    fn is_set(&self, path: &AttrPath) -> bool {
        self.info.is_some_and(|info| {
            let length = path.segments().len();
            info.sets.iter().any(|set| set.segments().len() == length && set.covers(path))
        })
    }

    /// Pairs the elements off, in any order; an expected object may name fewer keys.
    fn set(&self, expected: &[Value], actual: &[Value], path: &AttrPath) -> Sight {
        let sights: Vec<Vec<Sight>> = expected
            .iter()
            .map(|e| {
                let of = actual.iter().enumerate();
                of.map(|(i, a)| self.value(e, Some(a), &self.step(path, || Step::Index(i))))
                    .collect()
            })
            .collect();
        [Sight::Same, Sight::Redacted, Sight::Unread]
            .into_iter()
            .find(|worst| pairs_off(&sights, *worst))
            .unwrap_or(Sight::Differs)
    }

    /// The path one step down. Without anything that asks for paths, none is built.
    fn step<'p>(&self, path: &'p AttrPath, step: impl FnOnce() -> Step) -> Cow<'p, AttrPath> {
        let asked = !self.skip.is_empty()
            || !self.resource.unknown.is_empty()
            || self.info.is_some_and(|info| !info.sets.is_empty());
        if asked {
            Cow::Owned(path.with(match step() {
                Step::Key(key) => Segment::Key(key),
                Step::Index(index) => Segment::Index(index),
            }))
        } else {
            Cow::Borrowed(path)
        }
    }
}

enum Step {
    Key(String),
    Index(usize),
}

impl From<&String> for Step {
    fn from(key: &String) -> Self {
        Self::Key(key.clone())
    }
}

/// Whether a value is a policy document. Of any other object a declaration names the keys that
/// matter to it; a policy says what it says only as a whole.
fn is_policy(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.contains_key("Statement"))
}

fn is_redacted(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(REDACTED_PREFIX))
}

//! Compares declared attributes with those of a live resource.

mod paths;

use serde_json::Value;
use tenko_core::{AttrPath, Matcher, Message, Segment, msg};

use crate::reason::both;
use crate::text::ShortList;
use crate::trail::Trail;
use crate::walk::{Comparison, How, Notes, Sight, Walk, is_redacted, redacted, unread};
use paths::expand;
pub(crate) use paths::mask;

/// Compares declared attributes with live ones, without what the walk skips. A path with `*` holds
/// for every key or element that is there; where there is none, the attribute is absent.
pub(crate) fn compare<'e>(
    expected: impl IntoIterator<Item = (&'e AttrPath, &'e Matcher)>,
    live: &Value,
    walk: &Walk<'_>,
) -> Comparison {
    let mut comparison = Comparison::default();
    let mut one = |path: &AttrPath, matcher: &Matcher| {
        let before = comparison.changes.len();
        let at = Trail::Base(path.segments());
        walk.matcher(matcher, path.get(live), &at, Some(&mut comparison));
        // The order of an object's keys is that of whoever built the map.
        if let Some(new) = comparison.changes.get_mut(before..) {
            new.sort_by(|a, b| a.path.cmp(&b.path));
        }
    };
    for (path, matcher) in expected {
        if path.segments().contains(&Segment::Any) {
            expand(path, live).iter().for_each(|path| one(path, matcher));
        } else {
            one(path, matcher);
        }
    }
    comparison
}

impl Comparison {
    /// Whether nothing differs and nothing is unknown but what is hidden.
    pub(crate) fn is_same(&self) -> bool {
        self.changes.is_empty() && self.unread.is_empty()
    }

    /// Why some attributes could not be compared.
    pub(crate) fn unknown(&self) -> Option<Message> {
        let part = |message: Message, list: &ShortList| {
            let part = || message.with("count", list.len()).with("paths", list.to_arg());
            (!list.is_empty()).then(part)
        };
        let parts = [
            part(msg!("drift-attributes-unread"), &self.unread),
            part(msg!("drift-attributes-redacted"), &self.redacted),
        ];
        parts.into_iter().flatten().reduce(both)
    }
}

impl Walk<'_> {
    fn matcher(
        &self,
        matcher: &Matcher,
        actual: Option<&Value>,
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        match matcher {
            Matcher::Exact(value) => self.value(How::Exact, Some(value), actual, at, notes),
            Matcher::Loose(value) => self.value(How::LOOSE, Some(value), actual, at, notes),
            _ if self.is_skipped(at) => Sight::Same,
            Matcher::OneOf(values) => {
                let sights = values
                    .iter()
                    .map(|value| self.value(How::Exact, Some(value), actual, at, None));
                let sight = sights.min().unwrap_or(Sight::Differs);
                self.note(sight, matcher, actual, at, notes)
            }
            Matcher::Includes { items, keys, open } if !self.is_unread(at) => {
                let how = How::Loose { open: *open, whole: false };
                match actual {
                    Some(Value::Array(actual)) => {
                        self.includes(items, keys, actual, how, at, notes)
                    }
                    None | Some(Value::Null) => self.includes(items, keys, &[], how, at, notes),
                    Some(found) if is_redacted(found) => {
                        self.note(Sight::Redacted, matcher, actual, at, notes)
                    }
                    _ => self.note(Sight::Differs, matcher, actual, at, notes),
                }
            }
            // That something is there is known even where its value is not.
            Matcher::Present(_) if actual.is_some() => self.plain(matcher, actual, at, notes),
            _ if self.is_unread(at) => unread(at, notes),
            Matcher::Present(_) => self.plain(matcher, actual, at, notes),
            _ if actual.is_some_and(is_redacted) => {
                self.note(Sight::Redacted, matcher, actual, at, notes)
            }
            _ => self.plain(matcher, actual, at, notes),
        }
    }

    fn plain(
        &self,
        matcher: &Matcher,
        actual: Option<&Value>,
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        let sight = if matcher.matches(actual) { Sight::Same } else { Sight::Differs };
        self.note(sight, matcher, actual, at, notes)
    }

    fn note(
        &self,
        sight: Sight,
        matcher: &Matcher,
        actual: Option<&Value>,
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        match (sight, notes) {
            (Sight::Unread, notes) => unread(at, notes),
            (Sight::Redacted, notes) => redacted(at, notes),
            (Sight::Differs, Some(notes)) => {
                let mut matcher = matcher.clone();
                if let Matcher::OneOf(values) = &mut matcher {
                    let path = at.to_path();
                    values.iter_mut().for_each(|value| mask(value, &path, self.info));
                }
                let expected = matcher.to_value();
                self.differs(How::Exact, Some(&expected), actual, at, Some(notes))
            }
            _ => sight,
        }
    }
}

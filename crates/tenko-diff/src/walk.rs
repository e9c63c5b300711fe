//! One walk over two value trees, for all that is compared: what was declared with what is live,
//! and what was with what is.

mod includes;
pub(crate) mod loose;
mod names;
mod pairing;
mod sets;

use serde_json::{Map, Value};
use tenko_core::{
    Arg, AttrPath, Change, MAX_DEPTH, REDACTED_PREFIX, TypeInfo, policy_changes, policy_document,
};

pub(crate) use self::names::link;
use crate::compare::mask;
use crate::text::ShortList;
use crate::trail::Trail;

/// How far a value is as expected; the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    Same,
    Redacted,
    Unread,
    Differs,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// See [`tenko_core::Matcher::Exact`]: an expected object names the keys that matter.
    Exact,
    /// See [`tenko_core::Matcher::Loose`].
    Loose {
        /// Lists may hold more than what is expected.
        open: bool,
        /// Objects may not: the expected text is all of a document.
        whole: bool,
    },
    /// Two observations: whatever only one side has counts.
    Whole,
}

impl How {
    pub(crate) const LOOSE: Self = Self::Loose { open: false, whole: false };

    fn is_loose(self) -> bool {
        matches!(self, Self::Loose { .. })
    }

    fn is_open(self) -> bool {
        matches!(self, Self::Loose { open: true, .. })
    }

    /// Whether keys that only the actual object has count.
    fn is_whole(self) -> bool {
        matches!(self, Self::Whole | Self::Loose { whole: true, .. })
    }

    /// As this one, where the expected value was the text of a document.
    fn of_document(self) -> Self {
        match self {
            Self::Loose { open, .. } => Self::Loose { open, whole: true },
            other => other,
        }
    }
}

/// What one resource's comparison gave.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) changes: Vec<Change>,
    pub(crate) unread: ShortList,
    pub(crate) redacted: ShortList,
}

/// Where a walk notes what it finds; without, only the verdict counts.
pub(crate) type Notes<'n> = Option<&'n mut Comparison>;

/// What is known besides the two values.
pub(crate) struct Walk<'a> {
    pub(crate) info: Option<&'a TypeInfo>,
    /// Paths that are left out.
    pub(crate) skip: &'a [&'a AttrPath],
    /// Paths of which nobody knows what is there.
    pub(crate) unread: &'a [AttrPath],
}

impl Walk<'_> {
    /// Compares two values at one place. Null is as good as nothing, on both sides; an expected
    /// null wants nothing to be there, but loosely, where it says nothing.
    pub(crate) fn value(
        &self,
        how: How,
        expected: Option<&Value>,
        actual: Option<&Value>,
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        if self.is_skipped(at) {
            return Sight::Same;
        }
        if self.unread.iter().any(|unread| at.is_in(unread)) {
            return unread(at, notes);
        }
        let (expected, actual) = (present(expected), present(actual));
        let (e, a) = self.with_default(how, expected, actual, at);
        match (e, a) {
            (None, None) => self.absent(how, at, notes),
            (Some(e), Some(a)) if at.len() > MAX_DEPTH => {
                if e == a {
                    Sight::Same
                } else {
                    self.differs(how, expected, actual, at, notes)
                }
            }
            _ if how.is_loose() && loose::is_empty(e) && loose::is_empty(a) => Sight::Same,
            (Some(e), Some(a)) if how.is_loose() && is_redacted(e) && a != e => redacted(at, notes),
            (Some(e), None) => self.not_there(how, e, expected, at, notes),
            (None, Some(_)) if how.is_loose() && !how.is_whole() => Sight::Same,
            (None, Some(_)) => self.differs(how, expected, actual, at, notes),
            (Some(e), Some(a)) => self.both(how, e, a, at, notes),
        }
    }

    /// The default in place of a value that says nothing.
    fn with_default<'v>(
        &'v self,
        how: How,
        expected: Option<&'v Value>,
        actual: Option<&'v Value>,
        at: &Trail<'_>,
    ) -> (Option<&'v Value>, Option<&'v Value>) {
        let defaults = self.info.map(|info| &info.iac.defaults).filter(|_| how.is_loose());
        let default = defaults
            .into_iter()
            .flatten()
            .find(|(path, _)| at.is_at(path))
            .map(|(_, default)| default);
        let or_default = |value| if loose::is_blank(value) { default.or(value) } else { value };
        (or_default(expected), or_default(actual))
    }

    fn absent(&self, how: How, at: &Trail<'_>, notes: Notes<'_>) -> Sight {
        // A part of it that could not be read may be there.
        if how == How::Exact && self.is_unread(at) { unread(at, notes) } else { Sight::Same }
    }

    fn not_there(
        &self,
        how: How,
        e: &Value,
        expected: Option<&Value>,
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        if self.is_unread(at) {
            return unread(at, notes);
        }
        if let (true, Value::Object(map)) = (how.is_loose(), e) {
            let all_empty = map
                .iter()
                .all(|(key, e)| self.value(how, Some(e), None, &at.key(key), None) == Sight::Same);
            if all_empty {
                return Sight::Same;
            }
        }
        self.differs(how, expected, None, at, notes)
    }

    fn both(&self, how: How, e: &Value, a: &Value, at: &Trail<'_>, mut notes: Notes<'_>) -> Sight {
        // It is there, so it is surely not as absent as it may have been declared. The digest of
        // a value from infrastructure code may have been taken with another key.
        if how != How::Whole && is_redacted(a) && (!is_redacted(e) || how.is_loose() && e != a) {
            return redacted(at, notes);
        }
        match (e, a) {
            (Value::Object(old), Value::Object(new)) => self
                .policies(e, a, at, notes.as_deref_mut(), how)
                .unwrap_or_else(|| self.objects(how, old, new, at, notes)),
            (Value::Array(old), Value::Array(new)) => self.arrays(how, old, new, at, notes),
            (Value::String(_), _) | (_, Value::String(_)) => self.texts(how, e, a, at, notes),
            _ if loose::same_scalar(e, a) => Sight::Same,
            _ => self.differs(how, Some(e), Some(a), at, notes),
        }
    }

    /// Whether something below this place is left out or unread, so that two values may be equal
    /// and not the same, or the same and not equal.
    fn asks_below(&self, at: &Trail<'_>) -> bool {
        self.skip.iter().copied().chain(self.unread).any(|path| at.holds(path))
    }

    fn objects(
        &self,
        how: How,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        at: &Trail<'_>,
        mut notes: Notes<'_>,
    ) -> Sight {
        let mut worst = Sight::Same;
        for (key, e) in old {
            if how.is_loose() && e.is_null() {
                continue;
            }
            let at = at.key(key);
            worst = worst.max(self.value(how, Some(e), new.get(key), &at, notes.as_deref_mut()));
        }
        if how.is_whole() {
            for (key, a) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
                let at = at.key(key);
                worst = worst.max(self.value(how, None, Some(a), &at, notes.as_deref_mut()));
            }
        }
        worst
    }

    fn arrays(
        &self,
        how: How,
        old: &[Value],
        new: &[Value],
        at: &Trail<'_>,
        mut notes: Notes<'_>,
    ) -> Sight {
        if how.is_open() {
            return self.includes(old, &[], new, how, at, notes);
        }
        if self.is_set(at) {
            return self.set(how, old, new, at, notes);
        }
        if old.len() != new.len() && how != How::Whole {
            let (e, a) = (Value::Array(old.to_vec()), Value::Array(new.to_vec()));
            return self.differs(how, Some(&e), Some(&a), at, notes);
        }
        let mut worst = Sight::Same;
        for i in 0..old.len().max(new.len()) {
            let (e, a) = (old.get(i), new.get(i));
            worst = worst.max(self.value(how, e, a, &at.index(i), notes.as_deref_mut()));
        }
        worst
    }

    /// Two scalars of which one is text at least, or a text and what it may be the text of.
    fn texts(&self, how: How, e: &Value, a: &Value, at: &Trail<'_>, mut notes: Notes<'_>) -> Sight {
        if loose::same_scalar(e, a) || (how.is_loose() && loose::same_loosely(e, a)) {
            return Sight::Same;
        }
        if let Some(sight) = self.policies(e, a, at, notes.as_deref_mut(), how) {
            return sight;
        }
        if !how.is_loose() {
            return self.differs(how, Some(e), Some(a), at, notes);
        }
        // What the text of a document does not hold is not there either.
        let how_text = how.of_document();
        match (loose::parsed(e), loose::parsed(a)) {
            (Some(e), Some(a)) => self.value(how_text, Some(&e), Some(&a), at, notes),
            (Some(e), None) if a.is_object() || a.is_array() => {
                self.value(how_text, Some(&e), Some(a), at, notes)
            }
            (None, Some(a)) if e.is_object() || e.is_array() => {
                self.value(how, Some(e), Some(&a), at, notes)
            }
            _ => self.differs(how, Some(e), Some(a), at, notes),
        }
    }

    /// The verdict on two policy documents, where both values are such.
    fn policies(
        &self,
        e: &Value,
        a: &Value,
        at: &Trail<'_>,
        mut notes: Notes<'_>,
        how: How,
    ) -> Option<Sight> {
        let (e, a) = (policy_document(e)?, policy_document(a)?);
        let mut worst = Sight::Same;
        for change in policy_changes(&e, &a) {
            let up = at.to_path();
            let path = AttrPath::new(up.segments().iter().chain(change.path.segments()).cloned());
            let at = Trail::Base(path.segments());
            let notes = notes.as_deref_mut();
            worst = worst.max(if self.is_skipped(&at) {
                Sight::Same
            } else if self.is_unread(&at) {
                unread(&at, notes)
            } else {
                self.differs(how, Some(&change.expected), Some(&change.actual), &at, notes)
            });
        }
        Some(worst)
    }

    /// Notes a difference.
    pub(crate) fn differs(
        &self,
        how: How,
        expected: Option<&Value>,
        actual: Option<&Value>,
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        if let Some(notes) = notes {
            let path = at.to_path();
            let mut expected = expected.cloned().unwrap_or_default();
            if how != How::Whole {
                mask(&mut expected, &path, self.info);
            }
            notes.changes.push(Change {
                path,
                expected,
                actual: actual.cloned().unwrap_or_default(),
            });
        }
        Sight::Differs
    }

    pub(crate) fn is_skipped(&self, at: &Trail<'_>) -> bool {
        self.skip.iter().any(|skip| at.is_in(skip))
    }

    /// Whether the value, or a part of it, could not be read.
    pub(crate) fn is_unread(&self, at: &Trail<'_>) -> bool {
        self.unread.iter().any(|unread| at.is_in(unread) || at.holds(unread))
    }

    fn is_set(&self, at: &Trail<'_>) -> bool {
        self.info.is_some_and(|info| info.sets.iter().any(|set| at.is_at(set)))
    }
}

fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// Notes that nobody knows.
pub(crate) fn unread(at: &Trail<'_>, notes: Notes<'_>) -> Sight {
    if let Some(notes) = notes {
        notes.unread.add(|| Arg::text(at.to_path()));
    }
    Sight::Unread
}

/// Notes that the value is hidden.
pub(crate) fn redacted(at: &Trail<'_>, notes: Notes<'_>) -> Sight {
    if let Some(notes) = notes {
        notes.redacted.add(|| Arg::text(at.to_path()));
    }
    Sight::Redacted
}

pub(crate) fn is_redacted(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(REDACTED_PREFIX))
}

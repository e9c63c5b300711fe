//! Lists without order.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::pairing::{Pairing, pair_off};
use super::{How, Notes, Sight, Walk, redacted, unread};
use crate::trail::Trail;

/// Beyond this many elements that have no equal on the other side, none is paired off with
/// another, so that comparing stays cheap whatever the provider answers.
pub(super) const LARGEST_SET: usize = 500;

impl Walk<'_> {
    /// Compares two lists whose order has no meaning; an expected object may name fewer keys than
    /// its partner has. The change holds the elements that have no partner.
    pub(super) fn set(
        &self,
        how: How,
        expected: &[Value],
        actual: &[Value],
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        // What is live was sorted when it was collected, so two observations mostly agree.
        if expected == actual && !self.asks_below(at) {
            return Sight::Same;
        }
        let sight = self.pair(how, expected, actual, at);
        if sight.0 == Sight::Differs && how != How::Whole {
            // A text or number that is there twice says no more than once.
            let (olds, news) = (once(expected), once(actual));
            if let (Some(e), Some(a)) =
                (or_all(&olds, expected, &news), or_all(&news, actual, &olds))
            {
                let (again, left) = self.pair(how, &e, &a, at);
                return self.note_set(how, again, left, &e, &a, at, notes);
            }
        }
        self.note_set(how, sight.0, sight.1, expected, actual, at, notes)
    }

    #[expect(clippy::too_many_arguments, reason = "one place that is called twice")]
    fn note_set(
        &self,
        how: How,
        sight: Sight,
        (olds, news): Left,
        expected: &[Value],
        actual: &[Value],
        at: &Trail<'_>,
        notes: Notes<'_>,
    ) -> Sight {
        let of = |all: &[Value], at: &[usize]| -> Value {
            at.iter().filter_map(|i| all.get(*i)).cloned().collect()
        };
        match (sight, notes) {
            (Sight::Differs, Some(notes)) => {
                let (e, a) = (of(expected, &olds), of(actual, &news));
                self.differs(how, Some(&e), Some(&a), at, Some(notes))
            }
            (Sight::Unread, notes) => unread(at, notes),
            (Sight::Redacted, notes) => redacted(at, notes),
            (sight, _) => sight,
        }
    }

    /// Pairs the elements off: the verdict, and what has no partner.
    fn pair(
        &self,
        how: How,
        expected: &[Value],
        actual: &[Value],
        at: &Trail<'_>,
    ) -> (Sight, Left) {
        let (olds, news) = if self.asks_below(at) {
            ((0..expected.len()).collect(), (0..actual.len()).collect())
        } else {
            without_equals(expected, actual)
        };
        if olds.is_empty() && news.is_empty() {
            return (Sight::Same, (olds, news));
        }
        if olds.len() > LARGEST_SET || news.len() > LARGEST_SET {
            return self.in_order(how, expected, actual, olds, news, at);
        }
        let sights: Vec<Vec<Sight>> = olds
            .iter()
            .map(|e| {
                let sight = |a: &usize| {
                    let at = at.index(*a);
                    self.value(how, expected.get(*e), actual.get(*a), &at, None)
                };
                news.iter().map(sight).collect()
            })
            .collect();
        let mut pairing = Pairing::default();
        for worst in [Sight::Same, Sight::Redacted, Sight::Unread] {
            pairing = pair_off(&sights, news.len(), worst);
            if pairing.is_complete() {
                return (worst, Left::default());
            }
        }
        let left = |all: &[usize], at: &[usize]| -> Vec<usize> {
            at.iter().filter_map(|i| all.get(*i)).copied().collect()
        };
        (Sight::Differs, (left(&olds, &pairing.rows), left(&news, &pairing.columns)))
    }

    /// As a set that is too large to be paired off: by its sorted order.
    fn in_order(
        &self,
        how: How,
        expected: &[Value],
        actual: &[Value],
        mut olds: Vec<usize>,
        mut news: Vec<usize>,
        at: &Trail<'_>,
    ) -> (Sight, Left) {
        let text = |of: &[Value], i: usize| {
            of.get(i).and_then(|v| tenko_core::canonical_json(v).ok()).unwrap_or_default()
        };
        olds.sort_by_cached_key(|i| text(expected, *i));
        news.sort_by_cached_key(|i| text(actual, *i));
        let mut worst = Sight::Same;
        if olds.len() != news.len() {
            return (Sight::Differs, (olds, news));
        }
        let mut left = Left::default();
        for (e, a) in olds.into_iter().zip(news) {
            let sight = self.value(how, expected.get(e), actual.get(a), &at.index(a), None);
            if sight == Sight::Differs {
                left.0.push(e);
                left.1.push(a);
            }
            worst = worst.max(sight);
        }
        (worst, left)
    }
}

/// Places in the two lists that have no partner.
pub(super) type Left = (Vec<usize>, Vec<usize>);

/// Both lists without what equals an element of the other.
pub(super) fn without_equals(expected: &[Value], actual: &[Value]) -> Left {
    let mut free: HashMap<&Value, Vec<usize>> = HashMap::new();
    for (i, value) in actual.iter().enumerate().rev() {
        free.entry(value).or_default().push(i);
    }
    let mut taken = vec![false; actual.len()];
    let mut olds = Vec::new();
    for (i, value) in expected.iter().enumerate() {
        match free.get_mut(value).and_then(Vec::pop) {
            Some(partner) => {
                if let Some(taken) = taken.get_mut(partner) {
                    *taken = true;
                }
            }
            None => olds.push(i),
        }
    }
    let left = taken.iter().enumerate().filter(|(_, taken)| !**taken);
    (olds, left.map(|(i, _)| i).collect())
}

/// The list without repeated scalars; nothing when there are none.
pub(super) fn once(values: &[Value]) -> Option<Vec<Value>> {
    let mut seen = HashSet::new();
    let kept: Vec<_> = values
        .iter()
        .filter(|v| v.is_object() || v.is_array() || seen.insert(v.to_string()))
        .cloned()
        .collect();
    (kept.len() < values.len()).then_some(kept)
}

/// The shortened list, or all of it where only the other one could be shortened.
fn or_all<'v>(
    own: &'v Option<Vec<Value>>,
    all: &'v [Value],
    other: &Option<Vec<Value>>,
) -> Option<std::borrow::Cow<'v, [Value]>> {
    match own {
        Some(short) => Some(short.as_slice().into()),
        None => other.as_ref().map(|_| all.into()),
    }
}

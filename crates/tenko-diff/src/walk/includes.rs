//! Lists that may hold more than is expected.

use serde_json::Value;

use super::pairing::pair_off;
use super::sets::{LARGEST_SET, once, without_equals};
use super::{How, Notes, Sight, Walk, redacted, unread};
use crate::trail::Trail;

impl Walk<'_> {
    /// Whether a list holds these elements. With `keys`, an element is the one with the same keys,
    /// and several items may be about one. Without, each needs an element of its own.
    pub(crate) fn includes(
        &self,
        items: &[Value],
        keys: &[String],
        actual: &[Value],
        how: How,
        at: &Trail<'_>,
        mut notes: Notes<'_>,
    ) -> Sight {
        // A text that two places ask for is there when it is there once.
        let short = once(items).filter(|_| keys.is_empty());
        let items = short.as_deref().unwrap_or(items);
        let (worst, missing) = if keys.is_empty() {
            self.included(how, items, actual, at)
        } else {
            self.included_by_keys(how, items, keys, actual, at, notes.as_deref_mut())
        };
        if missing.is_empty() {
            // What is known by its keys was noted where it stands.
            return match worst {
                Sight::Unread if keys.is_empty() => unread(at, notes),
                Sight::Redacted if keys.is_empty() => redacted(at, notes),
                worst => worst,
            };
        }
        if self.is_unread(at) {
            return unread(at, notes);
        }
        let missing = missing.iter().filter_map(|i| items.get(*i)).cloned().collect();
        let none = Value::Array(Vec::new());
        self.differs(how, Some(&Value::Array(missing)), Some(&none), at, notes)
    }

    /// Pairs items off with elements: the verdict, and the items without a partner.
    fn included(
        &self,
        how: How,
        items: &[Value],
        actual: &[Value],
        at: &Trail<'_>,
    ) -> (Sight, Vec<usize>) {
        let (olds, news) = if self.asks_below(at) {
            ((0..items.len()).collect(), (0..actual.len()).collect())
        } else {
            without_equals(items, actual)
        };
        if olds.is_empty() {
            return (Sight::Same, olds);
        }
        let verdict = |e: &usize, a: &usize| {
            self.value(how, items.get(*e), actual.get(*a), &at.index(*a), None)
        };
        if olds.len() > LARGEST_SET || news.len() > LARGEST_SET {
            return first_free(&olds, news, verdict);
        }
        let sights: Vec<Vec<Sight>> =
            olds.iter().map(|e| news.iter().map(|a| verdict(e, a)).collect()).collect();
        let mut left = Vec::new();
        for worst in [Sight::Same, Sight::Redacted, Sight::Unread] {
            left = pair_off(&sights, news.len(), worst).rows;
            if left.is_empty() {
                return (worst, left);
            }
        }
        (Sight::Differs, left.iter().filter_map(|row| olds.get(*row)).copied().collect())
    }

    /// Compares each item with the element of its keys; notes what differs inside.
    fn included_by_keys(
        &self,
        how: How,
        items: &[Value],
        keys: &[String],
        actual: &[Value],
        at: &Trail<'_>,
        mut notes: Notes<'_>,
    ) -> (Sight, Vec<usize>) {
        let mut worst = Sight::Same;
        let mut missing = Vec::new();
        for (e, item) in items.iter().enumerate() {
            let sight = match self.find(item, keys, actual, at) {
                Some((a, found)) => {
                    let at = at.index(a);
                    self.value(how, Some(item), Some(found), &at, notes.as_deref_mut())
                }
                None => {
                    missing.push(e);
                    Sight::Differs
                }
            };
            worst = worst.max(sight);
        }
        (worst, missing)
    }

    /// The element with the same values at these keys. A key that the item does not name must not
    /// be there: a binding without a condition is another one than that with it.
    fn find<'v>(
        &self,
        item: &Value,
        keys: &[String],
        actual: &'v [Value],
        at: &Trail<'_>,
    ) -> Option<(usize, &'v Value)> {
        let how = How::Loose { open: false, whole: true };
        actual.iter().enumerate().find(|(i, a)| {
            let at = at.index(*i);
            keys.iter().all(|key| {
                self.value(how, item.get(key), a.get(key), &at.key(key), None) == Sight::Same
            })
        })
    }
}

/// As pairing off, where there are too many for it: each item takes the best that is free.
fn first_free(
    olds: &[usize],
    mut free: Vec<usize>,
    verdict: impl Fn(&usize, &usize) -> Sight,
) -> (Sight, Vec<usize>) {
    let mut worst = Sight::Same;
    let mut left = Vec::new();
    for e in olds {
        let mut best = (Sight::Differs, 0);
        for (place, a) in free.iter().enumerate() {
            best = best.min((verdict(e, a), place));
            if best.0 == Sight::Same {
                break;
            }
        }
        worst = worst.max(best.0);
        if best.0 == Sight::Differs {
            left.push(*e);
        } else {
            free.swap_remove(best.1);
        }
    }
    (worst, left)
}

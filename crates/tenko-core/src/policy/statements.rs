//! The statements of two documents.

use serde_json::Value;

use super::{parts, push};
use crate::drift::Change;
use crate::path::{AttrPath, Segment};

/// Beyond this many pairs, statements are compared in their order: a comparison stays cheap
/// whatever the document.
const MOST_PAIRS: usize = 1 << 18;

/// Notes how the statements differ. One that is there twice says no more than once.
pub(super) fn compare(e: Option<&Value>, a: Option<&Value>, out: &mut Vec<Change>) {
    let (old, new) = (list(e), list(a));
    let (removed, added) = if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        let differs = |i: &usize| match (old.get(*i), new.get(*i)) {
            (Some(e), Some(a)) => !same(e, a),
            _ => true,
        };
        ((0..old.len()).filter(differs).collect(), (0..new.len()).filter(differs).collect())
    } else {
        (without_partner(old, new), without_partner(new, old))
    };
    if removed.is_empty() && added.is_empty() {
        return;
    }
    let base = AttrPath::key("Statement");
    let at = |index: usize| {
        let single = a.is_some_and(Value::is_object) && index == 0;
        if single { base.clone() } else { base.with(Segment::Index(index)) }
    };
    let (pairs, removed, added) = pair(removed, added, old, new);
    for (e, a) in pairs {
        let path = at(a);
        let (Some(e), Some(a)) = (old.get(e), new.get(a)) else { continue };
        for key in parts::keys(e, a) {
            parts::note(&path, key, e.get(key), a.get(key), out);
        }
    }
    for index in added {
        push(out, at(index), None, new.get(index));
    }
    for (behind, index) in removed.into_iter().enumerate() {
        let path = base.with(Segment::Index(new.len() + behind));
        push(out, path, old.get(index), None);
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(statements)) => statements,
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    }
}

fn without_partner(of: &[Value], others: &[Value]) -> Vec<usize> {
    let alone = |(_, one): &(usize, &Value)| !others.iter().any(|other| same(one, other));
    of.iter().enumerate().filter(alone).map(|(i, _)| i).collect()
}

fn same(e: &Value, a: &Value) -> bool {
    parts::keys(e, a).all(|key| parts::same(key, e.get(key), a.get(key)))
}

type Pairs = (Vec<(usize, usize)>, Vec<usize>, Vec<usize>);

/// Which statements are two forms of one: those of one `Sid`, then those that have the most in
/// common, half of their parts at least, then the last one of each side.
fn pair(removed: Vec<usize>, added: Vec<usize>, old: &[Value], new: &[Value]) -> Pairs {
    let mut pairs = Vec::new();
    let mut rest = added;
    let mut take = |e: usize, rest: &mut Vec<usize>, best: Option<usize>| match best {
        Some(at) => {
            pairs.push((e, rest.remove(at)));
            false
        }
        None => true,
    };
    let mut left = removed;
    if left.len().saturating_mul(rest.len()) <= MOST_PAIRS {
        left.retain(|e| {
            let named = sid(old.get(*e));
            let is_named = |a: &usize| named.is_some() && sid(new.get(*a)) == named;
            let best = rest.iter().position(is_named);
            take(*e, &mut rest, best)
        });
    }
    if left.len().saturating_mul(rest.len()) <= MOST_PAIRS / 16 {
        left.retain(|e| {
            let alike = |a: &usize| match (old.get(*e), new.get(*a)) {
                (Some(e), Some(a)) => in_common(e, a),
                _ => (0, 0),
            };
            let half = |(same, all): &(usize, usize)| *same * 2 >= *all && *same > 0;
            let scored = rest.iter().map(alike).enumerate().filter(|(_, score)| half(score));
            // Of those that are equally near, the first.
            let best = scored.max_by_key(|(at, (same, _))| (*same, std::cmp::Reverse(*at)));
            take(*e, &mut rest, best.map(|(at, _)| at))
        });
    }
    if let ([e], [_]) = (left.as_slice(), rest.as_slice()) {
        let e = *e;
        left.retain(|_| take(e, &mut rest, Some(0)));
    }
    (pairs, left, rest)
}

fn sid(statement: Option<&Value>) -> Option<&str> {
    statement?.get("Sid")?.as_str().filter(|sid| !sid.is_empty())
}

/// How many parts are the same, and how many there are. A `Sid` is a name and no part.
fn in_common(e: &Value, a: &Value) -> (usize, usize) {
    parts::keys(e, a).filter(|key| *key != "Sid").fold((0, 0), |(same, all), key| {
        (same + usize::from(parts::same(key, e.get(key), a.get(key))), all + 1)
    })
}

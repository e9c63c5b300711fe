//! The parts of a statement.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::{push, same_text, same_value};
use crate::drift::Change;
use crate::path::AttrPath;

/// Beyond this many comparisons of texts, two lists are sorted first.
const MOST_PAIRS: usize = 1024;

/// The keys of two statements, each once.
pub(super) fn keys<'v>(e: &'v Value, a: &'v Value) -> impl Iterator<Item = &'v str> {
    let map = |v: &'v Value| v.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    map(e).chain(map(a).filter(|key| e.get(key).is_none()))
}

/// Whether this part of two statements means the same.
pub(super) fn same(key: &str, e: Option<&Value>, a: Option<&Value>) -> bool {
    let (e, a) = (e.filter(|v| !v.is_null()), a.filter(|v| !v.is_null()));
    match key {
        "Sid" => same_text(e, a),
        "Condition" => same_maps(e, a, |e, a| {
            same_maps(e, a, |e, a| match (e, a) {
                (Some(e), Some(a)) => texts(e, a, As::Written),
                _ => false,
            })
        }),
        _ => match (e, a) {
            (None, None) => true,
            (Some(e), Some(a)) => match key {
                "Action" | "NotAction" => texts(e, a, As::Action),
                "Resource" | "NotResource" => texts(e, a, As::Written),
                "Principal" | "NotPrincipal" => principals(e, a),
                _ => same_value(Some(e), Some(a)),
            },
            _ => false,
        },
    }
}

/// Notes where this part differs, as deep as it can be told.
pub(super) fn note(
    path: &AttrPath,
    key: &str,
    e: Option<&Value>,
    a: Option<&Value>,
    out: &mut Vec<Change>,
) {
    if same(key, e, a) {
        return;
    }
    let path = path.join(key);
    let is_condition = key == "Condition";
    let (Some(Value::Object(old)), Some(Value::Object(new)), true) =
        (e, a, is_condition || matches!(key, "Principal" | "NotPrincipal"))
    else {
        return push(out, path, e, a);
    };
    for part in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let (e, a) = (old.get(part), new.get(part));
        if is_condition {
            operator(&path.join(part), e, a, out);
        } else if !same_members(part, e, a) {
            push(out, path.join(part), e, a);
        }
    }
}

/// One operator of a condition, `StringEquals`, with its keys.
fn operator(path: &AttrPath, e: Option<&Value>, a: Option<&Value>, out: &mut Vec<Change>) {
    let (Some(Value::Object(old)), Some(Value::Object(new))) = (e, a) else {
        if !is_nothing(e) || !is_nothing(a) {
            push(out, path.clone(), e, a);
        }
        return;
    };
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let (e, a) = (old.get(key), new.get(key));
        if !matches!((e, a), (Some(e), Some(a)) if texts(e, a, As::Written)) {
            push(out, path.join(key), e, a);
        }
    }
}

/// No condition at all: not there, or without anything in it.
fn is_nothing(value: Option<&Value>) -> bool {
    value.is_none_or(|v| v.is_null() || v.as_object().is_some_and(|map| map.is_empty()))
}

fn same_maps(
    e: Option<&Value>,
    a: Option<&Value>,
    same: impl Fn(Option<&Value>, Option<&Value>) -> bool,
) -> bool {
    match (e, a) {
        _ if is_nothing(e) && is_nothing(a) => true,
        (Some(Value::Object(e)), Some(Value::Object(a))) => {
            let all = |x: &serde_json::Map<String, Value>, y: &serde_json::Map<String, Value>| {
                x.iter().all(|(key, value)| same(Some(value), y.get(key)))
            };
            all(e, a) && a.iter().all(|(key, a)| e.contains_key(key) || same(None, Some(a)))
        }
        (Some(Value::Object(map)), None) => map.values().all(|v| same(Some(v), None)),
        (None, Some(Value::Object(map))) => map.values().all(|v| same(None, Some(v))),
        _ => same_value(e, a),
    }
}

/// `"*"` is `{"AWS": "*"}`.
fn principals(e: &Value, a: &Value) -> bool {
    match (e, a) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().all(|(key, value)| same_members(key, Some(value), new.get(key)))
                && new
                    .iter()
                    .all(|(key, a)| old.contains_key(key) || same_members(key, None, Some(a)))
        }
        (Value::Object(map), everyone) | (everyone, Value::Object(map)) => {
            everyone.as_str() == Some("*")
                && map.len() == 1
                && map.get("AWS").is_some_and(|aws| texts(aws, everyone, As::Principal))
        }
        _ => same_value(Some(e), Some(a)),
    }
}

/// The principals of one kind.
fn same_members(kind: &str, e: Option<&Value>, a: Option<&Value>) -> bool {
    let form = if kind == "AWS" { As::Principal } else { As::Written };
    match (e.filter(|v| !v.is_null()), a.filter(|v| !v.is_null())) {
        (Some(e), Some(a)) => texts(e, a, form),
        (e, a) => e.is_none() && a.is_none(),
    }
}

/// How the texts of a list are read.
#[derive(Clone, Copy)]
enum As {
    Written,
    /// `s3:GetObject`, in whatever case.
    Action,
    /// `111122223333` is `arn:aws:iam::111122223333:root`, in any partition.
    Principal,
}

impl As {
    fn same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Written => a == b,
            Self::Action => a.eq_ignore_ascii_case(b),
            Self::Principal => account(a) == account(b),
        }
    }

    fn key(self, text: Cow<'_, str>) -> Cow<'_, str> {
        match self {
            Self::Written => text,
            Self::Action => Cow::Owned(text.to_ascii_lowercase()),
            Self::Principal => match text {
                Cow::Borrowed(text) => Cow::Borrowed(account(text)),
                Cow::Owned(text) => Cow::Owned(account(&text).to_owned()),
            },
        }
    }
}

/// The account of a principal that means all of an account; any other principal as it is.
fn account(principal: &str) -> &str {
    let id = principal
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(":iam::"))
        .filter(|(partition, _)| !partition.contains(':'))
        .and_then(|(_, rest)| rest.strip_suffix(":root"));
    id.filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit())).unwrap_or(principal)
}

/// Whether one text or list of texts holds the same texts as another.
fn texts(e: &Value, a: &Value, form: As) -> bool {
    let (olds, news) = (elements(e), elements(a));
    if !olds.iter().chain(news).all(|v| text(v).is_some()) {
        return same_value(Some(e), Some(a));
    }
    if olds.len().saturating_mul(news.len()) > MOST_PAIRS {
        let set = |values: &'_ [Value]| -> BTreeSet<String> {
            values.iter().filter_map(text).map(|t| form.key(t).into_owned()).collect()
        };
        return set(olds) == set(news);
    }
    let among = |one: &Value, all: &[Value]| {
        text(one).is_some_and(|one| all.iter().filter_map(text).any(|x| form.same(&one, &x)))
    };
    olds.iter().all(|e| among(e, news)) && news.iter().all(|a| among(a, olds))
}

fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// A condition's value may be a number or a boolean.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        Value::Number(_) => crate::attributes::canonical_json(value).ok().map(Cow::Owned),
        _ => None,
    }
}

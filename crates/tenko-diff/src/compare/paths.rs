//! Which paths a declared one stands for, and what of a declared value is not shown.

use std::borrow::Cow;

use serde_json::Value;
use tenko_core::{AttrPath, Matcher, Segment, TypeInfo};

/// What stands in place of a declared value whose attribute is sensitive.
const SENSITIVE: &str = "(sensitive)";

/// The path with each `*` replaced by every key or element that is there.
pub(super) fn expand<'p>(path: &'p AttrPath, live: &Value) -> Vec<Cow<'p, AttrPath>> {
    if !path.segments().contains(&Segment::Any) {
        return vec![Cow::Borrowed(path)];
    }
    let mut open = vec![(AttrPath::default(), Some(live))];
    for segment in path.segments() {
        let mut next = Vec::new();
        for (done, value) in open {
            match (segment, value) {
                (Segment::Any, Some(Value::Object(map))) => {
                    next.extend(map.iter().map(|(key, v)| (done.join(key), Some(v))));
                }
                (Segment::Any, Some(Value::Array(items))) => {
                    let items = items.iter().enumerate();
                    next.extend(items.map(|(i, v)| (done.with(Segment::Index(i)), Some(v))));
                }
                (Segment::Any, _) => {}
                (step, value) => {
                    let below = AttrPath::new([step.clone()]);
                    let value = value.and_then(|value| below.get(value));
                    next.push((done.with(step.clone()), value));
                }
            }
        }
        open = next;
    }
    if open.is_empty() {
        return vec![Cow::Borrowed(path)];
    }
    open.into_iter().map(|(path, _)| Cow::Owned(path)).collect()
}

/// A declared value may be a secret too: what is redacted when collected is not shown.
pub(super) fn mask<'m>(
    matcher: &'m Matcher,
    path: &AttrPath,
    info: Option<&TypeInfo>,
) -> Cow<'m, Matcher> {
    let sensitive = info.map(|info| info.sensitive.as_slice()).unwrap_or_default();
    if sensitive.iter().any(|s| s.covers(path)) {
        return Cow::Owned(Matcher::Exact(Value::from(SENSITIVE)));
    }
    let length = path.segments().len();
    let below: Vec<_> = sensitive
        .iter()
        .filter(|s| {
            AttrPath::new(s.segments().iter().take(length).cloned()).covers(path)
                && s.segments().len() > length
        })
        .map(|s| AttrPath::new(s.segments().iter().skip(length).cloned()))
        .collect();
    if below.is_empty() {
        return Cow::Borrowed(matcher);
    }
    let mut masked = matcher.clone();
    let values = match &mut masked {
        Matcher::Exact(value) => std::slice::from_mut(value),
        Matcher::OneOf(values) => values,
        _ => &mut [],
    };
    for value in values {
        for path in &below {
            path.visit_mut(value, &mut |found| *found = Value::from(SENSITIVE));
        }
    }
    Cow::Owned(masked)
}

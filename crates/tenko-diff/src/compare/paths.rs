//! Which paths a declared one stands for, and what of a declared value is not shown.

use serde_json::Value;
use tenko_core::{AttrPath, Segment, TypeInfo};

/// What stands in place of a declared value whose attribute is sensitive.
const SENSITIVE: &str = "(sensitive)";

/// The path with each `*` replaced by every key or element that is there.
pub(super) fn expand(path: &AttrPath, live: &Value) -> Vec<AttrPath> {
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
        return vec![path.clone()];
    }
    open.into_iter().map(|(path, _)| path).collect()
}

/// A declared value may be a secret too: what is redacted when collected is not shown.
pub(crate) fn mask(value: &mut Value, path: &AttrPath, info: Option<&TypeInfo>) {
    let sensitive = info.map(|info| info.sensitive.as_slice()).unwrap_or_default();
    let length = path.segments().len();
    for hidden in sensitive {
        if hidden.covers(path) {
            *value = Value::from(SENSITIVE);
            return;
        }
        let segments = hidden.segments();
        let above = AttrPath::new(segments.iter().take(length).cloned());
        if segments.len() > length && above.covers(path) {
            let below = AttrPath::new(segments.iter().skip(length).cloned());
            below.visit_mut(value, &mut |found| *found = Value::from(SENSITIVE));
        }
    }
}

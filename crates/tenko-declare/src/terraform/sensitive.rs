//! Attributes that a state marks as sensitive, blanked out.

use serde_json::Value;

/// What stands for a sensitive value while mappings run. Nobody writes such a text.
pub(super) const MASK: &str = "\u{0}sensitive\u{0}";

/// A copy of the attributes with every marked value replaced; `None` when nothing is marked.
///
/// A mark is a list of steps: `[{"type":"get_attr","value":"a"},{"type":"index","value":{"value":0,
/// "type":"number"}}]`. A mark of another form, or with a step that does not fit, blanks out as much
/// as it names: rather too much than too little.
pub(super) fn masked(attributes: &Value, marks: &[Value]) -> Option<Value> {
    if marks.is_empty() {
        return None;
    }
    let mut out = attributes.clone();
    for mark in marks {
        match mark {
            Value::Array(steps) => mask(&mut out, steps),
            // Early 0.14 and tools of others wrote names.
            Value::String(name) => mask(&mut out, &[Value::from(name.as_str())]),
            Value::Object(_) => mask(&mut out, std::slice::from_ref(mark)),
            _ => mask(&mut out, &[]),
        }
    }
    Some(out)
}

fn mask(value: &mut Value, steps: &[Value]) {
    let Some((step, rest)) = steps.split_first() else { return blank(value) };
    match (key_of(step), value) {
        (_, Value::Null) => {}
        (Some(Value::String(key)), Value::Object(map)) => {
            if let Some(found) = map.get_mut(key) {
                mask(found, rest);
            }
        }
        (Some(Value::Number(index)), Value::Array(items)) => {
            let at = index.as_u64().and_then(|at| usize::try_from(at).ok());
            match at.and_then(|at| items.get_mut(at)) {
                Some(found) => mask(found, rest),
                None => items.iter_mut().for_each(blank),
            }
        }
        // An element of a set is named by its value, which is not to be looked for.
        (_, other) => blank(other),
    }
}

/// The key or index of one step.
fn key_of(step: &Value) -> Option<&Value> {
    match step {
        Value::String(_) | Value::Number(_) => Some(step),
        Value::Object(map) => match map.get("value")? {
            // `{"type": "index", "value": {"value": 0, "type": "number"}}`
            Value::Object(inner) => inner.get("value"),
            value => Some(value),
        },
        _ => None,
    }
}

/// A value that is not there reveals nothing, and must stay "the code does not say".
fn blank(value: &mut Value) {
    if !value.is_null() {
        *value = Value::from(MASK);
    }
}

/// Whether a blanked-out value is in it.
pub(super) fn holds_mask(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(MASK),
        Value::Array(items) => items.iter().any(holds_mask),
        Value::Object(map) => map.iter().any(|(k, v)| k.contains(MASK) || holds_mask(v)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_of_all_forms() {
        let attributes =
            json!({"a": "x", "l": [{"p": 1, "q": 2}, {"p": 3}], "m": {"k.y": "v"}, "n": null});
        let run = |marks: Value| masked(&attributes, marks.as_array().unwrap()).unwrap();
        let attr = |name: &str| json!({"type": "get_attr", "value": name});
        let index =
            |key: Value, ty: &str| json!({"type": "index", "value": {"value": key, "type": ty}});
        let out = run(json!([
            [attr("a")],
            [attr("l"), index(json!(1), "number"), attr("p")],
            [attr("m"), index(json!("k.y"), "string")],
            [attr("n")],
            [attr("gone")]
        ]));
        assert_eq!(
            out,
            json!({"a": MASK, "l": [{"p": 1, "q": 2}, {"p": MASK}], "m": {"k.y": MASK}, "n": null})
        );
        assert_eq!(run(json!(["a"]))["a"], json!(MASK));
        assert_eq!(run(json!([["l", 0]]))["l"], json!([MASK, {"p": 3}]));
        assert_eq!(run(json!([["l", {"odd": true}]]))["l"], json!(MASK));
        assert_eq!(run(json!([["l", 9]]))["l"], json!([MASK, MASK]));
        assert_eq!(run(json!([7])), json!(MASK));
        assert_eq!(masked(&attributes, &[]), None);
        assert!(holds_mask(&json!({"a": [format!("x{MASK}")]})) && !holds_mask(&attributes));
    }
}

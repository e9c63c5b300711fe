//! When two values are one, as infrastructure code writes values.

use serde_json::{Number, Value};

use super::names::same_text;

/// Whether the value says no more than its absence.
pub(crate) fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Bool(true)) => false,
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::String(text)) => matches!(text.as_str(), "" | "false" | "0"),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
    }
}

/// Whether nothing is said at all: `false` and 0 are something where a default is something else.
pub(super) fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        Some(Value::Bool(_) | Value::Number(_)) => false,
    }
}

/// Equal as they stand; `1.0` is 1, as in the canonical form.
pub(super) fn same_scalar(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        _ => a == b,
    }
}

fn same_number(a: &Number, b: &Number) -> bool {
    // Above 2^53 a float no longer names one integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    a == b
        || matches!(
            (a.as_f64(), b.as_f64()),
            (Some(x), Some(y)) if x == y && x.abs() < EXACT
        )
}

/// Equal but for their form: a number or boolean as text, and what [`same_text`] forgives.
pub(super) fn same_loosely(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::String(expected), Value::String(actual)) => same_text(expected, actual),
        (Value::Number(number), Value::String(text))
        | (Value::String(text), Value::Number(number)) => same_as_text(number, text),
        (Value::Bool(value), Value::String(text)) | (Value::String(text), Value::Bool(value)) => {
            text.eq_ignore_ascii_case(if *value { "true" } else { "false" })
        }
        (expected, actual) => same_scalar(expected, actual),
    }
}

fn same_as_text(number: &Number, text: &str) -> bool {
    let text = text.trim();
    if let (Some(a), Ok(b)) = (number.as_i64(), text.parse::<i64>()) {
        return a == b;
    }
    matches!((number.as_f64(), text.parse::<f64>()), (Some(a), Ok(b)) if a == b)
}

/// The value of a text that is JSON for an object or a list.
pub(super) fn parsed(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn forms_of_one_scalar() {
        for (a, b) in [
            (json!("1"), json!(1)),
            (json!(1.0), json!(1)),
            (json!("0.5"), json!(0.5)),
            (json!("true"), json!(true)),
            (json!("arn:aws:iam::1:role/A"), json!("ARN:aws:iam::1:role/a")),
            (
                json!("https://www.googleapis.com/compute/v1/projects/p/global/networks/n"),
                json!("projects/p/global/networks/n"),
            ),
            (json!("//run.googleapis.com/projects/p/x"), json!("https://run/v2/projects/p/x")),
        ] {
            assert!(same_loosely(&a, &b) && same_loosely(&b, &a), "{a} {b}");
        }
        for (a, b) in [
            (json!("A"), json!("a")),
            (json!("1"), json!(2)),
            (json!("x"), json!(1)),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64)),
            (json!("9007199254740993"), json!(9_007_199_254_740_992_u64)),
            (json!("see projects/p"), json!("projects/p")),
            (json!("a/projects/p"), json!("b/projects/p")),
            (json!("projects/p/a"), json!("projects/p/b")),
            (json!("true"), json!(false)),
        ] {
            assert!(!same_loosely(&a, &b) && !same_loosely(&b, &a), "{a} {b}");
        }
    }
}

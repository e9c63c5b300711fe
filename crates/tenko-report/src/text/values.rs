//! Values, and what was expected of them, in words.

use serde_json::Value;
use tenko_core::{Arg, REDACTED_PREFIX};
use tenko_messages::{Lang, t};
use unicode_width::UnicodeWidthStr;

use super::words::clip;
use crate::visible::visible;

/// Two values of at most `width` columns each. When they differ only far into the text, the
/// beginning that they share is cut, for it says nothing.
pub(crate) fn pair(lang: Lang, expected: &Value, actual: &Value, width: usize) -> (String, String) {
    let (expected, actual) = (expectation(lang, expected), value(lang, actual));
    if expected.width().max(actual.width()) <= width {
        return (expected, actual);
    }
    let shared = expected.chars().zip(actual.chars()).take_while(|(a, b)| a == b).count();
    let skip = if shared > width / 2 { shared.saturating_sub(width / 4) } else { 0 };
    let window = |text: &str| {
        if skip == 0 {
            return clip(text, width);
        }
        let rest: String = text.chars().skip(skip).collect();
        format!("…{}", clip(&rest, width.saturating_sub(1)))
    };
    (window(&expected), window(&actual))
}

/// A value in one line.
pub(crate) fn value(lang: Lang, value: &Value) -> String {
    match value {
        Value::Null => t!(lang, "text-absent"),
        Value::String(text) => match text.strip_prefix(REDACTED_PREFIX) {
            Some(digest) => t!(lang, "text-redacted", digest = clip(digest, 9)),
            None => visible(&value.to_string()).into_owned(),
        },
        other => visible(&other.to_string()).into_owned(),
    }
}

/// What was expected: a value, or a condition in words.
fn expectation(lang: Lang, expected: &Value) -> String {
    let condition = expected.as_object().filter(|map| map.len() == 1).and_then(|map| {
        let (key, of) = map.iter().next()?;
        match key.as_str() {
            "one_of" => Some(one_of(lang, of.as_array()?)),
            "range" => range(lang, of),
            "present" if of.as_bool()? => Some(t!(lang, "text-any-value")),
            "present" => Some(t!(lang, "text-absent")),
            _ => None,
        }
    });
    condition.unwrap_or_else(|| value(lang, expected))
}

fn one_of(lang: Lang, values: &[Value]) -> String {
    let values = values.iter().map(|one| value(lang, one));
    t!(lang, "text-one-of", values = Arg::list(values))
}

fn range(lang: Lang, of: &Value) -> Option<String> {
    let bound = |key| of.get(key).and_then(Value::as_f64);
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) => {
            Some(t!(lang, "text-between", min = Arg::text(min), max = Arg::text(max)))
        }
        (Some(min), None) => Some(t!(lang, "text-at-least", min = Arg::text(min))),
        (None, Some(max)) => Some(t!(lang, "text-at-most", max = Arg::text(max))),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_late_difference_stays_in_sight() {
        let long = "x".repeat(100);
        let (a, b) = pair(Lang::En, &json!(format!("{long}A")), &json!(format!("{long}B")), 20);
        assert_eq!((a.as_str(), b.as_str()), ("…xxxxxA\"", "…xxxxxB\""));
    }

    #[test]
    fn conditions_in_words() {
        let words = |value| pair(Lang::En, &value, &Value::Null, 80).0;
        assert_eq!(words(json!({"one_of": ["a", 1]})), "one of \"a\", 1");
        assert_eq!(words(json!({"range": {"min": 7.0}})), "at least 7");
        assert_eq!(words(json!({"present": true})), "any value");
        assert_eq!(words(json!({"present": "x"})), "{\"present\":\"x\"}");
        assert_eq!(words(Value::Null), "absent");
    }
}

//! `{one_of: ...}`, `{range: ...}`, `{present: ...}`, `{exact: ...}` and plain values.

use serde_json::Value;
use tenko_core::Matcher;

use crate::context::Context;
use crate::node::{Kind, Node};
use crate::placeholder;
use crate::shape::either;

/// A map with one of these as its only key is a matcher.
pub(crate) const WORDS: [&str; 4] = ["exact", "one_of", "range", "present"];

/// Whether a value would be read as a matcher, or has a part that looks like one.
pub(crate) fn looks_like_matcher(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            let all_words = !map.is_empty() && map.keys().all(|k| WORDS.contains(&k.as_str()));
            all_words || map.values().any(looks_like_matcher)
        }
        Value::Array(items) => items.iter().any(looks_like_matcher),
        _ => false,
    }
}

/// The expectation about an attribute.
pub(crate) fn attribute(context: &mut Context<'_>, what: &str, node: &Node) -> Option<Matcher> {
    match form(context, node)? {
        Some((word, inner)) => matcher(context, word, inner, &Node::to_value),
        None => {
            if let Some(found) = inner_matcher(node) {
                let message = "a matcher must be the whole expectation about an attribute";
                let path = format!("{what}{}", found.1);
                context.error(found.0.pos, message).help(format!(
                    "give it its own path, such as `{path}`, or write `{{exact: ...}}` around a \
                     value that only looks like a matcher"
                ));
                return None;
            }
            (!matches!(node.kind, Kind::Null)).then(|| Matcher::Exact(node.to_value()))
        }
    }
}

/// The expectations about tags, whose values are always text.
pub(crate) fn tags(context: &mut Context<'_>, node: Option<&Node>) -> Vec<(String, Matcher)> {
    let text = |node: &Node| node.scalar().map_or(Value::Null, Value::from);
    let mut out = Vec::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        let found = match form(context, value) {
            None => continue,
            Some(Some((word, inner))) => matcher(context, word, inner, &text),
            Some(None) if matches!(value.kind, Kind::Map(_)) => {
                let message = format!("a tag's value is text, or one of {}", either(&WORDS));
                context.error(value.pos, message);
                None
            }
            Some(None) => value.scalar().map(|text| Matcher::Exact(text.into())),
        };
        let Some(mut found) = found else { continue };
        placeholder::matcher_texts(&mut found, &mut |text| {
            placeholder::check(context, value.pos, text);
        });
        out.push((key.text.clone(), found));
    }
    out
}

/// The matcher's word with what it holds; `Some(None)` for a plain value, `None` after an error.
fn form<'n>(context: &mut Context<'_>, node: &'n Node) -> Option<Option<(&'n str, &'n Node)>> {
    match node.entries() {
        [(key, inner)] if WORDS.contains(&key.text.as_str()) => Some(Some((&key.text, inner))),
        [_, _, ..] if node.entries().iter().all(|(k, _)| WORDS.contains(&k.text.as_str())) => {
            context.error(node.pos, "an attribute or tag takes one matcher");
            None
        }
        _ => Some(None),
    }
}

fn matcher(
    context: &mut Context<'_>,
    word: &str,
    node: &Node,
    value: &dyn Fn(&Node) -> Value,
) -> Option<Matcher> {
    match (word, &node.kind) {
        ("exact", _) => Some(Matcher::Exact(value(node))),
        ("one_of", Kind::Seq(items)) if !items.is_empty() => {
            Some(Matcher::OneOf(items.iter().map(value).collect()))
        }
        ("one_of", _) => {
            context.error(node.pos, "`one_of` takes a list of at least one value");
            None
        }
        ("present", Kind::Bool(present)) => Some(Matcher::Present(*present)),
        ("present", _) => {
            context.error(node.pos, "`present` takes `true` or `false`");
            None
        }
        _ => range(context, node),
    }
}

fn range(context: &mut Context<'_>, node: &Node) -> Option<Matcher> {
    let help = "write `{range: {min: 1, max: 10}}`; one of the two may be left out";
    let mut bounds = [None, None];
    for (key, value) in node.entries() {
        let bound = match (&value.kind, key.text.as_str()) {
            (Kind::Number(number, _), "min") => bounds.first_mut().zip(number.as_f64()),
            (Kind::Number(number, _), "max") => bounds.last_mut().zip(number.as_f64()),
            _ => None,
        };
        let Some((bound, number)) = bound else {
            context.error(key.pos, "`range` takes the numbers `min` and `max`").help(help);
            return None;
        };
        *bound = Some(number);
    }
    match bounds {
        [None, None] => {
            context.error(node.pos, "`range` needs `min` or `max`").help(help);
            None
        }
        [Some(min), Some(max)] if min > max => {
            let message = format!("nothing lies between {min} and {max}: `min` is above `max`");
            context.error(node.pos, message);
            None
        }
        [min, max] => Some(Matcher::Range { min, max }),
    }
}

/// A matcher inside of a plain value, with the rest of its path.
fn inner_matcher(node: &Node) -> Option<(&Node, String)> {
    let children: Vec<(String, &Node)> = match &node.kind {
        Kind::Map(entries) => entries.iter().map(|(k, v)| (format!(".{}", k.text), v)).collect(),
        Kind::Seq(items) => items.iter().enumerate().map(|(i, v)| (format!("[{i}]"), v)).collect(),
        _ => return None,
    };
    children.into_iter().find_map(|(step, child)| {
        let entries = child.entries();
        if !entries.is_empty() && entries.iter().all(|(k, _)| WORDS.contains(&k.text.as_str())) {
            return Some((child, step));
        }
        inner_matcher(child).map(|(found, rest)| (found, format!("{step}{rest}")))
    })
}

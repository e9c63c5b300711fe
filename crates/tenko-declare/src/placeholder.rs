//! `{tenant}` and the like in names, ids and values. `{{word}}` stands for the text `{word}`.

use serde_json::Value;
use tenko_core::Matcher;

use crate::context::{Context, Pos};
use crate::shape::either;

/// The words that can be filled in.
pub(crate) const NAMES: [&str; 6] =
    ["tenant", "environment", "stage", "account", "project", "region"];

/// What is filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fill<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) stage: &'a str,
    /// The AWS account; empty in a project.
    pub(crate) account: &'a str,
    /// The Google Cloud project; empty in an account.
    pub(crate) project: &'a str,
    pub(crate) region: &'a str,
}

impl Fill<'_> {
    fn get(&self, word: &str) -> Option<&str> {
        match word {
            "tenant" => Some(self.tenant),
            "environment" => Some(self.environment),
            "stage" => Some(self.stage),
            "account" => Some(self.account),
            "project" => Some(self.project),
            "region" => Some(self.region),
            _ => None,
        }
    }
}

/// A piece of a text.
enum Part<'t> {
    Literal(&'t str),
    /// A word in `braces` pairs of braces.
    Word {
        word: &'t str,
        braces: usize,
    },
}

/// Splits a text into its parts; braces that hold no single word are literal.
fn split(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        let inner = from.trim_start_matches('{');
        let opened = from.len() - inner.len();
        let after = inner.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let word = inner.get(..inner.len() - after.len()).unwrap_or_default();
        let closed = after.len() - after.trim_start_matches('}').len();
        let braces = opened.min(closed);
        let is_word = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let literal = if is_word && braces > 0 { opened - braces } else { opened };
        let (outer, tail) = from.split_at(literal);
        parts.extend([Part::Literal(before), Part::Literal(outer)]);
        rest = tail;
        if is_word && braces > 0 {
            parts.push(Part::Word { word, braces });
            rest = rest.get(2 * braces + word.len()..).unwrap_or_default();
        }
    }
    parts.push(Part::Literal(rest));
    parts
}

/// The text with its placeholders filled in; unknown ones stay, they were reported by [`check`].
pub(crate) fn fill(text: &str, with: &Fill<'_>) -> String {
    fill_with(text, with, &|value| value.to_owned())
}

/// As [`fill`], where the text is a glob and what is filled in is not.
pub(crate) fn fill_glob(text: &str, with: &Fill<'_>) -> String {
    fill_with(text, with, &globset::escape)
}

/// As [`fill`], where the text is an address and what is filled in is a part of its path.
pub(crate) fn fill_url(text: &str, with: &Fill<'_>) -> String {
    fill_with(text, with, &|value| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        let encode = |b: u8| {
            if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }
        };
        value.bytes().map(encode).collect()
    })
}

fn fill_with(text: &str, with: &Fill<'_>, encode: &dyn Fn(&str) -> String) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for part in split(text) {
        match part {
            Part::Literal(literal) => out.push_str(literal),
            Part::Word { word, braces: 1 } => match with.get(word) {
                Some(value) => out.push_str(&encode(value)),
                None => push_word(&mut out, word, 1),
            },
            Part::Word { word, braces } => push_word(&mut out, word, braces - 1),
        }
    }
    out
}

/// Writes a literal text so that [`fill`] gives it back.
pub(crate) fn escape(text: &str) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    for part in split(text) {
        match part {
            Part::Literal(literal) => out.push_str(literal),
            Part::Word { word, braces } => push_word(&mut out, word, braces + 1),
        }
    }
    out
}

fn push_word(out: &mut String, word: &str, braces: usize) {
    out.push_str(&"{".repeat(braces));
    out.push_str(word);
    out.push_str(&"}".repeat(braces));
}

/// Whether a text has this placeholder.
pub(crate) fn uses(text: &str, name: &str) -> bool {
    text.contains('{')
        && split(text).iter().any(|p| matches!(p, Part::Word { word, braces: 1 } if *word == name))
}

/// The words of a text that are in one pair of braces each.
pub(crate) fn words(text: &str) -> Vec<&str> {
    let word = |part| match part {
        Part::Word { word, braces: 1 } => Some(word),
        _ => None,
    };
    split(text).into_iter().filter_map(word).collect()
}

/// Reports unknown placeholders.
pub(crate) fn check(context: &mut Context<'_>, pos: Pos, text: &str) {
    if !text.contains('{') {
        return;
    }
    for part in split(text) {
        let Part::Word { word, braces: 1 } = part else { continue };
        if NAMES.contains(&word) {
            continue;
        }
        let meant = context.closest(word, NAMES).map(|name| format!("{{{name}}}"));
        let help = format!(
            "for the text itself write `{{{{{word}}}}}`; placeholders are {}",
            either(&NAMES)
        );
        let report = context.error(pos, format!("unknown placeholder `{{{word}}}`"));
        match meant {
            Some(meant) => report.did_you_mean(Some(&meant)),
            None => report.help(help),
        };
    }
}

/// Calls `f` with every text in a value, map keys left out.
pub(crate) fn texts(value: &mut Value, f: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => f(text),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, f)),
        Value::Object(map) => map.values_mut().for_each(|item| texts(item, f)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Calls `f` with every text that a matcher compares with.
pub(crate) fn matcher_texts(matcher: &mut Matcher, f: &mut dyn FnMut(&mut String)) {
    match matcher {
        Matcher::Exact(value) => texts(value, f),
        Matcher::OneOf(values) => values.iter_mut().for_each(|value| texts(value, f)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILL: Fill<'_> = Fill {
        tenant: "acme",
        environment: "prod",
        stage: "production",
        account: "222222222222",
        project: "",
        region: "eu-central-1",
    };

    #[test]
    fn placeholders_are_filled_in_and_other_braces_stay() {
        for (text, expected) in [
            ("{tenant}-{environment}-x", "acme-prod-x"),
            ("{{tenant}}", "{tenant}"),
            ("{{{tenant}}}", "{{tenant}}"),
            ("{{tenant}", "{acme"),
            ("{tenant}}", "acme}"),
            ("{\"a\": {}}", "{\"a\": {}}"),
            ("${aws:username}/{+path}{", "${aws:username}/{+path}{"),
            ("{other}", "{other}"),
        ] {
            assert_eq!(fill(text, &FILL), expected, "{text}");
        }
        assert_eq!(fill_glob("{tenant}*", &Fill { tenant: "a*b", ..FILL }), "a[*]b*");
    }

    proptest::proptest! {
        #[test]
        fn escaped_text_comes_back(text in "([{}]|tenant|é|\\PC){0,12}") {
            proptest::prop_assert_eq!(fill(&escape(&text), &FILL), text);
        }
    }
}

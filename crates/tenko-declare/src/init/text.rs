//! Writes YAML that reads back as exactly the same values, whatever names people chose.

use std::fmt::Write as _;

use serde_json::Value;

/// Longer keys are written with `?`: YAML reads a key without it only up to 1,024 characters.
const MAX_KEY: usize = 200;
/// Comments are for people; nobody reads more of a hostile name.
const MAX_COMMENT: usize = 160;

/// A scalar that reads back as this text: plain where nothing can mistake it, else in quotes.
pub(crate) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A key of a map on one line.
fn flow_key(text: &str) -> String {
    let scalar = scalar(text);
    if scalar.len() > MAX_KEY { format!("? {scalar} ") } else { scalar }
}

/// Plain text begins with a letter, so it is no number, and holds nothing that means something
/// to YAML. The words are those that YAML 1.1 readers take for truth values.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-./@".contains(&b);
    // Two colons stand in type names; one at the end or before a blank would make a key.
    let parts_are_plain = text.split("::").all(|p| !p.is_empty() && p.bytes().all(allowed));
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= MAX_KEY
        && parts_are_plain
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// A list of texts on one line.
pub(crate) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", items.into_iter().map(scalar).collect::<Vec<_>>().join(", "))
}

/// Text in double quotes, as JSON and YAML both read it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => {
                // All of them lie below U+10000.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What YAML does not print, and what would turn or hide the text before and after it.
pub(crate) fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

/// A value on one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entries: Vec<_> =
                map.iter().map(|(k, v)| format!("{}: {}", flow_key(k), flow(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// Text for a comment: on one line, and not too long.
pub(crate) fn comment(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(MAX_COMMENT)
        .map(|c| if needs_escape(c) { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(MAX_COMMENT).is_some() {
        out.push_str("...");
    }
    out
}

/// The manifest while it is written.
#[derive(Default)]
pub(crate) struct Writer(String);

impl Writer {
    /// A line at this depth.
    pub(crate) fn line(&mut self, depth: usize, text: &str) {
        self.0.push_str(&"  ".repeat(depth));
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A key with a value on the same line.
    pub(crate) fn entry(&mut self, depth: usize, name: &str, value: &str) {
        let key = scalar(name);
        if key.len() > MAX_KEY {
            self.line(depth, &format!("? {key}"));
            self.line(depth, &format!(": {value}"));
        } else {
            self.line(depth, &format!("{key}: {value}"));
        }
    }

    /// A key whose value follows on deeper lines. Keys of this kind are short.
    pub(crate) fn open(&mut self, depth: usize, name: &str) {
        self.line(depth, &format!("{}:", scalar(name)));
    }

    /// A comment line.
    pub(crate) fn comment(&mut self, depth: usize, text: &str) {
        self.line(depth, &format!("# {}", comment(text)));
    }

    /// An empty line.
    pub(crate) fn blank(&mut self) {
        self.0.push('\n');
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

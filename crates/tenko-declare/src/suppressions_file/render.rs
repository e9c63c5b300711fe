//! Entries as text, in each of the formats.

use crate::init::{quoted, scalar};

use tenko_core::Suppresses;

use super::NewSuppression;

/// What a new file begins with.
const HEADER: &str = "\
# Findings and drift that somebody decided to live with until a day. `tenko suppress` appends to it.
# Each entry has an end (`expires`), and is reported when it has expired, expires soon or matches
# nothing.
";

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Yaml,
    Json,
    Toml,
}

impl Form {
    /// The format of a file with this name.
    pub(super) fn of(name: &str) -> Self {
        match name.rsplit('.').next() {
            Some(end) if end.eq_ignore_ascii_case("toml") => Self::Toml,
            Some(end) if end.eq_ignore_ascii_case("json") => Self::Json,
            _ => Self::Yaml,
        }
    }
}

/// A whole file.
pub(super) fn file(form: Form, entries: &[NewSuppression]) -> String {
    match form {
        Form::Json => {
            let all: Vec<_> = entries.iter().map(|e| format!("    {}", flow(e))).collect();
            let all =
                if all.is_empty() { String::new() } else { format!("\n{}\n  ", all.join(",\n")) };
            format!("{{\n  \"version\": 1,\n  \"suppressions\": [{all}]\n}}\n")
        }
        Form::Toml => format!("{HEADER}version = 1\n{}", tables(entries, "\n")),
        Form::Yaml if entries.is_empty() => format!("{HEADER}version: 1\nsuppressions: []\n"),
        Form::Yaml => format!("{HEADER}version: 1\nsuppressions:\n{}", block(entries, 2, "\n")),
    }
}

/// The keys of an entry, each with whether its value is a date.
fn fields(entry: &NewSuppression) -> Vec<(&'static str, String, bool)> {
    let mut out = Vec::new();
    let mut text = |key, value: Option<&str>| {
        out.extend(value.filter(|v| !v.is_empty()).map(|v| (key, v.to_owned(), false)));
    };
    match &entry.of {
        Suppresses::One(fingerprint) => text("fingerprint", Some(fingerprint.as_str())),
        Suppresses::Findings { rule, scope, resource } => {
            text("rule", Some(rule));
            text("scope", scope.as_ref().map(ToString::to_string).as_deref());
            text("resource", resource.as_deref());
        }
    }
    text("reason", Some(&entry.reason));
    text("owner", entry.owner.as_deref());
    out.extend(entry.created.map(|day| ("created", day.to_string(), true)));
    out.push(("expires", entry.expires.to_string(), true));
    let mut text = |key, value: &Option<String>| {
        let value = value.as_ref().filter(|v| !v.is_empty());
        out.extend(value.map(|v| (key, v.clone(), false)));
    };
    text("ticket", &entry.ticket);
    text("evidence", &entry.evidence);
    text("note", &entry.note);
    out
}

/// Elements of a list in YAML, with their dashes in this column.
pub(super) fn block(entries: &[NewSuppression], column: usize, end: &str) -> String {
    let mut out = String::new();
    for entry in entries {
        for (i, (key, value, date)) in fields(entry).into_iter().enumerate() {
            let value = if date { value } else { scalar(&value) };
            let dash = if i == 0 { "- " } else { "  " };
            let line = [" ".repeat(column).as_str(), dash, key, ": ", &value, end].concat();
            out.push_str(&line);
        }
    }
    out
}

/// A map on one line, which JSON and YAML both read.
pub(super) fn flow(entry: &NewSuppression) -> String {
    let fields = fields(entry);
    let pairs: Vec<_> =
        fields.iter().map(|(key, value, _)| format!("\"{key}\": {}", quoted(value))).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// Tables in TOML.
pub(super) fn tables(entries: &[NewSuppression], end: &str) -> String {
    let mut out = String::new();
    for entry in entries {
        out.extend([end, "[[suppressions]]", end]);
        for (key, value, date) in fields(entry) {
            let value = if date { value } else { quoted(&value) };
            out.extend([key, " = ", &value, end]);
        }
    }
    out
}

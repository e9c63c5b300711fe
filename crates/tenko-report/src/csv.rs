//! One row for each drift and finding, for spreadsheets: RFC 4180, all cells quoted.
//!
//! It begins with a byte order mark: without one, Excel takes UTF-8 for the code page of the machine
//! and garbles every name that is not ASCII. Whatever reads CSV for analysis skips the mark (pandas,
//! DuckDB, Google Sheets; in Python `utf-8-sig`).

use csv::{QuoteStyle, Terminator, WriterBuilder};
use jiff::Timestamp;
use serde_json::{Map, Value};
use tenko_core::Change;
use tenko_messages::Lang;

use crate::document::Document;
use crate::entry::{About, Entry, clip, entries};
use crate::visible::visible;

/// The columns, in order.
pub const COLUMNS: [&str; 24] = [
    "fingerprint",
    "status",
    "first_seen",
    "last_seen",
    "kind",
    "verdict",
    "rule",
    "title",
    "severity",
    "tenant",
    "environment",
    "owner",
    "cloud",
    "scope",
    "region",
    "type",
    "id",
    "name",
    "message",
    "remediation",
    "expected",
    "actual",
    "declared_in",
    "remark",
];

/// A cell of Excel holds 32,767 characters; what is longer would flow into the next row.
const LONGEST: usize = 32_000;

/// Renders a document: drift and findings, those of earlier runs and those that are suppressed too.
///
/// - `status` is `new`, `changed`, `unchanged`, `resolved`, `unknown` or `suppressed`; empty where there was
///   nothing to compare with. `verdict` is `bad`, `unknown` or `gone`.
/// - `rule` is the rule's id, or `drift:` and the kind.
/// - `expected` and `actual` are objects in JSON, of the attributes that differ.
/// - `remark` says why something is suppressed, resolved or unknown.
/// - Times are those of RFC 3339, in UTC. All text is English.
///
/// Before a cell that a spreadsheet would take for a formula stands an apostrophe.
pub fn render(document: &Document) -> String {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    // Nothing here can fail: the rows have as many cells as the header, and go to memory.
    let _ = writer.write_record(COLUMNS);
    for entry in entries(document) {
        let _ = writer.write_record(row(&entry).map(|text| cell(&text)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(entry: &Entry<'_>) -> [String; COLUMNS.len()] {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let kind = match entry.about {
        About::Finding(_) => "finding",
        About::Drift(_) => "drift",
    };
    let verdict = match entry {
        entry if entry.is_resolved() => "gone",
        entry if entry.is_unknown() => "unknown",
        _ => "bad",
    };
    let changes = |of: fn(&Change) -> &Value| match entry.changes() {
        [] => String::new(),
        changes => {
            let all: Map<_, _> =
                changes.iter().map(|one| (one.path.to_string(), of(one).clone())).collect();
            Value::Object(all).to_string()
        }
    };
    [
        entry.fingerprint().to_string(),
        entry.status().map(|status| status.to_string()).unwrap_or_default(),
        time(entry.first_seen()),
        time(entry.last_seen()),
        kind.to_owned(),
        verdict.to_owned(),
        entry.rule().into_owned(),
        entry.title(Lang::En),
        entry.severity().to_string(),
        entry.tenant().to_owned(),
        entry.environment().to_owned(),
        entry.owner().unwrap_or_default().to_owned(),
        entry.cloud().to_owned(),
        entry.scope().to_owned(),
        entry.region().to_owned(),
        entry.resource_type().to_owned(),
        entry.id().to_owned(),
        entry.name().to_owned(),
        entry.message(Lang::En),
        entry.remediation(Lang::En),
        changes(|change| &change.expected),
        changes(|change| &change.actual),
        entry.source().map(ToString::to_string).unwrap_or_default(),
        entry.aside(Lang::En).unwrap_or_default(),
    ]
}

/// The one place that makes text from elsewhere safe within CSV.
///
/// An apostrophe stands before whatever would begin a formula, at the beginning and after every `;`,
/// which spreadsheets of some countries take for the end of a cell even within quotation marks. The
/// text is not lost: without that apostrophe it is the old one again, because one stands before
/// apostrophes that stand before such a beginning as well.
fn cell(text: &str) -> String {
    let text = visible(text);
    let text = clip(&text, LONGEST);
    let mut out = String::with_capacity(text.len() + 1);
    for (i, part) in text.split(';').enumerate() {
        if i > 0 {
            out.push(';');
        }
        if is_formula(part) {
            out.push('\'');
        }
        out.push_str(part);
    }
    out
}

/// Whether a spreadsheet would calculate this: `=`, `+`, `-`, `@` and their wide forms, behind any spaces.
/// A tab or a line break at the beginning cannot be there: they are made visible.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches(|ch: char| ch.is_whitespace() || matches!(ch, '\'' | '"'));
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '﹢', '﹣', '﹦', '﹫'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text() {
        for (hostile, shown) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1＋1", "'＝1＋1"),
            ("  =1", "'  =1"),
            ("\u{3000}=1", "'\u{3000}=1"),
            ("'=1", "''=1"),
            ("\"=1", "'\"=1"),
            ("\t=1", "\\u{9}=1"),
            ("\r=1", "\\u{d}=1"),
            ("a;=1;b", "a;'=1;b"),
            ("acme-web", "acme-web"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(cell(hostile), shown, "{hostile:?}");
        }
    }

    #[test]
    fn endless_text_is_cut() {
        assert!(cell(&"x".repeat(100_000)).chars().count() < 32_767);
    }
}

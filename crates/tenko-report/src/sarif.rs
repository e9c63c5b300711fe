//! SARIF 2.1.0, for code scanning.

mod result;
mod rule;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenko_messages::{Lang, t};

use crate::document::Document;
use crate::entry::{Entry, Stand, entries};
use crate::format::RenderOptions;
use crate::gaps::gaps;
use crate::machine::plain;
use crate::words;

/// Code scanning takes no more results of a run.
pub const MOST_RESULTS: usize = 25_000;

/// Code scanning takes no larger file.
pub const MOST_BYTES: usize = 10_000_000;

/// Room for what is in a run beside rules and results, and between results.
const BESIDE: usize = 500_000;

/// Notifications about what could not be observed; the rest is in the report.
const MOST_NOTES: usize = 100;

/// Renders a document for places that make an alert of every result, as GitHub's code scanning does:
/// it knows neither `suppressions` nor `baselineState`, nor that a result of kind `pass` is none. So
/// what is suppressed or resolved is left out and counted; an alert without a result is closed there.
/// What became unknown stays in, as a result of kind `open`.
///
/// All of it is English, whatever the language of `options`: the texts of alerts are compared from run to
/// run.
pub fn render(document: &Document, options: &RenderOptions) -> String {
    let listed =
        |entry: &Entry<'_>| !matches!(entry.stand, Stand::Suppressed(_)) && !entry.is_resolved();
    let (listed, left_out) = entries(document).into_iter().partition(listed);
    log(document, options, listed, left_out)
}

/// Renders a document with everything that SARIF can say of it: what is suppressed carries its
/// `suppressions`, what is resolved the `baselineState` `absent`.
pub fn archive(document: &Document, options: &RenderOptions) -> String {
    log(document, options, entries(document), Vec::new())
}

fn log(
    document: &Document,
    options: &RenderOptions,
    listed: Vec<Entry<'_>>,
    left_out: Vec<Entry<'_>>,
) -> String {
    let options = &RenderOptions { lang: Lang::En, ..options.clone() };
    let rules = rule::rules(document, &listed, options.lang);
    let index: BTreeMap<String, usize> = rules
        .iter()
        .enumerate()
        .filter_map(|(i, rule)| Some((rule.get("id")?.as_str()?.to_owned(), i)))
        .collect();
    let rules: Vec<_> = rules.into_iter().map(plain).collect();
    let mut room = MOST_BYTES.saturating_sub(BESIDE);
    room = room.saturating_sub(rules.iter().map(|rule| rule.to_string().len()).sum());
    let mut results = Vec::new();
    for entry in listed.iter().take(MOST_RESULTS) {
        let result = plain(result::result(document, entry, &index, options.lang));
        let size = result.to_string().len() + 1;
        if size > room {
            break;
        }
        room -= size;
        results.push(result);
    }
    let cut = listed.len() - results.len();
    let run = &document.run;
    let head = json!({
        "tool": {"driver": {
            "name": "tenko",
            "version": run.tool_version,
            "semanticVersion": run.tool_version,
        }},
        "language": "en-US",
        "automationDetails": {"id": format!("tenko/{}", run.id)},
        "invocations": [invocation(document, options, cut, &left_out)],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "verdict": document.summary.verdict,
            "incomplete": document.summary.incomplete,
            "cut": cut,
        },
    });
    let mut head = plain(head);
    if let Some(driver) = head.pointer_mut("/tool/driver").and_then(Value::as_object_mut) {
        driver.insert("rules".to_owned(), Value::Array(rules));
    }
    if let Some(run) = head.as_object_mut() {
        run.insert("results".to_owned(), Value::Array(results));
    }
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [head],
    });
    format!("{log}\n")
}

fn invocation(
    document: &Document,
    options: &RenderOptions,
    cut: usize,
    left_out: &[Entry<'_>],
) -> Value {
    let lang = options.lang;
    let note = |level: &str, text: String| json!({"level": level, "message": {"text": text}});
    let mut notes = Vec::new();
    if document.run.cancelled {
        notes.push(note("error", t!(lang, "incomplete-cut-short")));
    }
    let say =
        |one: &tenko_core::Problem| format!("{} {}: {}", one.operation, one.code, one.message);
    for one in &document.problems {
        notes.push(note("error", say(&one.problem)));
    }
    for unread in &document.code.unread {
        notes.push(note("error", format!("{}: {}", unread.file, words::unread(lang, unread))));
    }
    let gaps = gaps(document);
    for gap in gaps.iter().filter(|gap| gap.outcome.is_gap()) {
        let scopes: Vec<_> = gap.scopes.iter().map(ToString::to_string).collect();
        let outcome = words::outcome(lang, gap.outcome);
        let why = gap.example.map(|one| format!(" ({})", say(one))).unwrap_or_default();
        notes.push(note("error", format!("{}: {outcome}{why}", scopes.join(", "))));
    }
    let more = notes.len().saturating_sub(MOST_NOTES);
    notes.truncate(MOST_NOTES);
    let full = crate::markdown::full_report(document, options);
    if more > 0 {
        notes.push(note("warning", t!(lang, "md-more", more = more, full = full.clone())));
    }
    if cut > 0 {
        notes.push(note("warning", t!(lang, "md-more", more = cut, full = full.clone())));
    }
    if !left_out.is_empty() {
        let text = t!(lang, "sarif-left-out", n = left_out.len(), full = full);
        notes.push(note("note", text));
    }
    json!({
        "executionSuccessful": !document.summary.incomplete,
        "exitCode": document.summary.exit_code,
        "startTimeUtc": time(document.run.started_at),
        "endTimeUtc": time(document.run.finished_at),
        "toolExecutionNotifications": notes,
    })
}

/// A time as SARIF wants it: UTC, with at most milliseconds.
fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

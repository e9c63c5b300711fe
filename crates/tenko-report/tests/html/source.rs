//! What the page's source says.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use tenko_report::messages::Lang;
use tenko_report::{Document, Format, RenderOptions, render};

use crate::sample;

pub(crate) fn page(document: &Document, lang: Lang) -> String {
    let options = RenderOptions { lang, ..RenderOptions::of(document, lang) };
    render(document, Format::Html, &options)
}

/// What stands between two marks, each time.
pub(crate) fn between<'a>(text: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    text.split(begin).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0)).collect()
}

/// The page without its stylesheet and script, which have no golden file: they are sources themselves.
fn readable(page: &str) -> String {
    let (css, js) =
        (between(page, "<style>", "</style>")[0], between(page, "<script>", "</script>")[0]);
    let mut text = page.replace(css, "[the stylesheet]").replace(js, "[the script]");
    for hash in between(page, "'sha256-", "'") {
        text = text.replace(hash, "[hash]");
    }
    text
}

#[test]
fn a_small_page() {
    insta::assert_snapshot!("small", readable(&page(&sample::small(), Lang::En)));
    insta::assert_snapshot!("small-ja", readable(&page(&sample::small(), Lang::Ja)));
}

#[test]
fn the_policy_allows_the_own_style_and_script_and_nothing_else() {
    let page = page(&sample::daily(), Lang::En);
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"")[0];
    let hash = |source: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)));
    let styles = between(&page, "<style>", "</style>");
    let scripts = between(&page, "<script>", "</script>");
    assert_eq!((styles.len(), scripts.len()), (1, 1));
    let expected = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(scripts[0]),
        hash(styles[0])
    );
    assert_eq!(policy, expected);
    // In front of everything that it is to govern.
    assert!(page.find("Content-Security-Policy") < page.find("<style>"));
}

#[test]
fn nothing_is_inline_and_nothing_is_elsewhere() {
    for lang in Lang::ALL {
        let page = page(&sample::daily(), lang);
        let markup = page.replace(between(&page, "<script>", "</script>")[0], "");
        for tag in between(&markup, "<", ">") {
            assert!(!tag.contains(" style=") && !tag.contains(" on"), "{tag}");
            for attribute in [" href=\"", " src=\"", " action=\""] {
                for target in between(tag, attribute, "\"") {
                    assert!(target.starts_with('#') || target == "data:,", "{tag}");
                }
            }
        }
        assert!(!page.contains("@import") && !page.contains("url("));
    }
}

#[test]
fn sections_stand_in_the_order_in_which_they_are_needed() {
    let page = page(&sample::daily(), Lang::En);
    let sections = between(&page, "<section id=\"", "\"");
    let order = [
        "verdict",
        "fixes",
        "changes",
        "gaps",
        "tenants",
        "trend",
        "items",
        "suppressions",
        "method",
    ];
    assert_eq!(sections, order);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
}

#[test]
fn ids_are_there_once_and_links_lead_somewhere() {
    let page = page(&sample::daily(), Lang::En);
    let markup = page.replace(between(&page, "<script>", "</script>")[0], "");
    let ids = between(&markup, " id=\"", "\"");
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for target in between(&markup, "href=\"#", "\"").into_iter().filter(|target| *target != "i-") {
        assert!(ids.contains(&target), "{target}");
    }
}

#[test]
fn every_word_is_of_the_page_s_language() {
    let page = page(&sample::daily(), Lang::Ja);
    // An id without a text would be shown as the id.
    for left in ["html-", "verdict-drift", "status-", "severity-"] {
        let shown = page.split('>').filter_map(|part| part.split_once('<')).map(|(text, _)| text);
        let bad: Vec<_> = shown.filter(|text| text.trim().starts_with(left)).collect();
        assert_eq!(bad, [""; 0]);
    }
    for english in [
        "Findings",
        "Severity",
        "Suppressed",
        "Since the last run",
        "Read-only",
        "S3 bucket easily lost",
    ] {
        assert!(!between(&page, "<body>", "<script type")[0].contains(english), "{english}");
    }
    assert!(page.contains("失われやすい S3 バケット"));
}

#[test]
fn times_are_in_the_zone_of_who_answers() {
    let document = sample::daily();
    let options = RenderOptions {
        timezone: TimeZone::get("America/New_York").unwrap(),
        ..RenderOptions::of(&document, Lang::En)
    };
    let page = render(&document, Format::Html, &options);
    assert!(page.contains("2026-11-22 16:01 -05:00"), "the report's");
    // New in this run: of acme (Berlin) and of kaisha (Tokyo), where it is the next day.
    assert!(page.contains("2026-11-22 22:01 CET"));
    assert!(page.contains("2026-11-23 06:01 JST"));
}

#[test]
fn what_was_not_seen_is_never_zero() {
    let page = page(&sample::small(), Lang::En);
    let matrix = between(&page, "class=\"matrix\"", "</table>")[0];
    let unread: Vec<_> = matrix
        .split("<div class=\"cell ")
        .filter(|cell| cell.contains("nothing was read"))
        .collect();
    assert_eq!(unread.len(), 1);
    assert!(unread[0].starts_with("t-unknown") && unread[0].contains(" ?</span>"), "{}", unread[0]);
    assert!(!unread[0].contains(" 0 ") && !unread[0].contains(">0"), "{}", unread[0]);
    let scopes = between(&page, "All accounts and projects</caption>", "</table>")[0];
    let denied: Vec<_> = scopes.split("<tr>").filter(|row| row.contains("acme-staging")).collect();
    assert!(denied[0].contains("<td class=\"n\">?</td>"), "{}", denied[0]);
}

#[test]
fn without_a_run_before_nothing_is_new() {
    let page = page(&sample::small(), Lang::En);
    assert!(page.contains("There is no earlier run to compare with"));
    let rows = between(&page, "<tbody role=\"rowgroup\">", "</tbody>");
    assert!(!rows.iter().any(|rows| rows.contains("data-mark=\"status\"")));
}

#[test]
fn two_hundred_rows_are_there_without_the_script_and_the_rest_is_counted() {
    let page = page(&sample::many(1_000), Lang::En);
    let table = between(&page, "<table id=\"table\"", "</table>\n<p id=\"rest\"")[0];
    assert_eq!(table.matches("<tr role=\"row\">\n").count(), 200);
    assert!(page.contains("800 more are in this file and need JavaScript"));
    // The worst come first.
    assert!(between(table, "data-f=\"rule\">", "<").iter().all(|rule| *rule == "IAM-02"));
}

#[test]
fn the_data_are_the_rows() {
    let document = sample::daily();
    let page = page(&document, Lang::En);
    let data = between(&page, "<script type=\"application/json\" id=\"data\">", "</script>")[0];
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let all = document.findings.len() + document.drift.len() + document.past.len() + 1;
    let rows = data["rows"].as_array().unwrap();
    assert!(rows.iter().all(|column| column.as_array().unwrap().len() == all));
    let fingerprints = data["fingerprints"].as_str().unwrap();
    assert_eq!(fingerprints.len(), 32 * all);
    for finding in &document.findings {
        assert!(fingerprints.contains(finding.fingerprint.as_str()));
        assert!(data["texts"].as_array().unwrap().contains(&finding.message.as_str().into()));
    }
}

/// A text that is used nowhere is dead, and one that is used and not there shows up as its id.
#[test]
fn templates_and_texts_fit_together() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    for folder in ["templates/html", "src/html"] {
        for file in std::fs::read_dir(here.join(folder)).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let ids = between(&text, "\"html-", "\"").into_iter().map(|id| format!("html-{id}"));
            used.extend(ids);
        }
    }
    let there: BTreeSet<_> = tenko_report::messages::ids(Lang::En)
        .into_keys()
        .filter(|id| id.starts_with("html-"))
        .collect();
    assert_eq!(used, there);
}

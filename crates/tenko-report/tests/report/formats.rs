//! Every format as it is written, and within the limits of the place that it goes to.

use std::collections::BTreeMap;

use serde_json::Value;
use tenko_core::Verdict;
use tenko_report::messages::Lang;
use tenko_report::{
    Document, Format, RenderOptions, SuppressionState, csv, github, markdown, render, sarif, slack,
};

use crate::fixture::Run;
use crate::rich::{many, options, rich};

fn golden(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

/// JSON on one line is read badly by those who look at a change.
fn pretty(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn markdown_as_people_read_it() {
    golden("markdown-en", &markdown::render(&rich(), &options(Lang::En)));
    golden("markdown-ja", &markdown::render(&rich(), &options(Lang::Ja)));
    let clean = Run::new().document();
    golden("markdown-clean", &markdown::render(&clean, &RenderOptions::of(&clean, Lang::En)));
}

#[test]
fn rows_for_spreadsheets() {
    golden("csv", csv::render(&rich()).trim_start_matches('\u{feff}'));
}

#[test]
fn sarif_for_code_scanning() {
    golden("sarif-en", &pretty(&sarif::render(&rich(), &options(Lang::En))));
    let clean = Run::new().document();
    golden("sarif-clean", &pretty(&sarif::render(&clean, &RenderOptions::of(&clean, Lang::En))));
}

#[test]
fn junit_for_build_servers() {
    golden("junit-en", &render(&rich(), Format::Junit, &options(Lang::En)));
}

/// A build server knows a test by its name, code scanning an alert by its text.
#[test]
fn what_machines_compare_is_english_in_every_language() {
    let document = rich();
    for format in [Format::Junit, Format::Sarif] {
        let said = |lang| render(&document, format, &options(lang));
        assert_eq!(said(Lang::En), said(Lang::Ja), "{format:?}");
    }
    let archive = |lang| sarif::archive(&document, &options(lang));
    assert_eq!(archive(Lang::En), archive(Lang::Ja));
}

#[test]
fn ocsf_for_data_lakes() {
    golden("ocsf", &pretty(&render(&rich(), Format::Ocsf, &options(Lang::En))));
}

#[test]
fn slack_as_people_read_it() {
    for (name, lang) in [("slack-en", Lang::En), ("slack-ja", Lang::Ja)] {
        golden(name, &pretty(&slack::render(&rich(), &options(lang))));
    }
    let clean = Run::new().document();
    golden("slack-clean", &pretty(&slack::render(&clean, &RenderOptions::of(&clean, Lang::En))));
}

#[test]
fn annotations_and_issue() {
    for (name, lang) in [("github-en", Lang::En), ("github-ja", Lang::Ja)] {
        golden(name, &github::render(&rich(), &options(lang)));
    }
    let issue = github::issue_body(&rich(), &options(Lang::En), "<!-- tenko:x -->", 4_000);
    golden("github-issue-cut", &issue);
}

/// What code scanning would show as open is not in what is made for it; the archive has it, marked.
#[test]
fn suppressed_and_resolved_results() {
    let results = |text: &str| {
        let log: Value = serde_json::from_str(text).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    };
    let (document, options) = (rich(), options(Lang::En));
    let listed = results(&sarif::render(&document, &options));
    let all = results(&sarif::archive(&document, &options));
    assert_eq!(listed.len() + document.suppressed.len() + 1, all.len());
    assert!(listed.iter().all(|result| result.get("suppressions").is_none()));
    let states = |results: &[Value]| {
        let mut states = BTreeMap::<String, usize>::new();
        for result in results {
            *states.entry(result["baselineState"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        states
    };
    assert!(!states(&listed).contains_key("absent"));
    assert_eq!(states(&all)["absent"], 1);
    assert!(["new", "unchanged", "updated"].iter().all(|state| states(&all)[*state] > 0));
    let suppressed: Vec<_> = all.iter().filter_map(|result| result.get("suppressions")).collect();
    assert_eq!(suppressed.len(), 2);
    assert_eq!(suppressed[0][0]["justification"], "Migration to v2 is under way");
    // What cannot be told is no failure, and no pass.
    let open = listed.iter().filter(|result| result["kind"] == "open");
    assert!(open.clone().all(|result| result["level"] == "none"));
    assert_eq!(open.count(), 14, "12 of drift, one finding, one of the past");
}

#[test]
fn without_a_history_there_is_no_status() {
    let mut document = rich();
    document.history = None;
    document.past.clear();
    document.suppressed.clear();
    document.findings.iter_mut().for_each(|finding| finding.standing = None);
    document.drift.iter_mut().for_each(|drift| drift.standing = None);
    let options = options(Lang::En);
    assert!(!sarif::render(&document, &options).contains("baselineState"));
    assert!(!render(&document, Format::Ocsf, &options).contains("\"status_id\":1"));
    assert!(!markdown::render(&document, &options).contains("What changed"));
    for row in rows(&csv::render(&document)) {
        assert_eq!((row[1].as_str(), row[2].as_str()), ("", ""));
    }
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut rows: Vec<Vec<String>> = Vec::new();
    // Every cell is quoted, and no cell holds a line break.
    for line in text.split_terminator("\r\n").skip(1) {
        let cells = line.strip_prefix('"').unwrap().strip_suffix('"').unwrap().split("\",\"");
        rows.push(cells.map(|cell| cell.replace("\"\"", "\"")).collect());
    }
    rows
}

/// It takes out nothing, and what it was for is there.
#[test]
fn a_suppression_that_is_over_does_not_say_that_nothing_matches() {
    let mut document = rich();
    let open = document.findings.iter().find(|f| f.verdict == Verdict::Finding).unwrap();
    document.suppressions[1].what = open.fingerprint.to_string();
    document.suppressions.retain(|row| row.state != SuppressionState::Rearmed);
    let count = |format, lang, cells: [&str; 3]| {
        let text = render(&document, format, &options(lang));
        cells.map(|cell| text.matches(cell).count())
    };
    // Of one that is in force and matches nothing the number is true.
    let said = count(Format::Markdown, Lang::En, ["| reported again |", "| – |", "| 0 |"]);
    assert_eq!(said, [1, 0, 2]);
    let cells = [">reported again</td>", ">–</td>", "<td class=\"n\">0</td>"];
    assert_eq!(count(Format::Html, Lang::En, cells)[..2], [1, 0]);
    assert_eq!(count(Format::Html, Lang::Ja, [">再び報告</td>", ">–</td>", ""])[..2], [1, 0]);
    // What one for several would take out nobody counts; nor what is not there.
    document.suppressions[1].what = "f".repeat(32);
    let text = render(&document, Format::Markdown, &options(Lang::En));
    assert!(text.contains("| – |") && !text.contains("| reported again |"), "{text}");
}

#[test]
fn thirty_thousand_findings_fit_everywhere() {
    let document = many(30_000);
    for lang in Lang::ALL {
        let options = options(lang);
        let message = slack::render(&document, &options);
        assert!(message.chars().count() <= slack::MOST_CHARACTERS + 1);
        let value: Value = serde_json::from_str(&message).unwrap();
        assert!(value["blocks"].as_array().unwrap().len() <= slack::MOST_BLOCKS);
        assert!(message.contains(crate::rich::URL));
        let text = markdown::render(&document, &options);
        assert!(text.len() <= markdown::MOST_BYTES && text.len() > markdown::MOST_BYTES / 2);
        assert!(text.contains("30,000"));
    }
    check_sarif(&document, &options(Lang::En));
    check_github(&document, &options(Lang::En));
    let all = document.findings.len()
        + document.drift.len()
        + document.suppressed.len()
        + document.past.len();
    assert_eq!(rows(&csv::render(&document)).len(), all);
    let events: Vec<Value> =
        serde_json::from_str(&render(&document, Format::Ocsf, &options(Lang::En))).unwrap();
    assert_eq!(events.len(), all);
    let junit = render(&document, Format::Junit, &options(Lang::En));
    assert!(junit.contains("failures=\"30007\""), "{}", &junit[..200]);
}

/// Of everything the worst stays, and what is missing is counted.
fn check_sarif(document: &Document, options: &RenderOptions) {
    let text = sarif::render(document, options);
    assert!(text.len() <= sarif::MOST_BYTES, "{}", text.len());
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert!(results.len() <= sarif::MOST_RESULTS && results.len() > 5_000, "{}", results.len());
    assert!(results.iter().take(7_500).all(|r| r["properties"]["severity"] == "critical"));
    let all = document.findings.len() + document.drift.len() + 1;
    assert_eq!(run["properties"]["cut"].as_u64().unwrap() as usize, all - results.len());
    assert!(run["invocations"][0].to_string().contains(crate::rich::URL));
}

fn check_github(document: &Document, options: &RenderOptions) {
    let text = github::render(document, options);
    let mut kinds = BTreeMap::<&str, usize>::new();
    for line in text.lines() {
        let kind = line.strip_prefix("::").unwrap().split(' ').next().unwrap();
        *kinds.entry(kind).or_default() += 1;
    }
    assert_eq!(kinds, BTreeMap::from([("error", 10), ("notice", 10), ("warning", 10)]));
    assert!(text.lines().last().unwrap().contains("29,9"), "{text}");
    let summary = github::summary(document, options);
    assert!(summary.len() <= github::MOST_SUMMARY_BYTES);
    for limit in [65_536, 2_000] {
        let issue = github::issue_body(document, options, "<!-- tenko:x -->", limit);
        assert!(issue.chars().count() <= limit, "{} of {limit}", issue.chars().count());
        assert!(issue.starts_with("<!-- tenko:x -->\n\n# "));
        assert!(issue.contains("reports.example.com"));
    }
}

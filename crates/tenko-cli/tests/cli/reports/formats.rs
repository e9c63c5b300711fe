//! Formats and languages, on standard output and in files.

use serde_json::Value;

use super::{FORMATS, flat, runs, toured, toured_with};
use crate::tool::{Tool, at, list};

/// The heading above what to fix first.
const FIRST: &str = "FIX FIRST";

/// Whether a text is a document of this format, and of nothing else beside it.
fn check(format: &str, text: &str) {
    let json = || -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{format}: {error}:\n{text}"))
    };
    let begins = |with: &str| assert!(text.starts_with(with), "{format}: {:.200}", text);
    assert!(!text.contains('\u{1b}'), "{format}");
    match format {
        "json" => {
            let document = json();
            assert_eq!((at(&document, "/kind"), &document["schema_version"]), ("audit", &1.into()));
        }
        "html" => {
            assert!(text[..15].eq_ignore_ascii_case("<!doctype html>"), "{:.200}", text);
            assert!(text.trim_end().ends_with("</html>"));
            assert!(text.contains("Content-Security-Policy"));
        }
        "markdown" => begins("# "),
        "csv" => {
            begins("\u{feff}\"");
            assert!(text.lines().count() > 50, "a row for each drift and finding");
        }
        "sarif" => {
            let sarif = json();
            assert_eq!(at(&sarif, "/version"), "2.1.0");
            assert!(!list(&sarif, "/runs/0/results").is_empty());
        }
        "junit" => {
            begins("<?xml ");
            assert!(text.contains("<testsuites") && text.trim_end().ends_with("</testsuites>"));
        }
        "ocsf" => {
            let events = json();
            assert!(list(&events, "").iter().all(|event| event["class_uid"] == 2003));
        }
        "slack" => {
            let blocks = json();
            assert!((1..=50).contains(&list(&blocks, "/blocks").len()));
        }
        "github" => {
            assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
            assert!(text.contains("::error ") && text.contains("::notice "), "{text}");
        }
        _ => panic!("{format}"),
    }
}

#[test]
fn the_demo_speaks_every_format() {
    let tool = Tool::new();
    for (format, _) in FORMATS {
        let ran = tool.ends(2, &["demo", "-q", "--format", format]);
        check(format, &ran.stdout);
        assert_eq!(ran.stderr, "", "{format}");
    }
    assert!(tool.files().is_empty() && !tool.path(".tenko").exists(), "nothing was asked for");
}

#[test]
fn a_run_that_was_kept_is_shown_in_every_format() {
    let tool = toured();
    for (format, _) in FORMATS {
        let ran = tool.ends(2, &["report", "--format", format]);
        check(format, &ran.stdout);
        assert_eq!(ran.stderr, "", "{format}");
    }
    assert!(tool.ends(2, &["report"]).text().starts_with("DRIFT: "));
}

#[test]
fn several_formats_are_files() {
    let tool = Tool::new();
    let all: Vec<_> = FORMATS.iter().map(|(format, _)| *format).collect();
    let all = all.join(",");
    let ran = tool.ends(2, &["demo", "--out", "tour", "--format", &all]);
    assert_eq!(ran.stdout, "", "all of it is in the files");
    for (format, file) in FORMATS {
        check(format, &tool.read(&format!("tour/{file}")));
        assert!(ran.stderr.contains(&format!("written: tour/{file}")), "{}", ran.stderr);
    }
    assert!(tool.read("tour/report.github.md").starts_with("# "), "the job's summary");

    // Text is a file too, and the verdict is told beside the files.
    let args = ["report", "tour/report.json", "-o", "pages", "--format", "text,csv"];
    let ran = tool.ends(2, &args);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("\nDRIFT: "), "{}", ran.stderr);
    assert!(tool.read("pages/report.txt").starts_with("DRIFT: "));
    let names = std::fs::read_dir(tool.path("pages")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["report.csv", "report.txt"]);

    let words = ["standard output takes one format", "--out DIR writes a file for each"];
    for command in [&["demo"][..], &["audit"], &["report", "tour/report.json"]] {
        tool.fails(&words, &[command, &["--format", "html,json"]].concat());
    }
    tool.fails(&["invalid value 'yaml'", "sarif"], &["report", "--format", "json,yaml"]);
    tool.fails(&["only reports and plans are written as"], &["history", "--format", "html"]);
}

#[test]
fn what_people_read_is_in_their_language() {
    let tool = toured();
    let show = |tool: &Tool, args: &[&str]| tool.ends(2, &[&["report"], args].concat()).stdout;
    for (format, words) in [
        ("text", &["ドリフト", "未確認"][..]),
        ("html", &["<html lang=\"ja\"", "重大度"]),
        ("markdown", &["# ", "ドリフト"]),
        ("slack", &["ドリフト"]),
        ("github", &["::notice ", "ドリフト"]),
    ] {
        let text = show(&tool, &["--format", format, "--lang", "ja"]);
        for word in words {
            assert!(text.contains(word), "no {word} in {format}:\n{text:.2000}");
        }
        assert_ne!(text, show(&tool, &["--format", format, "--lang", "en"]), "{format}");
    }
    // Machines get what they always get.
    for format in ["json", "csv", "ocsf"] {
        let text = show(&tool, &["--format", format, "--lang", "ja"]);
        assert_eq!(text, show(&tool, &["--format", format]), "{format}");
    }
    let ran = tool.ends(0, &["demo", "-q", "--lang", "ja"]);
    assert!(ran.text().starts_with("ドリフト: "), "{}", ran.stdout);

    for args in
        [&["demo", "--lang", "xx"][..], &["report", "--lang", "ja-JP"], &["audit", "--lang", ""]]
    {
        tool.fails(&["'--lang <LANG>'", "there are en and ja"], args);
    }
    // What is asked for wins over the environment, that over the manifest, and that over the run.
    let manifest = tool.read("tenants.yaml");
    tool.write("tenants.yaml", manifest + "\nreport: { lang: ja, timezone: Asia/Tokyo }\n");
    let text = show(&tool, &[]);
    assert!(text.starts_with("ドリフト: ") && text.contains(" JST"), "{text}");
    let tool = tool.env("TENKO_LANG", "en");
    assert!(show(&tool, &[]).starts_with("DRIFT: "));
    let tool = toured_with(Tool::new().env("TENKO_LANG", "ja"));
    assert!(show(&tool, &[]).starts_with("ドリフト: "));
    assert!(show(&tool, &["--lang", "en"]).starts_with("DRIFT: "));
    let tool = toured_with(Tool::new().env("TENKO_LANG", "tlh"));
    tool.fails(&["no language `tlh`: there are en and ja"], &["report"]);
}

#[test]
fn what_to_fix_first_is_said_first() {
    let tool = toured();
    let text = tool.ends(2, &["report", "--top", "3"]);
    let plain = tool.ends(2, &["report"]);
    assert!(text.text().lines().any(|line| line == FIRST), "{}", text.stdout);
    assert!(!plain.stdout.lines().any(|line| line == FIRST), "{}", plain.stdout);
    let ranked = |text: &str| {
        let lines = text.lines().skip_while(|line| *line != FIRST).skip(1);
        let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
        lines.filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit())).count()
    };
    assert_eq!(ranked(&text.stdout), 3, "{}", text.stdout);
    assert_eq!(ranked(&tool.ends(2, &["report", "--top", "1"]).stdout), 1);

    let page = |n: &str| tool.ends(2, &["report", "--format", "html", "--top", n]).stdout;
    assert!(page("3").len() < page("9").len(), "the page has as many");
    for bad in ["0", "-1", "many", "1001"] {
        tool.fails(&["'--top"], &["report", &format!("--top={bad}")]);
    }
}

#[test]
fn a_job_has_its_summary_beside_the_annotations() {
    let tool = Tool::new();
    let summary = tool.path("summary.md");
    let tool = toured_with(tool).env("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    tool.write("summary.md", "# A step before\n");
    check("github", &tool.ends(2, &["report", "--format", "github"]).stdout);
    let first = tool.read("summary.md");
    let own = first.strip_prefix("# A step before\n").unwrap_or_else(|| panic!("{first}"));
    assert!(own.starts_with("# ") && own.contains(&runs(&tool)[0]), "{own}");
    // Others write nothing there.
    tool.ends(2, &["report", "--format", "markdown"]);
    tool.ends(2, &["report", "--format", "github", "--out", "files"]);
    assert_eq!(tool.read("summary.md"), first);

    let tool = toured_with(Tool::new().env("GITHUB_STEP_SUMMARY", "no/such/folder/summary.md"));
    let ran = tool.ends(1, &["report", "--format", "github"]);
    check("github", &ran.stdout);
    let words = "failed to write the job's summary to no/such/folder/summary.md";
    assert!(flat(&ran.stderr).contains(words), "{}", ran.stderr);
    let tool = toured_with(Tool::new().env("GITHUB_STEP_SUMMARY", ""));
    tool.ends(2, &["report", "--format", "github"]);
}

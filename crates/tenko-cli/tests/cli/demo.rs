//! `tenko demo`.

use std::collections::BTreeSet;
use std::io::BufRead as _;

use serde_json::Value;

use crate::tool::{Tool, at, list};

#[test]
fn the_text_fits_a_page_and_tells_the_whole_story() {
    let ran = Tool::new().ends(0, &["demo"]);
    let text = ran.text();
    assert!(text.starts_with("DRIFT: "), "{text}");
    for section in ["NOT OBSERVED", "LEFT OUT", "DRIFT", "FINDINGS", "SUMMARY", "NEXT"] {
        assert!(text.lines().any(|line| line == section), "no {section}:\n{text}");
    }
    for kind in ["missing", "changed", "misplaced", "elsewhere", "unmanaged", "unknown"] {
        let begin = format!("  {kind} ");
        assert!(text.lines().any(|line| line.starts_with(&begin)), "no {kind}:\n{text}");
    }
    assert!(ran.stderr.contains("units to collect"), "{}", ran.stderr);
    assert!(ran.stderr.contains("tenko scopes"), "what to do next: {}", ran.stderr);
}

/// The README shows an excerpt: each of its lines is there, in this order.
#[test]
fn the_readme_shows_what_it_prints() {
    let readme = std::fs::read_to_string(tenko_tests::root().join("README.md")).unwrap();
    let begin = readme.find("```text\nDRIFT").unwrap() + "```text\n".len();
    let excerpt = readme[begin..].split("```").next().unwrap();
    let ran = Tool::new().ends(0, &["demo", "--quiet"]);
    let mut lines = ran.text().lines();
    for wanted in excerpt.lines().filter(|line| !line.trim().is_empty()) {
        assert!(
            lines.any(|line| line == wanted),
            "the demo does not print, or not there: {wanted}"
        );
    }
}

#[test]
fn a_proxy_does_not_stand_between_the_demo_and_itself() {
    // Nothing listens there.
    let tool = Tool::new().env("HTTP_PROXY", "http://127.0.0.1:9").env("ALL_PROXY", "x");
    assert!(tool.ends(0, &["demo", "--quiet"]).text().starts_with("DRIFT: "));
}

/// A process that ends with the test, however that one ends.
struct Served(std::process::Child);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn what_is_served_is_audited_as_the_demo_is_and_asks_nobody_else() {
    let tool = Tool::new();
    let mut served = Served(tool.spawn(&["demo", "--serve", "--out", "."]));
    let mut notes = std::io::BufReader::new(served.0.stderr.take().unwrap()).lines();
    assert!(notes.any(|line| line.unwrap().contains("serving until")));
    let settings = tool.read("demo.env");
    let tool = settings.lines().fold(tool, |tool, line| {
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        tool.env(name, value.trim_matches('\''))
    });
    let document = tool.ends(2, &["audit", "--format", "json"]).json();
    let demo = Tool::new().ends(2, &["demo", "--format", "json"]).json();
    for part in ["units", "resources", "drift", "findings"] {
        assert_eq!(document["summary"][part], demo["summary"][part], "{part}");
    }
}

#[test]
fn the_document_is_valid_and_whole() {
    let tool = Tool::new();
    let ran = tool.ends(2, &["demo", "--format", "json"]);
    assert!(tool.files().is_empty() && !tool.path(".tenko").exists(), "nothing was asked for");
    let document = ran.json();
    let schema = tenko_tests::root().join("schema/report.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    // The rows of the roll are many and alike: some of them must do, for the time it takes.
    let mut sample = document.clone();
    sample["coverage"].as_array_mut().unwrap().truncate(20);
    let errors: Vec<_> = validator.iter_errors(&sample).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");

    assert_eq!(document["schema_version"], 1);
    assert_eq!((at(&document, "/kind"), at(&document, "/summary/verdict")), ("audit", "drift"));
    assert_eq!(document["summary"]["exit_code"], 2);
    assert!(!at(&document, "/run/id").is_empty());
    for row in list(&document, "/coverage") {
        for member in ["/scope", "/region", "/type", "/outcome"] {
            assert!(!at(row, member).is_empty(), "{member} of {row}");
        }
    }
    let drift = list(&document, "/drift");
    let kinds: BTreeSet<_> = drift.iter().map(|drift| at(drift, "/kind")).collect();
    let all = ["changed", "elsewhere_managed", "misplaced", "missing", "unknown", "unmanaged"];
    assert_eq!(kinds, all.into(), "every kind is shown");
    let changed = drift.iter().find(|d| at(d, "/resource/id") == "acme-production-uploads");
    let changed = changed.unwrap();
    for (member, value) in [
        ("/kind", "changed"),
        ("/resource/type", "AWS::S3::Bucket"),
        ("/resource/scope", "333333333301"),
        ("/resource/region", "eu-central-1"),
        ("/resource/name", "acme-production-uploads"),
        ("/tenant", "acme"),
        ("/environment", "production"),
        ("/source/file", "tenants.yaml"),
        ("/changes/0/path", "VersioningConfiguration.Status"),
        ("/changes/0/expected", "Enabled"),
        ("/changes/0/actual", "Suspended"),
    ] {
        assert_eq!(at(changed, member), value, "{member} of {changed}");
    }
    for finding in list(&document, "/findings") {
        for member in ["/rule", "/severity", "/verdict"] {
            assert!(!at(finding, member).is_empty(), "{member} of {finding}");
        }
    }
}

#[test]
fn colours_are_for_terminals_and_whoever_asks() {
    let tool = Tool::new();
    let escapes = |args: &[&str]| tool.ends(0, args).stdout.contains("\u{1b}[");
    assert!(!escapes(&["types"]), "piped");
    assert!(escapes(&["types", "--color", "always"]));
    assert!(escapes(&["types", "AWS::S3::Bucket", "--color", "always"]));
    assert!(!escapes(&["types", "--color", "never"]));
    let tool = Tool::new().env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1");
    assert!(!tool.ends(0, &["types"]).stdout.contains('\u{1b}'), "NO_COLOR wins");
    let ran = tool.ends(0, &["demo", "--quiet", "--color", "always"]);
    assert!(ran.stdout.contains("\u{1b}["), "whoever asks wins over NO_COLOR");
    assert_eq!(ran.stderr, "", "quiet is quiet");
}

#[test]
fn what_it_writes_can_be_looked_at_with_the_other_commands() {
    let tool = Tool::new();
    let ran = tool.ends(0, &["demo", "--out", "tour"]);
    assert!(ran.text().contains("snapshot saved as tour/demo.tenko.zst"), "{}", ran.stdout);
    let ran = tool.ends(2, &["diff", "tour/demo.tenko.zst", "-f", "tour/tenants.yaml"]);
    assert!(ran.text().starts_with("DRIFT: 19 differences"), "{}", ran.stdout);
    assert!(ran.stdout.contains("declared at tour/tenants.yaml:"), "{}", ran.stdout);
    assert!(ran.stdout.contains("tour/states/acme-production.tfstate"), "{}", ran.stdout);
    let show = ["show", "-s", "tour/demo.tenko.zst", "acme-production-uploads"];
    assert!(tool.ends(0, &show).text().contains("\"Suspended\""));
    assert_eq!(tool.files(), ["tour"]);
    assert!(!tool.path(".tenko").exists(), "reading keeps nothing");
    // A second tour takes the place of the first.
    tool.ends(0, &["demo", "--out", "tour"]);
    tool.write("file", "");
    tool.fails(&["failed to make the folder file"], &["demo", "--out", "file"]);
}

#[test]
fn its_infrastructure_code_is_there_for_the_other_commands() {
    let tool = Tool::new();
    let (snapshot, manifest) = ("tour/demo.tenko.zst", "tour/tenants.yaml");
    tool.ends(0, &["demo", "-q", "--out", "tour"]);
    for (path, state) in tenko_testkit::demo::states() {
        assert_eq!(tool.read(&format!("tour/{path}")), state);
    }
    let ran = tool.ends(0, &["declare", "tour/states", "--format", "json"]);
    let document = ran.json();
    let declared = list(&document, "/resources").iter().map(|r| at(r, "/id"));
    let declared: BTreeSet<_> = declared.filter(|id| id.starts_with("acme-")).collect();
    let buckets = ["acme-production-exports", "acme-staging-uploads", "acme-production-web"];
    assert_eq!(declared, buckets.into());
    assert!(!ran.stdout.contains(tenko_testkit::demo::STATE_SECRET));

    let adopt = ["adopt", "-s", snapshot, "-f", manifest, "--tenant", "acme/production"];
    let text = tool.ends(0, &adopt).stdout;
    assert!(text.contains("to = aws_instance.debug_tanaka\n"), "{text}");
    assert!(!text.contains("acme-production-exports"), "that has code already: {text}");

    let parity = ["parity", "acme", "-s", snapshot, "-f", manifest, "--type", "AWS::SQS::*"];
    let text = tool.ends(2, &parity).stdout;
    assert!(text.contains("orders"), "{text}");
}

#[test]
fn no_secret_is_shown_or_kept() {
    let tool = Tool::new();
    let ran = tool.ends(2, &["demo", "--format", "json", "--verbose", "--out", "tour"]);
    let resources = tool.ends(0, &["show", "-s", "tour/demo.tenko.zst", "--format", "json"]);
    assert!(resources.stdout.contains("redacted:"), "hidden, and not lost");
    for text in [&ran.stdout, &ran.stderr, &resources.stdout] {
        for secret in [tenko_testkit::demo::CANARY, tenko_testkit::demo::STATE_SECRET] {
            assert!(!text.contains(secret));
        }
    }
}

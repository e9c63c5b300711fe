//! Runs that are kept: listed, found again, compared with each other.

use super::{TOUR, flat, latest, past, runs, toured};
use crate::clouds;
use crate::tool::{Tool, at, list};

#[test]
fn the_second_run_says_that_nothing_is_new() {
    let [first, second] = &TOUR.texts;
    assert!(
        flat(first).contains("The history holds no run of this manifest before this one"),
        "{first}"
    );
    assert!(flat(second).contains(": 0 new, 0 changed, 0 resolved, 0 open before"), "{second}");

    let tool = toured();
    let ids = runs(&tool);
    let status = |run: &str| {
        let args = ["report", run, "--format", "json"];
        let document = tool.ends(2, &args).json();
        assert_eq!(at(&document, "/run/id"), run);
        let mut all = [list(&document, "/drift"), list(&document, "/findings")].concat();
        // What is unknown is neither new nor old.
        all.retain(|one| at(one, "/kind") != "unknown" && at(one, "/verdict") != "unknown");
        let all: std::collections::BTreeSet<_> =
            all.iter().map(|one| at(one, "/status").to_owned()).collect();
        (all.into_iter().collect::<Vec<_>>(), document)
    };
    let (statuses, document) = status(&ids[1]);
    assert_eq!(statuses, ["new"]);
    assert!(list(&document, "/history/compared_with").is_empty());
    let (statuses, document) = status(&ids[0]);
    assert_eq!(statuses, ["unchanged"]);
    assert_eq!(list(&document, "/history/compared_with"), [ids[1].as_str()]);
    assert_eq!(list(&document, "/history/runs").len(), 2);
    assert!(past(&document).is_empty());
}

#[test]
fn runs_are_listed() {
    let tool = toured();
    let ran = tool.ends(0, &["history"]);
    let ids = runs(&tool);
    let text = flat(ran.text());
    let line = |id: &str, n: &str| format!("{id} drift 19 drift, 39 findings, {n}incomplete");
    let (second, first) = (line(&ids[0], ""), line(&ids[1], "58 new, "));
    assert_eq!(text, format!("{second} {first}"), "the newest first");
    assert!(ids[0] > ids[1], "{ids:?}");
    let ran = tool.ends(0, &["history", "--last", "1"]);
    assert_eq!(flat(ran.text()), format!("{second} … and 1 more (--last 2 shows all)"));
    let ran = tool.ends(0, &["history", "--last", "1", "--lang", "ja"]);
    let text = flat(ran.text());
    assert!(text.starts_with(&format!("{} ドリフト 差異19件、検出事項39件、", ids[0])), "{text}");
    assert!(text.ends_with("… ほか1件 (--last 2 ですべて表示)"), "{text}");
    let listed = tool.ends(0, &["history", "--format", "json", "--last", "1"]).json();
    assert_eq!((at(&listed, "/kind"), &listed["schema_version"]), ("history", &1.into()));
    assert_eq!(list(&listed, "/runs").len(), 1);

    let ran = Tool::new().ends(0, &["history"]);
    assert!(ran.text().contains("no run is kept in .tenko/history yet"), "{}", ran.stdout);
    let tool = Tool::new();
    tool.ends(0, &["history"]);
    tool.fails(&["no history is kept", "--history PLACE"], &["history", "--history", "none"]);
    assert!(!tool.path(".tenko/history").exists(), "looking makes nothing");
}

#[test]
fn a_run_is_found_by_what_names_it() {
    let tool = toured();
    let ids = runs(&tool);
    let shown = |run: &str| {
        let document = tool.ends(2, &["report", run, "--format", "json"]).json();
        at(&document, "/run/id").to_owned()
    };
    assert_eq!(at(&latest(&tool), "/run/id"), ids[0], "the last one is meant");
    assert_eq!(shown("latest"), ids[0]);
    let alike = ids[0].bytes().zip(ids[1].bytes()).take_while(|(a, b)| a == b).count();
    for id in &ids {
        assert_eq!(shown(id), *id);
        assert_eq!(shown(&id[..=alike]), *id, "a beginning that only this one has");
    }
    let both = &ids[0][..4];
    let words = [&format!("`{both}` may be any of 2 runs"), "add some more characters", &ids[0]];
    tool.fails(&words, &["report", both]);
    tool.fails(&["no run `1999`", "there are ", &ids[0], "`tenko history`"], &["report", "1999"]);
    tool.fails(
        &["there is no file no/such/file.json", "`tenko history`"],
        &["report", "no/such/file.json"],
    );
    let words = ["there is no file `x`, and no history to look in"];
    tool.fails(&words, &["report", "x", "--history", "none"]);
    let words = ["there is no run in .tenko/history", "`tenko audit`"];
    Tool::new().fails(&words, &["report"]);

    // A report in a file is shown as one that is kept is, wherever it is.
    tool.write("old.json", tool.ends(2, &["report", &ids[1], "--format", "json"]).stdout);
    for format in ["text", "csv", "html"] {
        let from = |run: &str| tool.ends(2, &["report", run, "--format", format]).stdout;
        assert_eq!(from("old.json"), from(&ids[1]), "{format}");
    }
}

/// Who shares a place with others acts on no run of theirs.
#[test]
fn the_last_run_is_one_of_the_manifest() {
    let tool = toured();
    let ids = runs(&tool);
    tool.write("others.yaml", clouds::MANIFEST.replace("acme", "hooli"));
    let words = ["no run of this manifest is in .tenko/history", "`tenko history`", "by its id"];
    for args in [
        &["report"][..],
        &["accept", "--reason", "r", "--expires", "2099-12-31"],
        &["notify", "slack", "--dry-run"],
        &["export", "--out", "tables"],
    ] {
        tool.fails(&words, &[args, &["-f", "others.yaml"]].concat());
    }
    tool.ends(2, &["report", &ids[0], "-f", "others.yaml"]);
}

#[test]
fn histories_are_kept_where_somebody_says() {
    let tool = toured();
    let ids = runs(&tool);
    std::fs::create_dir(tool.path("empty")).unwrap();
    std::fs::rename(tool.path(".tenko/history"), tool.path("elsewhere")).unwrap();
    let found = |tool: &Tool, more: &[&str]| {
        let ran = tool.ends(0, &[&["history"], more].concat());
        ids.iter().all(|id| ran.stdout.contains(id.as_str()))
    };
    assert!(!found(&tool, &[]));
    assert!(found(&tool, &["--history", "elsewhere"]));
    let manifest = tool.read("tenants.yaml");
    tool.write("tenants.yaml", format!("{manifest}\nreport: {{history: elsewhere}}\n"));
    assert!(found(&tool, &[]), "the manifest says it");
    assert!(!found(&tool, &["--history", "empty"]), "who is asked wins");
    let tool = tool.env("TENKO_HISTORY", "empty");
    assert!(!found(&tool, &[]), "the environment wins over the manifest");
    assert!(found(&tool, &["--history", "elsewhere"]));
    let words = ["runs cannot be kept in `ftp://x/y`", "s3://bucket/prefix"];
    tool.fails(&words, &["history", "--history", "ftp://x/y"]);
    tool.fails(&["runs cannot be kept in ``", "is empty"], &["report", "--history", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_resolved_and_only_by_a_run_that_can_tell() {
    let (cloud, tool) = clouds::serve().await;
    tool.ends(0, &["init", "--depth", "attributes"]);
    clouds::change(&cloud);
    let audit = |code: i32, more: &[&str]| {
        let ran = tool.ends(code, &[&["audit", "-q", "--format", "json"], more].concat());
        ran.json()
    };
    let first = audit(2, &[]);
    let all = list(&first, "/drift");
    assert!(all.len() >= 3 && all.iter().all(|one| !at(one, "/first_seen").is_empty()), "{all:?}");
    let is_drift = |past: &&serde_json::Value| past.get("drift").is_some();
    let count = |document: &serde_json::Value, status: &str| {
        let past = past(document).iter().filter(is_drift);
        past.filter(|one| at(one, "/drift/status") == status).count()
    };

    // The cloud is as it was declared, but nobody looks there.
    cloud.update(|world| *world = clouds::small());
    let part = audit(0, &["--type", "AWS::S3::Bucket", "--skip", "*"]);
    assert_eq!((count(&part, "resolved"), count(&part, "unknown")), (0, 3), "{}", part["past"]);
    clouds::lock(&cloud, clouds::ACME);
    let blind = audit(3, &["--skip", "*"]);
    assert_eq!(count(&blind, "resolved"), 0, "{}", blind["past"]);
    cloud.update(|world| *world = clouds::small());
    let whole = tool.run(&["audit", "-q", "--format", "json"]).json();
    assert_eq!((count(&whole, "resolved"), count(&whole, "unknown")), (3, 0), "{}", whole["past"]);
    assert_eq!(runs(&tool).len(), 4);
    let text = tool.run(&["report"]);
    assert!(flat(text.text()).contains(" 3 resolved"), "{}", text.stdout);
}

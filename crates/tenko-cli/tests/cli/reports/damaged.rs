//! Histories and reports that are not what they were.

use std::path::PathBuf;

use super::{flat, past, runs, toured};
use crate::tool::{Tool, at, list};

/// The file of a run: its entry, or its report.
fn file(tool: &Tool, folder: &str, run: &str) -> PathBuf {
    let folder = tool.path(".tenko/history").join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut of_run = files.filter(|path| path.to_string_lossy().contains(run));
    of_run.next().unwrap()
}

/// What is left of a file.
fn damage(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match kind {
        "flipped" => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        "cut" => bytes.truncate(bytes.len() / 2),
        "empty" => bytes.clear(),
        "newer" => bytes = br#"{"version":99,"entry":{}}"#.to_vec(),
        _ => bytes = b"version: 1\n".to_vec(),
    }
    bytes
}

#[test]
fn an_entry_that_is_damaged_is_told_and_hides_no_other() {
    let tool = toured();
    let ids = runs(&tool);
    let path = file(&tool, "runs", &ids[1]);
    let whole = std::fs::read(&path).unwrap();
    let restore = "restore it from a copy, or let it be";
    for (kind, why, hint) in [
        ("flipped", "is damaged", restore),
        ("cut", "was cut off", restore),
        ("empty", "was cut off", restore),
        ("other", "is damaged", restore),
        ("newer", "was written by a newer tenko (version 99)", "read it with the version of tenko"),
    ] {
        std::fs::write(&path, damage(kind, &whole)).unwrap();
        let ran = tool.ends(3, &["history"]);
        let lines: Vec<_> = ran.stdout.lines().collect();
        assert!(lines[0].starts_with(&format!("{}  drift ", ids[0])), "{lines:?}");
        assert!(lines[1].starts_with(&format!("{}  cannot be read: ", ids[1])), "{lines:?}");
        assert!(lines[1].contains(why), "{kind}: {lines:?}");
        let listed = tool.ends(3, &["history", "--format", "json"]).json();
        assert_eq!(list(&listed, "/runs").len(), 2);
        assert!(list(&listed, "/runs")[1].to_string().contains(why), "{listed}");
        tool.fails(&["the history cannot be used", &ids[1], why, hint], &["report", &ids[1]]);
        tool.ends(2, &["report", &ids[0]]);
    }
    let ran = tool.ends(3, &["history", "--lang", "ja"]);
    let said = format!("{}  読み取れません: 実行 {} の記録は、より新しい tenko", ids[1], ids[1]);
    assert!(ran.stdout.contains(&said), "{}", ran.stdout);
}

#[test]
fn a_report_that_is_damaged_is_told_and_the_list_does_not_need_it() {
    let tool = toured();
    let ids = runs(&tool);
    let path = file(&tool, "reports", &ids[0]);
    let whole = std::fs::read(&path).unwrap();
    for (kind, why) in
        [("flipped", "is damaged"), ("cut", "was cut off"), ("empty", "was cut off"), ("other", "")]
    {
        std::fs::write(&path, damage(kind, &whole)).unwrap();
        let damaged = format!("the history cannot be used: the report of run {} ", ids[0]);
        let instead = format!("`tenko report {}` shows the last run before it", ids[1]);
        tool.fails(&[&damaged, why, "restore it from a copy", &instead], &["report"]);
        tool.ends(0, &["history"]);
    }
    std::fs::remove_file(&path).unwrap();
    let words = ["is no longer there", "restore it from a copy"];
    tool.fails(&words, &["report"]);
    for args in [
        &["accept", "--reason", "r", "--expires", "2099-12-31"][..],
        &["suppress", "abcd", "--reason", "r", "--expires", "2099-12-31"],
        &["notify", "slack", "--dry-run"],
        &["export", "--out", "tables"],
    ] {
        tool.fails(&words, args);
    }
    tool.ends(2, &["report", &ids[1]]);

    // The next run is compared with the one before, resolves nothing, and says why.
    let ran = tool.ends(0, &["demo", "-q", "--out", "."]);
    let said = flat(&ran.stdout);
    assert!(said.contains(&ids[0]) && said.contains("is no longer there"), "{}", ran.stdout);
    let document = tool.ends(2, &["report", "--format", "json"]).json();
    assert!(past(&document).iter().all(|past| !past.to_string().contains("\"resolved\"")));
    assert_eq!(runs(&tool).len(), 3);
}

#[test]
fn a_file_that_is_no_report_is_not_shown() {
    let tool = toured();
    let report = tool.ends(2, &["report", "--format", "json"]).stdout;
    let whole: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(whole["schema_version"], 1);
    let mut newer = whole.clone();
    newer["schema_version"] = 99.into();
    newer["a_member_of_tomorrow"] = "x".into();
    tool.write("newer.json", newer.to_string());
    let words = ["newer.json", "has schema version 99", "read it with the tenko that wrote it"];
    tool.fails(&words, &["report", "newer.json"]);

    tool.write("empty.json", "");
    tool.write("cut.json", &report[..report.len() / 2]);
    tool.write("other.json", "{\"schema_version\": 1}");
    tool.write("list.json", "[]");
    tool.write("binary.json", b"\xff\xfe\x00");
    for name in ["empty", "cut", "other", "list", "binary", "tenants.yaml", "demo.tenko.zst"] {
        let name = if name.contains('.') { name.to_owned() } else { format!("{name}.json") };
        tool.fails(&[&format!("failed to read {name}")], &["report", &name]);
    }
    let words = ["not a report", "`--format json` writes such a report"];
    tool.fails(&words, &["report", "other.json"]);
    assert_eq!(at(&whole, "/kind"), "audit");
}

//! `tenko export`: tables for analysis.

use serde_json::Value;

use super::{latest, runs, toured};
use crate::tool::{Tool, at, list};

/// The files below a folder, by their paths.
fn tables(tool: &Tool, folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    super::read(&tool.path(folder), std::path::Path::new(""), &mut files);
    let mut names: Vec<_> =
        files.into_iter().map(|(name, _)| name.to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn tables_are_written_by_day_and_run() {
    let tool = toured();
    let document = latest(&tool);
    let (id, day) =
        (at(&document, "/run/id").replace('.', "_"), &at(&document, "/run/finished_at")[..10]);
    let ran = tool.ends(0, &["export", "--as", "jsonl,parquet", "--out", "tables"]);
    let wanted: Vec<_> = ["coverage", "findings", "resources"]
        .iter()
        .flat_map(|table| ["jsonl", "parquet"].map(|end| format!("{table}/date={day}/{id}.{end}")))
        .collect();
    assert_eq!(tables(&tool, "tables"), wanted);
    for name in &wanted {
        assert!(ran.stdout.contains(&format!("tables/{name} (")), "{}", ran.stdout);
    }
    let rows = |name: &str| -> Vec<Value> {
        let text = tool.read(&format!("tables/{name}"));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let coverage = rows(&wanted[0]);
    assert!(coverage.len() >= list(&document, "/coverage").len());
    let (findings, resources) = (rows(&wanted[2]), rows(&wanted[4]));
    let counted = list(&document, "/drift").len() + list(&document, "/findings").len();
    assert_eq!(findings.len(), counted);
    assert_eq!(resources.len(), document["summary"]["resources"]);
    assert!(ran.stdout.contains(&format!("({counted} rows)")), "{}", ran.stdout);
    for row in findings.iter().chain(&resources).chain(&coverage) {
        assert_eq!(
            row.to_string().matches(id.as_str()).count()
                + row.to_string().matches(at(&document, "/run/id")).count(),
            1,
            "{row}"
        );
    }
    for name in [&wanted[1], &wanted[3], &wanted[5]] {
        let bytes = std::fs::read(tool.path(&format!("tables/{name}"))).unwrap();
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"), "{name}");
    }
    // The same again is the same file.
    let before = std::fs::read(tool.path(&format!("tables/{}", wanted[2]))).unwrap();
    tool.ends(0, &["export", "--as", "jsonl", "--out", "tables"]);
    assert_eq!(std::fs::read(tool.path(&format!("tables/{}", wanted[2]))).unwrap(), before);
    assert_eq!(tables(&tool, "tables"), wanted);
    tool.fails(&["invalid value 'csv'", "parquet"], &["export", "--as", "csv", "--out", "x"]);
    tool.fails(&["--out <DIR>"], &["export"]);
}

#[test]
fn resources_are_those_of_the_run() {
    let tool = toured();
    let ids = runs(&tool);
    // The snapshot of the first run made room for that of the second.
    let ran = tool.ends(0, &["export", &ids[1], "--out", "first"]);
    assert!(ran.stderr.contains("resources are left out"), "{}", ran.stderr);
    assert_eq!(tables(&tool, "first").len(), 2);
    let words = [&format!("the snapshot is of run {}", ids[0]), &*format!("of run {}", ids[1])];
    tool.fails(&words, &["export", &ids[1], "--out", "x", "-s", "demo.tenko.zst"]);
    tool.fails(&["failed to read the snapshot"], &["export", "--out", "x", "-s", "gone"]);
    std::fs::rename(tool.path("demo.tenko.zst"), tool.path("moved.tenko.zst")).unwrap();
    let ran = tool.ends(0, &["export", "--out", "last"]);
    assert!(ran.stderr.contains("-s FILE names it"), "{}", ran.stderr);
    assert_eq!(tables(&tool, "last").len(), 2);
    tool.ends(0, &["export", "--out", "last", "-s", "moved.tenko.zst"]);
    assert_eq!(tables(&tool, "last").len(), 3);
}

//! The files as DuckDB reads them, a program that is not ours: `tests/python/duckdb_tables.py` asks it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot run must fail and say why"
)]

#[path = "tables/fixture.rs"]
mod fixture;
#[path = "../../../tests/python/interpreter.rs"]
mod interpreter;

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tenko_core::Snapshot;
use tenko_export::{Format, Table};
use tenko_report::Document;

use interpreter::{python, root};

/// Writes the tables of a run in both formats, as `tenko export` does.
fn write(folder: &Path, document: &Document, snapshot: Option<&Snapshot>) {
    let resources = snapshot.map(|snapshot| Table::resources(document, snapshot));
    let always = [Table::findings(document), Table::coverage(document)];
    for table in always.into_iter().chain(resources) {
        for format in [Format::Parquet, Format::Jsonl] {
            let path = folder.join(table.path(format));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            table.write(format, std::fs::File::create_new(path).unwrap()).unwrap();
        }
    }
}

/// What DuckDB says of a folder.
fn read(folder: &Path) -> Value {
    let script = root().join("tests/python/duckdb_tables.py");
    let mut command = Command::new(python());
    command.arg(script).arg(folder).env("PYTHONDONTWRITEBYTECODE", "1");
    let out = command.output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn runs_of_several_days_are_one_table() {
    let folder = tempfile::tempdir().unwrap();
    for (run, ended) in [
        ("20261121T055900Z-7f3a", "2026-11-21T06:00:00.123Z"),
        ("20261122T055900Z-0b1c", "2026-11-22T06:00:00Z"),
        // The next day already where it was made.
        ("20261122T235800Z-9c2d", "2026-11-23T08:59:59+09:00"),
    ] {
        let (document, snapshot) = fixture::document(run, ended);
        write(folder.path(), &document, Some(&snapshot));
    }
    let said = read(folder.path());
    for format in ["parquet", "jsonl"] {
        let (findings, resources) =
            (&said[format!("findings_{format}")], &said[format!("resources_{format}")]);
        assert_eq!(findings["dates"], json!([["2026-11-21", 7, 1], ["2026-11-22", 14, 2]]));
        assert_eq!(resources["dates"], json!([["2026-11-21", 3, 1], ["2026-11-22", 6, 2]]));
        assert_eq!((&findings["on_the_21st"], &resources["on_the_21st"]), (&json!(7), &json!(3)));
        let observed =
            json!([[1_795_240_800_123_i64], [1_795_327_200_000_i64], [1_795_391_999_000_i64]]);
        assert_eq!(findings["observed"], observed, "{format}");
        assert_eq!(resources["observed"], observed, "{format}");
        assert_eq!(
            findings["by_status"],
            json!([
                ["drift", null, "drift", 3],
                ["drift", "new", "drift", 3],
                ["finding", null, "finding", 3],
                ["finding", "changed", "finding", 3],
                ["finding", "resolved", "finding", 3],
                ["finding", "suppressed", "finding", 3],
                ["finding", "unknown", "unknown", 3],
            ]),
            "{format}"
        );
        assert_eq!(findings["age_in_days"], 21);
        for (member, nulls) in [
            ("fingerprint", 0),
            ("observed_at", 0),
            ("status", 6),
            ("first_seen", 6),
            ("rule", 6),
            ("drift", 15),
            ("tenant", 3),
            ("owner", 18),
            ("resource_id", 6),
            ("changes", 18),
            ("suppressed_until", 18),
        ] {
            assert_eq!(findings["nulls"][member], nulls, "{format} {member}");
        }
        for (member, nulls) in [
            ("tags", 0),
            ("attributes", 0),
            ("tenant", 3),
            ("scope_name", 6),
            ("unknown_attributes", 6),
        ] {
            assert_eq!(resources["nulls"][member], nulls, "{format} {member}");
        }
        for (table, text) in [(findings, "scope"), (findings, "fingerprint"), (resources, "tags")] {
            assert_eq!(table["types"][text], "VARCHAR", "{format}: a number's zeros would be lost");
        }
        assert_eq!(findings["types"]["date"], "DATE");
        let coverage = &said[format!("coverage_{format}")];
        assert_eq!(coverage["dates"], json!([["2026-11-21", 8, 1], ["2026-11-22", 16, 2]]));
        assert_eq!(coverage["observed"], observed, "{format}");
        assert_eq!(coverage["types"]["scope"], "VARCHAR", "{format}");
        for (member, nulls) in
            [("outcome", 0), ("cloud", 0), ("scope", 3), ("region", 15), ("reason", 18)]
        {
            assert_eq!(coverage["nulls"][member], nulls, "{format} {member}");
        }
    }
    // What nothing is said of, and was not looked at.
    let unread = json!([
        ["222222222222", "AWS::EC2::SecurityGroup", "denied"],
        ["333333333333", null, "not_discovered"],
        ["444444444444", null, "denied"],
        ["444444444444", "AWS::EC2::SecurityGroup", "skipped"],
        ["555555555555", null, "scope_suspended"],
        ["666666666666", null, "not_asked"],
        [null, null, "not_discovered"],
    ]);
    assert_eq!(said["unread"], json!([unread, unread]));
    for time in ["observed_at", "first_seen", "last_seen", "suppressed_until"] {
        assert_eq!(said["findings_parquet"]["types"][time], "TIMESTAMP WITH TIME ZONE");
    }
    let joined = json!([
        ["DATA-01", null, null, null, 2, null],
        ["NET-01", "group sg-1", "sre", "22", null, null],
        ["NET-03", "group sg-1", "sre", "22", null, null],
        [null, "group sg-1", "sre", "22", null, "Tags.owner"],
        [null, null, null, null, 2, null],
    ]);
    assert_eq!(said["joined"], json!([joined, joined]));
}

#[test]
fn a_day_without_anything_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let (document, snapshot) = fixture::nothing("20261122T055900Z-7f3a");
    write(folder.path(), &document, Some(&snapshot));
    let said = read(folder.path());
    assert_eq!(said["findings_parquet"]["dates"], json!([]));
    let alone = said["findings_parquet"]["types"].clone();
    assert_eq!(alone["first_seen"], "TIMESTAMP WITH TIME ZONE");

    let (document, snapshot) =
        fixture::document("20261121T055900Z-7f3a", "2026-11-21T06:00:00.123Z");
    write(folder.path(), &document, Some(&snapshot));
    let said = read(folder.path());
    assert_eq!(said["findings_parquet"]["types"], alone);
    for table in ["findings_parquet", "findings_jsonl"] {
        assert_eq!(said[table]["dates"], json!([["2026-11-21", 7, 1]]), "{table}");
    }
}

#[test]
fn many_rows_are_read_in_row_groups() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &fixture::many("20261122T055900Z-7f3a", 200_000), None);
    let said = read(folder.path());
    assert_eq!(said["row_groups"], 4);
    for table in ["findings_parquet", "findings_jsonl"] {
        assert_eq!(said[table]["dates"], json!([["2026-11-22", 200_000, 1]]), "{table}");
        assert_eq!(said[table]["nulls"]["first_seen"], 66_667, "{table}");
        assert_eq!(said[table]["nulls"]["fingerprint"], 0, "{table}");
    }
}

#[test]
fn hostile_text_is_text_for_others_too() {
    for (i, text) in fixture::TEXTS.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let (document, snapshot) = fixture::hostile(&format!("run-{i}"), text);
        write(folder.path(), &document, Some(&snapshot));
        let said = read(folder.path());
        for table in ["findings_parquet", "findings_jsonl"] {
            let texts = said[table]["texts"].as_array().unwrap();
            assert!(texts.contains(&json!([text])), "{table} {text:?}: {texts:?}");
            assert_eq!(said[table]["dates"], json!([["2026-11-22", 7, 1]]), "{table} {text:?}");
        }
        assert_eq!(said["resources_jsonl"]["dates"], json!([["2026-11-22", 3, 1]]), "{text:?}");
    }
}

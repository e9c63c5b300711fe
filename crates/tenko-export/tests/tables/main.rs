//! What is in the files, as the format's own reader and as text.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot run must fail and say why"
)]

mod fixture;

use std::collections::BTreeSet;
use std::io::{self, Write};

use parquet::basic::{Compression, LogicalType, TimeUnit, Type};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use serde_json::Value;
use tenko_export::{ExportError, Format, Table};

const RUN: &str = "20261122T055900Z-7f3a";

fn bytes(table: &Table, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    table.write(format, &mut bytes).unwrap();
    bytes
}

fn lines(table: &Table) -> Vec<Value> {
    let text = String::from_utf8(bytes(table, Format::Jsonl)).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    // Not `lines()`: other ends of lines are no ends of rows.
    text.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn metadata(table: &Table) -> ParquetMetaData {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes(table, Format::Parquet)).unwrap();
    ParquetMetaDataReader::new().parse_and_finish(&file).unwrap()
}

/// A golden file; `TENKO_UPDATE=1` writes it anew.
fn golden(name: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name);
    if std::env::var_os("TENKO_UPDATE").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    for (found, wanted) in found.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted, "{} (TENKO_UPDATE=1 writes it anew)", path.display());
    }
    assert_eq!(found.len(), wanted.len());
}

#[test]
fn a_small_run_as_lines() {
    let (document, snapshot) = fixture::document(RUN, "2026-11-22T06:00:00.123Z");
    let (findings, resources) =
        (Table::findings(&document), Table::resources(&document, &snapshot));
    golden("findings.jsonl", &String::from_utf8(bytes(&findings, Format::Jsonl)).unwrap());
    golden("resources.jsonl", &String::from_utf8(bytes(&resources, Format::Jsonl)).unwrap());
    let coverage = Table::coverage(&document);
    golden("coverage.jsonl", &String::from_utf8(bytes(&coverage, Format::Jsonl)).unwrap());
    assert_eq!((findings.rows(), resources.rows(), coverage.rows()), (7, 3, 8));
}

#[test]
fn files_lie_by_table_and_date_in_utc() {
    let path = |run: &str, ended: &str, format| {
        let (document, snapshot) = fixture::document(run, ended);
        let resources = Table::resources(&document, &snapshot);
        assert!(resources.path(format).starts_with("resources/date="));
        assert!(Table::coverage(&document).path(format).starts_with("coverage/date="));
        Table::findings(&document).path(format)
    };
    assert_eq!(
        path(RUN, "2026-11-22T23:59:59.999Z", Format::Parquet),
        "findings/date=2026-11-22/20261122T055900Z-7f3a.parquet"
    );
    assert_eq!(
        path(RUN, "2026-11-23T08:30:00+09:00", Format::Jsonl),
        "findings/date=2026-11-22/20261122T055900Z-7f3a.jsonl"
    );
    assert_eq!(
        path("../../x y=1", "2026-01-02T00:00:00Z", Format::Jsonl),
        "findings/date=2026-01-02/______x_y_1.jsonl",
        "a run's name leads nowhere else"
    );
}

#[test]
fn hostile_text_stays_in_its_line_and_member() {
    let (plain, snapshot) = fixture::document(RUN, "2026-11-22T06:00:00Z");
    let count = (Table::findings(&plain).rows(), Table::resources(&plain, &snapshot).rows());
    for text in fixture::TEXTS {
        let (document, snapshot) = fixture::hostile(RUN, text);
        let findings = lines(&Table::findings(&document));
        let resources = lines(&Table::resources(&document, &snapshot));
        assert_eq!((findings.len(), resources.len()), count, "{text:?}");
        for member in ["rule", "name", "message", "remediation", "tenant", "owner", "scope"] {
            assert_eq!(findings[0][member], text, "{member}");
        }
        assert_eq!(findings[3]["resource_id"], text);
        let coverage = lines(&Table::coverage(&document));
        assert_eq!(coverage.len(), 8, "{text:?}");
        assert_eq!(coverage[7]["scope"], text);
        assert_eq!(coverage[7]["problem"], format!("{text} {text}: {text}"));
        let inner = |row: &Value, member: &str| -> Value {
            serde_json::from_str(row[member].as_str().unwrap()).unwrap()
        };
        assert_eq!(inner(&findings[3], "changes")[0]["actual"][text][0], text);
        assert_eq!(inner(&resources[0], "tags")[text], text);
        assert_eq!(inner(&resources[0], "attributes")[text]["nested"], text);
    }
}

#[test]
fn what_is_declared_and_was_not_found_has_a_row() {
    let (mut document, _) = fixture::document(RUN, "2026-11-22T06:00:00Z");
    let before = Table::coverage(&document).rows();
    let gone = document.tenants[1].environments[0].scopes[0].clone();
    document.scopes.retain(|row| row.scope.id != gone.id);
    document.tenants[0].environments[0].scopes.push(gone.clone());
    let coverage = lines(&Table::coverage(&document));
    assert_eq!(coverage.len(), before + 1);
    let row = coverage
        .iter()
        .find(|row| row["outcome"] == "not_discovered" && row["scope"] != Value::Null);
    assert_eq!(row.unwrap()["scope"], gone.id.as_str());
}

#[test]
fn a_table_without_rows_has_its_columns() {
    let (document, snapshot) = fixture::nothing(RUN);
    let tables = [
        Table::findings(&document),
        Table::resources(&document, &snapshot),
        Table::coverage(&document),
    ];
    for table in tables {
        assert_eq!(table.rows(), 0);
        assert_eq!(bytes(&table, Format::Jsonl), b"");
        let found = metadata(&table);
        assert_eq!((found.file_metadata().num_rows(), found.num_row_groups()), (0, 0));
        assert!(found.file_metadata().schema_descr().num_columns() >= 10);
    }
}

#[test]
fn the_columns_are_the_same_whatever_was_found() {
    let (one, snapshot) = fixture::document(RUN, "2026-11-22T06:00:00Z");
    let (none, empty) = fixture::nothing(RUN);
    for (some, nothing) in [
        (Table::findings(&one), Table::findings(&none)),
        (Table::resources(&one, &snapshot), Table::resources(&none, &empty)),
        (Table::coverage(&one), Table::coverage(&none)),
    ] {
        let (some_rows, some) = (lines(&some), metadata(&some));
        let nothing = metadata(&nothing);
        let schema = some.file_metadata().schema_descr();
        assert_eq!(schema, nothing.file_metadata().schema_descr());
        let columns: Vec<_> = schema.columns().iter().map(|c| c.name().to_owned()).collect();
        for row in &some_rows {
            let members: BTreeSet<_> = row.as_object().unwrap().keys().collect();
            assert_eq!(members, columns.iter().collect(), "every row has every column");
        }
        for column in schema.columns() {
            match column.name() {
                "observed_at" | "first_seen" | "last_seen" | "suppressed_until" => {
                    assert_eq!(column.physical_type(), Type::INT64);
                    let Some(LogicalType::Timestamp(time)) = column.logical_type_ref() else {
                        panic!("{}: {:?}", column.name(), column.logical_type_ref());
                    };
                    assert!(time.is_adjusted_to_u_t_c);
                    assert_eq!(time.unit, TimeUnit::MILLIS);
                }
                name => {
                    assert_eq!(column.physical_type(), Type::BYTE_ARRAY, "{name}");
                    assert_eq!(column.logical_type_ref(), Some(&LogicalType::String), "{name}");
                }
            }
        }
    }
}

#[test]
fn many_rows_are_several_row_groups() {
    let table = Table::findings(&fixture::many(RUN, 200_000));
    let found = metadata(&table);
    let rows: Vec<_> = found.row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(rows, [65_536, 65_536, 65_536, 3_392]);
    assert_eq!(found.file_metadata().created_by(), Some("tenko 0.1.0"));
    let schema = found.file_metadata().schema_descr();
    let at = |name| schema.columns().iter().position(|c| c.name() == name).unwrap();
    let nulls = |name| -> u64 {
        let groups = found.row_groups().iter().map(|group| group.column(at(name)));
        groups.map(|column| column.statistics().unwrap().null_count_opt().unwrap()).sum()
    };
    assert_eq!(nulls("fingerprint"), 0);
    assert_eq!(nulls("status"), 66_667);
    assert_eq!(nulls("first_seen"), 66_667);
    assert_eq!(nulls("drift"), 200_000);
    for column in found.row_groups().iter().flat_map(|group| group.columns()) {
        assert!(matches!(column.compression(), Compression::ZSTD(_)), "{column:?}");
    }
    let text = bytes(&table, Format::Jsonl);
    assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 200_000);
}

/// A disk that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let (document, _) = fixture::document(RUN, "2026-11-22T06:00:00Z");
    let table = Table::findings(&document);
    for format in [Format::Parquet, Format::Jsonl] {
        for room in [0, 3, 1_000] {
            let error = table.write(format, Full(room)).unwrap_err();
            let causes =
                std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
            let causes: Vec<_> = causes.map(ToString::to_string).collect();
            assert!(
                causes.join(": ").contains("no storage space"),
                "{format:?} {room}: {causes:?}"
            );
            assert!(matches!(error, ExportError::Io(_)), "{format:?} {room}: {error:?}");
        }
    }
}

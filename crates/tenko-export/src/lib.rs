//! Findings, resources and coverage as tables for analysis: Parquet and JSON Lines, one file for each run and
//! table, partitioned by date as Hive does (`findings/date=2026-11-22/RUN.parquet`), which Athena,
//! BigQuery, DuckDB and Spark read as they are.
//!
//! Both formats have the same columns. What has no fixed form (tags, attributes, changes) is a column
//! of JSON text, so that the schema of a table never depends on what was found.

mod column;
mod coverage;
mod findings;
mod jsonl;
mod parquet;
mod resources;

use std::io::Write;

use jiff::tz::TimeZone;
use tenko_core::Snapshot;
use tenko_report::Document;
use thiserror::Error;

pub(crate) use column::{Column, Values};

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Apache Parquet, compressed with zstd.
    Parquet,
    /// One JSON object in a line, for each row.
    Jsonl,
}

impl Format {
    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Jsonl => "jsonl",
        }
    }
}

/// A table that can be written.
#[derive(Clone, Debug)]
pub struct Table {
    name: &'static str,
    run: String,
    date: String,
    columns: Vec<Column>,
}

/// Why a table could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The file could not be written.
    #[error("the file could not be written")]
    Io(#[from] std::io::Error),
    /// The rows do not fit the format.
    #[error("the table could not be made")]
    Parquet(#[source] ::parquet::errors::ParquetError),
    /// The columns do not fit each other.
    #[error("the table could not be made")]
    Arrow(#[from] arrow_schema::ArrowError),
}

impl From<::parquet::errors::ParquetError> for ExportError {
    /// A disk that is full is no fault of the rows.
    fn from(error: ::parquet::errors::ParquetError) -> Self {
        use ::parquet::errors::ParquetError::External;
        match error {
            External(cause) => match cause.downcast() {
                Ok(io) => Self::Io(*io),
                Err(cause) => Self::Parquet(External(cause)),
            },
            error => Self::Parquet(error),
        }
    }
}

impl Table {
    /// All drift and findings of a run, with those that are suppressed and those of earlier runs
    /// that it did not see.
    pub fn findings(document: &Document) -> Self {
        Self::of("findings", document, findings::columns(document))
    }

    /// What a run looked at, and how that ended: a row for each unit, and one for each account and
    /// project that did not answer, was not asked, or is declared and was not found, without region and
    /// type; where discovery failed, one without an account. A resource that is in no other table is only
    /// absent where this one says `complete`. Findings and drift take more: rules that were evaluated, and
    /// code that could be read.
    pub fn coverage(document: &Document) -> Self {
        Self::of("coverage", document, coverage::columns(document))
    }

    /// All resources of a run's snapshot.
    pub fn resources(document: &Document, snapshot: &Snapshot) -> Self {
        Self::of("resources", document, resources::columns(document, snapshot))
    }

    fn of(name: &'static str, document: &Document, columns: Vec<Column>) -> Self {
        let at = document.run.finished_at.to_zoned(TimeZone::UTC);
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        Self {
            name,
            run: document.run.id.chars().map(plain).collect(),
            date: at.strftime("%Y-%m-%d").to_string(),
            columns,
        }
    }

    /// Where the file belongs, below the folder of all tables. The date is that of the run's end, in
    /// UTC.
    pub fn path(&self, format: Format) -> String {
        format!("{}/date={}/{}.{}", self.name, self.date, self.run, format.extension())
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written; what was written then is no whole file.
    pub fn write(&self, format: Format, out: impl Write + Send) -> Result<(), ExportError> {
        match format {
            Format::Parquet => parquet::write(&self.columns, out),
            Format::Jsonl => jsonl::write(&self.columns, self.rows(), out),
        }
    }
}

//! Parquet.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::{Column, ExportError, Values};

/// The rows of a row group: enough to be read fast, few enough to be written without much memory.
const GROUP: usize = 1 << 16;

pub(crate) fn write(columns: &[Column], out: impl Write + Send) -> Result<(), ExportError> {
    let field = |column: &Column| {
        let of = match column.values {
            Values::Text(_) => DataType::Utf8,
            Values::Time(_) => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        };
        Field::new(column.name, of, true)
    };
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP))
        .set_created_by(concat!("tenko ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
    let rows = columns.first().map_or(0, |column| column.values.len());
    let mut from = 0;
    while from < rows {
        let to = rows.min(from + GROUP);
        let arrays = columns.iter().map(|column| array(column, from, to)).collect();
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), arrays)?)?;
        from = to;
    }
    writer.close()?;
    Ok(())
}

fn array(column: &Column, from: usize, to: usize) -> ArrayRef {
    match &column.values {
        Values::Text(all) => {
            let some = all.get(from..to).unwrap_or_default();
            Arc::new(StringArray::from_iter(some.iter().map(Option::as_deref)))
        }
        Values::Time(all) => {
            let some = all.get(from..to).unwrap_or_default();
            Arc::new(
                TimestampMillisecondArray::from_iter(some.iter().copied()).with_timezone("UTC"),
            )
        }
    }
}

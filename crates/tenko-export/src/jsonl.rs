//! JSON Lines.

use std::io::{BufWriter, Write};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::{Column, ExportError, Values};

/// Every row has every column, so that readers that guess a schema from the first rows guess right;
/// in the order of the columns, as in Parquet.
pub(crate) fn write(columns: &[Column], rows: usize, out: impl Write) -> Result<(), ExportError> {
    let mut out = BufWriter::new(out);
    for row in 0..rows {
        serde_json::to_writer(&mut out, &Row { columns, row }).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

struct Row<'a> {
    columns: &'a [Column],
    row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = self.row;
        serializer
            .collect_map(self.columns.iter().map(|column| (column.name, Cell { column, row })))
    }
}

struct Cell<'a> {
    column: &'a Column,
    row: usize,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.column.values {
            Values::Text(all) => match all.get(self.row) {
                Some(Some(text)) => serializer.serialize_str(text),
                _ => serializer.serialize_none(),
            },
            Values::Time(all) => {
                let millis = all.get(self.row).copied().flatten();
                let time = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
                match time {
                    Some(time) => serializer.collect_str(&time),
                    None => serializer.serialize_none(),
                }
            }
        }
    }
}

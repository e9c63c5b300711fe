//! JSON Lines.

use std::io::{BufWriter, Write};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{Column, ExportError, Values};

/// Every row has every column, so that readers that guess a schema from the first rows guess right.
pub(crate) fn write(
    columns: &[Column],
    rows: usize,
    out: impl Write,
) -> Result<(), ExportError> {
    let mut out = BufWriter::new(out);
    for row in 0..rows {
        let mut object = Map::new();
        for column in columns {
            let value = match &column.values {
                Values::Text(all) => all.get(row).cloned().flatten().map(Value::String),
                Values::Time(all) => all.get(row).copied().flatten().and_then(time),
            };
            object.insert(column.name.to_owned(), value.unwrap_or(Value::Null));
        }
        serde_json::to_writer(&mut out, &object).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

fn time(millis: i64) -> Option<Value> {
    Some(Value::String(Timestamp::from_millisecond(millis).ok()?.to_string()))
}

//! Tables that a service hands out as comma-separated text (RFC 4180).

use serde_json::{Map, Value};

/// Why a text is no such table. The text itself is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableError {
    /// A line is broken off, or has more or fewer fields than the first.
    #[error("the table is not well-formed in line {0}")]
    Line(u64),
    /// A quote is open at the end: something is missing.
    #[error("the table breaks off within quotes")]
    OpenQuote,
    /// It can't be said which of them a name means.
    #[error("two columns of the table are called {0:?}")]
    SameName(String),
    /// There is nothing, not even names.
    #[error("the table has no line of names")]
    Empty,
}

/// The lines below the line of names, as objects of texts. All of them or none.
pub(crate) fn rows(text: &str) -> Result<Vec<Value>, TableError> {
    let broken = |error: csv::Error| TableError::Line(error.position().map_or(0, |at| at.line()));
    // Quotes come in pairs, doubled ones too; the reader would take the end of the text for the second one.
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 > 0 {
        return Err(TableError::OpenQuote);
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().map_err(broken)?.clone();
    if names.iter().all(str::is_empty) {
        return Err(TableError::Empty);
    }
    let mut seen = std::collections::HashSet::new();
    if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
        return Err(TableError::SameName(name.chars().take(40).collect()));
    }
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let fields = names.iter().zip(&record);
        let row: Map<_, _> =
            fields.map(|(name, field)| (name.to_owned(), Value::from(field))).collect();
        out.push(Value::Object(row));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quotes_hold_commas_quotes_and_lines() {
        assert_eq!(
            rows("user,arn\r\n\"a, \"\"b\"\"\",x\n\"two\nlines\",\n"),
            Ok(vec![
                json!({"user": "a, \"b\"", "arn": "x"}),
                json!({"user": "two\nlines", "arn": ""}),
            ])
        );
        assert_eq!(rows("user,arn"), Ok(vec![]));
    }

    #[test]
    fn a_table_that_does_not_hold_together_is_not_used() {
        assert_eq!(rows(""), Err(TableError::Empty));
        assert_eq!(rows("a,b\n1,2\n3\n"), Err(TableError::Line(3)));
        assert_eq!(rows("a,b\n1,2,3\n"), Err(TableError::Line(2)));
        assert_eq!(rows("a,b\n1,\"2\n"), Err(TableError::OpenQuote));
        assert_eq!(rows("a,a\n1,2\n"), Err(TableError::SameName("a".to_owned())));
        // Whatever else comes is text, or an error.
        for text in ["\"", "a,\"\n", "\u{feff}a\nb", "\0\0,\0", "a\n\"b\"c\n", &"\"a\n".repeat(99)]
        {
            let _ = rows(text);
        }
    }
}

//! Columns.

use jiff::Timestamp;

/// A column with its values.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) values: Values,
}

/// The values of a column, one for each row.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    Text(Vec<Option<String>>),
    /// Milliseconds since 1970, in UTC.
    Time(Vec<Option<i64>>),
}

impl Values {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(all) => all.len(),
            Self::Time(all) => all.len(),
        }
    }
}

impl Column {
    /// Text of every row.
    pub(crate) fn text<R>(
        name: &'static str,
        rows: &[R],
        of: impl Fn(&R) -> Option<String>,
    ) -> Self {
        Self { name, values: Values::Text(rows.iter().map(of).collect()) }
    }

    /// A time of every row.
    pub(crate) fn time<R>(
        name: &'static str,
        rows: &[R],
        of: impl Fn(&R) -> Option<Timestamp>,
    ) -> Self {
        let values = rows.iter().map(|row| of(row).map(Timestamp::as_millisecond)).collect();
        Self { name, values: Values::Time(values) }
    }
}

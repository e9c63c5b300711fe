//! Dates and times of a manifest. A date is a whole day in UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::context::Context;
use crate::node::Node;

/// Which end of a day a date stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    Begin,
    End,
}

/// Reads a date or a time. `None` when it is none; why is in the context.
pub(crate) fn read(
    context: &mut Context<'_>,
    node: &Node,
    key: &str,
    day: Day,
) -> Option<Timestamp> {
    let text = node.text()?;
    // `2026-10-01 06:00Z` is how YAML and TOML may write it.
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let time = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let whole = text.len() <= "2026-10-01".len();
    let found = match text.parse::<Date>() {
        Ok(date) if whole && day == Day::Begin => time(date),
        Ok(date) if whole => date.tomorrow().ok().and_then(time),
        _ => None,
    };
    if found.is_none() {
        let (message, help) = match text.parse::<DateTime>() {
            Ok(_) if !whole => (
                format!("`{key}` is the time `{text}` without a time zone"),
                format!("write `{text}Z` for UTC"),
            ),
            _ => (
                format!("`{key}` is `{text}`, which is no date and no time"),
                "write `2026-10-01` or `2026-10-01T06:00:00Z`".to_owned(),
            ),
        };
        context.error(node.pos, message).help(help);
    }
    found
}

//! TOML into the node tree.

use std::ops::Range;

use serde_json::Number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::context::{Context, Pos};
use crate::node::{Key, Kind, Node};

/// Finds lines and columns of byte offsets.
struct Lines<'t> {
    file: u32,
    text: &'t str,
    starts: Vec<usize>,
}

impl Lines<'_> {
    fn pos(&self, span: &Range<usize>) -> Pos {
        let line = self.starts.partition_point(|start| *start <= span.start).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let chars = |range: Range<usize>| {
            let text = self.text.get(range).unwrap_or_default();
            let count = text.split('\n').next().unwrap_or_default().chars().count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        Pos {
            file: self.file,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: chars(start..span.start).saturating_add(1),
            width: chars(span.clone()).max(1),
        }
    }
}

/// Reads one document. `None` when it is no TOML; the errors are in the context. The parser
/// itself refuses deep nesting.
pub(crate) fn parse(context: &mut Context<'_>, file: u32, text: &str) -> Option<Node> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let lines = Lines { file, text, starts };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let pos = lines.pos(&error.span().unwrap_or_default());
        context.error(pos, format!("this is not valid TOML: {}", error.message()));
    }
    errors
        .is_empty()
        .then(|| Node { pos: lines.pos(&(0..0)), kind: from_table(&lines, table.get_ref()) })
}

fn from_table(lines: &Lines<'_>, table: &DeTable<'_>) -> Kind {
    let mut entries: Vec<_> = table.iter().collect();
    // The parser sorts by key; a declaration keeps the order in which it was written.
    entries.sort_by_key(|(key, _)| key.span().start);
    let key = |key: &Spanned<_>, text: &str| Key {
        pos: lines.pos(&key.span()),
        text: text.to_owned(),
        quoted: true,
    };
    Kind::Map(
        entries.into_iter().map(|(k, v)| (key(k, k.get_ref()), from_value(lines, v))).collect(),
    )
}

fn from_value(lines: &Lines<'_>, value: &Spanned<DeValue<'_>>) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.to_string()),
        DeValue::Boolean(value) => Kind::Bool(*value),
        DeValue::Datetime(time) => Kind::Text(time.to_string()),
        DeValue::Integer(integer) => {
            let raw = integer.to_string();
            match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(number) => Kind::Number(number.into(), raw),
                Err(_) => Kind::Text(raw),
            }
        }
        DeValue::Float(float) => {
            let raw = float.as_str().to_owned();
            match raw.parse().ok().and_then(Number::from_f64) {
                Some(number) => Kind::Number(number, raw),
                None => Kind::Text(raw),
            }
        }
        DeValue::Array(items) => Kind::Seq(items.iter().map(|v| from_value(lines, v)).collect()),
        DeValue::Table(table) => from_table(lines, table),
    };
    Node { pos: lines.pos(&value.span()), kind }
}

//! Where in a file's text new entries can go.

use std::cell::Cell;
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser};

use super::NewSuppression;
use super::render::{self, Form};

/// The value of `suppressions` in a document, by byte offsets.
#[derive(Default)]
struct Found {
    /// Whether the document is a map in braces, and where its last value ends.
    braces: bool,
    last: usize,
    /// The column of the document's keys.
    column: usize,
    /// The value, where the key is there.
    value: Option<Value>,
}

enum Value {
    /// Nothing: what stands for it, if anything.
    Nothing(Range<usize>),
    /// A list in brackets: all of it, its last element, and whether that is on a line of its own.
    Flow { all: Range<usize>, last: Option<Range<usize>> },
    /// A list with dashes: the column of the dashes, and where entries can follow.
    Block { column: usize, ends: Vec<usize> },
}

/// What the text can become, the best first. Each has to be read back: nothing here is sure.
pub(super) fn candidates(form: Form, text: &str, entries: &[NewSuppression]) -> Vec<String> {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if form == Form::Toml {
        return vec![insert(text, text.len(), &render::tables(entries, end), end)];
    }
    let Some(found) = find(text) else { return vec![] };
    let flow = |between: &str| {
        entries.iter().map(render::flow).collect::<Vec<_>>().join(&format!(",{between}"))
    };
    let block = |column| render::block(entries, column, end);
    match found.value {
        Some(Value::Block { column, ends }) => {
            ends.into_iter().map(|at| insert(text, at, &block(column), end)).collect()
        }
        Some(Value::Flow { all, last: Some(last) }) => {
            // As the others: one to a line, or all on one.
            let before = text.get(all.start..last.start).unwrap_or_default();
            let own_line = before.rsplit('\n').next().filter(|_| before.contains('\n'));
            let between = match own_line.filter(|blank| blank.trim().is_empty()) {
                Some(blank) => format!("{end}{blank}"),
                None => " ".to_owned(),
            };
            vec![replace(text, last.end..last.end, &format!(",{between}{}", flow(&between)))]
        }
        Some(Value::Flow { all, last: None }) if found.braces => {
            vec![replace(text, all.start + 1..all.start + 1, &flow(" "))]
        }
        Some(Value::Nothing(range)) if found.braces => {
            vec![replace(text, range, &format!("[{}]", flow(" ")))]
        }
        Some(Value::Flow { all: range, last: None } | Value::Nothing(range)) => {
            let inside = text.get(range.clone()).unwrap_or_default();
            if inside.contains('#') {
                return vec![replace(text, range.start + 1..range.start + 1, &flow(" "))];
            }
            let before = text.get(..range.start).unwrap_or_default();
            let start = before.trim_end_matches([' ', '\t']).len();
            let without = replace(text, start..range.end, "");
            let at = line_end(&without, start);
            vec![insert(&without, at, &block(found.column + 2), end)]
        }
        None if found.braces => {
            let list = format!(", \"suppressions\": [{}]", flow(" "));
            vec![replace(text, found.last..found.last, &list)]
        }
        None => {
            let key = [" ".repeat(found.column).as_str(), "suppressions:", end].concat();
            vec![insert(text, text.len(), &(key + &block(found.column + 2)), end)]
        }
    }
}

fn replace(text: &str, range: Range<usize>, with: &str) -> String {
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    [before, with, after].concat()
}

/// Puts whole lines at the beginning of a line, or at the end.
fn insert(text: &str, at: usize, lines: &str, end: &str) -> String {
    let before = text.get(..at).unwrap_or_default();
    let open = !before.is_empty() && !before.ends_with(['\n', '\r']);
    let gap = if open { end } else { "" };
    replace(text, at..at, &[gap, lines].concat())
}

/// Where the line after this place begins.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |found| at + found + 1)
}

/// Finds the value of the top-level key `suppressions`.
fn find(text: &str) -> Option<Found> {
    let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let body = text.get(start..)?;
    let lines = Lines::new(body, start);
    let mut found = Found::default();
    // How deep the next event is, and whether it is a key of the document.
    let (mut depth, mut is_key, mut wanted) = (0_usize, true, false);
    let mut list: Option<(Marker, bool)> = None;
    let (mut last, mut ends) = (None::<Range<usize>>, None::<usize>);
    let (mut column, mut key_end) = (None, 0);
    for event in Parser::new_from_str(body) {
        let (event, span) = event.ok()?;
        let mut range = lines.offset(&span.start)..lines.offset(&span.end);
        // The parser takes blanks and comments behind a bracket for a part of it.
        if matches!(event, Event::MappingEnd | Event::SequenceEnd) && !range.is_empty() {
            range.end = range.start + 1;
        }
        let at_top = depth == 1;
        match &event {
            Event::MappingStart(..) if depth == 0 => {
                found.braces = text.get(range.clone()).is_some_and(|t| t.starts_with('{'))
                    || text.get(range.start..).is_some_and(|t| t.starts_with('{'));
                found.column = span.start.col();
                depth = 1;
                continue;
            }
            Event::SequenceStart(..) if at_top && wanted => {
                let flow = text.get(range.start..).is_some_and(|t| t.starts_with('['));
                list = Some((span.start, flow));
            }
            Event::Scalar(word, ..) if at_top && is_key => {
                wanted = word == "suppressions";
                key_end = range.end;
            }
            Event::Scalar(..) if at_top && wanted => {
                let here = if range.is_empty() { key_end..key_end } else { range.clone() };
                found.value = Some(Value::Nothing(here));
            }
            _ => {}
        }
        // An element of the list.
        if list.is_some() && depth == 2 && opens(&event) {
            column = column.or_else(|| dash(text, &lines, list.as_ref(), range.start));
            last = Some(range.clone());
        }
        match &event {
            Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
            Event::MappingEnd | Event::SequenceEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if list.is_some() {
            match &event {
                Event::Scalar(..) | Event::Alias(_) => ends = Some(range.end),
                // Of a map in braces the end is the brace; of another it is what follows.
                Event::MappingEnd | Event::SequenceEnd if range.end > range.start => {
                    ends = Some(range.end);
                }
                _ => {}
            }
            if depth == 2
                && closes(&event)
                && let Some(last) = &mut last
            {
                last.end = ends.unwrap_or(range.end);
            }
        }
        if depth == 1
            && let (Event::SequenceEnd, Some((start, flow))) = (&event, list)
        {
            let all = lines.offset(&start)..range.end;
            found.value = Some(if flow {
                Value::Flow { all, last: last.take() }
            } else {
                let content = ends.unwrap_or(range.start);
                let begins = text.get(..content).is_none_or(|t| t.ends_with(['\n', '\r']));
                let after = if begins { content } else { line_end(text, content) };
                let next = lines.line_start(&span.start);
                Value::Block { column: column?, ends: vec![after, next, text.len()] }
            });
            list = None;
        }
        if depth == 1 && !matches!(event, Event::DocumentStart(_) | Event::StreamStart) {
            if !is_key {
                found.last = range.end;
                wanted = false;
            }
            is_key = !is_key;
        }
    }
    Some(found)
}

fn opens(event: &Event<'_>) -> bool {
    use Event::{Alias, MappingStart, Scalar, SequenceStart};
    matches!(event, MappingStart(..) | SequenceStart(..) | Scalar(..) | Alias(_))
}

fn closes(event: &Event<'_>) -> bool {
    matches!(event, Event::MappingEnd | Event::Scalar(..) | Event::Alias(_))
}

/// The column of the dash before the first element.
fn dash(text: &str, lines: &Lines, list: Option<&(Marker, bool)>, element: usize) -> Option<usize> {
    let (start, flow) = list?;
    if *flow {
        return None;
    }
    let is_dash = |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with('-'));
    let at = lines.offset(start);
    if at < element && is_dash(at) {
        return Some(start.col());
    }
    let before = text.get(..element)?.trim_end();
    let at = before.len().checked_sub(1).filter(|at| is_dash(*at))?;
    let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    text.get(line..at).map(|blank| blank.chars().count())
}

/// Byte offsets of places.
struct Lines<'t> {
    text: &'t str,
    first: usize,
    starts: Vec<usize>,
    /// The last answer: line, column, and the offset in the text. What follows is mostly near.
    near: Cell<(usize, usize, usize)>,
}

impl<'t> Lines<'t> {
    /// The lines of a text that begins at this offset.
    fn new(text: &'t str, first: usize) -> Self {
        let bytes = text.as_bytes();
        let breaks = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            // A line ends with CR LF, LF or CR.
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { text, first, starts, near: Cell::default() }
    }

    fn start(&self, line: usize) -> usize {
        let start = line.checked_sub(1).and_then(|at| self.starts.get(at));
        start.copied().unwrap_or(self.text.len())
    }

    fn offset(&self, at: &Marker) -> usize {
        let (line, column, offset) = self.near.get();
        let is_near = line == at.line() && column <= at.col();
        let (column, start) = if is_near { (column, offset) } else { (0, self.start(at.line())) };
        let rest = self.text.get(start..).unwrap_or_default();
        let within = rest.char_indices().nth(at.col() - column);
        let offset = start + within.map_or(rest.len(), |(offset, _)| offset);
        self.near.set((at.line(), at.col(), offset));
        self.first + offset
    }

    fn line_start(&self, at: &Marker) -> usize {
        self.first + self.start(at.line())
    }
}

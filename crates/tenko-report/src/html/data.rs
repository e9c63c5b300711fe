//! The rows as data: tables of what many rows share, and columns of numbers that point into them.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::io;

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::ser::Formatter;
use tenko_core::{Message, Status};

use super::context::Context;
use super::mark::Sort;
use super::rows::{Entry, Row};
use super::text::Text;

/// What the script reads. `templates/html/table.js` is its only reader.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    /// Words that the script needs.
    words: BTreeMap<&'static str, Text>,
    /// The language of numbers.
    lang: &'static str,
    /// What an entry can be: icon, word, the filter's severity and kind.
    sorts: Vec<(&'static str, Text, &'static str, &'static str)>,
    /// Statuses: icon, word.
    statuses: Vec<(&'static str, Text)>,
    /// All texts; everything else that is text points here.
    texts: Vec<Text>,
    /// Times: seconds since 1970, text.
    times: Vec<(i64, Text)>,
    /// What is wrong: place in `sorts`, rule, name, fix.
    what: Columns<4>,
    /// Where: label, type, id, region, account or project.
    place: Columns<5>,
    /// Whose: tenant, environment, owner.
    whose: Columns<3>,
    /// Rows: what, place, whose, message, source, first seen, last seen, status (0 is none, else one
    /// more than its place in `statuses`), open.
    rows: Columns<9>,
    /// Thirty-two digits for each row, or as many blanks.
    fingerprints: String,
    /// Attributes that differ, by row: attribute, expected, actual.
    changes: BTreeMap<usize, Vec<[u32; 3]>>,
    /// What else is to be said, by row: what it is, text.
    notes: BTreeMap<usize, Vec<[u32; 2]>>,
    /// The day that a new suppression would end on.
    expires: &'a Text,
}

/// A table, column by column.
struct Columns<const N: usize>([Vec<u32>; N]);

impl<const N: usize> Columns<N> {
    fn new() -> Self {
        Self(std::array::from_fn(|_| Vec::new()))
    }

    fn push(&mut self, row: [u32; N]) {
        for (column, value) in self.0.iter_mut().zip(row) {
            column.push(value);
        }
    }
}

impl<const N: usize> Serialize for Columns<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

/// Values by number, each once.
struct Numbers<K>(HashMap<K, u32>);

impl<K: Eq + Hash> Numbers<K> {
    /// The number of this value, and whether it is the first time that it is seen.
    fn of(&mut self, key: K) -> (u32, bool) {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let number = *self.0.entry(key).or_insert(next);
        (number, number == next)
    }
}

/// All statuses, in the order of the filter.
const STATUSES: [Status; 6] = [
    Status::New,
    Status::Changed,
    Status::Unchanged,
    Status::Unknown,
    Status::Resolved,
    Status::Suppressed,
];

struct Builder<'a, 'b> {
    context: &'b Context<'a>,
    data: Data<'b>,
    texts: Numbers<Text>,
    times: Numbers<(Timestamp, Option<&'a str>)>,
    what: Numbers<[u32; 4]>,
    place: Numbers<[u32; 5]>,
    whose: Numbers<[u32; 3]>,
}

impl<'a, 'b> Data<'b> {
    pub(super) fn new(context: &'b Context<'a>, entries: &[Entry<'a>], expires: &'b Text) -> Self {
        let lang = context.lang;
        let data = Self {
            words: words(context),
            lang: lang.tag(),
            sorts: Sort::ALL
                .map(|sort| {
                    let mark = sort.mark(lang);
                    (mark.icon, mark.word, sort.severity(), sort.kind())
                })
                .into(),
            statuses: STATUSES
                .map(|status| {
                    let mark = super::mark::Mark::status(lang, status);
                    (mark.icon, mark.word)
                })
                .into(),
            texts: Vec::new(),
            times: Vec::new(),
            what: Columns::new(),
            place: Columns::new(),
            whose: Columns::new(),
            rows: Columns::new(),
            fingerprints: String::new(),
            changes: BTreeMap::new(),
            notes: BTreeMap::new(),
            expires,
        };
        let mut builder = Builder {
            context,
            data,
            texts: Numbers(HashMap::new()),
            times: Numbers(HashMap::new()),
            what: Numbers(HashMap::new()),
            place: Numbers(HashMap::new()),
            whose: Numbers(HashMap::new()),
        };
        // Number 0 is no text at all.
        builder.text(Text::default());
        for (i, entry) in entries.iter().enumerate() {
            builder.row(i, Row::new(context, *entry));
        }
        builder.data
    }

    /// As the content of a `<script>` element: no character in it can end that or begin a comment.
    pub(super) fn json(&self) -> String {
        let mut out = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, Inert);
        // Strings, numbers and maps with keys that are one of both: nothing here can fail.
        let written = self.serialize(&mut serializer);
        match (written, String::from_utf8(out)) {
            (Ok(()), Ok(text)) => text,
            _ => String::new(),
        }
    }
}

impl<'a> Builder<'a, '_> {
    fn text(&mut self, text: Text) -> u32 {
        let (number, first) = self.texts.of(text.clone());
        if first {
            self.data.texts.push(text);
        }
        number
    }

    fn time(&mut self, at: Timestamp, owner: Option<&'a str>) -> u32 {
        let (number, first) = self.times.of((at, owner));
        if first {
            self.data.times.push((at.as_second(), self.context.time(owner, at)));
        }
        number
    }

    fn row(&mut self, i: usize, row: Row<'a>) {
        let sort = u32::try_from(row.sort).unwrap_or(0);
        let what = [sort, self.text(row.rule), self.text(row.name), self.text(row.fix)];
        let (what_number, first) = self.what.of(what);
        if first {
            self.data.what.push(what);
        }
        let place = [row.label, row.kind, row.id, row.region, row.scope].map(|t| self.text(t));
        let (place_number, first) = self.place.of(place);
        if first {
            self.data.place.push(place);
        }
        let whose = [row.tenant, row.environment, row.owner].map(|t| self.text(t));
        let (whose_number, first) = self.whose.of(whose);
        if first {
            self.data.whose.push(whose);
        }
        let seen = row
            .seen
            .map(|seen| [seen.first_seen, seen.last_seen].map(|at| 1 + self.time(at, row.zoned)));
        let [first_seen, last_seen] = seen.unwrap_or_default();
        let status = STATUSES.iter().position(|one| row.status == Some(*one));
        let status = status.map_or(0, |at| u32::try_from(at + 1).unwrap_or(0));
        let message = self.text(row.message);
        let source = self.text(row.source);
        self.data.rows.push([
            what_number,
            place_number,
            whose_number,
            message,
            source,
            first_seen,
            last_seen,
            status,
            u32::from(row.open),
        ]);
        self.data.fingerprints.push_str(&format!("{:32}", row.fingerprint));
        let changes: Vec<_> = row
            .changes
            .into_iter()
            .map(|change| [change.path, change.expected, change.actual].map(|t| self.text(t)))
            .collect();
        if !changes.is_empty() {
            self.data.changes.insert(i, changes);
        }
        let notes: Vec<_> = row
            .notes
            .into_iter()
            .map(|(what, text)| {
                let what = self.context.say(&Message::new(what));
                [self.text(what), self.text(text)]
            })
            .collect();
        if !notes.is_empty() {
            self.data.notes.insert(i, notes);
        }
    }
}

/// Words with a place for numbers, which the script fills in.
fn words(context: &Context<'_>) -> BTreeMap<&'static str, Text> {
    let plain = ["html-copied", "html-copy-failed", "html-none-match"]
        .map(|id| (id, context.say(&Message::new(id))));
    let count = Message::new("html-count")
        .with("first", "{first}")
        .with("last", "{last}")
        .with("found", "{found}");
    let page = Message::new("html-page").with("page", "{page}").with("pages", "{pages}");
    let numbered = [("html-count", context.say(&count)), ("html-page", context.say(&page))];
    plain.into_iter().chain(numbered).collect()
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// JSON whose strings hold nothing that HTML, or an old reader of JavaScript, takes for something
/// else.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, found) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut chars = found.chars();
            if let Some(ch) = chars.next() {
                write!(writer, "\\u{:04x}", u32::from(ch))?;
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_script_element() {
        let hostile = "</script><!--<script>&amp;\u{2028}\u{2029}\"\\";
        let mut out = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, Inert);
        hostile.serialize(&mut serializer).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}

//! Lines: how they are chained, and how one is read.
//!
//! `{"version":1,"seq":7,"previous":"<hash of line 6>", ... ,"hash":"<hash>"}`: the hash is BLAKE3 over the very bytes that
//! stand before `,"hash":"`, so there is nothing to argue about how JSON is written, and fields that a newer version adds
//! are covered as well.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Entry;

/// Of the line's form. Fields may be added without a new one.
pub(super) const VERSION: u32 = 1;
/// The longest line, in bytes, with its end.
pub(super) const MOST_BYTES: usize = 64 * 1024;
/// Length of a hash in hexadecimal digits.
const HASH: usize = 64;

/// What a chain of lines ends with: the next one continues from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    /// How many lines there are.
    pub(super) seq: u64,
    /// The last one's hash.
    pub(super) hash: String,
}

impl Link {
    /// Before the first line.
    pub(super) fn start() -> Self {
        Self { seq: 0, hash: "0".repeat(HASH) }
    }
}

/// What was damaged, recorded by the line that goes on after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Gap {
    /// When it was noticed.
    pub(super) time: jiff::Timestamp,
    /// How many bytes after the line before this one are not lines of the chain.
    pub(super) bytes: u64,
    /// Their BLAKE3, as 64 hexadecimal digits.
    pub(super) digest: String,
    /// What the head file said then, if it could be read.
    #[serde(default)]
    pub(super) head: Option<Link>,
}

/// What a line tells.
#[derive(Debug)]
pub(super) enum Body {
    Entry(Box<Entry>),
    Gap(Gap),
}

/// A line that is whole in itself.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) seq: u64,
    pub(super) previous: String,
    pub(super) hash: String,
    pub(super) body: Body,
}

impl Line {
    pub(super) fn link(&self) -> Link {
        Link { seq: self.seq, hash: self.hash.clone() }
    }

    /// What it continues from.
    pub(super) fn before(&self) -> Option<Link> {
        Some(Link { seq: self.seq.checked_sub(1)?, hash: self.previous.clone() })
    }

    pub(super) fn follows(&self, link: &Link) -> bool {
        link.seq.checked_add(1) == Some(self.seq) && link.hash == self.previous
    }
}

/// Why a line is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    NotJson,
    Version,
    Changed,
}

#[derive(Serialize)]
struct Written<'a, T> {
    version: u32,
    seq: u64,
    previous: &'a str,
    #[serde(flatten)]
    body: &'a T,
}

#[derive(Serialize, Deserialize)]
struct GapField {
    gap: Gap,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Deserialize)]
struct Head {
    seq: u64,
    previous: String,
    #[serde(default)]
    gap: Option<Gap>,
}

/// The text of an entry's line, with its end, and what the chain ends with then. `None` if it is too long.
pub(super) fn of_entry(after: &Link, entry: &Entry) -> Option<(String, Link)> {
    written(after, entry)
}

/// Likewise for a gap.
pub(super) fn of_gap(after: &Link, gap: Gap) -> Option<(String, Link)> {
    written(after, &GapField { gap })
}

/// Likewise for what a newer version may write.
#[cfg(test)]
pub(super) fn of_any(after: &Link, body: &impl Serialize) -> Option<(String, Link)> {
    written(after, body)
}

fn written<T: Serialize>(after: &Link, body: &T) -> Option<(String, Link)> {
    let seq = after.seq.checked_add(1)?;
    let line = Written { version: VERSION, seq, previous: &after.hash, body };
    // It is a plain struct of text and numbers: that it cannot be written does not happen.
    let mut text = serde_json::to_string(&line).ok()?;
    if text.pop() != Some('}') {
        return None;
    }
    let hash = digest(text.as_bytes());
    text.push_str(",\"hash\":\"");
    text.push_str(&hash);
    text.push_str("\"}\n");
    (text.len() <= MOST_BYTES).then_some((text, Link { seq, hash }))
}

/// Reads a line without its end.
pub(super) fn read(bytes: &[u8]) -> Result<Line, Bad> {
    let text = std::str::from_utf8(bytes).map_err(|_| Bad::NotJson)?;
    let whole: &RawValue = serde_json::from_str(text).map_err(|_| Bad::NotJson)?;
    let Versioned { version } = serde_json::from_str(whole.get()).map_err(|_| Bad::Changed)?;
    // How another version says its hash is not known here.
    if version != VERSION {
        return Err(Bad::Version);
    }
    let (covered, hash) = split(text).ok_or(Bad::Changed)?;
    if digest(covered.as_bytes()) != hash {
        return Err(Bad::Changed);
    }
    let head: Head = serde_json::from_str(text).map_err(|_| Bad::Changed)?;
    let body = match head.gap {
        Some(gap) => Body::Gap(gap),
        None => Body::Entry(serde_json::from_str(text).map_err(|_| Bad::Changed)?),
    };
    Ok(Line { seq: head.seq, previous: head.previous, hash: hash.to_owned(), body })
}

/// What a line's hash covers, and the hash.
fn split(text: &str) -> Option<(&str, &str)> {
    let (before, hash) = text.strip_suffix("\"}")?.rsplit_once(",\"hash\":\"")?;
    (hash.len() == HASH).then_some((before, hash))
}

pub(super) fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

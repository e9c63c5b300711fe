//! Reading a log from its first line to its last, and telling where it does not hold.

use std::fmt;
use std::io::{self, BufRead};

use super::Entry;
use super::line::{self, Bad, Body, Gap, Line, Link, MOST_BYTES};

/// Where a log stops being what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// The line, from 1; one past the last if it is missing.
    pub line: u64,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It is not the line that was written.
    Changed,
    /// Lines that stood before it are gone.
    Removed,
    /// It stood somewhere else, or was put in.
    Reordered,
    /// It has no end: whoever wrote it died, or the file was cut.
    CutOff,
    /// Lines that stood here, at the log's end, are gone.
    EndMissing,
    /// It is not JSON.
    NotJson,
    /// It is longer than 64 KiB.
    TooLong,
    /// It is of a version that this tenko does not know.
    UnknownVersion,
    /// The head file beside the log is gone or cannot be read: whether the end is all there cannot be told.
    HeadMissing,
    /// The head file counts other lines than these: one of the two was written anew.
    NotAsInHead,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "it was changed",
            Self::Removed => "lines before it were removed",
            Self::Reordered => "it was moved here or put in",
            Self::CutOff => "it is cut off",
            Self::EndMissing => "the lines from here on were removed",
            Self::NotJson => "it is not JSON",
            Self::TooLong => "it is longer than 64 KiB",
            Self::UnknownVersion => "it is of an unknown version",
            Self::HeadMissing => {
                "the file beside it that counts its lines is missing or unreadable, so lines may be missing from here on"
            }
            Self::NotAsInHead => "the file beside the log counts other lines: one of the two was written anew",
        })
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// A line that a crash cut off, and that the next one recorded: nothing that had been confirmed is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Torn {
    /// The line, from 1.
    pub line: u64,
    /// How many bytes of it are left.
    pub bytes: u64,
}

/// What a log says, and how far that can be relied on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trail {
    /// The entries of all lines that are whole in themselves, in the file's order.
    pub entries: Vec<Entry>,
    /// How many of them stand before the first break: the chain vouches for these.
    pub intact: usize,
    /// The first break.
    pub broken: Option<Broken>,
    /// Lines that crashes cut off.
    pub torn: Vec<Torn>,
}

/// What the head file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// There is none, or none that can be read.
    None,
    Counts(Link),
}

/// The state of a log, as a walk over it finds it.
pub(super) struct Walk {
    pub(super) trail: Trail,
    /// What the next line has to continue from: the last line that is whole in itself.
    pub(super) end: Link,
    /// What that line continues from.
    pub(super) before: Option<Link>,
    /// What follows that line and is none.
    pub(super) loose: Loose,
    /// How many lines there are, loose ones too.
    lines: u64,
    /// The numbers that the first break skipped.
    skipped: std::ops::Range<u64>,
}

/// Bytes that are not part of a line of the chain.
#[derive(Clone, Default)]
pub(super) struct Loose {
    pub(super) bytes: u64,
    hasher: blake3::Hasher,
    /// The first line among them, and what is wrong with it.
    pub(super) first: Option<(u64, Reason)>,
}

impl Loose {
    fn add(&mut self, bytes: &[u8], ended: bool, line: u64, reason: Reason) {
        self.first.get_or_insert((line, reason));
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        if ended {
            self.hasher.update(b"\n");
            self.bytes += 1;
        }
    }

    pub(super) fn digest(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

impl Walk {
    /// Walks a whole log. `head` is what the file beside it says.
    pub(super) fn over(mut log: impl BufRead, head: &Head) -> io::Result<Self> {
        let mut walk = Self {
            trail: Trail::default(),
            end: Link::start(),
            before: None,
            loose: Loose::default(),
            lines: 0,
            skipped: 0..0,
        };
        let mut buffer = Vec::new();
        while let Some(piece) = next(&mut log, &mut buffer)? {
            walk.lines += 1;
            walk.piece(piece, &buffer, &mut log)?;
        }
        walk.finish(head);
        Ok(walk)
    }

    fn piece(&mut self, piece: Piece, bytes: &[u8], log: &mut impl BufRead) -> io::Result<()> {
        let bad = match piece {
            Piece::Line => match line::read(bytes) {
                Ok(line) => {
                    self.line(line);
                    return Ok(());
                }
                Err(Bad::NotJson) => Reason::NotJson,
                Err(Bad::Changed) => Reason::Changed,
                Err(Bad::Version) => Reason::UnknownVersion,
            },
            Piece::CutOff => Reason::CutOff,
            Piece::TooLong => Reason::TooLong,
        };
        self.loose.add(bytes, matches!(piece, Piece::Line), self.lines, bad);
        if matches!(piece, Piece::TooLong) {
            self.rest_of_line(log)?;
        }
        Ok(())
    }

    /// The rest of a line that is too long, without keeping it.
    fn rest_of_line(&mut self, log: &mut impl BufRead) -> io::Result<()> {
        loop {
            let chunk = log.fill_buf()?;
            if chunk.is_empty() {
                return Ok(());
            }
            let (part, ended) = match chunk.iter().position(|byte| *byte == b'\n') {
                Some(end) => (chunk.get(..end).unwrap_or_default(), true),
                None => (chunk, false),
            };
            let used = part.len() + usize::from(ended);
            self.loose.add(part, ended, self.lines, Reason::TooLong);
            log.consume(used);
            if ended {
                return Ok(());
            }
        }
    }

    fn line(&mut self, line: Line) {
        let loose = std::mem::take(&mut self.loose);
        if self.skipped.contains(&line.seq)
            && let Some(broken) = &mut self.trail.broken
        {
            // What seemed to be removed stands further down.
            broken.reason = Reason::Reordered;
        }
        match (&line.body, loose.first) {
            (Body::Gap(gap), _) if line.follows(&self.end) => self.gap(gap, &loose),
            (_, Some((at, reason))) => self.breaks(at, reason),
            (_, None) if line.follows(&self.end) => {}
            (_, None) if line.seq <= self.end.seq => self.breaks(self.lines, Reason::Reordered),
            (_, None) => {
                let expected = self.end.seq.saturating_add(1);
                if self.trail.broken.is_none() {
                    self.skipped = expected..line.seq;
                }
                // The right number, after another line than it was written after: that one was changed as a whole.
                let reason = if line.seq == expected { Reason::Changed } else { Reason::Removed };
                self.breaks(self.lines, reason);
            }
        }
        self.end = line.link();
        self.before = line.before();
        if let Body::Entry(entry) = line.body {
            self.trail.entries.push(*entry);
        }
    }

    /// A line that records what was wrong before it.
    fn gap(&mut self, gap: &Gap, loose: &Loose) {
        let (at, reason) = loose.first.unwrap_or((self.lines, Reason::Changed));
        if gap.bytes != loose.bytes || gap.digest != loose.digest() {
            return self.breaks(at, Reason::Changed);
        }
        match fits(
            &gap.head.clone().map_or(Head::None, Head::Counts),
            &self.end,
            self.before.as_ref(),
        ) {
            // Nobody had been told that these had been written.
            Ok(()) if gap.bytes > 0 => self.trail.torn.push(Torn { line: at, bytes: gap.bytes }),
            // Lines that had been confirmed were gone or damaged by then.
            Err(Reason::EndMissing) if gap.bytes > 0 => self.breaks(at, reason),
            Err(reason) => self.breaks(at, reason),
            // Nobody writes one without need.
            Ok(()) => self.breaks(at, Reason::Changed),
        }
    }

    fn finish(&mut self, head: &Head) {
        if let Some((at, reason)) = self.loose.first {
            self.breaks(at, reason);
        }
        let nothing = self.lines == 0 && *head == Head::None;
        if !nothing && let Err(reason) = fits(head, &self.end, self.before.as_ref()) {
            let past = u64::from(reason != Reason::NotAsInHead);
            self.breaks(self.lines.saturating_add(past).max(1), reason);
        }
        if self.trail.broken.is_none() {
            self.trail.intact = self.trail.entries.len();
        }
    }

    /// Only the first one counts.
    fn breaks(&mut self, line: u64, reason: Reason) {
        if self.trail.broken.is_none() {
            self.trail.broken = Some(Broken { line, reason });
            self.trail.intact = self.trail.entries.len();
        }
    }
}

/// Whether a log that ends with `end`, which continues from `before`, is the one that the head file counts. It may count
/// one line less: it is written after the line.
pub(super) fn fits(head: &Head, end: &Link, before: Option<&Link>) -> Result<(), Reason> {
    match head {
        Head::None => Err(Reason::HeadMissing),
        Head::Counts(counted) if counted == end || Some(counted) == before => Ok(()),
        Head::Counts(counted) if counted.seq > end.seq => Err(Reason::EndMissing),
        Head::Counts(_) => Err(Reason::NotAsInHead),
    }
}

#[derive(Clone, Copy)]
enum Piece {
    /// A line, without its end.
    Line,
    /// The last bytes, without an end.
    CutOff,
    /// The beginning of a line that is too long.
    TooLong,
}

/// The next line, or what there is of it.
fn next(log: &mut impl BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<Piece>> {
    buffer.clear();
    let read = io::Read::take(log.by_ref(), MOST_BYTES as u64).read_until(b'\n', buffer)?;
    Ok(match buffer.last() {
        None => None,
        Some(b'\n') => {
            buffer.pop();
            Some(Piece::Line)
        }
        Some(_) if read == MOST_BYTES => Some(Piece::TooLong),
        Some(_) => Some(Piece::CutOff),
    })
}

//! What is wrong with a manifest, where, and what to write instead.

use std::fmt;

use tenko_core::Message;
use tenko_messages::english;
use thiserror::Error;
use unicode_width::UnicodeWidthChar;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The manifest cannot be used.
    Error,
    /// The manifest can be used, and probably does not say what was meant.
    Warning,
}

/// A place in a manifest file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the caller named it.
    pub file: String,
    /// The line, counted from 1; 0 stands for the file as a whole.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// How many characters it spans, at least 1.
    pub width: u32,
    /// The text of the line; of a very long one the part around the column.
    pub text: String,
    /// How many characters were cut off before `text`.
    pub cut: u32,
}

/// One error or warning. Its `Display` is the rendered form with the source line and a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in English.
    pub message: String,
    /// The same in any language. Of what reports show: warnings, and what a run compares with
    /// what it found. Other errors end a run before there is a report.
    pub wording: Option<Message>,
    /// Where, if it is at one place.
    pub place: Option<Place>,
    /// Other places that belong to it, each with a note.
    pub related: Vec<(String, Place)>,
    /// What to write instead, in English.
    pub suggestion: Option<String>,
    /// The same in any language, where the message has a wording.
    pub suggestion_wording: Option<Message>,
}

/// What a diagnostic says: of errors a text, of warnings a message, so that none is without its
/// wording.
pub(crate) trait Said: Sized {
    /// How bad what is said so is.
    const LEVEL: Level;

    /// That another word was probably meant.
    fn meant(word: &str) -> Self;

    /// In English, and in any language.
    fn said(self) -> (String, Option<Message>);
}

impl Said for String {
    const LEVEL: Level = Level::Error;

    fn meant(word: &str) -> Self {
        format!("did you mean `{word}`?")
    }

    fn said(self) -> (String, Option<Message>) {
        (self, None)
    }
}

impl Said for Message {
    const LEVEL: Level = Level::Warning;

    fn meant(word: &str) -> Self {
        tenko_core::msg!("warning-did-you-mean", meant = word)
    }

    fn said(self) -> (String, Option<Message>) {
        (english(&self), Some(self))
    }
}

impl Diagnostic {
    pub(crate) fn new<T: Said>(message: T, place: Option<Place>) -> Self {
        let (message, wording) = message.said();
        Self {
            level: T::LEVEL,
            message,
            wording,
            place,
            related: vec![],
            suggestion: None,
            suggestion_wording: None,
        }
    }

    /// The same with what to write instead, if that is known.
    pub(crate) fn suggest<T: Said>(mut self, suggestion: Option<T>) -> Self {
        let (text, wording) = suggestion.map(T::said).unzip();
        (self.suggestion, self.suggestion_wording) = (text, wording.flatten());
        self
    }
}

/// Everything that is wrong with the manifest, in the order of the files. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", render_all(.0))]
pub struct ManifestErrors(pub Vec<Diagnostic>);

fn render_all(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}", printable(&self.file))
        } else {
            write!(f, "{}:{}:{}", printable(&self.file), self.line, self.column)
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.level, printable(&self.message))?;
        let places = self.place.iter().chain(self.related.iter().map(|(_, place)| place));
        let margin = places.map(|p| p.line.to_string().len()).max().unwrap_or(1);
        if let Some(place) = &self.place {
            place.render(f, margin, "")?;
        }
        for (note, place) in &self.related {
            place.render(f, margin, &printable(note))?;
        }
        match &self.suggestion {
            Some(suggestion) => writeln!(f, "{:margin$} = help: {}", "", printable(suggestion)),
            None => Ok(()),
        }
    }
}

impl Place {
    fn render(&self, f: &mut fmt::Formatter<'_>, margin: usize, note: &str) -> fmt::Result {
        let colon = if note.is_empty() { "" } else { ": " };
        writeln!(f, "{:margin$}--> {self}{colon}{note}", "")?;
        if self.line == 0 {
            return Ok(());
        }
        let line = printable(&self.text);
        let dots = if self.cut > 0 { "..." } else { "" };
        let before = self.column.saturating_sub(1).saturating_sub(self.cut) as usize;
        let indent = dots.len() + columns(line.chars().take(before));
        let under = line.chars().skip(before).take(self.width.max(1) as usize);
        let carets = "^".repeat(columns(under).max(1));
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{:>margin$} | {dots}{line}", self.line)?;
        writeln!(f, "{:margin$} | {:indent$}{carets}", "", "")
    }
}

fn columns(chars: impl Iterator<Item = char>) -> usize {
    chars.map(|c| c.width().unwrap_or(1)).sum()
}

/// The text with one visible character for each that could move the cursor, colour the terminal
/// or turn the reading direction: a manifest may quote names that somebody else chose.
fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let visible = |c| match c {
        '\t' => ' ',
        c if hidden(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(visible).collect()
}

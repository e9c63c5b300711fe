//! The files that are being read, and what was found to be wrong with them.

use std::collections::HashSet;
use std::marker::PhantomData;

use tenko_core::{Arg, Message};

use crate::diagnostic::{Diagnostic, Level, Place, Said};
use crate::suggest;

/// More than this helps nobody, and a hostile file must not fill the memory with complaints.
const MAX_DIAGNOSTICS: usize = 100;
/// Of a longer source line only the part around the place is shown.
const MAX_LINE: usize = 160;
/// What is shown of a line that may hold a secret.
const HIDDEN: &str = "(not shown: it may hold a secret)";

/// A place in one of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Pos {
    /// Which file.
    pub(crate) file: u32,
    /// Counted from 1; 0 stands for the whole file.
    pub(crate) line: u32,
    /// In characters, counted from 1.
    pub(crate) column: u32,
    /// In characters.
    pub(crate) width: u32,
}

struct FileText<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
}

/// Collects diagnostics; nothing stops at the first.
#[derive(Default)]
pub(crate) struct Context<'a> {
    files: Vec<FileText<'a>>,
    errors: Vec<(Pos, Diagnostic)>,
    warnings: Vec<(Pos, Diagnostic)>,
    seen: HashSet<(Pos, String)>,
    dropped: usize,
    /// Lines that may hold a secret: by file and number.
    hidden: HashSet<(u32, u32)>,
    /// Texts that may be a secret.
    secrets: HashSet<String>,
}

impl<'a> Context<'a> {
    /// Adds a file; its text is empty when it could not be decoded.
    pub(crate) fn add_file(&mut self, name: &'a str, text: &'a str) -> u32 {
        self.files.push(FileText { name, lines: split_lines(text) });
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn file_name(&self, file: u32) -> &'a str {
        self.files.get(file as usize).map_or("", |f| f.name)
    }

    /// The text of a line, counted from 1.
    pub(crate) fn line(&self, file: u32, line: u32) -> &'a str {
        let lines = self.files.get(file as usize).map(|f| f.lines.as_slice()).unwrap_or_default();
        (line as usize).checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default()
    }

    /// How many lines a file has.
    pub(crate) fn line_count(&self, file: u32) -> usize {
        self.files.get(file as usize).map_or(0, |f| f.lines.len())
    }

    /// The text of a whole line as a place.
    pub(crate) fn whole_line(&self, file: u32, line: u32) -> Pos {
        let text = self.place(Pos { file, line, column: 1, width: 1 }).text;
        let indent = text.chars().take_while(|c| c.is_whitespace()).count();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let width = number(text.trim().chars().count());
        Pos { file, line, column: number(indent + 1), width }
    }

    /// The place with its line of text.
    pub(crate) fn place(&self, pos: Pos) -> Place {
        let line = self
            .files
            .get(pos.file as usize)
            .and_then(|f| f.lines.get((pos.line as usize).checked_sub(1)?))
            .copied()
            .unwrap_or_default();
        let column = pos.column.max(1) as usize;
        let cut = if line.chars().nth(MAX_LINE).is_some() { column.saturating_sub(40) } else { 0 };
        Place {
            file: self.file_name(pos.file).to_owned(),
            line: pos.line,
            column: pos.column.max(1),
            width: pos.width.max(1),
            text: line.chars().skip(cut).take(MAX_LINE).collect(),
            cut: u32::try_from(cut).unwrap_or(u32::MAX),
        }
    }

    /// Reports an error; whatever comes next may add to it.
    pub(crate) fn error(&mut self, pos: Pos, message: impl Into<String>) -> Report<'_, 'a, String> {
        self.report(pos, message.into())
    }

    /// Reports a warning, which a report may show in any language.
    pub(crate) fn warn(&mut self, pos: Pos, message: Message) -> Report<'_, 'a, Message> {
        self.report(pos, message)
    }

    fn report<T: Said>(&mut self, pos: Pos, message: T) -> Report<'_, 'a, T> {
        let full = self.list(T::LEVEL).len() >= MAX_DIAGNOSTICS;
        if full {
            self.dropped += usize::from(T::LEVEL == Level::Error);
            return Report { context: self, is_told: false, said: PhantomData };
        }
        let diagnostic = Diagnostic::new(message, Some(self.place(pos)));
        // One template is filled in for many environments; each fault of it is said once.
        let is_told = self.seen.insert((pos, diagnostic.message.clone()));
        if is_told {
            self.list(T::LEVEL).push((pos, diagnostic));
        }
        Report { context: self, is_told, said: PhantomData }
    }

    fn list(&mut self, level: Level) -> &mut Vec<(Pos, Diagnostic)> {
        match level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
        }
    }

    /// Keeps the text of this line out of every diagnostic: it may hold a secret.
    pub(crate) fn hide(&mut self, pos: Pos) {
        self.hidden.insert((pos.file, pos.line));
    }

    /// Keeps this text out of every diagnostic, too, whatever is said of it.
    pub(crate) fn hide_text(&mut self, pos: Pos, text: &str) {
        self.hide(pos);
        self.secrets.insert(text.to_owned());
    }

    /// Takes what may be a secret out of a text.
    fn cover_text(&self, text: &mut String) {
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), "...");
            }
        }
    }

    fn cover_arg(&self, arg: &mut Arg) {
        match arg {
            Arg::Number(_) => {}
            Arg::Text(text) => self.cover_text(text),
            Arg::List(items) => items.iter_mut().for_each(|item| self.cover_arg(item)),
            Arg::Message(message) => self.cover_message(message),
        }
    }

    fn cover_message(&self, message: &mut Message) {
        message.args.values_mut().for_each(|arg| self.cover_arg(arg));
    }

    /// Takes the text out of places on hidden lines, and what may be a secret out of all texts.
    fn cover(&self, diagnostic: &mut Diagnostic) {
        let notes = diagnostic.related.iter_mut().map(|(note, _)| note);
        let said = std::iter::once(&mut diagnostic.message).chain(&mut diagnostic.suggestion);
        said.chain(notes).for_each(|text| self.cover_text(text));
        let wordings = diagnostic.wording.iter_mut().chain(&mut diagnostic.suggestion_wording);
        wordings.for_each(|message| self.cover_message(message));
        let related = diagnostic.related.iter_mut().map(|(_, place)| place);
        for place in diagnostic.place.iter_mut().chain(related) {
            let is_here = |(file, line): &(u32, u32)| {
                *line == place.line && self.file_name(*file) == place.file
            };
            if self.hidden.iter().any(is_here) {
                place.text = HIDDEN.to_owned();
                (place.column, place.cut) = (place.column, place.column - 1);
                place.width = 1;
            }
        }
    }

    /// The candidate that was probably meant.
    pub(crate) fn closest<'c>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        if self.errors.len() >= MAX_DIAGNOSTICS { None } else { suggest::closest(word, candidates) }
    }

    /// The warnings, or the errors if there are any.
    pub(crate) fn finish(mut self) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let mut lists = (std::mem::take(&mut self.errors), std::mem::take(&mut self.warnings));
        for (_, diagnostic) in lists.0.iter_mut().chain(&mut lists.1) {
            self.cover(diagnostic);
        }
        (self.errors, self.warnings) = lists;
        // Readers go through a file from top to bottom, whatever order it was checked in.
        for list in [&mut self.errors, &mut self.warnings] {
            list.sort_by_key(|(pos, _)| (pos.file, pos.line, pos.column));
        }
        let texts = |list: Vec<(Pos, Diagnostic)>| list.into_iter().map(|(_, d)| d).collect();
        if self.errors.is_empty() {
            return Ok(texts(self.warnings));
        }
        let mut errors: Vec<_> = texts(self.errors);
        if self.dropped > 0 {
            errors
                .push(Diagnostic::new(format!("{} more errors are not shown", self.dropped), None));
        }
        Err(errors)
    }
}

/// The diagnostic that was just reported, to be added to: of an error in texts, of a warning in
/// messages.
pub(crate) struct Report<'c, 'a, T> {
    context: &'c mut Context<'a>,
    /// Whether it is in the list: it may be one too many, or said already.
    is_told: bool,
    said: PhantomData<T>,
}

impl<T: Said> Report<'_, '_, T> {
    fn last(&mut self) -> Option<&mut Diagnostic> {
        let list = self.context.list(T::LEVEL);
        list.last_mut().filter(|_| self.is_told).map(|(_, diagnostic)| diagnostic)
    }

    /// Says what to write instead.
    pub(crate) fn help(mut self, text: impl Into<T>) -> Self {
        if let Some(diagnostic) = self.last() {
            let (text, wording) = text.into().said();
            (diagnostic.suggestion, diagnostic.suggestion_wording) = (Some(text), wording);
        }
        self
    }

    /// Says what was probably meant, if anything comes close.
    pub(crate) fn did_you_mean(self, meant: Option<&str>) -> Self {
        match meant {
            Some(meant) => self.help(T::meant(meant)),
            None => self,
        }
    }

    /// Names another place.
    pub(crate) fn see(mut self, pos: Pos, note: impl Into<String>) -> Self {
        let place = self.context.place(pos);
        if let Some(diagnostic) = self.last() {
            diagnostic.related.push((note.into(), place));
        }
        self
    }
}

/// Lines as YAML counts them: broken by CR LF, LF or CR.
fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        lines.extend(line.split('\r'));
    }
    lines
}

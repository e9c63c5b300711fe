//! The files that are being read, and what was found to be wrong with them.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Level, Place};
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
    pub(crate) fn error(&mut self, pos: Pos, message: impl Into<String>) -> Report<'_, 'a> {
        self.report(Level::Error, pos, message.into())
    }

    pub(crate) fn warn(&mut self, pos: Pos, message: impl Into<String>) -> Report<'_, 'a> {
        self.report(Level::Warning, pos, message.into())
    }

    fn report(&mut self, level: Level, pos: Pos, message: String) -> Report<'_, 'a> {
        let list = if level == Level::Error { &mut self.errors } else { &mut self.warnings };
        if list.len() >= MAX_DIAGNOSTICS {
            self.dropped += usize::from(level == Level::Error);
            return Report { context: self, level: None };
        }
        // One template is filled in for many environments; each fault of it is said once.
        if !self.seen.insert((pos, message.clone())) {
            return Report { context: self, level: None };
        }
        let place = Some(self.place(pos));
        let diagnostic = Diagnostic { level, message, place, related: vec![], suggestion: None };
        match level {
            Level::Error => self.errors.push((pos, diagnostic)),
            Level::Warning => self.warnings.push((pos, diagnostic)),
        }
        Report { context: self, level: Some(level) }
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

    /// Takes the text out of places on hidden lines.
    fn cover(&self, diagnostic: &mut Diagnostic) {
        let notes = diagnostic.related.iter_mut().map(|(note, _)| note);
        let said = std::iter::once(&mut diagnostic.message).chain(&mut diagnostic.suggestion);
        for text in said.chain(notes) {
            for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
                if text.contains(secret.as_str()) {
                    *text = text.replace(secret.as_str(), "...");
                }
            }
        }
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
            errors.push(Diagnostic {
                level: Level::Error,
                message: format!("{} more errors are not shown", self.dropped),
                place: None,
                related: vec![],
                suggestion: None,
            });
        }
        Err(errors)
    }
}

/// The diagnostic that was just reported, to be added to.
pub(crate) struct Report<'c, 'a> {
    context: &'c mut Context<'a>,
    level: Option<Level>,
}

impl Report<'_, '_> {
    fn last(&mut self) -> Option<&mut Diagnostic> {
        let list = match self.level? {
            Level::Error => &mut self.context.errors,
            Level::Warning => &mut self.context.warnings,
        };
        list.last_mut().map(|(_, diagnostic)| diagnostic)
    }

    /// Says what to write instead.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        if let Some(diagnostic) = self.last() {
            diagnostic.suggestion = Some(text.into());
        }
        self
    }

    /// Says what was probably meant, if anything comes close.
    pub(crate) fn did_you_mean(self, meant: Option<&str>) -> Self {
        match meant {
            Some(meant) => self.help(format!("did you mean `{meant}`?")),
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

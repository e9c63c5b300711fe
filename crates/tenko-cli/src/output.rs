//! Writes results to standard output and everything else to standard error.

use std::io::{IsTerminal, Write};

use serde_json::Value;

use crate::args::{Color, Format, Output};
use crate::failure::Failure;

/// Where and how to write.
pub(crate) struct Out {
    pub(crate) format: Format,
    pub(crate) verbose: bool,
    pub(crate) quiet: bool,
    pub(crate) color: bool,
    pub(crate) width: usize,
}

impl Out {
    pub(crate) fn new(args: &Output) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let color = match args.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
            }
        };
        // What goes into a file or a pipe is read at 80 columns, whatever the terminal's width.
        let width = if terminal { terminal_width().clamp(60, 160) } else { 80 };
        Self { format: args.format, verbose: args.verbose, quiet: args.quiet, color, width }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Text on standard output.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        write_all(text.as_bytes())
    }

    /// A JSON document on standard output.
    pub(crate) fn json(&self, value: &Value) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::new("failed to write JSON").because(error))?;
        text.push('\n');
        write_all(text.as_bytes())
    }

    /// A line on standard error, unless --quiet.
    pub(crate) fn note(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// An error on standard error.
    pub(crate) fn error(&self, failure: &Failure) {
        let _ = writeln!(std::io::stderr(), "{failure}");
    }
}

/// Words in lines of at most `width` columns, all of them indented.
pub(crate) fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let indent = " ".repeat(indent);
    let mut out = String::new();
    let mut line = String::new();
    for word in tenko::report::visible(text).split(' ') {
        if !line.is_empty()
            && indent.len() + line.chars().count() + 1 + word.chars().count() > width
        {
            out.push_str(&format!("{indent}{line}\n"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(&format!("{indent}{line}\n"));
    out
}

fn write_all(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // `tenko ... | head` is not an error.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new("failed to write to standard output").because(error))
        }
        _ => Ok(()),
    }
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| width.0.into())
}

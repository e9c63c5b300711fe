//! Words for what went wrong.

use std::error::Error;
use std::io;

use tenko_core::{Arg, Message, msg};

/// The longest text that somebody else wrote and that is quoted.
const MAX_QUOTED: usize = 300;

/// An error with its causes, each said once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let part = source.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        next = source.source();
    }
    quoted(&text)
}

/// A text of somebody else's, cut where it is too long.
pub(crate) fn quoted(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(MAX_QUOTED) {
        Some((at, _)) => format!("{}...", clean.get(..at).unwrap_or_default()),
        None => clean,
    }
}

/// What somebody else said, in their words.
pub(crate) fn told(text: impl Into<Arg>) -> Message {
    msg!("as-it-is", text = text)
}

/// Why a file or folder could not be read.
pub(crate) fn of_io(error: &io::Error) -> Message {
    match error.kind() {
        io::ErrorKind::NotFound => msg!("code-file-missing"),
        io::ErrorKind::PermissionDenied => msg!("code-file-denied"),
        _ => msg!("code-file-error", error = Arg::text(error)),
    }
}

/// A document that is larger than what is read.
pub(crate) fn too_large(max: u64) -> Message {
    msg!("code-too-many-bytes", bytes = max)
}

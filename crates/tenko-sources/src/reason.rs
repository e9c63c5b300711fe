//! Words for what went wrong.

use std::error::Error;
use std::io;

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

/// Why a file or folder could not be read.
pub(crate) fn of_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file or folder (a path in a manifest is relative to its folder)"
                .to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not read it: permission denied".to_owned()
        }
        _ => format!("it cannot be read: {error}"),
    }
}

/// A document that is larger than what is read.
pub(crate) fn too_large(max: u64) -> String {
    format!("it is larger than {} bytes, the most that is read", max)
}

//! From bytes to a document: decompressed, its beginning looked at, and its outermost level parsed.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use tenko_core::msg;

use super::error::{MAX_BYTES, StateError};

/// The document's text, decompressed where it was compressed.
pub(crate) fn plain(bytes: &[u8]) -> Result<Cow<'_, [u8]>, StateError> {
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        Cow::Owned(decompress(bytes)?)
    } else if bytes.len() > MAX_BYTES {
        return Err(StateError::TooLarge);
    } else {
        Cow::Borrowed(bytes)
    };
    match bytes.iter().position(|byte| !byte.is_ascii_whitespace()) {
        None => Err(StateError::Empty),
        Some(_) if bytes.starts_with(&[0xef, 0xbb, 0xbf]) => Ok(without_mark(bytes)),
        Some(at) => match bytes.get(at..).unwrap_or_default() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                Err(StateError::Binary { what: msg!("code-binary-utf16"), byte: at })
            }
            [0x1f, 0x8b, ..] => {
                Err(StateError::Binary { what: msg!("code-binary-gzip"), byte: at })
            }
            [byte, ..] if !byte.is_ascii_graphic() => {
                Err(StateError::Binary { what: msg!("code-binary-other"), byte: at })
            }
            _ => Ok(bytes),
        },
    }
}

/// As [`plain`], of bytes that nobody else needs.
pub(crate) fn plain_of(mut bytes: Vec<u8>) -> Result<Vec<u8>, StateError> {
    let mark = match plain(&bytes)? {
        Cow::Owned(decompressed) => return Ok(decompressed),
        Cow::Borrowed(text) => bytes.len() - text.len(),
    };
    bytes.drain(..mark);
    Ok(bytes)
}

/// The document as JSON.
pub(crate) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, StateError> {
    serde_json::from_slice(bytes).map_err(|error| json_error(bytes, &error))
}

fn json_error(bytes: &[u8], error: &serde_json::Error) -> StateError {
    if error.is_eof() {
        return StateError::Truncated { byte: bytes.len(), line: error.line() };
    }
    StateError::Json { line: error.line(), column: error.column(), reason: reason(error) }
}

/// What is wrong, without the place and without the value that was found: that may be a secret.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let at = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&at).unwrap_or(&text);
    if !error.is_data() {
        return match text {
            "recursion limit exceeded" => "it is nested too deeply".to_owned(),
            other => other.to_owned(),
        };
    }
    match text.rsplit_once(", expected ") {
        Some((_, expected)) => format!("here must be {expected}, and is something else"),
        // Names of members are ours; anything else could hold what was found.
        None if text.starts_with("duplicate field ") || text.starts_with("missing field ") => {
            text.to_owned()
        }
        None => "it does not have the form of a state".to_owned(),
    }
}

fn without_mark(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(3..).unwrap_or_default()),
        Cow::Owned(mut bytes) => {
            bytes.drain(..3);
            Cow::Owned(bytes)
        }
    }
}

/// Never more than [`MAX_BYTES`], however small the input is.
fn decompress(bytes: &[u8]) -> Result<Vec<u8>, StateError> {
    // The last four bytes of gzip are its size, which may be a lie: a hint, and a bounded one.
    let hint = bytes
        .last_chunk::<4>()
        .map_or(0, |size| u32::from_le_bytes(*size) as usize)
        .min(bytes.len().saturating_mul(32))
        .min(MAX_BYTES);
    let mut out = Vec::with_capacity(hint.saturating_add(1));
    let read = MultiGzDecoder::new(bytes).take(MAX_BYTES as u64 + 1).read_to_end(&mut out);
    if let Err(error) = read {
        return Err(StateError::Gzip { byte: out.len(), reason: error.to_string() });
    }
    if out.len() > MAX_BYTES { Err(StateError::TooLarge) } else { Ok(out) }
}

//! Appends to a suppressions file, and keeps all that people wrote in it.

mod find;
mod render;

use jiff::civil::Date;
use tenko_core::{Catalog, Suppresses, Suppression};
use thiserror::Error;

use crate::diagnostic::{ManifestErrors, Place};
use crate::manifest::ManifestFile;
use crate::suppressions::{Suppressions, suppressions};
use render::Form;

/// A suppression to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSuppression {
    /// What it is for.
    pub of: Suppresses,
    /// Why.
    pub reason: String,
    /// Who decided it.
    pub owner: Option<String>,
    /// The day on which it was decided, in UTC.
    pub created: Option<Date>,
    /// The last day on which it has an effect, in UTC.
    pub expires: Date,
    /// The ticket that goes with it.
    pub ticket: Option<String>,
    /// The digest of the evidence that was decided on, in hexadecimal.
    pub evidence: Option<String>,
    /// What it was, for whoever reads the file.
    pub note: Option<String>,
}

/// Why nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The file is no suppressions file.
    #[error("{0}")]
    File(ManifestErrors),
    /// It has an entry for the same already.
    #[error("{of} is suppressed already, at {place}")]
    Known {
        /// What the entry is for.
        of: String,
        /// Where it stands.
        place: Box<Place>,
    },
    /// Two of the new entries are for the same.
    #[error("{of} is to be suppressed twice")]
    Twice {
        /// What they are for.
        of: String,
    },
    /// A new entry cannot be: no reason, an end before the beginning. The places are those of a file
    /// that has only the new entries.
    #[error("{0}")]
    Entry(ManifestErrors),
    /// The file is written in a way that nothing can be appended to without touching the rest.
    #[error(
        "the file is written in a way that tenko does not append to: a list with one entry in each \
         `- ` can be appended to"
    )]
    Unfit,
}

/// The text of this file with the entries appended. Comments and everything else stay byte for byte
/// as they are, but for the brackets of an empty list. A text without content becomes a new file.
/// What comes out was read back: it says what the file said, and the new entries.
///
/// # Errors
/// [`AppendError`] when nothing can be appended; the file is then as it was.
pub fn append(
    file: &ManifestFile<'_>,
    catalog: &Catalog,
    entries: &[NewSuppression],
) -> Result<String, AppendError> {
    let form = Form::of(file.name);
    let read = |text: &str| {
        suppressions(&ManifestFile { name: file.name, bytes: text.as_bytes() }, catalog)
    };
    for (at, entry) in entries.iter().enumerate() {
        if entries.iter().take(at).any(|earlier| earlier.of == entry.of) {
            return Err(AppendError::Twice { of: entry.of.to_string() });
        }
    }
    let fresh = render::file(form, entries);
    let alone = read(&fresh).map_err(AppendError::Entry)?;
    let mut wanted: Vec<_> = alone.entries.into_iter().map(|entry| entry.suppression).collect();
    if is_blank(file.bytes) {
        let text = String::from_utf8_lossy(file.bytes);
        let head = text.trim_start_matches('\u{feff}').trim();
        return Ok(if head.is_empty() { fresh } else { format!("{}\n{fresh}", text.trim_end()) });
    }
    let before = suppressions(file, catalog).map_err(AppendError::File)?;
    for entry in entries {
        if let Some(known) = before.entries.iter().find(|e| e.suppression.of == entry.of) {
            let place = Box::new(known.place.clone());
            return Err(AppendError::Known { of: entry.of.to_string(), place });
        }
    }
    // It was read, so it is UTF-8.
    let text = std::str::from_utf8(file.bytes).map_err(|_| AppendError::Unfit)?;
    if entries.is_empty() {
        return Ok(text.to_owned());
    }
    let mut all: Vec<_> = before.entries.into_iter().map(|entry| entry.suppression).collect();
    all.append(&mut wanted);
    let fits = |text: &String| read(text).is_ok_and(|after| same(&after, &all));
    find::candidates(form, text, entries).into_iter().find(fits).ok_or(AppendError::Unfit)
}

/// Whether there is nothing in it but comments.
fn is_blank(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let text = text.trim_start_matches('\u{feff}');
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

fn same(read: &Suppressions, wanted: &[Suppression]) -> bool {
    let read = read.entries.iter().map(|entry| &entry.suppression);
    // Where an entry stands is another thing than what it says.
    let says = |read: &Suppression, wanted: &Suppression| {
        *read == Suppression { source: read.source.clone(), ..wanted.clone() }
    };
    read.len() == wanted.len() && read.zip(wanted).all(|(read, wanted)| says(read, wanted))
}

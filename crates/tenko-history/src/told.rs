//! Notes of who was told of which run.

use bytes::Bytes;
use tenko_core::Digest;

use crate::RunHistory;
use crate::error::HistoryError;
use crate::store::Refusal;

/// A note holds no more than this; it says nothing.
const MAX_NOTE: u64 = 1 << 10;

impl RunHistory {
    /// Whether somebody was told of a run. `whom` may be a secret: only its digest is kept.
    ///
    /// # Errors
    /// [`HistoryError`] when nobody can say: the place cannot be read.
    pub async fn was_told(&self, run: &str, whom: &str) -> Result<bool, HistoryError> {
        let name = note(run, whom);
        match self.store.read(&name, MAX_NOTE).await {
            Ok(_) | Err(Refusal::TooLarge(_)) => Ok(true),
            Err(Refusal::NotFound) => Ok(false),
            Err(refusal) => Err(self.store.error("read", &name, refusal)),
        }
    }

    /// Notes that somebody was told of a run.
    ///
    /// # Errors
    /// [`HistoryError`] when the note cannot be written.
    pub async fn note_told(&self, run: &str, whom: &str) -> Result<(), HistoryError> {
        let name = note(run, whom);
        match self.store.create(&name, Bytes::from_static(b"told\n")).await {
            Ok(()) | Err(Refusal::Exists) => Ok(()),
            Err(refusal) => Err(self.store.error("write", &name, refusal)),
        }
    }
}

fn note(run: &str, whom: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let run: String = run.chars().map(plain).take(100).collect();
    format!("told/{run}-{}", Digest::of(whom.as_bytes()))
}

//! What was seen on the wire, in the order in which it came.

use std::sync::{Mutex, PoisonError};

/// Requests that were seen.
pub(crate) struct Log<S>(Mutex<Vec<S>>);

impl<S> Default for Log<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Clone> Log<S> {
    /// Adds a request and tells its place, for what becomes of it later on.
    pub(crate) fn push(&self, seen: S) -> usize {
        let mut all = self.lock();
        all.push(seen);
        all.len() - 1
    }

    /// Adds to what was seen. The log may have been emptied in between.
    pub(crate) fn answered(&self, place: usize, note: impl FnOnce(&mut S)) {
        if let Some(seen) = self.lock().get_mut(place) {
            note(seen);
        }
    }

    pub(crate) fn all(&self) -> Vec<S> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What was seen on the wire.

use std::sync::{Mutex, PoisonError};

/// A request that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Account that signed it, where known.
    pub account: Option<String>,
    /// Access key id that signed it.
    pub key: Option<String>,
    /// Region that it was signed for.
    pub region: Option<String>,
    /// `ec2`
    pub service: String,
    /// `DescribeVolumes`; method and path where no operation is known for them.
    pub operation: String,
    /// Number of the page that it asks for; a proxy counts 1 for the first
    /// and 2 for every later one.
    pub page: u32,
    /// Whether it was signed.
    pub signed: bool,
    /// HTTP status of the answer, `None` where there was none (yet).
    pub status: Option<u16>,
}

impl Seen {
    /// `ec2:DescribeVolumes`
    pub fn id(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

/// Requests in the order in which they came.
#[derive(Default)]
pub(super) struct Log(Mutex<Vec<Seen>>);

impl Log {
    /// Adds a request and tells its place, for its status later on.
    pub(super) fn push(&self, seen: Seen) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(seen);
        all.len() - 1
    }

    pub(super) fn answered(&self, place: usize, status: u16) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The log may have been emptied in between.
        if let Some(seen) = all.get_mut(place) {
            seen.status = Some(status);
        }
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

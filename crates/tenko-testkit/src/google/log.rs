//! What was seen on the wire.

use std::sync::{Mutex, PoisonError};

/// A request that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// `GET`
    pub method: String,
    /// Path with the query, as sent.
    pub path: String,
    /// `compute`; empty where the path is of no method.
    pub service: String,
    /// `instances.aggregatedList`; empty where the path is of no method.
    pub operation: String,
    /// Id of the project that is asked, where it exists.
    pub project: Option<String>,
    /// Principal that the token belongs to.
    pub principal: Option<String>,
    /// OAuth scopes of the token, sorted; empty where it has no limits.
    pub scopes: Vec<String>,
    /// `x-goog-user-project`: the project that the call is to be charged to.
    pub quota_project: Option<String>,
    /// The page that is asked for, from 1.
    pub page: usize,
    /// HTTP status of the answer, `None` where there was none (yet).
    pub status: Option<u16>,
    /// gRPC status of the answer, where it is one of gRPC.
    pub grpc_status: Option<i32>,
}

impl Seen {
    /// `compute.instances.aggregatedList`
    pub fn id(&self) -> String {
        format!("{}.{}", self.service, self.operation)
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

    pub(super) fn answered(&self, place: usize, status: u16, grpc: Option<i32>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The log may have been emptied in between.
        if let Some(seen) = all.get_mut(place) {
            seen.status = Some(status);
            seen.grpc_status = grpc;
        }
    }

    pub(super) fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

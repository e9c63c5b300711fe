//! What was seen on the wire.

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
    /// `x-goog-request-reason`: what the call is for, as the audit log is to show it.
    pub reason: Option<String>,
    /// The page that is asked for, from 1.
    pub page: usize,
    /// Whether it would have changed something.
    pub is_write: bool,
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

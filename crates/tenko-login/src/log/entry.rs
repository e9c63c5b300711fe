//! What one line of the log says.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that happened: a session was issued, refused, handed on, ... No secrets: who, where, as whom, and on what
/// proof, in words.
///
/// Fields that a newer version wrote are left out here; the chain covers them all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it happened.
    pub time: Timestamp,
    /// What: `session`, `refused`, ...
    pub event: String,
    /// The person or machine that asked, as the cloud is told too.
    pub who: String,
    /// The tenant's key.
    pub tenant: String,
    /// The environment's key.
    pub environment: String,
    /// Account or project: `aws:111111111111`.
    pub scope: String,
    /// The environment's stage.
    pub stage: String,
    /// The session's ARN or e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// Which data it may read.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub levels: BTreeSet<String>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// How it was proven to be read-only, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Digest of the session policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What it was used for: `exec`, `console`, ... Never a command line: those hold secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the session ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

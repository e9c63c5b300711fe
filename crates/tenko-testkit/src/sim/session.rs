//! A session as it was handed out, with all that came with the request for it.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Which request a session came of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionKind {
    /// `AssumeRole`
    Role,
    /// `AssumeRoleWithWebIdentity`
    WebIdentity,
    /// `GetRoleCredentials` of IAM Identity Center.
    IdentityCenter,
    /// `GetSessionToken`: a user's own rights for a while.
    Token,
}

/// A session that was handed out.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The session's access key id.
    pub key: String,
    /// The session's secret access key.
    pub secret: String,
    /// The session's token.
    pub token: String,
    /// Which request it came of.
    pub kind: SessionKind,
    /// The account of the role.
    pub account: String,
    /// The role, with its path; empty where there is none.
    pub role: String,
    /// `arn:aws:iam::…:role/…`; empty where there is none.
    pub role_arn: String,
    /// The session's name.
    pub session_name: String,
    /// The external id that came with the request.
    pub external_id: Option<String>,
    /// Its source identity: from the request, or from the session that asked.
    pub source_identity: Option<String>,
    /// The inline session policy that came with the request.
    pub policy: Option<String>,
    /// The managed session policies that came with the request.
    pub policy_arns: Vec<String>,
    /// Its tags: those of the request, and those that the session that asked passes on.
    pub tags: BTreeMap<String, String>,
    /// Keys of the tags that it passes on.
    pub transitive_tag_keys: Vec<String>,
    /// The device that was named.
    pub serial_number: Option<String>,
    /// The device's code that was given.
    pub token_code: Option<String>,
    /// The duration that was asked for, in seconds.
    pub duration: Option<i64>,
    /// How much of the room for policies and tags they take, in percent; 0 without any.
    pub packed_percent: u32,
    /// Whether a role's session asked for it.
    pub is_chained: bool,
    /// The account and principal that asked.
    pub assumed_by: (String, String),
    /// When it ends.
    pub expires: Timestamp,
    /// `arn:aws:sts::…:assumed-role/…`
    pub arn: String,
}

impl Session {
    /// Whether a session policy of either kind came with the request.
    pub fn is_limited(&self) -> bool {
        self.policy.is_some() || !self.policy_arns.is_empty()
    }
}

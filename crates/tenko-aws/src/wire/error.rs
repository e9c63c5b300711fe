//! Errors of a call to AWS, classified once, where they arise.
//!
//! Source of the wording that names the policy type: the IAM guide's page "Troubleshoot access denied error messages".

use std::fmt;

use super::classify::TOKEN_NOT_KNOWN;
use super::endpoint::enabled_by_default;

/// The kind of policy that denied a call, as far as the message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DeniedBy {
    /// An identity-based policy denies the action or none allows it.
    IdentityPolicy,
    /// An organization's service control policy.
    ServiceControlPolicy,
    /// An organization's resource control policy.
    ResourceControlPolicy,
    /// A resource-based policy (also a role's trust policy).
    ResourcePolicy,
    /// The principal's permissions boundary.
    PermissionsBoundary,
    /// The policy that was given to the session.
    SessionPolicy,
    /// The policy of a VPC endpoint on the way.
    VpcEndpointPolicy,
    /// The message doesn't say.
    Unknown,
}

impl DeniedBy {
    /// Reads the policy type from the message of a denial.
    ///
    /// Only the part after the last "because no" or "explicit deny in" counts: what stands before holds names that
    /// users chose.
    pub fn from_message(message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let tail = ["because no ", "explicit deny in "]
            .iter()
            .filter_map(|marker| message.rfind(marker).map(|at| at + marker.len()))
            .max()
            .and_then(|at| message.get(at..))
            .unwrap_or_default();
        let tail = tail.trim_start_matches("a ").trim_start_matches("an ");
        const KINDS: [(&str, DeniedBy); 8] = [
            ("identity-based polic", DeniedBy::IdentityPolicy),
            ("service control polic", DeniedBy::ServiceControlPolicy),
            ("resource control polic", DeniedBy::ResourceControlPolicy),
            ("resource-based polic", DeniedBy::ResourcePolicy),
            ("role trust polic", DeniedBy::ResourcePolicy),
            ("permissions boundary", DeniedBy::PermissionsBoundary),
            ("session polic", DeniedBy::SessionPolicy),
            ("vpc endpoint polic", DeniedBy::VpcEndpointPolicy),
        ];
        KINDS
            .iter()
            .find(|(prefix, _)| tail.starts_with(prefix))
            .map_or(DeniedBy::Unknown, |(_, by)| *by)
    }
}

impl fmt::Display for DeniedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DeniedBy::IdentityPolicy => "identity policy",
            DeniedBy::ServiceControlPolicy => "service control policy",
            DeniedBy::ResourceControlPolicy => "resource control policy",
            DeniedBy::ResourcePolicy => "resource policy",
            DeniedBy::PermissionsBoundary => "permissions boundary",
            DeniedBy::SessionPolicy => "session policy",
            DeniedBy::VpcEndpointPolicy => "VPC endpoint policy",
            DeniedBy::Unknown => "unnamed policy",
        })
    }
}

/// What an error means for the coverage of whatever was being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The call is not permitted.
    Denied(DeniedBy),
    /// Too many calls, after all retries.
    Throttled,
    /// Time-out, no connection, or 5xx, after all retries.
    Unreachable,
    /// The credentials are good elsewhere, but the account hasn't enabled this opt-in region.
    RegionDisabled,
    /// The account hasn't signed up for, or hasn't turned on, the service.
    ServiceNotEnabled,
    /// The account is blocked, closed or not yet verified.
    AccountSuspended,
    /// The thing asked for does not exist (or not any more).
    NotFound,
    /// The service, or this region's version of it, does not know the operation.
    Unsupported,
    /// The session has run out; with fresh credentials the call may work.
    Expired,
    /// The credentials themselves are not accepted. See [`CallError::in_region`].
    CredentialsRejected,
    /// The response was truncated, not parseable, or contradicts itself. Nothing of it is used.
    InvalidResponse,
    /// Our own guard did not let the call out, because it isn't on the list of read operations.
    Refused,
    /// Anything else: mostly a request that the service finds wrong.
    Other,
}

impl ErrorClass {
    /// Whether the same call may work later without anybody changing anything.
    pub fn is_retryable(self) -> bool {
        matches!(self, ErrorClass::Throttled | ErrorClass::Unreachable)
    }

    /// Whether every further call with the same credentials in the same region will fail as well.
    pub fn is_fatal_for_session(self) -> bool {
        matches!(
            self,
            ErrorClass::Expired
                | ErrorClass::CredentialsRejected
                | ErrorClass::RegionDisabled
                | ErrorClass::AccountSuspended
        )
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorClass::Denied(by) => write!(f, "denied by {by}"),
            ErrorClass::Throttled => f.write_str("throttled"),
            ErrorClass::Unreachable => f.write_str("unreachable"),
            ErrorClass::RegionDisabled => f.write_str("region disabled"),
            ErrorClass::ServiceNotEnabled => f.write_str("service not enabled"),
            ErrorClass::AccountSuspended => f.write_str("account suspended"),
            ErrorClass::NotFound => f.write_str("not found"),
            ErrorClass::Unsupported => f.write_str("unsupported"),
            ErrorClass::Expired => f.write_str("credentials expired"),
            ErrorClass::CredentialsRejected => f.write_str("credentials rejected"),
            ErrorClass::InvalidResponse => f.write_str("invalid response"),
            ErrorClass::Refused => f.write_str("refused by the read-only guard"),
            ErrorClass::Other => f.write_str("failed"),
        }
    }
}

/// One call to AWS that did not work, after all retries.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{service}:{operation} {class}{}{}", code.as_deref().map(|c| format!(" ({c})")).unwrap_or_default(),
    message.as_deref().map(|m| format!(": {m}")).unwrap_or_default())]
#[non_exhaustive]
pub struct CallError {
    /// What it means.
    pub class: ErrorClass,
    /// The service, such as `iam`.
    pub service: String,
    /// The operation, such as `ListRoles`.
    pub operation: String,
    /// The service's error code, without namespace.
    pub code: Option<String>,
    /// The service's message, at most [`MAX_MESSAGE`] bytes of it.
    pub message: Option<Box<str>>,
    /// The id AWS support asks for.
    pub request_id: Option<Box<str>>,
    /// The HTTP status, when there was a response.
    pub status: Option<u16>,
    /// How many requests were made for this call; 0 when none left the process or when it isn't known.
    pub attempts: u32,
}

/// Messages are cut here: EC2 appends kilobytes of encoded authorization details.
pub const MAX_MESSAGE: usize = 600;

impl CallError {
    /// An error without a response, of the given class.
    pub fn new(
        class: ErrorClass,
        service: &str,
        operation: &str,
        message: impl Into<String>,
    ) -> Self {
        CallError {
            class,
            service: service.to_owned(),
            operation: operation.to_owned(),
            code: None,
            message: Some(cut(message.into()).into()),
            request_id: None,
            status: None,
            attempts: 0,
        }
    }

    /// Says in which region the call was made, for credentials that are known to be good.
    ///
    /// In a region that the account hasn't opted in to, AWS answers as if the credentials were wrong. The same codes
    /// in a region that every account has mean what they say. Call this only once the credentials have worked
    /// elsewhere (they have: the identity is asserted after every role is assumed).
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        let ambiguous = self
            .code
            .as_deref()
            .is_some_and(|code| TOKEN_NOT_KNOWN.contains(&code) || code == "OptInRequired");
        if ambiguous && !enabled_by_default(region) {
            self.class = ErrorClass::RegionDisabled;
        }
        self
    }
}

pub(crate) fn cut(mut message: String) -> String {
    if message.len() > MAX_MESSAGE {
        let mut end = MAX_MESSAGE;
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        message.truncate(end);
        message.push('…');
    }
    message
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;

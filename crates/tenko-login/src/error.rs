//! Why a login is not given, and what to do about it.

use std::collections::BTreeSet;

use tenko_aws::wire::{CallError, DeniedBy, ErrorClass};
use tenko_core::DataLevel;
use thiserror::Error;

use crate::aws::sso::{ProfileError, SsoError};
use crate::aws::{MfaError, WebIdentityError};
use crate::google::GoogleError;
use crate::log::LogError;
use crate::policy::PolicyTooLarge;
use crate::proof::Proof;

/// Why a login is not given. Nothing is left behind then, but for a line in the access log where a session was had and
/// found wanting.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoginError {
    /// There is nothing to begin with: neither keys nor a profile nor a machine's role.
    #[error("no AWS credentials to start with: {reason}")]
    NoCredentials {
        /// What was tried.
        reason: String,
    },
    /// What tenko was started with has run out.
    #[error("the AWS credentials that tenko was started with have expired: {reason}")]
    SourceExpired {
        /// What AWS said.
        reason: String,
    },
    /// The clock here differs from AWS's.
    #[error("AWS refuses the signature because of the time: {reason}")]
    ClockSkew {
        /// What AWS said.
        reason: String,
    },
    /// STS does not let the caller assume the role. AWS answers the same for a role that does not exist.
    #[error("{caller} may not assume {role}{}: {reason}", external_id.as_ref().map(|id| format!(" with the external id `{id}`")).unwrap_or_default())]
    Denied {
        /// As whom it was asked.
        caller: String,
        /// The role's ARN.
        role: String,
        /// The external id that was sent.
        external_id: Option<String>,
        /// Which policy refuses, as far as AWS says.
        by: DeniedBy,
        /// What AWS said.
        reason: String,
    },
    /// The role's trust policy allows to assume it, but not to name who stands behind the session.
    #[error("{role} does not let {caller} say who it is ({action}): {reason}")]
    NoAttribution {
        /// As whom it was asked.
        caller: String,
        /// The role's ARN.
        role: String,
        /// `sts:SetSourceIdentity` or `sts:TagSession`.
        action: &'static str,
        /// What AWS said.
        reason: String,
    },
    /// The policy of the session does not fit AWS's limit, together with its tags.
    #[error("AWS finds the session policy too large: {reason}")]
    PolicyTooLarge {
        /// What AWS said.
        reason: String,
    },
    /// The same, found before anything was sent.
    #[error(transparent)]
    PolicyDoesNotFit(#[from] PolicyTooLarge),
    /// The role does not allow sessions this long.
    #[error("{role} does not allow a session of {seconds} s: {reason}")]
    TooLong {
        /// The role's ARN.
        role: String,
        /// What was asked for.
        seconds: u32,
        /// What AWS said, or why it would not work.
        reason: String,
    },
    /// A role that another role's session assumes cannot have a session this long.
    #[error(
        "a session of {seconds} s cannot be had: it would come from a session of {through}, and AWS gives such ones an hour at most"
    )]
    Chained {
        /// What was asked for.
        seconds: u32,
        /// The role in between, or the session that tenko was started with.
        through: String,
    },
    /// The session is not where the declaration says.
    #[error("the session for {expected} is in account {actual} ({identity}): it is not used")]
    WrongAccount {
        /// The account that was asked for.
        expected: String,
        /// The account that answered.
        actual: String,
        /// Who answered.
        identity: String,
    },
    /// The session is of another role than was asked for.
    #[error("the session for {expected} is {identity}: it is not used")]
    WrongRole {
        /// The role that was asked for.
        expected: String,
        /// Who answered.
        identity: String,
    },
    /// The provider would permit a change.
    #[error("the session for {target} is not read-only: {proof}")]
    NotReadOnly {
        /// What was asked for.
        target: String,
        /// What was found.
        proof: Box<Proof>,
    },
    /// Whether changes are refused could not be learnt.
    #[error("the session for {target} could not be proven to be read-only: {proof}")]
    Unproven {
        /// What was asked for.
        target: String,
        /// What was found.
        proof: Box<Proof>,
    },
    /// The environment does not let people read this data.
    #[error("{target} does not declare `{level}` as data that people may read")]
    NotDeclared {
        /// What was asked for.
        target: String,
        /// The level.
        level: String,
        /// What it declares.
        declared: BTreeSet<DataLevel>,
    },
    /// Google Cloud has no levels.
    #[error("{target} is in Google Cloud, where sessions cannot be widened to data")]
    NoLevels {
        /// What was asked for.
        target: String,
    },
    /// Every login must name a ticket.
    #[error("the manifest asks for a ticket with every login")]
    NoTicket,
    /// A ticket that cannot be a session tag.
    #[error(
        "`{ticket}` cannot be a ticket: it has 1 to 256 letters, digits, spaces and `_.:/=+-@`"
    )]
    Ticket {
        /// What was given.
        ticket: String,
    },
    /// The configuration of AWS cannot be used.
    #[error("the AWS configuration cannot be used: {reason}")]
    Configuration {
        /// Why.
        reason: String,
    },
    /// Signing in at IAM Identity Center failed.
    #[error(transparent)]
    SignIn(#[from] SsoError),
    /// A profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A role asks for a code, and there was none.
    #[error(transparent)]
    Mfa(#[from] MfaError),
    /// The identity of a pipeline gave no session.
    #[error(transparent)]
    WebIdentity(#[from] WebIdentityError),
    /// The service account cannot be become, or may do more than look.
    #[error(transparent)]
    Google(Box<GoogleError>),
    /// STS or EC2 did not answer as it should.
    #[error("{0}")]
    Call(Box<CallError>),
    /// The access log cannot be written.
    #[error("the access log cannot be written, and no login is given that is not recorded")]
    Log(#[source] Box<LogError>),
}

impl LoginError {
    /// As whom it was asked, or who answered, as far as that is known.
    pub(crate) fn identity(&self) -> Option<&str> {
        match self {
            Self::Denied { caller, .. } | Self::NoAttribution { caller, .. } => Some(caller),
            Self::WrongAccount { identity, .. } | Self::WrongRole { identity, .. } => {
                Some(identity)
            }
            Self::NotReadOnly { proof, .. } | Self::Unproven { proof, .. } => Some(&proof.identity),
            _ => None,
        }
    }

    /// What to do, in one sentence.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoCredentials { .. } => {
                "sign in first: set AWS_PROFILE or --profile, or declare login.aws.profile or \
                 login.aws.identity_center in the manifest"
            }
            Self::SourceExpired { .. } => {
                "get new ones from where they came (a profile of IAM Identity Center signs in by \
                 itself at a terminal), and try again"
            }
            Self::ClockSkew { .. } => {
                "set this machine's clock: AWS accepts 5 minutes of difference"
            }
            Self::Denied { by: DeniedBy::IdentityPolicy, .. } => {
                "the caller itself lacks sts:AssumeRole on that role: `tenko bootstrap` prints \
                 what it needs"
            }
            Self::Denied { by: DeniedBy::SessionPolicy, .. } => {
                "the credentials that tenko was started with are a session that may begin no other \
                 one, as tenko's own are: leave it first"
            }
            Self::Denied { by: DeniedBy::ServiceControlPolicy, .. } => {
                "the organization's service control policies forbid it"
            }
            Self::Denied { external_id: None, .. } => {
                "either the role does not exist, or its trust policy does not name the caller, or \
                 it asks for an external id (login.aws.external_id): `tenko doctor` tells which, \
                 and `tenko bootstrap` makes the role"
            }
            Self::Denied { .. } => {
                "either the role does not exist, or its trust policy does not name the caller, or \
                 it asks for another external id: `tenko doctor` tells which, and `tenko \
                 bootstrap` makes the role"
            }
            Self::NoAttribution { .. } => {
                "allow sts:SetSourceIdentity and sts:TagSession beside sts:AssumeRole in its trust \
                 policy, as `tenko bootstrap` does; a session that has a source identity already \
                 cannot change it"
            }
            Self::PolicyTooLarge { .. } => {
                "ask for fewer levels of data at once, or leave the ticket out"
            }
            Self::PolicyDoesNotFit(_) => "ask for fewer levels of data at once",
            Self::Chained { .. } => {
                "leave --duration out: what needs longer gets a new session by itself"
            }
            Self::TooLong { .. } => {
                "leave --duration out, or raise the role's maximum session duration; a session \
                 that comes from another role's lives for an hour at most"
            }
            Self::WrongAccount { .. } | Self::WrongRole { .. } => {
                "check what answers under the endpoint that is set (AWS_ENDPOINT_URL), and the \
                 manifest's accounts"
            }
            Self::NotReadOnly { .. } => {
                "the session policy was not enforced: do not use this endpoint or role until it is \
                 known why"
            }
            Self::Unproven { .. } => {
                "`login: {unproven: allow}` in the manifest accepts sessions whose test failed, and \
                 says so at each"
            }
            Self::NotDeclared { declared, .. } if declared.is_empty() => {
                "add it to the environment: `login: {data: [...]}` in the manifest"
            }
            Self::NotDeclared { declared, .. } => {
                let all: Vec<_> = declared.iter().map(|level| level.as_str()).collect();
                return Some(format!(
                    "it declares {}; `login: {{data: [...]}}` of the environment adds one",
                    all.join(", ")
                ));
            }
            Self::NoLevels { .. } => "leave --with out",
            Self::NoTicket => {
                "name one: --ticket OPS-123, or TENKO_TICKET for commands that pass no options on"
            }
            Self::Ticket { .. } => return None,
            Self::Configuration { .. } => return None,
            Self::SignIn(error) => return Some(error.hint()),
            Self::Profile(error) => return Some(error.hint()),
            Self::Mfa(error) => return Some(error.hint()),
            Self::WebIdentity(error) => return Some(error.hint()),
            Self::Google(error) => return error.hint(),
            Self::Call(error) => return hint_of_call(error),
            Self::Log(_) => "TENKO_STATE_DIR chooses another folder for it",
        };
        Some(text.to_owned())
    }
}

fn hint_of_call(error: &CallError) -> Option<String> {
    let text = match error.class {
        ErrorClass::Unreachable => "check the network, HTTPS_PROXY and the region (AWS_REGION)",
        ErrorClass::Throttled => "wait a little and try again",
        ErrorClass::RegionDisabled => {
            "choose a region that the account has enabled: AWS_REGION or login.aws.region"
        }
        ErrorClass::AccountSuspended => "the account is suspended or closed",
        ErrorClass::CredentialsRejected => {
            "AWS does not know these keys: check where they come from (AWS_ACCESS_KEY_ID, the \
             profile), or sign in again"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

/// What an error of AWS means for whoever starts tenko.
pub(crate) fn of_call(error: CallError) -> LoginError {
    let reason = error.message.as_deref().unwrap_or("it gave no reason").to_owned();
    if is_skew(&error) {
        return LoginError::ClockSkew { reason };
    }
    match error.class {
        ErrorClass::Expired => LoginError::SourceExpired { reason },
        _ => LoginError::Call(Box::new(error)),
    }
}

/// AWS's words for a signature that is too old or too young. The code alone does not tell: a wrong secret has the same.
/// Source: "Troubleshoot Signature Version 4 signing" in the IAM guide.
fn is_skew(error: &CallError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    let message = error.message.as_deref().unwrap_or_default();
    matches!(code, "RequestTimeTooSkewed" | "RequestInTheFuture")
        || message.contains("Signature not yet current")
        || message.contains("Signature expired")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_says_is_told_apart() {
        let error = |class, code: &str, message: &str| {
            let mut error = CallError::new(class, "sts", "AssumeRole", message);
            error.code = Some(code.to_owned());
            of_call(error)
        };
        let skew = "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z";
        assert!(matches!(
            error(ErrorClass::CredentialsRejected, "SignatureDoesNotMatch", skew),
            LoginError::ClockSkew { .. }
        ));
        assert!(matches!(
            error(ErrorClass::CredentialsRejected, "SignatureDoesNotMatch", "wrong"),
            LoginError::Call(_)
        ));
        assert!(matches!(
            error(ErrorClass::Expired, "ExpiredToken", "gone"),
            LoginError::SourceExpired { .. }
        ));
    }
}

//! What a failed call means for coverage: the one place where an error of AWS becomes an
//! [`Outcome`] and a [`Problem`].

use tenko_core::{DeniedBy, Outcome, Problem};

use crate::wire;
use crate::wire::{CallError, ErrorClass};

/// The outcome of a unit whose listing failed before anything was read.
pub(crate) fn outcome_of(error: &CallError) -> Outcome {
    match error.class {
        ErrorClass::Denied(by) => Outcome::Denied { denied_by: denied_by(by) },
        ErrorClass::Throttled => Outcome::ThrottledOut,
        ErrorClass::RegionDisabled => Outcome::RegionDisabled,
        ErrorClass::ServiceNotEnabled => Outcome::ServiceNotEnabled,
        ErrorClass::AccountSuspended => Outcome::ScopeSuspended,
        // A session that cannot be renewed, or is not accepted, is no session.
        ErrorClass::Expired | ErrorClass::CredentialsRejected => {
            Outcome::Denied { denied_by: DeniedBy::Trust }
        }
        ErrorClass::Unsupported | ErrorClass::Refused => Outcome::Unsupported,
        // A listing has nothing that could be absent: "not found" is then no usable answer, as is
        // a request that the service finds wrong.
        _ => Outcome::Unreachable,
    }
}

/// The outcome of an account whose session could not be had. When STS does not name the policy it
/// is the role's own, or there is no such role: STS does not tell the two apart on purpose.
pub(crate) fn outcome_of_session(error: &CallError) -> Outcome {
    match error.class {
        ErrorClass::Denied(wire::DeniedBy::Unknown | wire::DeniedBy::ResourcePolicy)
        | ErrorClass::NotFound => Outcome::Denied { denied_by: DeniedBy::Trust },
        _ => outcome_of(error),
    }
}

fn denied_by(by: wire::DeniedBy) -> DeniedBy {
    match by {
        wire::DeniedBy::IdentityPolicy => DeniedBy::IdentityPolicy,
        wire::DeniedBy::ServiceControlPolicy | wire::DeniedBy::ResourceControlPolicy => {
            DeniedBy::Scp
        }
        wire::DeniedBy::ResourcePolicy => DeniedBy::ResourcePolicy,
        wire::DeniedBy::PermissionsBoundary => DeniedBy::PermissionsBoundary,
        wire::DeniedBy::SessionPolicy => DeniedBy::SessionPolicy,
        wire::DeniedBy::VpcEndpointPolicy => DeniedBy::VpcEndpointPolicy,
        _ => DeniedBy::Unknown,
    }
}

/// A failed call as data. `resource` is what it was about, where it was about one.
pub(crate) fn problem_of(error: &CallError, resource: Option<String>) -> Problem {
    Problem {
        operation: format!("{}:{}", error.service, error.operation),
        code: error.code.as_deref().unwrap_or(own_code(error.class)).to_owned(),
        message: error.message.as_deref().map_or_else(|| own_message(error), str::to_owned),
        request_id: error.request_id.as_deref().map(str::to_owned),
        resource,
    }
}

/// The message of an error that the service gave none for.
fn own_message(error: &CallError) -> String {
    match error.status {
        Some(status) => format!("{} (HTTP {status})", error.class),
        None => error.class.to_string(),
    }
}

/// The code of an error that the service gave none for.
fn own_code(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Denied(_) => "denied",
        ErrorClass::Throttled => "throttled",
        ErrorClass::Unreachable => "unreachable",
        ErrorClass::RegionDisabled => "region-disabled",
        ErrorClass::ServiceNotEnabled => "service-not-enabled",
        ErrorClass::AccountSuspended => "account-suspended",
        ErrorClass::NotFound => "not-found",
        ErrorClass::Unsupported => "unsupported",
        ErrorClass::Expired => "expired-credentials",
        ErrorClass::CredentialsRejected => "credentials-rejected",
        ErrorClass::InvalidResponse => "invalid-response",
        ErrorClass::Refused => "refused",
        _ => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(class: ErrorClass) -> CallError {
        CallError::new(class, "sts", "AssumeRole", "why")
    }

    #[test]
    fn no_class_of_error_looks_like_a_look() {
        let classes = [
            ErrorClass::Denied(wire::DeniedBy::Unknown),
            ErrorClass::Throttled,
            ErrorClass::Unreachable,
            ErrorClass::RegionDisabled,
            ErrorClass::ServiceNotEnabled,
            ErrorClass::AccountSuspended,
            ErrorClass::NotFound,
            ErrorClass::Unsupported,
            ErrorClass::Expired,
            ErrorClass::CredentialsRejected,
            ErrorClass::InvalidResponse,
            ErrorClass::Refused,
            ErrorClass::Other,
        ];
        for class in classes {
            let outcome = outcome_of(&error(class));
            assert!(!outcome.is_complete() && outcome != Outcome::Skipped, "{class}: {outcome}");
        }
    }

    #[test]
    fn a_session_denied_without_a_reason_is_a_matter_of_trust() {
        let by = |by| outcome_of_session(&error(ErrorClass::Denied(by)));
        assert_eq!(by(wire::DeniedBy::Unknown), Outcome::Denied { denied_by: DeniedBy::Trust });
        assert_eq!(
            by(wire::DeniedBy::ResourcePolicy),
            Outcome::Denied { denied_by: DeniedBy::Trust }
        );
        assert_eq!(
            by(wire::DeniedBy::ServiceControlPolicy),
            Outcome::Denied { denied_by: DeniedBy::Scp }
        );
        assert_eq!(
            outcome_of_session(&error(ErrorClass::Unreachable)),
            Outcome::Unreachable,
            "a network failure says nothing about the role"
        );
        assert_eq!(
            outcome_of(&error(ErrorClass::Denied(wire::DeniedBy::Unknown))),
            Outcome::Denied { denied_by: DeniedBy::Unknown }
        );
    }
}

//! What error codes mean. AWS has hundreds; these are the ones that say something about coverage.
//!
//! Sources: each service's public model, the "Common Errors" page of the API references, and the table of throttling
//! codes in `aws-runtime`.

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;

use super::error::{DeniedBy, ErrorClass};

/// Codes of "I don't know this token": wrong credentials, or good ones in a region that isn't enabled. The first is
/// what query services answer, the second JSON services, the third EC2, the fourth S3.
pub(crate) const TOKEN_NOT_KNOWN: [&str; 5] = [
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidToken",
];

/// What an error code, an HTTP status and a message mean together. The code decides where it is known, then the
/// status.
///
/// Codes are taken without namespace (`com.amazon…#`) and without EC2's old `Client.` prefix.
pub fn classify(code: Option<&str>, status: Option<u16>, message: Option<&str>) -> ErrorClass {
    let message = message.unwrap_or_default();
    if let Some(class) = code.and_then(|code| classify_code(code, message)) {
        return class;
    }
    match status {
        Some(429) => ErrorClass::Throttled,
        Some(501) => ErrorClass::Unsupported,
        Some(status) if status >= 500 => ErrorClass::Unreachable,
        Some(401 | 403) => ErrorClass::Denied(DeniedBy::from_message(message)),
        Some(404) => ErrorClass::NotFound,
        _ => ErrorClass::Other,
    }
}

fn classify_code(code: &str, message: &str) -> Option<ErrorClass> {
    let code =
        code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server.")).unwrap_or(code);
    if THROTTLING_ERRORS.contains(&code) {
        return Some(ErrorClass::Throttled);
    }
    if TOKEN_NOT_KNOWN.contains(&code) {
        return Some(ErrorClass::CredentialsRejected);
    }
    Some(match code {
        "Throttled" | "TooManyRequests" | "EC2ThrottledException" => ErrorClass::Throttled,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "NotAuthorized"
        | "NotAuthorizedException"
        | "UnauthorizedAccess"
        | "Unauthorized"
        | "Forbidden"
        | "ForbiddenException"
        | "AuthorizationException" => {
            // Macie and a few others answer a switched-off service with AccessDenied.
            let lower = message.to_ascii_lowercase();
            if lower.contains("is not enabled") || lower.contains("is not subscribed") {
                ErrorClass::ServiceNotEnabled
            } else {
                ErrorClass::Denied(DeniedBy::from_message(message))
            }
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            ErrorClass::Expired
        }
        "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestTimeTooSkewed"
        | "InvalidIdentityToken" => ErrorClass::CredentialsRejected,
        "SubscriptionRequiredException"
        | "SubscriptionRequired"
        | "OptInRequired"
        | "NotSignedUp"
        | "AWSOrganizationsNotInUseException"
        | "InvalidAccessException"
        | "AccountNotRegisteredException" => ErrorClass::ServiceNotEnabled,
        "Blocked"
        | "AccountProblem"
        | "AllAccessDisabled"
        | "PendingVerification"
        | "AccountSuspended" => ErrorClass::AccountSuspended,
        "UnknownOperationException"
        | "UnknownOperation"
        | "InvalidAction"
        | "UnsupportedOperation"
        | "UnsupportedOperationException"
        | "UnsupportedActionException"
        | "NotImplemented"
        | "NotImplementedException"
        | "TypeNotFoundException" => ErrorClass::Unsupported,
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServerException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "ServiceFailure"
        | "ServiceException"
        | "Unavailable"
        | "RequestTimeout"
        | "RequestTimeoutException"
        | "KMSInternalException"
        | "DependencyTimeoutException" => ErrorClass::Unreachable,
        _ if names_absence(code) => ErrorClass::NotFound,
        _ => return None,
    })
}

/// AWS has no one code for "does not exist", but a small grammar of them.
fn names_absence(code: &str) -> bool {
    let bare = code.trim_end_matches("Exception").trim_end_matches("Fault");
    code.starts_with("NoSuch")
        || bare.ends_with("NotFound")
        || bare.ends_with("NotFoundError")
        || bare.ends_with("DoesNotExist")
        || bare.ends_with("NonExistentQueue")
}

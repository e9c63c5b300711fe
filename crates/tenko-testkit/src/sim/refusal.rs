//! How each service says no: its own codes and AWS's words.

use super::account::ApiError;
use super::fault::{DeniedBy, FaultKind};
use super::tables::{Operation, Protocol, Service};

/// The principal and what it tried.
pub(super) struct Attempt<'a> {
    pub(super) arn: &'a str,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) partition: &'a str,
    /// The bucket or the role that the request names, if any.
    pub(super) resource: Option<&'a str>,
}

/// The action is not allowed.
pub(super) fn denied(op: &Operation, by: DeniedBy, attempt: &Attempt<'_>) -> ApiError {
    let service = op.service();
    let action = op.action();
    let Attempt { arn, account, region, partition, resource } = attempt;
    let on = match (service.id.as_str(), resource) {
        ("ec2", _) | ("s3", None) => String::new(),
        ("s3", Some(bucket)) => format!(" on resource: \"arn:{partition}:s3:::{bucket}\""),
        ("sts", Some(role)) => format!(" on resource: {role}"),
        ("organizations" | "account" | "iam", _) => " on resource: *".to_owned(),
        (id, _) => format!(" on resource: arn:{partition}:{id}:{region}:{account}:*"),
    };
    let message =
        format!("User: {arn} is not authorized to perform: {action}{on}{}", by.reason(action));
    match (service.protocol, by) {
        (Protocol::Ec2, DeniedBy::Unstated) => ApiError::new(
            "UnauthorizedOperation",
            403,
            "You are not authorized to perform this operation.",
        ),
        (Protocol::Ec2, _) => ApiError::new(
            "UnauthorizedOperation",
            403,
            format!("You are not authorized to perform this operation. {message}"),
        ),
        (Protocol::RestXml, DeniedBy::Unstated) => {
            ApiError::new("AccessDenied", 403, "Access Denied")
        }
        (Protocol::RestXml | Protocol::Query, _) => ApiError::new("AccessDenied", 403, message),
        (Protocol::Json, _) => ApiError::new("AccessDeniedException", 400, message),
        (Protocol::RestJson, _) => ApiError::new("AccessDeniedException", 403, message),
    }
}

/// What a fault answers, for those that answer with an error of the service.
pub(super) fn of_fault(op: &Operation, kind: FaultKind, attempt: &Attempt<'_>) -> Option<ApiError> {
    let service = op.service();
    match kind {
        FaultKind::Deny { by } => Some(denied(op, by, attempt)),
        FaultKind::Throttle => Some(throttled(service)),
        FaultKind::ServerError => Some(internal(service)),
        FaultKind::Unavailable => Some(unavailable(service)),
        FaultKind::ExpiredToken => Some(expired(service)),
        FaultKind::NotSubscribed => Some(not_subscribed(service)),
        _ => None,
    }
}

fn throttled(service: &Service) -> ApiError {
    let rate = "Rate exceeded";
    match (service.id.as_str(), service.protocol) {
        (_, Protocol::Ec2) => ApiError::new("RequestLimitExceeded", 503, "Request limit exceeded."),
        (_, Protocol::RestXml) => {
            ApiError::new("SlowDown", 503, "Please reduce your request rate.")
        }
        ("organizations", _) => ApiError::new(
            "TooManyRequestsException",
            400,
            "AWS Organizations can't complete your request because another request is already in progress. Try again later.",
        ),
        ("account" | "lambda", _) => ApiError::new("TooManyRequestsException", 429, rate),
        ("sns", _) => ApiError::new("Throttled", 429, rate),
        ("sqs", _) => ApiError::new("RequestThrottled", 400, rate),
        (_, Protocol::Query) => ApiError::new("Throttling", 400, rate),
        _ => ApiError::new("ThrottlingException", 400, rate),
    }
}

fn internal(service: &Service) -> ApiError {
    let message = "We encountered an internal error. Please try again.";
    let code = match service.protocol {
        Protocol::Ec2 | Protocol::RestXml => "InternalError",
        Protocol::Query => "InternalFailure",
        Protocol::Json if service.id == "organizations" => "ServiceException",
        Protocol::Json | Protocol::RestJson => "InternalServerError",
    };
    ApiError::new(code, 500, message)
}

fn unavailable(service: &Service) -> ApiError {
    let code = match service.protocol {
        Protocol::Ec2 => "Unavailable",
        Protocol::RestXml | Protocol::Query => "ServiceUnavailable",
        Protocol::Json | Protocol::RestJson => "ServiceUnavailableException",
    };
    ApiError::new(code, 503, "Service is unable to handle request.")
}

fn expired(service: &Service) -> ApiError {
    match service.protocol {
        Protocol::Ec2 => ApiError::new("RequestExpired", 400, "Request has expired."),
        Protocol::RestXml => ApiError::new("ExpiredToken", 400, "The provided token has expired."),
        Protocol::Query => ApiError::new(
            "ExpiredToken",
            403,
            "The security token included in the request is expired",
        ),
        Protocol::Json | Protocol::RestJson => ApiError::new(
            "ExpiredTokenException",
            if service.protocol == Protocol::Json { 400 } else { 403 },
            "The security token included in the request is expired",
        ),
    }
}

fn not_subscribed(service: &Service) -> ApiError {
    let message = "The AWS Access Key Id needs a subscription for the service";
    match service.protocol {
        Protocol::Ec2 => ApiError::new(
            "OptInRequired",
            401,
            "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
        ),
        Protocol::RestXml => ApiError::new(
            "NotSignedUp",
            403,
            "Your account is not signed up for the S3 service. You must sign up before you can use S3.",
        ),
        Protocol::Query => ApiError::new("OptInRequired", 403, message),
        Protocol::Json | Protocol::RestJson => {
            ApiError::new("SubscriptionRequiredException", 400, message)
        }
    }
}

/// The session is over.
pub(super) fn session_over(service: &Service) -> ApiError {
    expired(service)
}

/// The request is not signed.
pub(super) fn unsigned(service: &Service) -> ApiError {
    let code = match service.protocol {
        Protocol::Json | Protocol::RestJson => "MissingAuthenticationTokenException",
        _ => "MissingAuthenticationToken",
    };
    ApiError::new(code, 403, "Request is missing Authentication Token")
}

/// The key is unknown, or not valid in the region.
pub(super) fn unknown_key(service: &Service, session: bool) -> ApiError {
    let message = "The security token included in the request is invalid.";
    match service.protocol {
        Protocol::Ec2 => ApiError::new(
            "AuthFailure",
            401,
            "AWS was not able to validate the provided access credentials",
        ),
        Protocol::RestXml if session => {
            let message = "The provided token is malformed or otherwise invalid.";
            ApiError::new("InvalidToken", 400, message)
        }
        Protocol::RestXml => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            ApiError::new("InvalidAccessKeyId", 403, message)
        }
        Protocol::Query => ApiError::new("InvalidClientTokenId", 403, message),
        Protocol::Json => ApiError::new("UnrecognizedClientException", 400, message),
        Protocol::RestJson => ApiError::new("UnrecognizedClientException", 403, message),
    }
}

/// The signature is not good: its time or its scope.
pub(super) fn bad_signature(service: &Service, time: bool, message: &str) -> ApiError {
    match service.protocol {
        Protocol::Ec2 if time => ApiError::new("RequestExpired", 400, message),
        Protocol::Ec2 => ApiError::new("AuthFailure", 401, message),
        Protocol::RestXml if time => ApiError::new("RequestTimeTooSkewed", 403, message),
        Protocol::RestXml => ApiError::new("AuthorizationHeaderMalformed", 400, message),
        Protocol::Query => ApiError::new("SignatureDoesNotMatch", 403, message),
        Protocol::Json => ApiError::new("InvalidSignatureException", 400, message),
        Protocol::RestJson => ApiError::new("InvalidSignatureException", 403, message),
    }
}

/// The operation is not one that the simulation has.
pub(super) fn unknown_operation(service: &Service, operation: &str) -> ApiError {
    let code = match service.protocol {
        Protocol::Query | Protocol::Ec2 => "InvalidAction",
        Protocol::RestXml => "NotImplemented",
        Protocol::Json | Protocol::RestJson => "UnknownOperationException",
    };
    let message = format!("Could not find operation {operation} in the simulated {}", service.id);
    ApiError::new(code, 400, message)
}

/// An input is wrong.
pub(super) fn invalid_input(service: &Service, message: &str) -> ApiError {
    let code = match (service.id.as_str(), service.protocol) {
        (_, Protocol::Ec2) => "InvalidParameterValue",
        (_, Protocol::RestXml) => "InvalidArgument",
        ("organizations", _) => "InvalidInputException",
        ("ecs", _) => "InvalidParameterException",
        (_, Protocol::Query) => "ValidationError",
        _ => "ValidationException",
    };
    ApiError::new(code, 400, message)
}

/// An input is not there.
pub(super) fn missing_input(service: &Service, name: &str) -> ApiError {
    if service.protocol == Protocol::Ec2 {
        let message = format!("The request must contain the parameter {name}");
        return ApiError::new("MissingParameter", 400, message);
    }
    invalid_input(
        service,
        &format!("Value at '{name}' failed to satisfy constraint: Member must not be null"),
    )
}

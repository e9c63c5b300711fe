use super::*;
use crate::wire::classify::classify;

#[test]
fn a_denial_names_its_policy() {
    use DeniedBy as By;
    let start = "User: arn:aws:sts::1:assumed-role/session policy/x is not authorized to perform: iam:ListRoles";
    for (end, want) in [
        (" because no identity-based policy allows the iam:ListRoles action", By::IdentityPolicy),
        (
            " with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/x",
            By::IdentityPolicy,
        ),
        (" with an explicit deny in a service control policy", By::ServiceControlPolicy),
        (" because no service control policy allows the action", By::ServiceControlPolicy),
        (" with an explicit deny in a resource control policy", By::ResourceControlPolicy),
        (" because no resource-based policy allows the kms:DescribeKey action", By::ResourcePolicy),
        (" because no permissions boundary allows the action", By::PermissionsBoundary),
        (" with an explicit deny in a session policy", By::SessionPolicy),
        (" because no VPC endpoint policy allows the action", By::VpcEndpointPolicy),
        (" on resource: *", By::Unknown),
        ("", By::Unknown),
    ] {
        assert_eq!(DeniedBy::from_message(&format!("{start}{end}")), want, "{end}");
    }
}

#[test]
fn codes_are_classified() {
    use ErrorClass::*;
    let unknown = Denied(DeniedBy::Unknown);
    for (code, status, want) in [
        ("AccessDeniedException", 400, unknown),
        ("UnauthorizedOperation", 403, unknown),
        ("AuthorizationError", 403, unknown),
        ("Throttling", 400, Throttled),
        ("RequestLimitExceeded", 503, Throttled),
        ("TooManyRequestsException", 429, Throttled),
        ("SlowDown", 503, Throttled),
        ("ExpiredToken", 403, Expired),
        ("InvalidClientTokenId", 403, CredentialsRejected),
        ("UnrecognizedClientException", 400, CredentialsRejected),
        ("SignatureDoesNotMatch", 403, CredentialsRejected),
        ("SubscriptionRequiredException", 400, ServiceNotEnabled),
        ("OptInRequired", 403, ServiceNotEnabled),
        ("Blocked", 403, AccountSuspended),
        ("NoSuchEntity", 404, NotFound),
        ("ResourceNotFoundException", 400, NotFound),
        ("InvalidVpcID.NotFound", 400, NotFound),
        ("DBInstanceNotFoundFault", 404, NotFound),
        ("QueueDoesNotExist", 400, NotFound),
        ("AWS.SimpleQueueService.NonExistentQueue", 400, NotFound),
        ("UnknownOperationException", 404, Unsupported),
        ("InvalidAction", 400, Unsupported),
        ("InternalFailure", 500, Unreachable),
        ("ServiceUnavailable", 503, Unreachable),
        ("ValidationError", 400, Other),
        ("SomethingNew", 502, Unreachable),
    ] {
        assert_eq!(classify(Some(code), Some(status), None), want, "{code}");
    }
    for (status, want) in [
        (403, unknown),
        (404, NotFound),
        (429, Throttled),
        (500, Unreachable),
        (501, Unsupported),
        (400, Other),
    ] {
        assert_eq!(classify(None, Some(status), None), want, "{status}");
    }
    let message = Some("Macie is not enabled");
    assert_eq!(classify(Some("AccessDeniedException"), Some(403), message), ServiceNotEnabled);
}

#[test]
fn rejected_credentials_mean_a_disabled_region_only_where_regions_can_be_disabled() {
    let mut error = CallError::new(ErrorClass::CredentialsRejected, "iam", "X", "");
    error.code = Some("UnrecognizedClientException".to_owned());
    assert_eq!(error.clone().in_region("me-south-1").class, ErrorClass::RegionDisabled);
    assert_eq!(error.clone().in_region("eu-west-1").class, ErrorClass::CredentialsRejected);
    error.code = Some("SignatureDoesNotMatch".to_owned());
    assert_eq!(error.in_region("me-south-1").class, ErrorClass::CredentialsRejected);
}

#[test]
fn long_messages_are_cut_between_characters() {
    let error = CallError::new(ErrorClass::Other, "s", "O", "é".repeat(MAX_MESSAGE));
    assert!(error.message.is_some_and(|m| m.len() <= MAX_MESSAGE + '…'.len_utf8()));
}

#[test]
fn an_error_reads_like_a_sentence() {
    let mut error = CallError::new(
        ErrorClass::Denied(DeniedBy::ServiceControlPolicy),
        "iam",
        "ListRoles",
        "no",
    );
    error.code = Some("AccessDenied".to_owned());
    let want = "iam:ListRoles denied by service control policy (AccessDenied): no";
    assert_eq!(error.to_string(), want);
}

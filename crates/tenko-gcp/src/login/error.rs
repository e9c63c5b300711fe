//! Why there is no token, and why permissions could not be tested: each with the next step.

use std::time::Duration;

use jiff::SignedDuration;
use tenko_core::DeniedBy;
use thiserror::Error;

use crate::error::{CallError, ErrorClass};

/// The longest that a token may live without a policy of the organization. Source: the reference of
/// `generateAccessToken`, which names the constraint as well.
pub(super) const USUAL: Duration = Duration::from_secs(3600);
/// The longest of all.
pub(super) const LONGEST: Duration = Duration::from_secs(43_200);

const CONSTRAINT: &str = "constraints/iam.allowServiceAccountCredentialLifetimeExtension";
const ADC: &str = "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a \
                   credentials file";
/// A clock that is wrong by less does not matter to Google.
const SKEW: SignedDuration = SignedDuration::from_secs(240);

/// Why there is no token of a service account.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// A text that is no project's id.
    #[error("`{0}` is not a project id")]
    Project(String),
    /// The account to become, or one on the way to it, is none.
    #[error("`{0}` is no service account's e-mail address")]
    Principal(String),
    /// No token lives for so long, or for less than a second.
    #[error("a token may live for 1 second to 12 hours, not for {} seconds", .0.as_secs())]
    Duration(Duration),
    /// A reason that a header cannot hold, or that is too long.
    #[error(
        "`{0}` cannot be the reason of a login: it has 1 to 256 characters, and no control characters"
    )]
    Reason(String),
    /// There are no credentials to begin with, or Google Cloud does not take them any more.
    #[error("the Google Cloud credentials that a login begins with cannot be used: {message}")]
    Credentials {
        /// What was said of them.
        message: String,
    },
    /// This machine's clock is wrong: signatures and tokens seem to be of another time.
    #[error("this machine's clock is wrong{}: {message}", ahead_text(*.ahead))]
    Clock {
        /// How far it is ahead of Google's, where that is known.
        ahead: Option<SignedDuration>,
        /// What Google Cloud says.
        message: String,
    },
    /// The caller may not become the service account.
    #[error("{} may not become the service account {principal}: {message}", .caller.as_deref().unwrap_or("the caller"))]
    NotPermitted {
        /// As whom it was asked, where that is known.
        caller: Option<String>,
        /// The service account.
        principal: String,
        /// The service accounts on the way there.
        delegates: Vec<String>,
        /// The project that the login leads to.
        project: String,
        /// What Google Cloud says.
        message: String,
    },
    /// A perimeter of VPC Service Controls is in the way.
    #[error("a perimeter of VPC Service Controls keeps the login out: {message}")]
    Perimeter {
        /// What Google Cloud says.
        message: String,
    },
    /// The project that calls are charged to may not be charged by this caller.
    #[error("the caller may not use the project that calls are charged to: {message}")]
    QuotaProject {
        /// What Google Cloud says.
        message: String,
    },
    /// The service account is not there.
    #[error("the service account {principal} does not exist")]
    NoServiceAccount {
        /// Its e-mail address.
        principal: String,
    },
    /// The API is not enabled where the calls are charged to.
    #[error("the API {service}.googleapis.com is not enabled{}", in_text(.consumer.as_deref()))]
    ApiDisabled {
        /// The API.
        service: String,
        /// The project, as Google Cloud names it: `projects/123`.
        consumer: Option<String>,
    },
    /// The account's tokens may not live for so long.
    #[error("tokens of {principal} may not live for {} seconds: {message}", .asked.as_secs())]
    Lifetime {
        /// The service account.
        principal: String,
        /// What was asked for.
        asked: Duration,
        /// What Google Cloud says.
        message: String,
    },
    /// Too many calls, also after some waiting.
    #[error("Google Cloud takes no more calls now: {message}")]
    Throttled {
        /// What it says.
        message: String,
    },
    /// No answer.
    #[error("{service} cannot be reached: {message}")]
    Unreachable {
        /// The service.
        service: String,
        /// What happened.
        message: String,
    },
    /// An answer that is none of the method.
    #[error("{service} gave an answer that cannot be used: {message}")]
    Broken {
        /// The service.
        service: String,
        /// What is wrong with it.
        message: String,
    },
    /// Refused for another reason.
    #[error("{service} refuses the login ({code}): {message}")]
    Refused {
        /// The service.
        service: String,
        /// Google's reason.
        code: String,
        /// Google's own text.
        message: String,
    },
}

/// What was asked for, for the words of an error.
pub(super) struct Asked<'a> {
    pub(super) project: &'a str,
    pub(super) principal: &'a str,
    pub(super) delegates: &'a [String],
    pub(super) lifetime: Duration,
    pub(super) caller: Option<String>,
}

impl TokenError {
    pub(super) fn of(error: CallError, asked: Asked<'_>) -> Self {
        let service = error.operation.service.to_string();
        let CallError { class, code, message, consumer, clock, .. } = error;
        let clock = clock.map(|seconds| SignedDuration::from_secs(seconds.get().into()));
        // The words of Google's token endpoint for a signature of another time.
        let other_time =
            message.contains("reasonable timeframe") || message.contains("iat and exp");
        match class {
            ErrorClass::TokenRefused | ErrorClass::Denied(DeniedBy::Trust)
                if other_time || clock.is_some_and(|ahead| ahead.abs() > SKEW) =>
            {
                Self::Clock { ahead: clock, message }
            }
            ErrorClass::TokenRefused
            | ErrorClass::Denied(DeniedBy::Trust | DeniedBy::SessionPolicy) => {
                Self::Credentials { message }
            }
            ErrorClass::Denied(DeniedBy::ServicePerimeter) => Self::Perimeter { message },
            ErrorClass::Denied(_) if code == "USER_PROJECT_DENIED" => {
                Self::QuotaProject { message }
            }
            ErrorClass::Denied(_) => Self::NotPermitted {
                caller: asked.caller,
                principal: asked.principal.to_owned(),
                delegates: asked.delegates.to_vec(),
                project: asked.project.to_owned(),
                message,
            },
            // An endpoint that does not know the method says so without Google's form.
            ErrorClass::NotFound if code == "NOT_FOUND" && !message.starts_with("HTTP status") => {
                Self::NoServiceAccount { principal: asked.principal.to_owned() }
            }
            ErrorClass::ServiceNotEnabled => {
                Self::ApiDisabled { service, consumer: consumer.map(String::from) }
            }
            _ if asked.lifetime > USUAL
                && matches!(code.as_str(), "INVALID_ARGUMENT" | "FAILED_PRECONDITION") =>
            {
                Self::Lifetime {
                    principal: asked.principal.to_owned(),
                    asked: asked.lifetime,
                    message,
                }
            }
            ErrorClass::Throttled => Self::Throttled { message },
            ErrorClass::Unreachable => Self::Unreachable { service, message },
            ErrorClass::Broken | ErrorClass::NotFound => Self::Broken { service, message },
            ErrorClass::BillingDisabled
            | ErrorClass::ScopeGone
            | ErrorClass::Unsupported
            | ErrorClass::Refused => Self::Refused { service, code, message },
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Credentials { .. } => ADC.to_owned(),
            Self::Clock { .. } => "set the clock, and let it be kept right (NTP)".to_owned(),
            Self::NotPermitted { caller, principal, delegates, .. } => {
                let caller = caller.as_deref().unwrap_or("the caller");
                let role = "roles/iam.serviceAccountTokenCreator";
                match delegates.as_slice() {
                    [] => format!("grant {role} on {principal} to {caller}"),
                    [first, ..] => format!(
                        "grant {role} on {first} to {caller}, on each further delegate to the one before it, and \
                         on {principal} to the last; of {}",
                        delegates.join(", ")
                    ),
                }
            }
            Self::Perimeter { .. } => {
                "let the caller in by an access level or an ingress rule of the perimeter".to_owned()
            }
            Self::QuotaProject { .. } => {
                "set GOOGLE_CLOUD_QUOTA_PROJECT to a project on which the caller has \
                 roles/serviceusage.serviceUsageConsumer"
                    .to_owned()
            }
            Self::NoServiceAccount { principal } => format!(
                "make {principal} with what `tenko bootstrap` prints, or name another account in the manifest \
                 (`impersonate`)"
            ),
            Self::ApiDisabled { service, consumer } => enable(service, consumer.as_deref()),
            Self::Lifetime { principal, .. } => format!(
                "ask for an hour at most, or add {principal} to the policy {CONSTRAINT} of the organization"
            ),
            Self::Duration(asked) if *asked > LONGEST => "ask for 12 hours at most".to_owned(),
            Self::Throttled { .. } => "try again in a minute".to_owned(),
            Self::Unreachable { .. } => {
                "see whether the network, a proxy or CLOUDSDK_API_ENDPOINT_OVERRIDES_* is in the way".to_owned()
            }
            _ => return None,
        })
    }
}

/// Why it is not known which permissions there are.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PermissionsError {
    /// A text that is no project's id.
    #[error("`{0}` is not a project id")]
    Project(String),
    /// One of the permissions is unknown, or none that a project can have.
    #[error("not all of the permissions can be tested on a project: {message}")]
    Invalid {
        /// What Google Cloud says. It may name one.
        message: String,
    },
    /// The account may not ask, or not about this project.
    #[error("permissions on {project} cannot be tested: {message}")]
    Denied {
        /// The project.
        project: String,
        /// What Google Cloud says.
        message: String,
    },
    /// The API is not enabled where the calls are charged to: the project of the service account.
    #[error("permissions cannot be tested: the API {service}.googleapis.com is not enabled{}", in_text(.consumer.as_deref()))]
    ApiDisabled {
        /// The API.
        service: String,
        /// The project, as Google Cloud names it: `projects/123`.
        consumer: Option<String>,
    },
    /// No answer, or none in time.
    #[error("permissions cannot be tested: {message}")]
    Unreachable {
        /// What happened.
        message: String,
    },
    /// An answer that is none of the method.
    #[error("permissions cannot be tested, since the answer is none: {message}")]
    Broken {
        /// What is wrong with it.
        message: String,
    },
}

impl PermissionsError {
    pub(super) fn of(error: CallError, project: &str) -> Self {
        let service = error.operation.service.to_string();
        let CallError { class, message, consumer, .. } = error;
        match class {
            ErrorClass::Unsupported => Self::Invalid { message },
            ErrorClass::ServiceNotEnabled => {
                Self::ApiDisabled { service, consumer: consumer.map(String::from) }
            }
            ErrorClass::Broken => Self::Broken { message },
            ErrorClass::Throttled | ErrorClass::Unreachable => Self::Unreachable { message },
            ErrorClass::Denied(_)
            | ErrorClass::TokenRefused
            | ErrorClass::NotFound
            | ErrorClass::ScopeGone
            | ErrorClass::BillingDisabled
            | ErrorClass::Refused => Self::Denied { project: project.to_owned(), message },
        }
    }

    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::ApiDisabled { service, consumer } => Some(enable(service, consumer.as_deref())),
            Self::Denied { project, .. } => Some(format!(
                "see whether {project} exists, and grant the service account roles/browser on it"
            )),
            Self::Unreachable { .. } => Some("try again".to_owned()),
            Self::Project(_) | Self::Invalid { .. } | Self::Broken { .. } => None,
        }
    }
}

pub(super) fn enable(service: &str, consumer: Option<&str>) -> String {
    let project = consumer.and_then(|name| name.strip_prefix("projects/"));
    let place = project.map_or_else(String::new, |project| format!(" --project {project}"));
    format!("run `gcloud services enable {service}.googleapis.com{place}`")
}

pub(super) fn in_text(consumer: Option<&str>) -> String {
    consumer.map_or_else(String::new, |name| format!(" in {name}"))
}

fn ahead_text(ahead: Option<SignedDuration>) -> String {
    let Some(ahead) = ahead.filter(|ahead| ahead.abs() > SKEW) else { return String::new() };
    let side = if ahead.is_negative() { "behind" } else { "ahead" };
    format!(", {} seconds {side}", ahead.abs().as_secs())
}

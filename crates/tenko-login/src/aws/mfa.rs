//! Assuming a role that asks for the code of an MFA device.

use aws_config::Region;
use aws_credential_types::Credentials;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::SharedCredentialsProvider;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::types;
use zeroize::Zeroizing;

use super::caller::without_token;
use super::sso::AssumeStep;
use crate::human::{Human, NoTerminal, ask};

/// How often a person is asked: a code is easily mistyped, and more tries only lock the device.
const TRIES: u32 = 3;
/// A session that assumes a role gets an hour at most. Source: "Role chaining" in the IAM User Guide.
const CHAINED_LIMIT: i32 = 3600;

/// Why a role with an MFA device gave no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MfaError {
    /// A code is needed, and nobody is there to read it off.
    #[error(
        "{role} asks for a code of the MFA device {device}, and there is no terminal to ask for it"
    )]
    NoTerminal {
        /// The role's ARN.
        role: String,
        /// The device's serial number or ARN.
        device: String,
    },
    /// No code was right.
    #[error("the codes of the MFA device {device} were not accepted")]
    WrongCode {
        /// The device.
        device: String,
    },
    /// The device is not the caller's, or cannot be used.
    #[error("the MFA device {device} cannot be used: {reason}")]
    Device {
        /// The device.
        device: String,
        /// What AWS says.
        reason: String,
    },
    /// The role does not let the caller in.
    #[error("{role} cannot be assumed: {reason}")]
    Denied {
        /// The role's ARN.
        role: String,
        /// What AWS says.
        reason: String,
    },
    /// The credentials that the role was to be assumed with are no longer valid.
    #[error("the credentials to assume {role} with have expired or are not valid")]
    Expired {
        /// The role's ARN.
        role: String,
    },
    /// Something else, such as the network.
    #[error("{role} could not be assumed: {reason}")]
    Failed {
        /// The role's ARN.
        role: String,
        /// What is known of it.
        reason: String,
    },
}

impl MfaError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTerminal { .. } => {
                "log in once at a terminal with `tenko login`; the session is then kept for commands like this one"
            }
            Self::WrongCode { .. } => {
                "wait for the next code: each works once, and a new one comes every 30 seconds; if none does, set the device's clock"
            }
            Self::Device { .. } => {
                "mfa_serial in the profile must be the ARN of a device of the user whose keys are used"
            }
            Self::Denied { .. } => {
                "check role_arn, external_id and mfa_serial in the profile, and that the role trusts you"
            }
            Self::Expired { .. } => "get new credentials for the source profile, e.g. by signing in again",
            Self::Failed { .. } => "check the network and the region, and try again",
        }
        .to_owned()
    }
}

/// Assumes the role of one step of a profile's chain; where it names an MFA device, with a code that the person is asked
/// for. `session_name` is used unless the profile has one of its own.
///
/// # Errors
///
/// Nobody is there to ask, no code was right, or the role does not let the caller in.
pub(crate) async fn assume_with_mfa(
    sts: &Client,
    source: &Credentials,
    step: &AssumeStep,
    session_name: &str,
    human: &dyn Human,
) -> Result<Credentials, MfaError> {
    let role = || step.role_arn.clone();
    let Some(device) = &step.mfa_serial else {
        return send(sts, source, step, session_name, None)
            .await
            .map_err(|error| told(&error, step, source));
    };
    let nobody = || MfaError::NoTerminal { role: role(), device: device.clone() };
    if !human.present() {
        return Err(nobody());
    }
    let mut last: Option<Zeroizing<String>> = None;
    for _ in 0..TRIES {
        let code = ask(|| human.mfa_code(device)).map_err(|NoTerminal| nobody())?;
        let code = Zeroizing::new(code.split_whitespace().collect::<String>());
        if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            human.note("a code is six digits");
            continue;
        }
        if last.as_ref() == Some(&code) {
            human.note(
                "this code was used already: each works once, and a new one comes every 30 seconds",
            );
            continue;
        }
        match send(sts, source, step, session_name, Some(&code)).await {
            Ok(keys) => return Ok(keys),
            Err(error) if is_wrong_code(&error) => {
                human.note("the code was not accepted: it is wrong, or was used already; a new one comes every 30 seconds");
                last = Some(code);
            }
            Err(error) => return Err(told(&error, step, source)),
        }
    }
    Err(MfaError::WrongCode { device: device.clone() })
}

type SendError =
    SdkError<AssumeRoleError, aws_smithy_runtime_api::client::orchestrator::HttpResponse>;

async fn send(
    sts: &Client,
    source: &Credentials,
    step: &AssumeStep,
    session_name: &str,
    code: Option<&str>,
) -> Result<Credentials, SendError> {
    let chained = source.session_token().is_some();
    let duration =
        step.duration.map(|asked| if chained { asked.min(CHAINED_LIMIT) } else { asked });
    let mut config = aws_sdk_sts::config::Builder::default()
        .credentials_provider(SharedCredentialsProvider::new(source.clone()));
    if let Some(region) = &step.region {
        config = config.region(Region::new(region.clone()));
    }
    let answer = sts
        .assume_role()
        .role_arn(&step.role_arn)
        .role_session_name(step.session_name.as_deref().unwrap_or(session_name))
        .set_external_id(step.external_id.clone())
        .set_duration_seconds(duration)
        .set_serial_number(code.and(step.mfa_serial.clone()))
        .set_token_code(code.map(str::to_owned))
        .customize()
        .config_override(config)
        .send()
        .await?;
    keys(answer.credentials, "AssumeRole")
        .ok_or_else(|| SdkError::construction_failure("the answer holds no credentials"))
}

/// The credentials of an answer, if they are whole.
pub(super) fn keys(
    credentials: Option<types::Credentials>,
    provider: &'static str,
) -> Option<Credentials> {
    let credentials = credentials?;
    let expires = credentials.expiration.try_into().ok()?;
    let whole = !credentials.access_key_id.is_empty() && !credentials.secret_access_key.is_empty();
    whole.then(|| {
        Credentials::new(
            credentials.access_key_id,
            credentials.secret_access_key,
            Some(credentials.session_token),
            Some(expires),
            provider,
        )
    })
}

/// What AWS says of a code that is wrong, or was used already.
fn is_wrong_code(error: &SendError) -> bool {
    error.message().is_some_and(|message| message.contains("invalid MFA one time pass code"))
}

fn told(error: &SendError, step: &AssumeStep, source: &Credentials) -> MfaError {
    let role = step.role_arn.clone();
    let reason = without_token(&reason(error), source);
    let code = error.code().unwrap_or_default();
    match (code, &step.mfa_serial) {
        ("AccessDenied", Some(device)) if reason.contains("MultiFactorAuthentication") => {
            MfaError::Device { device: device.clone(), reason }
        }
        ("AccessDenied", _) => MfaError::Denied { role, reason },
        (
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException",
            _,
        ) => MfaError::Expired { role },
        _ => MfaError::Failed { role, reason },
    }
}

/// What AWS says, or else the innermost error.
pub(super) fn reason<E>(
    error: &SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>,
) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let text = error.message().map_or_else(
        || {
            let mut inner: &dyn std::error::Error = error;
            while let Some(source) = inner.source() {
                inner = source;
            }
            inner.to_string()
        },
        str::to_owned,
    );
    text.chars().take(500).collect()
}

#[cfg(test)]
#[path = "mfa_tests.rs"]
pub(super) mod tests;

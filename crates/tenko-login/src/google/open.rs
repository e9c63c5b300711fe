//! A session in one project: the token, and the proof.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tenko_core::Cloud;
use tenko_gcp::BuildError;
use tenko_gcp::login::{Issuer, TokenError};
use thiserror::Error;

use super::permissions::ROLES;
use super::proof::{GoogleProof, listed, prove};
use crate::session::Keys;
use crate::target::Target;

/// Why there is no session in a project.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GoogleError {
    /// Nothing to begin with.
    #[error(transparent)]
    Credentials(#[from] BuildError),
    /// The account that the login leads to is none of Google Cloud.
    #[error("{target} is no project of Google Cloud")]
    NoProject {
        /// The target.
        target: String,
    },
    /// It is not known which service account to become.
    #[error("no service account is declared for {target}")]
    NoServiceAccount {
        /// The target.
        target: String,
    },
    /// The service account cannot be become.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The service account may do more than look.
    #[error("{}", too_much(.proof))]
    TooMuch {
        /// The project.
        project: String,
        /// What it may.
        proof: Box<GoogleProof>,
    },
}

impl GoogleError {
    /// What to do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Token(error) => error.hint(),
            Self::Credentials(BuildError::Credentials(_)) => Some(
                "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a credentials \
                 file"
                    .to_owned(),
            ),
            Self::NoServiceAccount { .. } => {
                Some("name it in the manifest: `login: {google: {impersonate: …}}`".to_owned())
            }
            Self::TooMuch { project, proof } => Some(format!(
                "take away from {} the roles on {project}, and above it, that have these permissions, and grant {}; \
                 basic roles (roles/viewer) and roles/iam.securityReviewer read data",
                proof.identity,
                ROLES.join(" and "),
            )),
            Self::Credentials(_) | Self::NoProject { .. } => None,
        }
    }
}

fn too_much(proof: &GoogleProof) -> String {
    let kinds = proof.granted_by_kind();
    let kinds: Vec<String> =
        kinds.iter().map(|(kind, names)| format!("{kind}: {}", listed(names))).collect();
    format!("{} may do more than look ({})", proof.identity, kinds.join("; "))
}

/// What a login to a project gives.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The token.
    pub(crate) keys: Keys,
    /// The service account's e-mail address.
    pub(crate) identity: String,
    /// Whose credentials it began with, as far as that can be told.
    pub(crate) who: Option<String>,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
}

/// Becomes the service account of the target for looking, and asks whether it can do more. A session that can is never
/// given; one of which it could not be learnt comes with a proof that [says so](GoogleProof::doubt). The ticket is shown
/// in Google Cloud's audit log, beside the call that gives the token.
///
/// # Errors
/// [`GoogleError`].
pub(crate) async fn open(
    issuer: &Issuer,
    target: &Target,
    lifetime: Option<Duration>,
    ticket: Option<&str>,
) -> Result<(Opened, GoogleProof), GoogleError> {
    if target.scope.cloud != Cloud::gcp() {
        return Err(GoogleError::NoProject { target: target.to_string() });
    }
    let Some(principal) = target.impersonate.as_deref() else {
        return Err(GoogleError::NoServiceAccount { target: target.to_string() });
    };
    let project = target.scope.id.as_str();
    let issued = Timestamp::now();
    let token = issuer.token(project, principal, &target.delegates, lifetime, ticket).await?;
    let (proof, who) = tokio::join!(prove(issuer, &token, project), issuer.who());
    if !proof.granted.is_empty() {
        let project = project.to_owned();
        return Err(GoogleError::TooMuch { project, proof: Box::new(proof) });
    }
    let opened = Opened {
        keys: Keys::Google { access_token: token.access_token().to_owned() },
        identity: token.principal().to_owned(),
        who,
        issued,
        expires: token.expires(),
    };
    Ok((opened, proof))
}

/// An issuer with the credentials and endpoints of the environment.
///
/// # Errors
/// [`GoogleError::Credentials`].
pub(crate) fn issuer() -> Result<Issuer, GoogleError> {
    Ok(Issuer::builder().load()?)
}

/// What decides where the caller's credentials come from, without asking: sessions that were made from others must not
/// be taken for those of these. Names of files and variables, and when the file was last written; never secrets.
pub(crate) fn fingerprint() -> String {
    const NAMES: [&str; 9] = [
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CLOUD_QUOTA_PROJECT",
        "GOOGLE_CLOUD_UNIVERSE_DOMAIN",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER",
        "GCE_METADATA_HOST",
        "HOME",
        "APPDATA",
        "USERPROFILE",
    ];
    let mut text = String::new();
    for name in NAMES {
        text.push_str(&format!("{name}={:?}\n", std::env::var_os(name)));
    }
    // Whoever logs in anew, as somebody else perhaps, writes the file.
    let named = std::env::var_os("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
    let folder = match std::env::var_os("APPDATA") {
        Some(folder) if cfg!(windows) => Some(PathBuf::from(folder)),
        _ => std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")),
    };
    let usual = folder.map(|folder| folder.join("gcloud/application_default_credentials.json"));
    if let Some(file) = named.or(usual).and_then(|path| std::fs::metadata(path).ok()) {
        text.push_str(&format!("{} {:?}", file.len(), file.modified().ok()));
    }
    text
}

#[cfg(test)]
mod tests;

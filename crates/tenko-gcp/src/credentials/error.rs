use std::path::PathBuf;

/// Why no credentials could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum BuildCredentialsError {
    /// The credentials file cannot be read.
    #[error("cannot read the credentials file {}, {named_by}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why it was this file.
        named_by: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The credentials file is not JSON.
    #[error("the credentials file {} is not JSON: {source}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The credentials file is of a type that is not supported.
    #[error(
        "the credentials file {} is of the type `{found}`; supported are service_account, authorized_user, \
         external_account and impersonated_service_account: `gcloud auth application-default login` writes one",
        path.display()
    )]
    Type {
        /// The file.
        path: PathBuf,
        /// What stands in `type`.
        found: String,
    },
    /// What is given is incomplete, or not of the form that its type has.
    #[error("{what} cannot be used: {source}")]
    Rejected {
        /// Which credentials.
        what: String,
        /// What the authentication library says.
        source: google_cloud_auth::build_errors::Error,
    },
    /// The service account to become is none.
    #[error("`{principal}` is no service account's e-mail address")]
    Principal {
        /// What was given, with the project filled in.
        principal: String,
    },
    /// The source cannot become a service account.
    #[error("{source_name} cannot become a service account{hint}")]
    CannotImpersonate {
        /// The source.
        source_name: &'static str,
        /// Under which circumstances it could.
        hint: &'static str,
    },
}

//! The kinds of sources.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use google_cloud_auth::credentials::{
    Credentials, anonymous, external_account, impersonated, mds, service_account, user_account,
};
use serde_json::Value;

use super::project::METADATA_HOST;
use super::{BuildCredentialsError, Environment};
use crate::official::retry::TokenRetry;

/// Where tokens come from.
#[derive(Clone)]
pub(super) enum Source {
    /// A credentials file, as it was when it was read.
    File(Arc<File>),
    /// The metadata server of the machine, pod or job, at this address where it is not the usual one.
    Metadata(Option<String>),
    /// Made by the caller.
    Given(Credentials),
    /// None.
    Anonymous,
}

pub(super) struct File {
    path: PathBuf,
    kind: Kind,
    json: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    ServiceAccount,
    AuthorizedUser,
    ExternalAccount,
    Impersonated,
}

impl Source {
    pub(super) fn application_default(
        environment: &Environment,
    ) -> Result<Self, BuildCredentialsError> {
        if let Some(path) = environment.get("GOOGLE_APPLICATION_CREDENTIALS") {
            return Self::file(path.into(), "which GOOGLE_APPLICATION_CREDENTIALS names");
        }
        let well_known = if cfg!(windows) {
            environment.get("APPDATA").map(|root| PathBuf::from(root).join("gcloud"))
        } else {
            environment.get("HOME").map(|root| PathBuf::from(root).join(".config/gcloud"))
        };
        let path = well_known.map(|root| root.join("application_default_credentials.json"));
        match path {
            Some(path) if path.exists() => {
                Self::file(path, "which `gcloud auth application-default login` writes")
            }
            _ => Ok(Self::Metadata(environment.get(METADATA_HOST))),
        }
    }

    pub(super) fn file(
        path: PathBuf,
        named_by: &'static str,
    ) -> Result<Self, BuildCredentialsError> {
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(source) => {
                return Err(BuildCredentialsError::Unreadable { path, named_by, source });
            }
        };
        let json: Value = match serde_json::from_slice(&text) {
            Ok(json) => json,
            Err(source) => return Err(BuildCredentialsError::NotJson { path, source }),
        };
        let kind = match json.get("type").and_then(Value::as_str) {
            Some("service_account") => Kind::ServiceAccount,
            Some("authorized_user") => Kind::AuthorizedUser,
            Some("external_account") => Kind::ExternalAccount,
            Some("impersonated_service_account") => Kind::Impersonated,
            other => {
                let found = other.unwrap_or_default().to_owned();
                return Err(BuildCredentialsError::Type { path, found });
            }
        };
        Ok(Self::File(Arc::new(File { path, kind, json })))
    }

    /// New credentials with these OAuth scopes, as far as the source can narrow them.
    pub(super) fn credentials(
        &self,
        scopes: Vec<String>,
    ) -> Result<Credentials, BuildCredentialsError> {
        let file = match self {
            Self::File(file) => file,
            Self::Metadata(host) => {
                let builder = mds::Builder::default().with_scopes(scopes);
                let builder = match host {
                    Some(host) => builder.with_endpoint(format!("http://{host}")),
                    None => builder,
                };
                let built = builder.with_retry_policy(TokenRetry).build();
                return built.map_err(|source| BuildCredentialsError::Rejected {
                    what: "the metadata server".to_owned(),
                    source,
                });
            }
            Self::Given(credentials) => return Ok(credentials.clone()),
            Self::Anonymous => return Ok(anonymous::Builder::new().build()),
        };
        let json = file.json.clone();
        let built = match file.kind {
            Kind::ServiceAccount => {
                let scopes = service_account::AccessSpecifier::from_scopes(scopes);
                service_account::Builder::new(json).with_access_specifier(scopes).build()
            }
            // A person's login has the scopes that the person agreed to, and is not asked for others: narrower ones
            // are not among them.
            Kind::AuthorizedUser => {
                user_account::Builder::new(json).with_retry_policy(TokenRetry).build()
            }
            Kind::ExternalAccount => external_account::Builder::new(json)
                .with_scopes(scopes)
                .with_retry_policy(TokenRetry)
                .build(),
            Kind::Impersonated => impersonated::Builder::new(json)
                .with_scopes(scopes)
                .with_retry_policy(TokenRetry)
                .build(),
        };
        built.map_err(|source| BuildCredentialsError::Rejected {
            what: format!("the credentials file {}", file.path.display()),
            source,
        })
    }

    /// The content of the credentials file.
    pub(super) fn as_file(&self) -> Result<Value, BuildCredentialsError> {
        let hint = " where the endpoint of iamcredentials is not Google's own";
        let source_name = match self {
            Self::File(file) if file.kind != Kind::Impersonated => return Ok(file.json.clone()),
            Self::File(_) => "a credentials file that impersonates already",
            Self::Metadata(_) => "the metadata server",
            Self::Given(_) => "a source of tokens that the caller made",
            Self::Anonymous => "an anonymous caller",
        };
        Err(BuildCredentialsError::CannotImpersonate { source_name, hint })
    }

    pub(super) fn may_impersonate(&self) -> Result<(), BuildCredentialsError> {
        if matches!(self, Self::Anonymous) {
            let source_name = "an anonymous caller";
            return Err(BuildCredentialsError::CannotImpersonate { source_name, hint: "" });
        }
        Ok(())
    }

    pub(super) fn is_metadata(&self) -> bool {
        matches!(self, Self::Metadata(_))
    }

    pub(super) fn is_personal(&self) -> bool {
        matches!(self, Self::File(file) if file.kind == Kind::AuthorizedUser)
    }

    /// As whom it acts, where that is known.
    pub(super) fn identity(&self) -> Option<String> {
        let Self::File(file) = self else { return None };
        let text = |key: &str| file.json.get(key).and_then(Value::as_str);
        let found = match file.kind {
            Kind::ServiceAccount => text("client_email"),
            Kind::AuthorizedUser => text("account"),
            Kind::ExternalAccount | Kind::Impersonated => text("service_account_impersonation_url")
                .and_then(|url| url.rsplit_once("/serviceAccounts/"))
                .and_then(|(_, rest)| rest.split(':').next()),
        };
        found.filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// The project that the credentials belong to or are charged to.
    pub(super) fn project(&self) -> Option<String> {
        let Self::File(file) = self else { return None };
        let text = |key: &str| file.json.get(key)?.as_str().filter(|text| !text.is_empty());
        text("project_id").or_else(|| text("quota_project_id")).map(str::to_owned)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "File({}, {:?})", file.path.display(), file.kind),
            Self::Metadata(_) => f.write_str("Metadata"),
            // What the caller made may show more than it should.
            Self::Given(_) => f.write_str("Given"),
            Self::Anonymous => f.write_str("Anonymous"),
        }
    }
}

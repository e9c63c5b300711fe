//! Where the credentials come from, and as whom each project is read.

mod environment;
mod error;
mod project;
mod scopes;
mod source;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use google_cloud_auth::credentials::{Credentials, impersonated};
use http::Extensions;
use serde_json::json;

pub(crate) use self::environment::Environment;
pub(crate) use self::error::BuildCredentialsError;
use self::scopes::CLOUD_PLATFORM;
pub(crate) use self::scopes::Scopes;
use self::source::Source;
use crate::address::in_address;
use crate::endpoints::Endpoints;
use crate::official::retry::TokenRetry;
use crate::session::{Grants, Session};

/// The service that gives tokens of other service accounts.
const IAM_CREDENTIALS: &str = "iamcredentials";
const PROJECT: &str = "{project}";

/// Which service account to become.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Impersonation {
    /// Its e-mail address. `{project}` stands for the id of the project that is read, as addresses have it.
    pub(crate) principal: String,
    /// Service accounts on the way there, each of which may become the next. May hold `{project}` too.
    pub(crate) delegates: Vec<String>,
}

/// Gives sessions out. To be used inside a tokio runtime, and in one only: credentials refresh themselves in tasks of
/// the runtime in which they were made.
#[derive(Clone, Debug)]
pub(crate) struct CredentialSource(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    impersonation: Option<Impersonation>,
    quota_project: Option<String>,
    endpoints: Endpoints,
    environment: Environment,
    /// The source's own credentials, for becoming somebody else: one for all principals.
    own: Mutex<Option<Credentials>>,
    /// What was given out and is still in use, per principal.
    grants: Mutex<HashMap<Option<Impersonation>, Weak<Grants>>>,
}

impl CredentialSource {
    fn new(source: Source, endpoints: Endpoints, environment: Environment) -> Self {
        let quota_project = environment.get("GOOGLE_CLOUD_QUOTA_PROJECT");
        Self(Arc::new(Inner {
            source,
            impersonation: None,
            quota_project,
            endpoints,
            environment,
            own: Mutex::default(),
            grants: Mutex::default(),
        }))
    }

    /// Application Default Credentials: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, else the one that
    /// `gcloud auth application-default login` writes, else the metadata server.
    ///
    /// # Errors
    /// When there is a file that cannot be read or understood.
    pub(crate) fn application_default(
        endpoints: Endpoints,
        environment: Environment,
    ) -> Result<Self, BuildCredentialsError> {
        let source = Source::application_default(&environment)?;
        Ok(Self::new(source, endpoints, environment))
    }

    /// A credentials file of any of the types that Google's tools write.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub(crate) fn file(
        path: &Path,
        endpoints: Endpoints,
        environment: Environment,
    ) -> Result<Self, BuildCredentialsError> {
        let source = Source::file(path.to_owned(), "which was given by name")?;
        Ok(Self::new(source, endpoints, environment))
    }

    /// Credentials that the caller made. Their scopes are the caller's affair.
    pub(crate) fn given(
        credentials: Credentials,
        endpoints: Endpoints,
        environment: Environment,
    ) -> Self {
        Self::new(Source::Given(credentials), endpoints, environment)
    }

    /// No credentials, for emulators.
    pub(crate) fn anonymous(endpoints: Endpoints, environment: Environment) -> Self {
        Self::new(Source::Anonymous, endpoints, environment)
    }

    /// Becomes a service account before anything is read.
    ///
    /// # Errors
    /// When the source cannot become anybody.
    pub(crate) fn with_impersonation(
        self,
        impersonation: Impersonation,
    ) -> Result<Self, BuildCredentialsError> {
        self.0.source.may_impersonate()?;
        let inner = &self.0;
        let changed = Inner { impersonation: Some(impersonation), ..inner.again() };
        Ok(Self(Arc::new(changed)))
    }

    /// The project that is charged for calls which are not charged to the project that is read. The environment's
    /// `GOOGLE_CLOUD_QUOTA_PROJECT` goes before it, as in Google's own clients.
    #[must_use]
    pub(crate) fn with_quota_project(self, project: String) -> Self {
        let inner = self.0.again();
        let quota_project = inner.quota_project.clone().or(Some(project));
        Self(Arc::new(Inner { quota_project, ..inner }))
    }

    /// A session for reading this project; `-` for calls that are about no single project, which go out as the
    /// caller itself where the impersonation is one per project.
    ///
    /// # Errors
    /// When the principal is no service account's address.
    pub(crate) fn session(&self, project: &str) -> Result<Session, BuildCredentialsError> {
        let target = self.target(project)?;
        let identity = match &target {
            Some(target) => Some(target.principal.clone()),
            None => self.0.source.identity(),
        };
        let mut all = self.0.grants.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, grants| grants.strong_count() > 0);
        let grants = all.get(&target).and_then(Weak::upgrade).unwrap_or_else(|| {
            let grants = Arc::new(Grants::new(self.clone(), target.clone()));
            all.insert(target, Arc::downgrade(&grants));
            grants
        });
        Ok(Session::new(project, identity, grants))
    }

    /// The project that the caller itself works in: `GOOGLE_CLOUD_PROJECT`, then the credentials' own, then the one
    /// that they are charged to, then the metadata server's.
    pub(crate) async fn own_project(&self) -> Option<String> {
        if let Some(project) = self.0.environment.get("GOOGLE_CLOUD_PROJECT") {
            return Some(project);
        }
        if let Some(project) = self.0.source.project() {
            return Some(project);
        }
        match &self.0.quota_project {
            Some(project) => Some(project.clone()),
            None if self.0.source.is_metadata() => {
                project::of_metadata_server(&self.0.environment).await
            }
            None => None,
        }
    }

    /// As whom it acts before it becomes anybody else, where that is known without asking for a token: not for most
    /// people's logins.
    pub(crate) async fn own_identity(&self) -> Option<String> {
        match self.0.source.identity() {
            Some(identity) => Some(identity),
            None if self.0.source.is_metadata() => {
                project::account_of_metadata_server(&self.0.environment).await
            }
            None => None,
        }
    }

    /// Whether it is a person's login.
    pub(crate) fn is_personal(&self) -> bool {
        self.0.source.is_personal()
    }

    pub(crate) fn quota_project(&self) -> Option<&str> {
        self.0.quota_project.as_deref()
    }

    /// What a person should do when no token could be had.
    pub(crate) fn advice(&self) -> Option<&'static str> {
        self.0.source.is_metadata().then_some(
            "no credentials file was found, and the metadata server gives no token: run `gcloud auth \
             application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a credentials file",
        )
    }

    /// The impersonation with the project filled in.
    fn target(&self, project: &str) -> Result<Option<Impersonation>, BuildCredentialsError> {
        let Some(Impersonation { principal, delegates }) = &self.0.impersonation else {
            return Ok(None);
        };
        if project == "-" && principal.contains(PROJECT) {
            return Ok(None);
        }
        let filled_in = |name: &String| {
            let principal = name.replace(PROJECT, &in_address(project));
            if is_account(&principal) {
                Ok(principal)
            } else {
                Err(BuildCredentialsError::Principal { principal })
            }
        };
        Ok(Some(Impersonation {
            principal: filled_in(principal)?,
            delegates: delegates.iter().map(filled_in).collect::<Result<_, _>>()?,
        }))
    }

    /// New credentials, with a refresh task of their own.
    pub(crate) fn credentials(
        &self,
        target: Option<&Impersonation>,
        scopes: &Scopes,
    ) -> Result<Credentials, BuildCredentialsError> {
        let Some(Impersonation { principal, delegates }) = target else {
            return self.0.source.credentials(scopes.urls());
        };
        // The crate has Google's host built in where it is given a source; only the form of the credentials file
        // lets it be asked elsewhere.
        let builder = if self.0.endpoints.is_overridden(IAM_CREDENTIALS) {
            let url = format!(
                "{}/v1/projects/-/serviceAccounts/{principal}:generateAccessToken",
                self.0.endpoints.url(IAM_CREDENTIALS)
            );
            impersonated::Builder::new(json!({
                "type": "impersonated_service_account",
                "service_account_impersonation_url": url,
                "source_credentials": self.0.source.as_file()?,
            }))
        } else {
            impersonated::Builder::from_source_credentials(self.own()?)
                .with_target_principal(principal)
        };
        let builder = builder.with_scopes(scopes.urls()).with_retry_policy(TokenRetry);
        let builder = match delegates.as_slice() {
            [] => builder,
            delegates => builder.with_delegates(delegates.iter().map(as_resource)),
        };
        builder.build().map_err(|source| BuildCredentialsError::Rejected {
            what: format!("the impersonation of {principal}"),
            source,
        })
    }

    fn own(&self) -> Result<Credentials, BuildCredentialsError> {
        let mut own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = &*own {
            return Ok(own.clone());
        }
        let made = self.0.source.credentials(vec![CLOUD_PLATFORM.to_owned()])?;
        Ok(own.insert(made).clone())
    }

    /// Credentials that failed for good never try again: if it was those of the source, the next impersonation gets
    /// new ones.
    pub(crate) async fn forget_failed(&self) {
        let own = self.0.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(own) = own
            && own.headers(Extensions::new()).await.is_err_and(|error| !error.is_transient())
        {
            *self.0.own.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// Whether a text looks like a service account's address: it becomes part of a URL.
pub(crate) fn is_account(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "@.-_:".contains(c);
    text.len() <= 320 && text.contains('@') && text.chars().all(fits)
}

/// A service account as a delegate of the method.
pub(crate) fn as_resource(email: &String) -> String {
    format!("projects/-/serviceAccounts/{email}")
}

impl Inner {
    /// The same settings, with nothing given out yet.
    fn again(&self) -> Self {
        Self {
            source: self.source.clone(),
            impersonation: self.impersonation.clone(),
            quota_project: self.quota_project.clone(),
            endpoints: self.endpoints.clone(),
            environment: self.environment.clone(),
            own: Mutex::default(),
            grants: Mutex::default(),
        }
    }
}

#[cfg(test)]
mod tests;

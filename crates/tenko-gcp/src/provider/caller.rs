//! The caller's own way into Cloud Storage, for what is no resource of an audited project: states of infrastructure
//! code.

use std::fmt;

use http::header::AUTHORIZATION;
use thiserror::Error;

use super::GoogleProvider;
use crate::call::Operation;
use crate::credentials::Scopes;
use crate::error::chain;

/// The service whose tokens these are.
const STORAGE: &str = "storage";
/// What reading and listing objects takes. Source: "Cloud Storage OAuth scopes".
const READ_ONLY: &str = "https://www.googleapis.com/auth/devstorage.read_only";

/// A token for reading objects. `Debug` hides it.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorageToken {
    /// The bearer token; null for anonymous credentials.
    pub bearer: Option<String>,
    /// The project that calls are charged to, where one is set.
    pub quota_project: Option<String>,
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NoStorageToken(String);

impl GoogleProvider {
    /// A token of the caller, or of the service account that it becomes for all projects alike, good for
    /// reading and listing objects and for nothing else. Renewed if need be.
    ///
    /// # Errors
    /// [`NoStorageToken`]: why, and what to do.
    pub async fn storage_token(&self) -> Result<StorageToken, NoStorageToken> {
        let source = &self.0.source;
        let session = source.session("-").map_err(|error| NoStorageToken(chain(&error)))?;
        let scopes = Scopes::Of([READ_ONLY.to_owned()].into());
        let operation = Operation::new(STORAGE, "objects.get");
        let headers = session
            .headers(&operation, &scopes)
            .await
            .map_err(|error| NoStorageToken(error.message))?;
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text(AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
        Ok(StorageToken {
            bearer: bearer.map(str::to_owned),
            quota_project: text("x-goog-user-project").map(str::to_owned),
        })
    }

    /// The endpoint of Cloud Storage, where Google's own is replaced.
    pub fn storage_endpoint(&self) -> Option<String> {
        let endpoints = &self.0.rest.endpoints;
        endpoints.is_overridden(STORAGE).then(|| endpoints.url(STORAGE))
    }
}

impl fmt::Debug for StorageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StorageToken")
            .field("quota_project", &self.quota_project)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use google_cloud_auth::credentials::{
        CacheableResource, Credentials, CredentialsProvider, EntityTag,
    };
    use google_cloud_auth::errors::CredentialsError;
    use http::{Extensions, HeaderMap};
    use tenko_core::Redactor;

    use super::*;
    use crate::GoogleProviderBuilder;

    /// Credentials that are one header, or none.
    #[derive(Debug)]
    struct Fixed(Option<&'static str>);

    impl CredentialsProvider for Fixed {
        async fn headers(
            &self,
            _: Extensions,
        ) -> Result<CacheableResource<HeaderMap>, CredentialsError> {
            let Some(text) = self.0 else {
                return Err(CredentialsError::from_msg(false, "the login expired"));
            };
            let data = HeaderMap::from_iter([(AUTHORIZATION, text.parse().unwrap())]);
            Ok(CacheableResource::New { entity_tag: EntityTag::new(), data })
        }

        async fn universe_domain(&self) -> Option<String> {
            None
        }
    }

    fn with(header: Option<&'static str>) -> GoogleProviderBuilder {
        let builder = GoogleProvider::builder().credentials(Credentials::from(Fixed(header)));
        builder.quota_project("acme-hub").redactor(Redactor::new([0; 32]))
    }

    #[tokio::test]
    async fn a_token_comes_with_the_project_that_is_charged() {
        let provider = with(Some("Bearer s3cr3t")).load().await.unwrap();
        let token = provider.storage_token().await.unwrap();
        assert_eq!(token.bearer.as_deref(), Some("s3cr3t"));
        assert_eq!(token.quota_project.as_deref(), Some("acme-hub"));
        assert!(!format!("{token:?}").contains("s3cr3t"));
        let error = with(None).load().await.unwrap().storage_token().await.unwrap_err();
        assert!(error.to_string().contains("the login expired"), "{error}");
    }

    #[tokio::test]
    async fn emulators_take_no_token() {
        let builder = GoogleProvider::builder().anonymous().redactor(Redactor::new([0; 32]));
        let provider = builder.endpoint("storage", "http://127.0.0.1:1/").load().await.unwrap();
        assert_eq!(provider.storage_token().await.unwrap().bearer, None);
        assert_eq!(provider.storage_endpoint().as_deref(), Some("http://127.0.0.1:1"));
    }
}

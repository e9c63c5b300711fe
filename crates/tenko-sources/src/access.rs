//! Credentials, as whoever embeds this crate hands them in.

use std::fmt;

use tenko_core::BoxFuture;

/// The keys of an AWS identity. `Debug` hides what is secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AwsKeys {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The token, for temporary keys.
    pub session_token: Option<String>,
}

/// The way into S3.
pub trait AwsAccess: fmt::Debug + Send + Sync {
    /// Keys that are good now. Asked before each request, so that they may be renewed in between.
    ///
    /// # Errors
    /// Why there are none, and what to do.
    fn keys(&self) -> BoxFuture<'_, Result<AwsKeys, String>>;

    /// The region that the caller works in. A bucket's own region is asked for.
    fn region(&self) -> Option<String> {
        None
    }

    /// The endpoint of S3, where it is not AWS's own: emulators and the like.
    fn endpoint(&self) -> Option<String> {
        None
    }
}

/// A token of Google Cloud. `Debug` hides it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct GoogleToken {
    /// The bearer token; null sends none, for emulators and public buckets.
    pub bearer: Option<String>,
    /// The project that the calls are charged to, where that is not the bucket's.
    pub quota_project: Option<String>,
}

/// The way into Cloud Storage.
pub trait GoogleAccess: fmt::Debug + Send + Sync {
    /// A token that is good now, with the scope `devstorage.read_only` at least. Asked before each
    /// request.
    ///
    /// # Errors
    /// Why there is none, and what to do.
    fn token(&self) -> BoxFuture<'_, Result<GoogleToken, String>>;

    /// The endpoint of Cloud Storage, where it is not Google's own.
    fn endpoint(&self) -> Option<String> {
        None
    }
}

impl fmt::Debug for AwsKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsKeys")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for GoogleToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoogleToken")
            .field("quota_project", &self.quota_project)
            .finish_non_exhaustive()
    }
}

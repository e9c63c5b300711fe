//! The caller's own way into S3, for what is no resource of an audited account: states of
//! infrastructure code.

use std::fmt;

use thiserror::Error;

use super::AwsProvider;

/// The keys that the provider was started with, proven to be good. `Debug` hides what is secret.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallerKeys {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The token, for temporary keys.
    pub session_token: Option<String>,
}

/// Why there are no such keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NoCallerKeys(String);

impl AwsProvider {
    /// The caller's own keys, renewed if need be. No role is assumed and nothing is narrowed: whoever uses them keeps
    /// to reads by other means.
    ///
    /// # Errors
    /// [`NoCallerKeys`]: why, and what to do.
    pub async fn caller_keys(&self) -> Result<CallerKeys, NoCallerKeys> {
        let (_, proven) = self
            .0
            .sessions
            .caller_session()
            .await
            .map_err(|error| NoCallerKeys(error.to_string()))?;
        Ok(CallerKeys {
            access_key_id: proven.credentials.access_key_id().to_owned(),
            secret_access_key: proven.credentials.secret_access_key().to_owned(),
            session_token: proven.credentials.session_token().map(str::to_owned),
        })
    }

    /// The region that the caller works in.
    pub fn caller_region(&self) -> &str {
        self.0.sessions.sts_region()
    }

    /// The endpoint of S3, where AWS's own is replaced.
    pub fn s3_endpoint(&self) -> Option<String> {
        self.0.endpoints.of("s3")
    }
}

impl fmt::Debug for CallerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallerKeys")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

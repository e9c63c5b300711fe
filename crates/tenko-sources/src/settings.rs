//! How sources are read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::access::{AwsAccess, GoogleAccess};

/// Gives the value of an environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How sources are read.
#[derive(Clone)]
pub struct Settings {
    /// The way into S3; without it `s3://` sources are not read.
    pub aws: Option<Arc<dyn AwsAccess>>,
    /// The way into Cloud Storage; without it `gs://` sources are not read.
    pub google: Option<Arc<dyn GoogleAccess>>,
    /// Where tokens and passwords come from; by default the process's environment.
    pub environment: Environment,
    /// The largest document, in bytes; by default 2 GiB. What is larger is not read.
    pub max_bytes: u64,
    /// How many documents are read at a time; by default 8.
    pub parallel: usize,
    /// For a connection to be made; by default 10 s.
    pub connect_timeout: Duration,
    /// For the next bytes of an answer; by default 30 s.
    pub idle_timeout: Duration,
    /// How often a request is made, the first time included; by default 4. Again only where that
    /// may help: no connection, a broken answer, and the statuses 408, 429 and 5xx.
    pub attempts: u32,
    /// The wait before the second attempt; each further one is twice as long. By default 500 ms. A
    /// server's `Retry-After` counts where it is longer, up to a minute.
    pub retry_delay: Duration,
    /// Certificates in PEM to trust beside the system's.
    pub certificates: Option<Vec<u8>>,
    /// Asks workspaces' hosts on this machine without TLS, for tests; by default off.
    pub plain_loopback: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            aws: None,
            google: None,
            environment: Arc::new(|name| std::env::var(name).ok()),
            max_bytes: 2 << 30,
            parallel: 8,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            attempts: 4,
            retry_delay: Duration::from_millis(500),
            certificates: None,
            plain_loopback: false,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("aws", &self.aws)
            .field("google", &self.google)
            .field("max_bytes", &self.max_bytes)
            .field("parallel", &self.parallel)
            .finish_non_exhaustive()
    }
}

/// Why nothing can be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
    /// The certificates are none.
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
}

//! Only read operations that are on a list can leave the process.
//!
//! The guard sits where requests become bytes: it wraps the HTTP client that every caller shares (the SDK crates, the
//! data-driven client, and the sources of credentials) and looks at the finished, signed request. What it can't
//! recognize it refuses; nothing is sent then. So a mistake anywhere above, in a type's data or in our code, can
//! neither change anything nor read an object's content.
//!
//! It also counts what it lets out, retries included: see [`CallLedger`].

mod allow;
mod identify;
mod ledger;
mod s3_host;

use std::sync::Arc;

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

pub use allow::{AllowList, AllowedCall, Matcher};
pub use ledger::{CallCount, CallLedger};

/// Why the guard did not send a request. Never holds headers or the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not on the list of read operations: {what}")]
#[non_exhaustive]
pub struct RefusedCall {
    /// What it would have been, as far as it could be recognized.
    pub what: String,
}

/// An HTTP client that lets only listed operations out.
#[derive(Debug)]
pub struct GuardedHttpClient {
    inner: SharedHttpClient,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    allow: AllowList,
    ledger: CallLedger,
}

impl GuardedHttpClient {
    /// Wraps `inner`. The ledger counts what leaves through the result.
    pub fn wrap(inner: SharedHttpClient, allow: AllowList) -> (SharedHttpClient, CallLedger) {
        let ledger = CallLedger::new(&allow);
        let shared = Arc::new(Shared { allow, ledger: ledger.clone() });
        (SharedHttpClient::new(GuardedHttpClient { inner, shared }), ledger)
    }
}

impl HttpClient for GuardedHttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(GuardedConnector { inner, shared: self.shared.clone() })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct GuardedConnector {
    inner: SharedHttpConnector,
    shared: Arc<Shared>,
}

impl HttpConnector for GuardedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.shared.allow.check(&request) {
            Ok(entry) => {
                let ledger = self.shared.ledger.clone();
                ledger.sent(entry);
                let response = self.inner.call(request);
                HttpConnectorFuture::new(async move { ledger.watch(entry, response.await?).await })
            }
            Err(refused) => {
                self.shared.ledger.refused();
                // A "user" error is the kind that the retry strategy leaves alone.
                HttpConnectorFuture::ready(Err(ConnectorError::user(refused.into())))
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! One set of clients per provider.

use std::time::Duration;

use google_cloud_asset_v1::client::AssetService;
use google_cloud_gax::Result as GaxResult;
use google_cloud_gax::client_builder::Error;
use google_cloud_gax::options::RequestOptions;
use google_cloud_resourcemanager_v3::client::{Folders, Organizations, Projects};
use google_cloud_storage::client::StorageControl;

use super::metered::{self, Metered};
use super::retry::RetrySettings;
use super::{ASSETS_LIST, BUCKETS_LIST, Method, RESOURCE_MANAGER};
use crate::call::Ledger;
use crate::credentials::Environment;
use crate::endpoints::Endpoints;
use crate::error::CallError;
use crate::session::Session;

/// The clients. They hold no credentials: those come with each call.
#[derive(Clone, Debug)]
pub(crate) struct Official {
    pub(super) storage: StorageControl,
    pub(super) projects: Projects,
    pub(super) folders: Folders,
    pub(super) organizations: Organizations,
    pub(super) assets: AssetService,
    ledger: Ledger,
    retry: RetrySettings,
}

/// An answer of Asset Inventory is put together from many places: it takes longer than others.
const ASSETS_TIMEOUT: Duration = Duration::from_secs(60);

impl Official {
    /// Nothing is asked yet. To be called inside a tokio runtime, after a rustls crypto provider was installed.
    ///
    /// # Errors
    /// When an endpoint is no URL.
    pub(crate) async fn new(
        endpoints: &Endpoints,
        ledger: Ledger,
        retry: RetrySettings,
        environment: &Environment,
    ) -> Result<Self, Error> {
        // A macro for want of a name: the factory's type differs from client to client and is private to its crate.
        macro_rules! client {
            ($client:ty, $service:expr) => {
                <$client>::builder()
                    .with_endpoint(endpoints.url($service))
                    .with_credentials(Metered::new($service, ledger.clone(), environment.clone()))
                    .with_retry_policy(retry.policy())
                    .with_backoff_policy(retry.backoff())
                    .with_attempt_timeout(retry.attempt_timeout)
                    .build()
                    .await?
            };
        }
        Ok(Self {
            storage: client!(StorageControl, BUCKETS_LIST.service),
            projects: client!(Projects, RESOURCE_MANAGER),
            folders: client!(Folders, RESOURCE_MANAGER),
            organizations: client!(Organizations, RESOURCE_MANAGER),
            assets: client!(AssetService, ASSETS_LIST.service),
            ledger,
            retry,
        })
    }

    /// What a request of this session is sent with.
    pub(super) fn options(&self, session: &Session, method: &Method) -> RequestOptions {
        let mut options = RequestOptions::default();
        options.set_retry_throttler(session.throttler());
        options.set_attempt_timeout(self.timeout(method));
        options
    }

    pub(super) async fn call<T>(
        &self,
        session: &Session,
        method: &Method,
        request: impl Future<Output = GaxResult<T>>,
    ) -> Result<T, CallError> {
        let longest = self.retry.total(self.timeout(method));
        metered::call(&self.ledger, session, method, longest, request).await
    }

    fn timeout(&self, method: &Method) -> Duration {
        let default = self.retry.attempt_timeout;
        if method.service == ASSETS_LIST.service { default.max(ASSETS_TIMEOUT) } else { default }
    }
}

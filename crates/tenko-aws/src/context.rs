//! What a resource type is given when one unit is collected: the clients, the account's session,
//! the region to ask and the gate to pass before every call.

use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_types::region::Region as AwsRegion;
use tenko_core::{Gate, RateKey, Unit};

use crate::provider::credentials::AccountCredentials;
use crate::wire::WireClient;

/// One client per service for the whole process. Region, credentials and retry partition are
/// overridden per call: a client per account and region would cost gigabytes in a large
/// organization, an override costs microseconds.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) organizations: aws_sdk_organizations::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    /// Every other service.
    pub(crate) wire: WireClient,
}

/// A proven session in one account.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The twelve-digit account number.
    pub(crate) account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub(crate) partition: String,
    /// Held credentials: asking them costs no call until they expire. (A provider given to a call
    /// bypasses the SDK's cache, so it must have its own.)
    pub(crate) credentials: AccountCredentials,
    /// One per account: the SDK's retry tokens are otherwise shared by all accounts of a region,
    /// and fifty throttled accounts would stop the retries of every healthy one.
    pub(crate) retry_partition: RetryPartition,
}

/// One unit's surroundings.
pub(crate) struct UnitContext<'a> {
    pub(crate) clients: &'a Clients,
    pub(crate) session: &'a Session,
    /// The region that calls go to: the unit's, or the partition's home region for global types.
    pub(crate) region: &'a str,
    pub(crate) unit: &'a Unit,
    pub(crate) gate: &'a dyn Gate,
}

/// Overrides region, credentials and retry partition in one service's config.
macro_rules! overrides {
    ($name:ident, $sdk:ident) => {
        pub(crate) fn $name(&self) -> $sdk::config::Builder {
            let credentials = self.session.credentials.for_call();
            $sdk::Config::builder()
                .region(AwsRegion::new(self.region.to_owned()))
                .credentials_provider(credentials.clone())
                // The default cache of a call would keep an expired session for its retries.
                .identity_cache(IdentityCache::no_cache())
                .retry_classifier(credentials)
                .retry_partition(self.session.retry_partition.clone())
        }
    };
}

impl UnitContext<'_> {
    overrides!(ec2, aws_sdk_ec2);
    overrides!(s3, aws_sdk_s3);
    overrides!(organizations, aws_sdk_organizations);

    /// Waits until one call to `service` may be made. Call it before every request.
    pub(crate) async fn pass(&self, service: &str) {
        self.gate.pass(&self.rate_key(service)).await;
    }

    /// What the rate of a call to `service` is counted against.
    pub(crate) fn rate_key(&self, service: &str) -> RateKey {
        RateKey {
            cloud: self.unit.cloud.clone(),
            scope: self.unit.scope.clone(),
            reach: self.unit.reach.clone(),
            service: service.to_owned(),
        }
    }
}

//! The client that calls any operation of any service in `services.toml`, on the SDK's own runtime: its signer, its
//! retry strategy, its HTTP client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::interceptors::{
    Intercept, SharedInterceptor, dyn_dispatch_hint,
};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::{
    RuntimeComponents, RuntimeComponentsBuilder,
};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::{ConfigBag, Layer};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use serde_json::Value;

use super::classify::classify;
use super::decode::{Decoder, ServiceFault};
use super::encode;
use super::error::{CallError, ErrorClass};
use super::sdk_error::classify_sdk_error;
use super::service::{Endpoint, WireOperation};

/// Limits that hold for every call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WireSettings {
    /// For one attempt, from sending the request to the last byte of the body.
    pub attempt_timeout: Duration,
    /// For one connection.
    pub connect_timeout: Duration,
    /// Attempts of one call, the first included. The SDK's standard strategy decides which errors are retried and
    /// waits in between; no other layer retries.
    pub max_attempts: u32,
    /// The longest wait before the first retry; later ones double it.
    pub retry_base: Duration,
    /// A larger response is an error.
    pub max_body: usize,
}

impl Default for WireSettings {
    fn default() -> Self {
        WireSettings {
            attempt_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_millis(3100),
            max_attempts: 3,
            retry_base: Duration::from_secs(1),
            max_body: 64 * 1024 * 1024,
        }
    }
}

/// As whom and where calls are made. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// The account. It stands in the host name of some services; whose data is read, the credentials decide.
    pub account: String,
    /// The region asked about. A global service signs for its partition's own.
    pub region: String,
    /// Credentials already resolved; a provider given here would be asked at every call.
    pub credentials: Credentials,
    /// Replaces every host, for emulators and proxies.
    pub endpoint_url: Option<String>,
    retry_partition: RetryPartition,
}

impl CallContext {
    /// A context with a retry budget of its own. Make one per account and derive the others from it, so that
    /// throttling in one account never uses up the retries of another.
    pub fn new(
        account: impl Into<String>,
        region: impl Into<String>,
        credentials: Credentials,
    ) -> Self {
        let account = account.into();
        CallContext {
            retry_partition: RetryPartition::custom(account.clone()).build(),
            account,
            region: region.into(),
            credentials,
            endpoint_url: None,
        }
    }

    /// The same account in another region, with the same retry budget.
    #[must_use]
    pub fn in_region(&self, region: impl Into<String>) -> Self {
        CallContext { region: region.into(), ..self.clone() }
    }

    /// The same with fresh credentials.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        CallContext { credentials, ..self.clone() }
    }

    /// The same with another endpoint.
    #[must_use]
    pub fn with_endpoint_url(mut self, url: Option<String>) -> Self {
        self.endpoint_url = url;
        self
    }

    /// The same with another retry budget: the one that the account's other calls share.
    #[must_use]
    pub fn with_retry_partition(mut self, retry_partition: RetryPartition) -> Self {
        self.retry_partition = retry_partition;
        self
    }

    /// The account's retry budget, to be given to SDK crates' calls as well (`config_override`).
    pub fn retry_partition(&self) -> RetryPartition {
        self.retry_partition.clone()
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct WireClient {
    http: SharedHttpClient,
    settings: WireSettings,
    /// How far the services' clock is from ours: learned once for all calls.
    clock_skew: SharedInterceptor,
}

impl WireClient {
    /// `http` is expected to be guarded; see [`GuardedHttpClient`](super::guard::GuardedHttpClient).
    pub fn new(http: SharedHttpClient, settings: WireSettings) -> Self {
        let clock_skew = SharedInterceptor::new(ServiceClockSkewInterceptor::new());
        WireClient { http, settings, clock_skew }
    }

    /// Makes one call, retries included, and reads the whole response.
    ///
    /// The result is the operation's output as JSON; see [`xml`](super::xml) for what XML becomes.
    ///
    /// # Errors
    /// [`CallError`], with the class refined for the region (see [`CallError::in_region`]).
    pub async fn call(
        &self,
        ctx: &CallContext,
        op: &WireOperation,
        input: &Value,
    ) -> Result<Value, CallError> {
        let fail =
            |class, message: String| CallError::new(class, &op.service.key, &op.name, message);
        let endpoint = op
            .service
            .endpoint(&ctx.account, &ctx.region, ctx.endpoint_url.as_deref())
            .ok_or_else(|| {
                fail(
                    ErrorClass::Unsupported,
                    format!("the service has no endpoint for region {}", ctx.region),
                )
            })?;
        // Built once here for the error it may have; the runtime wants a function.
        let request =
            encode::request(op, input).map_err(|e| fail(ErrorClass::Other, e.to_string()))?;
        let attempts = Arc::new(AtomicU32::new(0));
        let settings = &self.settings;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(settings.connect_timeout)
            .read_timeout(settings.attempt_timeout)
            .operation_attempt_timeout(settings.attempt_timeout)
            .build();
        let operation = Operation::builder()
            .service_name(op.service.key.clone())
            .operation_name(op.name.clone())
            .behavior_version(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .endpoint_url(&endpoint.url)
            .standard_retry(
                &RetryConfig::standard()
                    .with_max_attempts(settings.max_attempts)
                    .with_initial_backoff(settings.retry_base),
            )
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            .retry_classifier(AwsErrorCodeClassifier::<ServiceFault>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(Throttling)
            .retry_classifier(ServiceClockSkewClassifier::<ServiceFault>::new())
            .retry_classifier(TransientErrorClassifier::<ServiceFault>::new())
            .with_connection_poisoning()
            .interceptor(Attempts(attempts.clone()))
            .interceptor(self.clock_skew.clone())
            .runtime_plugin(signing(ctx, op, endpoint))
            .serializer(move |()| {
                request.try_clone().ok_or_else(|| BoxError::from("the request is not repeatable"))
            })
            .deserializer_impl::<Value, ServiceFault>(Decoder {
                protocol: op.service.protocol,
                operation: op.name.clone(),
                lists: op.lists.clone(),
                may_be_empty: op.may_be_empty,
                max_body: settings.max_body,
            })
            .build();
        operation.invoke(()).await.map_err(|error| {
            let mut out =
                classify_sdk_error(&error, &op.service.key, &op.name).in_region(&ctx.region);
            if let Some(fault) = error.as_service_error() {
                out.request_id = fault.request_id.clone().map(Into::into).or(out.request_id);
            }
            // A request that the guard refused was an attempt of the runtime, but not a call.
            out.attempts =
                if out.class == ErrorClass::Refused { 0 } else { attempts.load(Ordering::Relaxed) };
            out
        })
    }
}

/// The signer, the credentials and the retry budget. The resolver's parameters are empty but must be there: the
/// runtime panics without.
fn signing(ctx: &CallContext, op: &WireOperation, endpoint: Endpoint) -> StaticRuntimePlugin {
    let mut layer = Layer::new("tenko");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(ctx.retry_partition.clone());
    let mut config = SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(endpoint.signing_region))),
        name: Some(SigningName::from(op.service.signing_name().to_owned())),
        ..SigV4OperationSigningConfig::default()
    };
    // S3 signs in its own way: the path as it is, and the body's digest in a header.
    if op.service.signing_name() == "s3" {
        config.signing_options.double_uri_encode = false;
        config.signing_options.normalize_uri_path = false;
        config.signing_options.content_sha256_header = true;
    }
    layer.store_put(config);
    let identity =
        SharedIdentityResolver::new(SharedCredentialsProvider::new(ctx.credentials.clone()));
    let mut components = RuntimeComponentsBuilder::new("tenko")
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )))
        .with_identity_cache(Some(IdentityCache::no_cache()));
    components.set_identity_resolver(SCHEME_ID, identity);
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

/// Retries what [`classify`] calls throttling and the runtime does not know: SNS says `Throttled`, with status 429.
#[derive(Debug)]
struct Throttling;

impl ClassifyRetry for Throttling {
    fn classify_retry(&self, ctx: &InterceptorContext) -> RetryAction {
        let fault = match ctx.output_or_error() {
            Some(Err(error)) => error.as_operation_error(),
            _ => None,
        };
        let Some(fault) = fault.and_then(|fault| fault.downcast_ref::<ServiceFault>()) else {
            return RetryAction::NoActionIndicated;
        };
        let status = ctx.response().map(|response| response.status().as_u16());
        match classify(fault.code(), status, fault.message()) {
            ErrorClass::Throttled => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "throttling"
    }
}

/// Counts attempts that reach the connector.
#[derive(Debug)]
struct Attempts(Arc<AtomicU32>);

#[dyn_dispatch_hint]
impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;

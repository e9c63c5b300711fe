//! The one HTTP client of the process, and where each service is reached.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// A client with connections of its own. Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`), as with AWS's
/// other tools; `ca_bundle` is PEM text of certificates to trust beside the system's.
pub(crate) fn client(ca_bundle: Option<Vec<u8>>) -> Result<SharedHttpClient, String> {
    let mut trust = TrustStore::default();
    if let Some(pem) = ca_bundle {
        trust = trust.with_pem_certificate(pem);
    }
    let tls =
        TlsContext::builder().with_trust_store(trust).build().map_err(|error| error.to_string())?;
    let connector = move |settings: Option<&_>,
                          components: Option<
        &aws_smithy_runtime_api::client::runtime_components::RuntimeComponents,
    >| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        builder
            .pool_idle_timeout(Duration::from_secs(60))
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .build()
    };
    Ok(Builder::new().build_with_connector_fn(connector))
}

/// The endpoint of a service by its key in `services.toml`, where the configuration or the environment replaces AWS's
/// own.
pub fn endpoint_of(config: &SdkConfig, service: &str) -> Option<String> {
    Endpoints::new(config).of(service)
}

/// Endpoints that replace AWS's own: one for all services, or one for a service.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    all: Option<String>,
    /// Set in code: then the environment has no say, as in the SDK.
    fixed: bool,
    environment: Option<Arc<SdkConfig>>,
}

/// The names that the environment uses for services (`AWS_ENDPOINT_URL_{NAME}`), where they are not the service's
/// key. Source: "Service-specific endpoints" in the SDKs and Tools reference.
const SERVICE_IDS: &[(&str, &str)] =
    &[("cloudcontrol", "CloudControl"), ("s3control", "S3 Control"), ("sso-admin", "SSO Admin")];

impl Endpoints {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            all: config.endpoint_url().map(str::to_owned),
            fixed: config.get_origin("endpoint_url").is_client_config(),
            environment: Some(Arc::new(config.clone())),
        }
    }

    /// The endpoint of a service by its key, where AWS's own is replaced.
    pub(crate) fn of(&self, service: &str) -> Option<String> {
        let id = SERVICE_IDS.iter().find(|(key, _)| *key == service).map_or(service, |(_, id)| id);
        let own = || {
            let config: &dyn LoadServiceConfig = self.environment.as_ref()?.service_config()?;
            let key = ServiceConfigKey::builder()
                .service_id(id)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url");
            config.load_config(key.build().ok()?)
        };
        if self.fixed { self.all.clone() } else { own().or_else(|| self.all.clone()) }
    }
}

//! What the tests share: a provider that asks the simulated cloud, and whole runs.

use std::sync::Arc;
use std::time::Duration;

use tenko_collect::{CancellationToken, Collector, Options, Selection};
use tenko_core::{Provider, Redactor, ResourceType, Snapshot};
use tenko_gcp::{Discovery, GoogleProvider, GoogleProviderBuilder, Source};
use tenko_testkit::google::{AUDITOR, SimGoogle, adc_json};

/// A builder that asks the cloud as the auditor, with short waits.
pub(crate) fn builder(cloud: &SimGoogle) -> GoogleProviderBuilder {
    GoogleProvider::builder()
        .credentials_file(credentials(&login(cloud)))
        .endpoint_url(cloud.url())
        .redactor(Redactor::new([7; 32]))
        .max_attempts(2)
        .retry_delay(Duration::from_millis(5))
}

/// The login of the auditor, which says whose it is.
pub(crate) fn login(cloud: &SimGoogle) -> serde_json::Value {
    let mut json = adc_json(cloud);
    json["account"] = AUDITOR.into();
    json
}

/// A credentials file, kept for as long as the process lives.
pub(crate) fn credentials(json: &serde_json::Value) -> std::path::PathBuf {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), json.to_string()).unwrap();
    file.into_temp_path().keep().unwrap()
}

/// The provider that reads everything from this source.
pub(crate) async fn provider(cloud: &SimGoogle, source: Source) -> Arc<GoogleProvider> {
    Arc::new(builder(cloud).source(source).discovery(Discovery::Auto).load().await.unwrap())
}

/// A whole run, of all types or of these.
pub(crate) async fn collect(provider: &Arc<GoogleProvider>, types: &[&str]) -> Snapshot {
    let types = types.iter().map(|name| ResourceType::new(*name)).collect();
    let selection = Selection {
        types: Some(types).filter(|types: &std::collections::BTreeSet<_>| !types.is_empty()),
        ..Selection::default()
    };
    let provider: Arc<dyn Provider> = provider.clone();
    Collector::new(Options { rate_share: 1.0, ..Options::default() })
        .collect(&[provider], &selection, |_| {}, CancellationToken::new())
        .await
}

//! The provider-neutral conformance suite against both emulators at once.

use std::sync::Arc;
use std::time::Duration;

use tenko::gcp::{Discovery, GoogleProvider, Source};
use tenko::model::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Provider, Rate, Redactor, Scope, ScopeKey, Unit,
};
use tenko_testkit::conformance::{ConformanceFault, FaultKind, Harness, run};
use tenko_tests::Emulator;

const AUDITOR: &str = "auditor@lab-1.iam.gserviceaccount.com";
/// Complete where nothing is wrong; of Pub/Sub gcplocal's half.
const TYPES: [&str; 7] = [
    "bigquery.googleapis.com/Dataset",
    "compute.googleapis.com/Firewall",
    "compute.googleapis.com/Network",
    "iam.googleapis.com/Role",
    "iam.googleapis.com/ServiceAccountKey",
    "pubsub.googleapis.com/Topic",
    "sqladmin.googleapis.com/Instance",
];

/// The provider with the types that the emulators serve.
#[derive(Debug)]
struct Narrowed {
    provider: GoogleProvider,
    catalog: Catalog,
}

impl Provider for Narrowed {
    fn cloud(&self) -> Cloud {
        self.provider.cloud()
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        self.provider.discover(gate)
    }

    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        self.provider.open(scope, gate)
    }

    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        self.provider.collect(unit, gate)
    }

    fn rate(&self, service: &str) -> Rate {
        self.provider.rate(service)
    }

    fn calls(&self) -> Vec<CallCount> {
        self.provider.calls()
    }
}

struct Emulated {
    provider: Arc<Narrowed>,
    projects: Vec<String>,
}

impl Harness for Emulated {
    fn provider(&self) -> Arc<dyn Provider> {
        self.provider.clone()
    }

    fn expected_scopes(&self) -> Vec<ScopeKey> {
        let key = |id: &String| ScopeKey { cloud: Cloud::gcp(), id: id.as_str().into() };
        self.projects.iter().map(key).collect()
    }

    fn paged_unit(&self) -> Result<Unit, String> {
        Err("a second page cannot be broken alone".to_owned())
    }

    fn inject<'a>(&'a self, fault: &'a ConformanceFault) -> BoxFuture<'a, Result<(), String>> {
        let reason = match fault.kind {
            FaultKind::Denied => "neither drongo nor gcplocal checks who asks",
            _ => "drongo and gcplocal always answer, and with whole answers",
        };
        Box::pin(std::future::ready(Err(reason.to_owned())))
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drongo_and_gcplocal_conform_as_far_as_they_can_be_asked() {
    let (drongo, gcplocal) = (Emulator::drongo(), Emulator::gcplocal());
    drongo.google_seed();
    let projects = gcplocal.google_seed().parentless;
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(key.path(), gcplocal.script("google_key.py", &[AUDITOR])).unwrap();

    let provider = GoogleProvider::builder()
        .credentials_file(key.path())
        .endpoint_url(gcplocal.url())
        .endpoint("cloudresourcemanager", drongo.url())
        .endpoint("bigquery", drongo.url())
        .discovery(Discovery::Projects(projects.clone()))
        .source(Source::Services)
        .max_attempts(2)
        .retry_delay(Duration::from_millis(10))
        .redactor(Redactor::new([7; 32]));
    let provider = provider.load().await.unwrap();
    let mut catalog = Catalog::default();
    catalog.extend(TYPES.iter().map(|ty| provider.catalog().get(&(*ty).into()).unwrap().clone()));
    let provider = Arc::new(Narrowed { provider, catalog });
    let harness = Emulated { provider, projects };

    let report = run(&harness).await;
    println!("{report}");
    assert!(report.is_ok(), "{report}");
    // The nine faults, and that all is well after them.
    assert_eq!((report.passed.len(), report.skipped.len()), (13, 10));
    assert_eq!(harness.provider.provider.refused_calls(), 0);
}

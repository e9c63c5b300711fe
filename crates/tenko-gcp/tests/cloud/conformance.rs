//! The provider-neutral conformance suite.

use std::sync::Arc;

use tenko_core::{BoxFuture, Provider, ScopeKey, Unit};
use tenko_gcp::{GoogleProvider, Source};
use tenko_testkit::conformance::{ConformanceFault, FaultKind as Kind, Harness, run};
use tenko_testkit::google::{Fault, FaultKind, SimGoogle};

use crate::common;
use crate::listings::operations_of;
use crate::world::{OPEN, SHARED, key, start, unit};

struct Simulated {
    cloud: SimGoogle,
    provider: Arc<GoogleProvider>,
}

impl Harness for Simulated {
    fn provider(&self) -> Arc<dyn Provider> {
        self.provider.clone()
    }

    fn expected_scopes(&self) -> Vec<ScopeKey> {
        OPEN.map(key).to_vec()
    }

    fn paged_unit(&self) -> Result<Unit, String> {
        Ok(unit(SHARED, "compute.googleapis.com/Subnetwork"))
    }

    fn inject<'a>(&'a self, fault: &'a ConformanceFault) -> BoxFuture<'a, Result<(), String>> {
        let (kind, page) = match fault.kind {
            Kind::Denied => (FaultKind::Denied, None),
            Kind::ThrottledOut => (FaultKind::Throttled, None),
            Kind::ServerError => (FaultKind::ServerError, None),
            Kind::ConnectionLost => (FaultKind::Disconnect, None),
            Kind::TruncatedBody => (FaultKind::LoseEnd { bytes: 25, fitting_length: false }, None),
            Kind::BrokenSecondPage => (FaultKind::ServerError, Some(2)),
            Kind::RepeatedToken => (FaultKind::RepeatToken, None),
            other => return Box::pin(std::future::ready(Err(format!("{other:?} is not known")))),
        };
        let fault_of = || Fault { page, ..Fault::new(kind.clone()) };
        let project = fault.scope.as_str();
        match &fault.resource_type {
            None => _ = self.cloud.add_fault(fault_of().project(project)),
            Some(of) => {
                for operation in operations_of(of.as_str()) {
                    self.cloud.add_fault(fault_of().project(project).operation(operation));
                }
                // The inventory lists the type for all projects at once.
                let listing = fault_of().service("cloudasset").asset_type(of.as_str());
                self.cloud.add_fault(listing);
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        self.cloud.clear_faults();
        Box::pin(std::future::ready(()))
    }
}

async fn conforms(source: Source) {
    let cloud = start().await;
    let provider = common::provider(&cloud, source).await;
    let harness = Simulated { cloud, provider };
    let report = run(&harness).await;
    assert!(report.is_ok(), "{report}");
    // Everything is listed for a project as a whole: there is no region that could be denied by itself.
    let skipped: Vec<_> = report.skipped.iter().map(|(check, _)| *check).collect();
    assert_eq!(skipped, ["a denied region is denied"]);
    assert_eq!(report.passed.len(), 22);
    assert_eq!(harness.provider.refused_calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_the_services_conforms() {
    conforms(Source::Services).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_the_inventory_with_the_services_behind_it_conforms() {
    conforms(Source::Auto).await;
}

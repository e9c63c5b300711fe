//! The provider-neutral conformance suite against the simulated cloud and against moto.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::sync::Arc;
use std::time::Duration;

use tenko::aws::AwsProvider;
use tenko::model::{
    Answer, BoxFuture, BoxStream, CallCount, Catalog, Cloud, CollectEvent, DiscoverEvent, Gate,
    Provider, Rate, Reach, Redactor, Scope, ScopeKey, Unit,
};
use tenko_testkit::conformance::{ConformanceFault, FaultKind, Harness, Report, run};
use tenko_testkit::demo;
use tenko_testkit::sim::{self, DeniedBy, Fault, SimCloud, operations};
use tenko_tests::{Moto, moto_lacks};

const MANAGEMENT: &str = "111111111111";
const REGIONS: [&str; 2] = ["eu-central-1", "us-east-1"];

fn account(id: &str) -> ScopeKey {
    ScopeKey { cloud: Cloud::aws(), id: id.into() }
}

async fn provider(url: &str, key: &str, regions: impl IntoIterator<Item = String>) -> AwsProvider {
    AwsProvider::builder()
        .endpoint_url(url)
        .static_credentials(key, "secret")
        .regions(regions)
        .redactor(Redactor::new([7; 32]))
        .max_attempts(2)
        .load()
        .await
        .unwrap()
}

struct Simulated {
    cloud: SimCloud,
    provider: Arc<AwsProvider>,
}

impl Simulated {
    async fn new() -> Self {
        let mut world = demo::world();
        world.faults.clear();
        world.page_size = Some(2);
        for account in &mut world.accounts {
            account.roles.clear();
            if account.id != MANAGEMENT {
                account.roles.push(sim::Role {
                    name: tenko::aws::DEFAULT_ROLE.to_owned(),
                    ..sim::Role::default()
                });
            }
        }
        let key = world.keys.first().unwrap().id.clone();
        let cloud = SimCloud::start(world).await.unwrap();
        let provider = provider(&cloud.url(), &key, REGIONS.map(str::to_owned)).await;
        Self { cloud, provider: Arc::new(provider) }
    }

    /// The operations that a type is read with; none where the fault is for all types.
    fn operations_of(&self, fault: &ConformanceFault) -> Vec<Option<String>> {
        let Some(of) = &fault.resource_type else { return vec![None] };
        let info = self.provider.catalog().get(of).unwrap();
        let needed = |op: &&sim::Operation| info.permissions.iter().any(|p| p == op.action());
        operations().iter().filter(needed).map(|op| Some(op.id.clone())).collect()
    }
}

impl Harness for Simulated {
    fn provider(&self) -> Arc<dyn Provider> {
        self.provider.clone()
    }

    fn expected_scopes(&self) -> Vec<ScopeKey> {
        demo::world().accounts.iter().map(|a| account(&a.id)).collect()
    }

    fn paged_unit(&self) -> Result<Unit, String> {
        // Three subnets in each region's default VPC, two on a page.
        Ok(Unit {
            cloud: Cloud::aws(),
            scope: MANAGEMENT.into(),
            reach: Reach::region("eu-central-1"),
            resource_type: "AWS::EC2::Subnet".into(),
        })
    }

    fn inject<'a>(&'a self, fault: &'a ConformanceFault) -> BoxFuture<'a, Result<(), String>> {
        let (kind, page) = match fault.kind {
            FaultKind::Denied => (sim::FaultKind::Deny { by: DeniedBy::ScpExplicit }, None),
            FaultKind::ThrottledOut => (sim::FaultKind::Throttle, None),
            FaultKind::ServerError => (sim::FaultKind::ServerError, None),
            FaultKind::ConnectionLost => (sim::FaultKind::Disconnect, None),
            FaultKind::TruncatedBody => (sim::FaultKind::LoseEnd { bytes: 25 }, None),
            FaultKind::BrokenSecondPage => (sim::FaultKind::ServerError, Some(2)),
            FaultKind::RepeatedToken => (sim::FaultKind::RepeatToken, None),
            other => return Box::pin(std::future::ready(Err(format!("{other:?} is not known")))),
        };
        for operation in self.operations_of(fault) {
            let region = fault.reach.as_ref().map(|reach| match reach.as_region() {
                Some(region) => region.as_str().to_owned(),
                None => "us-east-1".to_owned(),
            });
            let account = Some(fault.scope.as_str().to_owned());
            self.cloud.add_fault(Fault { account, region, operation, page, ..Fault::new(kind) });
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        self.cloud.clear_faults();
        Box::pin(std::future::ready(()))
    }
}

struct Emulated {
    provider: Arc<AsFarAsServed>,
    scopes: Vec<ScopeKey>,
}

/// The provider without the types that the emulator cannot be asked for whole.
#[derive(Debug)]
struct AsFarAsServed {
    whole: AwsProvider,
    catalog: Catalog,
}

impl AsFarAsServed {
    fn new(whole: AwsProvider) -> Self {
        let served = |info: &&tenko::model::TypeInfo| !moto_lacks(info.resource_type.as_str());
        let catalog = whole.catalog().iter().filter(served).cloned().collect();
        Self { whole, catalog }
    }
}

impl Provider for AsFarAsServed {
    fn cloud(&self) -> Cloud {
        self.whole.cloud()
    }

    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn discover<'a>(&'a self, gate: &'a dyn Gate) -> BoxStream<'a, DiscoverEvent> {
        self.whole.discover(gate)
    }

    fn open<'a>(&'a self, scope: &'a Scope, gate: &'a dyn Gate) -> BoxFuture<'a, Answer> {
        self.whole.open(scope, gate)
    }

    fn collect<'a>(&'a self, unit: &'a Unit, gate: &'a dyn Gate) -> BoxStream<'a, CollectEvent> {
        self.whole.collect(unit, gate)
    }

    fn rate(&self, service: &str) -> Rate {
        self.whole.rate(service)
    }

    fn calls(&self) -> Vec<CallCount> {
        self.whole.calls()
    }
}

impl Harness for Emulated {
    fn provider(&self) -> Arc<dyn Provider> {
        self.provider.clone()
    }

    fn expected_scopes(&self) -> Vec<ScopeKey> {
        self.scopes.clone()
    }

    fn paged_unit(&self) -> Result<Unit, String> {
        Err("moto's pages cannot be made small".to_owned())
    }

    fn refuses_strangers(&self) -> Result<(), String> {
        Err("moto makes every account that somebody asks for".to_owned())
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(120)
    }

    fn inject<'a>(&'a self, fault: &'a ConformanceFault) -> BoxFuture<'a, Result<(), String>> {
        let reason = match fault.kind {
            FaultKind::Denied => "moto evaluates no policies of an organization",
            _ => "moto always answers, and with whole answers",
        };
        Box::pin(std::future::ready(Err(reason.to_owned())))
    }

    fn clear(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

fn skipped(report: &Report) -> Vec<&str> {
    report.skipped.iter().map(|(check, _)| *check).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_cloud_conforms() {
    let harness = Simulated::new().await;
    let report = run(&harness).await;
    println!("{report}");
    assert!(report.is_ok(), "{report}");
    assert_eq!(skipped(&report), [""; 0]);
    assert_eq!(report.passed.len(), 23);
    assert_eq!(harness.provider.refused_calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn moto_conforms_as_far_as_it_can_be_asked() {
    let moto = Moto::start();
    let seed = moto.seed();
    let provider = provider(moto.url(), "AKIAMANAGEMENT000000", seed.regions.clone()).await;
    let mut scopes: Vec<_> = seed.accounts.values().map(|id| account(id)).collect();
    scopes.push(account(&seed.management));
    let harness = Emulated { provider: Arc::new(AsFarAsServed::new(provider)), scopes };
    let report = run(&harness).await;
    println!("{report}");
    assert!(report.is_ok(), "{report}");
    // The nine faults, that all is well after them, and the account that is not there.
    assert_eq!((report.passed.len(), report.skipped.len()), (12, 11));
    assert_eq!(harness.provider.whole.refused_calls(), 0);
}

//! The organization that the tests look at, and how they look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tenko::aws::{AwsProvider, AwsProviderBuilder};
use tenko::collect::Options;
use tenko::declare::{Depth, InitOptions, Manifest, ManifestFile};
use tenko::model::{
    Catalog, Cloud, Coverage, Drift, DriftKind, Outcome, Redactor, Region, Resource, ScopeKey,
    Snapshot, Unit,
};
use tenko::{Audit, AuditBuilder, Report};
use tenko_testkit::Hurried;
use tenko_testkit::demo;
use tenko_testkit::sim::{Account, AccountState, Data, SimCloud, World};
use tokio::sync::OnceCell;

pub(crate) const MANAGEMENT: &str = "111111111111";
pub(crate) const PRODUCTION: &str = "333333333301";
pub(crate) const STAGING: &str = "333333333302";
pub(crate) const SHARED_BY_TWO: &str = "555555555501";
pub(crate) const SUSPENDED: &str = "777777777701";
/// Those that can be read.
pub(crate) const OPEN: [&str; 4] = [MANAGEMENT, PRODUCTION, STAGING, SHARED_BY_TWO];

pub(crate) const HOME: &str = "us-east-1";
pub(crate) const EUROPE: &str = "eu-central-1";
/// Enabled nowhere.
pub(crate) const HONG_KONG: &str = "ap-east-1";

pub(crate) const EXTERNAL_ID: &str = "tenko-demo";

/// At least one type of each protocol, and of each way to read one.
pub(crate) const TYPES: [&str; 14] = [
    "AWS::CloudFormation::Stack",
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::ECS::TaskDefinition",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
];

/// Nested units, five accounts, one of them suspended, two regions.
pub(crate) fn world() -> World {
    let mut world = demo::world();
    world.faults.clear();
    world.accounts.retain(|a| OPEN.contains(&a.id.as_str()) || a.id == SUSPENDED);
    let gone: BTreeSet<String> = ["ap-northeast-1".to_owned()].into();
    world.regions.retain(|name, _| !gone.contains(name));
    for account in &mut world.accounts {
        account.data.retain(|place, _| !gone.contains(place));
    }
    // In the demo the stack's group differs from the template, and nobody looks at groups here.
    for account in &mut world.accounts {
        each_data(account, &mut |data| {
            let answers = data.answers.iter_mut().filter_map(|answer| answer.response.as_mut());
            let lists = answers.filter_map(|answer| answer.get_mut("StackResourceSummaries"));
            for list in lists.filter_map(Value::as_array_mut) {
                list.retain(|entry| TYPES.iter().any(|name| entry["ResourceType"] == *name));
            }
        });
    }
    let policies = world.organization.as_mut().map(|organization| &mut organization.policies);
    let ids: Vec<_> = world.accounts.iter().map(|a| a.id.clone()).collect();
    for policy in policies.into_iter().flatten() {
        policy.targets.retain(|target| target.starts_with("r-") || ids.contains(target));
    }
    let production = world.account_mut(PRODUCTION).unwrap();
    // More than one of each, so that there are pages.
    for (from, to) in [
        ("acme-production-uploads", "acme-production-archive"),
        ("acme-production-invoices", "acme-production-refunds"),
        ("acme-production-orders", "acme-production-returns"),
        ("acme-production-alarms", "acme-production-notices"),
    ] {
        double(production, from, to);
    }
    // Two accounts below one unit: listings of members have pages as well.
    let unit = world.account(PRODUCTION).unwrap().parent.clone();
    world.account_mut(SHARED_BY_TWO).unwrap().parent = unit;
    assert_eq!(world.account(SUSPENDED).unwrap().state, AccountState::Suspended);
    world
}

/// Every record and answer that names `from` comes a second time under another name.
fn double(account: &mut Account, from: &str, to: &str) {
    let renamed = |value: &Value| -> Option<Value> {
        let text = value.to_string();
        text.contains(from).then(|| serde_json::from_str(&text.replace(from, to)).unwrap())
    };
    each_data(account, &mut |data| {
        each_list(data, &mut |list| {
            let new: Vec<_> = list.iter().filter_map(renamed).collect();
            list.extend(new);
        });
        let answers: Vec<_> = data
            .answers
            .iter()
            .filter_map(|answer| {
                let value = serde_json::to_value(answer).unwrap();
                renamed(&value).map(|value| serde_json::from_value(value).unwrap())
            })
            .collect();
        data.answers.extend(answers);
    });
}

fn each_data(account: &mut Account, f: &mut dyn FnMut(&mut Data)) {
    account.data.values_mut().flat_map(BTreeMap::values_mut).for_each(f);
}

fn each_list(data: &mut Data, f: &mut dyn FnMut(&mut Vec<Value>)) {
    data.items.iter_mut().for_each(&mut *f);
    let whole = data.response.iter_mut().filter_map(Value::as_object_mut);
    whole.flat_map(|map| map.values_mut()).filter_map(Value::as_array_mut).for_each(f);
}

/// Deletes what is listed in an account under this name or id.
pub(crate) fn delete(world: &mut World, account: &str, operation: &str, name: &str) {
    let mut removed = 0;
    let account = world.account_mut(account).unwrap();
    for data in account.data.values_mut().filter_map(|place| place.get_mut(operation)) {
        each_list(data, &mut |list| {
            let before = list.len();
            list.retain(|item| !item.to_string().contains(name));
            removed += before - list.len();
        });
    }
    assert_eq!(removed, 1, "{name} in {operation}");
}

/// How one look at the cloud is made; the default is the usual one.
pub(crate) struct Look {
    pub(crate) provider: fn(AwsProviderBuilder) -> AwsProviderBuilder,
    pub(crate) audit: Box<dyn Fn(AuditBuilder) -> AuditBuilder + Send + Sync>,
    pub(crate) options: Options,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            provider: |builder| builder,
            audit: Box::new(|audit| audit),
            options: Options { rate_share: 1.0, ..Options::default() },
        }
    }
}

pub(crate) async fn provider(
    cloud: &SimCloud,
    set: fn(AwsProviderBuilder) -> AwsProviderBuilder,
) -> AwsProvider {
    let builder = AwsProvider::builder()
        .endpoint_url(cloud.url())
        .static_credentials(demo::world().keys[0].id.clone(), "secret")
        .role("TenkoAudit")
        .external_id(EXTERNAL_ID)
        .redactor(Redactor::new([7; 32]))
        .max_attempts(2);
    set(builder).load().await.unwrap()
}

/// Looks with the usual settings.
pub(crate) async fn look(cloud: &SimCloud) -> Snapshot {
    look_with(cloud, Look::default()).await
}

/// Looks, and makes sure that nothing but reads that are on the list was even tried.
pub(crate) async fn look_with(cloud: &SimCloud, look: Look) -> Snapshot {
    let provider = provider(cloud, look.provider).await;
    let audit = Audit::builder()
        .provider(Arc::new(Hurried(provider.clone())))
        .types(TYPES.map(str::to_owned))
        .regions([HOME, EUROPE].map(Region::new))
        .options(look.options);
    let snapshot = (look.audit)(audit).build().unwrap().collect().await;
    assert_eq!(provider.refused_calls(), 0, "the guard held something back");
    let allowed = provider.allowed_operations();
    for request in cloud.seen() {
        assert!(allowed.contains(&request.id()), "{} is not on the list", request.id());
    }
    snapshot
}

/// What there is when nothing is wrong, and a manifest that declares all of it.
pub(crate) struct Clean {
    pub(crate) snapshot: Snapshot,
    pub(crate) manifest: Manifest,
    pub(crate) catalog: Catalog,
}

impl Clean {
    /// Looked at once for all tests.
    pub(crate) async fn get() -> &'static Self {
        static CLEAN: OnceCell<Clean> = OnceCell::const_new();
        CLEAN.get_or_init(Self::new).await
    }

    async fn new() -> Self {
        let cloud = SimCloud::start(world()).await.unwrap();
        let snapshot = look(&cloud).await;
        let catalog = tenko::catalog().unwrap();
        let options = InitOptions {
            depth: Depth::Attributes,
            management: Some(key(MANAGEMENT)),
            ..InitOptions::default()
        };
        let text = tenko::declare::init(&snapshot, &catalog, &options);
        let file = ManifestFile { name: "tenants.yaml", bytes: text.as_bytes() };
        let manifest = tenko::declare::load(&[file], &catalog).unwrap_or_else(|e| panic!("{e}"));
        let clean = Self { snapshot, manifest, catalog };
        clean.is_clean();
        clean
    }

    fn is_clean(&self) {
        for row in &self.snapshot.coverage {
            let suspended = row.unit.scope.as_str() == SUSPENDED;
            let expected = if suspended { Outcome::ScopeSuspended } else { Outcome::Complete };
            assert_eq!(row.outcome, expected, "{} {:?}", row.unit, row.problems);
        }
        let found: BTreeSet<_> =
            self.snapshot.resources.iter().map(|r| r.key.resource_type.as_str()).collect();
        assert_eq!(found, TYPES.into(), "there is one of each type");
        assert_eq!(self.compare(&self.snapshot).diff.drift, []);
        assert!(self.declared().len() > 20, "{:?}", self.declared());
    }

    pub(crate) fn compare(&self, snapshot: &Snapshot) -> Report {
        tenko::compare(snapshot.clone(), Some(&self.manifest), &self.catalog)
    }

    /// What the manifest declares, each with its environment: everything that a tenant made.
    pub(crate) fn declared(&self) -> Vec<(Place<'_>, &Resource)> {
        let mut declared = Vec::new();
        for (tenant, environment) in self.manifest.declaration.environments() {
            for resource in &self.snapshot.resources {
                let is_meant = environment.scopes.contains(&resource.key.scope_key())
                    && environment.expected.iter().any(|expected| {
                        expected.resource_type == resource.key.resource_type
                            && expected.id.as_ref() == Some(&resource.key.id)
                    });
                if is_meant {
                    let place = (tenant.id.as_str(), environment.name.as_str());
                    declared.push((place, resource));
                }
            }
        }
        declared
    }
}

/// Tenant and environment.
pub(crate) type Place<'a> = (&'a str, &'a str);

pub(crate) fn key(account: &str) -> ScopeKey {
    ScopeKey { cloud: Cloud::aws(), id: account.into() }
}

/// The drift of one kind.
pub(crate) fn of_kind(report: &Report, kind: DriftKind) -> Vec<&Drift> {
    report.diff.drift.iter().filter(|drift| drift.kind == kind).collect()
}

/// The resources of a unit.
pub(crate) fn resources_of<'a>(snapshot: &'a Snapshot, unit: &Unit) -> Vec<&'a Resource> {
    let of_unit = |r: &&Resource| {
        r.key.scope == unit.scope
            && r.key.resource_type == unit.resource_type
            && (unit.reach.as_region().is_none() || r.key.region == unit.reach)
    };
    snapshot.resources.iter().filter(of_unit).collect()
}

/// Coverage without what depends on the clock.
pub(crate) fn timeless(coverage: &[Coverage]) -> Vec<Coverage> {
    coverage.iter().map(|row| Coverage { duration_ms: 0, ..row.clone() }).collect()
}

/// For attempts that are to fail soon.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

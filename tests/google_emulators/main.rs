//! Google Cloud's provider against drongo and gcplocal, two emulators that are not ours, filled over plain HTTP.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod conformance;
mod fields;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tenko::Audit;
use tenko::gcp::{Discovery, GoogleProvider, Source};
use tenko::model::{
    Coverage, Outcome, Problem, Provider, Redactor, ScopeKind, ScopeStatus, Snapshot,
};
use tenko_tests::{Emulator, GoogleSeed};

const ORGANIZATION: &str = "organizations/1";

/// Of these drongo serves all calls.
const DRONGO: [&str; 1] = ["bigquery.googleapis.com/Dataset"];
/// Of these it lists the resources and does not know their policies.
const DRONGO_IN_PART: [&str; 2] =
    ["pubsub.googleapis.com/Subscription", "pubsub.googleapis.com/Topic"];
/// Of these it knows no call that is made.
const DRONGO_NOT: [&str; 28] = [
    "cloudresourcemanager.googleapis.com/Project",
    "compute.googleapis.com/Address",
    "compute.googleapis.com/Disk",
    "compute.googleapis.com/Firewall",
    "compute.googleapis.com/ForwardingRule",
    "compute.googleapis.com/GlobalAddress",
    "compute.googleapis.com/GlobalForwardingRule",
    "compute.googleapis.com/Instance",
    "compute.googleapis.com/InstanceGroupManager",
    "compute.googleapis.com/Network",
    "compute.googleapis.com/Project",
    "compute.googleapis.com/Region",
    "compute.googleapis.com/RegionDisk",
    "compute.googleapis.com/Route",
    "compute.googleapis.com/Subnetwork",
    "container.googleapis.com/Cluster",
    "essentialcontacts.googleapis.com/Contact",
    "iam.googleapis.com/Role",
    "iam.googleapis.com/ServiceAccount",
    "iam.googleapis.com/ServiceAccountKey",
    "iam.googleapis.com/WorkloadIdentityPool",
    "iam.googleapis.com/WorkloadIdentityPoolProvider",
    "orgpolicy.googleapis.com/EffectivePolicy",
    "run.googleapis.com/Service",
    "serviceusage.googleapis.com/Service",
    "spanner.googleapis.com/Instance",
    "sqladmin.googleapis.com/Instance",
    "storage.googleapis.com/Bucket",
];

/// The same of gcplocal.
const GCPLOCAL: [&str; 8] = [
    "cloudresourcemanager.googleapis.com/Project",
    "compute.googleapis.com/Firewall",
    "compute.googleapis.com/Network",
    "compute.googleapis.com/Project",
    "iam.googleapis.com/Role",
    "iam.googleapis.com/ServiceAccountKey",
    "pubsub.googleapis.com/Topic",
    "sqladmin.googleapis.com/Instance",
];
const GCPLOCAL_IN_PART: [&str; 2] =
    ["iam.googleapis.com/ServiceAccount", "pubsub.googleapis.com/Subscription"];
const GCPLOCAL_NOT: [&str; 21] = [
    "bigquery.googleapis.com/Dataset",
    "compute.googleapis.com/Address",
    "compute.googleapis.com/Disk",
    "compute.googleapis.com/ForwardingRule",
    "compute.googleapis.com/GlobalAddress",
    "compute.googleapis.com/GlobalForwardingRule",
    "compute.googleapis.com/Instance",
    "compute.googleapis.com/InstanceGroupManager",
    "compute.googleapis.com/Region",
    "compute.googleapis.com/RegionDisk",
    "compute.googleapis.com/Route",
    "compute.googleapis.com/Subnetwork",
    "container.googleapis.com/Cluster",
    "essentialcontacts.googleapis.com/Contact",
    "iam.googleapis.com/WorkloadIdentityPool",
    "iam.googleapis.com/WorkloadIdentityPoolProvider",
    "orgpolicy.googleapis.com/EffectivePolicy",
    "run.googleapis.com/Service",
    "serviceusage.googleapis.com/Service",
    "spanner.googleapis.com/Instance",
    "storage.googleapis.com/Bucket",
];

/// What an emulator is expected to serve.
struct Served<'a> {
    whole: &'a [&'a str],
    in_part: &'a [&'a str],
    not: &'a [&'a str],
}

const OF_DRONGO: Served<'_> = Served { whole: &DRONGO, in_part: &DRONGO_IN_PART, not: &DRONGO_NOT };
const OF_GCPLOCAL: Served<'_> =
    Served { whole: &GCPLOCAL, in_part: &GCPLOCAL_IN_PART, not: &GCPLOCAL_NOT };

fn below_the_organization() -> Discovery {
    Discovery::Organization { parents: vec![ORGANIZATION.to_owned()] }
}

/// Everything is asked at `url`, but Resource Manager at `manager`.
async fn provider(
    url: &str,
    manager: &str,
    discovery: Discovery,
    source: Source,
) -> Arc<GoogleProvider> {
    let builder = GoogleProvider::builder()
        .anonymous()
        .endpoint_url(url)
        .endpoint("cloudresourcemanager", manager)
        .discovery(discovery)
        .source(source)
        .max_attempts(2)
        .retry_delay(Duration::from_millis(10))
        .redactor(Redactor::new([7; 32]));
    Arc::new(builder.load().await.unwrap())
}

async fn collect(provider: &Arc<GoogleProvider>, types: &[&str]) -> Snapshot {
    let audit = Audit::builder().provider(provider.clone());
    let audit = audit.types(types.iter().map(|ty| (*ty).to_owned())).build().unwrap();
    audit.collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn drongo_is_read_as_it_describes_itself() {
    let drongo = Emulator::drongo();
    let seed = drongo.google_seed();
    let url = drongo.url();

    let services = provider(url, url, below_the_organization(), Source::Services).await;
    let snapshot = collect(&services, &[]).await;
    the_projects_are_found_beside_what_cannot_be_read(&seed, &snapshot);
    coverage_says_what_was_read(&seed.projects, &snapshot, &OF_DRONGO, &services);
    fields::are_as_reported(&seed, &seed.projects, &snapshot, &OF_DRONGO);
    only_listed_operations_were_called(&services);

    // There is no inventory here: the services are asked in its place, or nobody is.
    let served = [OF_DRONGO.whole, OF_DRONGO.in_part].concat();
    let auto = provider(url, url, below_the_organization(), Source::Auto).await;
    assert_eq!(collect(&auto, &served).await.resources, snapshot.resources);
    let inventory = provider(url, url, below_the_organization(), Source::AssetInventory).await;
    let nothing = collect(&inventory, &served).await;
    assert!(nothing.resources.is_empty());
    let asked = nothing.coverage.iter().filter(|row| row.outcome != Outcome::Skipped);
    assert_eq!(asked.clone().count(), 3 * 3);
    asked.for_each(is_an_explained_gap);
    for provider in [auto, inventory] {
        assert_eq!(calls_of(&provider, "cloudasset:assets.list"), 3, "once for each type");
        only_listed_operations_were_called(&provider);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_are_told_apart() {
    let drongo = Emulator::drongo();
    let seed = drongo.google_seed();
    let url = drongo.url();
    let named = ["globex-prod", "lab-1", "nowhere"].map(str::to_owned);
    let discovery = Discovery::Projects(named.to_vec());
    let provider = provider(url, url, discovery, Source::Services).await;
    let snapshot = collect(&provider, &[]).await;

    let scopes: Vec<_> = snapshot.scopes.iter().map(|s| (s.id.as_str(), s.status)).collect();
    let (active, unknown) = (ScopeStatus::Active, ScopeStatus::Unknown);
    assert_eq!(scopes, [("globex-prod", active), ("lab-1", active), ("nowhere", unknown)]);
    let (nowhere, there): (Vec<_>, Vec<_>) =
        snapshot.coverage.iter().partition(|row| row.unit.scope == "nowhere");
    assert_eq!((nowhere.len(), there.len()), (31, 2 * 31));
    // Why, stands once: in the answer of the project.
    assert!(nowhere.iter().all(|row| row.outcome == Outcome::Unreachable && row.resources == 0));
    let answer = snapshot.answers.iter().find(|answer| answer.scope == "nowhere").unwrap();
    let problem = answer.problems.first().unwrap();
    let said = (problem.operation.as_str(), problem.code.as_str());
    assert_eq!(said, ("cloudresourcemanager:projects.get", "notFound"));
    let read = named.get(..2).unwrap();
    fields::are_as_reported(&seed, read, &snapshot, &OF_DRONGO);
}

/// gcplocal has no Resource Manager v3, and invents each project that it is asked for: drongo says which there are.
#[tokio::test(flavor = "multi_thread")]
async fn gcplocal_is_read_as_it_describes_itself() {
    let (drongo, gcplocal) = (Emulator::drongo(), Emulator::gcplocal());
    drongo.google_seed();
    let seed = gcplocal.google_seed();
    let filled = gcplocal.log().len();

    let (url, manager) = (gcplocal.url(), drongo.url());
    let services = provider(url, manager, below_the_organization(), Source::Services).await;
    let mut snapshot = collect(&services, &[]).await;
    // The project itself is a resource of Resource Manager v1: of this one.
    let projects = provider(url, url, below_the_organization(), Source::Services).await;
    fields::replace_projects(&mut snapshot, &seed.projects, &projects).await;

    coverage_says_what_was_read(&seed.projects, &snapshot, &OF_GCPLOCAL, &services);
    fields::are_as_reported(&seed, &seed.projects, &snapshot, &OF_GCPLOCAL);
    only_listed_operations_were_called(&services);
    only_listed_operations_were_called(&projects);
    only_reads_arrived(gcplocal.log().get(filled..).unwrap());
    let text = serde_json::to_string(&snapshot.resources.iter().collect::<Vec<_>>()).unwrap();
    assert!(!text.contains("canary"), "the address of a push subscription may hold a token");
}

fn the_projects_are_found_beside_what_cannot_be_read(seed: &GoogleSeed, snapshot: &Snapshot) {
    let problems: Vec<_> = snapshot.discovery_problems.iter().map(|p| &p.problem).collect();
    let operations: BTreeSet<_> = problems.iter().map(|p| p.operation.as_str()).collect();
    let expected = ["cloudresourcemanager:folders.list", "cloudresourcemanager:organizations.get"];
    assert_eq!(operations, BTreeSet::from(expected), "{problems:?}");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems.iter().all(|p| p.code == "NOT_FOUND"), "{problems:?}");

    let root = snapshot.scopes.iter().find(|s| s.kind == ScopeKind::Organization).unwrap();
    assert_eq!((root.id.as_str(), root.status), (ORGANIZATION, ScopeStatus::Unknown));
    let projects: Vec<_> =
        snapshot.scopes.iter().filter(|s| s.kind == ScopeKind::Project).collect();
    let ids: BTreeSet<_> = projects.iter().map(|s| s.id.as_str().to_owned()).collect();
    assert_eq!(ids, seed.projects.iter().cloned().collect());
    for project in projects {
        assert_eq!(project.parent.as_ref().unwrap().as_str(), ORGANIZATION);
        assert_eq!(project.name, format!("The {}", project.id));
        let tenant = project.id.as_str().split('-').next();
        assert_eq!(project.tags.get("tenant").map(String::as_str), tenant);
        assert_eq!(project.status, ScopeStatus::Active);
    }
}

fn coverage_says_what_was_read(
    projects: &[String],
    snapshot: &Snapshot,
    served: &Served<'_>,
    provider: &GoogleProvider,
) {
    let named: BTreeSet<_> =
        [served.whole, served.in_part, served.not].concat().into_iter().collect();
    let known: BTreeSet<_> = provider.catalog().iter().map(|i| i.resource_type.as_str()).collect();
    assert_eq!(named, known, "every type is expected to be served or not");
    assert_eq!(snapshot.coverage.len(), projects.len() * named.len());
    let mut wrong = Vec::new();
    for row in snapshot.coverage.iter() {
        let ty = row.unit.resource_type.as_str();
        let good = if served.whole.contains(&ty) {
            row.outcome == Outcome::Complete && row.problems.is_empty() && row.resources > 0
        } else if served.in_part.contains(&ty) {
            row.outcome == Outcome::Partial && row.problems.len() as u64 == row.resources
        } else {
            is_an_explained_gap(row);
            true
        };
        if !good {
            wrong.push(format!(
                "{}: {}, {} resources, {:?}",
                row.unit, row.outcome, row.resources, row.problems
            ));
        }
    }
    assert!(wrong.is_empty(), "{} units:\n{}", wrong.len(), wrong.join("\n"));
}

/// Never complete and empty, and not empty for a reason that would be no gap either.
fn is_an_explained_gap(row: &Coverage) {
    let fitting = matches!(row.outcome, Outcome::Unreachable | Outcome::Unsupported);
    let said = |p: &Problem| !p.operation.is_empty() && !p.code.is_empty() && !p.message.is_empty();
    let explained = !row.problems.is_empty() && row.problems.iter().all(said);
    assert!(fitting && row.outcome.is_gap() && explained && row.resources == 0, "{row:?}");
}

fn only_listed_operations_were_called(provider: &GoogleProvider) {
    assert_eq!(provider.refused_calls(), 0);
    let allowed = provider.allowed_operations();
    let called: Vec<_> = provider.calls().into_iter().map(|call| call.operation).collect();
    let stray: Vec<_> = called.iter().filter(|call| !allowed.contains(*call)).collect();
    assert!(stray.is_empty() && !called.is_empty(), "not on the list: {stray:?} of {called:?}");
}

fn calls_of(provider: &GoogleProvider, operation: &str) -> u64 {
    provider.calls().iter().filter(|c| c.operation == operation).map(|c| c.calls).sum()
}

/// gcplocal writes down each request.
fn only_reads_arrived(log: &str) {
    let mut paths = BTreeMap::<&str, usize>::new();
    for request in log.split(['"', '\u{1b}']).filter(|part| part.contains(" HTTP/1.1")) {
        // What is left of the colour.
        let request = request.rsplit_once(" HTTP/").unwrap().0;
        let (method, path) = request.split_once(' ').unwrap();
        let read = method.ends_with("GET")
            || method.ends_with("POST")
                && path.split('?').next().unwrap().ends_with(":getIamPolicy");
        assert!(read, "{request}");
        *paths.entry(path).or_default() += 1;
    }
    assert!(paths.len() > 50, "{paths:?}");
    let pages: Vec<_> = paths.keys().filter(|p| p.contains("acme-prod/global/networks")).collect();
    assert_eq!(pages.len(), 2, "the many networks are two pages: {pages:?}");
    let again: Vec<_> = paths.iter().filter(|(_, count)| **count > 4).collect();
    assert!(again.is_empty(), "asked again and again: {again:?}");
}

//! Cloud Asset Inventory: one listing for all projects, of one time, and what happens when it does not help.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;
use tenko_core::{DeniedBy, Outcome, Provider, REDACTED_PREFIX, Snapshot, TypeInfo};
use tenko_gcp::{Discovery, GoogleProvider, Source};
use tenko_testkit::google::{Fault, FaultKind, Project, Resource, Seen, SimGoogle};

use crate::common::{builder, provider};
use crate::faults::{PROJECT, kinds};
use crate::listings::NOT_IN_ASSETS;
use crate::resources::fill;
use crate::world::{
    DATA, OLD, ORGANIZATION, PLAY, PRODUCTION, SHARED, WEB, changes, clean, look, none,
    resources_of, row, start, unit, untruths, world,
};

const BUCKET: &str = "storage.googleapis.com/Bucket";
const IMAGE: &str = "compute.googleapis.com/Image";
const NETWORK: &str = "compute.googleapis.com/Network";
const TOPIC: &str = "pubsub.googleapis.com/Topic";

fn listings(cloud: &SimGoogle) -> Vec<Seen> {
    cloud.log().into_iter().filter(|seen| seen.id() == "cloudasset.assets.list").collect()
}

/// How many pages of each listing were asked for.
fn pages(cloud: &SimGoogle) -> BTreeMap<String, usize> {
    let mut pages = BTreeMap::new();
    for seen in listings(cloud) {
        let query = seen.path.split_once('?').map_or("", |(_, query)| query);
        let wanted =
            |part: &&str| part.starts_with("assetTypes") || part.starts_with("contentType");
        let what: BTreeSet<_> = query.split('&').filter(wanted).collect();
        *pages.entry(format!("{what:?}")).or_default() += 1;
    }
    pages
}

fn all_are_read_from_the_inventory(snapshot: &Snapshot) {
    let open = snapshot.coverage.iter().filter(|row| row.unit.scope.as_str() != OLD);
    let (services, open): (Vec<_>, Vec<_>) =
        open.partition(|row| NOT_IN_ASSETS.contains(&row.unit.resource_type.as_str()));
    for row in services {
        assert_eq!(row.read_from, None, "{}", row.unit);
    }
    let times: BTreeSet<_> = open
        .into_iter()
        .map(|row| {
            let from = row.read_from.as_ref().unwrap_or_else(|| panic!("{}", row.unit));
            assert_eq!(from.source, "cloudasset.googleapis.com");
            from.at
        })
        .collect();
    assert_eq!(times.len(), 1, "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_is_listed_once_for_all_projects() {
    for source in [Source::Auto, Source::AssetInventory] {
        let mut big = world();
        big.page_size = Some(1000);
        let small = SimGoogle::start(big.clone()).await.unwrap();
        for index in 0..6 {
            let project = Project::new(&format!("acme-more-{index}"), &format!("20{index}"));
            big.projects.push(fill(project.under(PRODUCTION)));
        }
        let big = SimGoogle::start(big).await.unwrap();
        let mut seen = Vec::new();
        for cloud in [&small, &big] {
            let provider = provider(cloud, source).await;
            let snapshot = look(&provider, &[], &[]).await;
            assert!(!snapshot.is_incomplete(), "{source:?}");
            all_are_read_from_the_inventory(&snapshot);
            seen.push(pages(cloud));
        }
        assert_eq!(seen[0], seen[1], "{source:?}");
        assert!(seen[0].values().all(|count| *count == 1), "{:?}", seen[0]);
        let provider = provider(&small, source).await;
        let with_policy = |info: &&TypeInfo| info.attributes.iter().any(|name| name == "iamPolicy");
        let (all, policies) =
            (provider.catalog().iter(), provider.catalog().iter().filter(with_policy));
        let listed = all.count() - NOT_IN_ASSETS.len();
        assert_eq!(seen[0].len(), listed + policies.count(), "{:?}", seen[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_listings_of_a_run_are_of_one_time() {
    let cloud = start().await;
    let provider = provider(&cloud, Source::Auto).await;
    let snapshot = look(&provider, &[], &[]).await;
    all_are_read_from_the_inventory(&snapshot);
    let unpinned = listings(&cloud).into_iter().filter(|seen| !seen.path.contains("readTime"));
    assert_eq!(unpinned.count(), 1, "only the first listing may choose the time");
    none(&untruths(clean(Source::Auto).await, &snapshot));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_sources_know_is_the_same() {
    let (services, inventory) = (clean(Source::Services).await, clean(Source::Auto).await);
    none(&untruths(services, inventory));
    assert_eq!(services.resources.len(), inventory.resources.len());
    assert!(services.coverage.iter().all(|row| row.read_from.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_asks_again() {
    let cloud = start().await;
    let provider = provider(&cloud, Source::Auto).await;
    let first = look(&provider, &[TOPIC, BUCKET], &[]).await;
    cloud.update(|world| {
        let project = world.project_mut(WEB).unwrap();
        project.resources.retain(|r| r.rest["name"] != format!("{WEB}-batch"));
    });
    let second = look(&provider, &[TOPIC, BUCKET], &[]).await;
    assert_eq!(resources_of(&first, &unit(WEB, BUCKET)).len(), 3);
    assert_eq!(resources_of(&second, &unit(WEB, BUCKET)).len(), 2);
    none(&changes(&first, &second, |of| *of == unit(WEB, BUCKET)));
    let at = |snapshot: &Snapshot| {
        snapshot.coverage.iter().filter_map(|r| r.read_from.clone()).max_by_key(|f| f.at)
    };
    assert!(at(&first).unwrap().at < at(&second).unwrap().at);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_that_cannot_be_listed_are_unknown() {
    let clean = clean(Source::Auto).await;
    let mut wrong = Vec::new();
    let odd = kinds().into_iter().map(|(kind, _)| (kind, None));
    let paged = [(FaultKind::ServerError, Some(2)), (FaultKind::RepeatToken, None)];
    let cloud = start().await;
    let provider = provider(&cloud, Source::Auto).await;
    for (kind, page) in odd.chain(paged) {
        let name = format!("{kind:?} {page:?}");
        let fault = Fault { page, ..Fault::new(kind) };
        cloud.add_fault(fault.service("cloudasset").asset_type(BUCKET).value("2"));
        let snapshot = look(&provider, &[BUCKET, TOPIC], &[]).await;
        cloud.clear_faults();
        let mut flaws = changes(clean, &snapshot, |unit| unit.resource_type.as_str() == BUCKET);
        flaws.extend(untruths(clean, &snapshot));
        for project in [WEB, DATA, SHARED] {
            let unit = unit(project, BUCKET);
            let row = row(&snapshot, &unit);
            let resources = resources_of(&snapshot, &unit);
            let unknown = |r: &&tenko_core::Resource| r.is_unknown(&"iamPolicy".parse().unwrap());
            let vague = resources.len() == 3 && resources.iter().all(unknown);
            if row.outcome != Outcome::Partial || row.read_from.is_none() || !vague {
                flaws.push(format!("{unit} is {row:?}"));
            }
        }
        wrong.extend(flaws.into_iter().map(|flaw| format!("{name}: {flaw}")));
    }
    none(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_inventory_the_services_are_read() {
    let (services, inventory) = (clean(Source::Services).await, clean(Source::Auto).await);
    let cloud = start().await;
    let provider = provider(&cloud, Source::Auto).await;
    let mut wrong = Vec::new();
    let paged = [(FaultKind::ServerError, Some(2)), (FaultKind::RepeatToken, None)];
    for (kind, page) in kinds().into_iter().map(|(kind, _)| (kind, None)).chain(paged) {
        let name = format!("{kind:?} {page:?}");
        let fault = Fault { page, ..Fault::new(kind) };
        cloud.add_fault(fault.service("cloudasset").asset_type(TOPIC));
        let snapshot = look(&provider, &[TOPIC, NETWORK], &[]).await;
        cloud.clear_faults();
        let of_topics = |unit: &tenko_core::Unit| unit.resource_type.as_str() == TOPIC;
        let mut flaws = changes(inventory, &snapshot, of_topics);
        flaws.extend(changes(services, &snapshot, |unit| !of_topics(unit)));
        for row in snapshot.coverage.iter().filter(|row| row.unit.scope.as_str() != OLD) {
            if row.read_from.is_some() == of_topics(&row.unit) {
                flaws.push(format!("{} is read from {:?}", row.unit, row.read_from));
            }
        }
        wrong.extend(flaws.into_iter().map(|flaw| format!("{name}: {flaw}")));
    }
    none(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_the_inventory_only_is_told_when_it_fails() {
    let clean = clean(Source::AssetInventory).await;
    let cloud = start().await;
    let provider = provider(&cloud, Source::AssetInventory).await;
    let mut wrong = Vec::new();
    for (kind, outcome) in kinds() {
        let name = format!("{kind:?}");
        cloud.add_fault(Fault::new(kind.clone()).service("cloudasset").asset_type(TOPIC));
        let snapshot = look(&provider, &[TOPIC, NETWORK], &[]).await;
        cloud.clear_faults();
        let of_topics = |unit: &tenko_core::Unit| unit.resource_type.as_str() == TOPIC;
        let mut flaws = changes(clean, &snapshot, of_topics);
        flaws.extend(untruths(clean, &snapshot));
        // That of the project which pays for the call says nothing about those that are listed.
        let of_payer = matches!(kind, FaultKind::ServiceDisabled | FaultKind::BillingDisabled);
        let unclear = Outcome::Denied { denied_by: DeniedBy::Unknown };
        let expected = if of_payer { unclear } else { outcome };
        for project in [WEB, DATA, SHARED, PLAY] {
            let row = row(&snapshot, &unit(project, TOPIC));
            if row.outcome != expected || row.resources > 0 || row.read_from.is_some() {
                flaws.push(format!("{row:?}"));
            }
        }
        wrong.extend(flaws.into_iter().map(|flaw| format!("{name}: {flaw}")));
    }
    none(&wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_no_project_is_nobodys() {
    let mut world = world();
    let role = json!({ "name": format!("{ORGANIZATION}/roles/own"), "title": "Own" });
    world.organizations[0].resources.push(Resource::new("iam.googleapis.com/Role", role));
    world.organizations[0].iam_policy = Some(json!({ "bindings": [] }));
    let cloud = SimGoogle::start(world).await.unwrap();
    let provider = provider(&cloud, Source::AssetInventory).await;
    let snapshot = look(&provider, &["iam.googleapis.com/Role", PROJECT], &[]).await;
    assert!(!snapshot.is_incomplete());
    none(&changes(clean(Source::AssetInventory).await, &snapshot, |_| false));
}

async fn with_types(cloud: &SimGoogle, source: Source, types: &[&str]) -> Arc<GoogleProvider> {
    let types = types.iter().copied();
    Arc::new(builder(cloud).source(source).asset_types(types).load().await.unwrap())
}

fn image(name: &str) -> Resource {
    let rest = json!({
        "name": name, "selfLink": format!("https://www.googleapis.com/compute/v1/projects/{WEB}/global/images/{name}"),
        "creationTimestamp": "2025-03-22T23:30:54.932-07:00", "diskSizeGb": "20", "labels": { "env": "prod" },
        "setup": { "rootPassword": "hunter2", "steps": [{ "apiKey": "hunter2" }] },
    });
    Resource::new(IMAGE, rest)
}

#[tokio::test(flavor = "multi_thread")]
async fn further_types_are_read_by_name() {
    let mut world = world();
    world.project_mut(WEB).unwrap().resources.extend(["a", "b", "c"].map(image));
    let cloud = SimGoogle::start(world).await.unwrap();
    for source in [Source::Auto, Source::AssetInventory, Source::Services] {
        let provider = with_types(&cloud, source, &[IMAGE]).await;
        let snapshot = look(&provider, &[IMAGE], &[]).await;
        let row = row(&snapshot, &unit(WEB, IMAGE));
        assert_eq!((row.outcome, row.resources), (Outcome::Complete, 3), "{row:?}");
        assert!(row.read_from.is_some());
        let resources = resources_of(&snapshot, &unit(WEB, IMAGE));
        assert_eq!(resources[0].key.id, format!("projects/{WEB}/global/images/a"));
        assert_eq!(resources[0].tags["env"], "prod");
        let attributes = resources[0].attributes.to_value();
        assert!(!attributes.to_string().contains("hunter2"), "{attributes}");
        let hidden = attributes["setup"]["rootPassword"].as_str().unwrap();
        assert!(hidden.starts_with(REDACTED_PREFIX));
        assert_eq!(attributes["diskSizeGb"], "20");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_type_that_nobody_knows_is_unsupported() {
    let cloud = start().await;
    let ghost = "nowhere.googleapis.com/Ghost";
    for source in [Source::Auto, Source::AssetInventory, Source::Services] {
        let provider = with_types(&cloud, source, &[ghost]).await;
        let snapshot = look(&provider, &[ghost, NETWORK], &[]).await;
        for project in [WEB, DATA, SHARED, PLAY] {
            assert_eq!(row(&snapshot, &unit(project, ghost)).outcome, Outcome::Unsupported);
            assert_eq!(row(&snapshot, &unit(project, NETWORK)).outcome, Outcome::Complete);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_type_has_nothing_but_the_inventory() {
    let mut world = world();
    world.project_mut(WEB).unwrap().resources.push(image("a"));
    let cloud = SimGoogle::start(world).await.unwrap();
    cloud.add_fault(Fault::new(FaultKind::Denied).service("cloudasset"));
    let provider = with_types(&cloud, Source::Auto, &[IMAGE]).await;
    let snapshot = look(&provider, &[IMAGE, NETWORK], &[]).await;
    let row_of = |of| row(&snapshot, &unit(WEB, of));
    let denied = Outcome::Denied { denied_by: DeniedBy::IdentityPolicy };
    assert_eq!(row_of(IMAGE).outcome, denied);
    assert_eq!(
        (row_of(NETWORK).outcome, row_of(NETWORK).read_from.clone()),
        (Outcome::Complete, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_that_are_named_are_read_by_themselves() {
    let cloud = start().await;
    let projects = || Discovery::Projects(vec![WEB.to_owned(), DATA.to_owned()]);
    let named = builder(&cloud).discovery(projects()).load().await.unwrap();
    let snapshot = look(&Arc::new(named), &[], &[]).await;
    assert!(!snapshot.is_incomplete());
    assert_eq!(listings(&cloud), []);
    none(&changes(clean(Source::Services).await, &snapshot, |_| false));

    let named = builder(&cloud).discovery(projects()).source(Source::AssetInventory);
    let snapshot = look(&Arc::new(named.load().await.unwrap()), &[TOPIC, NETWORK], &[]).await;
    none(&changes(clean(Source::AssetInventory).await, &snapshot, |_| false));
    let roots: BTreeSet<_> = listings(&cloud)
        .iter()
        .map(|seen| seen.path.split("/assets").next().unwrap().to_owned())
        .collect();
    assert_eq!(roots, BTreeSet::from([WEB, DATA].map(|id| format!("/v1/projects/{id}"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_are_listed_by_themselves() {
    let cloud = start().await;
    let parents = vec![PRODUCTION.to_owned()];
    let below = builder(&cloud).discovery(Discovery::Organization { parents });
    let snapshot = look(&Arc::new(below.load().await.unwrap()), &[TOPIC, NETWORK], &[]).await;
    assert!(!snapshot.is_incomplete());
    none(&changes(clean(Source::Auto).await, &snapshot, |_| false));
    assert!(listings(&cloud).iter().all(|seen| seen.path.starts_with("/v1/folders/10/assets")));
    assert!(!listings(&cloud).is_empty());
}

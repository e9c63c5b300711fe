//! Every resource type against its fixture: what a service lists, and what Cloud Asset Inventory lists, must come out
//! as the same resources, at every page size.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use tenko_core::{AttrPath, REDACTED_PREFIX, Resource as Collected};
use tenko_gcp::{GoogleProvider, Source};
use tenko_testkit::google::{Organization, Project, Resource, SimGoogle, World};

use crate::common::{collect, provider};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    #[serde(rename = "type")]
    resource_type: String,
    project: Named,
    /// As the service lists them; some of them may be of a sibling type.
    live: Vec<Value>,
    /// IAM policies by name.
    #[serde(default)]
    policies: BTreeMap<String, Value>,
    /// As Cloud Asset Inventory lists them; left out where the service is asked whatever the source.
    assets: Option<Vec<Asset>>,
    /// What must come out.
    resources: Vec<Expected>,
    /// What cannot be told from the inventory where it leaves it out.
    #[serde(default)]
    unknown_in_assets: Vec<AttrPath>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: String,
    number: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asset {
    name: String,
    asset_type: String,
    resource: AssetResource,
}

#[derive(Deserialize)]
struct AssetResource {
    data: Value,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    id: String,
    name: Option<String>,
    region: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    created_at: Option<String>,
    origin: Option<Value>,
    attributes: Value,
    #[serde(default)]
    unknown: Vec<AttrPath>,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/gcp");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    files.iter().map(read).collect()
}

/// One list of a service holds several types: the zone or region of an item tells which.
fn type_of<'a>(fixture: &'a Fixture, item: &Value) -> &'a str {
    let has = |key: &str| item.get(key).is_some();
    match fixture.resource_type.as_str() {
        "compute.googleapis.com/Disk" if !has("zone") => "compute.googleapis.com/RegionDisk",
        "compute.googleapis.com/RegionDisk" if has("zone") => "compute.googleapis.com/Disk",
        "compute.googleapis.com/Address" if !has("region") => {
            "compute.googleapis.com/GlobalAddress"
        }
        "compute.googleapis.com/GlobalAddress" if has("region") => "compute.googleapis.com/Address",
        "compute.googleapis.com/ForwardingRule" if !has("region") => {
            "compute.googleapis.com/GlobalForwardingRule"
        }
        "compute.googleapis.com/GlobalForwardingRule" if has("region") => {
            "compute.googleapis.com/ForwardingRule"
        }
        // Of what is set, the service computes what holds.
        "orgpolicy.googleapis.com/EffectivePolicy" => "orgpolicy.googleapis.com/Policy",
        own => own,
    }
}

fn policy(fixture: &Fixture, item: &Value) -> Option<Value> {
    let names = names_of(item);
    let labels = item.pointer("/metadata/labels");
    let place = labels.and_then(|labels| labels.get("cloud.googleapis.com/location")?.as_str());
    let ends = |key: &str, name: &str| key == name || key.ends_with(&format!("/{name}"));
    let here = |key: &str| place.is_none_or(|p| key.contains(&format!("/locations/{p}/")));
    let mut found = fixture.policies.iter();
    let found = found.find(|(key, _)| here(key) && names.iter().any(|name| ends(key, name)));
    found.map(|(_, policy)| policy.clone())
}

/// The parts of a resource by which a policy can be meant.
fn names_of(item: &Value) -> Vec<&str> {
    let text = |pointer: &str| item.pointer(pointer).and_then(Value::as_str);
    ["/name", "/email", "/metadata/name", "/projectId"].into_iter().filter_map(text).collect()
}

/// What has to be listed before the items of some types.
fn parents(fixture: &Fixture) -> Vec<Resource> {
    let (kind, marker) = match fixture.resource_type.as_str() {
        "iam.googleapis.com/ServiceAccountKey" => ("iam.googleapis.com/ServiceAccount", "/keys/"),
        "iam.googleapis.com/WorkloadIdentityPoolProvider" => {
            ("iam.googleapis.com/WorkloadIdentityPool", "/providers/")
        }
        _ => return Vec::new(),
    };
    let names = fixture.live.iter().filter_map(|item| item["name"].as_str()?.split_once(marker));
    let names: std::collections::BTreeSet<_> = names.map(|(parent, _)| parent).collect();
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    names
        .into_iter()
        .map(|name| {
            Resource::new(
                kind,
                serde_json::json!({"name": name, "email": last(name), "uniqueId": "1"}),
            )
        })
        .collect()
}

fn world(fixture: &Fixture, assets: Option<&[Asset]>) -> World {
    let mut project =
        Project::new(&fixture.project.id, &fixture.project.number).under("organizations/1");
    if assets.is_none() {
        for item in &fixture.live {
            let mut resource = Resource::new(type_of(fixture, item), item.clone());
            resource.iam_policy = policy(fixture, item);
            if fixture.resource_type == "cloudresourcemanager.googleapis.com/Project" {
                project.iam_policy.clone_from(&resource.iam_policy);
            }
            project = project.with(resource);
        }
        for parent in parents(fixture) {
            project = project.with(parent);
        }
    } else {
        for asset in assets.into_iter().flatten() {
            let data = &asset.resource.data;
            let mut resource = Resource::new(&asset.asset_type, Value::Object(Map::new()));
            resource.asset = Some(data.clone());
            resource.asset_name.clone_from(&asset.name);
            resource.iam_policy = policy(fixture, data);
            project = project.with(resource);
        }
    }
    World { plain_assets: true, ..World::default() }
        .organization(Organization::new("1", "acme.example"))
        .with(project)
}

fn shown(resource: &Collected) -> Expected {
    let mut attributes = resource.attributes.to_value();
    hide(&mut attributes);
    let json = serde_json::to_value(resource).unwrap();
    let mut unknown = resource.unknown.clone();
    unknown.sort();
    Expected {
        id: resource.key.id.clone(),
        name: resource.name.clone(),
        region: resource.key.region.to_string(),
        tags: resource.tags.clone(),
        created_at: json.get("created_at").and_then(Value::as_str).map(str::to_owned),
        origin: json.get("origin").cloned(),
        attributes,
        unknown,
    }
}

/// A redacted value's digest depends on the key; that it is redacted is what counts.
fn hide(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with(REDACTED_PREFIX) => *text = "<redacted>".to_owned(),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(map) => map.values_mut().for_each(hide),
        _ => {}
    }
}

/// Instants are compared as such: services write them in several zones, with more or fewer digits.
fn times(value: &mut Value) {
    match value {
        Value::String(text) if text.len() >= 20 => {
            if let Ok(time) = text.parse::<jiff::Timestamp>() {
                *text = time.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(times),
        Value::Object(map) => map.values_mut().for_each(times),
        _ => {}
    }
}

fn differences(expected: &[Expected], got: &[Expected], out: &mut Vec<String>) {
    let ids = |all: &[Expected]| all.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    if ids(expected) != ids(got) {
        out.push(format!("expected {:?}\n     got {:?}", ids(expected), ids(got)));
        return;
    }
    for (expected, got) in expected.iter().zip(got) {
        if expected == got {
            continue;
        }
        let (mut a, mut b) = (expected.clone(), got.clone());
        for (key, value) in expected.attributes.as_object().unwrap() {
            if got.attributes.get(key) == Some(value) {
                AttrPath::key(key).remove(&mut a.attributes);
                AttrPath::key(key).remove(&mut b.attributes);
            }
        }
        out.push(format!("{}:\n expected {a:?}\n      got {b:?}", expected.id));
    }
}

async fn check(fixture: &Fixture, source: Source, out: &mut Vec<String>) {
    let assets = fixture.assets.as_deref().filter(|_| source == Source::AssetInventory);
    let cloud = SimGoogle::start(world(fixture, assets)).await.unwrap();
    let provider = provider(&cloud, source).await;
    for page_size in [1, 2, 7] {
        let before = out.len();
        cloud.update(|world| world.page_size = Some(page_size));
        check_pages(fixture, source, &provider, page_size, out).await;
        if out.len() > before {
            break;
        }
    }
}

async fn check_pages(
    fixture: &Fixture,
    source: Source,
    provider: &Arc<GoogleProvider>,
    page_size: usize,
    out: &mut Vec<String>,
) {
    let snapshot = collect(provider, &[&fixture.resource_type]).await;
    let at = format!("{} from {source:?}, {page_size} on a page", fixture.resource_type);
    let read_there = fixture.assets.is_some() && source == Source::AssetInventory;
    for row in &snapshot.coverage {
        if !row.outcome.is_complete() || row.read_from.is_some() != read_there {
            out.push(format!("{at}: {row:?}"));
        }
    }
    let mut expected = fixture.resources.clone();
    for resource in &mut expected {
        if read_there {
            for path in &fixture.unknown_in_assets {
                let asset = fixture.assets.iter().flatten().zip(&fixture.resources);
                let data =
                    asset.filter(|(_, r)| r.id == resource.id).map(|(a, _)| &a.resource.data);
                if data.into_iter().all(|data| path.get(data).is_none()) {
                    path.remove(&mut resource.attributes);
                    resource.unknown.push(path.clone());
                }
            }
        }
        resource.unknown.sort();
        times(&mut resource.attributes);
        resource.attributes = tenko_core::Attributes::new(&resource.attributes).unwrap().to_value();
    }
    expected.sort_by(|a, b| a.id.cmp(&b.id));
    let mut got: Vec<_> = snapshot.resources.iter().map(shown).collect();
    got.sort_by(|a, b| a.id.cmp(&b.id));
    let mut found = Vec::new();
    differences(&expected, &got, &mut found);
    out.extend(found.into_iter().map(|text| format!("{at}: {text}")));
    assert_eq!(provider.refused_calls(), 0, "{at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_reads_its_fixture_from_both_sources_at_every_page_size() {
    let mut wrong = Vec::new();
    for fixture in fixtures() {
        for source in [Source::Services, Source::AssetInventory] {
            check(&fixture, source, &mut wrong).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_type_has_a_fixture() {
    let catalog = tenko_gcp::catalog().unwrap();
    let mut types: Vec<_> = catalog.iter().map(|info| info.resource_type.to_string()).collect();
    let mut fixtures: Vec<_> = fixtures().into_iter().map(|f| f.resource_type).collect();
    types.sort();
    fixtures.sort();
    assert_eq!(types, fixtures);
}

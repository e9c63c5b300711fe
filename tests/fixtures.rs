//! Every resource type against its fixture: records as they go over the wire, served by the
//! simulated cloud at several page sizes, must come out as the resources that the fixture names.
//!
//! `cargo xtask generate` writes `expect` anew; read what changed before you keep it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenko::Audit;
use tenko::aws::{AwsProvider, Discovery};
use tenko::model::{REDACTED_PREFIX, Redactor, Region, Resource};
use tenko_testkit::sim::{Account, SimCloud, World};

const ACCOUNT: &str = "111122223333";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    #[serde(rename = "type")]
    resource_type: String,
    region: String,
    /// Operation -> what it answers, as in the simulated cloud's world.
    world: BTreeMap<String, Value>,
    expect: Vec<Value>,
}

fn folder() -> PathBuf {
    tenko_tests::root().join("fixtures/aws")
}

fn fixtures() -> Vec<(PathBuf, Fixture)> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let fixture = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        out.push((path, fixture));
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn world(fixture: &Fixture) -> World {
    let mut account = json!(Account::new(ACCOUNT, "fixture"));
    account["data"] = json!({ fixture.region.clone(): fixture.world });
    let world = json!({
        "organization": {
            "id": "o-exampleorgid",
            "management_account": ACCOUNT,
            "roots": [{ "id": "r-exmp", "name": "Root" }],
        },
        "keys": [{
            "id": "AKIAFIXTURE",
            "account": ACCOUNT,
            "arn": format!("arn:aws:iam::{ACCOUNT}:user/auditor"),
        }],
        "accounts": [account],
    });
    let mut world = World::from_json(&world.to_string())
        .unwrap_or_else(|error| panic!("{}: {error}", fixture.resource_type));
    world.account_mut(ACCOUNT).unwrap().parent = Some("r-exmp".to_owned());
    world
}

async fn collect(cloud: &SimCloud, fixture: &Fixture) -> Vec<Value> {
    let region = if fixture.region == "global" { "us-east-1" } else { &fixture.region };
    let provider = AwsProvider::builder()
        .endpoint_url(cloud.url())
        .static_credentials("AKIAFIXTURE", "secret")
        .discovery(Discovery::Caller)
        .redactor(Redactor::new([7; 32]))
        .load()
        .await
        .unwrap();
    let audit = Audit::builder()
        .provider(Arc::new(provider))
        .types([fixture.resource_type.clone()])
        .regions([Region::new(region)])
        .build()
        .unwrap();
    let snapshot = audit.collect().await;
    let gaps: Vec<_> = snapshot
        .coverage
        .iter()
        .filter(|row| row.outcome.is_gap() && fixture.expect.iter().all(|e| e["unknown"].is_null()))
        .collect();
    assert!(gaps.is_empty(), "{}: {gaps:?}", fixture.resource_type);
    snapshot.resources.iter().map(shown).collect()
}

/// A resource as fixtures write it: what is the same in all of them is left out.
fn shown(resource: &Resource) -> Value {
    let mut value = serde_json::to_value(resource).unwrap();
    let map = value.as_object_mut().unwrap();
    for key in ["cloud", "scope", "type", "digest"] {
        map.remove(key);
    }
    value
}

fn update() -> bool {
    std::env::var_os("TENKO_UPDATE").is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_reads_its_fixture_at_every_page_size() {
    let mut wrong = Vec::new();
    for (path, mut fixture) in fixtures() {
        let cloud = SimCloud::start(world(&fixture)).await.unwrap();
        let whole = collect(&cloud, &fixture).await;
        for size in [1, 2, 3, 7] {
            cloud.set_page_size(Some(size));
            let paged = collect(&cloud, &fixture).await;
            assert_eq!(paged, whole, "{} in pages of {size}", fixture.resource_type);
        }
        if update() && fixture.expect != whole {
            fixture.expect = whole;
            let text = serde_json::to_string_pretty(&fixture).unwrap();
            std::fs::write(&path, text + "\n").unwrap();
        } else if fixture.expect != whole {
            let text = serde_json::to_string_pretty(&whole).unwrap();
            wrong.push(format!("{}: collected\n{text}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} fixtures differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_type_has_a_fixture_that_says_something() {
    let catalog = tenko::aws::catalog().unwrap();
    let fixtures = fixtures();
    let have: BTreeSet<_> = fixtures.iter().map(|(_, f)| f.resource_type.as_str()).collect();
    let want: BTreeSet<_> = catalog.iter().map(|info| info.resource_type.as_str()).collect();
    assert_eq!(have, want);
    for (path, fixture) in &fixtures {
        let name = fixture.resource_type.replace("::", "-");
        assert_eq!(path.file_stem().unwrap().to_str(), Some(name.as_str()));
        assert!(!fixture.expect.is_empty(), "{name} expects nothing");
    }
}

/// What a type's file says of itself must be true of what it collects.
#[test]
fn attributes_are_those_that_the_catalogue_names_and_secrets_are_redacted() {
    let catalog = tenko::aws::catalog().unwrap();
    for (_, fixture) in fixtures() {
        let info = catalog.get(&fixture.resource_type.as_str().into()).unwrap();
        for resource in &fixture.expect {
            for key in resource["attributes"].as_object().unwrap().keys() {
                assert!(info.attributes.contains(key), "{} has no {key}", info.resource_type);
            }
            for path in &info.sensitive {
                let mut attributes = resource["attributes"].clone();
                path.visit_mut(&mut attributes, &mut |found| {
                    let text = found.as_str().unwrap_or_default();
                    let clear = !text.starts_with(REDACTED_PREFIX) && !found.is_null();
                    assert!(!clear, "{} keeps {path} in clear", info.resource_type);
                });
            }
        }
    }
}

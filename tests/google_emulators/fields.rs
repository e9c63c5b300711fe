//! What was collected, field by field, beside what the emulator says.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt;
use serde_json::Value;
use tenko::gcp::GoogleProvider;
use tenko::model::{
    CollectEvent, Provider, Reach, Resource, ResourceKey, Snapshot, Unit, Unlimited,
};
use tenko_tests::{Expected, GoogleSeed};

use crate::Served;

const PROJECT: &str = "cloudresourcemanager.googleapis.com/Project";

/// Puts what `provider` says of the projects in the place of what the snapshot does.
pub(crate) async fn replace_projects(
    snapshot: &mut Snapshot,
    projects: &[String],
    provider: &GoogleProvider,
) {
    let is_project = |unit: &Unit| unit.resource_type == PROJECT;
    let was: Vec<_> =
        snapshot.coverage.iter().filter(|row| is_project(&row.unit)).cloned().collect();
    was.iter().for_each(crate::is_an_explained_gap);
    for row in snapshot.coverage.iter_mut().filter(|row| is_project(&row.unit)) {
        assert!(projects.iter().any(|project| row.unit.scope == project.as_str()));
        row.problems.clear();
        row.resources = 0;
        let mut events = provider.collect(&row.unit, &Unlimited);
        while let Some(event) = events.next().await {
            match event {
                CollectEvent::Resources(read) => {
                    row.resources += read.len() as u64;
                    snapshot.resources.extend(read);
                }
                CollectEvent::Problem(problem) => row.problems.push(problem),
                CollectEvent::End(outcome) => row.outcome = outcome,
                _ => {}
            }
        }
    }
}

/// All that the emulator has in these projects was collected there, and nothing else.
pub(crate) fn are_as_reported(
    seed: &GoogleSeed,
    projects: &[String],
    snapshot: &Snapshot,
    served: &Served<'_>,
) {
    let expected: BTreeMap<_, _> = seed
        .expect
        .iter()
        .filter(|expected| projects.contains(&expected.scope))
        .map(|expected| (place(expected), expected))
        .collect();
    let found: BTreeMap<_, _> = snapshot.resources.iter().map(|r| (place_of(&r.key), r)).collect();
    let missing: Vec<_> = expected.keys().filter(|key| !found.contains_key(*key)).collect();
    assert!(missing.is_empty(), "not collected: {missing:#?}");
    let foreign: Vec<_> = found.keys().filter(|key| !expected.contains_key(*key)).collect();
    assert!(foreign.is_empty(), "the emulator does not say that it has {foreign:#?}");

    let types: BTreeSet<_> = expected.values().map(|e| e.resource_type.as_str()).collect();
    let all: BTreeSet<_> = [served.whole, served.in_part].concat().into_iter().collect();
    assert_eq!(types, all, "each type that is served is compared");
    let wrong: Vec<_> = expected
        .iter()
        .filter_map(|(key, expected)| Some((expected, found.get(key)?)))
        .flat_map(|(expected, resource)| differences(expected, resource, served))
        .collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn place(expected: &Expected) -> (String, String, String, String) {
    let Expected { resource_type, scope, region, id, .. } = expected;
    (resource_type.clone(), scope.clone(), region.clone(), id.clone().unwrap())
}

fn place_of(key: &ResourceKey) -> (String, String, String, String) {
    let region = match &key.region {
        Reach::Global => "global".to_owned(),
        other => other.as_str().to_owned(),
    };
    (key.resource_type.as_str().to_owned(), key.scope.as_str().to_owned(), region, key.id.clone())
}

/// gcplocal makes these up anew with each answer.
const MADE_UP: (&str, [&str; 2]) = ("compute.googleapis.com/Project", ["creationTimestamp", "id"]);

fn differences(expected: &Expected, resource: &Resource, served: &Served<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differ = |what: &str, found: String, said: String| {
        if found != said {
            wrong.push(format!("{}: {what} is {found}, the emulator says {said}", resource.key));
        }
    };
    differ("name", format!("{:?}", resource.name), format!("{:?}", expected.name));
    let labels = expected.tags.clone().unwrap_or_default();
    differ("labels", format!("{:?}", resource.tags), format!("{labels:?}"));
    let found = resource.attributes.to_value();
    let said = Value::Object(expected.attributes.clone());
    let names = found.as_object().into_iter().chain(said.as_object()).flat_map(|map| map.keys());
    let made_up =
        |name: &&String| expected.resource_type == MADE_UP.0 && MADE_UP.1.contains(&name.as_str());
    for name in names.filter(|name| !made_up(name)).collect::<BTreeSet<_>>() {
        let text = |value: &Value| value.get(name).map(comparable).unwrap_or_default().to_string();
        differ(name, text(&found), text(&said));
    }
    let unknown: Vec<_> = resource.unknown.iter().map(ToString::to_string).collect();
    let in_part = served.in_part.contains(&expected.resource_type.as_str());
    let policy: &[&str] = if in_part { &["iamPolicy"] } else { &[] };
    differ("unknown", format!("{unknown:?}"), format!("{policy:?}"));
    wrong
}

/// Lists sorted, since sets have no order; what is redacted only says so.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(comparable).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), comparable(v))).collect(),
        Value::String(text) if text.starts_with("redacted:") => "redacted".into(),
        other => other.clone(),
    }
}

//! Lists and gets of the services, from the table of methods.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::ask::{Ask, fill};
use super::methods::{Answer, Down};
use super::policy;
use super::refusal::{self, Refusal};
use super::resource::{Resource, email_of};

/// The answer of a method that the table describes in full.
pub(super) fn answer(ask: &Ask<'_>) -> Result<Value, Refusal> {
    match ask.method.answer {
        Answer::Aggregated { member, kind } => aggregated(ask, member, kind),
        Answer::List { member, kind, within, down } => list(ask, (member, kind), within, down),
        Answer::Get(end) => found(ask, end).map(|resource| resource.rest.clone()),
        Answer::Policy(end) => {
            let version = policy::version(ask);
            found(ask, end).map(|r| policy::as_asked(r.iam_policy.as_ref(), version))
        }
        Answer::Own(_) => Err(refusal::internal(ask.method)),
    }
}

/// The resource of the method whose path ends like this.
pub(super) fn found<'a>(ask: &Ask<'a>, end: &str) -> Result<&'a Resource, Refusal> {
    let project = ask.project()?;
    let mut parts = ask.path.clone();
    if let Some(account) = parts.get_mut("account")
        && let Some(email) = email_of(project, account)
    {
        *account = email.to_owned();
    }
    let end = fill(end, &parts);
    let mut all =
        project.resources.iter().filter(|r| ask.method.types.contains(&r.asset_type.as_str()));
    let found = all.find(|r| {
        let path = r.path(project);
        path == end || end.starts_with('/') && path.ends_with(&end)
    });
    found.ok_or_else(|| refusal::not_found(ask.method, &format!("projects/{}{end}", project.id)))
}

/// The resources of the method, without those that the parameters leave out.
pub(super) fn resources<'a>(ask: &Ask<'a>, within: &str) -> Result<Vec<&'a Resource>, Refusal> {
    let project = ask.project()?;
    let mut parts = ask.path.clone();
    if let Some(account) = parts.get_mut("account") {
        // The keys of an account that is not there are not an empty list.
        let Some(email) = email_of(project, account) else {
            return Err(refusal::not_found(ask.method, account));
        };
        *account = email.to_owned();
    }
    let within = fill(within, &parts);
    let place = parts.get("location").map_or("-", String::as_str);
    let of_method = |r: &&Resource| {
        ask.method.types.contains(&r.asset_type.as_str())
            && (within.is_empty() || r.path(project).contains(&within))
            && (place == "-" || r.location().as_deref() == Some(place))
            && r.since != Some(jiff::Timestamp::MAX)
            && is_shown(ask, r)
    };
    Ok(project.resources.iter().filter(of_method).collect())
}

/// Whether the method's own parameters leave the resource in.
fn is_shown(ask: &Ask<'_>, resource: &Resource) -> bool {
    let text = |name: &str| resource.rest.get(name).and_then(Value::as_str).unwrap_or_default();
    match resource.asset_type.as_str() {
        "iam.googleapis.com/ServiceAccountKey" => {
            let mut types = ask.all("keyTypes").peekable();
            types.peek().is_none() || types.any(|kind| kind == text("keyType"))
        }
        "iam.googleapis.com/Role" => {
            ask.is_set("showDeleted") || resource.rest.get("deleted") != Some(&json!(true))
        }
        "iam.googleapis.com/WorkloadIdentityPool"
        | "iam.googleapis.com/WorkloadIdentityPoolProvider" => {
            ask.is_set("showDeleted") || text("state") != "DELETED"
        }
        "serviceusage.googleapis.com/Service" => match ask.one("filter") {
            Some(filter) => filter.strip_prefix("state:") == Some(text("state")),
            None => true,
        },
        "bigquery.googleapis.com/Dataset" => {
            let id = resource.rest.pointer("/datasetReference/datasetId").and_then(Value::as_str);
            ask.is_set("all") || !id.is_some_and(|id| id.starts_with('_'))
        }
        "storage.googleapis.com/Bucket" => {
            text("name").starts_with(ask.one("prefix").unwrap_or(""))
        }
        _ => true,
    }
}

/// The resource as its list shows it.
fn shown(ask: &Ask<'_>, resource: &Resource) -> Value {
    const DATASET: [&str; 9] = [
        "kind",
        "id",
        "datasetReference",
        "labels",
        "friendlyName",
        "location",
        "type",
        "catalogSource",
        "externalDatasetReference",
    ];
    let mut value = resource.rest.clone();
    let Value::Object(map) = &mut value else { return value };
    match resource.asset_type.as_str() {
        "bigquery.googleapis.com/Dataset" => {
            map.retain(|name, _| DATASET.contains(&name.as_str()));
        }
        "iam.googleapis.com/Role" if !matches!(ask.one("view"), Some("FULL" | "1")) => {
            map.remove("includedPermissions");
        }
        _ => {}
    }
    value
}

fn list(
    ask: &Ask<'_>,
    (member, kind): (&str, &str),
    within: &str,
    down: Down,
) -> Result<Value, Refusal> {
    let mut all = resources(ask, within)?;
    let places = ask.down();
    let mut lost = Vec::new();
    if !places.is_empty() {
        lost = all.extract_if(.., |r| places.iter().any(|place| r.is_in(place))).collect();
    }
    let (page, next) = ask.page(all)?;
    let mut answer = Map::new();
    if !page.is_empty() {
        answer.insert(member.into(), page.into_iter().map(|r| shown(ask, r)).collect());
    }
    if !kind.is_empty() {
        answer.insert("kind".into(), json!(kind));
    }
    if !places.is_empty() {
        missing(ask, down, &places, &lost, &mut answer)?;
    }
    match ask.method.service {
        "run" => {
            answer.insert("apiVersion".into(), json!("serving.knative.dev/v1"));
            let meta = next.map(|next| json!({ "continue": next })).unwrap_or_else(|| json!({}));
            answer.insert("metadata".into(), meta);
            return Ok(Value::Object(answer));
        }
        "compute" => envelope(ask, &mut answer),
        _ => {}
    }
    if let Some(next) = next {
        answer.insert("nextPageToken".into(), Value::String(next));
    }
    Ok(Value::Object(answer))
}

/// Says which locations are missing, as the method does it.
fn missing(
    ask: &Ask<'_>,
    down: Down,
    places: &[&str],
    lost: &[&Resource],
    answer: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    match down {
        Down::Fails => return Err(refusal::unavailable(ask.method)),
        Down::NamesIf(_, parameter) if ask.one(parameter).is_none() => {
            return Err(refusal::unavailable(ask.method));
        }
        Down::NamesIf(member, _) => {
            let project = ask.project()?;
            let name = |r: &&Resource| match ask.method.service {
                "storage" => json!(format!("projects/_/buckets/{}", r.path(project))),
                _ => json!(r.path(project)),
            };
            answer.insert(member.into(), lost.iter().map(name).collect());
        }
        Down::Names(member) => {
            answer.insert(member.into(), json!(places));
        }
        Down::Warnings => {
            let warning = |place: &&str| {
                json!({
                    "code": "REGION_UNREACHABLE",
                    "message": format!("The region {place} is unreachable."),
                    "region": place,
                })
            };
            answer.insert("warnings".into(), places.iter().map(warning).collect());
        }
        Down::Warning => {
            let place = places.first().copied().unwrap_or_default();
            answer.insert("warning".into(), unreachable(place));
        }
    }
    Ok(())
}

fn unreachable(scope: &str) -> Value {
    json!({
        "code": "UNREACHABLE",
        "message": format!("The scope '{scope}' is not reachable."),
        "data": [{ "key": "scope", "value": scope }],
    })
}

/// What Compute puts around its lists.
fn envelope(ask: &Ask<'_>, answer: &mut Map<String, Value>) {
    let path = fill(ask.method.path, ask.path);
    let id = path.trim_start_matches("/compute/v1/").to_owned();
    answer.insert("id".into(), json!(id));
    answer.insert("selfLink".into(), json!(format!("https://www.googleapis.com{path}")));
}

/// Kinds of scopes that a member of an aggregated list exists in.
fn kinds(member: &str) -> &'static [&'static str] {
    match member {
        "instances" => &["zones/"],
        "disks" | "instanceGroupManagers" => &["zones/", "regions/"],
        "subnetworks" => &["regions/"],
        _ => &["regions/", "global"],
    }
}

fn aggregated(ask: &Ask<'_>, member: &str, kind: &str) -> Result<Value, Refusal> {
    let mut all = resources(ask, "")?;
    all.sort_by_key(|r| r.scope());
    let places = ask.down();
    let is_down = |scope: &str| {
        let place = scope.rsplit('/').next().unwrap_or_default();
        places.iter().any(|down| {
            let tail = place.strip_prefix(down);
            tail.is_some_and(|tail| tail.is_empty() || tail.starts_with('-') && tail.len() == 2)
        })
    };
    let mut scopes: BTreeSet<String> = scopes_of(ask)
        .into_iter()
        .filter(|scope| kinds(member).iter().any(|kind| scope.starts_with(kind)))
        .collect();
    scopes.extend(all.iter().map(|r| r.scope()));
    all.retain(|r| !is_down(&r.scope()));
    let (page, next) = ask.page(all)?;
    let mut items = Map::new();
    let mut lost = Vec::new();
    for scope in scopes {
        let here: Vec<Value> =
            page.iter().filter(|r| r.scope() == scope).map(|r| r.rest.clone()).collect();
        let value = if is_down(&scope) {
            lost.push(scope.clone());
            json!({ "warning": unreachable(&scope) })
        } else if here.is_empty() {
            let warning = json!({
                "code": "NO_RESULTS_ON_PAGE",
                "message": format!("There are no results for scope '{scope}' on this page."),
                "data": [{ "key": "scope", "value": scope }],
            });
            json!({ "warning": warning })
        } else {
            Value::Object(Map::from_iter([(member.to_owned(), Value::Array(here))]))
        };
        items.insert(scope, value);
    }
    let mut answer = Map::new();
    answer.insert("kind".into(), json!(kind));
    answer.insert("items".into(), Value::Object(items));
    envelope(ask, &mut answer);
    // Only who asks for it is told in one place; the scopes' own warnings are always there.
    if !lost.is_empty() && ask.is_set("returnPartialSuccess") {
        answer.insert("unreachables".into(), json!(lost));
    }
    if let Some(next) = next {
        answer.insert("nextPageToken".into(), Value::String(next));
    }
    Ok(Value::Object(answer))
}

/// All zones and regions that there are, and `global`.
fn scopes_of(ask: &Ask<'_>) -> BTreeSet<String> {
    const ALWAYS: [&str; 3] = ["europe-west3-a", "us-central1-a", "us-central1-b"];
    let mut scopes = BTreeSet::from(["global".to_owned()]);
    let resources =
        ask.project.iter().flat_map(|p| &p.resources).filter(|r| r.service() == "compute");
    scopes.extend(resources.map(Resource::scope));
    let zones = ask.world.zones.iter().map(String::as_str).chain(ALWAYS);
    scopes.extend(zones.map(|zone| format!("zones/{zone}")));
    let regions: Vec<String> = scopes.iter().filter_map(|s| region_of(s)).collect();
    scopes.extend(regions);
    scopes
}

fn region_of(scope: &str) -> Option<String> {
    let zone = scope.strip_prefix("zones/")?;
    zone.rsplit_once('-').map(|(region, _)| format!("regions/{region}"))
}

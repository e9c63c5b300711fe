//! Cloud Asset Inventory's listing.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use serde_json::{Map, Value, json};

use super::ask::Ask;
use super::derive;
use super::manager;
use super::methods;
use super::refusal::{self, Refusal};
use super::resource::Resource;
use super::world::{Project, may_read};

/// How far back a read time may lie.
const REACH_BACK: SignedDuration = SignedDuration::from_hours(35 * 24);

/// What the services have and Asset Inventory has not.
const NEVER: [&str; 2] =
    ["compute.googleapis.com/Region", "orgpolicy.googleapis.com/EffectivePolicy"];

/// One asset before it is cut to what was asked for.
struct Found {
    name: String,
    asset_type: String,
    ancestors: Vec<String>,
    parent: String,
    location: Option<String>,
    data: Value,
    iam_policy: Option<Value>,
}

/// `assets.list`
pub(super) fn list(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let root = readable_root(ask)?;
    let reads_at = read_time(ask)?;
    let wanted = wanted(ask)?;
    let content = match ask.one("contentType").unwrap_or("0") {
        "CONTENT_TYPE_UNSPECIFIED" | "0" => Content::None,
        "RESOURCE" | "1" => Content::Resource,
        "IAM_POLICY" | "2" => Content::Policy,
        // No other content is kept here.
        "ORG_POLICY" | "4" | "ACCESS_POLICY" | "5" | "OS_INVENTORY" | "6" | "RELATIONSHIP"
        | "7" => Content::Other,
        other => {
            let message = format!("Invalid value at 'content_type': \"{other}\"");
            return Err(refusal::invalid(ask.method, message));
        }
    };
    let mut all = all(ask, &root, reads_at);
    all.retain(|found| !NEVER.contains(&found.asset_type.as_str()));
    all.retain(|found| wanted.as_ref().is_none_or(|types| types.contains(&found.asset_type)));
    all.retain(|found| match content {
        Content::None | Content::Resource => true,
        Content::Policy => found.iam_policy.is_some(),
        Content::Other => false,
    });
    all.sort_by(|a, b| a.name.cmp(&b.name));
    // The token carries the read time, so that all pages show the same.
    let asked = Ask {
        at: super::paging::Position { reads_at: Some(reads_at.as_millisecond()), ..ask.at },
        ..*ask
    };
    let all = all.into_iter().map(|found| asset(found, content, reads_at)).collect();
    let mut answer = asked.plain("assets", all)?;
    if let Value::Object(map) = &mut answer {
        map.insert("readTime".into(), json!(reads_at));
    }
    Ok(answer)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    None,
    Resource,
    Policy,
    Other,
}

/// The name of what is listed, in the form of ancestors, once the caller may read it.
fn readable_root(ask: &Ask<'_>) -> Result<String, Refusal> {
    let part = |kind: &str| Some(ask.part(kind)).filter(|id| !id.is_empty());
    if let Some(id) = part("organization") {
        return manager::readable_organization(ask, &format!("organizations/{id}"))
            .map(|o| o.name());
    }
    if let Some(id) = part("folder") {
        return manager::readable_folder(ask, &format!("folders/{id}")).map(|f| f.name());
    }
    let project = ask.project()?;
    match may_read(&project.readers, ask.principal) {
        true => Ok(format!("projects/{}", project.number)),
        false => Err(ask.denied()),
    }
}

fn read_time(ask: &Ask<'_>) -> Result<Timestamp, Refusal> {
    let now = ask.now;
    if let Some(millis) = ask.at.reads_at {
        return Timestamp::from_millisecond(millis).map_err(|_| refusal::internal(ask.method));
    }
    let Some(text) = ask.one("readTime") else {
        // Whole milliseconds, which is what a token holds.
        let whole = Timestamp::from_millisecond(now.as_millisecond());
        return whole.map_err(|_| refusal::internal(ask.method));
    };
    let invalid =
        |why: &str| refusal::invalid(ask.method, format!("Invalid value at 'read_time' ({why})."));
    let time: Timestamp = text.parse().map_err(|_| invalid("not a timestamp"))?;
    let age = now.duration_since(time);
    // The clocks of caller and server may differ a little.
    if age < SignedDuration::from_secs(-5) {
        return Err(invalid("in the future"));
    }
    match age > REACH_BACK {
        true => Err(invalid("more than 35 days back")),
        false => Ok(time),
    }
}

/// The types that are asked for; `None` for all. Regular expressions must match some type.
fn wanted(ask: &Ask<'_>) -> Result<Option<BTreeSet<String>>, Refusal> {
    let mut asked = ask.all("assetTypes").peekable();
    if asked.peek().is_none() {
        return Ok(None);
    }
    let known = known(ask);
    let mut wanted = BTreeSet::new();
    for pattern in asked {
        let before = wanted.len();
        let regex = Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|e| refusal::invalid(ask.method, e.to_string()))?;
        wanted
            .extend(known.iter().filter(|&name| name == pattern || regex.is_match(name)).cloned());
        if wanted.len() == before && !known.contains(pattern) {
            let message =
                format!("Request contains an invalid argument. Unsupported asset type: {pattern}");
            return Err(refusal::invalid(ask.method, message));
        }
    }
    Ok(Some(wanted))
}

fn known(ask: &Ask<'_>) -> BTreeSet<String> {
    const ALWAYS: [&str; 4] = [
        "cloudresourcemanager.googleapis.com/Folder",
        "cloudresourcemanager.googleapis.com/Organization",
        "cloudresourcemanager.googleapis.com/Project",
        "storage.googleapis.com/Bucket",
    ];
    // Asked for by some, but not known to be one of Asset Inventory's types.
    const DOUBTFUL: &str = "compute.googleapis.com/RegionInstanceGroupManager";
    let served = methods::methods().flat_map(|m| m.types).copied().filter(|name| *name != DOUBTFUL);
    let mut known: BTreeSet<String> = served.chain(ALWAYS).map(str::to_owned).collect();
    let projects = ask.world.projects.iter().flat_map(|p| &p.resources);
    let organizations = ask.world.organizations.iter().flat_map(|o| &o.resources);
    let folders = ask.world.folders.iter().flat_map(|f| &f.resources);
    known.extend(projects.chain(organizations).chain(folders).map(|r| r.asset_type.clone()));
    known.retain(|name| !NEVER.contains(&name.as_str()));
    known.extend(ask.world.asset_types.iter().cloned());
    known
}

/// Everything below the root at that time.
fn all(ask: &Ask<'_>, root: &str, at: Timestamp) -> Vec<Found> {
    let world = ask.world;
    let manager =
        |kind: &str, name: &str, above: &[String], data: Value, iam_policy: &Option<Value>| Found {
            name: format!("//cloudresourcemanager.googleapis.com/{name}"),
            asset_type: format!("cloudresourcemanager.googleapis.com/{kind}"),
            ancestors: above.to_vec(),
            parent: above.get(1).cloned().unwrap_or_default(),
            location: None,
            data,
            iam_policy: iam_policy.clone(),
        };
    let exists = |r: &&Resource| r.since.is_none_or(|t| t <= at) && r.until.is_none_or(|t| t > at);
    let mut all = Vec::new();
    for organization in &world.organizations {
        let above = [organization.name()];
        if !above.iter().any(|name| name == root) {
            continue;
        }
        let data = manager::organization_asset(organization);
        all.push(manager(
            "Organization",
            &organization.name(),
            &above,
            data,
            &organization.iam_policy,
        ));
        for resource in organization.resources.iter().filter(exists) {
            all.push(found(ask, resource, &Project::default(), &above));
        }
    }
    for folder in &world.folders {
        let name = folder.name();
        let above: Vec<String> = world.line(&name).into_iter().map(str::to_owned).collect();
        if above.iter().any(|name| name == root) {
            let data = manager::folder_asset(folder);
            all.push(manager("Folder", &name, &above, data, &folder.iam_policy));
            for resource in folder.resources.iter().filter(exists) {
                all.push(found(ask, resource, &Project::default(), &above));
            }
        }
    }
    for project in &world.projects {
        let above = project.ancestors(world);
        if !above.iter().any(|name| name == root) {
            continue;
        }
        let (name, data) = (format!("projects/{}", project.number), manager::project_v1(project));
        all.push(manager("Project", &name, &above, data, &project.iam_policy));
        if project.is_active() {
            let resources = project.resources.iter().filter(exists);
            all.extend(resources.map(|resource| found(ask, resource, project, &above)));
        }
    }
    all
}

fn found(ask: &Ask<'_>, resource: &Resource, project: &Project, above: &[String]) -> Found {
    let data = resource.asset.clone();
    Found {
        name: resource.full_name(project),
        asset_type: resource.asset_type.clone(),
        ancestors: above.to_vec(),
        parent: above.first().cloned().unwrap_or_default(),
        location: Some(resource.location().map_or("global".to_owned(), |l| l.to_lowercase())),
        data: data.unwrap_or_else(|| derive::data(resource, ask.world.plain_assets)),
        iam_policy: resource.iam_policy.clone(),
    }
}

fn asset(found: Found, content: Content, at: Timestamp) -> Value {
    let mut map = Map::new();
    let (service, kind) = found.asset_type.split_once(".googleapis.com/").unwrap_or_default();
    if content == Content::Resource {
        let (version, kind) = match (service, kind) {
            ("sqladmin", _) => ("v1beta4", "DatabaseInstance"),
            ("bigquery", kind) => ("v2", kind),
            (_, kind) => ("v1", kind),
        };
        let uri = match service {
            "compute" | "storage" | "bigquery" => {
                format!("https://www.googleapis.com/discovery/v1/apis/{service}/{version}/rest")
            }
            _ => format!("https://{service}.googleapis.com/$discovery/rest"),
        };
        let mut resource = json!({
            "version": version,
            "discoveryDocumentUri": uri,
            "discoveryName": kind,
            "data": found.data,
        });
        if let Value::Object(map) = &mut resource {
            if !found.parent.is_empty() {
                let parent = format!("//cloudresourcemanager.googleapis.com/{}", found.parent);
                map.insert("parent".into(), json!(parent));
            }
            if let Some(location) = found.location {
                map.insert("location".into(), json!(location));
            }
        }
        map.insert("resource".into(), resource);
    }
    if content == Content::Policy
        && let Some(policy) = found.iam_policy
    {
        map.insert("iamPolicy".into(), policy);
    }
    map.insert("name".into(), json!(found.name));
    map.insert("assetType".into(), json!(found.asset_type));
    map.insert("ancestors".into(), json!(found.ancestors));
    map.insert("updateTime".into(), json!(at));
    Value::Object(map)
}

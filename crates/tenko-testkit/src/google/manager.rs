//! Resource Manager: organizations, folders, projects.

use serde_json::{Map, Value, json};

use super::ask::Ask;
use super::methods::Own;
use super::refusal::{self, Refusal};
use super::world::{Folder, Organization, Project, may_read};
use super::{permissions, policy};

/// The answer, where it is one of Resource Manager.
pub(super) fn answer(ask: &Ask<'_>, own: Own) -> Option<Result<Value, Refusal>> {
    Some(match own {
        Own::SearchOrganizations => organizations(ask),
        Own::GetOrganization => {
            let name = format!("organizations/{}", ask.part("organization"));
            readable_organization(ask, &name).map(organization)
        }
        Own::ListFolders => folders(ask),
        Own::GetFolder => {
            readable_folder(ask, &format!("folders/{}", ask.part("folder"))).map(folder)
        }
        Own::ListProjects => projects(ask),
        Own::SearchProjects => {
            let all = ask.world.projects.iter();
            let all = all.filter(|p| may_read(&p.readers, ask.principal) && p.is_active());
            ask.plain("projects", all.map(project).collect())
        }
        Own::GetProject => ask.project().map(project),
        Own::GetProjectV1 => ask.project().map(project_v1),
        Own::ProjectPolicy => {
            let version = policy::version(ask);
            ask.project().map(|p| policy::as_asked(p.iam_policy.as_ref(), version))
        }
        Own::TestPermissions => permissions::test(ask),
        Own::Write => Err(ask.denied()),
        _ => return None,
    })
}

pub(super) fn readable_organization<'a>(
    ask: &Ask<'a>,
    name: &str,
) -> Result<&'a Organization, Refusal> {
    let found = ask.world.organizations.iter().find(|o| o.name() == name);
    found.filter(|o| may_read(&o.readers, ask.principal)).ok_or_else(|| ask.denied())
}

pub(super) fn readable_folder<'a>(ask: &Ask<'a>, name: &str) -> Result<&'a Folder, Refusal> {
    let found = ask.world.folders.iter().find(|f| f.name() == name);
    found.filter(|f| may_read(&f.readers, ask.principal)).ok_or_else(|| ask.denied())
}

fn organizations(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let all = ask.world.organizations.iter().filter(|o| may_read(&o.readers, ask.principal));
    ask.plain("organizations", all.map(organization).collect())
}

/// The parent that a list is asked for, once the caller may read it.
fn parent<'a>(ask: &Ask<'a>) -> Result<&'a str, Refusal> {
    let parent = ask.one("parent").unwrap_or_default();
    match parent.split_once('/').map(|(kind, _)| kind) {
        Some("organizations") => readable_organization(ask, parent).map(|_| parent),
        Some("folders") => readable_folder(ask, parent).map(|_| parent),
        _ => {
            let message = "field [parent] has issue [must be of the form 'folders/{id}' or 'organizations/{id}']";
            Err(refusal::invalid(ask.method, message))
        }
    }
}

fn folders(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let parent = parent(ask)?;
    let deleted = ask.is_set("showDeleted");
    let all = ask.world.folders.iter().filter(|f| f.parent == parent);
    let all = all.filter(|f| deleted || !f.delete_requested);
    ask.plain("folders", all.map(folder).collect())
}

fn projects(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let parent = parent(ask)?;
    let deleted = ask.is_set("showDeleted");
    let all = ask.world.projects.iter().filter(|p| p.parent == parent);
    let all = all.filter(|p| deleted || p.is_active());
    ask.plain("projects", all.map(project).collect())
}

const CREATED: &str = "2023-11-14T22:13:20Z";

fn organization(organization: &Organization) -> Value {
    json!({
        "name": organization.name(),
        "displayName": organization.name,
        "directoryCustomerId": "C0example",
        "state": "ACTIVE",
        "createTime": CREATED,
        "updateTime": CREATED,
        "etag": "W/\"1b2c\"",
    })
}

fn folder(folder: &Folder) -> Value {
    json!({
        "name": folder.name(),
        "parent": folder.parent,
        "displayName": folder.name,
        "state": if folder.delete_requested { "DELETE_REQUESTED" } else { "ACTIVE" },
        "createTime": CREATED,
        "updateTime": CREATED,
        "etag": "W/\"2c3d\"",
    })
}

fn project(project: &Project) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("name", json!(format!("projects/{}", project.number)));
    put("projectId", json!(project.id));
    put("state", json!(project.state));
    put("displayName", json!(project.name));
    put("createTime", json!(project.created));
    put("updateTime", json!(project.created));
    put("etag", json!("W/\"3d4e\""));
    if !project.parent.is_empty() {
        put("parent", json!(project.parent));
    }
    if !project.labels.is_empty() {
        put("labels", json!(project.labels));
    }
    if !project.is_active() {
        put("deleteTime", json!(project.created));
    }
    Value::Object(map)
}

/// The form of version 1, which Asset Inventory has kept. A resource of the type that the project holds says more.
pub(super) fn project_v1(project: &Project) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("projectNumber", json!(project.number));
    put("projectId", json!(project.id));
    put("lifecycleState", json!(project.state));
    put("name", json!(project.name));
    put("createTime", json!(project.created));
    if let Some((kind, id)) = project.parent.split_once('/') {
        put("parent", json!({ "type": kind.trim_end_matches('s'), "id": id }));
    }
    if !project.labels.is_empty() {
        put("labels", json!(project.labels));
    }
    let kind = "cloudresourcemanager.googleapis.com/Project";
    let own = project.resources.iter().find(|resource| resource.asset_type == kind);
    map.extend(own.and_then(|own| own.rest.as_object().cloned()).unwrap_or_default());
    Value::Object(map)
}

/// A folder as Asset Inventory has it.
pub(super) fn folder_asset(of: &Folder) -> Value {
    let mut value = folder(of);
    if let Value::Object(map) = &mut value {
        map.remove("etag");
        map.remove("updateTime");
        let state = map.remove("state");
        map.insert("lifecycleState".into(), state.unwrap_or_default());
    }
    value
}

/// An organization as Asset Inventory has it.
pub(super) fn organization_asset(of: &Organization) -> Value {
    json!({
        "name": of.name(),
        "displayName": of.name,
        "lifecycleState": "ACTIVE",
        "creationTime": CREATED,
        "owner": { "directoryCustomerId": "C0example" },
    })
}

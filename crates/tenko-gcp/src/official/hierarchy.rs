//! Organizations, folders and projects.

use std::collections::BTreeMap;

use google_cloud_resourcemanager_v3::model::{
    Folder, Organization, Project, folder, organization, project,
};
use tenko_core::{Cloud, Scope, ScopeKind, ScopeStatus};

use super::{
    FOLDERS_GET, FOLDERS_LIST, Method, ORGANIZATIONS_GET, ORGANIZATIONS_SEARCH, Official,
    PROJECTS_GET, PROJECTS_LIST,
};
use crate::error::{CallError, ErrorClass};
use crate::session::Session;

/// A scope that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The scope. A project's id is its project id.
    pub(crate) scope: Scope,
    /// The number, which Asset Inventory names a project by; none for other scopes.
    pub(crate) number: Option<String>,
}

/// One page of a listing.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundPage {
    /// The scopes, in the order of the answer.
    pub(crate) found: Vec<Found>,
    /// The next page's token.
    pub(crate) next: Option<String>,
}

/// The most that a page holds. Resource Manager decides by itself up to there.
const PAGE_SIZE: i32 = 300;

/// One page of the organizations that the caller may see.
pub(crate) async fn search_organizations(
    o: &Official,
    s: &Session,
    page_token: Option<&str>,
) -> Result<FoundPage, CallError> {
    let method = &ORGANIZATIONS_SEARCH;
    let request = o.organizations.search_organizations().with_options(o.options(s, method));
    let request = request.set_page_size(PAGE_SIZE).set_page_token(page_token.unwrap_or_default());
    let page = o.call(s, method, request.send()).await?;
    of_list(method, &page, "organizations")?;
    let found = page.organizations.into_iter().map(of_organization).collect();
    Ok(FoundPage { found, next: token(page.next_page_token) })
}

/// The organization of this name (`organizations/123`).
pub(crate) async fn get_organization(
    o: &Official,
    s: &Session,
    name: &str,
) -> Result<Found, CallError> {
    let method = &ORGANIZATIONS_GET;
    let request = o.organizations.get_organization().with_options(o.options(s, method));
    let found = o.call(s, method, request.set_name(name).send()).await.map(of_organization)?;
    named(method, found, name)
}

/// The folder of this name (`folders/123`).
pub(crate) async fn get_folder(o: &Official, s: &Session, name: &str) -> Result<Found, CallError> {
    let method = &FOLDERS_GET;
    let request = o.folders.get_folder().with_options(o.options(s, method));
    let found = o.call(s, method, request.set_name(name).send()).await.map(of_folder)?;
    named(method, found, name)
}

/// One page of the folders directly in this organization or folder, those on the way to deletion among them: they
/// still hold projects.
pub(crate) async fn list_folders(
    o: &Official,
    s: &Session,
    parent: &str,
    page_token: Option<&str>,
) -> Result<FoundPage, CallError> {
    let method = &FOLDERS_LIST;
    let request = o.folders.list_folders().with_options(o.options(s, method));
    let request = request.set_parent(parent).set_show_deleted(true).set_page_size(PAGE_SIZE);
    let request = request.set_page_token(page_token.unwrap_or_default());
    let page = o.call(s, method, request.send()).await?;
    of_list(method, &page, "folders")?;
    let found = page.folders.into_iter().map(of_folder).collect();
    Ok(FoundPage { found, next: token(page.next_page_token) })
}

/// One page of the projects directly in this organization or folder, those on the way to deletion among them.
pub(crate) async fn list_projects(
    o: &Official,
    s: &Session,
    parent: &str,
    page_token: Option<&str>,
) -> Result<FoundPage, CallError> {
    let method = &PROJECTS_LIST;
    let request = o.projects.list_projects().with_options(o.options(s, method));
    let request = request.set_parent(parent).set_show_deleted(true).set_page_size(PAGE_SIZE);
    let request = request.set_page_token(page_token.unwrap_or_default());
    let page = o.call(s, method, request.send()).await?;
    of_list(method, &page, "projects")?;
    let found = page.projects.into_iter().map(of_project).collect();
    Ok(FoundPage { found, next: token(page.next_page_token) })
}

/// The project of this id or number.
pub(crate) async fn get_project(
    o: &Official,
    s: &Session,
    project: &str,
) -> Result<Found, CallError> {
    let method = &PROJECTS_GET;
    let request = o.projects.get_project().with_options(o.options(s, method));
    let request = request.set_name(format!("projects/{project}"));
    o.call(s, method, request.send()).await.map(of_project)
}

/// An answer that holds something, and nothing of the list, is somebody else's and no empty list.
fn of_list(method: &Method, page: &impl serde::Serialize, items: &str) -> Result<(), CallError> {
    let json = serde_json::to_value(page).unwrap_or_default();
    let fits = json.as_object().is_some_and(|object| {
        object.is_empty() || object.contains_key(items) || object.contains_key("nextPageToken")
    });
    if fits { Ok(()) } else { Err(foreign(method)) }
}

fn named(method: &Method, found: Found, name: &str) -> Result<Found, CallError> {
    if found.scope.id.as_str() == name { Ok(found) } else { Err(foreign(method)) }
}

fn foreign(method: &Method) -> CallError {
    let message = "the answer is not of the method's form";
    CallError::own(&method.operation(), ErrorClass::Broken, "invalid-response", message)
}

pub(super) fn token(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn of_organization(organization: Organization) -> Found {
    let status = match organization.state {
        organization::State::Active => ScopeStatus::Active,
        organization::State::DeleteRequested => ScopeStatus::PendingClosure,
        _ => ScopeStatus::Unknown,
    };
    let Organization { name, display_name, .. } = organization;
    Found { scope: scope(ScopeKind::Organization, name, "", display_name, status), number: None }
}

fn of_folder(folder: Folder) -> Found {
    let status = match folder.state {
        folder::State::Active => ScopeStatus::Active,
        folder::State::DeleteRequested => ScopeStatus::PendingClosure,
        _ => ScopeStatus::Unknown,
    };
    let Folder { name, parent, display_name, .. } = folder;
    Found { scope: scope(ScopeKind::Folder, name, &parent, display_name, status), number: None }
}

fn of_project(project: Project) -> Found {
    let status = match project.state {
        project::State::Active => ScopeStatus::Active,
        project::State::DeleteRequested => ScopeStatus::PendingClosure,
        _ => ScopeStatus::Unknown,
    };
    let Project { name, parent, project_id, display_name, labels, .. } = project;
    let mut scope = scope(ScopeKind::Project, project_id, &parent, display_name, status);
    scope.tags = labels.into_iter().collect();
    Found { scope, number: name.strip_prefix("projects/").map(str::to_owned) }
}

fn scope(kind: ScopeKind, id: String, parent: &str, name: String, status: ScopeStatus) -> Scope {
    Scope {
        cloud: Cloud::gcp(),
        id: id.into(),
        kind,
        parent: (!parent.is_empty()).then(|| parent.into()),
        name,
        status,
        management: false,
        tags: BTreeMap::new(),
    }
}

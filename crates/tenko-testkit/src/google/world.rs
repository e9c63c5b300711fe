//! What the simulated Google Cloud holds: organizations, folders, projects and their resources.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::Fault;
use super::resource::Resource;

/// Everything that the server knows. Built in Rust or read from JSON.
///
/// A list of readers that is `None` lets every caller read, whoever it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct World {
    /// Organizations.
    pub organizations: Vec<Organization>,
    /// Folders of all organizations.
    pub folders: Vec<Folder>,
    /// Projects in and outside of organizations.
    pub projects: Vec<Project>,
    /// Page size of every paged method, whatever the caller asks for.
    pub page_size: Option<usize>,
    /// Faults that are there from the start.
    pub faults: Vec<Fault>,
    /// The time that Asset Inventory takes for now; `None` for the real one.
    pub read_time: Option<Timestamp>,
    /// Whether the services of projects answer impersonated service accounts only.
    pub impersonation_required: bool,
    /// Who may impersonate which service account, by its email; `None` lets everybody.
    pub impersonators: Option<BTreeMap<String, Vec<String>>>,
    /// Service accounts that can be impersonated, by email; `None` for any name.
    pub service_accounts: Option<BTreeSet<String>>,
    /// Whether impersonated tokens may live longer than an hour, as an organization's policy can
    /// allow (`iam.allowServiceAccountCredentialLifetimeExtension`).
    pub long_lifetimes: bool,
    /// Bearer tokens that are good without being asked for, with their principals.
    pub tokens: BTreeMap<String, String>,
    /// Whether a token's OAuth scopes are not looked at.
    pub any_scope: bool,
    /// Whether Asset Inventory's data goes without the singular twins (`sourceRange` beside
    /// `sourceRanges`), as it has since about 2023.
    pub plain_assets: bool,
    /// Asset types that Asset Inventory knows besides those that have resources here.
    pub asset_types: BTreeSet<String>,
    /// Compute zones that exist besides those with resources.
    pub zones: BTreeSet<String>,
    /// Permissions that IAM does not know, or no longer: `storage.objects.paint`.
    pub unknown_permissions: BTreeSet<String>,
    /// Constraints that Organization Policy does not know, or no longer: `sql.restrictPublicIp`.
    pub unknown_constraints: BTreeSet<String>,
}

impl World {
    /// Reads a world from JSON.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// Adds an organization.
    #[must_use]
    pub fn organization(mut self, organization: Organization) -> Self {
        self.organizations.push(organization);
        self
    }

    /// Adds a folder.
    #[must_use]
    pub fn folder(mut self, folder: Folder) -> Self {
        self.folders.push(folder);
        self
    }

    /// Adds a project.
    #[must_use]
    pub fn with(mut self, project: Project) -> Self {
        self.projects.push(project);
        self
    }

    /// The project with this id or number.
    pub fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|p| p.id == name || p.number == name)
    }

    /// The project with this id or number, to change it.
    pub fn project_mut(&mut self, name: &str) -> Option<&mut Project> {
        self.projects.iter_mut().find(|p| p.id == name || p.number == name)
    }

    /// The folders and the organization above `parent`, itself first: `folders/2`,
    /// `folders/1`, `organizations/1`.
    pub fn line<'a>(&'a self, parent: &'a str) -> Vec<&'a str> {
        let mut line = Vec::new();
        let mut next = Some(parent);
        while let Some(name) = next.filter(|n| !n.is_empty() && !line.contains(n)) {
            line.push(name);
            next = self.folders.iter().find(|f| f.name() == name).map(|f| f.parent.as_str());
        }
        line
    }

    /// What is set on a project and on everything above it, the closest first.
    pub(super) fn set_above<'a>(
        &'a self,
        project: &'a Project,
        asset_type: &'static str,
    ) -> impl Iterator<Item = &'a Resource> {
        let line = self.line(&project.parent);
        let above = line.into_iter().filter_map(|name| {
            let folder = self.folders.iter().find(|f| f.name() == name).map(|f| &f.resources);
            let organization = || self.organizations.iter().find(|o| o.name() == name);
            folder.or_else(|| organization().map(|o| &o.resources))
        });
        let all = std::iter::once(&project.resources).chain(above).flatten();
        all.filter(move |resource| resource.asset_type == asset_type)
    }

    /// What is wrong with it: names given twice, parents that are not there.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut names = BTreeSet::new();
        let nodes = self.organizations.iter().map(Organization::name);
        let nodes: BTreeSet<String> = nodes.chain(self.folders.iter().map(Folder::name)).collect();
        for project in &self.projects {
            if project.id.is_empty() || project.number.parse::<u64>().is_err() {
                problems.push(format!("project '{}' needs an id and a number", project.id));
            }
            for name in [&project.id, &project.number] {
                if !names.insert(name) {
                    problems.push(format!("project {name} is there twice"));
                }
            }
        }
        let folders = self.folders.iter().map(|f| (f.name(), &f.parent));
        let projects = self.projects.iter().filter(|p| !p.parent.is_empty());
        for (name, parent) in folders.chain(projects.map(|p| (p.id.clone(), &p.parent))) {
            if !nodes.contains(parent) {
                problems.push(format!("{name} is below {parent}, which is not there"));
            }
        }
        problems
    }
}

/// An organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organization {
    /// Its number.
    pub id: String,
    /// Its domain.
    pub name: String,
    /// Principals that may read it and its Asset Inventory.
    pub readers: Option<Vec<String>>,
    /// Its IAM policy.
    pub iam_policy: Option<Value>,
    /// Resources that are in none of its projects, such as its own roles, contacts and organization policies.
    pub resources: Vec<Resource>,
}

impl Organization {
    /// An organization that everybody may read.
    pub fn new(id: &str, name: &str) -> Self {
        Self { id: id.into(), name: name.into(), ..Self::default() }
    }

    /// `organizations/123`
    pub fn name(&self) -> String {
        format!("organizations/{}", self.id)
    }
}

/// A folder.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Folder {
    /// Its number.
    pub id: String,
    /// `organizations/123` or `folders/456`
    pub parent: String,
    /// Display name.
    pub name: String,
    /// Whether it is on its way out.
    pub delete_requested: bool,
    /// Principals that may read it and its Asset Inventory.
    pub readers: Option<Vec<String>>,
    /// Its IAM policy.
    pub iam_policy: Option<Value>,
    /// Resources that are set on the folder itself, such as contacts and organization policies.
    pub resources: Vec<Resource>,
}

impl Folder {
    /// A folder that everybody may read.
    pub fn new(id: &str, parent: &str, name: &str) -> Self {
        Self { id: id.into(), parent: parent.into(), name: name.into(), ..Self::default() }
    }

    /// `folders/123`
    pub fn name(&self) -> String {
        format!("folders/{}", self.id)
    }
}

/// A project and what is in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// `acme-prod`
    pub id: String,
    /// Its number, in digits.
    pub number: String,
    /// `folders/123`, `organizations/456`, or empty.
    pub parent: String,
    /// Display name.
    pub name: String,
    /// `ACTIVE` or `DELETE_REQUESTED`
    pub state: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// When it was made.
    pub created: Timestamp,
    /// All its resources.
    pub resources: Vec<Resource>,
    /// Its IAM policy.
    pub iam_policy: Option<Value>,
    /// Services that are not enabled: `compute` or `compute.googleapis.com`.
    pub disabled_apis: BTreeSet<String>,
    /// Whether services that cost money refuse.
    pub billing_disabled: bool,
    /// Whether it lies in a service perimeter that the caller is outside of.
    pub vpc_sc: bool,
    /// Principals that may read it.
    pub readers: Option<Vec<String>>,
    /// What `testIamPermissions` says that principals are granted: `storage.objects.get`, or with
    /// an asterisk at the end. Whoever is not here may look around and nothing else.
    pub granted: BTreeMap<String, Vec<String>>,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            id: String::new(),
            number: String::new(),
            parent: String::new(),
            name: String::new(),
            state: "ACTIVE".into(),
            labels: BTreeMap::new(),
            // Fixed, so that worlds are alike.
            created: Timestamp::constant(1_700_000_000, 0),
            resources: Vec::new(),
            iam_policy: None,
            disabled_apis: BTreeSet::new(),
            billing_disabled: false,
            vpc_sc: false,
            readers: None,
            granted: BTreeMap::new(),
        }
    }
}

impl Project {
    /// An empty project that everybody may read, outside of every organization.
    pub fn new(id: &str, number: &str) -> Self {
        Self { id: id.into(), number: number.into(), name: id.into(), ..Self::default() }
    }

    /// Puts it below a folder or an organization.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        self.parent = parent.into();
        self
    }

    /// Adds a resource.
    #[must_use]
    pub fn with(mut self, resource: Resource) -> Self {
        self.resources.push(resource);
        self
    }

    /// Lets only these principals read it.
    #[must_use]
    pub fn readers(mut self, principals: &[&str]) -> Self {
        self.readers = Some(principals.iter().map(|&p| p.to_owned()).collect());
        self
    }

    /// Says what `testIamPermissions` answers a principal.
    #[must_use]
    pub fn grant(mut self, principal: &str, permissions: &[&str]) -> Self {
        let permissions = permissions.iter().map(|&one| one.to_owned()).collect();
        self.granted.insert(principal.into(), permissions);
        self
    }

    /// Whether it is in use.
    pub fn is_active(&self) -> bool {
        self.state == "ACTIVE"
    }

    /// Its own line of ancestors for Asset Inventory, closest first.
    pub(super) fn ancestors(&self, world: &World) -> Vec<String> {
        let above = world.line(&self.parent).into_iter().map(str::to_owned);
        std::iter::once(format!("projects/{}", self.number)).chain(above).collect()
    }

    pub(super) fn has_disabled(&self, service: &str) -> bool {
        let host = format!("{service}.googleapis.com");
        self.disabled_apis.iter().any(|api| api == service || *api == host)
    }
}

/// Whether a principal is among the readers.
pub(super) fn may_read(readers: &Option<Vec<String>>, principal: &str) -> bool {
    readers.as_ref().is_none_or(|all| all.iter().any(|p| p == principal))
}

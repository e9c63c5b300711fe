//! Finding projects: an organization or folders walked from the top, projects that were named, or the caller's own.
//!
//! Every folder is listed by itself. A search over all would be faster, and would leave out without a word what the
//! caller may not see.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tenko_core::{Cloud, DiscoverEvent, Gate, Problem, Scope, ScopeKind, ScopeStatus, Sink};

use crate::error::CallError;
use crate::official::hierarchy::{self, Found, FoundPage};
use crate::provider::{Inner, caller_key, gated};
use crate::session::Session;

/// Which projects are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discovery {
    /// All organizations that the caller can see; its own project where it sees none.
    #[default]
    Auto,
    /// All projects below these, to any depth.
    Organization {
        /// `organizations/123`, `folders/456`. When empty: every organization that can be seen.
        parents: Vec<String>,
    },
    /// These projects, by id.
    Projects(Vec<String>),
    /// The project of the caller's own credentials.
    Caller,
}

/// Scopes that were told.
#[derive(Default)]
struct Seen(Mutex<HashSet<String>>);

impl Seen {
    fn is_new(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned())
    }
}

/// Listings under way at once.
const AT_ONCE: usize = 8;
/// Deeper than any hierarchy: Resource Manager allows ten levels of folders.
const MAX_ANCESTORS: usize = 12;

/// One discovery.
pub(crate) struct Walk<'a> {
    pub(crate) provider: &'a Inner,
    pub(crate) session: &'a Session,
    pub(crate) gate: &'a dyn Gate,
    pub(crate) sink: &'a Sink<DiscoverEvent>,
}

impl Walk<'_> {
    pub(crate) async fn run(&self, discovery: &Discovery) {
        match discovery {
            Discovery::Auto => {
                let (roots, failed) = self.organizations().await;
                if roots.is_empty() {
                    self.own_project(failed).await;
                } else {
                    self.below(roots).await;
                }
            }
            Discovery::Organization { parents } if parents.is_empty() => {
                let (roots, failed) = self.organizations().await;
                if roots.is_empty() && !failed {
                    let text = "the caller sees no organization: name one, or the projects";
                    self.own_problem("no-organization", text).await;
                }
                self.below(roots).await;
            }
            Discovery::Organization { parents } => {
                let mut roots = Vec::new();
                for parent in parents {
                    roots.push(self.root(parent).await);
                }
                self.below(roots).await;
            }
            Discovery::Projects(projects) => self.projects(projects).await,
            Discovery::Caller => self.own_project(false).await,
        }
    }

    /// Every organization that can be seen, and whether that could not be read to the end.
    async fn organizations(&self) -> (Vec<Scope>, bool) {
        let (mut roots, mut token) = (Vec::new(), None);
        let mut seen = HashSet::new();
        loop {
            let o = &self.provider.official;
            let asked = hierarchy::search_organizations(o, self.session, token.as_deref());
            let page = self.gated(asked).await;
            match self.page(page, &mut seen).await {
                Some(page) => {
                    roots.extend(page.found.into_iter().map(|found| found.scope));
                    token = page.next;
                }
                None => return (roots, true),
            }
            if token.is_none() {
                return (roots, false);
            }
        }
    }

    /// A root that was named. When it cannot be read itself, what is below it may still be.
    async fn root(&self, name: &str) -> Scope {
        match self.folder_or_organization(self.session, name).await {
            Ok(found) => found.scope,
            Err(error) => {
                self.problem(&error, Some(name.to_owned())).await;
                let kind = match name.starts_with("folders/") {
                    true => ScopeKind::Folder,
                    false => ScopeKind::Organization,
                };
                unread(name, kind)
            }
        }
    }

    async fn below(&self, roots: Vec<Scope>) {
        let seen = Seen::default();
        let mut waiting: Vec<(String, String)> = Vec::new();
        for scope in roots {
            let id = scope.id.as_str().to_owned();
            if seen.is_new(&id) {
                self.sink.send(DiscoverEvent::Scope(scope)).await;
                waiting.push((id.clone(), id));
            }
        }
        let mut running = FuturesUnordered::new();
        let seen = &seen;
        loop {
            while running.len() < AT_ONCE {
                let Some((root, parent)) = waiting.pop() else { break };
                running.push(async move {
                    let folders = self.children(&root, &parent, seen).await;
                    (root, folders)
                });
            }
            let Some((root, folders)) = running.next().await else { return };
            waiting.extend(folders.into_iter().map(|folder| (root.clone(), folder)));
        }
    }

    /// Tells the projects and folders directly below `parent` that are new, and gives the folders.
    async fn children(&self, root: &str, parent: &str, seen: &Seen) -> Vec<String> {
        let mut folders = Vec::new();
        for kind in [ScopeKind::Project, ScopeKind::Folder] {
            let mut token: Option<String> = None;
            let mut tokens = HashSet::new();
            loop {
                let (o, s, next) = (&self.provider.official, self.session, token.as_deref());
                let page = match kind {
                    ScopeKind::Project => {
                        self.gated(hierarchy::list_projects(o, s, parent, next)).await
                    }
                    _ => self.gated(hierarchy::list_folders(o, s, parent, next)).await,
                };
                let Some(page) = self.page(page, &mut tokens).await else { break };
                for found in page.found {
                    // A folder may be named beside one that it lies in; a page that is repeated brings all again.
                    if !seen.is_new(found.scope.id.as_str()) {
                        continue;
                    }
                    match kind {
                        ScopeKind::Project => self.provider.remember(&found, Some(root)),
                        _ => folders.push(found.scope.id.as_str().to_owned()),
                    }
                    self.sink.send(DiscoverEvent::Scope(found.scope)).await;
                }
                token = page.next;
                if token.is_none() {
                    break;
                }
            }
        }
        folders
    }

    async fn own_project(&self, after_failure: bool) {
        match self.provider.source.own_project().await {
            Some(project) => self.projects(&[project]).await,
            None if after_failure => {}
            None => {
                let text = "the credentials belong to no project: set GOOGLE_CLOUD_PROJECT, or \
                            name the projects";
                self.own_problem("no-project", text).await;
            }
        }
    }

    /// Projects that were named, with what lies above them. One that cannot be read is there all the same: it
    /// answers, or does not, when it is called.
    async fn projects(&self, projects: &[String]) {
        let mut above = HashSet::new();
        for project in projects {
            if !above.insert(project.clone()) {
                continue;
            }
            let session = match self.provider.session(project) {
                Ok(session) => session,
                Err(_) => self.session.clone(),
            };
            let asked = hierarchy::get_project(&self.provider.official, &session, project);
            let scope = match self.gated(asked).await {
                Ok(found) if found.scope.id == project.as_str() => {
                    self.provider.remember(&found, None);
                    found.scope
                }
                Ok(_) | Err(_) => unread(project, ScopeKind::Project),
            };
            let parent = scope.parent.clone();
            self.sink.send(DiscoverEvent::Scope(scope)).await;
            if let Some(parent) = parent {
                self.ancestors(&session, parent.as_str().to_owned(), &mut above).await;
            }
        }
    }

    /// What lies above a project is a help for readers: whoever may not see it misses nothing else.
    async fn ancestors(&self, session: &Session, first: String, above: &mut HashSet<String>) {
        let mut next = Some(first);
        for _ in 0..MAX_ANCESTORS {
            let Some(name) = next.take().filter(|name| above.insert(name.clone())) else { return };
            let Ok(found) = self.folder_or_organization(session, &name).await else { return };
            next = found.scope.parent.as_ref().map(|parent| parent.as_str().to_owned());
            self.sink.send(DiscoverEvent::Scope(found.scope)).await;
        }
    }

    /// A page, or `None` after its problem was told. A token that comes again would never end.
    async fn page(
        &self,
        page: Result<FoundPage, CallError>,
        tokens: &mut HashSet<String>,
    ) -> Option<FoundPage> {
        match page {
            Ok(mut page) => {
                if let Some(token) = &page.next
                    && !tokens.insert(token.clone())
                {
                    let text = "the same page token came again: the listing would never end";
                    self.own_problem("repeated-token", text).await;
                    page.next = None;
                }
                Some(page)
            }
            Err(error) => {
                self.problem(&error, None).await;
                None
            }
        }
    }

    async fn folder_or_organization(
        &self,
        session: &Session,
        name: &str,
    ) -> Result<Found, CallError> {
        let o = &self.provider.official;
        match name.starts_with("folders/") {
            true => self.gated(hierarchy::get_folder(o, session, name)).await,
            false => self.gated(hierarchy::get_organization(o, session, name)).await,
        }
    }

    async fn gated<T>(&self, call: impl Future<Output = T>) -> T {
        gated(self.gate, &caller_key("cloudresourcemanager"), call).await
    }

    async fn problem(&self, error: &CallError, resource: Option<String>) {
        self.sink.send(DiscoverEvent::Problem(error.problem(resource))).await;
    }

    async fn own_problem(&self, code: &str, message: &str) {
        self.sink.send(DiscoverEvent::Problem(Problem::new("tenko:Discover", code, message))).await;
    }
}

/// A scope of which nothing is known but that somebody named it.
fn unread(id: &str, kind: ScopeKind) -> Scope {
    Scope {
        cloud: Cloud::gcp(),
        id: id.into(),
        kind,
        parent: None,
        name: String::new(),
        status: ScopeStatus::Unknown,
        management: false,
        tags: Default::default(),
    }
}

impl Inner {
    /// Keeps what Cloud Asset Inventory needs to know of a project: its number, and the root that it was found below.
    fn remember(&self, found: &Found, root: Option<&str>) {
        let mut known = self.known();
        let project = known.entry(found.scope.id.clone()).or_default();
        project.number.clone_from(&found.number);
        if let Some(root) = root {
            project.root = Some(root.to_owned());
        }
    }
}

//! The organization that the tests look at, and how they look.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use serde_json::Value;
use tenko_collect::{CancellationToken, Collector, Options, ScopeFilter, Selection};
use tenko_core::{
    BoxFuture, Cloud, CollectEvent, Coverage, DiscoverEvent, Gate, Outcome, Problem, Provider,
    RateKey, Reach, Resource, ResourceType, Scope, ScopeKey, Snapshot, Unit,
};
use tenko_gcp::{GoogleProvider, Source};
use tenko_testkit::Hurried;
use tenko_testkit::google::{Folder, Organization, Project, SimGoogle, World};
use tokio::sync::OnceCell;

use crate::common;
use crate::resources::fill;

pub(crate) const ORGANIZATION: &str = "organizations/456";
pub(crate) const PRODUCTION: &str = "folders/10";
pub(crate) const EUROPE: &str = "folders/11";
pub(crate) const CORE: &str = "folders/12";
pub(crate) const SANDBOX: &str = "folders/20";

/// Directly below the organization.
pub(crate) const SHARED: &str = "acme-shared";
/// Three folders down.
pub(crate) const WEB: &str = "acme-web";
pub(crate) const DATA: &str = "acme-data";
/// Without resources.
pub(crate) const PLAY: &str = "acme-play";
/// On its way out.
pub(crate) const OLD: &str = "acme-old";
/// Those that can be read.
pub(crate) const OPEN: [&str; 4] = [DATA, PLAY, SHARED, WEB];

/// Folders three deep, five projects, two resources on a page.
pub(crate) fn world() -> World {
    let project = |id: &str, number: &str, parent: &str| Project::new(id, number).under(parent);
    let mut web = fill(project(WEB, "1002", CORE));
    web.name = "Web shop".to_owned();
    web.labels.insert("team".to_owned(), "web".to_owned());
    let mut old = project(OLD, "1005", EUROPE);
    old.state = "DELETE_REQUESTED".to_owned();
    World { page_size: Some(2), ..World::default() }
        .organization(Organization::new("456", "acme.example"))
        .folder(Folder::new("10", ORGANIZATION, "Production"))
        .folder(Folder::new("11", PRODUCTION, "Europe"))
        .folder(Folder::new("12", EUROPE, "Core"))
        .folder(Folder::new("20", ORGANIZATION, "Sandbox"))
        .with(fill(project(SHARED, "1001", ORGANIZATION)))
        .with(web)
        .with(fill(project(DATA, "1003", PRODUCTION)))
        .with(project(PLAY, "1004", SANDBOX))
        .with(old)
}

pub(crate) async fn start() -> SimGoogle {
    SimGoogle::start(world()).await.unwrap()
}

/// A whole run, of all types and projects or of these. Nothing but reads that are on the list may even be tried.
pub(crate) async fn look(
    provider: &Arc<GoogleProvider>,
    types: &[&str],
    projects: &[&str],
) -> Snapshot {
    let types: BTreeSet<_> = types.iter().map(|name| ResourceType::new(*name)).collect();
    let projects: BTreeSet<_> = projects.iter().map(|id| key(id)).collect();
    let selection = Selection {
        types: Some(types).filter(|types| !types.is_empty()),
        scopes: if projects.is_empty() { ScopeFilter::All } else { ScopeFilter::Only(projects) },
        ..Selection::default()
    };
    let hurried: Arc<dyn Provider> = Arc::new(Hurried(GoogleProvider::clone(provider)));
    let snapshot = Collector::new(Options { rate_share: 1.0, ..Options::default() })
        .collect(&[hurried], &selection, |_| {}, CancellationToken::new())
        .await;
    assert_eq!(provider.refused_calls(), 0, "the guard held something back");
    snapshot
}

/// What there is when nothing is wrong, read from this source once for all tests.
pub(crate) async fn clean(source: Source) -> &'static Snapshot {
    static SERVICES: OnceCell<Snapshot> = OnceCell::const_new();
    static INVENTORY: OnceCell<Snapshot> = OnceCell::const_new();
    let cell = if source == Source::Services { &SERVICES } else { &INVENTORY };
    cell.get_or_init(|| async move {
        let cloud = start().await;
        let provider = common::provider(&cloud, source).await;
        let snapshot = look(&provider, &[], &[]).await;
        for row in snapshot.coverage.iter().filter(|row| row.unit.scope.as_str() != OLD) {
            assert_eq!(row.outcome, Outcome::Complete, "{} {:?}", row.unit, row.problems);
        }
        let found: BTreeSet<_> = snapshot.resources.iter().map(|r| &r.key.resource_type).collect();
        assert_eq!(found.len(), provider.catalog().iter().count(), "there is one of each type");
        snapshot
    })
    .await
}

pub(crate) fn key(id: &str) -> ScopeKey {
    ScopeKey::new(Cloud::gcp(), id)
}

pub(crate) fn unit(project: &str, resource_type: &str) -> Unit {
    Unit {
        cloud: Cloud::gcp(),
        scope: project.into(),
        reach: Reach::Global,
        resource_type: resource_type.into(),
    }
}

pub(crate) fn row<'a>(snapshot: &'a Snapshot, unit: &Unit) -> &'a Coverage {
    let found = snapshot.coverage.iter().find(|row| row.unit == *unit);
    found.unwrap_or_else(|| panic!("{unit} has no row"))
}

pub(crate) fn resources_of<'a>(snapshot: &'a Snapshot, unit: &Unit) -> Vec<&'a Resource> {
    let of_unit =
        |r: &&Resource| r.key.scope == unit.scope && r.key.resource_type == unit.resource_type;
    snapshot.resources.iter().filter(of_unit).collect()
}

/// The attributes that are unknown in neither of the two.
fn known(resource: &Resource, other: &Resource) -> Value {
    let mut attributes = resource.attributes.to_value();
    for path in resource.unknown.iter().chain(&other.unknown) {
        path.remove(&mut attributes);
    }
    attributes
}

/// Whether two looks saw the same as far as both could see.
pub(crate) fn agree(one: &Resource, other: &Resource) -> bool {
    let vague = !one.unknown.is_empty() || !other.unknown.is_empty();
    let created = one.created_at == other.created_at
        || vague && (one.created_at.is_none() || other.created_at.is_none());
    created
        && (&one.key, &one.name, &one.tags, &one.origin)
            == (&other.key, &other.name, &other.tags, &other.origin)
        && known(one, other) == known(other, one)
}

/// Where a snapshot says something that was not so: `clean` is what there is.
pub(crate) fn untruths(clean: &Snapshot, snapshot: &Snapshot) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in &snapshot.coverage {
        let unit = &row.unit;
        let (then, now) = (resources_of(clean, unit), resources_of(snapshot, unit));
        let ids: BTreeSet<_> = now.iter().map(|r| &r.key.id).collect();
        if ids.len() < now.len() {
            wrong.push(format!("{unit} has a resource twice"));
        }
        for resource in &now {
            match then.iter().find(|r| r.key == resource.key) {
                None => wrong.push(format!("{} is made up", resource.key)),
                Some(before) if !agree(before, resource) => wrong.push(format!(
                    "{} differs:\n{}\n{}",
                    resource.key,
                    known(before, resource),
                    known(resource, before)
                )),
                Some(_) => {}
            }
        }
        if row.outcome.is_complete() && ids.len() < then.len() {
            wrong.push(format!("{unit} is complete with {} of {}", ids.len(), then.len()));
        }
        if row.outcome.is_complete() && !row.problems.is_empty() {
            wrong.push(format!("{unit} is complete with problems {:?}", row.problems));
        }
        let explained = snapshot.answers.iter().filter(|answer| answer.scope == unit.scope);
        let explained = explained.flat_map(|answer| &answer.problems).next().is_some();
        if row.outcome.is_gap() && row.problems.is_empty() && !explained {
            wrong.push(format!("{unit} does not say why it is {}", row.outcome));
        }
    }
    let gaps = snapshot.coverage.iter().any(|row| row.outcome.is_gap());
    if gaps && !snapshot.is_incomplete() {
        wrong.push("the snapshot has gaps and calls itself whole".to_owned());
    }
    wrong
}

/// Where a unit that was not hit is not as before.
pub(crate) fn changes(
    clean: &Snapshot,
    snapshot: &Snapshot,
    hit: impl Fn(&Unit) -> bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in snapshot.coverage.iter().filter(|row| !hit(&row.unit)) {
        let before = clean.coverage.iter().find(|before| before.unit == row.unit);
        if before.map(|before| before.outcome) != Some(row.outcome) {
            wrong.push(format!("{} was not hit: {} {:?}", row.unit, row.outcome, row.problems));
        } else if resources_of(clean, &row.unit) != resources_of(snapshot, &row.unit) {
            wrong.push(format!("{} was not hit and is not as before", row.unit));
        }
    }
    wrong
}

/// Shows the first few flaws.
pub(crate) fn none(wrong: &[String]) {
    let shown = wrong.get(..12).unwrap_or(wrong).join("\n");
    assert!(wrong.is_empty(), "{} flaws:\n{shown}", wrong.len());
}

/// Lets all pass, and counts what was too fast.
#[derive(Debug, Default)]
pub(crate) struct Ajar(pub(crate) Mutex<u32>);

impl Gate for Ajar {
    fn pass<'a>(&'a self, _key: &'a RateKey) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    fn throttled(&self, _key: &RateKey) {
        *self.0.lock().unwrap() += 1;
    }
}

/// One unit, of a provider that discovered and opened its projects before.
pub(crate) async fn collect(
    provider: &GoogleProvider,
    unit: &Unit,
) -> (Outcome, Vec<Resource>, Vec<Problem>) {
    let (gate, mut outcome, mut resources, mut problems) = (Ajar::default(), None, vec![], vec![]);
    let mut events = provider.collect(unit, &gate);
    while let Some(event) = events.next().await {
        match event {
            CollectEvent::Resources(more) => resources.extend(more),
            CollectEvent::Problem(problem) => problems.push(problem),
            CollectEvent::End(end) => outcome = Some(end),
            _ => {}
        }
    }
    (outcome.unwrap(), resources, problems)
}

/// The scopes that are found, and what went wrong.
pub(crate) async fn discover(provider: &GoogleProvider) -> (Vec<Scope>, Vec<Problem>) {
    let (gate, mut scopes, mut problems) = (Ajar::default(), vec![], vec![]);
    let mut events = provider.discover(&gate);
    while let Some(event) = events.next().await {
        match event {
            DiscoverEvent::Scope(scope) => scopes.push(scope),
            DiscoverEvent::Problem(problem) => problems.push(problem),
            _ => {}
        }
    }
    (scopes, problems)
}

//! Which projects are found, and what is said of those that may be missing.

use std::collections::{BTreeMap, BTreeSet};

use tenko_core::{DeniedBy, Outcome, Problem, Scope, ScopeKind, ScopeStatus};
use tenko_gcp::{BuildError, Discovery, GoogleProvider};
use tenko_testkit::google::{Fault, FaultKind, SimGoogle, World};

use crate::common::{builder, credentials, login};
use crate::faults::kinds;
use crate::world::{
    CORE, DATA, EUROPE, OLD, ORGANIZATION, PLAY, PRODUCTION, SANDBOX, SHARED, WEB, discover, start,
    world,
};

async fn find(cloud: &SimGoogle, discovery: Discovery) -> (BTreeMap<String, Scope>, Vec<Problem>) {
    let provider = builder(cloud).discovery(discovery).load().await.unwrap();
    found(&provider).await
}

async fn found(provider: &GoogleProvider) -> (BTreeMap<String, Scope>, Vec<Problem>) {
    let (scopes, problems) = discover(provider).await;
    let count = scopes.len();
    let scopes: BTreeMap<_, _> =
        scopes.into_iter().map(|scope| (scope.id.as_str().to_owned(), scope)).collect();
    assert_eq!(scopes.len(), count, "a scope came twice");
    (scopes, problems)
}

fn ids(scopes: &BTreeMap<String, Scope>) -> BTreeSet<&str> {
    scopes.keys().map(String::as_str).collect()
}

fn below(parents: &[&str]) -> Discovery {
    Discovery::Organization { parents: parents.iter().map(|&name| name.to_owned()).collect() }
}

fn projects(ids: &[&str]) -> Discovery {
    Discovery::Projects(ids.iter().map(|&id| id.to_owned()).collect())
}

const ALL: [&str; 10] =
    [DATA, OLD, PLAY, SHARED, WEB, PRODUCTION, EUROPE, CORE, SANDBOX, ORGANIZATION];

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_hierarchy_is_walked() {
    let cloud = start().await;
    for discovery in [Discovery::Auto, below(&[]), below(&[ORGANIZATION])] {
        let (scopes, problems) = find(&cloud, discovery.clone()).await;
        assert_eq!(problems, [], "{discovery:?}");
        assert_eq!(ids(&scopes), ALL.into());
        let parents =
            scopes.values().map(|s| (s.id.as_str(), s.parent.as_ref().map(|p| p.as_str())));
        let parents: BTreeMap<_, _> = parents.collect();
        for (scope, parent) in [
            (WEB, Some(CORE)),
            (CORE, Some(EUROPE)),
            (EUROPE, Some(PRODUCTION)),
            (PRODUCTION, Some(ORGANIZATION)),
            (SHARED, Some(ORGANIZATION)),
            (ORGANIZATION, None),
        ] {
            assert_eq!(parents[scope], parent);
        }
        let web = &scopes[WEB];
        assert_eq!((web.name.as_str(), web.kind), ("Web shop", ScopeKind::Project));
        assert_eq!(web.tags, BTreeMap::from([("team".to_owned(), "web".to_owned())]));
        assert_eq!(web.status, ScopeStatus::Active);
        assert_eq!(scopes[OLD].status, ScopeStatus::PendingClosure);
        assert!(!scopes[OLD].is_collectable());
        assert_eq!(scopes[ORGANIZATION].kind, ScopeKind::Organization);
        assert_eq!(scopes[CORE].kind, ScopeKind::Folder);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_below_the_parents_is_found() {
    let cloud = start().await;
    let (scopes, problems) = find(&cloud, below(&[EUROPE, SANDBOX])).await;
    assert_eq!(problems, []);
    assert_eq!(ids(&scopes), BTreeSet::from([EUROPE, CORE, OLD, WEB, SANDBOX, PLAY]));
    // One of them lies within the other.
    let (scopes, problems) = find(&cloud, below(&[EUROPE, PRODUCTION])).await;
    assert_eq!(problems, []);
    assert_eq!(ids(&scopes), BTreeSet::from([PRODUCTION, EUROPE, CORE, OLD, WEB, DATA]));
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_on_their_way_out_are_walked_too() {
    let mut world = world();
    world.folders.iter_mut().for_each(|folder| folder.delete_requested = folder.name() == EUROPE);
    let cloud = SimGoogle::start(world).await.unwrap();
    let (scopes, problems) = find(&cloud, Discovery::Auto).await;
    assert_eq!(problems, []);
    assert_eq!(ids(&scopes), ALL.into());
    assert_eq!(scopes[EUROPE].status, ScopeStatus::PendingClosure);
}

#[tokio::test(flavor = "multi_thread")]
async fn named_projects_come_with_what_is_above_them() {
    let cloud = start().await;
    let (scopes, problems) = find(&cloud, projects(&[WEB, DATA, WEB])).await;
    assert_eq!(problems, []);
    let above = [CORE, EUROPE, PRODUCTION, ORGANIZATION];
    assert_eq!(ids(&scopes), BTreeSet::from([WEB, DATA]).union(&above.into()).copied().collect());
    assert_eq!(scopes[WEB].tags["team"], "web");

    // What is above is a help only.
    cloud.add_fault(Fault::new(FaultKind::Denied).operation("folders.get"));
    let (scopes, problems) = find(&cloud, projects(&[WEB, DATA])).await;
    assert_eq!((ids(&scopes), problems), (BTreeSet::from([WEB, DATA]), vec![]));
    cloud.clear_faults();

    // A project that cannot be read is one all the same.
    for project in ["acme-ghost", PLAY] {
        cloud.add_fault(Fault::new(FaultKind::Denied).project(PLAY));
        let (scopes, problems) = find(&cloud, projects(&[project])).await;
        assert_eq!((ids(&scopes), problems), (BTreeSet::from([project]), vec![]));
        assert_eq!(scopes[project].status, ScopeStatus::Unknown);
        assert!(scopes[project].is_collectable());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_listed_is_told_and_the_rest_is_found() {
    let cloud = start().await;
    let provider = builder(&cloud).load().await.unwrap();
    let lists = [("folders.list", &[CORE, WEB] as &[_]), ("projects.list", &[OLD])];
    for (kind, _) in kinds() {
        for (operation, gone) in lists {
            let name = format!("{kind:?} in {operation}");
            cloud.add_fault(Fault::new(kind.clone()).operation(operation).value(EUROPE));
            let (scopes, problems) = found(&provider).await;
            cloud.clear_faults();
            let expected = ALL.into_iter().filter(|id| !gone.contains(id));
            assert_eq!(ids(&scopes), expected.collect(), "{name}");
            assert_eq!(problems.len(), 1, "{name}: {problems:?}");
            assert_eq!(problems[0].operation, format!("cloudresourcemanager:{operation}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_nobody_lets_us_see_is_a_gap() {
    let mut world = world();
    for folder in world.folders.iter_mut().filter(|folder| folder.name() == EUROPE) {
        folder.readers = Some(Vec::new());
    }
    let cloud = SimGoogle::start(world).await.unwrap();
    let (scopes, problems) = find(&cloud, Discovery::Auto).await;
    // Neither its folders nor its projects can be listed.
    assert_eq!(problems.len(), 2);
    assert_eq!(ids(&scopes), ALL.into_iter().filter(|id| ![CORE, WEB, OLD].contains(id)).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_break_off_are_told() {
    let mut world = world();
    world.page_size = Some(1);
    let cloud = SimGoogle::start(world).await.unwrap();
    let odd = [
        Fault::new(FaultKind::ServerError).page(2),
        Fault::new(FaultKind::Denied).page(2),
        Fault::new(FaultKind::RepeatToken),
    ];
    for fault in odd {
        let name = format!("{fault:?}");
        cloud.add_fault(fault.operation("folders.list").value(ORGANIZATION));
        let (scopes, problems) = find(&cloud, Discovery::Auto).await;
        cloud.clear_faults();
        assert_eq!(problems.len(), 1, "{name}: {problems:?}");
        // The first folder and all that is in it.
        let expected = ALL.into_iter().filter(|id| ![SANDBOX, PLAY].contains(id));
        assert_eq!(ids(&scopes), expected.collect(), "{name}");
    }
    cloud.add_fault(Fault::new(FaultKind::EmptyPage).service("cloudresourcemanager"));
    let (scopes, problems) = find(&cloud, Discovery::Auto).await;
    assert_eq!((ids(&scopes), problems), (ALL.into(), vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_no_problem() {
    let cloud = start().await;
    for kind in [FaultKind::Throttled, FaultKind::Unavailable, FaultKind::Unauthenticated] {
        cloud.clear_faults();
        cloud.add_fault(Fault::new(kind).service("cloudresourcemanager").times(1));
        let (scopes, problems) = find(&cloud, Discovery::Auto).await;
        assert_eq!((ids(&scopes), problems), (ALL.into(), vec![]));
    }
}

async fn with_login(cloud: &SimGoogle, more: &[(&str, &str)]) -> GoogleProvider {
    let mut json = login(cloud);
    for (name, value) in more {
        json[*name] = (*value).into();
    }
    builder(cloud).credentials_file(credentials(&json)).load().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_organization_the_own_project_is_read() {
    let lonely = World { organizations: Vec::new(), folders: Vec::new(), ..world() };
    let mut lonely = lonely;
    lonely.projects.iter_mut().for_each(|project| project.parent = String::new());
    let cloud = SimGoogle::start(lonely).await.unwrap();
    for name in ["project_id", "quota_project_id"] {
        let provider = with_login(&cloud, &[(name, WEB)]).await;
        let (scopes, problems) = found(&provider).await;
        assert_eq!((ids(&scopes), problems), (BTreeSet::from([WEB]), vec![]));
    }
    let provider = with_login(&cloud, &[]).await;
    let (scopes, problems) = found(&provider).await;
    assert_eq!(scopes.len(), 0);
    assert_eq!(problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["no-project"]);
    let (scopes, problems) = find(&cloud, below(&[])).await;
    assert_eq!(scopes.len(), 0);
    assert_eq!(problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["no-organization"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_that_cannot_be_searched_are_a_problem() {
    let cloud = start().await;
    let (of_project, of_none) =
        (with_login(&cloud, &[("project_id", WEB)]).await, with_login(&cloud, &[]).await);
    for (kind, _) in kinds() {
        let name = format!("{kind:?}");
        cloud.add_fault(Fault::new(kind).operation("organizations.search"));
        for (provider, has_project) in [(&of_project, true), (&of_none, false)] {
            let (scopes, problems) = found(provider).await;
            assert_eq!(problems.len(), 1, "{name}: {problems:?}");
            assert_eq!(scopes.contains_key(WEB), has_project, "{name}");
            assert!(!scopes.contains_key(DATA), "{name}");
        }
        cloud.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_that_cannot_be_read_is_walked_all_the_same() {
    let cloud = start().await;
    cloud.add_fault(Fault::new(FaultKind::Denied).operation("folders.get"));
    let (scopes, problems) = find(&cloud, below(&[EUROPE])).await;
    assert_eq!(ids(&scopes), BTreeSet::from([EUROPE, CORE, OLD, WEB]));
    assert_eq!(problems[0].resource.as_deref(), Some(EUROPE));
    assert_eq!(scopes[EUROPE].status, ScopeStatus::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_there_is_a_problem() {
    let cloud = start().await;
    cloud.add_fault(Fault::new(FaultKind::Denied).service("oauth2"));
    let (scopes, problems) = find(&cloud, Discovery::Auto).await;
    assert_eq!(scopes.len(), 0);
    assert_eq!(problems[0].code, "credentials");
    let provider = builder(&cloud).discovery(projects(&[WEB])).load().await.unwrap();
    let snapshot = crate::world::look(&std::sync::Arc::new(provider), &[], &[]).await;
    let denied = Outcome::Denied { denied_by: DeniedBy::Trust };
    assert!(snapshot.coverage.iter().all(|row| row.outcome == denied));
    assert!(!snapshot.coverage.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_name_is_refused_at_once() {
    let cloud = start().await;
    let load = async |discovery| builder(&cloud).discovery(discovery).load().await.err();
    for parent in ["projects/acme-web", "folders/", "folders/x", "456", "organizations/4/5"] {
        assert!(matches!(load(below(&[parent])).await, Some(BuildError::Parent(_))), "{parent}");
    }
    for project in ["", "Acme", "acme/web", "acme web"] {
        assert!(matches!(load(projects(&[project])).await, Some(BuildError::Project(_))));
    }
}

//! As whom a project is read, and what happens when that cannot be had.

use std::collections::BTreeSet;
use std::sync::Arc;

use tenko_core::{Answer, DeniedBy, Outcome, Snapshot};
use tenko_gcp::{Discovery, GoogleProviderBuilder, Source};
use tenko_testkit::google::{AUDITOR, Fault, FaultKind, SimGoogle, external_account_json};

use crate::common::{builder, credentials, provider};
use crate::world::{
    DATA, OLD, OPEN, SHARED, WEB, changes, clean, collect, look, none, resources_of, start, unit,
    untruths, world,
};

const NETWORK: &str = "compute.googleapis.com/Network";
const BUCKET: &str = "storage.googleapis.com/Bucket";
const TRUST: Outcome = Outcome::Denied { denied_by: DeniedBy::Trust };

async fn run(builder: GoogleProviderBuilder, projects: &[&str]) -> Snapshot {
    look(&Arc::new(builder.load().await.unwrap()), &[NETWORK, BUCKET], projects).await
}

fn answer<'a>(snapshot: &'a Snapshot, project: &str) -> &'a Answer {
    snapshot.answers.iter().find(|answer| answer.scope.as_str() == project).unwrap()
}

fn reader(project: &str) -> String {
    format!("tenko@{project}.iam.gserviceaccount.com")
}

/// Who asked the services of a project.
fn principals(cloud: &SimGoogle, project: &str) -> BTreeSet<String> {
    let of_services = |service: &str| ["compute", "storage"].contains(&service);
    let log = cloud.log().into_iter();
    let of_project =
        log.filter(|s| of_services(&s.service) && s.project.as_deref() == Some(project));
    of_project.filter_map(|seen| seen.principal).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_project_is_read_by_an_account_of_its_own() {
    let mut world = world();
    world.impersonation_required = true;
    let of = |id: &str| (reader(id), vec![AUDITOR.to_owned()]);
    world.impersonators = Some(OPEN.map(of).into());
    for project in &mut world.projects {
        project.readers = Some(vec![AUDITOR.to_owned(), reader(&project.id)]);
    }
    let cloud = SimGoogle::start(world).await.unwrap();
    let services = builder(&cloud).source(Source::Services).impersonate(reader("{project}"));
    let snapshot = run(services.clone(), &[]).await;
    assert!(!snapshot.is_incomplete());
    none(&changes(clean(Source::Services).await, &snapshot, |_| false));
    for project in OPEN {
        assert_eq!(answer(&snapshot, project).identity, Some(reader(project)));
        assert_eq!(principals(&cloud, project), BTreeSet::from([reader(project)]));
    }

    // One of them may not be impersonated any more.
    cloud.update(|world| world.impersonators.as_mut().unwrap().remove(&reader(WEB)));
    let snapshot = run(services, &[]).await;
    assert_eq!(answer(&snapshot, WEB).outcome, TRUST, "{:?}", answer(&snapshot, WEB));
    assert!(!answer(&snapshot, WEB).problems.is_empty());
    let of_web = |unit: &tenko_core::Unit| unit.scope.as_str() == WEB;
    none(&changes(clean(Source::Services).await, &snapshot, of_web));
    none(&untruths(clean(Source::Services).await, &snapshot));
    for of in [NETWORK, BUCKET] {
        assert_eq!(snapshot.outcome(&unit(WEB, of)), Some(TRUST));
        assert_eq!(resources_of(&snapshot, &unit(WEB, of)).len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inventory_is_read_by_the_caller_and_projects_by_their_own() {
    let cloud = start().await;
    let snapshot = run(builder(&cloud).impersonate(reader("{project}")), &[]).await;
    none(&changes(clean(Source::Auto).await, &snapshot, |_| false));
    for seen in cloud.log().into_iter().filter(|seen| seen.service == "cloudasset") {
        assert_eq!(seen.principal.as_deref(), Some(AUDITOR));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_reads_all() {
    let mut world = world();
    world.impersonation_required = true;
    let middle = "middle@acme-shared.iam.gserviceaccount.com".to_owned();
    let delegation =
        [(middle.clone(), vec![AUDITOR.to_owned()]), (reader(SHARED), vec![middle.clone()])];
    world.impersonators = Some(delegation.into());
    let cloud = SimGoogle::start(world).await.unwrap();
    for source in [Source::Services, Source::Auto] {
        let builder = builder(&cloud).source(source).impersonate(reader(SHARED));
        let snapshot = run(builder.clone().delegates([&middle]), &[]).await;
        none(&changes(clean(source).await, &snapshot, |_| false));
        let ids: BTreeSet<_> = snapshot.answers.iter().map(|a| a.identity.clone()).collect();
        assert_eq!(ids, BTreeSet::from([Some(reader(SHARED))]));
        // Not without the one in between.
        let projects = Discovery::Projects(vec![WEB.to_owned()]);
        let snapshot = run(builder.discovery(projects), &[]).await;
        assert_eq!(answer(&snapshot, WEB).outcome, TRUST);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_outside_is_exchanged() {
    let cloud = start().await;
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token.jwt");
    std::fs::write(&token, "job-7").unwrap();
    let file = credentials(&external_account_json(&cloud, &token));
    let federated = builder(&cloud).source(Source::Services).credentials_file(&file);
    let snapshot = run(federated.clone(), &[]).await;
    none(&changes(clean(Source::Services).await, &snapshot, |_| false));
    let principals = principals(&cloud, WEB);
    assert!(
        principals.iter().all(|p| p.ends_with("/workloadIdentityPools/ci/subject/job-7")),
        "{principals:?}"
    );
    assert_eq!(principals.len(), 1);

    // As somebody else after that.
    let snapshot = run(federated.clone().impersonate(reader("{project}")), &[]).await;
    none(&changes(clean(Source::Services).await, &snapshot, |_| false));

    std::fs::remove_file(&token).unwrap();
    let projects = Discovery::Projects(vec![WEB.to_owned()]);
    let snapshot = run(federated.discovery(projects), &[]).await;
    assert!(answer(&snapshot, WEB).outcome.is_gap());
    assert!(snapshot.coverage.iter().all(|row| row.outcome.is_gap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_revoked_are_renewed() {
    let cloud = start().await;
    for source in [Source::Services, Source::Auto] {
        for impersonate in [false, true] {
            let mut builder = builder(&cloud).source(source);
            if impersonate {
                builder = builder.impersonate(reader(SHARED));
            }
            let provider = Arc::new(builder.load().await.unwrap());
            for _ in 0..3 {
                let snapshot = look(&provider, &[NETWORK, BUCKET], &[]).await;
                none(&changes(clean(source).await, &snapshot, |_| false));
                cloud.expire_tokens();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_revoked_and_not_given_again_are_denied() {
    let cloud = start().await;
    let provider = provider(&cloud, Source::Services).await;
    look(&provider, &[NETWORK, BUCKET], &[]).await;
    cloud.expire_tokens();
    cloud.add_fault(Fault::new(FaultKind::Denied).service("oauth2"));
    for of in [NETWORK, BUCKET] {
        let (outcome, resources, problems) = collect(&provider, &unit(WEB, of)).await;
        assert_eq!((outcome, resources.len(), problems.len()), (TRUST, 0, 1));
    }
    // Once it is given again, all is well.
    cloud.clear_faults();
    for of in [NETWORK, BUCKET] {
        let (outcome, resources, _) = collect(&provider, &unit(WEB, of)).await;
        assert_eq!((outcome, resources.len()), (Outcome::Complete, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_revocation_costs_one_token() {
    let cloud = start().await;
    let provider = provider(&cloud, Source::Services).await;
    look(&provider, &[], &[]).await;
    cloud.expire_tokens();
    cloud.clear_log();
    let snapshot = look(&provider, &[], &[]).await;
    assert!(!snapshot.is_incomplete());
    let log = cloud.log();
    let tokens = log.iter().filter(|seen| seen.service == "oauth2").count();
    // One for each of the sets of scopes in use, however many requests were refused.
    assert_eq!(tokens, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_on_its_way_out_is_suspended() {
    let cloud = start().await;
    let projects = Discovery::Projects(vec![WEB.to_owned(), OLD.to_owned()]);
    let named = builder(&cloud).discovery(projects).load().await.unwrap();
    let provider = Arc::new(named);
    let snapshot = look(&provider, &[NETWORK], &[]).await;
    assert_eq!(snapshot.outcome(&unit(OLD, NETWORK)), Some(Outcome::ScopeSuspended));
    assert_eq!(snapshot.outcome(&unit(WEB, NETWORK)), Some(Outcome::Complete));
    assert!(!snapshot.is_incomplete());

    // It was active when it was found.
    cloud.update(|world| world.project_mut(WEB).unwrap().state = "DELETE_REQUESTED".to_owned());
    for of in [NETWORK, "pubsub.googleapis.com/Topic", BUCKET] {
        let (outcome, resources, problems) = collect(&provider, &unit(WEB, of)).await;
        assert_eq!((outcome, resources.len(), problems.len()), (Outcome::ScopeSuspended, 0, 1));
    }
    let whole = look(&Arc::new(builder(&cloud).load().await.unwrap()), &[NETWORK], &[]).await;
    for project in [WEB, OLD] {
        assert_eq!(whole.outcome(&unit(project, NETWORK)), Some(Outcome::ScopeSuspended));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_project_that_answers_is_not_taken_for_it() {
    let cloud = start().await;
    let named = Discovery::Projects(vec!["1003".to_owned(), WEB.to_owned()]);
    let snapshot = run(builder(&cloud).discovery(named).source(Source::Services), &[]).await;
    // A project's number leads to the project, which has another id.
    let answer = answer(&snapshot, "1003");
    assert_eq!(answer.outcome, Outcome::Unreachable);
    assert_eq!(answer.problems[0].code, "wrong-project");
    assert!(snapshot.resources.iter().all(|r| r.key.scope.as_str() == WEB));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_does_not_answer_says_why() {
    let clean = clean(Source::Services).await;
    let cloud = start().await;
    let provider = provider(&cloud, Source::Services).await;
    for (kind, outcome) in crate::faults::kinds() {
        let name = format!("{kind:?}");
        cloud.add_fault(Fault::new(kind.clone()).operation("projects.get").project(WEB));
        let snapshot = look(&provider, &[NETWORK], &[]).await;
        cloud.clear_faults();
        let expected = match kind {
            FaultKind::ServiceDisabled => Outcome::Denied { denied_by: DeniedBy::Unknown },
            _ => outcome,
        };
        assert_eq!(answer(&snapshot, WEB).outcome, expected, "{name}");
        assert_eq!(answer(&snapshot, WEB).problems.len(), 1, "{name}");
        assert_eq!(answer(&snapshot, DATA).outcome, Outcome::Complete);
        none(&untruths(clean, &snapshot));
        none(&changes(clean, &snapshot, |unit| unit.scope.as_str() == WEB));
        assert!(snapshot.is_incomplete(), "{name}");
    }
}

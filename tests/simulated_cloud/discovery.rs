//! How accounts are found.

use tenko::aws::{AwsProviderBuilder, Discovery};
use tenko::model::{Outcome, ScopeKind, ScopeStatus, Snapshot};
use tenko_testkit::sim::{DeniedBy, Fault, FaultKind, SimCloud, World};

use super::world::{
    Clean, Look, MANAGEMENT, PRODUCTION, STAGING, SUSPENDED, look_with, timeless, world,
};

async fn look(world: World, set: fn(AwsProviderBuilder) -> AwsProviderBuilder) -> Snapshot {
    let cloud = SimCloud::start(world).await.unwrap();
    look_with(&cloud, Look { provider: set, ..Look::default() }).await
}

/// What was read in one account must be what is read in it otherwise.
async fn is_whole(snapshot: &Snapshot, account: &str) {
    let clean = &Clean::get().await.snapshot;
    let rows = |of: &Snapshot| {
        let mut rows = timeless(&of.coverage);
        rows.retain(|row| row.unit.scope.as_str() == account);
        rows
    };
    let resources = |of: &Snapshot| {
        let all = of.resources.iter().filter(|r| r.key.scope.as_str() == account);
        all.cloned().collect::<Vec<_>>()
    };
    assert_eq!(rows(snapshot), rows(clean));
    assert_eq!(resources(snapshot), resources(clean));
}

fn accounts(snapshot: &Snapshot) -> Vec<&str> {
    let mut all: Vec<_> = snapshot.scopes.accounts().map(|scope| scope.id.as_str()).collect();
    all.sort_unstable();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn units_nest_and_accounts_have_names_and_states() {
    let snapshot = &Clean::get().await.snapshot;
    assert_eq!(snapshot.discovery_problems, []);
    let production = snapshot.scopes.accounts().find(|s| s.id.as_str() == PRODUCTION).unwrap();
    let path = snapshot.scopes.path_of(&production.key());
    let names: Vec<_> = path.iter().skip(1).map(|scope| scope.name.as_str()).collect();
    assert_eq!(names, ["Root", "Workloads", "Production", "acme-production"]);
    assert_eq!(path[0].kind, ScopeKind::Organization);
    let of = |id: &str| snapshot.scopes.accounts().find(|s| s.id.as_str() == id).unwrap();
    assert!(of(MANAGEMENT).management && !of(PRODUCTION).management);
    assert_eq!(of(SUSPENDED).status, ScopeStatus::Suspended);
    assert_eq!(snapshot.answers.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_organization_the_caller_is_alone() {
    let mut world = world();
    world.organization = None;
    for account in &mut world.accounts {
        account.parent = None;
    }
    let snapshot = look(world, |builder| builder).await;
    assert_eq!(snapshot.discovery_problems, [], "that is no problem");
    assert_eq!(accounts(&snapshot), [MANAGEMENT]);
    is_whole(&snapshot, MANAGEMENT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organization_may_not_be_seen() {
    let mut world = world();
    let deny = FaultKind::Deny { by: DeniedBy::Identity };
    world.faults.push(Fault::new(deny).service("organizations"));
    let snapshot = look(world, |builder| builder).await;
    assert_eq!(
        snapshot.discovery_problems[0].problem.operation,
        "organizations:DescribeOrganization"
    );
    assert!(snapshot.is_incomplete(), "there may be more");
    assert_eq!(accounts(&snapshot), [MANAGEMENT]);
    is_whole(&snapshot, MANAGEMENT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_cannot_be_listed_is_a_problem_and_its_accounts_are_found_all_the_same() {
    let faults = [
        FaultKind::Deny { by: DeniedBy::ScpExplicit },
        FaultKind::ServerError,
        // An empty body is no empty list.
        FaultKind::Truncate { at: 0 },
        FaultKind::LoseEnd { bytes: 3 },
        FaultKind::RepeatToken,
    ];
    for kind in faults {
        for listing in ["ListAccountsForParent", "ListOrganizationalUnitsForParent"] {
            let mut world = world();
            world.page_size = Some(1);
            world.faults.push(Fault::new(kind).operation(listing).key("ou-demo-workloads"));
            let cloud = SimCloud::start(world).await.unwrap();
            let look = Look {
                provider: |builder| builder.max_attempts(1),
                audit: Box::new(|audit| audit.types(["AWS::SQS::Queue".to_owned()])),
                ..Look::default()
            };
            let snapshot = look_with(&cloud, look).await;
            assert_eq!(accounts(&snapshot).len(), 5, "{kind:?} {listing}");
            assert!(!snapshot.discovery_problems.is_empty(), "{kind:?} {listing}");
            assert!(snapshot.is_incomplete());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_may_be_listed_by_hand() {
    let snapshot = look(world(), |builder| {
        builder.discovery(Discovery::Accounts(vec![STAGING.to_owned(), "999999999999".to_owned()]))
    })
    .await;
    assert_eq!(accounts(&snapshot), [STAGING, "999999999999"]);
    is_whole(&snapshot, STAGING).await;
    let stranger = |row: &&tenko::model::Coverage| row.unit.scope.as_str() == "999999999999";
    let rows: Vec<_> = snapshot.coverage.iter().filter(stranger).collect();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| matches!(row.outcome, Outcome::Denied { .. })), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_may_be_all_that_is_asked_for() {
    let snapshot = look(world(), |builder| builder.discovery(Discovery::Caller)).await;
    assert_eq!(snapshot.discovery_problems, []);
    assert_eq!(accounts(&snapshot), [MANAGEMENT]);
    is_whole(&snapshot, MANAGEMENT).await;
}

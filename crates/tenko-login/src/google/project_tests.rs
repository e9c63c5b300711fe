use serde_json::{Value, json};
use tenko_testkit::google::{
    AUDITOR, Fault, FaultKind, Project as Place, Resource, SimGoogle, World, adc_json,
};

use super::*;
use crate::bootstrap::{ACCOUNT_VIEWER, PROJECT_ROLES, TOKEN_CREATOR};
use crate::doctor::{Remark, judge_project};

const LOGIN: &str = "tenko-login@acme-prod.iam.gserviceaccount.com";
const ACCOUNT: &str = "iam.googleapis.com/ServiceAccount";

fn expected() -> Project {
    Project {
        environments: ["acme/production".to_owned()].into(),
        project: "acme-prod".to_owned(),
        service_account: LOGIN.to_owned(),
        members: [format!("user:{AUDITOR}")].into(),
    }
}

fn policy(bindings: &[(&str, &str)]) -> Value {
    let one = |(role, member): &(&str, &str)| json!({ "role": role, "members": [member] });
    json!({ "version": 1, "etag": "BwX", "bindings": bindings.iter().map(one).collect::<Value>() })
}

/// A project as bootstrap makes it.
fn world() -> World {
    let project = expected();
    let me = project.member();
    let caller = format!("user:{AUDITOR}");
    let account = json!({
        "name": format!("projects/acme-prod/serviceAccounts/{LOGIN}"),
        "email": LOGIN, "uniqueId": "1001", "projectId": "acme-prod",
    });
    let on_account = policy(&[(TOKEN_CREATOR, &caller), (ACCOUNT_VIEWER, &caller)]);
    let mut place = Place::new("acme-prod", "900001")
        .with(Resource::new(ACCOUNT, account).policy(on_account))
        .with(key(LOGIN, "1", "SYSTEM_MANAGED"));
    let mut roles: Vec<_> = PROJECT_ROLES.map(|role| (role, me.as_str())).into();
    roles.push(("roles/owner", "user:owner@example.com"));
    place.iam_policy = Some(policy(&roles));
    World::default().with(place)
}

fn key(account: &str, id: &str, kind: &str) -> Resource {
    let name = format!("projects/acme-prod/serviceAccounts/{account}/keys/{id}");
    Resource::new("iam.googleapis.com/ServiceAccountKey", json!({ "name": name, "keyType": kind }))
}

async fn look(cloud: &SimGoogle) -> Result<LiveProject, NoProject> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("adc.json");
    std::fs::write(&file, adc_json(cloud).to_string()).unwrap();
    let issuer = Issuer::builder().credentials_file(file).endpoint_url(cloud.url());
    read(&issuer.max_attempts(1).load().unwrap(), &[], &expected(), Some("OPS-7")).await
}

/// What is said of a project of which one thing is otherwise.
async fn with(change: impl FnOnce(&mut World)) -> Vec<Remark> {
    let mut world = world();
    change(&mut world);
    let cloud = SimGoogle::start(world).await.unwrap();
    judge_project(&expected(), &look(&cloud).await.unwrap())
}

fn codes(remarks: &[Remark]) -> Vec<&str> {
    remarks.iter().map(|remark| remark.code).collect()
}

#[tokio::test]
async fn what_bootstrap_makes_is_well() {
    let cloud = SimGoogle::start(world()).await.unwrap();
    let live = look(&cloud).await.unwrap();
    assert_eq!(judge_project(&expected(), &live), []);
    assert_eq!((live.is_disabled, live.keys), (Ok(false), Ok(0)));

    // The account is read as the caller, the project's policy as the account, and nothing is changed.
    let log = cloud.log();
    let who = |operation: &str| {
        let all = log.iter().filter(|seen| seen.operation == operation);
        all.map(|seen| seen.principal.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(who("projects.getIamPolicy"), [LOGIN]);
    for part in ["get", "keys.list", "getIamPolicy"] {
        assert_eq!(who(&format!("projects.serviceAccounts.{part}")), [AUDITOR], "{part}");
    }
    let token = log.iter().find(|seen| seen.operation.ends_with("generateAccessToken")).unwrap();
    assert_eq!(token.reason.as_deref(), Some("OPS-7"));
    assert!(cloud.writes().is_empty());
    let given = cloud.impersonations();
    assert_eq!(given[0].scopes, [tenko_gcp::login::READ_ONLY_SCOPE]);
}

#[tokio::test]
async fn what_is_otherwise_is_found() {
    let found = with(|world| {
        world.projects[0].resources[0].rest["disabled"] = true.into();
        world.projects[0].resources.push(key(LOGIN, "2", "USER_MANAGED"));
        world.projects[0].resources[0].iam_policy =
            Some(policy(&[(TOKEN_CREATOR, "allAuthenticatedUsers")]));
        world.projects[0].iam_policy =
            Some(policy(&[("roles/iam.securityReviewer", &expected().member())]));
    })
    .await;
    assert_eq!(
        codes(&found),
        [
            "disabled",
            "keys",
            "not_trusted",
            "role_reads_data",
            "trusts_anyone",
            "role_missing",
            "role_missing"
        ]
    );
    // A condition is seen, since the policy is asked for in the version that has them.
    let found = with(|world| {
        let policy = world.projects[0].iam_policy.as_mut().unwrap();
        policy["bindings"][0]["condition"] =
            json!({"title": "t", "expression": "request.time < x"});
    })
    .await;
    assert_eq!(codes(&found), ["conditional"]);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_absent() {
    let mut world = world();
    world.projects[0].resources.clear();
    let cloud = SimGoogle::start(world).await.unwrap();
    assert!(matches!(look(&cloud).await, Err(NoProject::Absent)));
}

#[tokio::test]
async fn what_cannot_be_read_says_why_and_is_never_well() {
    for (service, operation, parts) in [
        ("iam", "projects.serviceAccounts.keys.list", 1),
        ("iam", "projects.serviceAccounts.getIamPolicy", 1),
        ("cloudresourcemanager", "projects.getIamPolicy", 1),
        // That a token is given shows that the account is not disabled.
        ("iam", "projects.serviceAccounts.get", 0),
    ] {
        for kind in [
            FaultKind::Denied,
            FaultKind::ServiceDisabled,
            FaultKind::Throttled,
            FaultKind::Unavailable,
            FaultKind::Unauthenticated,
            FaultKind::WrongShape { html: true },
            FaultKind::WrongShape { html: false },
            FaultKind::ForeignObject,
        ] {
            let fault = Fault::new(kind.clone()).service(service).operation(operation);
            let found = with(|world| world.faults.push(fault)).await;
            assert_eq!(codes(&found), vec!["unread"; parts], "{operation} {kind:?}");
            if matches!(kind, FaultKind::Denied) && service == "iam" && parts > 0 {
                let remark = &found[0];
                assert!(remark.fix.contains(ACCOUNT_VIEWER), "{remark}");
                assert!(remark.message.contains("iam.serviceAccount"), "{remark}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_token_the_rest_is_read_as_the_caller() {
    let world = World { impersonators: Some([].into()), ..world() };
    let cloud = SimGoogle::start(world).await.unwrap();
    let live = look(&cloud).await.unwrap();
    assert_eq!(judge_project(&expected(), &live), []);
    let asked: Vec<_> =
        cloud.log().into_iter().filter(|seen| seen.operation == "projects.getIamPolicy").collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].principal.as_deref(), Some(AUDITOR));
}

#[tokio::test]
async fn a_role_that_is_missing_is_found_though_the_account_sees_nothing() {
    // Without roles/browser the account may not read the policy that would show it.
    let mut world = world();
    world.projects[0].readers = Some(vec![AUDITOR.to_owned()]);
    world.projects[0].iam_policy = Some(policy(&[]));
    let cloud = SimGoogle::start(world).await.unwrap();
    let found = judge_project(&expected(), &look(&cloud).await.unwrap());
    assert_eq!(codes(&found), ["role_missing", "role_missing"]);
}

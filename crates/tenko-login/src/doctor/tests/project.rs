//! Service accounts of projects.

use super::codes;
use crate::bootstrap::tests::plan;
use crate::bootstrap::{ACCOUNT_VIEWER, PROJECT_ROLES, Project, TOKEN_CREATOR};
use crate::doctor::{Binding, LiveProject, judge_project};

fn expected() -> Project {
    plan().projects[0].clone()
}

fn binding(role: &str, member: &str) -> Binding {
    Binding { role: role.to_owned(), members: vec![member.to_owned()], condition: None }
}

/// What is said of a project of which one thing is otherwise.
fn with(change: impl FnOnce(&mut LiveProject)) -> Vec<String> {
    let project = expected();
    let me = project.member();
    let mut roles: Vec<_> = PROJECT_ROLES.iter().map(|role| binding(role, &me)).collect();
    // Others are none of ours.
    roles.push(binding("roles/owner", "user:owner@example.com"));
    let members = project.members.iter();
    let mut live = LiveProject {
        is_disabled: Ok(false),
        keys: Ok(0),
        account: Ok(members.map(|member| binding(TOKEN_CREATOR, member)).collect()),
        project: Ok(roles),
    };
    change(&mut live);
    codes(&judge_project(&project, &live))
}

fn account(role: &str, member: &str) -> Vec<String> {
    with(|live| live.account.as_mut().unwrap().push(binding(role, member)))
}

fn project(role: &str) -> Vec<String> {
    with(|live| live.project.as_mut().unwrap().push(binding(role, &expected().member())))
}

#[test]
fn a_project_that_bootstrap_made_is_well() {
    assert_eq!(with(|_| {}), Vec::<String>::new());
    assert_eq!(account("roles/browser", "user:x@example.com"), Vec::<String>::new());
    assert_eq!(account(ACCOUNT_VIEWER, "user:x@example.com"), Vec::<String>::new());
}

#[test]
fn those_who_may_become_it_are_those_named() {
    assert_eq!(with(|live| live.account = Ok(Vec::new())), ["error not_trusted"]);
    assert_eq!(account(TOKEN_CREATOR, "user:x@example.com"), ["error trusts_another"]);
    assert_eq!(account(TOKEN_CREATOR, "allAuthenticatedUsers"), ["error trusts_anyone"]);
    assert_eq!(
        account("roles/iam.serviceAccountKeyAdmin", "user:x@example.com"),
        ["error trusts_another"]
    );
    assert_eq!(account("projects/x/roles/own", "user:x@example.com"), ["unknown role_unknown"]);
    let deleted = "deleted:user:x@example.com?uid=1";
    assert_eq!(account(TOKEN_CREATOR, deleted), ["warning trusts_deleted"]);
    let conditional = with(|live| {
        live.account.as_mut().unwrap()[0].condition = Some("request.time < x".to_owned());
    });
    assert_eq!(conditional, ["unknown conditional"]);
}

#[test]
fn it_has_the_roles_that_it_needs() {
    let fewer = with(|live| {
        live.project.as_mut().unwrap().remove(0);
    });
    assert_eq!(fewer, ["warning role_missing"]);
    assert_eq!(project("roles/owner"), ["error administrator"]);
    assert_eq!(project("roles/storage.objectAdmin"), ["error administrator"]);
    assert_eq!(project("roles/viewer"), ["error role_reads_data"]);
    assert_eq!(project("roles/iam.securityReviewer"), ["error role_reads_data"]);
    assert_eq!(project("roles/compute.viewer"), ["warning role_extra"]);
    assert_eq!(project("organizations/1/roles/own"), ["unknown role_unknown"]);
}

#[test]
fn it_has_no_keys_and_is_on() {
    assert_eq!(with(|live| live.keys = Ok(2)), ["error keys"]);
    assert_eq!(with(|live| live.is_disabled = Ok(true)), ["error disabled"]);
}

#[test]
fn what_could_not_be_read_is_never_well() {
    let why = || "PERMISSION_DENIED".to_owned();
    assert_eq!(with(|live| live.account = Err(why())), ["unknown unread"]);
    assert_eq!(with(|live| live.project = Err(why())), ["unknown unread"]);
    assert_eq!(with(|live| live.keys = Err(why())), ["unknown unread"]);
    assert_eq!(with(|live| live.is_disabled = Err(why())), ["unknown unread"]);
}

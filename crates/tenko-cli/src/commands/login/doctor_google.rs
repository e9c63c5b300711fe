//! The part of `tenko doctor` that looks at Google Cloud.

use futures_util::stream::{self, StreamExt};
use tenko::login::bootstrap::Project;
use tenko::login::doctor::{Remark, judge_login, judge_project};
use tenko::login::google::NoProject;
use tenko::login::{Ask, Target};
use tenko::model::Cloud;

use super::Desk;
use super::doctor::Patient;

/// What is found of each project's service account.
pub(super) async fn of_projects(
    desk: &Desk,
    targets: &[Target],
    projects: &[Project],
    jobs: usize,
) -> Vec<Patient> {
    let reads = projects.iter().map(|project| async move {
        Patient {
            environments: project.environments.iter().cloned().collect(),
            what: what(project),
            remarks: remarks(desk, targets, project).await,
        }
    });
    stream::iter(reads).buffered(jobs).collect().await
}

/// The service account, and the project where that is another than its own.
fn what(project: &Project) -> String {
    let account = &project.service_account;
    match project.home() {
        Some((_, home)) if home == project.project => account.clone(),
        _ => format!("{account} on {}", project.project),
    }
}

async fn remarks(desk: &Desk, targets: &[Target], project: &Project) -> Vec<Remark> {
    let account = &project.service_account;
    let of_project = |target: &&Target| {
        target.scope.cloud == Cloud::gcp()
            && target.scope.id.as_str() == project.project
            && target.impersonate.as_ref() == Some(account)
    };
    let Some(target) = targets.iter().find(of_project) else {
        return vec![Remark::unread(account, "no environment logs in with it")];
    };
    // A ticket may be asked for; this look is for none. What a login was allowed an hour ago does not count.
    let ask = Ask { ticket: Some("tenko doctor".to_owned()), fresh: true, ..Ask::default() };
    let tried = desk.login.session(target, &ask).await;
    let mut remarks: Vec<_> = judge_login(&tried).into_iter().collect();
    // A service account that may do too much is the one of which all the rest is wanted.
    match desk.login.project(target, project, &ask).await {
        Ok(live) => remarks.extend(judge_project(project, &live)),
        // That no login works with it goes without saying.
        Err(NoProject::Absent) => return vec![Remark::absent(account)],
        Err(error) => remarks.push(Remark::unread(account, &error.to_string())),
    }
    remarks.sort();
    remarks.dedup();
    remarks
}

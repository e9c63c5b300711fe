//! The part of `tenko doctor` that looks at Google Cloud.

use tenko::login::Target;
use tenko::login::bootstrap::Project;
use tenko::login::doctor::Remark;

use super::Desk;
use super::doctor::Patient;

/// What is found of each project's service account.
pub(super) async fn of_projects(
    _desk: &Desk,
    _targets: &[Target],
    projects: &[Project],
    _jobs: usize,
) -> Vec<Patient> {
    let unread = |project: &Project| Patient {
        environments: project.environments.iter().cloned().collect(),
        what: project.service_account.clone(),
        remarks: vec![Remark::unread(&project.service_account, "not yet")],
    };
    projects.iter().map(unread).collect()
}

//! Whether a project's service account is what bootstrap would make.

use std::collections::BTreeSet;

use super::{Remark, Severity};
use crate::bootstrap::{ACCOUNT_VIEWER, PROJECT_ROLES, Project, TOKEN_CREATOR};

/// A role and who has it, of an allow policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// `roles/browser`.
    pub role: String,
    /// Who has it, as the policy names them.
    pub members: Vec<String>,
    /// The expression of its condition.
    pub condition: Option<String>,
}

/// A service account as it is, and what it has on one project. Roles that it has by way of a group, a
/// folder or the organization are not seen here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveProject {
    /// Whether the service account is switched off, or why that could not be read.
    pub is_disabled: Result<bool, String>,
    /// How many keys of it people made, or why they could not be listed.
    pub keys: Result<usize, String>,
    /// Who may do what to the service account, or why that could not be read.
    pub account: Result<Vec<Binding>, String>,
    /// The allow policy of the project, or why it could not be read. Bindings of others are passed
    /// over.
    pub project: Result<Vec<Binding>, String>,
}

const AGAIN: &str = "apply what `tenko bootstrap` writes";

/// What is wrong with a project's service account, the worst first.
pub fn judge_project(expected: &Project, live: &LiveProject) -> Vec<Remark> {
    let mut remarks = Vec::new();
    match &live.is_disabled {
        Ok(false) => {}
        Ok(true) => {
            let message = format!("{} is disabled: no login works", expected.service_account);
            remarks.push(Remark::new(Severity::Error, "disabled", message, "enable it"));
        }
        Err(why) => remarks.push(unread("whether it is disabled", why)),
    }
    match &live.keys {
        Ok(0) => {}
        Ok(keys) => {
            let message = format!(
                "{} has {keys} of its own: whoever has one needs no login",
                if *keys == 1 { "a key".to_owned() } else { format!("{keys} keys") }
            );
            let fix = "delete its keys: logins need none";
            remarks.push(Remark::new(Severity::Error, "keys", message, fix));
        }
        Err(why) => remarks.push(unread("the list of its keys", why)),
    }
    match &live.account {
        Ok(bindings) => remarks.extend(account(expected, bindings)),
        Err(why) => remarks.push(unread("the allow policy of the service account", why)),
    }
    match &live.project {
        Ok(bindings) => remarks.extend(project(expected, bindings)),
        Err(why) => remarks.push(Remark::unread("the allow policy of the project", why)),
    }
    remarks.sort();
    remarks.dedup();
    remarks
}

/// Who may become the service account.
fn account(expected: &Project, bindings: &[Binding]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut there = BTreeSet::new();
    for binding in bindings {
        let role = binding.role.as_str();
        for member in &binding.members {
            if role == TOKEN_CREATOR && expected.members.contains(member) {
                there.insert(member.clone());
                remarks.extend(conditional(binding, member));
                continue;
            }
            let fix = "take it away from the service account";
            let (severity, code, message) = if is_everyone(member) {
                let message = format!("{member} has {role} on the service account: anyone");
                (Severity::Error, "trusts_anyone", message)
            } else if member.starts_with("deleted:") {
                let message = format!("{member} has {role} on the service account");
                (Severity::Warning, "trusts_deleted", message)
            } else if is_harmless(role) {
                continue;
            } else if is_known_to_lead_in(role) {
                let message = format!("{member} can become the service account too, with {role}");
                (Severity::Error, "trusts_another", message)
            } else {
                let message = format!("{member} has {role} on the service account");
                (Severity::Unknown, "role_unknown", message)
            };
            remarks.push(Remark::new(severity, code, message, fix));
        }
    }
    for member in expected.members.difference(&there) {
        let message = format!("{member} cannot become the service account");
        remarks.push(Remark::new(Severity::Error, "not_trusted", message, AGAIN));
    }
    remarks
}

/// What the service account may do in the project.
fn project(expected: &Project, bindings: &[Binding]) -> Vec<Remark> {
    let me = expected.member();
    let mut remarks = Vec::new();
    let mut there = BTreeSet::new();
    for binding in bindings.iter().filter(|binding| binding.members.contains(&me)) {
        let role = binding.role.as_str();
        if PROJECT_ROLES.contains(&role) {
            there.insert(role);
            remarks.extend(conditional(binding, &me));
            continue;
        }
        let fix = "take it away: logins do not need it";
        let (severity, code, message) = match role {
            "roles/owner" | "roles/editor" | "roles/writer" => {
                (Severity::Error, "administrator", format!("it has {role}: it can change things"))
            }
            "roles/viewer" | "roles/reader" | "roles/iam.securityReviewer" => {
                (Severity::Error, "role_reads_data", format!("it has {role}, which reads data"))
            }
            _ if role.to_ascii_lowercase().ends_with("admin") => {
                (Severity::Error, "administrator", format!("it has {role}: it can change things"))
            }
            _ if !role.starts_with("roles/") => {
                let message = format!("it has {role}, and what that allows is not known here");
                (Severity::Unknown, "role_unknown", message)
            }
            _ => (Severity::Warning, "role_extra", format!("it has {role} too")),
        };
        remarks.push(Remark::new(severity, code, message, fix));
    }
    for role in PROJECT_ROLES.iter().filter(|role| !there.contains(*role)) {
        let message = format!("it does not have {role}: logins see less than they may");
        remarks.push(Remark::new(Severity::Warning, "role_missing", message, AGAIN));
    }
    remarks
}

/// A part of the service account that could not be read. The caller reads it, not the service account.
fn unread(what: &str, why: &str) -> Remark {
    let fix = format!(
        "have {ACCOUNT_VIEWER} on the service account, which `tenko bootstrap` grants to those who \
         log in, and ask again"
    );
    Remark { fix, ..Remark::unread(what, why) }
}

fn conditional(binding: &Binding, member: &str) -> Option<Remark> {
    let condition = binding.condition.as_ref()?;
    let role = &binding.role;
    let message = format!("whether {member} has {role} depends on the condition {condition:?}");
    Some(Remark::new(Severity::Unknown, "conditional", message, AGAIN))
}

fn is_everyone(member: &str) -> bool {
    matches!(member, "allUsers" | "allAuthenticatedUsers")
}

/// Roles with which a member acts as the service account, makes keys of it, or lets others.
/// <https://docs.cloud.google.com/iam/docs/service-account-permissions>
fn is_known_to_lead_in(role: &str) -> bool {
    matches!(
        role,
        "roles/iam.serviceAccountTokenCreator"
            | "roles/iam.serviceAccountOpenIdTokenCreator"
            | "roles/iam.serviceAccountUser"
            | "roles/iam.serviceAccountAdmin"
            | "roles/iam.serviceAccountKeyAdmin"
            | "roles/iam.workloadIdentityUser"
            | "roles/iam.securityAdmin"
            | "roles/owner"
            | "roles/editor"
    )
}

/// Roles that see a service account and nothing more.
fn is_harmless(role: &str) -> bool {
    matches!(
        role,
        "roles/iam.serviceAccountViewer" | "roles/iam.securityReviewer" | "roles/browser"
    )
}

//! The service account that logins become in one project.
//!
//! Facts: <https://docs.cloud.google.com/iam/docs/service-account-impersonation>,
//! <https://docs.cloud.google.com/iam/docs/roles-permissions/cloudasset>.

use std::borrow::Cow;
use std::collections::BTreeSet;

use tenko_gcp::address::name_and_project;

/// What the service account gets on the project: the project itself, who may do what in it, and the
/// inventory. Neither `roles/viewer` nor `roles/iam.securityReviewer` is among them: they read data,
/// and the proof of a login refuses an account that does.
pub const PROJECT_ROLES: [&str; 2] = crate::google::ROLES;

/// What lets a member become the service account; given on that account alone, never on a project.
pub const TOKEN_CREATOR: &str = "roles/iam.serviceAccountTokenCreator";

/// What lets a member see the service account, that it has no keys, and who may become it; given on
/// that account alone. `tenko doctor` reads them as the caller.
pub const ACCOUNT_VIEWER: &str = "roles/iam.serviceAccountViewer";

/// What one project needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The environments that log in to it: `acme/production`.
    pub environments: BTreeSet<String>,
    /// Its id.
    pub project: String,
    /// The address of the service account that logins become.
    pub service_account: String,
    /// The members that may become it, and nobody else: those that log in, or the last one of the
    /// service accounts in between.
    pub members: BTreeSet<String>,
}

impl Project {
    /// The name and the project of the service account.
    pub fn home(&self) -> Option<(&str, Cow<'_, str>)> {
        home(&self.service_account)
    }

    /// The service account as a member of a policy.
    pub fn member(&self) -> String {
        format!("serviceAccount:{}", self.service_account)
    }
}

/// The name and the project of an address `NAME@PROJECT.iam.gserviceaccount.com`. A name has 6 to
/// 30 characters; <https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create>.
pub(super) fn home(email: &str) -> Option<(&str, Cow<'_, str>)> {
    let (name, project) = name_and_project(email)?;
    let is_name = (6..=30).contains(&name.len()) && is_label(name);
    (is_name && is_project(&project)).then_some((name, project))
}

/// Whether it is the id of a project: 6 to 30 lower-case letters, digits and dashes, and of old
/// ones a domain before them.
pub(super) fn is_project(text: &str) -> bool {
    let (domain, id) = text.rsplit_once(':').unwrap_or(("", text));
    let is_domain = domain.split('.').all(|label| label.is_empty() || is_label(label));
    (6..=30).contains(&id.len()) && is_label(id) && is_domain
}

fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_service_accounts_have_a_home() {
        let home = |email| home(email);
        for (email, project) in [
            ("tenko-login@acme-prod.iam.gserviceaccount.com", "acme-prod"),
            ("tenko-login@acme-prod.example.com.iam.gserviceaccount.com", "example.com:acme-prod"),
        ] {
            assert_eq!(home(email), Some(("tenko-login", project.into())), "{email}");
        }
        for bad in [
            "tenko-login@acme-prod",
            "short@acme-prod.iam.gserviceaccount.com",
            "tenko-login@acme-prod.evil\".com.iam.gserviceaccount.com",
            "tenko-login@acme-prod:x.iam.gserviceaccount.com:",
            "tenko\"login@acme-prod.iam.gserviceaccount.com",
            "123-compute@developer.gserviceaccount.com",
            "",
        ] {
            assert_eq!(home(bad), None, "{bad}");
        }
        assert!(
            is_project("example.com:acme-prod") && !is_project("ac") && !is_project("a\"b-cdef")
        );
    }
}

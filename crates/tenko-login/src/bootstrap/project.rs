//! The service account that logins become in one project.
//!
//! Facts: <https://docs.cloud.google.com/iam/docs/service-account-impersonation>,
//! <https://docs.cloud.google.com/iam/docs/roles-permissions/cloudasset>.

use std::collections::BTreeSet;

/// What the service account gets on the project: the inventory, the project itself, and who may do
/// what in it. `roles/viewer` is not among them: it reads data.
pub const PROJECT_ROLES: [&str; 3] =
    ["roles/browser", "roles/cloudasset.viewer", "roles/iam.securityReviewer"];

/// What lets a member become the service account; given on that account alone, never on a project.
pub const TOKEN_CREATOR: &str = "roles/iam.serviceAccountTokenCreator";

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
    pub fn home(&self) -> Option<(&str, &str)> {
        home(&self.service_account)
    }

    /// The service account as a member of a policy.
    pub fn member(&self) -> String {
        format!("serviceAccount:{}", self.service_account)
    }
}

/// The name and the project of an address `NAME@PROJECT.iam.gserviceaccount.com`. A name has 6 to
/// 30 characters; <https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create>.
pub(super) fn home(email: &str) -> Option<(&str, &str)> {
    let (name, host) = email.split_once('@')?;
    let project = host.strip_suffix(".iam.gserviceaccount.com")?;
    // Of a project `example.com:project` the host is `project.example.com...`.
    let is_name = (6..=30).contains(&name.len()) && is_label(name);
    (is_name && !project.contains('.') && is_project(project)).then_some((name, project))
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
        assert_eq!(
            home("tenko-login@acme-prod.iam.gserviceaccount.com"),
            Some(("tenko-login", "acme-prod"))
        );
        for bad in [
            "tenko-login@acme-prod",
            "short@acme-prod.iam.gserviceaccount.com",
            "tenko-login@acme-prod.evil.com.iam.gserviceaccount.com",
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

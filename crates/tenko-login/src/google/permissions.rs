//! The permissions that the service account of a login must not have on a project, and those that it should.

use std::fmt;

use super::forbidden::{CREDENTIALS, DATA, WRITES};

/// Why a permission must not be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// It changes something.
    Write,
    /// With it one becomes somebody else, reads secrets or gets in somewhere.
    Credential,
    /// It reads what is stored, sent or written down.
    Data,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Write => "changes",
            Self::Credential => "credentials",
            Self::Data => "data",
        })
    }
}

/// One permission that must not be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// `storage.objects.get`
    pub name: &'static str,
    /// What it is for.
    pub kind: Kind,
    /// What it does, as in "it reads objects".
    pub what: &'static str,
}

/// All permissions that are asked for and must not be granted.
pub fn forbidden() -> impl Iterator<Item = Forbidden> {
    let of = |kind, all: &'static [(&'static str, &'static str)]| {
        all.iter().map(move |(name, what)| Forbidden { name, kind, what })
    };
    of(Kind::Credential, CREDENTIALS).chain(of(Kind::Write, WRITES)).chain(of(Kind::Data, DATA))
}

/// What one of them is for.
pub fn forbidden_by_name(name: &str) -> Option<Forbidden> {
    forbidden().find(|one| one.name == name)
}

/// What an account that may look has at least one of. Without any, "nothing is granted" would not show that the question
/// was understood: an account without rights, a wrong project and an endpoint that always says no give the same answer.
pub(super) const LOOKING: [&str; 5] = [
    "resourcemanager.projects.get",
    "resourcemanager.projects.getIamPolicy",
    "cloudasset.assets.searchAllResources",
    "compute.instances.list",
    "storage.buckets.list",
];

/// Without an answer to these nothing is proven. The others may become unknown to Google one day, which takes little
/// from the proof.
pub(super) const ESSENTIAL: [&str; 16] = [
    "resourcemanager.projects.setIamPolicy",
    "iam.serviceAccountKeys.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.setIamPolicy",
    "compute.instances.create",
    "compute.instances.delete",
    "compute.instances.setMetadata",
    "storage.buckets.delete",
    "storage.buckets.setIamPolicy",
    "storage.objects.create",
    "storage.objects.get",
    "bigquery.tables.getData",
    "datastore.entities.get",
    "logging.logEntries.list",
    "secretmanager.versions.access",
];

/// The roles that let an account look and have none of what is forbidden.
/// Source: the roles' permissions, as the IAM reference lists them (August 2026). `roles/iam.securityReviewer` is not
/// among them: it has `logging.logEntries.list` and `datastore.entities.list`.
pub const ROLES: [&str; 2] = ["roles/browser", "roles/cloudasset.viewer"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_is_there_once_and_looks_like_a_permission() {
        let all: Vec<_> = forbidden().collect();
        let names: BTreeSet<_> = all.iter().map(|one| one.name).collect();
        assert_eq!(names.len(), all.len());
        for one in &all {
            let parts: Vec<_> = one.name.split('.').collect();
            let fits = |part: &&str| part.bytes().all(|b| b.is_ascii_alphanumeric());
            assert!(parts.len() == 3 && parts.iter().all(fits), "{}", one.name);
            assert!(!one.what.is_empty() && !one.what.ends_with('.'), "{}", one.name);
        }
        assert!(LOOKING.iter().all(|name| !names.contains(name)));
        assert!(ESSENTIAL.iter().all(|name| names.contains(name)), "{ESSENTIAL:?}");
        assert_eq!(forbidden_by_name("storage.objects.get").map(|one| one.kind), Some(Kind::Data));
        assert_eq!(forbidden_by_name("storage.buckets.list"), None);
    }

    #[test]
    fn every_kind_has_some() {
        for kind in [Kind::Write, Kind::Credential, Kind::Data] {
            assert!(forbidden().filter(|one| one.kind == kind).count() >= 25, "{kind}");
        }
    }
}

//! Accounts and projects by their own names.

use tenko_core::{Cloud, Scope};

/// What people call what was discovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nouns {
    /// `an account`.
    pub(crate) any: &'static str,
    /// `account`.
    pub(crate) one: &'static str,
    /// `accounts`.
    pub(crate) many: &'static str,
    /// `Accounts`.
    pub(crate) title: &'static str,
    /// What shared ones are guessed from.
    pub(crate) clues: &'static str,
}

impl Nouns {
    /// Of AWS, and of a cloud of one's own.
    pub(crate) const AWS: Self = Self {
        any: "an account",
        one: "account",
        many: "accounts",
        title: "Accounts",
        clues: "names and organizational units",
    };
    /// Of Google Cloud.
    pub(crate) const GOOGLE: Self = Self {
        any: "a project",
        one: "project",
        many: "projects",
        title: "Projects",
        clues: "names and folders",
    };
    /// Of both.
    pub(crate) const BOTH: Self = Self {
        any: "an account or project",
        one: "account or project",
        many: "accounts and projects",
        title: "Accounts and projects",
        clues: "names, organizational units and folders",
    };

    /// Of all of these.
    pub(crate) fn of<'s>(scopes: impl Iterator<Item = &'s Scope>) -> Self {
        let (mut google, mut other) = (false, false);
        for scope in scopes {
            if scope.cloud == Cloud::gcp() { google = true } else { other = true }
        }
        match (google, other) {
            (true, false) => Self::GOOGLE,
            (true, true) => Self::BOTH,
            (false, _) => Self::AWS,
        }
    }
}

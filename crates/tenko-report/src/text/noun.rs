//! What the accounts and projects of a run are called together.

use tenko_core::{Cloud, Message, msg};

use crate::document::Document;

/// A noun for scopes that hold resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noun {
    Account,
    Project,
    Both,
}

impl Noun {
    /// The noun for scopes of these clouds.
    pub(crate) fn of<'a>(clouds: impl IntoIterator<Item = &'a Cloud>) -> Self {
        match super::words::scope_noun(clouds) {
            "account" => Self::Account,
            "project" => Self::Project,
            _ => Self::Both,
        }
    }

    /// The noun for those of a document.
    pub(crate) fn of_document(document: &Document) -> Self {
        let holders = document.scopes.iter().filter(|row| row.scope.kind.holds_resources());
        Self::of(holders.map(|row| &row.scope.cloud))
    }

    /// `12 accounts`.
    pub(crate) fn count(self, n: u64) -> Message {
        match self {
            Self::Account => msg!("text-accounts", n = n),
            Self::Project => msg!("text-projects", n = n),
            Self::Both => msg!("text-accounts-projects", n = n),
        }
    }

    /// `10 of 12 accounts`.
    pub(crate) fn part(self, n: u64, total: u64) -> Message {
        match self {
            Self::Account => msg!("text-part-of-accounts", n = n, total = total),
            Self::Project => msg!("text-part-of-projects", n = n, total = total),
            Self::Both => msg!("text-part-of-accounts-projects", n = n, total = total),
        }
    }

    /// The singular, without a number.
    pub(crate) fn one(self) -> Message {
        match self {
            Self::Account => msg!("text-one-account"),
            Self::Project => msg!("text-one-project"),
            Self::Both => msg!("text-one-account-project"),
        }
    }

    /// The plural, without a number.
    pub(crate) fn many(self) -> Message {
        match self {
            Self::Account => msg!("text-many-accounts"),
            Self::Project => msg!("text-many-projects"),
            Self::Both => msg!("text-many-accounts-projects"),
        }
    }
}

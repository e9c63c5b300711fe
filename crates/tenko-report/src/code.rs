//! The infrastructure code that a run compared with.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenko_core::{Claim, Declaration, IacOwner, SourceKind, UnreadCode};

/// One document of infrastructure code, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeRow {
    /// What kind of document it is.
    pub kind: SourceKind,
    /// The file, object or stack.
    pub file: Arc<str>,
    /// The environment whose declaration names it.
    pub owner: Option<IacOwner>,
    /// How many resources it declares.
    pub resources: u64,
    /// How many of them are compared attribute by attribute.
    pub compared: u64,
}

/// What the declaration's code gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Code {
    /// Documents that were read, by name.
    pub read: Vec<CodeRow>,
    /// Documents that could not be read: nothing of their environments is called unmanaged.
    pub unread: Vec<UnreadCode>,
}

impl Code {
    /// Counts the claims of a declaration.
    pub(crate) fn of(declaration: &Declaration) -> Self {
        let mut rows: BTreeMap<_, (u64, u64)> = BTreeMap::new();
        for claim in &declaration.claims {
            let Claim { source, owner, not_comparable, partial, .. } = claim;
            let count = rows.entry((source.kind, source.file.clone(), owner.clone())).or_default();
            count.0 += u64::from(!partial);
            count.1 += u64::from(!partial && not_comparable.is_none());
        }
        let row = |((kind, file, owner), (resources, compared))| CodeRow {
            kind,
            file,
            owner,
            resources,
            compared,
        };
        Self { read: rows.into_iter().map(row).collect(), unread: declaration.unread_code.clone() }
    }

    /// The names of all documents, read or not.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let unread = self.unread.iter().map(|code| &*code.file);
        self.read.iter().map(|row| &*row.file).chain(unread)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.read.is_empty() && self.unread.is_empty()
    }
}

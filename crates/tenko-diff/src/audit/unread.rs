//! Infrastructure code that could not be read, and what is withheld because of it.

use std::collections::BTreeSet;

use tenko_core::{AttrPath, Declaration, TypeInfo};

use crate::model::Withheld;
use crate::owners::Owners;

/// The environments some of whose code could not be read.
pub(super) struct Unread {
    everywhere: bool,
    environments: BTreeSet<usize>,
}

impl Unread {
    pub(super) fn new(owners: &Owners<'_>) -> Self {
        let code = &owners.declaration.unread_code;
        let environments = code.iter().filter_map(|code| owners.owner_at(code.owner.as_ref()?));
        Self {
            // Whose it is, nobody knows; an owner that is no environment is nobody's either.
            everywhere: code.iter().any(|code| {
                code.owner.as_ref().is_none_or(|owner| owners.owner_at(owner).is_none())
            }),
            environments: environments.collect(),
        }
    }

    /// Whether what is declared in one of these environments is not all known.
    pub(super) fn concerns(&self, environments: &[usize]) -> bool {
        self.everywhere || environments.iter().any(|at| self.environments.contains(at))
    }
}

/// The attributes that other parts of the code could add to.
pub(super) fn from_parts(info: &TypeInfo) -> impl Iterator<Item = &AttrPath> {
    let parts = info.iac.terraform.iter().filter(|of| of.part_of.is_some());
    parts.flat_map(|part| part.append.keys().chain(part.attributes.keys()))
}

/// What is withheld, for reports.
pub(super) fn withheld(declaration: &Declaration) -> Vec<Withheld> {
    let rows = declaration.unread_code.iter().map(|code| Withheld {
        tenant: code.owner.as_ref().map(|owner| owner.tenant.clone()),
        environment: code.owner.as_ref().map(|owner| owner.environment.clone()),
        file: code.file.clone(),
        reason: code.reason.clone(),
    });
    rows.collect::<BTreeSet<_>>().into_iter().collect()
}

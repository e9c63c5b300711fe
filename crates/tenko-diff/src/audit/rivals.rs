//! Which scopes decide together who gets a resource that several expectations could mean.

use std::collections::{BTreeSet, HashMap};

use tenko_core::ScopeKey;

use crate::owners::Owners;

/// Groups of scopes that are linked by environments which name several of them. What one
/// expectation takes can push another to the next resource, but never out of its group.
pub(super) struct Rivals<'a> {
    group_of: HashMap<&'a ScopeKey, usize>,
    groups: Vec<BTreeSet<&'a ScopeKey>>,
}

impl<'a> Rivals<'a> {
    /// The groups, or none when nobody competes.
    pub(super) fn new(owners: &Owners<'a>, needed: bool) -> Self {
        let mut rivals = Self { group_of: HashMap::new(), groups: Vec::new() };
        if needed {
            for owned in &owners.environments {
                let meant = owned.environment.expected.iter().filter_map(|e| e.scope.as_ref());
                rivals.link(owned.scopes.iter().copied().chain(meant).collect());
            }
        }
        rivals
    }

    /// The smaller groups join the largest, so that each scope moves at most log n times.
    fn link(&mut self, scopes: BTreeSet<&'a ScopeKey>) {
        let touched: BTreeSet<_> =
            scopes.iter().filter_map(|scope| self.group_of.get(scope).copied()).collect();
        let size = |at: &usize| self.groups.get(*at).map_or(0, BTreeSet::len);
        let home = touched.iter().copied().max_by_key(size).unwrap_or_else(|| {
            self.groups.push(BTreeSet::new());
            self.groups.len() - 1
        });
        let mut joining = scopes;
        for at in touched.into_iter().filter(|at| *at != home) {
            joining.extend(self.groups.get_mut(at).map(std::mem::take).unwrap_or_default());
        }
        self.group_of.extend(joining.iter().map(|scope| (*scope, home)));
        if let Some(group) = self.groups.get_mut(home) {
            group.extend(joining);
        }
    }

    /// All scopes of the groups that these scopes are in.
    pub(super) fn scopes(
        &self,
        scopes: impl Iterator<Item = &'a ScopeKey>,
    ) -> BTreeSet<&'a ScopeKey> {
        let groups: BTreeSet<_> =
            scopes.filter_map(|scope| self.group_of.get(scope).copied()).collect();
        groups.into_iter().filter_map(|at| self.groups.get(at)).flatten().copied().collect()
    }
}

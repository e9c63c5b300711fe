//! What is collected: plain data that the caller computes from its own configuration.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use tenko_core::{Region, ResourceType, Scope, ScopeKey, ScopeTree, Snapshot, Unit};

/// Units that took less than this are not worth starting early.
const LONG_MS: u64 = 1_000;

/// The accounts, types and regions to collect. The default is everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Which accounts and projects are opened. The others get `skipped` rows.
    pub scopes: ScopeFilter,
    /// Which types are collected; `None` for all that the providers know. A type that is left out
    /// here gets no row at all.
    pub types: Option<BTreeSet<ResourceType>>,
    /// Which regions are collected where [`Self::regions_of`] says nothing; `None` for all that
    /// are enabled. A region that is named here and is not enabled gets `region_disabled` rows; one
    /// that is left out gets no row.
    pub regions: Option<BTreeSet<Region>>,
    /// The regions of single scopes, instead of [`Self::regions`].
    pub regions_of: BTreeMap<ScopeKey, Option<BTreeSet<Region>>>,
    /// How long units took before, in milliseconds: the longest are started first.
    pub durations: HashMap<Unit, u64>,
}

impl Selection {
    /// Takes over from an earlier run how long its units took.
    pub fn learn_durations(&mut self, previous: &Snapshot) {
        let long = previous.coverage.iter().filter(|row| row.duration_ms >= LONG_MS);
        self.durations.extend(long.map(|row| (row.unit.clone(), row.duration_ms)));
    }

    pub(crate) fn wants_type(&self, resource_type: &ResourceType) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(resource_type))
    }

    pub(crate) fn regions_for(&self, scope: &ScopeKey) -> Option<&BTreeSet<Region>> {
        self.regions_of.get(scope).unwrap_or(&self.regions).as_ref()
    }
}

/// Decides about one scope, with the whole tree at hand.
type ScopePredicate = dyn Fn(&ScopeTree, &Scope) -> bool + Send + Sync;

/// Which accounts and projects are opened.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum ScopeFilter {
    /// All that are in use.
    #[default]
    All,
    /// These.
    Only(BTreeSet<ScopeKey>),
    /// Those that the function says yes to, once all scopes are known.
    Matching(Arc<ScopePredicate>),
}

impl ScopeFilter {
    /// Scopes for which `predicate` is true: by folder, name or tag.
    pub fn matching(
        predicate: impl Fn(&ScopeTree, &Scope) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::Matching(Arc::new(predicate))
    }

    pub(crate) fn wants(&self, tree: &ScopeTree, scope: &Scope) -> bool {
        match self {
            Self::All => true,
            Self::Only(keys) => keys.contains(&scope.key()),
            Self::Matching(predicate) => predicate(tree, scope),
        }
    }
}

impl fmt::Debug for ScopeFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All"),
            Self::Only(keys) => f.debug_tuple("Only").field(keys).finish(),
            Self::Matching(_) => f.write_str("Matching(..)"),
        }
    }
}

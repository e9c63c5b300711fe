//! One run's whole observation.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::coverage::{Coverage, DiscoveryProblem, Outcome, Unit};
use crate::names::ResourceType;
use crate::provider::{Answer, CallCount};
use crate::resource::{Resource, ResourceKey};
use crate::scope::{ScopeKey, ScopeTree};

/// What is known of the run itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// The run's id. Ids of later runs sort after those of earlier ones.
    pub id: String,
    /// The version of tenko that made it.
    pub tool_version: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Whether it was cancelled or ran out of time.
    pub cancelled: bool,
}

/// Everything that one run observed, and how well it could look.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The run.
    pub run: RunInfo,
    /// The scopes that were discovered.
    pub scopes: ScopeTree,
    /// What could not be discovered: when this is not empty, scopes may be missing.
    pub discovery_problems: Vec<DiscoveryProblem>,
    /// How each account and project answered; those that were not asked are not in it.
    pub answers: Vec<Answer>,
    /// One row per unit, sorted.
    pub coverage: Vec<Coverage>,
    /// The resources, sorted by key, each key once.
    pub resources: Vec<Resource>,
    /// Calls made, per operation.
    pub calls: Vec<CallCount>,
}

impl Snapshot {
    /// Puts everything in order, so that the same observation always reads the same.
    pub fn sort(&mut self) {
        self.answers.sort_by(|a, b| (&a.cloud, &a.scope).cmp(&(&b.cloud, &b.scope)));
        self.coverage.sort_by(|a, b| a.unit.cmp(&b.unit));
        self.resources.sort_by(|a, b| a.key.cmp(&b.key));
        self.calls.sort();
    }

    /// The resource with this key. Needs a sorted snapshot.
    pub fn resource(&self, key: &ResourceKey) -> Option<&Resource> {
        let at = self.resources.binary_search_by(|r| r.key.cmp(key)).ok()?;
        self.resources.get(at)
    }

    /// The outcome of one unit; `None` when nobody looked. Needs a sorted snapshot.
    pub fn outcome(&self, unit: &Unit) -> Option<Outcome> {
        let at = self.coverage.binary_search_by(|c| c.unit.cmp(unit)).ok()?;
        self.coverage.get(at).map(|c| c.outcome)
    }

    /// The coverage rows of one type in one scope, in all reaches.
    pub fn coverage_of<'a>(
        &'a self,
        scope: &'a ScopeKey,
        resource_type: &'a ResourceType,
    ) -> impl Iterator<Item = &'a Coverage> {
        self.coverage.iter().filter(move |c| {
            c.unit.scope == scope.id
                && c.unit.cloud == scope.cloud
                && c.unit.resource_type == *resource_type
        })
    }

    /// Whether something that should have been observed was not.
    pub fn is_incomplete(&self) -> bool {
        self.run.cancelled
            || !self.discovery_problems.is_empty()
            || self.answers.iter().any(|a| a.outcome.is_gap())
            || self.coverage.iter().any(|c| c.outcome.is_gap())
    }
}

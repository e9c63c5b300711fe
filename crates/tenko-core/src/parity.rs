//! How alike environments are that should be.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::declaration::Source;
use crate::names::ResourceType;
use crate::path::AttrPath;

/// How alike the environments of each group are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parity {
    /// One result per group, in the order of the groups.
    pub groups: Vec<ParityResult>,
    /// Allowed differences that did not occur: where they are written, with their reason.
    pub unused_allowances: Vec<(Source, String)>,
}

impl Parity {
    /// Whether nothing differs.
    pub fn is_even(&self) -> bool {
        self.groups.iter().all(|group| group.rows.is_empty())
    }
}

/// One group of environments that should be alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParityResult {
    /// `tenant acme`, `baseline web, production`.
    pub name: String,
    /// The environments, by tenant and name. Rows refer to them by position.
    pub environments: Vec<ParityEnvironment>,
    /// What differs: versions first, then what is not everywhere, then attributes.
    pub rows: Vec<ParityRow>,
    /// How many differences are allowed and left out.
    pub allowed: usize,
}

/// One environment of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParityEnvironment {
    /// The tenant's id.
    pub tenant: String,
    /// The environment's name.
    pub environment: String,
    /// Its stage.
    pub stage: Option<String>,
    /// How many resources were compared.
    pub resources: usize,
}

/// What kind of difference it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ParityKind {
    /// Which version of something runs, or with which parameters.
    Version,
    /// How many there are; 0 is not there at all.
    Count,
    /// How it is set up.
    Attribute,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParityRow {
    /// What kind of difference.
    pub kind: ParityKind,
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// What the resource is in every environment; null for resources without name and address.
    pub role: Option<String>,
    /// The attribute; null where their number differs.
    pub path: Option<AttrPath>,
    /// The values, the most frequent first; at least two.
    pub values: Vec<ParityValue>,
    /// Environments that could not tell.
    pub unknown: Vec<usize>,
}

impl ParityRow {
    /// The environments that are not as most are. Where no value has more than half of those that
    /// can tell, there is no "most", and all are odd.
    pub fn odd_ones(&self) -> impl Iterator<Item = usize> {
        let skip = usize::from(self.majority().is_some());
        self.values.iter().skip(skip).flat_map(|value| value.environments.iter().copied())
    }

    /// What most environments have, if there is such a thing.
    pub fn majority(&self) -> Option<&ParityValue> {
        let total: usize = self.values.iter().map(|value| value.environments.len()).sum();
        self.values.first().filter(|first| first.environments.len() * 2 > total)
    }
}

/// One of the values that occur.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParityValue {
    /// The value, with placeholders for what must differ; null when the attribute is not there.
    pub value: Value,
    /// The environments that have it, by position.
    pub environments: Vec<usize>,
}

/// A difference between environments that is meant to be. What is given must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParityAllow {
    /// Glob over the type's name; null is any.
    pub resource_type: Option<String>,
    /// Glob over the role, or the name of one of the resources; null is any.
    pub name: Option<String>,
    /// Tags that all the resources must have; a value of null is any value.
    pub tags: BTreeMap<String, Option<String>>,
    /// Only these attributes may differ; when empty, all, and the resource may be missing.
    pub attributes: Vec<AttrPath>,
    /// Only where all that differ are of these stages; when empty, between any.
    pub between: Vec<String>,
    /// Why.
    pub reason: String,
    /// Where the rule is written.
    pub source: Source,
}

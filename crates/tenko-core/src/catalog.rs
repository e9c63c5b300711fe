//! The catalogue: what each provider says about the resource types that it can collect.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::iac::IacMapping;
use crate::names::{Cloud, ResourceType};
use crate::path::AttrPath;

/// Whether a type is listed once per scope or once per region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReachKind {
    /// One listing answers for the whole account or project.
    Global,
    /// Each region is listed on its own.
    Regional,
}

/// What is known of a resource type, as data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TypeInfo {
    /// The type's name.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// The cloud that it belongs to.
    pub cloud: Cloud,
    /// The service that is asked, as the provider names it: `ec2`, `iam`.
    pub service: String,
    /// A short name for people: `EBS volume`.
    pub title: String,
    /// The published page: what it is, how it is read, what to know.
    pub doc: String,
    /// Listed per scope or per region.
    pub reach: ReachKind,
    /// Whether resources of this type can carry tags (and the collector reads them).
    pub taggable: bool,
    /// Top-level attributes that are collected.
    pub attributes: Vec<String>,
    /// Attributes that are shown but never compared: computed or volatile.
    #[serde(default)]
    pub ignored: Vec<AttrPath>,
    /// Attributes that are redacted at collection.
    #[serde(default)]
    pub sensitive: Vec<AttrPath>,
    /// Arrays whose order has no meaning.
    #[serde(default)]
    pub sets: Vec<AttrPath>,
    /// The permissions that collecting it takes: `ec2:DescribeVolumes`.
    pub permissions: Vec<String>,
    /// How infrastructure as code declares it.
    #[serde(default)]
    pub iac: IacMapping,
}

impl TypeInfo {
    /// The top-level attributes that are compared.
    pub fn compared(&self) -> impl Iterator<Item = &str> {
        self.attributes
            .iter()
            .filter(|name| !self.ignored.contains(&AttrPath::key(name.as_str())))
            .map(String::as_str)
    }
}

/// All types that can be collected, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog(BTreeMap<ResourceType, TypeInfo>);

impl Catalog {
    /// The type with this name.
    pub fn get(&self, resource_type: &ResourceType) -> Option<&TypeInfo> {
        self.0.get(resource_type)
    }

    /// All types, by name.
    pub fn iter(&self) -> impl Iterator<Item = &TypeInfo> {
        self.0.values()
    }

    /// How many types there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what another catalogue has; a type that is there already stays.
    pub fn extend(&mut self, other: impl IntoIterator<Item = TypeInfo>) {
        for info in other {
            self.0.entry(info.resource_type.clone()).or_insert(info);
        }
    }
}

impl FromIterator<TypeInfo> for Catalog {
    fn from_iter<I: IntoIterator<Item = TypeInfo>>(iter: I) -> Self {
        let mut catalog = Self::default();
        catalog.extend(iter);
        catalog
    }
}

impl IntoIterator for Catalog {
    type Item = TypeInfo;
    type IntoIter = std::collections::btree_map::IntoValues<ResourceType, TypeInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}

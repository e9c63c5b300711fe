//! Where the live state and the declaration differ.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::declaration::Source;
use crate::message::Message;
use crate::names::{Cloud, Reach, ResourceType, ScopeId};
use crate::path::AttrPath;
use crate::resource::Resource;
use crate::standing::{Fingerprint, Standing};

/// The kinds of drift.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// Declared, and surely not there: the unit was read completely.
    Missing,
    /// There, with other attributes than declared.
    Changed,
    /// There, and declared nowhere.
    Unmanaged,
    /// One tenant's or environment's resource in another's scope.
    Misplaced,
    /// There, and managed by another environment's infrastructure code.
    ElsewhereManaged,
    /// Declared, and could not be observed.
    Unknown,
}

impl DriftKind {
    /// All kinds, in the order in which reports list them.
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Changed,
        Self::Misplaced,
        Self::ElsewhereManaged,
        Self::Unmanaged,
        Self::Unknown,
    ];

    /// The word in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Unmanaged => "unmanaged",
            Self::Misplaced => "misplaced",
            Self::ElsewhereManaged => "elsewhere_managed",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The resource that a drift or finding is about: of a missing one, only what was declared.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct ResourceRef {
    /// The cloud.
    pub cloud: Cloud,
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// The account or project; null when the declaration leaves it open.
    pub scope: Option<ScopeId>,
    /// The region or `global`; null when the declaration leaves it open.
    pub region: Option<Reach>,
    /// The native id; null when only a name was declared.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
}

impl ResourceRef {
    /// The name, else the id, else a dash.
    pub fn label(&self) -> &str {
        self.name.as_deref().or(self.id.as_deref()).unwrap_or("-")
    }
}

impl From<&Resource> for ResourceRef {
    fn from(resource: &Resource) -> Self {
        Self {
            cloud: resource.key.cloud.clone(),
            resource_type: resource.key.resource_type.clone(),
            scope: Some(resource.key.scope.clone()),
            region: Some(resource.key.region.clone()),
            id: Some(resource.key.id.clone()),
            name: resource.name.clone(),
        }
    }
}

/// One attribute that differs. Of a list without order both values hold the elements that only
/// that side has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The attribute.
    pub path: AttrPath,
    /// The declared value or matcher; null when it should be absent.
    pub expected: Value,
    /// The live value; null when there is none.
    pub actual: Value,
}

/// One difference between live and declared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// What makes it the same one in every run; empty until [`Drift::identify`] said it.
    #[serde(default)]
    pub fingerprint: Fingerprint,
    /// How it stands beside the runs before; null where there was nothing to compare with.
    #[serde(default, flatten)]
    pub standing: Option<Standing>,
    /// What kind of difference.
    pub kind: DriftKind,
    /// What it is about.
    pub resource: ResourceRef,
    /// The tenant that it concerns.
    pub tenant: Option<String>,
    /// The environment that it concerns.
    pub environment: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it is declared: the manifest's entry, the state and address, the stack; null for an
    /// undeclared resource.
    pub source: Option<Source>,
    /// The attributes that differ; empty but for `changed`, and there too where only the code's own
    /// tool says that something does.
    pub changes: Vec<Change>,
    /// Why, in English: the evidence of a misplacement, what kept something from being observed.
    pub reason: Option<String>,
    /// The same in any language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_wording: Option<Message>,
}

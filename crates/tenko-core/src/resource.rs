//! A resource: the same envelope in every cloud, attributes in the provider's own form.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::attributes::{Attributes, Digest, TooDeep, sort_sets};
use crate::canonical::kept_and_compared;
use crate::catalog::TypeInfo;
use crate::names::{Cloud, Reach, ResourceType, ScopeId};
use crate::path::AttrPath;
use crate::redact::Redactor;
use crate::scope::ScopeKey;

/// A resource's identity: names are for people, ids for joins.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct ResourceKey {
    /// The cloud.
    pub cloud: Cloud,
    /// The account or project.
    pub scope: ScopeId,
    /// The region, or `global`.
    pub region: Reach,
    /// The resource type.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// The native id: for AWS the primary identifier of the CloudFormation schema.
    pub id: String,
}

impl ResourceKey {
    /// The scope's key.
    pub fn scope_key(&self) -> ScopeKey {
        ScopeKey { cloud: self.cloud.clone(), id: self.scope.clone() }
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} in {} {}", self.resource_type, self.id, self.scope, self.region)
    }
}

/// Who made a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// The customer, as far as one can see.
    #[default]
    Customer,
    /// The provider, by itself; the text says why one can tell (`default VPC`).
    ProviderDefault(String),
}

/// One resource as it was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its identity.
    #[serde(flatten)]
    pub key: ResourceKey,
    /// The name that people use: the provider's own name, or the `Name` tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its tags or labels. They are compared too, below the path `Tags`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "is_customer")]
    pub origin: Origin,
    /// The attributes, in the provider's representation.
    pub attributes: Attributes,
    /// Attributes that could not be read: neither present nor absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<AttrPath>,
    /// The digest of what is compared.
    pub digest: Digest,
}

fn is_customer(origin: &Origin) -> bool {
    *origin == Origin::Customer
}

impl Resource {
    /// Attributes and tags as one value: what paths are looked up in.
    pub fn to_value(&self) -> Value {
        let mut value = self.attributes.to_value();
        if let Value::Object(map) = &mut value {
            let tags = self.tags.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str())));
            map.insert("Tags".to_owned(), Value::Object(tags.collect()));
        }
        value
    }

    /// Whether the attribute at `path`, or a part of it, could not be read.
    pub fn is_unknown(&self, path: &AttrPath) -> bool {
        self.unknown.iter().any(|unknown| unknown.covers(path) || path.covers(unknown))
    }

    /// The name if there is one, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.key.id)
    }
}

/// What a provider knows of a resource before it is brought into canonical form.
#[derive(Clone, Debug)]
pub struct ResourceDraft {
    /// Its identity.
    pub key: ResourceKey,
    /// See [`Resource::name`].
    pub name: Option<String>,
    /// See [`Resource::tags`].
    pub tags: BTreeMap<String, String>,
    /// See [`Resource::created_at`].
    pub created_at: Option<Timestamp>,
    /// See [`Resource::origin`].
    pub origin: Origin,
    /// An object with the provider's own attribute names; nulls are dropped.
    pub attributes: Value,
    /// See [`Resource::unknown`].
    pub unknown: Vec<AttrPath>,
}

impl ResourceDraft {
    /// Redacts, sorts what has no order, brings the attributes into canonical form and takes the
    /// digest of what is compared. There is no other way to make a [`Resource`] from live data,
    /// so nothing sensitive gets past this point.
    ///
    /// # Errors
    /// [`TooDeep`] when the attributes are nested too deeply to be kept.
    pub fn finish(self, info: &TypeInfo, redactor: &Redactor) -> Result<Resource, TooDeep> {
        let mut value = self.attributes;
        redactor.apply(&mut value, &info.sensitive);
        sort_sets(&mut value, &info.sets)?;
        let nothing = Map::new();
        let attributes = value.as_object().unwrap_or(&nothing);
        let (kept, compared) = kept_and_compared(attributes, &self.tags, &info.ignored)?;
        Ok(Resource {
            key: self.key,
            name: self.name.filter(|name| !name.is_empty()),
            tags: self.tags,
            created_at: self.created_at,
            origin: self.origin,
            attributes: Attributes::of_canonical(kept),
            unknown: self.unknown,
            digest: Digest::of(&compared),
        })
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bad = || serde::de::Error::custom("a digest is 32 hexadecimal digits");
        if text.len() != 32 || !text.is_ascii() {
            return Err(bad());
        }
        let mut out = [0; 16];
        for (i, byte) in out.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| bad())?;
        }
        Ok(Self(out))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::ReachKind;

    fn info() -> TypeInfo {
        TypeInfo {
            resource_type: "T".into(),
            cloud: Cloud::aws(),
            service: "t".into(),
            title: String::new(),
            doc: String::new(),
            reach: ReachKind::Regional,
            taggable: true,
            attributes: vec!["A".into(), "Seen".into(), "Secret".into(), "Set".into()],
            ignored: vec!["Seen".parse().unwrap()],
            sensitive: vec!["Secret".parse().unwrap()],
            sets: vec!["Set".parse().unwrap()],
            permissions: vec![],
            iac: Default::default(),
        }
    }

    fn resource(attributes: Value) -> Resource {
        let key = ResourceKey {
            cloud: Cloud::aws(),
            scope: "1".into(),
            region: Reach::region("r"),
            resource_type: "T".into(),
            id: "i".into(),
        };
        let draft = ResourceDraft {
            key,
            name: None,
            tags: BTreeMap::new(),
            created_at: None,
            origin: Origin::Customer,
            attributes,
            unknown: vec![],
        };
        draft.finish(&info(), &Redactor::new([1; 32])).unwrap()
    }

    #[test]
    fn the_digest_covers_what_is_compared_and_nothing_else() {
        let a = resource(json!({"A": 1, "Seen": "monday", "Set": ["x", "y"]}));
        let b = resource(json!({"Set": ["y", "x"], "Seen": "tuesday", "A": 1.0}));
        assert_eq!(a.digest, b.digest);
        assert_ne!(a.attributes, b.attributes, "ignored attributes are kept, only not compared");
        assert_ne!(a.digest, resource(json!({"A": 2, "Set": ["x", "y"]})).digest);
    }

    #[test]
    fn sensitive_values_do_not_survive() {
        let resource = resource(json!({"Secret": "hunter2"}));
        assert!(!serde_json::to_string(&resource).unwrap().contains("hunter2"));
    }

    #[test]
    fn json_round_trip() {
        let resource = resource(json!({"A": [1, {"b": null}]}));
        let text = serde_json::to_string(&resource).unwrap();
        assert_eq!(serde_json::from_str::<Resource>(&text).unwrap(), resource);
    }
}

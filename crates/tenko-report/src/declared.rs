//! What documents declare, without a look at any cloud.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenko_core::{AttrPath, Catalog, Claim, Expected, ResourceType, Source, TypeInfo, UnreadCode};

/// What stands in place of a value that nobody should see.
const SENSITIVE: &str = "(sensitive)";

/// Everything that some documents declare.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Declared {
    /// The resources, in the order of the documents.
    pub resources: Vec<DeclaredResource>,
    /// What stands in the documents and declares no resource.
    pub skipped: Vec<SkippedAddress>,
    /// Documents that could not be read.
    pub errors: Vec<UnreadCode>,
}

/// One declared resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredResource {
    /// The type, as `tenko types` names it; as the document names it where there is no mapping.
    #[serde(rename = "type")]
    pub resource_type: ResourceType,
    /// The native id; null when the document only gives a name.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Attribute path to the value, or condition, that is compared.
    pub attributes: BTreeMap<String, Value>,
    /// Where it is declared.
    pub source: Source,
    /// Whether its attributes are compared with the live ones.
    pub comparable: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether only a part of it is declared, which does not manage it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// Something that declares no resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SkippedAddress {
    /// The document.
    pub file: String,
    /// The address in it.
    pub address: String,
    /// Why it is left out.
    pub reason: String,
    /// How many the address stands for, where it is several.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u64,
}

fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_one(count: &u64) -> bool {
    *count == 1
}

impl Declared {
    /// The exit code: 3 when a document could not be read.
    pub fn exit_code(&self) -> u8 {
        if self.errors.is_empty() { 0 } else { 3 }
    }

    /// Adds what infrastructure code claims. Values that are sensitive by their type are hidden.
    pub fn claim(&mut self, claim: &Claim, catalog: &Catalog) {
        let info = claim.resource_type.as_ref().and_then(|name| catalog.get(name));
        let mut attributes: BTreeMap<_, _> = BTreeMap::new();
        for (path, matcher) in &claim.attributes {
            let value = hide(matcher.to_value(), path, info);
            match (attributes.get_mut(&path.to_string()), value) {
                // What several parts ask of one list.
                (Some(Value::Array(known)), Value::Array(more)) => {
                    known.extend(
                        more.into_iter().filter(|item| !known.contains(item)).collect::<Vec<_>>(),
                    );
                }
                (_, value) => _ = attributes.insert(path.to_string(), value),
            }
        }
        let hidden = claim.sensitive.iter().map(|p| (p.to_string(), Value::from(SENSITIVE)));
        attributes.extend(hidden);
        let tags = AttrPath::key("Tags");
        attributes.extend(
            claim
                .tags
                .iter()
                .flatten()
                .map(|(key, value)| (tags.join(key).to_string(), Value::from(value.as_str()))),
        );
        self.resources.push(DeclaredResource {
            resource_type: claim
                .resource_type
                .clone()
                .unwrap_or_else(|| ResourceType::new(&*claim.code_type)),
            id: claim.ids.first().cloned(),
            name: claim.name.clone(),
            attributes,
            source: claim.source.clone(),
            comparable: claim.not_comparable.is_none(),
            reason: claim.not_comparable.clone(),
            partial: claim.partial,
        });
    }

    /// Adds what a manifest expects.
    pub fn expected(&mut self, expected: &Expected, catalog: &Catalog) {
        let info = catalog.get(&expected.resource_type);
        let attributes = expected.attributes.iter();
        self.resources.push(DeclaredResource {
            resource_type: expected.resource_type.clone(),
            id: expected.id.clone(),
            name: expected.name.clone(),
            attributes: attributes
                .map(|(path, matcher)| (path.to_string(), hide(matcher.to_value(), path, info)))
                .collect(),
            source: expected.source.clone(),
            comparable: true,
            reason: None,
            partial: false,
        });
    }
}

/// The value without what the type's file calls sensitive.
fn hide(mut value: Value, path: &AttrPath, info: Option<&TypeInfo>) -> Value {
    let depth = path.segments().len();
    for sensitive in info.map(|info| info.sensitive.as_slice()).unwrap_or_default() {
        if sensitive.covers(path) {
            return Value::from(SENSITIVE);
        }
        let head = AttrPath::new(sensitive.segments().iter().take(depth).cloned());
        if head.covers(path) {
            let below = AttrPath::new(sensitive.segments().iter().skip(depth).cloned());
            below.visit_mut(&mut value, &mut |found| *found = Value::from(SENSITIVE));
        }
    }
    value
}

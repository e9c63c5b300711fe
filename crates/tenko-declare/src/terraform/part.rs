//! What belongs to a resource and is written down by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tenko_core::{AttrPath, Matcher, Reach, ResourceType, ScopeKey, Source};

/// A piece of a resource that Terraform manages as a resource of its own.
#[derive(Debug)]
pub struct Part {
    pub(super) resource_type: ResourceType,
    pub(super) code_type: Arc<str>,
    /// Its own id, by which one that several states name is known.
    pub(super) id: Option<String>,
    /// The wholes.
    pub(super) parents: Vec<Parent>,
    pub(super) scope: Option<ScopeKey>,
    pub(super) region: Option<Reach>,
    pub(super) attributes: Vec<(AttrPath, Value)>,
    pub(super) append: Vec<(AttrPath, Vec<Value>)>,
    pub(super) includes: Vec<(AttrPath, Matcher)>,
    /// Tags of the whole, among others.
    pub(super) tags: BTreeMap<String, String>,
    /// Paths that it would speak of, and whose values are not to be used.
    pub(super) sensitive: Vec<AttrPath>,
    pub(super) uncertain: Vec<AttrPath>,
    /// Why `uncertain` is.
    pub(super) doubt: Option<String>,
    pub(super) source: Source,
}

/// What a part belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parent {
    /// The id in the form in which ids are compared.
    pub(super) key: String,
    /// The id as the code has it.
    pub(super) id: String,
}

impl Part {
    /// Whether it says nothing of the whole but that it is there.
    pub(super) fn is_empty(&self) -> bool {
        self.attributes.is_empty()
            && self.append.is_empty()
            && self.includes.is_empty()
            && self.tags.is_empty()
            && self.sensitive.is_empty()
            && self.uncertain.is_empty()
    }
}

//! A resource type that is read with an SDK crate (EC2, S3, Organizations): one file declares
//! one static [`SdkType`].

use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use jiff::Timestamp;
use serde_json::Value;
use tenko_core::{AttrPath, BoxStream, Origin, ReachKind, Region};

use crate::context::UnitContext;
use crate::wire::CallError;

/// An operation that a type calls, with the permission that it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SdkOperation {
    /// The operation as the API names it: `DescribeVolumes`.
    pub(crate) name: &'static str,
    /// The IAM action, which is not always the operation's name: `s3:GetEncryptionConfiguration`.
    pub(crate) action: &'static str,
}

/// A resource type, as data beside the one function that reads it.
pub(crate) struct SdkType {
    /// The CloudFormation name.
    pub(crate) name: &'static str,
    /// The attribute that repeats the id: the primary identifier of the CloudFormation schema. It
    /// is shown and not compared, for it is the identity.
    pub(crate) id_attribute: &'static str,
    /// `ec2`, `s3`, `organizations`.
    pub(crate) service: &'static str,
    pub(crate) title: &'static str,
    /// The published page.
    pub(crate) doc: &'static str,
    pub(crate) reach: ReachKind,
    pub(crate) taggable: bool,
    /// Top-level attribute names, those of the CloudFormation resource schema.
    pub(crate) attributes: &'static [&'static str],
    /// Attribute paths that are not compared.
    pub(crate) ignored: &'static [&'static str],
    /// Attribute paths that are redacted.
    pub(crate) sensitive: &'static [&'static str],
    /// Arrays without order.
    pub(crate) sets: &'static [&'static str],
    pub(crate) operations: &'static [SdkOperation],
    /// How infrastructure as code declares it: TOML with the form of `tenko_core::IacMapping`.
    pub(crate) iac: &'static str,
    /// Streams what one unit holds.
    pub(crate) collect: for<'a> fn(&'a UnitContext<'a>) -> BoxStream<'a, TypeEvent>,
}

/// What the collection of one unit says, before resources are finished (redacted, canonical).
#[derive(Debug)]
pub(crate) enum TypeEvent {
    /// Resources of one page.
    Drafts(Vec<Draft>),
    /// A call about a part of a resource failed: its draft names the attributes as unknown.
    Problem(CallError),
    /// A listing failed: the unit is partial if anything was read before, else the error's own
    /// outcome. Last event.
    Failed(CallError),
}

/// One resource as a type's file made it.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The primary identifier of the CloudFormation schema.
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) origin: Origin,
    pub(crate) attributes: Value,
    /// Attributes that a failed sub-call left unread.
    pub(crate) unknown: Vec<AttrPath>,
    /// Where the resource is, when that is not the unit's own reach (a bucket's region).
    pub(crate) region: Option<Region>,
}

impl Draft {
    /// A customer's resource in the unit's own reach, with everything else still to be said.
    pub(crate) fn new(id: Option<String>, attributes: Value) -> Self {
        Self {
            id: id.unwrap_or_default(),
            name: None,
            tags: BTreeMap::new(),
            created_at: None,
            origin: Origin::Customer,
            attributes,
            unknown: Vec::new(),
            region: None,
        }
    }

    /// Takes over the tags; the tag `Name` is the resource's name.
    pub(crate) fn tagged(mut self, tags: BTreeMap<String, String>) -> Self {
        self.name = tags.get("Name").cloned().filter(|name| !name.is_empty());
        self.tags = tags;
        self
    }

    /// Says who made it.
    pub(crate) fn made_by(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Says when it was made.
    pub(crate) fn created(mut self, at: Option<&DateTime>) -> Self {
        self.created_at = at.and_then(timestamp);
        self
    }
}

/// The SDK's time as ours; `None` outside the years that ours knows.
pub(crate) fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}

/// A text or enum value; services send an empty element for a value that is not set.
pub(crate) fn text<T: AsRef<str>>(value: &Option<T>) -> Option<&str> {
    value.as_ref().map(AsRef::as_ref).filter(|text| !text.is_empty())
}

/// A list of texts or enum values; no list is an empty one.
pub(crate) fn texts<T: AsRef<str>>(values: &Option<Vec<T>>) -> Vec<&str> {
    values.iter().flatten().map(AsRef::as_ref).collect()
}

/// A list of mapped records; no list is an empty one.
pub(crate) fn list<T>(values: &Option<Vec<T>>, map: impl Fn(&T) -> Value) -> Value {
    values.iter().flatten().map(map).collect()
}

/// A JSON document that a service keeps as text; text that is none stays as it is.
pub(crate) fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

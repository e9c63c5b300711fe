//! The form of a file in `types/`: a resource type as data.
//!
//! Everything that isn't marked as text is a jq expression; see [`tenko_jq`] for what it can use.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tenko_core::{AttrPath, TerraformType};

use super::service::{Services, WireOperation};

/// One resource type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TypeDef {
    /// Text: CloudFormation's name of the type, such as `AWS::SQS::Queue`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Text: key in `services.toml`.
    pub service: String,
    /// Text: what people call it.
    pub title: String,
    /// Text: the published page: what it is, which calls are made, caveats, sources.
    pub doc: String,
    /// Record to string: the identifier, as CloudFormation has it.
    pub id: String,
    /// Record to string or null.
    pub name: Option<String>,
    /// Record to string or null.
    pub arn: Option<String>,
    /// Record to RFC 3339 or null.
    pub created: Option<String>,
    /// Record to an object of strings. Left out when the type has no tags.
    pub tags: Option<String>,
    /// Record to null, or to the reason why the provider made it by itself.
    pub provider_default: Option<String>,
    /// Record to an object with the property names of the CloudFormation resource schema. Nulls are dropped.
    pub attributes: String,
    /// Record to a stream of attribute paths that this record can't tell.
    pub unknown: Option<String>,
    /// Attribute paths that no call returns: they are never compared.
    #[serde(default)]
    pub unreadable: Vec<String>,
    /// Attribute paths that are not compared: computed by the provider or changing by themselves.
    #[serde(default)]
    pub ignored: Vec<String>,
    /// Attribute paths that are redacted at collection; `*` stands for any key or index.
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// Attribute paths of arrays whose order has no meaning.
    #[serde(default)]
    pub sets: Vec<String>,
    /// Where it is one listing for the account, and where it is none. Left out: as the service's endpoints are.
    pub reach: Option<ReachDef>,
    /// Which accounts have any of it. Left out: all.
    pub only: Option<OnlyDef>,
    /// A call that has the service get ready what is then listed. It is made again, with pauses, until its `until`
    /// says so; see [`engine`](super::engine).
    pub prepare: Option<CallDef>,
    /// A listing of parents that has to come first, such as the clusters of ECS services. `into` names the parent in
    /// the input of `list` and in the records.
    pub before: Option<CallDef>,
    /// Parents that need no call, because there are always the same.
    pub over: Option<OverDef>,
    /// The listing that gives the records.
    pub list: CallDef,
    /// Listings that are read whole and looked up by key.
    #[serde(default)]
    pub join: Vec<CallDef>,
    /// Calls per record, in order.
    #[serde(default)]
    pub hydrate: Vec<CallDef>,
    /// How Terraform declares it.
    #[serde(default)]
    pub terraform: Vec<TerraformType>,
    /// What an attribute that is not there stands for, where that is not an empty value.
    #[serde(default)]
    pub defaults: BTreeMap<AttrPath, Value>,
}

/// One call. Which fields it needs depends on where it stands; compiling checks that.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CallDef {
    /// Text: the operation's name in the public model.
    pub operation: String,
    /// Text: the IAM action, when it isn't `service:Operation`.
    pub action: Option<String>,
    /// Text: IAM actions that the service needs beside that, because it asks others in the caller's name.
    #[serde(default)]
    pub also: Vec<String>,
    /// Text: whether the service may answer with no body at all, which is then an empty object. Only where its
    /// reference says so: else a body that got lost would pass for an answer.
    #[serde(default)]
    pub may_be_empty: bool,
    /// Text, REST: the method, `GET` when left out.
    pub method: Option<String>,
    /// Text, REST: the path with `{Member}`.
    pub uri: Option<String>,
    /// Text, REST: header by input member, for members that are sent as headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Text, XML: elements that are lists; see [`WireOperation::lists`].
    #[serde(default)]
    pub lists: Vec<String>,
    /// The input: a table, or an expression over the parent (`list`) or the record (`hydrate`).
    pub input: Option<InputDef>,
    /// Output to a stream of items (`list`, `before`, `join`, and a `hydrate` with pages).
    pub items: Option<String>,
    /// Output to the text of a table, comma-separated with a line of names. `items` then finds its lines in `.Rows`,
    /// as objects.
    pub csv: Option<String>,
    /// Prepare: output to bool; true where the service is ready.
    pub until: Option<String>,
    /// Text: the input member that takes the page token.
    pub token_in: Option<String>,
    /// Output to the next page token or null.
    pub token_out: Option<String>,
    /// Text: the record's member that takes the result.
    pub into: Option<String>,
    /// Hydrate: record to bool; false leaves the member null without a call.
    pub when: Option<String>,
    /// Hydrate: record to a stream of values; one call for each, as `$each`. The result is a list of
    /// `{Each, Out}`.
    pub each: Option<String>,
    /// Hydrate: output to what is kept of it.
    pub out: Option<String>,
    /// Join and batch: item to the key.
    pub key: Option<String>,
    /// Join and batch: record to the key.
    pub on: Option<String>,
    /// Join: whether a record may have no item, which is then a fact. Else such a record was made
    /// after the join was read, and what the join provides is unknown.
    #[serde(default)]
    pub optional: bool,
    /// Text: error codes that say the resource has vanished meanwhile. In `list`: that there is nothing to list.
    #[serde(default)]
    pub gone: Vec<String>,
    /// Text: error codes that say "not configured": the member is null, and nothing is unknown.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Hydrate: so many records a call. `input` is then an expression over an array of records.
    pub batch: Option<usize>,
    /// Batch: output to a stream of `{key, reason}` for records that the service could not describe; a `reason` in
    /// `gone` means that it has vanished.
    pub failures: Option<String>,
    /// Text: attribute paths that are unknown when this call fails; `*` for all.
    #[serde(default)]
    pub provides: Vec<String>,
}

/// How far one listing reaches, where the service's endpoints do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReachDef {
    /// The whole account, though the service has an endpoint in every region.
    Global,
}

/// Which accounts have any resource of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OnlyDef {
    /// The one in whose scope the organization's own resources are read; no other one is asked.
    Organization,
}

/// Parents that are always the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OverDef {
    /// Text: the member of the list's input, and of the records, that takes the parent.
    pub into: String,
    /// Text: the parents. One that cannot be listed ends the listing.
    pub values: Vec<String>,
}

/// A table as it is, or an expression.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum InputDef {
    /// jq.
    Jq(String),
    /// The input itself.
    Table(toml::Table),
}

/// Why a type's file can't be used. All of it is a mistake in the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DefError {
    /// It is not TOML of this form.
    #[error("{0} does not parse")]
    Toml(String, #[source] Box<toml::de::Error>),
    /// It names a service that `services.toml` doesn't have.
    #[error("{0} names the unknown service {1}")]
    UnknownService(String, String),
    /// A call lacks a field, or has one that means nothing there.
    #[error("{type_name}: {operation} {what}")]
    Call {
        /// The type.
        type_name: String,
        /// The call.
        operation: String,
        /// What is wrong.
        what: String,
    },
    /// An expression does not compile.
    #[error("{0} has a faulty expression")]
    Jq(String, #[source] tenko_jq::JqError),
    /// No such type.
    #[error("there is no resource type {0}")]
    UnknownType(String),
}

impl TypeDef {
    /// Reads one file. `name` is for messages.
    ///
    /// # Errors
    /// [`DefError::Toml`].
    pub fn parse(name: &str, text: &str) -> Result<Self, DefError> {
        toml::from_str(text).map_err(|error| DefError::Toml(name.to_owned(), Box::new(error)))
    }

    /// All calls, in the order in which they are first made.
    pub fn calls(&self) -> impl Iterator<Item = &CallDef> {
        let first = self.prepare.iter().chain(&self.before);
        first.chain([&self.list]).chain(&self.join).chain(&self.hydrate)
    }

    /// The operation of one of its calls.
    ///
    /// # Errors
    /// [`DefError::UnknownService`].
    pub fn operation(
        &self,
        call: &CallDef,
        services: &Services,
    ) -> Result<WireOperation, DefError> {
        let service = services.get(&self.service).ok_or_else(|| {
            DefError::UnknownService(self.type_name.clone(), self.service.clone())
        })?;
        let mut op = WireOperation::new(service.clone(), &call.operation);
        op.lists.clone_from(&call.lists);
        op.headers.clone_from(&call.headers);
        if let Some(method) = &call.method {
            op.method.clone_from(method);
        }
        if let Some(uri) = &call.uri {
            op.uri.clone_from(uri);
        }
        if let Some(action) = &call.action {
            op.iam_action.clone_from(action);
        }
        op.also.clone_from(&call.also);
        op.may_be_empty = call.may_be_empty;
        Ok(op)
    }
}

impl InputDef {
    /// The table as JSON; `None` for an expression.
    pub(crate) fn table(&self) -> Option<Value> {
        match self {
            InputDef::Jq(_) => None,
            InputDef::Table(table) => serde_json::to_value(table).ok(),
        }
    }
}

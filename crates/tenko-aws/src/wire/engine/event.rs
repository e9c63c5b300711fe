//! What the engine yields, and how a mapped record is checked.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::wire::error::CallError;
use crate::wire::pages::invalid;
use crate::wire::registry::WireType;

/// Where a unit of work is: `$ctx` of the expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Account id.
    pub account: String,
    /// Region; of a global service, the partition's global region.
    pub region: String,
    /// Such as `aws`.
    pub partition: String,
}

/// A resource as its type's file maps it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MappedRecord {
    /// CloudFormation's identifier.
    pub id: String,
    /// For people.
    pub name: Option<String>,
    /// ARN, where the type has one.
    pub arn: Option<String>,
    /// RFC 3339.
    pub created: Option<String>,
    /// `None` when the tags could not be read, or when the type has none.
    pub tags: Option<BTreeMap<String, String>>,
    /// Why the provider made it by itself.
    pub provider_default: Option<String>,
    /// CloudFormation properties; sensitive ones are still in clear here and must be redacted by the caller at once.
    pub attributes: Map<String, Value>,
    /// Attribute paths that could not be read; `*` for all.
    pub unknown: Vec<String>,
}

/// How much a problem hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lost {
    /// Attributes of records that are there: [`Problem::unknown`].
    Attributes,
    /// A record is missing, or two records contradict each other.
    Record,
    /// Any number of records are missing.
    Records,
}

/// Something that could not be read, while the rest goes on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Problem {
    /// What went wrong.
    pub error: CallError,
    /// How much it hides.
    pub lost: Lost,
    /// Attribute paths that are unknown because of it.
    pub unknown: Vec<String>,
    /// The first record that met it. The same error (call, class and code) of further records is not repeated: their
    /// [`MappedRecord::unknown`] tells.
    pub record: Option<String>,
}

/// What [`collect`] yields.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum TypeEvent {
    /// Records of one page; may be fewer than the page had.
    Records(Vec<MappedRecord>),
    /// Something is missing.
    Problem(Problem),
    /// The listing ended early. What came before stays true, but is not all.
    Failed(CallError),
}

/// Takes the record expression's value apart. Whatever has another form than the file promises is an error.
pub(super) fn mapped_record(
    ty: &WireType,
    out: Value,
    mut unknown: Vec<String>,
) -> Result<MappedRecord, CallError> {
    let bad = |what: &str| invalid(&ty.list, format!("a record has {what}"));
    let Value::Object(mut out) = out else { return Err(bad("no object")) };
    let mut text = |name: &str| match out.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(s)) if s.is_empty() => Ok(None),
        Some(Value::String(s)) => Ok(Some(s)),
        Some(_) => Err(bad(&format!("a `{name}` that is not a string"))),
    };
    let id = text("id")?.ok_or_else(|| bad("no id"))?;
    let (name, arn, created, provider_default) =
        (text("name")?, text("arn")?, text("created")?, text("provider_default")?);
    let Some(Value::Object(mut attributes)) = out.remove("attributes") else {
        return Err(bad("no attributes"));
    };
    drop_nulls(&mut attributes);
    if let Some(Value::Array(more)) = out.remove("unknown") {
        unknown.extend(more.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    let tags = if ty.def.tags.is_none() || unknown.iter().any(|path| path == "Tags" || path == "*")
    {
        None
    } else {
        match out.remove("tags") {
            Some(Value::Object(tags)) => Some(
                tags.into_iter()
                    .map(|(key, value)| match value {
                        Value::String(value) => Ok((key, value)),
                        _ => Err(bad("a tag that is not a string")),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            _ => return Err(bad("tags that are not an object")),
        }
    };
    Ok(MappedRecord { id, name, arn, created, tags, provider_default, attributes, unknown })
}

/// CloudFormation has no null: what isn't set isn't there.
fn drop_nulls(map: &mut Map<String, Value>) {
    map.retain(|_, value| !value.is_null());
    map.values_mut().for_each(drop_nulls_in);
}

fn drop_nulls_in(value: &mut Value) {
    match value {
        Value::Object(map) => drop_nulls(map),
        Value::Array(items) => items.iter_mut().for_each(drop_nulls_in),
        _ => {}
    }
}

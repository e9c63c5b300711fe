//! Infrastructure as code: how a type is written there, and what documents of it claim.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::declaration::Source;
use crate::matcher::Matcher;
use crate::message::Message;
use crate::names::{Reach, ResourceType};
use crate::path::AttrPath;
use crate::scope::ScopeKey;

/// How infrastructure as code declares a resource type: data in the type's own file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IacMapping {
    /// Terraform's types that are this type, or a part of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terraform: Vec<TerraformType>,
    /// What an attribute that is not there stands for, where that is not an empty value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defaults: BTreeMap<AttrPath, Value>,
}

/// How Terraform's instances of one or several types become a resource, or a part of one.
///
/// Everything but `types` is a jq expression over the instance's attributes as the state has
/// them. An expression that gives null, or nothing, says nothing: the attribute is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TerraformType {
    /// Terraform's names, such as `aws_vpc` and `aws_default_vpc`.
    pub types: Vec<String>,
    /// Whether this instance is meant; without it every one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The native id, as the type's collector gives it. Without it, and for no part, `.id`. The
    /// word `{account}` stands for the account that the resource is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// This is a part of the resource with this native id (or ARN, or self link); several values
    /// make it a part of several resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// The name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The account or project, where neither ARN, `owner_id`, `project` nor id tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The region or zone, where neither `region` nor ARN tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The tags or labels, where they are neither `tags_all` or `tags`, nor `effective_labels` or
    /// `labels`. `"null"` for a type whose tags Terraform does not write. A part has tags only when
    /// this gives them; they are added to the whole's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// Attribute path to expression: what the attribute must be. See [`Matcher::Loose`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttrPath, String>,
    /// Attribute path to an expression for a list: all parts together give the attribute, and what
    /// the whole says of it does not count once there is a part.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub append: BTreeMap<AttrPath, String>,
    /// Attribute path to an expression for a list of elements that must be there as they are, among
    /// others. See [`Matcher::Includes`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub includes: BTreeMap<AttrPath, String>,
    /// As `includes`, where lists inside of the elements may hold more too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub at_least: BTreeMap<AttrPath, String>,
    /// For `includes` and `at_least`: the keys by which an element is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<AttrPath, Vec<String>>,
    /// What `terraform import` takes, as an expression over the live resource (`id`, `name`,
    /// `scope`, `region`, `attributes`, `tags`). Without it, `.id`; `"null"` where it can't be
    /// imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<String>,
}

/// Whose infrastructure code something stands in.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct IacOwner {
    /// The tenant's id.
    pub tenant: Arc<str>,
    /// The environment's name.
    pub environment: Arc<str>,
}

/// What infrastructure code says of one resource that it manages: a Terraform instance with its
/// parts, or a resource of a CloudFormation stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The type; null when it has no mapping. Such a resource is not compared, and not unmanaged
    /// either.
    pub resource_type: Option<ResourceType>,
    /// The type as the code names it: `aws_vpc`, `AWS::EC2::VPC`.
    pub code_type: Arc<str>,
    /// Names of the live resource, the native id first, then ARN and self link. Never empty. The
    /// word `{account}` stands for the account that it is in.
    pub ids: Vec<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The account or project, where the code tells.
    pub scope: Option<ScopeKey>,
    /// The region, where the code tells.
    pub region: Option<Reach>,
    /// What the attributes must be. Tags are apart.
    pub attributes: Vec<(AttrPath, Matcher)>,
    /// The tags that it must have, all of them (at least these, when the claim is `partial`); null
    /// when the code does not say.
    pub tags: Option<BTreeMap<String, String>>,
    /// Attributes that the code marks as sensitive: they are not compared and never shown.
    pub sensitive: BTreeSet<AttrPath>,
    /// Why nothing but its being there is compared.
    pub not_comparable: Option<String>,
    /// What the code's own tool found: CloudFormation's drift status where it is not in sync.
    pub note: Option<Message>,
    /// Whether the code's own tool looked, and found nothing.
    pub in_sync: bool,
    /// The environment whose declaration names the code; null for stacks, which belong to the
    /// environment of their account.
    pub owner: Option<IacOwner>,
    /// Where it is declared.
    pub source: Source,
    /// Where parts of it are declared.
    pub parts: Vec<Source>,
    /// Only a part of the resource is declared: what is said is compared, and the resource is not
    /// managed by it. `source` is that of the first part.
    pub partial: bool,
}

/// A document of infrastructure code that could not be read: what it declares is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreadCode {
    /// The file, object or address, as the user named it.
    pub file: Arc<str>,
    /// The environment whose declaration names it.
    pub owner: Option<IacOwner>,
    /// Why, with byte or line where one can tell, in English.
    pub reason: String,
    /// The same in any language; documents of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_wording: Option<Message>,
}

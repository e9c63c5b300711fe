//! The form of a file in `types/`: a resource type as data.
//!
//! Paths are attribute paths (`disks[*].licenses`, `settings.userLabels`), looked up in the resource as its
//! REST API gives it. `*` stands for every key or element.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tenko_core::{AttrPath, TerraformType};

/// One resource type.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeDef {
    /// The asset type of Cloud Asset Inventory, such as `compute.googleapis.com/Firewall`.
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    /// Key in `services.toml`.
    pub(crate) service: String,
    /// What people call it.
    pub(crate) title: String,
    /// The published page: what it is, which calls are made, caveats, sources.
    pub(crate) doc: String,
    /// The native id, as a template over the resource: `projects/{project}/zones/{zone}/instances/{name}`. A value
    /// that is a link or a path gives its last segment; `{+name}` gives all of it; `{project}` is the project's id.
    pub(crate) id: String,
    /// Where the name for people stands; its last segment is taken.
    #[serde(default = "name")]
    pub(crate) name: AttrPath,
    /// Where the zone, region or location stands: the first that is there counts.
    #[serde(default)]
    pub(crate) location: Vec<AttrPath>,
    /// When it was made: RFC 3339, or milliseconds since 1970.
    pub(crate) created: Option<AttrPath>,
    /// Where its labels stand. Left out when the type has none.
    pub(crate) labels: Option<AttrPath>,
    /// The attributes that the REST resource can have at its top level, but for labels and what is dropped.
    pub(crate) attributes: Vec<String>,
    /// What is taken out whichever source it comes from: twins of other attributes, constants, and what only one of
    /// the sources gives and nobody would compare.
    #[serde(default)]
    pub(crate) drop: Vec<AttrPath>,
    /// Attributes that are shown and not compared: computed by Google, or changing by themselves.
    #[serde(default)]
    pub(crate) ignored: Vec<AttrPath>,
    /// Attributes that are redacted at collection.
    #[serde(default)]
    pub(crate) sensitive: Vec<AttrPath>,
    /// Arrays whose order has no meaning.
    #[serde(default)]
    pub(crate) sets: Vec<AttrPath>,
    /// Numbers that the REST API writes as text: whole numbers that one of the sources gives as numbers.
    #[serde(default)]
    pub(crate) strings: Vec<AttrPath>,
    /// Names of which only the last segment is kept, since the sources write more or less of them.
    #[serde(default)]
    pub(crate) last_segment: Vec<AttrPath>,
    /// Only resources with these values are kept: globs over the text of an attribute.
    #[serde(default)]
    pub(crate) only: BTreeMap<AttrPath, String>,
    /// Resources with one of these values are left out: globs over the text of an attribute.
    #[serde(default)]
    pub(crate) except: BTreeMap<AttrPath, String>,
    /// Attributes that Cloud Asset Inventory leaves out though the resource has them: where it does, they are unknown.
    #[serde(default)]
    pub(crate) unknown_in_assets: Vec<AttrPath>,
    /// Attributes that are unknown where another one is there: by that one the answer says that it could not read them.
    #[serde(default)]
    pub(crate) unknown_with: BTreeMap<AttrPath, Vec<AttrPath>>,
    /// Whether Cloud Asset Inventory can be asked for the type. Where it has nothing of it, or not what the type is
    /// about (what is inherited, how much is in use now), the service itself is always asked.
    #[serde(default = "yes")]
    pub(crate) assets: bool,
    /// What Cloud Asset Inventory is asked for instead of the type's name: a regular expression (RE2) over the names of
    /// asset types, all of which are this type here.
    pub(crate) asset_types: Option<String>,
    /// How one tells what Google made by itself.
    #[serde(default)]
    pub(crate) provider_default: Vec<ProviderDefault>,
    /// A listing of parents that has to come first, such as the service accounts of keys.
    pub(crate) parents: Option<CallDef>,
    /// What is asked for by name, where the service has no list of it: `list` is made once for each.
    pub(crate) names: Option<NamesDef>,
    /// The listing. Without it the type is read through the official Cloud Storage client.
    pub(crate) list: Option<CallDef>,
    /// Calls for each resource, in order.
    #[serde(default)]
    pub(crate) each: Vec<CallDef>,
    /// Whether the IAM policy is an attribute of the type (`iamPolicy`). Without Asset Inventory one of `each` reads it.
    #[serde(default)]
    pub(crate) iam_policy: bool,
    /// How Terraform declares it.
    #[serde(default)]
    pub(crate) terraform: Vec<TerraformType>,
    /// What an attribute that is not there stands for, where that is not an empty value.
    #[serde(default)]
    pub(crate) defaults: BTreeMap<AttrPath, Value>,
}

/// What marks a resource as one that Google made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderDefault {
    /// Why one can tell: `default network`.
    pub(crate) reason: String,
    /// Globs over the text of attributes; all must match. `labels` and what is dropped can be named too.
    pub(crate) when: BTreeMap<AttrPath, String>,
}

/// What is asked for by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamesDef {
    /// The attribute that the name becomes; in the path of `list` it is `{parent.<attribute>}`.
    pub(crate) attribute: String,
    /// The names. An answer that is about one of them has it as the last segment of its own `name`.
    pub(crate) values: Vec<String>,
}

/// One call of a REST API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallDef {
    /// The method as the discovery document calls it, without the API's name: `instances.aggregatedList`.
    pub(crate) method: String,
    /// `GET` when left out; `POST` for the few reads that are posted.
    #[serde(default = "get")]
    pub(crate) http: String,
    /// The path, as a template: `{project}`; below `parents` the parent's attributes, `{parent.name}`; in `each` those
    /// of the resource. `{x}` is one segment, percent-encoded; `{+x}` may be several.
    pub(crate) path: String,
    /// Query parameters that are always sent.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    /// The body of a posted read.
    pub(crate) body: Option<toml::Table>,
    /// Where the lists of items stand in the answer; left out, the answer is the item.
    pub(crate) items: Option<AttrPath>,
    /// The parameter and the number of items asked for in a page: `["maxResults", 500]`.
    pub(crate) page_size: Option<(String, u32)>,
    /// The parameter that takes the page token, and where the next one stands in the answer:
    /// `["pageToken", "nextPageToken"]`. Left out, the call has no pages.
    pub(crate) page_token: Option<(String, AttrPath)>,
    /// Where the answer says that a part is missing: anything but nothing there, and a warning other than
    /// `NO_RESULTS_ON_PAGE`, makes the listing partial.
    #[serde(default)]
    pub(crate) partial: Vec<AttrPath>,
    /// The IAM permissions that it takes.
    pub(crate) permissions: Vec<String>,
    /// `each`: the attribute that takes the answer; left out, the answer replaces the resource.
    pub(crate) into: Option<String>,
    /// `each`: the attributes that are unknown when the call fails; `into` is always one of them.
    #[serde(default)]
    pub(crate) provides: Vec<AttrPath>,
}

fn name() -> AttrPath {
    AttrPath::key("name")
}

fn yes() -> bool {
    true
}

fn get() -> String {
    "GET".to_owned()
}

//! The tables: what each operation looks like on the wire. They are written
//! from AWS's public service models by `tools/sim_tables.py`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::account::ApiError;

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Form in, XML out, lists in `<member>`.
    Query,
    /// Form in, XML out, lists in `<item>`.
    Ec2,
    /// `X-Amz-Target` and JSON.
    Json,
    /// Method, path and JSON.
    RestJson,
    /// Method, path and XML.
    RestXml,
}

/// A service of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// As operations name it: `cloudcontrol`.
    pub id: String,
    /// How it speaks.
    pub protocol: Protocol,
    /// As the credential scope names it: `cloudcontrolapi`.
    pub signing: String,
    /// XML namespace of answers.
    #[serde(default)]
    pub namespace: String,
    /// JSON protocol version.
    #[serde(default)]
    pub json: String,
    /// What precedes `#Code` in JSON errors.
    #[serde(default)]
    pub errors: String,
    /// Whether errors also carry the code of the older query protocol.
    #[serde(default)]
    pub query_compatible: bool,
}

/// How an operation is paged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Input that continues.
    pub token_in: String,
    /// Input that sets the size of a page, where there is one.
    #[serde(default)]
    pub limit: Option<String>,
    /// Output that continues.
    pub token_out: String,
    /// Output that says whether there is more, where there is one.
    #[serde(default)]
    pub more: Option<String>,
    /// Size of a page when the caller names none.
    pub default: usize,
    /// Least size a caller may name.
    pub min: usize,
    /// Greatest size a caller may name.
    pub max: usize,
    /// Most records of a page whatever the caller names.
    pub cap: usize,
    /// Without a size there are no pages at all (SQS).
    #[serde(default)]
    pub needs_limit: bool,
}

/// How an operation selects records by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// Input with one name or a list of them.
    pub input: String,
    /// Fields of a record, any of which may be named.
    pub fields: Vec<String>,
    /// Names that select nothing come back in `failures` (ECS).
    #[serde(default)]
    pub failures: bool,
    /// The answer is the record itself.
    #[serde(default)]
    pub one: bool,
    /// What a name that selects nothing answers.
    #[serde(default)]
    pub missing: Option<Missing>,
}

/// Code, status and message of an error; `{key}`, `{type}` and `{account}` are filled in.
#[derive(Clone, Debug, Deserialize)]
pub struct Missing(pub String, pub u16, pub String);

impl Missing {
    pub(super) fn error(&self, account: &str, key: &str, kind: &str) -> ApiError {
        let message =
            self.2.replace("{key}", key).replace("{type}", kind).replace("{account}", account);
        ApiError::new(&self.0, self.1, message)
    }
}

/// An operation of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// `ec2:DescribeVolumes`
    pub id: String,
    /// Element around the answer: the result wrapper (query) or the root (S3).
    #[serde(default)]
    pub wrapper: String,
    /// The member that is the body as it stands.
    #[serde(default)]
    pub raw: Option<String>,
    /// Lists of the answer; they share one chain of pages.
    #[serde(default)]
    pub lists: Vec<String>,
    /// How it is paged, if it is.
    #[serde(default)]
    pub page: Option<Page>,
    /// XML list -> name of its items where not the protocol's own; empty where flattened.
    #[serde(default)]
    pub items: BTreeMap<String, String>,
    /// XML maps -> names of entry, key and value.
    #[serde(default)]
    pub maps: BTreeMap<String, [String; 3]>,
    /// Inputs without which a request is refused.
    #[serde(default)]
    pub required: Vec<String>,
    /// What it answers when the world has no data.
    #[serde(default)]
    pub missing: Option<Missing>,
    /// Answer when the world has no data, where AWS always answers.
    #[serde(default)]
    pub default: Option<Value>,
    /// How it selects records.
    #[serde(default)]
    pub by: Option<By>,
    /// IAM action, where not the id.
    #[serde(default)]
    pub action: Option<String>,
}

impl Operation {
    /// `ec2`
    pub fn service(&self) -> &'static Service {
        let name = self.id.split(':').next().unwrap_or_default();
        service(name).unwrap_or(&NOBODY)
    }

    /// `DescribeVolumes`
    pub fn name(&self) -> &str {
        self.id.split(':').nth(1).unwrap_or_default()
    }

    /// The IAM action that allows it.
    pub fn action(&self) -> &str {
        self.action.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Deserialize)]
struct Tables {
    services: Vec<Service>,
    operations: Vec<Operation>,
}

/// Names of services and routes far beyond those that are simulated.
#[derive(Deserialize)]
pub(super) struct Wire {
    /// `X-Amz-Target` prefix -> (service, signing name).
    pub(super) targets: HashMap<String, Vec<(String, String)>>,
    /// `Version` of a form -> (service, signing name).
    pub(super) versions: HashMap<String, Vec<(String, String)>>,
    routes: Vec<Vec<String>>,
}

/// One REST operation.
pub(super) struct Route {
    pub(super) service: String,
    /// As credential scopes name the service.
    pub(super) signing: String,
    pub(super) operation: String,
    pub(super) method: String,
    /// Segments: text, `{Label}` or `{Label+}`.
    pub(super) path: Vec<String>,
    /// Query names, with the value where that is fixed.
    pub(super) query: Vec<(String, Option<String>)>,
    /// A header that must be there.
    pub(super) header: Option<String>,
}

/// How a request is answered that belongs to no service of the table.
pub(super) static NOBODY: Service = Service {
    id: String::new(),
    protocol: Protocol::Json,
    signing: String::new(),
    namespace: String::new(),
    json: String::new(),
    errors: String::new(),
    query_compatible: false,
};

#[expect(clippy::expect_used, reason = "part of the program: every test shows a broken table")]
static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tables/operations.json")).expect("operations.json")
});

#[expect(clippy::expect_used, reason = "part of the program: every test shows a broken table")]
pub(super) static WIRE: LazyLock<Wire> =
    LazyLock::new(|| serde_json::from_str(include_str!("tables/wire.json")).expect("wire.json"));

pub(super) static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let route = |row: &Vec<String>| {
        let at = |i: usize| row.get(i).cloned().unwrap_or_default();
        let uri = at(3);
        let (path, query) = uri.split_once('?').unwrap_or((&uri, ""));
        Route {
            signing: service(&at(0)).map_or_else(|| at(0), |known| known.signing.clone()),
            service: at(0),
            operation: at(1),
            method: at(2),
            path: segments(path).map(str::to_owned).collect(),
            query: query
                .split('&')
                .filter(|q| !q.is_empty())
                .map(|q| match q.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (q.to_owned(), None),
                })
                .collect(),
            header: row.get(4).cloned(),
        }
    };
    WIRE.routes.iter().map(route).collect()
});

static BY_ID: LazyLock<HashMap<&'static str, &'static Operation>> =
    LazyLock::new(|| TABLES.operations.iter().map(|op| (op.id.as_str(), op)).collect());

/// The parts of a path between slashes, without a leading or trailing empty one.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').filter(move |_| !path.is_empty())
}

/// Every simulated operation.
pub fn operations() -> &'static [Operation] {
    &TABLES.operations
}

/// An operation by id, as in `ec2:DescribeVolumes`.
pub fn operation(id: &str) -> Option<&'static Operation> {
    BY_ID.get(id).copied()
}

/// A service by id.
pub fn service(id: &str) -> Option<&'static Service> {
    TABLES.services.iter().find(|s| s.id == id)
}

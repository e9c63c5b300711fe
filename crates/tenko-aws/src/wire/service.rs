//! Services and operations as data: what `services.toml` says, and what a type's file says of one call.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::endpoint::partition_of;

/// How a service wants its requests and writes its responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum Protocol {
    /// Form in, XML out (`IAM`, `RDS`, `SNS`, ...).
    #[serde(rename = "query")]
    Query,
    /// JSON both ways, the operation in a header.
    #[serde(rename = "json-1.0")]
    Json10,
    /// As 1.0 with another content type.
    #[serde(rename = "json-1.1")]
    Json11,
    /// The operation is a method and a path; JSON bodies.
    #[serde(rename = "rest-json")]
    RestJson,
    /// The operation is a method and a path; XML responses. Only operations without a request body.
    #[serde(rename = "rest-xml")]
    RestXml,
}

impl Protocol {
    pub(crate) fn is_rest(self) -> bool {
        matches!(self, Protocol::RestJson | Protocol::RestXml)
    }

    pub(crate) fn is_xml(self) -> bool {
        matches!(self, Protocol::Query | Protocol::RestXml)
    }
}

/// One service, as `services.toml` describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Service {
    /// The table's name: `iam`, `ecs`, ...
    #[serde(skip)]
    pub key: String,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// API version (query).
    pub version: Option<String>,
    /// What stands before the operation in `X-Amz-Target` (JSON).
    pub target_prefix: Option<String>,
    /// First part of the host name.
    pub endpoint_prefix: String,
    signing_name: Option<String>,
    iam_prefix: Option<String>,
    /// Whether the account's number stands before the host name.
    #[serde(default)]
    pub account_in_host: bool,
    /// Host by partition, for services that are not regional.
    #[serde(default)]
    pub global_host: BTreeMap<String, String>,
    /// What a global service signs for, by partition, where that is not the partition's global region.
    #[serde(default)]
    signing_region: BTreeMap<String, String>,
}

/// Where a request goes and what it is signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme and host, without a path.
    pub url: String,
    /// The region in the credential scope.
    pub signing_region: String,
}

impl Service {
    /// The service in the credential scope.
    pub fn signing_name(&self) -> &str {
        self.signing_name.as_deref().unwrap_or(&self.endpoint_prefix)
    }

    /// The service in IAM actions.
    pub fn iam_prefix(&self) -> &str {
        self.iam_prefix.as_deref().unwrap_or(&self.key)
    }

    /// Whether one endpoint serves all regions, so that an account's resources are read once and not per region.
    pub fn is_global(&self) -> bool {
        !self.global_host.is_empty()
    }

    /// The endpoint for an account and a region. `endpoint_url` replaces the host, never the signing region.
    ///
    /// `None` for a global service in a partition that it has no host in.
    pub fn endpoint(
        &self,
        account: &str,
        region: &str,
        endpoint_url: Option<&str>,
    ) -> Option<Endpoint> {
        let partition = partition_of(region);
        let (host, signing_region) = if self.is_global() {
            let signing = self.signing_region.get(partition.id).map(String::as_str);
            (
                self.global_host.get(partition.id)?.clone(),
                signing.unwrap_or(partition.global_region),
            )
        } else {
            let before = if self.account_in_host { format!("{account}.") } else { String::new() };
            let host =
                format!("{before}{}.{region}.{}", self.endpoint_prefix, partition.dns_suffix);
            (host, region)
        };
        let url = endpoint_url
            .map_or_else(|| format!("https://{host}"), |url| url.trim_end_matches('/').to_owned());
        Some(Endpoint { url, signing_region: signing_region.to_owned() })
    }
}

/// All services of `services.toml`, by key.
#[derive(Debug, Clone)]
pub struct Services(BTreeMap<String, Arc<Service>>);

impl Services {
    /// The services that tenko ships with.
    ///
    /// # Errors
    /// When the file that is built in does not parse; a test keeps this from happening.
    pub fn embedded() -> Result<Self, toml::de::Error> {
        Self::parse(include_str!("../../services.toml"))
    }

    /// Reads the text of a `services.toml`.
    ///
    /// # Errors
    /// When it isn't TOML of this form.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let services: BTreeMap<String, Service> = toml::from_str(text)?;
        Ok(Services(
            services
                .into_iter()
                .map(|(key, mut service)| {
                    service.key.clone_from(&key);
                    (key, Arc::new(service))
                })
                .collect(),
        ))
    }

    /// One service by its key.
    pub fn get(&self, key: &str) -> Option<&Arc<Service>> {
        self.0.get(key)
    }

    /// All services, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.0.values()
    }
}

/// Everything the client has to know of one operation to call it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WireOperation {
    /// Whose operation it is.
    pub service: Arc<Service>,
    /// The operation's name in the public model, such as `ListRoles`.
    pub name: String,
    /// REST only: `GET` unless said otherwise.
    pub method: String,
    /// REST only: the path with `{Member}` for input members, such as `/2017-03-31/tags/{Resource}`. What stands
    /// after a `?` is sent as it is. Of a `GET`, input members that the path doesn't use go to the query string; of
    /// others they are the JSON body.
    pub uri: String,
    /// REST only: the header that takes an input member, by the member. Such a member stands nowhere else.
    pub headers: BTreeMap<String, String>,
    /// XML only: names of elements that hold a list, whatever their children are called. Children called `member`
    /// make their parent a list without being named here.
    pub lists: Vec<String>,
    /// The IAM action that the call needs, such as `iam:ListRoles`.
    pub iam_action: String,
    /// IAM actions that it needs beside that one.
    pub also: Vec<String>,
    /// Whether an answer without a body is an empty one.
    pub may_be_empty: bool,
}

impl WireOperation {
    /// An operation of a service that isn't REST, or the start of one that is.
    pub fn new(service: Arc<Service>, name: &str) -> Self {
        WireOperation {
            iam_action: format!("{}:{name}", service.iam_prefix()),
            service,
            name: name.to_owned(),
            method: "GET".to_owned(),
            uri: "/".to_owned(),
            headers: BTreeMap::new(),
            lists: Vec::new(),
            also: Vec::new(),
            may_be_empty: false,
        }
    }

    /// Every IAM action that the call needs.
    pub fn iam_actions(&self) -> impl Iterator<Item = &str> {
        [self.iam_action.as_str()].into_iter().chain(self.also.iter().map(String::as_str))
    }
}

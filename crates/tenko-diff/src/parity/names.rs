//! What an environment's own names, ids and addresses are, so that they can be taken out of what
//! is compared.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;
use tenko_core::Resource;

use super::versions;
use crate::elsewhere::is_unique;
use crate::owners::Owned;

/// Words that people use for one and the same stage.
const STAGES: [&[&str]; 6] = [
    &["production", "prod", "prd", "live"],
    &["staging", "stage", "stg"],
    &["development", "develop", "dev"],
    &["test", "testing", "tst"],
    &["sandbox", "sbx"],
    &["preview", "preprod", "preproduction"],
];

/// Attributes that hold further names of a resource.
const NAMES: [&str; 3] = ["Arn", "selfLink", "TopicArn"];

/// What one environment calls things.
pub(super) struct Names<'a> {
    /// Words in lower case with what stands in their place, the longest first.
    words: Vec<(String, &'static str)>,
    /// Ids of the environment's own resources, with what stands in their place.
    ids: HashMap<&'a str, String>,
    /// The addresses of its own networks.
    networks: Vec<IpNet>,
    /// The role of each of its resources.
    pub(super) roles: Vec<(&'a Resource, Option<String>)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        owned: &Owned<'_>,
        resources: &[&'a Resource],
        addresses: &HashMap<&str, &str>,
    ) -> Self {
        let mut names = Self {
            words: words(owned, resources),
            ids: HashMap::new(),
            networks: vec![],
            roles: vec![],
        };
        names.roles =
            resources.iter().map(|resource| (*resource, names.role(resource, addresses))).collect();
        for (resource, role) in &names.roles {
            let resource_type = resource.key.resource_type.as_str();
            let kind = resource_type.rsplit([':', '/']).next().unwrap_or(resource_type);
            let label = match role {
                Some(role) => format!("{{{kind} {role}}}"),
                None => format!("{{{kind}}}"),
            };
            let id = resource.key.id.as_str();
            if is_unique(resource_type, id) || id.starts_with("projects/") {
                names.ids.insert(id, label);
            }
        }
        names.networks = resources.iter().flat_map(|resource| networks(resource)).collect();
        names
    }

    /// The name without what the environment is called; else the address in its code.
    fn role(&self, resource: &Resource, addresses: &HashMap<&str, &str>) -> Option<String> {
        let key = &resource.key;
        let own = || (!is_unique(key.resource_type.as_str(), &key.id)).then_some(key.id.as_str());
        let address = || addresses.get(key.id.as_str()).copied();
        let named = resource.name.as_deref().or_else(own).map(|name| {
            // A revision is not what the thing is called.
            let revision = versions::revision(key.resource_type.as_str(), name);
            let name = match name.rsplit_once(':') {
                Some((head, _)) if revision.is_some() => head,
                _ => name,
            };
            // Of a path or ARN the last part; the parts before say where it is.
            if name.starts_with("arn:") || name.starts_with("projects/") {
                name.rsplit(['/', ':']).next().unwrap_or(name)
            } else {
                name
            }
        });
        let name = named.filter(|name| !is_random(name)).or_else(address)?;
        Some(self.without_words(without_suffix(name)).into_owned())
    }

    /// The value with placeholders for what must differ.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(map) => {
                let entries = map.iter().map(|(k, v)| (self.text(k).into_owned(), self.value(v)));
                Value::Object(entries.collect())
            }
            other => other.clone(),
        }
    }

    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if let Some(label) = self.ids.get(text) {
            return Cow::Owned(label.clone());
        }
        if let Some(address) = self.address(text) {
            return Cow::Owned(address);
        }
        let is_border = |c: char| matches!(c, '/' | ':' | ',' | ' ' | '"' | '\'' | '|');
        let mut out = String::new();
        let mut changed = false;
        for part in text.split_inclusive(is_border) {
            let token = part.trim_end_matches(is_border);
            match self.ids.get(token) {
                Some(label) if !token.is_empty() => {
                    out.push_str(label);
                    out.push_str(part.strip_prefix(token).unwrap_or_default());
                    changed = true;
                }
                _ => out.push_str(part),
            }
        }
        if changed {
            return Cow::Owned(self.without_words(&out).into_owned());
        }
        self.without_words(text)
    }

    /// An address inside of the environment's networks, relative to them.
    fn address(&self, text: &str) -> Option<String> {
        if !text.starts_with(|c: char| c.is_ascii_hexdigit()) {
            return None;
        }
        let (address, length) = match text.parse::<IpNet>() {
            Ok(net) => (net.network(), Some(net.prefix_len())),
            Err(_) => (text.parse::<IpAddr>().ok()?, None),
        };
        let inside = self.networks.iter().any(|network| {
            network.contains(&address) && length.is_none_or(|l| l >= network.prefix_len())
        });
        inside.then(|| match length {
            Some(length) => format!("{{network}}/{length}"),
            None => "{network}".to_owned(),
        })
    }

    fn without_words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = String::new();
        let mut copied = 0;
        let mut at = 0;
        let mut before = None::<char>;
        while let Some(rest) = text.get(at..) {
            let Some(first) = rest.chars().next() else { break };
            if before.is_none_or(|c| !c.is_alphanumeric())
                && let Some((length, placeholder)) = self.word_at(rest)
            {
                out.push_str(text.get(copied..at).unwrap_or_default());
                out.push_str(placeholder);
                at += length;
                copied = at;
                before = Some('}');
                continue;
            }
            before = Some(first);
            at += first.len_utf8();
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// The word that the text begins with, as a whole word. A region may be followed by the letter
    /// of a zone.
    fn word_at(&self, text: &str) -> Option<(usize, &'static str)> {
        self.words.iter().find_map(|(word, placeholder)| {
            let head = text.get(..word.len())?;
            if !head.eq_ignore_ascii_case(word) {
                return None;
            }
            let mut after = text.get(word.len()..)?.chars();
            let next = after.next();
            let is_end = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            let is_zone = *placeholder == "{region}"
                && next.is_some_and(|c| c.is_ascii_lowercase())
                && is_end(after.next());
            (is_end(next) || is_zone).then_some((word.len(), *placeholder))
        })
    }
}

fn words(owned: &Owned<'_>, resources: &[&Resource]) -> Vec<(String, &'static str)> {
    let environment = owned.environment;
    let mut stages: BTreeSet<&str> = [environment.name.as_str()].into();
    stages.extend(environment.stage.as_deref());
    let families: Vec<_> = STAGES
        .iter()
        .filter(|family| stages.iter().any(|s| family.iter().any(|w| s.eq_ignore_ascii_case(w))))
        .collect();
    stages.extend(families.into_iter().flat_map(|family| family.iter().copied()));
    let scopes: BTreeSet<&str> = owned.scopes.iter().map(|scope| scope.id.as_str()).collect();
    let numbers: Vec<String> = resources.iter().filter_map(|r| project_number(r)).collect();
    let regions: BTreeSet<&str> = resources
        .iter()
        .filter_map(|resource| resource.key.region.as_region())
        .map(|region| region.as_str())
        .collect();
    let tenant = [owned.tenant.id.as_str(), owned.tenant.name.as_str()];
    let mut words: Vec<_> = scopes
        .into_iter()
        .chain(numbers.iter().map(String::as_str))
        .map(|word| (word, "{account}"))
        .chain(tenant.into_iter().map(|word| (word, "{tenant}")))
        .chain(stages.into_iter().map(|word| (word, "{environment}")))
        .chain(regions.into_iter().map(|word| (word, "{region}")))
        // One letter is a word of too many things.
        .filter(|(word, _)| word.len() > 1)
        .map(|(word, placeholder)| (word.to_lowercase(), placeholder))
        .collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words
}

/// The number by which a project is known beside its id.
fn project_number(resource: &Resource) -> Option<String> {
    let own = resource.key.resource_type.as_str() == "cloudresourcemanager.googleapis.com/Project";
    let value = own.then(|| resource.attributes.to_value())?;
    value.get("projectNumber")?.as_str().map(ToOwned::to_owned)
}

/// Names that CloudFormation and Terraform make unique end with something of their own.
fn without_suffix(name: &str) -> &str {
    let Some((head, tail)) = name.rsplit_once('-') else { return name };
    let cloudformation = matches!(tail.len(), 12 | 13)
        && tail.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && tail.contains(|c: char| c.is_ascii_digit());
    let terraform = tail.len() == 26 && tail.chars().all(|c| c.is_ascii_hexdigit());
    if cloudformation || terraform { head } else { name }
}

/// A key that a provider made up, such as that of a service account's key.
fn is_random(name: &str) -> bool {
    name.len() >= 32 && name.chars().all(|c| c.is_ascii_hexdigit())
}

/// The address ranges of a network or subnet, and the addresses that were given to something.
fn networks(resource: &Resource) -> Vec<IpNet> {
    let held: &[&str] = match resource.key.resource_type.as_str() {
        "AWS::EC2::VPC" => &["CidrBlock"],
        "AWS::EC2::EIP" => &["PublicIp", "PrivateIpAddress"],
        "AWS::EC2::Instance" => &["PrivateIpAddress", "PublicIpAddress"],
        "compute.googleapis.com/Subnetwork" => &["ipCidrRange", "gatewayAddress"],
        "compute.googleapis.com/Address" => &["address"],
        _ => return Vec::new(),
    };
    let value = resource.attributes.to_value();
    let texts = held.iter().filter_map(|path| value.get(*path).and_then(Value::as_str));
    let parse =
        |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    texts.filter_map(parse).collect()
}

/// The further names of a resource, as its attributes have them.
pub(super) fn is_name(path: &str) -> bool {
    NAMES.contains(&path)
}

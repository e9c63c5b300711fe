//! A request's method and what it says, out of its path and query.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::methods::{ANY_WRITE, Method, methods};
use super::refusal::{self, Refusal};

/// A request whose method is known.
pub(super) struct Request {
    pub(super) method: &'static Method,
    /// Variable parts of the path.
    pub(super) path: BTreeMap<&'static str, String>,
    /// Parameters in their order.
    pub(super) query: Vec<(String, String)>,
    /// The body, where it is JSON.
    pub(super) body: Value,
}

impl Request {
    /// A REST request; `None` where no method has its path.
    pub(super) fn of_rest(post: bool, uri: &http::Uri, body: &[u8]) -> Option<Self> {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let mut rows = methods().filter(|row| row.post == post);
        let (method, path) = rows.find_map(|row| Some((row, parts(row.path, uri.path())?)))?;
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            // A plus is a blank in a query.
            .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
            .collect();
        let body = serde_json::from_slice(body).unwrap_or_default();
        Some(Self { method, path, query, body })
    }

    /// A request that would change something, whatever it is.
    pub(super) fn of_write() -> Self {
        let (path, query) = (BTreeMap::new(), Vec::new());
        Self { method: &ANY_WRITE, path, query, body: Value::Null }
    }

    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// The token of the page that is asked for.
    pub(super) fn token(&self) -> Option<&str> {
        self.one(self.method.page?.token)
    }

    /// The asset types that it lists.
    pub(super) fn asset_types(&self) -> Vec<String> {
        let asked = self.query.iter().filter(|(n, _)| n == "assetTypes").map(|(_, v)| v.clone());
        asked.chain(self.method.types.iter().map(|&name| name.to_owned())).collect()
    }

    /// Values of the path and of all parameters.
    pub(super) fn values(&self) -> Vec<String> {
        self.path.values().cloned().chain(self.query.iter().map(|(_, v)| v.clone())).collect()
    }

    /// Refuses a parameter that the method does not have.
    pub(super) fn check_parameters(&self) -> Result<(), Refusal> {
        const ALWAYS: [&str; 10] = [
            "$alt",
            "$prettyPrint",
            "access_token",
            "alt",
            "callback",
            "fields",
            "key",
            "prettyPrint",
            "quotaUser",
            "userIp",
        ];
        let Some(own) = self.method.parameters else { return Ok(()) };
        let page = self.method.page.map(|page| [page.size, page.token]).unwrap_or_default();
        let known =
            |name: &str| ALWAYS.contains(&name) || own.contains(&name) || page.contains(&name);
        match self.query.iter().find(|(name, _)| !known(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message."
                );
                Err(refusal::invalid(self.method, message))
            }
        }
    }
}

/// The variable parts of a path that fits a template.
fn parts(template: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut found = BTreeMap::new();
    let (mut wanted, mut is) = (template.split('/'), path.split('/'));
    loop {
        let (want, segment) = match (wanted.next(), is.next()) {
            (None, None) => return Some(found),
            (Some(want), Some(segment)) => (want, segment),
            _ => return None,
        };
        let Some((name, verb)) = want.strip_prefix('{').and_then(|w| w.split_once('}')) else {
            if want != segment {
                return None;
            }
            continue;
        };
        let value = segment.strip_suffix(verb).filter(|value| !value.is_empty())?;
        // A verb is none of the name's own letters.
        if verb.is_empty() && value.contains(":getIamPolicy") {
            return None;
        }
        found.insert(name, percent_decode_str(value).decode_utf8_lossy().into_owned());
    }
}

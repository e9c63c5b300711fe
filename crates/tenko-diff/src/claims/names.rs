//! What a live resource is called beside its native id.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use tenko_core::Resource;

/// The resource's own ARN or self link: `Arn`, `TopicArn` of a topic, `selfLink`. Every other
/// attribute that holds an ARN names some other resource.
pub(super) fn own(resource: &Resource) -> Vec<String> {
    let json = resource.attributes.as_json();
    if !json.contains(":\"arn:") && !json.contains("/projects/") && !json.contains("\"projects/") {
        return Vec::new();
    }
    let resource_type = resource.key.resource_type.as_str();
    let kind = resource_type.rsplit([':', '/']).next().unwrap_or(resource_type);
    serde_json::Deserializer::from_str(json)
        .deserialize_map(Names { kind, found: Vec::new() })
        .unwrap_or_default()
}

/// Reads the names and skips everything else unbuilt.
struct Names<'t> {
    kind: &'t str,
    found: Vec<String>,
}

impl Names<'_> {
    fn is_own(&self, key: &str) -> bool {
        match key {
            "Arn" | "ARN" | "arn" | "selfLink" | "name" => true,
            _ => key
                .strip_suffix("Arn")
                .or(key.strip_suffix("ARN"))
                .is_some_and(|what| self.kind.ends_with(what)),
        }
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Vec<String>, A::Error> {
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if self.is_own(&key) {
                if let Value::String(text) = map.next_value()? {
                    self.found.push(text);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(self.found)
    }
}

//! Sensitive values are replaced at the moment of collection; a keyed digest still shows change.

use std::fmt;

use serde_json::Value;

use crate::attributes::canonical_json;
use crate::path::AttrPath;

/// What a redacted value starts with; 32 hexadecimal digits follow.
pub const REDACTED_PREFIX: &str = "redacted:";

/// Replaces sensitive values by a keyed BLAKE3 digest. The same key shows whether a value changed
/// between two runs; without the key a short secret cannot be guessed from its digest.
#[derive(Clone)]
pub struct Redactor([u8; 32]);

impl Redactor {
    /// A redactor with this key. Keep one key per history: another key makes every redacted
    /// value look changed.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The stand-in for a value.
    pub fn redact(&self, value: &Value) -> Value {
        // Too deep a value gets the digest of nothing: it is hidden all the same.
        let text = canonical_json(value).unwrap_or_default();
        let hash = blake3::keyed_hash(&self.0, text.as_bytes());
        Value::from(format!("{REDACTED_PREFIX}{}", &hash.to_hex()[..32]))
    }

    /// Redacts whatever stands at the given paths.
    pub fn apply(&self, value: &mut Value, paths: &[AttrPath]) {
        for path in paths {
            path.visit_mut(value, &mut |found| {
                if !found.is_null() {
                    *found = self.redact(found);
                }
            });
        }
    }

    /// Hides every text that stands at or below a property whose name speaks of a secret: for types
    /// of which nobody said what is sensitive. Too much hidden is no loss, for a digest still shows
    /// change; too little would be one.
    pub fn apply_by_name(&self, value: &mut Value) {
        by_name(value, self);
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(..)")
    }
}

/// Parts of a property's name, in lower case, behind which text is hidden.
const NAMES: [&str; 13] = [
    "accesskey",
    "apikey",
    "authtoken",
    "certificatebody",
    "connectionstring",
    "credential",
    "environmentvariables",
    "passphrase",
    "password",
    "privatekey",
    "secret",
    "token",
    "userdata",
];

/// Names that mean one thing only as a whole: `Environment` of a container, not `EnvironmentId`.
const WHOLE_NAMES: [&str; 2] = ["environment", "variables"];

fn by_name(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Object(map) => {
            for (key, item) in map {
                if is_telling(key) {
                    texts(item, redactor);
                } else {
                    by_name(item, redactor);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| by_name(item, redactor)),
        _ => {}
    }
}

fn is_telling(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    WHOLE_NAMES.contains(&plain.as_str()) || NAMES.iter().any(|name| plain.contains(name))
}

fn texts(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|item| texts(item, redactor)),
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, redactor)),
        Value::String(_) => *value = redactor.redact(value),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_value_is_gone_and_change_is_seen() {
        let redactor = Redactor::new([7; 32]);
        let mut value = json!({"Environment": {"Variables": {"A": "s3cret", "B": "other"}}});
        redactor.apply(&mut value, &["Environment.Variables.*".parse().unwrap()]);
        let text = value.to_string();
        assert!(!text.contains("s3cret") && !text.contains("other"), "{text}");
        assert_ne!(redactor.redact(&json!("a")), redactor.redact(&json!("b")));
        assert_ne!(redactor.redact(&json!("a")), Redactor::new([8; 32]).redact(&json!("a")));
    }

    #[test]
    fn texts_behind_telling_names_are_hidden_and_nothing_else() {
        let mut value = json!({
            "Name": "api", "Port": 5432, "EnvironmentId": "e-1",
            "MasterUserPassword": "canary-1",
            "api_key": "canary-2",
            "Deep": [{"Environment": [{"Name": "A", "Value": "canary-3"}]}],
            "SecretRotation": true,
        });
        Redactor::new([1; 32]).apply_by_name(&mut value);
        let text = value.to_string();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(value["Name"], "api");
        assert_eq!(value["EnvironmentId"], "e-1");
        assert_eq!(value["SecretRotation"], true);
        assert!(value["api_key"].as_str().unwrap().starts_with(REDACTED_PREFIX));
    }
}

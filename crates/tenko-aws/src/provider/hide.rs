//! Secrets in types that nobody described: what is read through Cloud Control has no list of
//! sensitive attributes, so the names decide. Too much hidden is no loss, for a digest still shows
//! change; too little would be one.

use serde_json::Value;
use tenko_core::Redactor;

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

/// Hides every text that stands at or below a property whose name speaks of a secret.
pub(super) fn by_name(value: &mut Value, redactor: &Redactor) {
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
    use tenko_core::REDACTED_PREFIX;

    use super::*;

    #[test]
    fn texts_behind_telling_names_are_hidden_and_nothing_else() {
        let mut value = json!({
            "Name": "api", "Port": 5432, "EnvironmentId": "e-1",
            "MasterUserPassword": "canary-1",
            "api_key": "canary-2",
            "Deep": [{"Environment": [{"Name": "A", "Value": "canary-3"}]}],
            "SecretRotation": true,
        });
        by_name(&mut value, &Redactor::new([1; 32]));
        let text = value.to_string();
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(value["Name"], "api");
        assert_eq!(value["EnvironmentId"], "e-1");
        assert_eq!(value["SecretRotation"], true);
        assert!(value["api_key"].as_str().unwrap().starts_with(REDACTED_PREFIX));
    }
}

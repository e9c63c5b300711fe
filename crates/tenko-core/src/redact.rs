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
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(..)")
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
}

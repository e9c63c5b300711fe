//! Attributes in canonical form, so that equality is a digest compare.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use thiserror::Error;

use crate::canonical::{self, Canonical};
use crate::path::AttrPath;

/// The deepest nesting that attributes may have. `serde_json` reads no deeper either, so
/// what is written can be read back.
pub const MAX_DEPTH: usize = 120;

/// Attributes are nested deeper than [`MAX_DEPTH`].
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("attributes are nested deeper than {MAX_DEPTH} levels")]
pub struct TooDeep;

/// The first 128 bits of BLAKE3 over canonical JSON. Written as 32 hexadecimal digits.
///
/// BLAKE3 and not a fast hash: whoever writes a tag could forge a collision of the latter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut out = [0; 16];
        out.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        Self(out)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The attributes of one resource as canonical JSON text: an object whose keys are sorted,
/// without nulls in objects, with whole numbers written as integers.
#[derive(Clone, PartialEq, Eq)]
pub struct Attributes(Arc<str>);

impl Attributes {
    /// Brings a value into canonical form. Anything but an object becomes `{}`.
    ///
    /// # Errors
    /// [`TooDeep`] when the value is nested deeper than [`MAX_DEPTH`].
    pub fn new(value: &Value) -> Result<Self, TooDeep> {
        if value.is_object() {
            Ok(Self(Arc::from(canonical_json(value)?)))
        } else {
            Ok(Self::default())
        }
    }

    /// What was written as canonical JSON of an object.
    pub(crate) fn of_canonical(text: Vec<u8>) -> Self {
        Self(Arc::from(text_of(text)))
    }

    /// The canonical JSON text.
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// The attributes as a value, parsed anew at each call.
    pub fn to_value(&self) -> Value {
        // The text was written by `canonical_json`, or was parsed when it was read.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl Default for Attributes {
    fn default() -> Self {
        Self(Arc::from("{}"))
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut out = Vec::with_capacity(1024);
        Canonical { out: &mut out, depth: 0 }.deserialize(deserializer)?;
        if out.first() == Some(&b'{') { Ok(Self::of_canonical(out)) } else { Ok(Self::default()) }
    }
}

/// Writes a value as canonical JSON: sorted keys, no nulls in objects, `1.0` as `1`.
///
/// # Errors
/// [`TooDeep`] when the value is nested deeper than [`MAX_DEPTH`].
pub fn canonical_json(value: &Value) -> Result<String, TooDeep> {
    let mut out = Vec::new();
    canonical::write(value, 0, &mut out)?;
    Ok(text_of(out))
}

/// What was written is UTF-8: text in, text out.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// Sorts the arrays that `sets` names, by the canonical form of their elements.
///
/// # Errors
/// [`TooDeep`] when an element is nested deeper than [`MAX_DEPTH`].
pub(crate) fn sort_sets(value: &mut Value, sets: &[AttrPath]) -> Result<(), TooDeep> {
    let mut deep = false;
    for path in sets {
        path.visit_mut(value, &mut |found| {
            if let Value::Array(items) = found
                && items.len() > 1
            {
                match items.iter().map(canonical_json).collect::<Result<Vec<_>, _>>() {
                    Ok(keys) => {
                        let mut keyed: Vec<_> = keys.into_iter().zip(items.drain(..)).collect();
                        keyed.sort_by(|a, b| a.0.cmp(&b.0));
                        items.extend(keyed.into_iter().map(|(_, item)| item));
                    }
                    Err(TooDeep) => deep = true,
                }
            }
        });
    }
    if deep { Err(TooDeep) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn key_order_number_form_and_nulls_do_not_matter() {
        let a = Attributes::new(&json!({"b": 1.0, "a": [true, null], "c": null})).unwrap();
        let b = Attributes::new(&json!({"a": [true, null], "b": 1})).unwrap();
        assert_eq!(a, b);
        assert_eq!(a.as_json(), r#"{"a":[true,null],"b":1}"#);
    }

    #[test]
    fn negative_numbers_keep_their_sign() {
        assert_eq!(canonical_json(&json!([-0.0, -0.5, -10.0])).unwrap(), "[0,-0.5,-10]");
    }

    #[test]
    fn too_deep_is_an_error_and_not_a_crash() {
        let mut value = json!(1);
        for _ in 0..=MAX_DEPTH {
            value = json!([value]);
        }
        assert_eq!(canonical_json(&value), Err(TooDeep));
    }

    #[test]
    fn sets_are_sorted_where_the_path_says_so() {
        let mut value = json!({"S": [{"x": ["b", "a"]}], "L": [2, 1]});
        sort_sets(&mut value, &["S.*.x".parse().unwrap()]).unwrap();
        assert_eq!(value, json!({"S": [{"x": ["a", "b"]}], "L": [2, 1]}));
    }
}

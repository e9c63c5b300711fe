//! Attributes in canonical form, so that equality is a digest compare.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};
use thiserror::Error;

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
        let value = Value::deserialize(deserializer)?;
        Self::new(&value).map_err(serde::de::Error::custom)
    }
}

/// Writes a value as canonical JSON: sorted keys, no nulls in objects, `1.0` as `1`.
///
/// # Errors
/// [`TooDeep`] when the value is nested deeper than [`MAX_DEPTH`].
pub fn canonical_json(value: &Value) -> Result<String, TooDeep> {
    let mut out = String::new();
    write_canonical(value, 0, &mut out)?;
    Ok(out)
}

fn write_canonical(value: &Value, depth: usize, out: &mut String) -> Result<(), TooDeep> {
    if depth > MAX_DEPTH {
        return Err(TooDeep);
    }
    match value {
        Value::Object(map) => {
            // Sorted here and not left to the map: some crate in the build may turn on
            // serde_json's `preserve_order`.
            let mut entries: Vec<_> = map.iter().filter(|(_, v)| !v.is_null()).collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (i, (key, item)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(item, depth + 1, out)?;
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, depth + 1, out)?;
            }
            out.push(']');
        }
        Value::Number(number) => out.push_str(&canonical_number(number)),
        other => out.push_str(&other.to_string()),
    }
    Ok(())
}

fn canonical_number(number: &Number) -> String {
    // Above 2^53 a float no longer names one integer, so it is left as it came.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
            if float == 0.0 { "0".to_owned() } else { format!("{float:.0}") }
        }
        _ => number.to_string(),
    }
}

/// Sorts the arrays that `sets` names, by the canonical form of their elements.
///
/// # Errors
/// [`TooDeep`] when an element is nested deeper than [`MAX_DEPTH`].
pub(crate) fn sort_sets(value: &mut Value, sets: &[AttrPath]) -> Result<(), TooDeep> {
    let mut deep = false;
    for path in sets {
        path.visit_mut(value, &mut |found| {
            if let Value::Array(items) = found {
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

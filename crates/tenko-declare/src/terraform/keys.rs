//! Which attributes of an instance are looked at: the others are not kept while it is read.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tenko_jq::Expr;

use super::mapping::{Compiled, Mapping};

/// What is looked at without a mapping, by the modules `infer` and `instance`.
const ALWAYS: [&str; 14] = [
    "id",
    "arn",
    "self_link",
    "owner_id",
    "account_id",
    "project",
    "region",
    "availability_zone",
    "zone",
    "location",
    "tags",
    "tags_all",
    "labels",
    "effective_labels",
];

/// The attributes that the mappings of a type look at.
#[derive(Debug)]
pub(super) enum Wanted {
    All,
    These(HashSet<Box<str>>),
}

impl Wanted {
    /// What all of these look at together.
    pub(super) fn by(mappings: &[Mapping]) -> Self {
        let mut keys: HashSet<Box<str>> = ALWAYS.into_iter().map(Box::from).collect();
        for mapping in mappings {
            let Ok(compiled) = mapping.compiled() else { return Self::All };
            for expr in expressions(compiled) {
                let Some(named) = expr.keys() else { return Self::All };
                keys.extend(named.iter().map(|key| Box::from(key.as_str())));
            }
        }
        Self::These(keys)
    }

    fn has(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(keys) => keys.contains(key),
        }
    }
}

fn expressions(compiled: &Compiled) -> impl Iterator<Item = &Expr> {
    let Compiled { when, id, part_of, name, scope, region, tags, attributes, append, includes } =
        compiled;
    [when, id, part_of, name, scope, region, tags]
        .into_iter()
        .flatten()
        .chain(attributes.iter().chain(append).map(|(_, expr)| expr))
        .chain(includes.iter().map(|inclusion| &inclusion.items))
}

/// An instance of format 4.
#[derive(Default)]
pub(super) struct Object {
    pub(super) index_key: Value,
    pub(super) status: Option<String>,
    pub(super) deposed: Option<String>,
    pub(super) attributes: Value,
    /// What Terraform 0.12 kept of a state that 0.11 wrote, until the first refresh.
    pub(super) attributes_flat: Option<BTreeMap<String, Value>>,
    pub(super) sensitive_attributes: Option<Vec<Value>>,
}

/// Reads an instance, and of its attributes those that are wanted.
impl<'de> DeserializeSeed<'de> for &Wanted {
    type Value = Object;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Object, D::Error> {
        from.deserialize_map(InObject(self))
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    IndexKey,
    Status,
    Deposed,
    Attributes,
    AttributesFlat,
    SensitiveAttributes,
    #[serde(other)]
    Other,
}

struct InObject<'a>(&'a Wanted);

impl<'de> Visitor<'de> for InObject<'_> {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instance, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut out = Object::default();
        let mut seen = Vec::with_capacity(8);
        while let Some(field) = map.next_key::<Field>()? {
            if field != Field::Other {
                if seen.contains(&field) {
                    return Err(A::Error::custom("a field is there twice"));
                }
                seen.push(field);
            }
            match field {
                Field::IndexKey => out.index_key = map.next_value()?,
                Field::Status => out.status = map.next_value()?,
                Field::Deposed => out.deposed = map.next_value()?,
                Field::Attributes => out.attributes = map.next_value_seed(Attributes(self.0))?,
                Field::AttributesFlat => out.attributes_flat = map.next_value()?,
                Field::SensitiveAttributes => out.sensitive_attributes = map.next_value()?,
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(out)
    }
}

struct Attributes<'a>(&'a Wanted);

impl<'de> DeserializeSeed<'de> for Attributes<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        match self.0 {
            Wanted::All => Value::deserialize(from),
            Wanted::These(_) => from.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Attributes<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("attributes, which are an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(key) = map.next_key_seed(Key(self.0))? {
            match key {
                Some(key) => {
                    out.insert(key, map.next_value()?);
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(out))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    // No attributes at all, but that is for others to say: what counts is that it is no object.

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(Vec::new()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Value, E> {
        Ok(Value::Array(Vec::new()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Array(Vec::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Array(Vec::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Array(Vec::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Array(Vec::new()))
    }
}

/// A key, when it is wanted.
struct Key<'a>(&'a Wanted);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.has(key).then(|| key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_wanted_is_kept() {
        let wanted = Wanted::by(&[]);
        let read = |text: &str| {
            let mut from = serde_json::Deserializer::from_str(text);
            let object = (&wanted).deserialize(&mut from).map_err(|error| error.to_string())?;
            from.end().map_err(|error| error.to_string())?;
            Ok::<_, String>(object)
        };
        let text = r#"{"attributes": {"id": "a", "user_data": {"deep": [1]}, "tags": {"b": "c"}},
            "index_key": 3, "private": "x", "status": "tainted", "deposed": null}"#;
        let object = read(text).unwrap();
        assert_eq!(object.attributes, json!({"id": "a", "tags": {"b": "c"}}));
        assert_eq!((object.index_key, object.status), (json!(3), Some("tainted".to_owned())));
        assert_eq!(read(r#"{"attributes": null}"#).unwrap().attributes, Value::Null);
        for other in ["[1, {}]", "\"x\"", "true", "1", "-1", "1.5"] {
            let object = read(&format!(r#"{{"attributes": {other}}}"#)).unwrap();
            assert!(!object.attributes.is_object() && !object.attributes.is_null(), "{other}");
        }
        for wrong in ["[]", "7", r#"{"attributes": {"x": }}"#, r#"{"status": "a", "status": "b"}"#]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

//! A value inside JSON text, found without reading what stands beside it, and given as CEL has it.

use std::collections::HashMap;
use std::fmt;

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull};
use cel::common::types::{CelString, CelUInt};
use cel::common::value::Val;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use tenko_core::Segment;

use crate::hidden::{Hidden, is_hidden};

/// What was found at a path.
pub(crate) enum Found<'de> {
    /// The value, with how many parts it has.
    Value(Box<dyn Val + 'de>, Parts),
    /// It is there; its value was not asked for.
    Present,
    /// The step of this number is not there.
    Absent(usize),
    /// The step of this number goes into what has no members: text, a list.
    NoMembers(usize, &'static str),
    /// The value after so many steps is hidden.
    Hidden(usize),
}

/// What a value is made of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) count: u64,
    /// Whether one of them is hidden.
    pub(crate) hidden: bool,
}

/// Looks a path up.
pub(crate) fn find<'de>(json: &'de str, path: &[Segment], value: bool) -> Option<Found<'de>> {
    let mut reader = serde_json::Deserializer::from_str(json);
    Find { path, at: 0, value }.deserialize(&mut reader).ok()
}

struct Find<'p> {
    path: &'p [Segment],
    at: usize,
    value: bool,
}

impl<'p> Find<'p> {
    fn step(&self) -> Option<&'p Segment> {
        self.path.get(self.at)
    }

    fn next(&self) -> Self {
        Self { path: self.path, at: self.at + 1, value: self.value }
    }

    fn no_members<'de>(&self, what: &'static str) -> Found<'de> {
        Found::NoMembers(self.at, what)
    }
}

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Found<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Found<'de>, D::Error> {
        if self.step().is_some() {
            return reader.deserialize_any(self);
        }
        if !self.value {
            reader.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Found::Present);
        }
        let mut parts = Parts::default();
        let value = reader.deserialize_any(Build { parts: &mut parts, key: "" })?;
        Ok(match value.downcast_ref::<Hidden>() {
            Some(_) => Found::Hidden(self.at),
            None => Found::Value(value, parts),
        })
    }
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = None;
        let wanted = match self.step() {
            Some(Segment::Key(key)) => key.as_str(),
            _ => "",
        };
        let by_key = matches!(self.step(), Some(Segment::Key(_)));
        while let Some(same) = map.next_key_seed(Same(wanted))? {
            if same && by_key && found.is_none() {
                found = Some(map.next_value_seed(self.next())?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found.unwrap_or(Found::Absent(self.at)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Found<'de>, A::Error> {
        let Some(Segment::Index(wanted)) = self.step() else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.no_members("a list"));
        };
        for _ in 0..*wanted {
            if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(Found::Absent(self.at));
            }
        }
        let found = seq.next_element_seed(self.next())?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found.unwrap_or(Found::Absent(self.at)))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Found<'de>, E> {
        Ok(self.no_members("true or false"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Found<'de>, E> {
        Ok(self.no_members("a number"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Found<'de>, E> {
        Ok(self.no_members("a number"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Found<'de>, E> {
        Ok(self.no_members("a number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Found<'de>, E> {
        Ok(if is_hidden(value) { Found::Hidden(self.at) } else { self.no_members("text") })
    }

    fn visit_unit<E: Error>(self) -> Result<Found<'de>, E> {
        Ok(self.no_members("null"))
    }
}

/// Whether a key is this one, without a copy.
struct Same<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<bool, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Same<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// Makes a value, and counts its parts.
struct Build<'c> {
    parts: &'c mut Parts,
    /// What the value is called: the last key before it.
    key: &'c str,
}

impl<'de> DeserializeSeed<'de> for Build<'_> {
    type Value = Box<dyn Val + 'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build<'_> {
    type Value = Box<dyn Val + 'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.parts.count += 1;
        Ok(Box::new(CelBool::from(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.parts.count += 1;
        Ok(Box::new(CelInt::from(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.parts.count += 1;
        Ok(match i64::try_from(value) {
            Ok(value) => Box::new(CelInt::from(value)),
            Err(_) => Box::new(CelUInt::from(value)),
        })
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.parts.count += 1;
        Ok(Box::new(CelDouble::from(value)))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        if is_hidden(value) {
            return self.visit_str(value);
        }
        self.parts.count += 1;
        Ok(Box::new(CelString::from(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        self.parts.count += 1;
        if is_hidden(value) {
            self.parts.hidden = true;
            return Ok(Box::new(Hidden(self.key.to_owned())));
        }
        Ok(Box::new(CelString::from(value.to_owned())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        self.parts.count += 1;
        Ok(Box::new(CelNull))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        self.parts.count += 1;
        let mut items: Vec<Box<dyn Val + 'de>> = Vec::new();
        while let Some(item) = seq.next_element_seed(Build { parts: self.parts, key: self.key })? {
            items.push(item);
        }
        Ok(Box::new(CelList::from(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        self.parts.count += 1;
        let mut entries: HashMap<CelMapKey<'de>, Box<dyn Val + 'de>> = HashMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Build { parts: self.parts, key: &key })?;
            entries.insert(CelMapKey::from(key), value);
        }
        Ok(Box::new(CelMap::from(entries)))
    }
}

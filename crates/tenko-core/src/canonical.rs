//! Canonical JSON, from a value or straight from text: sorted keys, no nulls in objects, whole
//! numbers as integers. Every resource goes through here once when it is collected and once when it
//! is read back, so it is written for speed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::attributes::{MAX_DEPTH, TooDeep};
use crate::path::{AttrPath, Segment};

/// Appends a value in canonical form.
pub(crate) fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), TooDeep> {
    if depth > MAX_DEPTH {
        return Err(TooDeep);
    }
    match value {
        Value::Object(map) => return object(map, depth, out, &mut |_, _| {}),
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, depth + 1, out)?;
            }
            out.push(b']');
        }
        Value::String(string) => text(string, out),
        Value::Number(number) => self::number(number, out),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Null => out.extend_from_slice(b"null"),
    }
    Ok(())
}

/// Appends an object, and says of each entry where it begins and ends, and which it is.
fn object<'v>(
    map: &'v Map<String, Value>,
    depth: usize,
    out: &mut Vec<u8>,
    entry: &mut dyn FnMut(&'v String, Range<usize>),
) -> Result<(), TooDeep> {
    // Sorted here where the map is not: some crate in the build may turn on serde_json's
    // `preserve_order`.
    let mut sorted: Vec<(&String, &Value)> = Vec::new();
    let is_sorted = map.keys().is_sorted();
    if !is_sorted {
        sorted.extend(map);
        sorted.sort_unstable_by_key(|(key, _)| *key);
    }
    let as_it_is = map.iter().take(if is_sorted { usize::MAX } else { 0 });
    out.push(b'{');
    let mut first = true;
    for (key, item) in as_it_is.chain(sorted).filter(|(_, item)| !item.is_null()) {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        let begin = out.len();
        text(key, out);
        out.push(b':');
        write(item, depth + 1, out)?;
        entry(key, begin..out.len());
    }
    out.push(b'}');
    Ok(())
}

/// Attributes in canonical form twice: as they are kept, and as they are compared, with the tags
/// among them and without what is ignored. Most of it is the same, and is written once.
pub(crate) fn kept_and_compared(
    attributes: &Map<String, Value>,
    tags: &BTreeMap<String, String>,
    ignored: &[AttrPath],
) -> Result<(Vec<u8>, Vec<u8>), TooDeep> {
    let mut kept = Vec::with_capacity(1024);
    let mut entries = Vec::with_capacity(attributes.len());
    object(attributes, 0, &mut kept, &mut |key, range| entries.push((key.as_str(), range)))?;
    let mut compared = Vec::with_capacity(kept.len() + 32 + 32 * tags.len());
    compared.push(b'{');
    let mut tags = Some(tags);
    for (key, range) in entries {
        if key >= TAGS
            && let Some(tags) = tags.take()
        {
            compared_tags(tags, ignored, &mut compared)?;
        }
        if key == TAGS {
            continue;
        }
        let touched = ignored.iter().any(|path| match path.segments().first() {
            Some(Segment::Key(first)) => first == key,
            Some(Segment::Any) => true,
            Some(Segment::Index(_)) | None => false,
        });
        if !touched {
            compared.extend_from_slice(kept.get(range).unwrap_or_default());
            compared.push(b',');
        } else if let Some(value) = attributes.get(key) {
            without(ignored, key, value.clone(), &mut compared)?;
        }
    }
    if let Some(tags) = tags {
        compared_tags(tags, ignored, &mut compared)?;
    }
    // The comma behind the last entry.
    compared.pop_if(|last| *last == b',');
    compared.push(b'}');
    Ok((kept, compared))
}

/// Where tags stand among the attributes that are compared.
const TAGS: &str = "Tags";

fn compared_tags(
    tags: &BTreeMap<String, String>,
    ignored: &[AttrPath],
    out: &mut Vec<u8>,
) -> Result<(), TooDeep> {
    let as_value = || tags.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect();
    if !ignored.is_empty() {
        return without(ignored, TAGS, Value::Object(as_value()), out);
    }
    text(TAGS, out);
    out.extend_from_slice(b":{");
    for (n, (key, value)) in tags.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        text(key, out);
        out.push(b':');
        text(value, out);
    }
    out.extend_from_slice(b"},");
    Ok(())
}

/// Appends what is left of one entry, and a comma.
fn without(
    ignored: &[AttrPath],
    key: &str,
    value: Value,
    out: &mut Vec<u8>,
) -> Result<(), TooDeep> {
    let mut whole = Value::Object(Map::from_iter([(key.to_owned(), value)]));
    ignored.iter().for_each(|path| path.remove(&mut whole));
    if let Some(value) = whole.get(key).filter(|value| !value.is_null()) {
        text(key, out);
        out.push(b':');
        write(value, 1, out)?;
        out.push(b',');
    }
    Ok(())
}

/// A JSON string. Almost none has anything to escape.
fn text(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    // All bytes are looked at without a way out in between: that runs many at a time.
    if text.as_bytes().iter().fold(true, |all, byte| all & plain(byte)) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        json(&text, out);
    }
}

fn number(number: &Number, out: &mut Vec<u8>) {
    // Above 2^53 a float no longer names one integer, so it is left as it came.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
            json(&(float as i64), out);
        }
        _ => json(number, out),
    }
}

/// What always has a JSON form, into memory, which never fails.
fn json(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}

/// Reads any value and appends it in canonical form, without building it.
pub(crate) struct Canonical<'a> {
    pub(crate) out: &'a mut Vec<u8>,
    pub(crate) depth: usize,
}

impl Canonical<'_> {
    fn below(&mut self) -> Canonical<'_> {
        Canonical { out: self.out, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Canonical<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(D::Error::custom(TooDeep));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Canonical<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        json(&value, self.out);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        json(&value, self.out);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        match Number::from_f64(value) {
            Some(value) => number(&value, self.out),
            None => self.out.extend_from_slice(b"null"),
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        text(value, self.out);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.out.push(b'[');
        let begin = self.out.len();
        loop {
            let end = self.out.len();
            if end > begin {
                self.out.push(b',');
            }
            if items.next_element_seed(self.below())?.is_none() {
                self.out.truncate(end);
                self.out.push(b']');
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.out.push(b'{');
        let begin = self.out.len();
        // Each key with the place where its entry ends; entries stand one behind the other, each
        // with a comma at its end.
        let mut entries: Vec<(Cow<'de, str>, usize)> = Vec::new();
        let mut is_sorted = true;
        while let Some(Key(key)) = map.next_key()? {
            let start = self.out.len();
            is_sorted &= entries.last().is_none_or(|(last, _)| *last < key);
            text(&key, self.out);
            self.out.push(b':');
            let value = self.out.len();
            map.next_value_seed(self.below())?;
            if self.out.get(value..) == Some(b"null") {
                self.out.truncate(start);
                // A later null takes an earlier value of the same key away.
                if is_sorted {
                    continue;
                }
            } else {
                self.out.push(b',');
            }
            entries.push((key, self.out.len()));
        }
        if !is_sorted {
            self.sort(begin, entries);
        }
        if self.out.len() > begin {
            self.out.pop();
        }
        self.out.push(b'}');
        Ok(())
    }
}

impl Canonical<'_> {
    /// Brings the entries that stand from `begin` on into order. Of entries of one key the last
    /// counts.
    fn sort(&mut self, begin: usize, entries: Vec<(Cow<'_, str>, usize)>) {
        let mut start = begin;
        let mut ranges: Vec<_> = entries
            .into_iter()
            .map(|(key, end)| (key, std::mem::replace(&mut start, end)..end))
            .collect();
        ranges.sort_by(|a, b| a.0.cmp(&b.0));
        let mut sorted = Vec::with_capacity(self.out.len() - begin);
        for (at, (key, range)) in ranges.iter().enumerate() {
            if ranges.get(at + 1).is_none_or(|(next, _)| next != key) {
                sorted.extend_from_slice(self.out.get(range.clone()).unwrap_or_default());
            }
        }
        self.out.truncate(begin);
        self.out.extend_from_slice(&sorted);
    }
}

/// A key, borrowed where the input allows it.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::attributes::{Attributes, canonical_json};

    fn from_text(text: &str) -> Result<String, serde_json::Error> {
        let mut out = Vec::new();
        let mut reader = serde_json::Deserializer::from_str(text);
        Canonical { out: &mut out, depth: 0 }.deserialize(&mut reader)?;
        reader.end()?;
        Ok(String::from_utf8(out).unwrap())
    }

    /// A value as text, with its keys in any order, some twice, and with nulls.
    fn any_text() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|b| b.to_string()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<u64>().prop_map(|n| n.to_string()),
            (-1000_i32..1000).prop_map(|n| format!("{n}.0")),
            (-1000_i32..1000).prop_map(|n| format!("{n}e2")),
            any::<f32>().prop_map(|n| json!(n).to_string()),
            any::<String>().prop_map(|s| json!(s).to_string()),
        ];
        let key = prop_oneof!["[a-c]", any::<String>()];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            let entry = (key.clone(), inner.clone());
            prop_oneof![
                prop::collection::vec(inner, 0..5).prop_map(|v| format!("[{}]", v.join(" , "))),
                prop::collection::vec(entry, 0..6).prop_map(|entries| {
                    let entry = |(k, v): &(String, String)| format!("{} : {v}", json!(k));
                    let entries: Vec<_> = entries.iter().map(entry).collect();
                    format!("{{{}}}", entries.join(","))
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn text_and_value_come_to_the_same(text in any_text()) {
            let value: Value = serde_json::from_str(&text).unwrap();
            let canonical = canonical_json(&value).unwrap();
            prop_assert_eq!(&from_text(&text).unwrap(), &canonical);
            prop_assert_eq!(from_text(&canonical).unwrap(), canonical, "once is enough");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_compared_is_what_is_kept_with_tags_and_without_what_is_ignored(
            entries in prop::collection::vec(("[R-Va-c]|Tags", any_text()), 0..6),
            tags in prop::collection::btree_map("[a-c]", any::<String>(), 0..3),
            ignored in prop::collection::vec("([a-c]|Tags|[*])([.][a-c]|[.][*]|\\[0\\]){0,2}", 0..3),
        ) {
            let parse = |text: &String| serde_json::from_str::<Value>(text).unwrap();
            let map: Map<_, _> = entries.iter().map(|(k, text)| (k.clone(), parse(text))).collect();
            let ignored: Vec<AttrPath> = ignored.iter().map(|path| path.parse().unwrap()).collect();
            let (kept, compared) = kept_and_compared(&map, &tags, &ignored).unwrap();
            prop_assert_eq!(
                String::from_utf8(kept).unwrap(),
                canonical_json(&Value::Object(map.clone())).unwrap()
            );
            // The plain way.
            let mut whole = map;
            whole.retain(|_, value| !value.is_null());
            whole.insert(TAGS.to_owned(), json!(tags));
            let mut whole = Value::Object(whole);
            ignored.iter().for_each(|path| path.remove(&mut whole));
            prop_assert_eq!(String::from_utf8(compared).unwrap(), canonical_json(&whole).unwrap());
        }
    }

    #[test]
    fn depth_is_capped_alike() {
        for depth in [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1] {
            let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(from_text(&text).is_err(), canonical_json(&value).is_err(), "{depth}");
        }
    }

    #[test]
    fn attributes_are_an_object_or_nothing() {
        let read = |text: &str| serde_json::from_str::<Attributes>(text).unwrap();
        assert_eq!(read(r#"{"b":null,"a":1.0}"#).as_json(), r#"{"a":1}"#);
        for other in ["null", "[1]", "\"{}\"", "7"] {
            assert_eq!(read(other), Attributes::default());
        }
        // As a value, too, and not only from text.
        let value = json!({"b": 1, "a": {"d": null, "c": "\n"}});
        let attributes: Attributes = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(attributes, Attributes::new(&value).unwrap());
    }
}

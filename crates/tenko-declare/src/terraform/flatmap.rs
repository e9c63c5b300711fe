//! Terraform 0.11's flat attributes (`ingress.#`, `tags.Name`), made lists and maps again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Deeper nesting than any provider's schema has.
const MAX_DEPTH: usize = 32;

/// What 0.11 wrote for a value that was not known yet.
const UNKNOWN: &str = "74D93920-ED26-11E3-AC10-0800200C9A66";

/// The attributes as an object. All scalars stay text.
///
/// # Errors
/// When they are nested too deeply to be an instance's.
pub(super) fn expand(flat: &BTreeMap<String, Value>) -> Result<Value, &'static str> {
    let entries: Vec<_> = flat.iter().map(|(key, value)| (key.as_str(), value)).collect();
    object(&entries, 0)
}

type Entries<'a> = Vec<(&'a str, &'a Value)>;

fn object(entries: &[(&str, &Value)], depth: usize) -> Result<Value, &'static str> {
    if depth > MAX_DEPTH {
        return Err("its attributes are nested too deeply");
    }
    let mut groups: BTreeMap<&str, (Option<&Value>, Entries<'_>)> = BTreeMap::new();
    for (key, value) in entries {
        match key.split_once('.') {
            None => groups.entry(key).or_default().0 = Some(value),
            Some((first, rest)) => groups.entry(first).or_default().1.push((rest, value)),
        }
    }
    let mut out = Map::new();
    for (key, (scalar, below)) in groups {
        let value = if below.is_empty() {
            scalar.map(leaf).unwrap_or_default()
        } else {
            nested(&below, depth + 1)?
        };
        out.insert(key.to_owned(), value);
    }
    Ok(Value::Object(out))
}

/// What stands below one name: a list or set with its length in `#`, a map with it in `%`, or the
/// attributes of an element.
fn nested(entries: &[(&str, &Value)], depth: usize) -> Result<Value, &'static str> {
    let has = |mark: &str| entries.iter().any(|(key, _)| *key == mark);
    if has("%") {
        // Keys of maps may have dots in them.
        let pairs = entries.iter().filter(|(key, _)| *key != "%");
        return Ok(Value::Object(pairs.map(|(k, v)| ((*k).to_owned(), leaf(v))).collect()));
    }
    if has("#") {
        let rest: Vec<_> = entries.iter().filter(|(key, _)| *key != "#").copied().collect();
        let Value::Object(elements) = object(&rest, depth)? else { return Ok(Value::Null) };
        let mut elements: Vec<_> = elements.into_iter().collect();
        // Lists count from 0; sets have hashes, whose order means nothing but should not change.
        elements.sort_by(|(a, _), (b, _)| {
            let number = |key: &str| key.trim_start_matches('~').parse::<u64>().ok();
            (number(a), a).cmp(&(number(b), b))
        });
        return Ok(Value::Array(elements.into_iter().map(|(_, value)| value).collect()));
    }
    object(entries, depth)
}

fn leaf(value: &Value) -> Value {
    match value {
        Value::String(text) if text == UNKNOWN => Value::Null,
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(flat: Value) -> Result<Value, &'static str> {
        expand(&serde_json::from_value(flat).unwrap())
    }

    #[test]
    fn lists_sets_and_maps() {
        let flat = json!({
            "id": "sg-1",
            "tags.%": "2", "tags.Name": "a", "tags.kubernetes.io/x": "b",
            "empty.#": "0", "none.%": "0",
            "ingress.#": "2",
            "ingress.2541437006.from_port": "22",
            "ingress.2541437006.cidr_blocks.#": "1",
            "ingress.2541437006.cidr_blocks.0": "10.0.0.0/8",
            "ingress.482069346.from_port": "80",
            "ingress.482069346.cidr_blocks.#": "0",
            "ids.#": "11", "ids.0": "a", "ids.1": "b", "ids.10": "k", "ids.2": "c",
            "env.#": "1", "env.0.variables.%": "1", "env.0.variables.A.B": "c",
            "later": UNKNOWN
        });
        assert_eq!(
            run(flat).unwrap(),
            json!({
                "id": "sg-1",
                "tags": {"Name": "a", "kubernetes.io/x": "b"},
                "empty": [], "none": {},
                "ingress": [
                    {"from_port": "80", "cidr_blocks": []},
                    {"from_port": "22", "cidr_blocks": ["10.0.0.0/8"]}
                ],
                "ids": ["a", "b", "c", "k"],
                "env": [{"variables": {"A.B": "c"}}],
                "later": null
            })
        );
    }

    #[test]
    fn hostile_keys_do_no_harm() {
        assert!(run(json!({ ("a".to_owned() + &".0".repeat(200_000)): "x" })).is_err());
        for key in ["", ".", "..", "a.", ".#", "#", "%", "a.#.#", "a.%.#"] {
            let _ = run(json!({key: "1", "a": "2"}));
        }
    }
}

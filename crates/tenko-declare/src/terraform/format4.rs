//! Format 4: Terraform 0.12 and later, OpenTofu.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde_json::Value;
use serde_json::value::RawValue;

use super::address::push_key;
use super::document::reason;
use super::flatmap::expand;
use super::instance::Instance;
use super::keys::{Object, Wanted};
use super::mapping::{Mappings, wanted};
use super::sensitive::masked;
use super::{Read, provider};

#[derive(Deserialize)]
#[serde(expecting = "a resource, which is an object")]
struct Resource<'a> {
    module: Option<String>,
    #[serde(default)]
    mode: String,
    #[serde(rename = "type")]
    code_type: String,
    name: String,
    #[serde(default)]
    provider: String,
    #[serde(borrow, default)]
    instances: Vec<&'a RawValue>,
}

/// Resources with fewer instances than this are not worth being shared between cores.
const WORTH_SHARING: usize = 64;

/// So many resources are read by one core at a time.
const LOT: usize = 64;

/// Of bytes that are let go of, so much at a time.
const STEP: usize = 8 << 20;

/// Reads the resources at these places of a document, which are in order.
pub(super) fn read(
    bytes: Cow<'_, [u8]>,
    mut places: Vec<Range<usize>>,
    mappings: &Mappings,
    file: &Arc<str>,
) -> Read {
    let mut bytes = match bytes {
        Cow::Borrowed(bytes) => return Read::all(lots(bytes, 0, &places, mappings, file)),
        Cow::Owned(bytes) => bytes,
    };
    // From the end, so that what was read can be cut off.
    let mut steps = Vec::new();
    while let Some(last) = places.last() {
        let from = last.end.saturating_sub(STEP);
        let first = places.partition_point(|place| place.start < from).min(places.len() - 1);
        let step = places.get(first..).unwrap_or_default();
        steps.push(lots(&bytes, first, step, mappings, file));
        places.truncate(first);
        bytes.truncate(places.last().map_or(0, |last| last.end));
        bytes.shrink_to_fit();
    }
    Read::all(steps.into_iter().rev().flatten().collect())
}

fn lots(
    bytes: &[u8],
    first: usize,
    places: &[Range<usize>],
    mappings: &Mappings,
    file: &Arc<str>,
) -> Vec<Read> {
    let lot = |(lot, places): (usize, &[Range<usize>])| {
        let mut read = Read::default();
        for (at, place) in places.iter().enumerate() {
            let text = bytes.get(place.clone()).unwrap_or_default();
            match serde_json::from_slice::<Resource<'_>>(text) {
                Ok(found) => resource(&found, mappings, file, &mut read),
                Err(error) => {
                    let at = first + lot * LOT + at;
                    read.skip(format!("resources[{at}]"), reason(&error));
                }
            }
        }
        read
    };
    places.par_chunks(LOT).enumerate().map(lot).collect()
}

fn resource(found: &Resource<'_>, mappings: &Mappings, file: &Arc<str>, read: &mut Read) {
    let count = found.instances.len();
    if found.mode == "data" {
        read.data_sources += count;
        return;
    }
    read.instances += count;
    let mut address = String::new();
    if let Some(module) = found.module.as_deref().filter(|module| !module.is_empty()) {
        address.push_str(module);
        address.push('.');
    }
    address.push_str(&found.code_type);
    address.push('.');
    address.push_str(&found.name);
    let provider = provider::name(&found.provider, &found.code_type);
    let mapped = mappings.of(&found.code_type);
    let Some(cloud) = provider::cloud(provider) else {
        *read.foreign.entry(Arc::from(provider)).or_default() += count;
        return;
    };
    let code_type: Arc<str> = mapped
        .first()
        .map_or_else(|| found.code_type.as_str().into(), |m| Arc::clone(&m.terraform));
    if mapped.is_empty() {
        *read.unmapped.entry(Arc::clone(&code_type)).or_default() += count;
    }
    let looked_at = wanted(mapped);
    let one = |read: &mut Read, raw: &RawValue| {
        let mut address = address.clone();
        let object = match object(raw, looked_at) {
            Ok(object) => object,
            Err(error) => return read.skip(address, reason(&error)),
        };
        push_key(&mut address, &object.index_key);
        match instance(object, &mut address) {
            Ok((attributes, masked, doubt)) => {
                let code_type = Arc::clone(&code_type);
                let cloud = cloud.clone();
                let instance = Instance {
                    address: address.clone(),
                    code_type,
                    cloud,
                    attributes,
                    masked,
                    doubt,
                };
                match instance.make(mapped, file) {
                    Ok(made) => read.make(made),
                    Err(reason) => read.skip(address, reason),
                }
            }
            Err(reason) => read.skip(address, reason),
        }
    };
    if count < WORTH_SHARING {
        found.instances.iter().for_each(|raw| one(read, raw));
        return;
    }
    let lot = |raws: &[&RawValue]| {
        let mut read = Read::default();
        raws.iter().for_each(|raw| one(&mut read, raw));
        read
    };
    read.merge(Read::all(found.instances.par_chunks(LOT).map(lot).collect()));
}

fn object(raw: &RawValue, wanted: &Wanted) -> Result<Object, serde_json::Error> {
    wanted.deserialize(&mut serde_json::Deserializer::from_str(raw.get()))
}

type Attributes = (Value, Option<Value>, Option<String>);

/// Its attributes, those with sensitive values blanked out, and why they are in doubt.
fn instance(object: Object, address: &mut String) -> Result<Attributes, String> {
    let attributes = match (object.attributes, object.attributes_flat) {
        (attributes @ Value::Object(_), _) => attributes,
        (Value::Null, Some(flat)) => expand(&flat)?,
        (Value::Null, None) => return Err("it has no attributes".to_owned()),
        _ => return Err("its attributes are no object".to_owned()),
    };
    let masked = masked(&attributes, object.sensitive_attributes.as_deref().unwrap_or_default());
    let deposed = object.deposed.filter(|key| !key.is_empty());
    let doubt = if let Some(key) = &deposed {
        address.push_str(" (deposed ");
        address.extend(key.chars().filter(char::is_ascii_alphanumeric).take(32));
        address.push(')');
        Some("deposed: Terraform replaced it and has yet to delete it".to_owned())
    } else if object.status.as_deref() == Some("tainted") {
        Some("tainted: Terraform will replace it".to_owned())
    } else {
        None
    };
    Ok((attributes, masked, doubt))
}

#[cfg(test)]
mod tests {
    use crate::terraform::{Mappings, read_owned_state, read_state};

    #[test]
    fn what_is_let_go_of_is_read_all_the_same() {
        let padding = "x".repeat(20_000);
        let mut resources: Vec<String> = (0..1500)
            .map(|at| {
                format!(
                    r#"{{"mode": "managed", "type": "aws_x", "name": "n{at}", "instances":
                        [{{"attributes": {{"id": "i-{at}", "user_data": "{padding}"}}}}]}}"#
                )
            })
            .collect();
        // Places of what can't be read are counted from the first, however it was cut.
        for at in [3, 700, 1499] {
            resources[at] = "7".to_owned();
        }
        let text = format!(
            "\u{feff}{{\"version\": 4, \"resources\": [{}], \"serial\": 1}}",
            resources.join(", ")
        );
        let mappings = Mappings::default();
        let whole = read_state("a", text.as_bytes(), &mappings).unwrap();
        let owned = read_owned_state("a", text.into_bytes(), &mappings).unwrap();
        assert_eq!(whole.claims.len(), 1497);
        assert_eq!(owned.claims, whole.claims);
        assert_eq!(owned.info, whole.info);
        let places: Vec<_> = owned.skipped.iter().map(|s| s.address.as_str()).collect();
        assert_eq!(places, ["resources[3]", "resources[700]", "resources[1499]"]);
        assert_eq!(owned.skipped, whole.skipped);
        let empty = br#"{"version": 4, "resources": []}"#;
        assert!(read_owned_state("a", empty.to_vec(), &mappings).unwrap().claims.is_empty());
    }
}

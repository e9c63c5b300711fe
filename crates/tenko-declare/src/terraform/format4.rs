//! Format 4: Terraform 0.12 and later, OpenTofu.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::address::push_key;
use super::flatmap::expand;
use super::instance::Instance;
use super::mapping::Mappings;
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

#[derive(Deserialize)]
#[serde(expecting = "an instance, which is an object")]
struct Object {
    #[serde(default)]
    index_key: Value,
    status: Option<String>,
    deposed: Option<String>,
    #[serde(default)]
    attributes: Value,
    /// What Terraform 0.12 kept of a state that 0.11 wrote, until the first refresh.
    attributes_flat: Option<BTreeMap<String, Value>>,
    sensitive_attributes: Option<Vec<Value>>,
}

/// Resources with fewer instances than this are not worth being shared between cores.
const WORTH_SHARING: usize = 64;

pub(super) fn read(resources: &[&RawValue], mappings: &Mappings, file: &Arc<str>) -> Read {
    let reads: Vec<Read> = resources
        .par_iter()
        .enumerate()
        .with_min_len(8)
        .fold(Read::default, |mut read, (at, raw)| {
            match serde_json::from_str::<Resource<'_>>(raw.get()) {
                Ok(found) => resource(&found, mappings, file, &mut read),
                Err(error) => read.skip(format!("resources[{at}]"), error.to_string()),
            }
            read
        })
        .collect();
    merged(reads)
}

fn merged(reads: Vec<Read>) -> Read {
    let mut all = Read::default();
    for read in reads {
        all.merge(read);
    }
    all
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
    let one = |read: &mut Read, raw: &RawValue| {
        let mut address = address.clone();
        let object: Object = match serde_json::from_str(raw.get()) {
            Ok(object) => object,
            Err(error) => return read.skip(address, error.to_string()),
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
                    Ok(made) => read.made.extend(made),
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
    let reads = found
        .instances
        .par_iter()
        .with_min_len(WORTH_SHARING / 2)
        .fold(Read::default, |mut read, raw| {
            one(&mut read, raw);
            read
        })
        .collect();
    read.merge(merged(reads));
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

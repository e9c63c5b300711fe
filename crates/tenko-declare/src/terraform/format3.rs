//! Format 3: Terraform 0.7 to 0.11. Attributes are flat, and all scalars are text.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::address::module_of_path;
use super::document::reason;
use super::flatmap::expand;
use super::instance::Instance;
use super::mapping::Mappings;
use super::{Read, provider};

#[derive(Deserialize)]
#[serde(expecting = "a module, which is an object")]
struct Module<'a> {
    #[serde(default)]
    path: Vec<String>,
    #[serde(borrow, default)]
    resources: BTreeMap<String, &'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "a resource, which is an object")]
struct Resource<'a> {
    #[serde(rename = "type")]
    code_type: String,
    #[serde(default)]
    provider: String,
    #[serde(borrow)]
    primary: Option<&'a RawValue>,
    #[serde(borrow, default)]
    deposed: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "an instance, which is an object")]
struct Object {
    id: Option<String>,
    #[serde(default)]
    attributes: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    tainted: bool,
}

pub(super) fn read(modules: &[&RawValue], mappings: &Mappings, file: &Arc<str>) -> Read {
    let mut all = Read::default();
    for (at, raw) in modules.iter().enumerate() {
        let module: Module<'_> = match serde_json::from_str(raw.get()) {
            Ok(module) => module,
            Err(error) => {
                all.skip(format!("modules[{at}]"), reason(&error));
                continue;
            }
        };
        let path = module_of_path(&module.path);
        let resources: Vec<_> = module.resources.into_iter().collect();
        let reads: Vec<Read> = resources
            .par_iter()
            .with_min_len(16)
            .fold(Read::default, |mut read, (key, raw)| {
                let dot = if path.is_empty() { "" } else { "." };
                let address = format!("{path}{dot}{}", address_of_key(key));
                match serde_json::from_str::<Resource<'_>>(raw.get()) {
                    Ok(found) => resource(&found, key, &address, mappings, file, &mut read),
                    Err(error) => read.skip(address, reason(&error)),
                }
                read
            })
            .collect();
        reads.into_iter().for_each(|read| all.merge(read));
    }
    all
}

/// `aws_instance.web.0` is written `aws_instance.web[0]`.
fn address_of_key(key: &str) -> String {
    match key.rsplit_once('.') {
        Some((resource, index))
            if resource.contains('.')
                && !index.is_empty()
                && index.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{resource}[{index}]")
        }
        _ => key.to_owned(),
    }
}

fn resource(
    found: &Resource<'_>,
    key: &str,
    address: &str,
    mappings: &Mappings,
    file: &Arc<str>,
    read: &mut Read,
) {
    let objects = found.primary.map(|raw| (raw, false)).into_iter();
    let objects: Vec<_> = objects.chain(found.deposed.iter().map(|raw| (*raw, true))).collect();
    if key.starts_with("data.") {
        read.data_sources += objects.len();
        return;
    }
    read.instances += objects.len();
    let provider = provider::name(&found.provider, &found.code_type);
    let Some(cloud) = provider::cloud(provider) else {
        *read.foreign.entry(Arc::from(provider)).or_default() += objects.len();
        return;
    };
    let mapped = mappings.of(&found.code_type);
    let code_type: Arc<str> = mapped
        .first()
        .map_or_else(|| found.code_type.as_str().into(), |m| Arc::clone(&m.terraform));
    if mapped.is_empty() {
        *read.unmapped.entry(Arc::clone(&code_type)).or_default() += objects.len();
    }
    for (at, (raw, deposed)) in objects.into_iter().enumerate() {
        let address = match (deposed, found.primary) {
            (false, _) => address.to_owned(),
            // Old deposed objects have no key, only an order.
            (true, primary) => {
                format!("{address} (deposed {})", at - usize::from(primary.is_some()))
            }
        };
        let doubt = |tainted: bool| match (deposed, tainted) {
            (true, _) => Some("deposed: Terraform replaced it and has yet to delete it".to_owned()),
            (false, true) => Some("tainted: Terraform will replace it".to_owned()),
            (false, false) => None,
        };
        let made = serde_json::from_str::<Object>(raw.get())
            .map_err(|error| reason(&error))
            .and_then(|object| {
                let doubt = doubt(object.tainted);
                let attributes = attributes(object)?;
                let (address, code_type) = (address.clone(), Arc::clone(&code_type));
                let cloud = cloud.clone();
                let instance =
                    Instance { address, code_type, cloud, attributes, masked: None, doubt };
                instance.make(mapped, file)
            });
        match made {
            Ok(made) => read.make(made),
            Err(reason) => read.skip(address, reason),
        }
    }
}

fn attributes(object: Object) -> Result<Value, String> {
    let mut flat = object.attributes.unwrap_or_default();
    if let Some(id) = object.id {
        flat.entry("id".to_owned()).or_insert(Value::from(id));
    }
    if flat.is_empty() {
        return Err("it has no attributes".to_owned());
    }
    Ok(expand(&flat)?)
}

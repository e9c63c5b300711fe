//! From what a source gives to one canonical form: the same resource has the same attributes, whether its service or
//! Cloud Asset Inventory was asked.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tenko_core::{AttrPath, Cloud, Origin, Reach, ResourceDraft, ResourceKey, ScopeId};

use crate::types::template::Form;
use crate::types::{Type, TypeForm};

/// A resource as a source gave it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// The REST resource.
    pub(crate) data: Map<String, Value>,
    /// Its IAM policy, where one was read.
    pub(crate) policy: Option<Value>,
    /// What could not be read.
    pub(crate) unknown: Vec<AttrPath>,
    /// Whether Cloud Asset Inventory gave it, with the name and location that it says.
    pub(crate) asset: Option<AssetPlace>,
}

/// What Cloud Asset Inventory says beside the resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct AssetPlace {
    /// The full resource name: `//compute.googleapis.com/projects/..`.
    pub(crate) name: String,
    /// Zone, region or `global`, where it says one.
    pub(crate) location: Option<String>,
}

/// A record that cannot be a resource of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Faulty(pub(crate) String);

/// The attribute that an IAM policy becomes.
pub(crate) const IAM_POLICY: &str = "iamPolicy";

/// Dropped from every resource: they change with every write, or name the resource once more.
const NOISE: [&str; 2] = ["etag", "selfLinkWithId"];

/// Two hosts serve the same resource; links to it are written with one of them.
const LINKS: [(&str, &str); 5] = [
    ("https://compute.googleapis.com/compute/v1/", "https://www.googleapis.com/compute/v1/"),
    ("https://compute.googleapis.com/compute/beta/", "https://www.googleapis.com/compute/v1/"),
    ("https://www.googleapis.com/compute/beta/", "https://www.googleapis.com/compute/v1/"),
    ("https://www.googleapis.com/sql/v1beta4/", "https://sqladmin.googleapis.com/sql/v1beta4/"),
    ("https://sqladmin.googleapis.com/v1/", "https://sqladmin.googleapis.com/sql/v1beta4/"),
];

/// Brings a record into canonical form. `None`: the type does not count it among its own.
///
/// # Errors
/// [`Faulty`] when no id can be made of it.
pub(crate) fn draft(
    ty: &Type,
    project: &ScopeId,
    record: Record,
) -> Result<Option<ResourceDraft>, Faulty> {
    let Record { data, policy, mut unknown, asset } = record;
    let mut value = Value::Object(data);
    tidy(&mut value);
    if !ty.only.iter().all(|(path, glob)| is_match(&value, path, glob))
        || ty.except.iter().any(|(path, glob)| is_match(&value, path, glob))
    {
        return Ok(None);
    }
    let id = id_of(ty, project, &value, asset.as_ref())
        .ok_or_else(|| Faulty("the resource does not say its name".to_owned()))?;
    let name = ty.form.name().get(&value).and_then(Value::as_str).map(last_segment);
    let key = ResourceKey {
        cloud: Cloud::gcp(),
        scope: project.clone(),
        region: reach_of(ty, &value, asset.as_ref()),
        resource_type: ty.info.resource_type.clone(),
        id,
    };
    let name = name.map(str::to_owned);
    let created_at = ty.form.created().and_then(|path| time(path.get(&value)?));
    let origin = origin_of(ty, &value);
    let tags = labels_of(ty, &value);
    shape(ty, &mut value);
    if asset.is_some() {
        let left_out = ty.form.unknown_in_assets().iter().filter(|path| path.get(&value).is_none());
        unknown.extend(left_out.cloned());
    }
    for (mark, vague) in ty.form.unknown_with() {
        if mark.get(&value).is_some() {
            vague.iter().for_each(|path| path.remove(&mut value));
            unknown.extend_from_slice(vague);
        }
    }
    if let (Some(policy), Value::Object(map)) = (policy.and_then(canonical_policy), &mut value) {
        map.insert(IAM_POLICY.to_owned(), policy);
    }
    let attributes = value;
    Ok(Some(ResourceDraft { key, name, tags, created_at, origin, attributes, unknown }))
}

/// Takes out what says nothing, and writes links in one way.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(tidy);
            map.retain(|key, item| !is_nothing(item) && !is_kind(key, item));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(tidy);
            // An element without content keeps its place: others are told by theirs.
            items.retain(|item| !item.is_null());
        }
        Value::String(text) => {
            let link = LINKS.iter().find_map(|(from, to)| Some((text.strip_prefix(from)?, to)));
            if let Some((rest, to)) = link {
                *text = format!("{to}{rest}");
            } else if let Some(time) = instant(text) {
                *text = time.to_string();
            }
        }
        _ => {}
    }
}

/// A text that is a time and nothing else. Services write the same instant in several zones, and with more or fewer
/// digits.
fn instant(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let looks_so = bytes.len() >= 20 && bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    looks_so.then(|| text.parse().ok())?
}

/// Unset messages and lists are written as empty by one source and left out by the other.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => is_unspecified(text),
        _ => false,
    }
}

/// `UNSPECIFIED_STACK_TYPE`, `STATE_UNSPECIFIED`: the name of an enumeration's unset value, which one source writes out.
fn is_unspecified(text: &str) -> bool {
    (text.starts_with("UNSPECIFIED_") || text.ends_with("_UNSPECIFIED"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// `compute#instance`: the name of the message, which Asset Inventory mostly leaves out.
fn is_kind(key: &str, value: &Value) -> bool {
    key == "kind" && value.as_str().is_some_and(|text| text.contains('#'))
}

fn shape(ty: &Type, value: &mut Value) {
    let TypeForm::Described(def) = &ty.form else {
        remove_keys(value, &NOISE);
        AttrPath::key("labels").remove(value);
        return;
    };
    for path in &def.strings {
        path.visit_mut(value, &mut |found| {
            if let Some(text) = whole_number(found) {
                *found = Value::String(text);
            }
        });
    }
    for path in &def.last_segment {
        path.visit_mut(value, &mut |found| {
            if let Value::String(text) = found {
                *text = last_segment(text).to_owned();
            }
        });
    }
    for path in def.drop.iter().chain(&def.labels) {
        path.remove(value);
    }
    remove_keys(value, &NOISE);
    // What was dropped may leave its parent with nothing.
    tidy(value);
}

fn remove_keys(value: &mut Value, keys: &[&str]) {
    if let Value::Object(map) = value {
        keys.iter().for_each(|key| drop(map.remove(*key)));
    }
}

fn whole_number(value: &Value) -> Option<String> {
    let number = value.as_number()?;
    if let Some(whole) = number.as_i64() {
        return Some(whole.to_string());
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15)?;
    Some(format!("{float:.0}"))
}

fn id_of(
    ty: &Type,
    project: &ScopeId,
    value: &Value,
    asset: Option<&AssetPlace>,
) -> Option<String> {
    let made = ty.id.as_ref().and_then(|id| id.fill(project.as_str(), value, Form::Plain));
    made.or_else(|| {
        let name = asset?.name.strip_prefix("//")?;
        let (_, path) = name.split_once('/')?;
        Some(path.to_owned())
    })
}

fn reach_of(ty: &Type, value: &Value, asset: Option<&AssetPlace>) -> Reach {
    let stated = ty.form.location().iter().find_map(|path| path.get(value)?.as_str());
    // For a type that nobody described, the inventory's own word is all there is.
    let undescribed = matches!(ty.form, TypeForm::Undescribed);
    let said = asset.filter(|_| undescribed).and_then(|asset| asset.location.as_deref());
    let text = last_segment(stated.or(said).unwrap_or("global")).to_ascii_lowercase();
    if text.is_empty() || text == "-" {
        return Reach::Global;
    }
    // Spanner names the configuration of one region so.
    let text = text.strip_prefix("regional-").unwrap_or(&text);
    Reach::from(region_of_zone(text).unwrap_or(text))
}

/// `europe-west3-a` lies in `europe-west3`.
fn region_of_zone(text: &str) -> Option<&str> {
    let (region, zone) = text.rsplit_once('-')?;
    let is_zone = zone.len() == 1 && zone.bytes().all(|b| b.is_ascii_lowercase());
    (is_zone && region.ends_with(|c: char| c.is_ascii_digit())).then_some(region)
}

/// The part behind the last slash.
pub(crate) fn last_segment(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

fn time(value: &Value) -> Option<Timestamp> {
    let millis = match value {
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(time) => return Some(time),
            Err(_) => text.parse::<i64>().ok()?,
        },
        other => whole_number(other)?.parse().ok()?,
    };
    Timestamp::from_millisecond(millis).ok()
}

fn labels_of(ty: &Type, value: &Value) -> BTreeMap<String, String> {
    let labels = ty.form.labels().and_then(|path| path.get(value)?.as_object().cloned());
    let text = |(key, value): (String, Value)| match value {
        Value::String(text) => (key, text),
        other => (key, other.to_string()),
    };
    // Google's own labels hold a slash, which a customer's cannot.
    labels.into_iter().flatten().filter(|(key, _)| !key.contains('/')).map(text).collect()
}

fn origin_of(ty: &Type, value: &Value) -> Origin {
    let made = ty
        .provider_default
        .iter()
        .find(|default| default.when.iter().all(|(path, glob)| is_match(value, path, glob)));
    made.map_or(Origin::Customer, |default| Origin::ProviderDefault(default.reason.clone()))
}

/// An attribute that is not there matches nothing.
fn is_match(value: &Value, path: &AttrPath, glob: &globset::GlobMatcher) -> bool {
    match path.get(value) {
        Some(Value::String(text)) => glob.is_match(text),
        Some(Value::Object(_) | Value::Array(_) | Value::Null) | None => false,
        Some(other) => glob.is_match(whole_number(other).unwrap_or_else(|| other.to_string())),
    }
}

/// Who may do what, and no more: `etag` and `version` say nothing of that, and what is logged (`auditConfigs`) is
/// another matter. Bindings and members have no order. A policy without bindings is no policy.
fn canonical_policy(policy: Value) -> Option<Value> {
    let bindings = policy.get("bindings")?.clone();
    let mut policy = Map::from_iter([("bindings".to_owned(), bindings)]);
    if let Some(Value::Array(bindings)) = policy.get_mut("bindings") {
        for binding in bindings.iter_mut() {
            if let Some(Value::Array(members)) = binding.get_mut("members") {
                members.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                members.dedup();
            }
        }
        bindings.sort_by_cached_key(ToString::to_string);
    }
    let mut policy = Value::Object(policy);
    tidy(&mut policy);
    (!is_nothing(&policy)).then_some(policy)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::services::Services;
    use crate::types::Types;

    fn draft_of(name: &str, data: Value, asset: Option<AssetPlace>) -> ResourceDraft {
        let types = Types::new(&[], &Services::load().unwrap()).unwrap();
        let ty = types.get(&name.into()).unwrap();
        let Value::Object(data) = data else { panic!("an object") };
        let record = Record { data, asset, ..Record::default() };
        draft(ty, &"acme".into(), record).unwrap().unwrap()
    }

    #[test]
    fn what_says_nothing_is_left_out_and_links_are_written_in_one_way() {
        let mut value = json!({
            "kind": "compute#instance", "name": "a", "none": null, "empty": {}, "list": [],
            "deep": {"kind": "compute#disk", "inner": {"gone": {}}},
            "kindly": "x#y", "items": [{"kind": "Service"}, {}],
            "network": "https://compute.googleapis.com/compute/v1/projects/p/global/networks/n",
        });
        tidy(&mut value);
        let expected = json!({
            "name": "a", "kindly": "x#y", "items": [{"kind": "Service"}, {}],
            "network": "https://www.googleapis.com/compute/v1/projects/p/global/networks/n",
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn a_zone_lies_in_its_region() {
        for (text, region) in [
            ("europe-west3-a", "europe-west3"),
            ("us-central1", "us-central1"),
            ("us", "us"),
            ("northamerica-northeast1-b", "northamerica-northeast1"),
            ("eur-x", "eur-x"),
        ] {
            assert_eq!(region_of_zone(text).unwrap_or(text), region);
        }
    }

    #[test]
    fn both_sources_make_the_same_instance() {
        let service = json!({
            "kind": "compute#instance", "id": "42", "name": "web-1", "status": "RUNNING",
            "creationTimestamp": "2024-03-22T23:30:54.932-07:00", "labels": {"team": "web"},
            "zone": "https://www.googleapis.com/compute/v1/projects/acme/zones/europe-west3-a",
            "disks": [{"kind": "compute#attachedDisk", "boot": true, "licenses": ["l"]}],
        });
        let asset = json!({
            "id": "42", "name": "web-1", "status": "RUNNING", "labels": {"team": "web"},
            "creationTimestamp": "2024-03-22T23:30:54.932-07:00",
            "zone": "https://www.googleapis.com/compute/v1/projects/acme/zones/europe-west3-a",
            "disks": [{"boot": true, "licenses": ["l"], "license": ["l"]}], "networkInterfaces": [],
        });
        let name = "compute.googleapis.com/Instance";
        let service = draft_of(name, service, None);
        let asset = draft_of(name, asset, Some(AssetPlace::default()));
        assert_eq!(service.attributes, asset.attributes);
        assert_eq!(service.key, asset.key);
        assert_eq!(service.key.id, "projects/acme/zones/europe-west3-a/instances/web-1");
        assert_eq!(service.key.region.as_str(), "europe-west3");
        assert_eq!(service.tags["team"], "web");
        assert_eq!(service.attributes.get("labels"), None);
        assert!(service.created_at.is_some());
    }

    #[test]
    fn a_policy_is_the_same_in_any_order() {
        let a = json!({"version": 3, "etag": "x", "bindings": [
            {"role": "roles/b", "members": ["user:b", "user:a"]}, {"role": "roles/a", "members": ["user:c"]},
        ]});
        let b = json!({"version": 1, "bindings": [
            {"members": ["user:c"], "role": "roles/a"}, {"role": "roles/b", "members": ["user:a", "user:b"]},
        ]});
        assert_eq!(canonical_policy(a), canonical_policy(b));
        assert_eq!(canonical_policy(json!({"etag": "ACAB"})), None, "no policy is set");
    }

    #[test]
    fn whole_numbers_become_text() {
        for (value, text) in
            [(json!(5), "5"), (json!(5.0), "5"), (json!(123456789012.0), "123456789012")]
        {
            assert_eq!(whole_number(&value).as_deref(), Some(text));
        }
        assert_eq!(whole_number(&json!(1.5)), None);
    }

    #[test]
    fn a_record_without_a_name_is_faulty() {
        let types = Types::new(&[], &Services::load().unwrap()).unwrap();
        let ty = types.get(&"compute.googleapis.com/Instance".into()).unwrap();
        assert!(draft(ty, &"acme".into(), Record::default()).is_err());
    }
}

//! A resource's data in Asset Inventory, made from its REST form.

use serde_json::{Map, Value, json};

use super::resource::Resource;

/// What Asset Inventory shows. `plain` leaves out the singular twins of Compute's lists.
pub(super) fn data(resource: &Resource, plain: bool) -> Value {
    let mut data = resource.rest.clone();
    let service = resource.service();
    let kind = resource.asset_type.split('/').nth(1).unwrap_or_default();
    // Kept by BigQuery, Cloud SQL and Storage.
    if service == "compute" {
        without(&mut data, &|name, _| name == "kind");
    }
    if service == "container" {
        without(&mut data, &|_, value| *value == Value::Bool(false));
    }
    if kind.starts_with("WorkloadIdentityPool") {
        without(&mut data, &|name, _| name == "pemCertificate");
    }
    if let Value::Object(map) = &mut data {
        members(service, kind, map);
    }
    if service == "compute" && !plain {
        twins(&mut data);
    }
    floats(&mut data);
    data
}

/// Members that are in one of the two forms only.
fn members(service: &str, kind: &str, map: &mut Map<String, Value>) {
    let drop: &[&str] = match (service, kind) {
        ("bigquery", _) => &["access", "etag", "selfLink"],
        ("iam", "ServiceAccountKey") => &["disabled", "disableReason", "extendedStatus"],
        ("pubsub", _) => &["state"],
        ("spanner", _) => &["processingUnits"],
        ("serviceusage", _) => &["config"],
        // Cloud Storage keeps it: it is the metageneration.
        ("storage", _) => &["acl", "defaultObjectAcl"],
        _ => &["etag"],
    };
    for name in drop {
        map.remove(*name);
    }
    let empty = |map: &mut Map<String, Value>, names: &[&str], value: Value| {
        for name in names {
            map.entry(*name).or_insert_with(|| value.clone());
        }
    };
    match (service, kind) {
        ("storage", _) => {
            empty(map, &["acl", "cors", "defaultObjectAcl"], json!([]));
            let names = [
                "billing",
                "encryption",
                "labels",
                "lifecycle",
                "logging",
                "owner",
                "retentionPolicy",
                "versioning",
                "website",
            ];
            empty(map, &names, json!({}));
            for name in ["metageneration", "projectNumber"] {
                let number =
                    map.get(name).and_then(Value::as_str).and_then(|t| t.parse::<i64>().ok());
                if let Some(number) = number {
                    map.insert(name.into(), json!(number));
                }
            }
        }
        ("container", _) => {
            empty(
                map,
                &["authenticatorGroupsConfig", "autoscaling", "legacyAbac", "networkPolicy"],
                json!({}),
            );
        }
        ("compute", "Subnetwork") => empty(map, &["stackType"], json!("UNSPECIFIED_STACK_TYPE")),
        ("iam", "Role") => {
            map.insert("groupName".into(), json!("custom"));
            map.insert("groupTitle".into(), json!("Custom"));
        }
        ("pubsub", "Subscription") if map.get("pushConfig") == Some(&json!({})) => {
            map.remove("pushConfig");
        }
        // Here the name is bare.
        ("serviceusage", _) => {
            let name = map.get("name").and_then(Value::as_str);
            let bare = name.and_then(|n| n.rsplit('/').next()).map(|n| json!(n));
            if let Some(bare) = bare {
                map.insert("name".into(), bare);
            }
        }
        _ => {}
    }
}

/// Takes members out, at any depth.
fn without(value: &mut Value, drop: &dyn Fn(&str, &Value) -> bool) {
    match value {
        Value::Object(map) => {
            map.retain(|name, value| !drop(name, value));
            // What users name as they like is left alone.
            let own = |name: &str| matches!(name, "labels" | "resourceLabels");
            map.iter_mut().filter(|(n, _)| !own(n)).for_each(|(_, v)| without(v, drop));
        }
        Value::Array(list) => list.iter_mut().for_each(|v| without(v, drop)),
        _ => {}
    }
}

/// Lists of Compute and the names that they also had in Asset Inventory's older data.
const TWINS: [(&str, &str); 22] = [
    ("disks", "disk"),
    ("guestOsFeatures", "guestOsFeature"),
    ("licenses", "license"),
    ("licenseCodes", "licenseCode"),
    ("serviceAccounts", "serviceAccount"),
    ("scopes", "scope"),
    ("networkInterfaces", "networkInterface"),
    ("accessConfigs", "accessConfig"),
    ("networkIP", "ipAddress"),
    ("natIP", "externalIp"),
    ("users", "user"),
    ("resourcePolicies", "resourcePolicy"),
    ("replicaZones", "replicaZone"),
    ("sourceRanges", "sourceRange"),
    ("destinationRanges", "destinationRange"),
    ("sourceTags", "sourceTag"),
    ("targetTags", "targetTag"),
    ("targetServiceAccounts", "targetServiceAccount"),
    ("sourceServiceAccounts", "sourceServiceAccount"),
    ("IPProtocol", "ipProtocol"),
    ("ports", "port"),
    ("subnetworks", "subnetwork"),
];

fn twins(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.iter_mut().filter(|(n, _)| *n != "labels").for_each(|(_, v)| twins(v));
            for (name, twin) in TWINS {
                // Nothing that is there by itself is overwritten.
                if let Some(value) = map.get(name).filter(|_| !map.contains_key(twin)).cloned() {
                    map.insert(twin.to_owned(), value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(twins),
        _ => {}
    }
}

/// Asset Inventory's data went through `google.protobuf.Struct`, which has floats only.
fn floats(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(floats),
        Value::Array(list) => list.iter_mut().for_each(floats),
        Value::Number(number) => {
            if let Some(float) = number.as_f64() {
                *value = json!(float);
            }
        }
        _ => {}
    }
}

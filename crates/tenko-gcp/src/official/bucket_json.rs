//! A bucket as the JSON API (v1) gives it, which is what Asset Inventory shows, from what the gRPC API (v2) gives.
//!
//! The names of the fields are those of the schema `Bucket` in the discovery document `storage/v1`. The v2 message has
//! no counterpart of `generation`, `satisfiesPZI`, `softDeletePolicy.hardDeletePause`, and of the lifecycle conditions
//! `matchesPattern`, `sizeAboveBytes` and `sizeBelowBytes`. `iamConfiguration.bucketPolicyOnly` is an old copy of
//! `uniformBucketLevelAccess`. Neither is made here.

use google_cloud_storage::model::Bucket;
use google_cloud_storage::model::bucket::lifecycle::rule::Condition;
use google_cloud_storage::model::bucket::{
    Autoclass, Cors, Encryption, IamConfig, IpFilter, Lifecycle, RetentionPolicy, SoftDeletePolicy,
};
use google_cloud_wkt as wkt;
use serde_json::{Map, Value, json};

/// The JSON form. What is not set is left out.
pub(crate) fn bucket_json(bucket: &Bucket) -> Value {
    let name = short(&bucket.name);
    let name = if name.is_empty() { bucket.bucket_id.as_str() } else { name };
    let mut out = Fields::default();
    out.put("kind", "storage#bucket");
    out.put("id", name);
    out.put("name", name);
    out.put("selfLink", format!("https://www.googleapis.com/storage/v1/b/{name}"));
    out.text("projectNumber", short(&bucket.project));
    out.text("metageneration", &number(bucket.metageneration));
    out.text("location", &bucket.location.to_uppercase());
    out.text("locationType", &bucket.location_type);
    out.text("storageClass", &bucket.storage_class);
    out.text("rpo", &bucket.rpo);
    out.some("timeCreated", time(bucket.create_time));
    out.some("updated", time(bucket.update_time));
    out.flag("defaultEventBasedHold", bucket.default_event_based_hold);
    out.flag("satisfiesPZS", bucket.satisfies_pzs);
    if !bucket.labels.is_empty() {
        out.put("labels", json!(bucket.labels));
    }
    out.list("cors", bucket.cors.iter().map(cors).collect());
    out.some("lifecycle", bucket.lifecycle.as_ref().map(lifecycle));
    out.some("versioning", bucket.versioning.as_ref().map(|v| json!({ "enabled": v.enabled })));
    out.some(
        "billing",
        bucket.billing.as_ref().map(|b| json!({"requesterPays": b.requester_pays})),
    );
    out.some(
        "website",
        bucket.website.as_ref().map(|website| {
            let mut out = Fields::default();
            out.text("mainPageSuffix", &website.main_page_suffix);
            out.text("notFoundPage", &website.not_found_page);
            Value::from(out)
        }),
    );
    out.some(
        "logging",
        bucket.logging.as_ref().map(|logging| {
            let mut out = Fields::default();
            out.text("logBucket", short(&logging.log_bucket));
            out.text("logObjectPrefix", &logging.log_object_prefix);
            Value::from(out)
        }),
    );
    out.some("encryption", bucket.encryption.as_ref().map(encryption));
    out.some("retentionPolicy", bucket.retention_policy.as_ref().map(retention_policy));
    out.some("softDeletePolicy", bucket.soft_delete_policy.as_ref().map(soft_delete_policy));
    out.some("iamConfiguration", bucket.iam_config.as_ref().map(iam_configuration));
    out.some(
        "customPlacementConfig",
        bucket
            .custom_placement_config
            .as_ref()
            .map(|placement| json!({ "dataLocations": placement.data_locations })),
    );
    out.some("autoclass", bucket.autoclass.as_ref().map(autoclass));
    out.some(
        "hierarchicalNamespace",
        bucket
            .hierarchical_namespace
            .as_ref()
            .map(|namespace| json!({ "enabled": namespace.enabled })),
    );
    // In v1 a mode of which there is one.
    out.some(
        "objectRetention",
        bucket
            .object_retention
            .as_ref()
            .filter(|r| r.enabled)
            .map(|_| json!({ "mode": "Enabled" })),
    );
    out.some("ipFilter", bucket.ip_filter.as_ref().map(ip_filter));
    out.into()
}

fn cors(cors: &Cors) -> Value {
    let mut out = Fields::default();
    out.strings("origin", &cors.origin);
    out.strings("method", &cors.method);
    out.strings("responseHeader", &cors.response_header);
    if cors.max_age_seconds != 0 {
        out.put("maxAgeSeconds", cors.max_age_seconds);
    }
    out.into()
}

fn lifecycle(lifecycle: &Lifecycle) -> Value {
    let rules: Vec<Value> = lifecycle
        .rule
        .iter()
        .map(|rule| {
            let mut out = Fields::default();
            out.some(
                "action",
                rule.action.as_ref().map(|action| {
                    let mut out = Fields::default();
                    out.text("type", &action.r#type);
                    out.text("storageClass", &action.storage_class);
                    Value::from(out)
                }),
            );
            out.some("condition", rule.condition.as_ref().map(condition));
            Value::from(out)
        })
        .collect();
    json!({ "rule": rules })
}

fn condition(condition: &Condition) -> Value {
    let mut out = Fields::default();
    out.some("age", condition.age_days);
    out.some(
        "createdBefore",
        condition.created_before.as_ref().map(|d| date(d.year, d.month, d.day)),
    );
    out.some("isLive", condition.is_live);
    out.some("numNewerVersions", condition.num_newer_versions);
    out.strings("matchesStorageClass", &condition.matches_storage_class);
    out.some("daysSinceCustomTime", condition.days_since_custom_time);
    out.some(
        "customTimeBefore",
        condition.custom_time_before.as_ref().map(|d| date(d.year, d.month, d.day)),
    );
    out.some("daysSinceNoncurrentTime", condition.days_since_noncurrent_time);
    out.some(
        "noncurrentTimeBefore",
        condition.noncurrent_time_before.as_ref().map(|d| date(d.year, d.month, d.day)),
    );
    out.strings("matchesPrefix", &condition.matches_prefix);
    out.strings("matchesSuffix", &condition.matches_suffix);
    out.into()
}

fn encryption(encryption: &Encryption) -> Value {
    let mut out = Fields::default();
    out.text("defaultKmsKeyName", &encryption.default_kms_key);
    let enforcement = |mode: &Option<String>, since: Option<wkt::Timestamp>| {
        let mut out = Fields::default();
        out.some("restrictionMode", mode.as_deref());
        out.some("effectiveTime", time(since));
        Value::from(out)
    };
    let google = encryption.google_managed_encryption_enforcement_config.as_ref();
    let customer = encryption.customer_managed_encryption_enforcement_config.as_ref();
    let supplied = encryption.customer_supplied_encryption_enforcement_config.as_ref();
    let google = google.map(|e| enforcement(&e.restriction_mode, e.effective_time));
    let customer = customer.map(|e| enforcement(&e.restriction_mode, e.effective_time));
    let supplied = supplied.map(|e| enforcement(&e.restriction_mode, e.effective_time));
    out.some("googleManagedEncryptionEnforcementConfig", google);
    out.some("customerManagedEncryptionEnforcementConfig", customer);
    out.some("customerSuppliedEncryptionEnforcementConfig", supplied);
    out.into()
}

fn retention_policy(policy: &RetentionPolicy) -> Value {
    let mut out = Fields::default();
    out.some("retentionPeriod", policy.retention_duration.map(seconds));
    out.some("effectiveTime", time(policy.effective_time));
    out.flag("isLocked", policy.is_locked);
    out.into()
}

/// A duration of 0 is said: it means that soft delete is off.
fn soft_delete_policy(policy: &SoftDeletePolicy) -> Value {
    let mut out = Fields::default();
    out.some("retentionDurationSeconds", policy.retention_duration.map(seconds));
    out.some("effectiveTime", time(policy.effective_time));
    out.into()
}

fn iam_configuration(config: &IamConfig) -> Value {
    let mut out = Fields::default();
    out.some(
        "uniformBucketLevelAccess",
        config.uniform_bucket_level_access.as_ref().map(|access| {
            let mut out = Fields::default();
            out.put("enabled", access.enabled);
            out.some("lockedTime", time(access.lock_time));
            Value::from(out)
        }),
    );
    // The JSON API writes it in lower case; by gRPC it may come as the name of an enumeration.
    out.text("publicAccessPrevention", &config.public_access_prevention.to_ascii_lowercase());
    out.into()
}

fn autoclass(autoclass: &Autoclass) -> Value {
    let mut out = Fields::default();
    out.put("enabled", autoclass.enabled);
    out.some("toggleTime", time(autoclass.toggle_time));
    out.some("terminalStorageClass", autoclass.terminal_storage_class.as_deref());
    let since = time(autoclass.terminal_storage_class_update_time);
    out.some("terminalStorageClassUpdateTime", since);
    out.into()
}

fn ip_filter(filter: &IpFilter) -> Value {
    let mut out = Fields::default();
    out.some("mode", filter.mode.as_deref());
    out.some(
        "publicNetworkSource",
        filter
            .public_network_source
            .as_ref()
            .map(|source| json!({ "allowedIpCidrRanges": source.allowed_ip_cidr_ranges })),
    );
    let networks = filter.vpc_network_sources.iter().map(|source| {
        let mut out = Fields::default();
        out.some("network", source.network.as_deref());
        out.strings("allowedIpCidrRanges", &source.allowed_ip_cidr_ranges);
        Value::from(out)
    });
    out.list("vpcNetworkSources", networks.collect());
    out.flag("allowCrossOrgVpcs", filter.allow_cross_org_vpcs);
    out.some("allowAllServiceAgentAccess", filter.allow_all_service_agent_access);
    out.into()
}

/// A JSON object in the making.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn some(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        self.some(key, (!text.is_empty()).then_some(text));
    }

    fn flag(&mut self, key: &str, flag: bool) {
        self.some(key, flag.then_some(true));
    }

    fn list(&mut self, key: &str, list: Vec<Value>) {
        self.some(key, (!list.is_empty()).then_some(list));
    }

    fn strings(&mut self, key: &str, strings: &[String]) {
        self.list(key, strings.iter().map(|text| text.as_str().into()).collect());
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Object(fields.0)
    }
}

/// The last part of a resource name: `projects/_/buckets/assets` is `assets`.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// 64 bits are a string in JSON.
fn number(number: i64) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

fn seconds(duration: wkt::Duration) -> String {
    duration.seconds().to_string()
}

/// Milliseconds and `Z`, as the JSON API writes times.
fn time(time: Option<wkt::Timestamp>) -> Option<String> {
    super::assets::timestamp(time?).map(|time| format!("{time:.3}"))
}

fn date(year: i32, month: i32, day: i32) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

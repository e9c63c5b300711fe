//! Buckets and IAM policies as the messages of gRPC, made from their JSON forms.
//!
//! Written from the two public descriptions, the JSON API's `Bucket` and `google.storage.v2`.

use googleapis_tonic_google_storage_v2::google::iam::v1 as iam;
use googleapis_tonic_google_storage_v2::google::storage::v2 as proto;
use googleapis_tonic_google_storage_v2::google::r#type as common;
use jiff::{Timestamp, civil};
use prost_types::Duration;
use proto::bucket;
use proto::bucket::{encryption, iam_config, ip_filter, lifecycle};
use serde_json::Value;

/// A JSON value that is read member by member; what is missing or of another type is empty.
#[derive(Clone, Copy)]
struct Json<'a>(Option<&'a Value>);

impl<'a> Json<'a> {
    fn get(self, name: &str) -> Self {
        Self(self.0.and_then(|v| v.get(name)))
    }

    /// The message made of a member, where it is there.
    fn message<T>(self, name: &str, make: impl FnOnce(Self) -> T) -> Option<T> {
        let member = self.get(name);
        member.0.filter(|v| v.is_object()).map(|_| make(member))
    }

    fn list(self, name: &str) -> impl Iterator<Item = Json<'a>> {
        let list = self.get(name).0.and_then(Value::as_array);
        list.into_iter().flatten().map(|v| Json(Some(v)))
    }

    fn some_text(self, name: &str) -> Option<String> {
        self.get(name).0.and_then(Value::as_str).map(str::to_owned)
    }

    fn text(self, name: &str) -> String {
        self.some_text(name).unwrap_or_default()
    }

    fn texts(self, name: &str) -> Vec<String> {
        self.list(name).filter_map(|v| v.0?.as_str().map(str::to_owned)).collect()
    }

    fn some_flag(self, name: &str) -> Option<bool> {
        self.get(name).0.and_then(Value::as_bool)
    }

    fn flag(self, name: &str) -> bool {
        self.some_flag(name).unwrap_or_default()
    }

    /// A number, or a string of one: the JSON API writes long ones so.
    fn long(self, name: &str) -> Option<i64> {
        let value = self.get(name).0?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    fn int(self, name: &str) -> Option<i32> {
        self.long(name).and_then(|n| i32::try_from(n).ok())
    }

    fn seconds(self, name: &str) -> Option<Duration> {
        self.long(name).map(|seconds| Duration { seconds, nanos: 0 })
    }

    fn time(self, name: &str) -> Option<prost_types::Timestamp> {
        let time: Timestamp = self.get(name).0?.as_str()?.parse().ok()?;
        Some(prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() })
    }

    fn date(self, name: &str) -> Option<common::Date> {
        let date: civil::Date = self.get(name).0?.as_str()?.parse().ok()?;
        let (year, month, day) = (date.year().into(), date.month().into(), date.day().into());
        Some(common::Date { year, month, day })
    }
}

/// The message of a bucket. Access control lists are only in it where `acl` says so.
pub(super) fn bucket(json: &Value, acl: bool) -> proto::Bucket {
    let json = Json(Some(json));
    let name = json.text("name");
    proto::Bucket {
        name: format!("projects/_/buckets/{name}"),
        bucket_id: name,
        etag: json.text("etag"),
        project: json.long("projectNumber").map(|n| format!("projects/{n}")).unwrap_or_default(),
        metageneration: json.long("metageneration").unwrap_or_default(),
        location: json.text("location"),
        location_type: json.text("locationType"),
        storage_class: json.text("storageClass"),
        rpo: json.text("rpo"),
        acl: json.list("acl").filter(|_| acl).map(bucket_acl).collect(),
        default_object_acl: json.list("defaultObjectAcl").filter(|_| acl).map(object_acl).collect(),
        lifecycle: json.message("lifecycle", |v| bucket::Lifecycle {
            rule: v.list("rule").map(rule).collect(),
        }),
        create_time: json.time("timeCreated"),
        cors: json.list("cors").map(cors).collect(),
        update_time: json.time("updated"),
        default_event_based_hold: json.flag("defaultEventBasedHold"),
        labels: labels(json.get("labels")),
        website: json.message("website", |v| bucket::Website {
            main_page_suffix: v.text("mainPageSuffix"),
            not_found_page: v.text("notFoundPage"),
        }),
        versioning: json
            .message("versioning", |v| bucket::Versioning { enabled: v.flag("enabled") }),
        logging: json.message("logging", |v| bucket::Logging {
            log_bucket: v
                .some_text("logBucket")
                .map(|b| format!("projects/_/buckets/{b}"))
                .unwrap_or_default(),
            log_object_prefix: v.text("logObjectPrefix"),
        }),
        owner: json.message("owner", owner).filter(|_| acl),
        encryption: json.message("encryption", encryption),
        billing: json
            .message("billing", |v| bucket::Billing { requester_pays: v.flag("requesterPays") }),
        retention_policy: json.message("retentionPolicy", |v| bucket::RetentionPolicy {
            effective_time: v.time("effectiveTime"),
            is_locked: v.flag("isLocked"),
            retention_duration: v.seconds("retentionPeriod"),
        }),
        iam_config: json.message("iamConfiguration", iam_configuration),
        satisfies_pzs: json.flag("satisfiesPZS"),
        custom_placement_config: json.message("customPlacementConfig", |v| {
            bucket::CustomPlacementConfig { data_locations: v.texts("dataLocations") }
        }),
        autoclass: json.message("autoclass", |v| bucket::Autoclass {
            enabled: v.flag("enabled"),
            toggle_time: v.time("toggleTime"),
            terminal_storage_class: v.some_text("terminalStorageClass"),
            terminal_storage_class_update_time: v.time("terminalStorageClassUpdateTime"),
        }),
        hierarchical_namespace: json.message("hierarchicalNamespace", |v| {
            bucket::HierarchicalNamespace { enabled: v.flag("enabled") }
        }),
        soft_delete_policy: json.message("softDeletePolicy", |v| bucket::SoftDeletePolicy {
            retention_duration: v.seconds("retentionDurationSeconds"),
            effective_time: v.time("effectiveTime"),
        }),
        object_retention: json.message("objectRetention", |v| bucket::ObjectRetention {
            enabled: v.text("mode") == "Enabled",
        }),
        ip_filter: json.message("ipFilter", filter),
    }
}

fn labels(json: Json<'_>) -> std::collections::HashMap<String, String> {
    let labels = json.0.and_then(Value::as_object);
    let text = |v: &Value| v.as_str().map(str::to_owned);
    labels.into_iter().flatten().filter_map(|(n, v)| Some((n.clone(), text(v)?))).collect()
}

fn owner(json: Json<'_>) -> proto::Owner {
    proto::Owner { entity: json.text("entity"), entity_id: json.text("entityId") }
}

fn team(json: Json<'_>) -> proto::ProjectTeam {
    proto::ProjectTeam { project_number: json.text("projectNumber"), team: json.text("team") }
}

fn bucket_acl(json: Json<'_>) -> proto::BucketAccessControl {
    proto::BucketAccessControl {
        role: json.text("role"),
        id: json.text("id"),
        entity: json.text("entity"),
        entity_alt: String::new(),
        entity_id: json.text("entityId"),
        etag: json.text("etag"),
        email: json.text("email"),
        domain: json.text("domain"),
        project_team: json.message("projectTeam", team),
    }
}

fn object_acl(json: Json<'_>) -> proto::ObjectAccessControl {
    proto::ObjectAccessControl {
        role: json.text("role"),
        id: json.text("id"),
        entity: json.text("entity"),
        entity_alt: String::new(),
        entity_id: json.text("entityId"),
        etag: json.text("etag"),
        email: json.text("email"),
        domain: json.text("domain"),
        project_team: json.message("projectTeam", team),
    }
}

fn cors(json: Json<'_>) -> bucket::Cors {
    bucket::Cors {
        origin: json.texts("origin"),
        method: json.texts("method"),
        response_header: json.texts("responseHeader"),
        max_age_seconds: json.int("maxAgeSeconds").unwrap_or_default(),
    }
}

fn rule(json: Json<'_>) -> lifecycle::Rule {
    lifecycle::Rule {
        action: json.message("action", |v| lifecycle::rule::Action {
            r#type: v.text("type"),
            storage_class: v.text("storageClass"),
        }),
        condition: json.message("condition", |v| lifecycle::rule::Condition {
            age_days: v.int("age"),
            created_before: v.date("createdBefore"),
            is_live: v.some_flag("isLive"),
            num_newer_versions: v.int("numNewerVersions"),
            matches_storage_class: v.texts("matchesStorageClass"),
            days_since_custom_time: v.int("daysSinceCustomTime"),
            custom_time_before: v.date("customTimeBefore"),
            days_since_noncurrent_time: v.int("daysSinceNoncurrentTime"),
            noncurrent_time_before: v.date("noncurrentTimeBefore"),
            matches_prefix: v.texts("matchesPrefix"),
            matches_suffix: v.texts("matchesSuffix"),
        }),
    }
}

fn encryption(json: Json<'_>) -> bucket::Encryption {
    bucket::Encryption {
        default_kms_key: json.text("defaultKmsKeyName"),
        google_managed_encryption_enforcement_config: json.message(
            "googleManagedEncryptionEnforcementConfig",
            |v| encryption::GoogleManagedEncryptionEnforcementConfig {
                restriction_mode: v.some_text("restrictionMode"),
                effective_time: v.time("effectiveTime"),
            },
        ),
        customer_managed_encryption_enforcement_config: json.message(
            "customerManagedEncryptionEnforcementConfig",
            |v| encryption::CustomerManagedEncryptionEnforcementConfig {
                restriction_mode: v.some_text("restrictionMode"),
                effective_time: v.time("effectiveTime"),
            },
        ),
        customer_supplied_encryption_enforcement_config: json.message(
            "customerSuppliedEncryptionEnforcementConfig",
            |v| encryption::CustomerSuppliedEncryptionEnforcementConfig {
                restriction_mode: v.some_text("restrictionMode"),
                effective_time: v.time("effectiveTime"),
            },
        ),
    }
}

fn iam_configuration(json: Json<'_>) -> bucket::IamConfig {
    let access = |v: Json<'_>| iam_config::UniformBucketLevelAccess {
        enabled: v.flag("enabled"),
        lock_time: v.time("lockedTime"),
    };
    bucket::IamConfig {
        uniform_bucket_level_access: json.message("uniformBucketLevelAccess", access),
        public_access_prevention: json.text("publicAccessPrevention"),
    }
}

fn filter(json: Json<'_>) -> bucket::IpFilter {
    let network = |v: Json<'_>| ip_filter::VpcNetworkSource {
        network: v.some_text("network"),
        allowed_ip_cidr_ranges: v.texts("allowedIpCidrRanges"),
    };
    bucket::IpFilter {
        mode: json.some_text("mode"),
        public_network_source: json.message("publicNetworkSource", |v| {
            ip_filter::PublicNetworkSource {
                allowed_ip_cidr_ranges: v.texts("allowedIpCidrRanges"),
            }
        }),
        vpc_network_sources: json.list("vpcNetworkSources").map(network).collect(),
        allow_cross_org_vpcs: json.flag("allowCrossOrgVpcs"),
        allow_all_service_agent_access: json.some_flag("allowAllServiceAgentAccess"),
    }
}

/// The message of an IAM policy.
pub(super) fn policy(json: &Value) -> iam::Policy {
    let json = Json(Some(json));
    let condition = |v: Json<'_>| common::Expr {
        expression: v.text("expression"),
        title: v.text("title"),
        description: v.text("description"),
        location: v.text("location"),
    };
    let binding = |v: Json<'_>| iam::Binding {
        role: v.text("role"),
        members: v.texts("members"),
        condition: v.message("condition", condition),
    };
    iam::Policy {
        version: json.int("version").unwrap_or_default(),
        bindings: json.list("bindings").map(binding).collect(),
        audit_configs: Vec::new(),
        etag: super::base64::decode(&json.text("etag")).unwrap_or_default(),
    }
}

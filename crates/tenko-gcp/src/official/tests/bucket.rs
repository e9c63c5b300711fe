use google_cloud_storage::model::Bucket;
use google_cloud_storage::model::bucket;
use google_cloud_wkt::{Duration, Timestamp};
use serde_json::json;

use crate::official::bucket_json::bucket_json;

fn at(text: &str) -> Timestamp {
    text.try_into().unwrap()
}

#[test]
fn a_bare_bucket_shows_nothing_that_is_not_set() {
    let bucket =
        Bucket::new().set_name("projects/_/buckets/bare").set_bucket_id("bare").set_location("us");
    let expected = json!({
        "kind": "storage#bucket", "id": "bare", "name": "bare", "location": "US",
        "selfLink": "https://www.googleapis.com/storage/v1/b/bare",
    });
    assert_eq!(bucket_json(&bucket), expected);
}

#[test]
fn a_full_bucket_reads_as_in_the_json_api() {
    use bucket::lifecycle::rule::{Action, Condition};
    use bucket::{encryption, iam_config, ip_filter, lifecycle};
    let date = json!({"year": 2024, "month": 2, "day": 9});
    // The type of dates is in a crate of its own.
    let condition: Condition = serde_json::from_value(json!({
        "ageDays": 0, "createdBefore": date, "isLive": false, "numNewerVersions": 3,
        "matchesStorageClass": ["STANDARD"], "daysSinceCustomTime": 1, "customTimeBefore": date,
        "daysSinceNoncurrentTime": 2, "noncurrentTimeBefore": date, "matchesPrefix": ["a/"],
        "matchesSuffix": [".log"],
    }))
    .unwrap();
    let action = Action::new().set_type("SetStorageClass").set_storage_class("NEARLINE");
    let rule = lifecycle::Rule::new().set_action(action).set_condition(condition);
    let abort = Action::new().set_type("AbortIncompleteMultipartUpload");
    let abort =
        lifecycle::Rule::new().set_action(abort).set_condition(Condition::new().set_age_days(7));
    let enforced = encryption::GoogleManagedEncryptionEnforcementConfig::new()
        .set_restriction_mode("FullyRestricted")
        .set_effective_time(at("2026-01-02T03:04:05Z"));
    let access = iam_config::UniformBucketLevelAccess::new()
        .set_enabled(true)
        .set_lock_time(at("2026-04-05T06:07:08.009Z"));
    let network = ip_filter::VpcNetworkSource::new()
        .set_network("projects/p/global/networks/n")
        .set_allowed_ip_cidr_ranges(["10.0.0.0/8"]);
    let public = ip_filter::PublicNetworkSource::new().set_allowed_ip_cidr_ranges(["192.0.2.0/24"]);
    let bucket = Bucket::new()
        .set_name("projects/_/buckets/assets")
        .set_bucket_id("assets")
        .set_etag("CAU=")
        .set_project("projects/242032014983")
        .set_metageneration(5)
        .set_location("EUROPE-WEST3")
        .set_location_type("region")
        .set_storage_class("STANDARD")
        .set_rpo("DEFAULT")
        .set_create_time(at("2024-01-02T03:04:05.123456Z"))
        .set_update_time(at("2024-01-02T03:04:05Z"))
        .set_default_event_based_hold(true)
        .set_satisfies_pzs(true)
        .set_labels([("env", "prod")])
        .set_cors([bucket::Cors::new()
            .set_origin(["*"])
            .set_method(["GET"])
            .set_response_header(["Content-Type"])
            .set_max_age_seconds(3600)])
        .set_lifecycle(bucket::Lifecycle::new().set_rule([rule, abort]))
        .set_versioning(bucket::Versioning::new().set_enabled(false))
        .set_billing(bucket::Billing::new().set_requester_pays(true))
        .set_website(bucket::Website::new().set_main_page_suffix("index.html"))
        .set_logging(
            bucket::Logging::new()
                .set_log_bucket("projects/1/buckets/logs")
                .set_log_object_prefix("a"),
        )
        .set_encryption(
            bucket::Encryption::new()
                .set_default_kms_key("projects/p/locations/eu/keyRings/r/cryptoKeys/k")
                .set_google_managed_encryption_enforcement_config(enforced),
        )
        .set_retention_policy(
            bucket::RetentionPolicy::new()
                .set_retention_duration(Duration::clamp(86400, 0))
                .set_effective_time(at("2024-01-02T03:04:05.5Z"))
                .set_is_locked(true),
        )
        .set_soft_delete_policy(
            bucket::SoftDeletePolicy::new().set_retention_duration(Duration::clamp(0, 0)),
        )
        .set_iam_config(
            bucket::IamConfig::new()
                .set_uniform_bucket_level_access(access)
                .set_public_access_prevention("enforced"),
        )
        .set_custom_placement_config(
            bucket::CustomPlacementConfig::new().set_data_locations(["US-EAST1", "US-WEST1"]),
        )
        .set_autoclass(
            bucket::Autoclass::new()
                .set_enabled(true)
                .set_toggle_time(at("2024-01-02T03:04:05Z"))
                .set_terminal_storage_class("ARCHIVE"),
        )
        .set_hierarchical_namespace(bucket::HierarchicalNamespace::new().set_enabled(true))
        .set_object_retention(bucket::ObjectRetention::new().set_enabled(true))
        .set_ip_filter(
            bucket::IpFilter::new()
                .set_mode("Enabled")
                .set_public_network_source(public)
                .set_vpc_network_sources([network])
                .set_allow_all_service_agent_access(false),
        );
    let expected = json!({
        "kind": "storage#bucket",
        "id": "assets",
        "name": "assets",
        "selfLink": "https://www.googleapis.com/storage/v1/b/assets",
        "projectNumber": "242032014983",
        "metageneration": "5",
        "location": "EUROPE-WEST3",
        "locationType": "region",
        "storageClass": "STANDARD",
        "rpo": "DEFAULT",
        "timeCreated": "2024-01-02T03:04:05.123Z",
        "updated": "2024-01-02T03:04:05.000Z",
        "defaultEventBasedHold": true,
        "satisfiesPZS": true,
        "labels": {"env": "prod"},
        "cors": [{"origin": ["*"], "method": ["GET"], "responseHeader": ["Content-Type"],
            "maxAgeSeconds": 3600}],
        "lifecycle": {"rule": [
            {"action": {"type": "SetStorageClass", "storageClass": "NEARLINE"},
             "condition": {"age": 0, "createdBefore": "2024-02-09", "isLive": false,
                "numNewerVersions": 3, "matchesStorageClass": ["STANDARD"],
                "daysSinceCustomTime": 1, "customTimeBefore": "2024-02-09",
                "daysSinceNoncurrentTime": 2, "noncurrentTimeBefore": "2024-02-09",
                "matchesPrefix": ["a/"], "matchesSuffix": [".log"]}},
            {"action": {"type": "AbortIncompleteMultipartUpload"}, "condition": {"age": 7}}]},
        "versioning": {"enabled": false},
        "billing": {"requesterPays": true},
        "website": {"mainPageSuffix": "index.html"},
        "logging": {"logBucket": "logs", "logObjectPrefix": "a"},
        "encryption": {
            "defaultKmsKeyName": "projects/p/locations/eu/keyRings/r/cryptoKeys/k",
            "googleManagedEncryptionEnforcementConfig": {
                "restrictionMode": "FullyRestricted",
                "effectiveTime": "2026-01-02T03:04:05.000Z"}},
        "retentionPolicy": {"retentionPeriod": "86400", "isLocked": true,
            "effectiveTime": "2024-01-02T03:04:05.500Z"},
        "softDeletePolicy": {"retentionDurationSeconds": "0"},
        "iamConfiguration": {
            "uniformBucketLevelAccess": {"enabled": true, "lockedTime": "2026-04-05T06:07:08.009Z"},
            "publicAccessPrevention": "enforced"},
        "customPlacementConfig": {"dataLocations": ["US-EAST1", "US-WEST1"]},
        "autoclass": {"enabled": true, "toggleTime": "2024-01-02T03:04:05.000Z",
            "terminalStorageClass": "ARCHIVE"},
        "hierarchicalNamespace": {"enabled": true},
        "objectRetention": {"mode": "Enabled"},
        "ipFilter": {"mode": "Enabled",
            "publicNetworkSource": {"allowedIpCidrRanges": ["192.0.2.0/24"]},
            "vpcNetworkSources": [{"network": "projects/p/global/networks/n",
                "allowedIpCidrRanges": ["10.0.0.0/8"]}],
            "allowAllServiceAgentAccess": false},
    });
    assert_eq!(bucket_json(&bucket), expected);
}

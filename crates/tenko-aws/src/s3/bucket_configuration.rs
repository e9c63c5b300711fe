//! Parts of a bucket's configuration as CloudFormation names them.

use aws_sdk_s3::operation::get_bucket_acl::GetBucketAclOutput;
use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
use aws_sdk_s3::operation::get_bucket_versioning::{
    GetBucketVersioningError, GetBucketVersioningOutput,
};
use aws_sdk_s3::types::{
    LifecycleRule, LoggingEnabled, ObjectLockConfiguration, OwnershipControls,
    PublicAccessBlockConfiguration, ReplicationConfiguration, ServerSideEncryptionConfiguration,
    Tag,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use serde_json::{Value, json};

use crate::sdk_type::{list, text, texts};

pub(super) fn encryption(it: &ServerSideEncryptionConfiguration) -> Value {
    let rules = it.rules.iter().map(|it| {
        let by_default = it.apply_server_side_encryption_by_default.as_ref();
        json!({
            "BlockedEncryptionTypes": it
                .blocked_encryption_types
                .as_ref()
                .map(|it| json!({ "EncryptionType": texts(&it.encryption_type) })),
            "BucketKeyEnabled": it.bucket_key_enabled,
            "ServerSideEncryptionByDefault": by_default.map(|it| json!({
                "KMSMasterKeyID": text(&it.kms_master_key_id),
                "SSEAlgorithm": it.sse_algorithm.as_str(),
            })),
        })
    });
    json!({ "ServerSideEncryptionConfiguration": rules.collect::<Value>() })
}

pub(super) fn public_access_block(it: &PublicAccessBlockConfiguration) -> Value {
    json!({
        "BlockPublicAcls": it.block_public_acls,
        "BlockPublicPolicy": it.block_public_policy,
        "IgnorePublicAcls": it.ignore_public_acls,
        "RestrictPublicBuckets": it.restrict_public_buckets,
    })
}

pub(super) fn logging(it: &LoggingEnabled) -> Value {
    let format = it.target_object_key_format.as_ref().map(|it| {
        json!({
            "PartitionedPrefix": it
                .partitioned_prefix
                .as_ref()
                .map(|it| json!({ "PartitionDateSource": text(&it.partition_date_source) })),
            "SimplePrefix": it.simple_prefix.as_ref().map(|_| json!({})),
        })
    });
    json!({
        "DestinationBucketName": it.target_bucket,
        "LogFilePrefix": it.target_prefix,
        "TargetObjectKeyFormat": format,
    })
}

pub(super) fn object_lock(it: &ObjectLockConfiguration) -> Value {
    let retention = it.rule.as_ref().and_then(|it| it.default_retention.as_ref());
    let retention = retention.map(|it| {
        json!({
            "Days": it.days,
            "DefaultEventHold": it
                .default_event_hold
                .as_ref()
                .map(|it| json!({ "Days": it.days, "Years": it.years })),
            "Mode": text(&it.mode),
            "Years": it.years,
        })
    });
    json!({
        "ObjectLockEnabled": text(&it.object_lock_enabled),
        "Rule": retention.map(|it| json!({ "DefaultRetention": it })),
    })
}

pub(super) fn ownership(it: &OwnershipControls) -> Value {
    let rules =
        it.rules.iter().map(|it| json!({ "ObjectOwnership": it.object_ownership.as_str() }));
    json!({ "Rules": rules.collect::<Value>() })
}

pub(super) fn replication(it: &ReplicationConfiguration) -> Value {
    let rules = it.rules.iter().map(|it| {
        json!({
            "Destination": it.destination.as_ref().map(|it| json!({
                "Account": text(&it.account),
                "Bucket": it.bucket,
                "StorageClass": text(&it.storage_class),
            })),
            "Id": text(&it.id),
            "Priority": it.priority,
            "Status": it.status.as_str(),
        })
    });
    json!({ "Role": it.role, "Rules": rules.collect::<Value>() })
}

pub(super) fn grants(acl: &GetBucketAclOutput) -> Value {
    list(&acl.grants, |it| {
        json!({
            "Grantee": it.grantee.as_ref().map(|it| json!({
                "EmailAddress": text(&it.email_address),
                "ID": text(&it.id),
                "Type": it.r#type.as_str(),
                "URI": text(&it.uri),
            })),
            "Permission": text(&it.permission),
        })
    })
}

pub(super) fn lifecycle(it: &GetBucketLifecycleConfigurationOutput) -> Value {
    json!({
        "Rules": list(&it.rules, lifecycle_rule),
        "TransitionDefaultMinimumObjectSize": text(&it.transition_default_minimum_object_size),
    })
}

fn lifecycle_rule(rule: &LifecycleRule) -> Value {
    let expiration = rule.expiration.as_ref();
    let abort = rule.abort_incomplete_multipart_upload.as_ref();
    let filter = rule.filter.as_ref();
    let and = filter.and_then(|it| it.and.as_ref());
    // `Prefix` directly below the rule is S3's older form of the filter.
    #[expect(deprecated, reason = "buckets still have rules of the older form")]
    let prefix = text(&rule.prefix)
        .or_else(|| filter.and_then(|it| text(&it.prefix)))
        .or_else(|| and.and_then(|it| text(&it.prefix)));
    let greater = filter
        .and_then(|it| it.object_size_greater_than)
        .or_else(|| and.and_then(|it| it.object_size_greater_than));
    let less = filter
        .and_then(|it| it.object_size_less_than)
        .or_else(|| and.and_then(|it| it.object_size_less_than));
    let tag = |tag: &Tag| json!({ "Key": tag.key, "Value": tag.value });
    let one = filter.and_then(|it| it.tag.as_ref());
    let tags: Vec<_> =
        one.into_iter().chain(and.iter().flat_map(|it| it.tags())).map(tag).collect();
    let transitions = rule.transitions().iter().map(|it| {
        json!({
            "StorageClass": text(&it.storage_class),
            "TransitionDate": it.date.map(|at| at.to_string()),
            "TransitionInDays": it.days,
        })
    });
    let noncurrent = rule.noncurrent_version_transitions().iter().map(|it| {
        json!({
            "NewerNoncurrentVersions": it.newer_noncurrent_versions,
            "StorageClass": text(&it.storage_class),
            "TransitionInDays": it.noncurrent_days,
        })
    });
    let some = |values: Vec<Value>| Some(values).filter(|values| !values.is_empty());
    json!({
        "AbortIncompleteMultipartUpload":
            abort.map(|it| json!({ "DaysAfterInitiation": it.days_after_initiation })),
        "ExpirationDate": expiration.and_then(|it| it.date).map(|at| at.to_string()),
        "ExpirationInDays": expiration.and_then(|it| it.days),
        "ExpiredObjectDeleteMarker": expiration.and_then(|it| it.expired_object_delete_marker),
        "Id": text(&rule.id),
        "NoncurrentVersionExpiration": rule.noncurrent_version_expiration.as_ref().map(|it| json!({
            "NewerNoncurrentVersions": it.newer_noncurrent_versions,
            "NoncurrentDays": it.noncurrent_days,
        })),
        "NoncurrentVersionTransitions": some(noncurrent.collect()),
        // CloudFormation has sizes as text.
        "ObjectSizeGreaterThan": greater.map(|size| size.to_string()),
        "ObjectSizeLessThan": less.map(|size| size.to_string()),
        "Prefix": prefix,
        "Status": rule.status.as_str(),
        "TagFilters": some(tags),
        "Transitions": some(transitions.collect()),
    })
}

/// Some servers that speak S3's protocol name the root of this one answer after the operation,
/// which the SDK refuses. What is in it is the same, so nothing is guessed by reading it.
#[expect(clippy::result_large_err, reason = "the error is the SDK's own, passed on as it came")]
pub(super) fn versioning_under_another_name(
    error: SdkError<GetBucketVersioningError, HttpResponse>,
) -> Result<GetBucketVersioningOutput, SdkError<GetBucketVersioningError, HttpResponse>> {
    let body = match error.raw_response() {
        Some(raw) if raw.status().is_success() => raw.body().bytes().map(<[u8]>::to_vec),
        _ => None,
    };
    let text = body.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    match text.and_then(|text| crate::wire::xml::parse(text, &[]).ok()) {
        Some((root, value)) if root == "GetBucketVersioningResponse" => {
            let text = |key: &str| value.get(key).and_then(|found| found.as_str());
            Ok(GetBucketVersioningOutput::builder()
                .set_status(text("Status").map(Into::into))
                .set_mfa_delete(text("MfaDelete").map(Into::into))
                .build())
        }
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{
        ExpirationStatus, LifecycleExpiration, LifecycleRuleAndOperator, LifecycleRuleFilter,
        Transition, TransitionStorageClass,
    };
    use aws_smithy_types::DateTime;
    use tenko_core::Attributes;

    use super::*;

    #[test]
    fn a_combined_filter_becomes_flat() {
        let tag = Tag::builder().key("class").value("log").build().unwrap();
        let and = LifecycleRuleAndOperator::builder()
            .prefix("logs/")
            .tags(tag)
            .object_size_greater_than(500);
        let rule = LifecycleRule::builder()
            .id("archive")
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().and(and.build()).build())
            .transitions(
                Transition::builder()
                    .days(30)
                    .storage_class(TransitionStorageClass::Glacier)
                    .build(),
            )
            .expiration(
                LifecycleExpiration::builder().date(DateTime::from_secs(1_893_456_000)).build(),
            )
            .build()
            .unwrap();
        let found = Attributes::new(&lifecycle_rule(&rule)).unwrap().to_value();
        assert_eq!(
            found,
            json!({
                "ExpirationDate": "2030-01-01T00:00:00Z",
                "Id": "archive",
                "ObjectSizeGreaterThan": "500",
                "Prefix": "logs/",
                "Status": "Enabled",
                "TagFilters": [{"Key": "class", "Value": "log"}],
                "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
            })
        );
    }
}

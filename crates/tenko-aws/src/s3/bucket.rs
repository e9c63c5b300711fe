use std::collections::BTreeMap;

use aws_sdk_s3::types::{Bucket, ObjectOwnership};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind, Region};

use super::bucket_configuration::{
    encryption, grants, lifecycle, logging, object_lock, ownership, public_access_block,
    replication, versioning_under_another_name,
};
use super::bucket_reader::{BucketReader, Gone, Part, ask};
use crate::context::UnitContext;
use crate::sdk_paging::{Page, Pages, call_error, each, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, document, text};

pub(super) static BUCKET: SdkType = SdkType {
    name: "AWS::S3::Bucket",
    id_attribute: "BucketName",
    service: "s3",
    title: "S3 bucket",
    doc: "A bucket for objects. General-purpose buckets only.\n\
        \n\
        Read with one paged `ListBuckets` per account, which names the buckets of all regions, and one call per part of each \
        bucket, in the bucket's own region; the id is `BucketName`. A bucket's region is what `ListBuckets` or \
        `GetBucketLocation` says. A bucket whose region cannot be learnt is not reported, and the unit is partial. A \
        bucket that was deleted meanwhile is left out.\n\
        \n\
        - A part that is not configured is absent, which is a fact. A part that cannot be read is unknown.\n\
        - `BucketPolicy` folds `AWS::S3::BucketPolicy`: it is that type's `PolicyDocument`, parsed.\n\
        - `VersioningConfiguration` is absent where versioning was never set. `MFADelete` in it is the API's own.\n\
        - `ObjectLockEnabled` says whether there is an `ObjectLockConfiguration` that is on.\n\
        - `AccessControlList` has the grants in the API's own form. It is read only where ACLs count: not with \
        `ObjectOwnership: BucketOwnerEnforced`.\n\
        - `PolicyStatus` says whether S3 takes the bucket's policy for a public one. It is asked for only where there is \
        a policy, follows from it, and is not compared.\n\
        - Of `ReplicationConfiguration` the role and, of each rule, its name, priority, status and destination are read.\n\
        - The account's own public access block is not a part of the bucket.",
    reach: ReachKind::Global,
    taggable: true,
    attributes: &[
        "AccessControlList",
        "BucketEncryption",
        "BucketName",
        "BucketPolicy",
        "LifecycleConfiguration",
        "LoggingConfiguration",
        "ObjectLockConfiguration",
        "ObjectLockEnabled",
        "OwnershipControls",
        "PolicyStatus",
        "PublicAccessBlockConfiguration",
        "ReplicationConfiguration",
        "VersioningConfiguration",
    ],
    ignored: &["PolicyStatus"],
    sensitive: &[],
    sets: &[
        "AccessControlList",
        "BucketEncryption.ServerSideEncryptionConfiguration.*.BlockedEncryptionTypes.EncryptionType",
        "LifecycleConfiguration.Rules",
        "LifecycleConfiguration.Rules.*.NoncurrentVersionTransitions",
        "LifecycleConfiguration.Rules.*.TagFilters",
        "LifecycleConfiguration.Rules.*.Transitions",
        "ReplicationConfiguration.Rules",
    ],
    operations: &[
        SdkOperation { name: "ListBuckets", action: "s3:ListAllMyBuckets" },
        SdkOperation { name: "GetBucketLocation", action: "s3:GetBucketLocation" },
        SdkOperation { name: "GetBucketVersioning", action: "s3:GetBucketVersioning" },
        SdkOperation { name: "GetBucketEncryption", action: "s3:GetEncryptionConfiguration" },
        SdkOperation { name: "GetPublicAccessBlock", action: "s3:GetBucketPublicAccessBlock" },
        SdkOperation { name: "GetBucketPolicy", action: "s3:GetBucketPolicy" },
        SdkOperation { name: "GetBucketLogging", action: "s3:GetBucketLogging" },
        SdkOperation {
            name: "GetBucketLifecycleConfiguration",
            action: "s3:GetLifecycleConfiguration",
        },
        SdkOperation {
            name: "GetObjectLockConfiguration",
            action: "s3:GetBucketObjectLockConfiguration",
        },
        SdkOperation {
            name: "GetBucketOwnershipControls",
            action: "s3:GetBucketOwnershipControls",
        },
        SdkOperation { name: "GetBucketPolicyStatus", action: "s3:GetBucketPolicyStatus" },
        SdkOperation { name: "GetBucketReplication", action: "s3:GetReplicationConfiguration" },
        SdkOperation { name: "GetBucketAcl", action: "s3:GetBucketAcl" },
        SdkOperation { name: "GetBucketTagging", action: "s3:GetBucketTagging" },
    ],
    iac: include_str!("bucket.iac.toml"),
    collect,
};

/// How many buckets are read at a time.
const AT_ONCE: usize = 8;

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    each(buckets(ctx), AT_ONCE, move |bucket| async move {
        read(ctx, bucket).await.unwrap_or_else(|Gone| Vec::new())
    })
}

fn buckets<'a>(ctx: &'a UnitContext<'a>) -> Pages<'a, Bucket> {
    const OPERATION: &str = "ListBuckets";
    fn id(bucket: &Bucket) -> Option<&str> {
        bucket.name.as_deref()
    }
    pages("s3", OPERATION, id, move |token| async move {
        ctx.pass("s3").await;
        // Only with a parameter does S3 page, and say each bucket's region.
        let request = ctx.clients.s3.list_buckets().max_buckets(1000);
        let request = request.set_continuation_token(token);
        let answer = request.customize().config_override(ctx.s3()).send().await;
        let page = answer.map_err(|error| call_error(ctx, &error, "s3", OPERATION))?;
        Ok(Page { items: page.buckets.unwrap_or_default(), next: page.continuation_token })
    })
}

async fn read(ctx: &UnitContext<'_>, bucket: Bucket) -> Result<Vec<TypeEvent>, Gone> {
    let name = bucket.name.unwrap_or_default();
    let named = text(&bucket.bucket_region).map(str::to_owned);
    let start = named.clone().unwrap_or_else(|| ctx.region.to_owned());
    let mut reader = BucketReader::new(ctx, name.clone(), start);
    if named.is_none() {
        match locate(&mut reader).await? {
            Some(region) => reader.region = region,
            None => return Ok(reader.problems),
        }
    }
    let attributes = read_parts(&mut reader).await?;
    let tags = read_tags(&mut reader).await?;
    let mut draft = Draft::new(Some(name.clone()), attributes)
        .tagged(tags)
        .created(bucket.creation_date.as_ref());
    draft.name = Some(name);
    draft.region = Some(Region::new(&reader.region));
    draft.unknown = reader.unknown;
    let mut events = reader.problems;
    events.push(TypeEvent::Drafts(vec![draft]));
    Ok(events)
}

/// The bucket's region, where the listing does not say it.
async fn locate(reader: &mut BucketReader<'_>) -> Result<Option<String>, Gone> {
    let answer = ask!(reader, "GetBucketLocation", get_bucket_location, "", &[]);
    let Part::Found(answer) = answer else {
        // Even a denial can tell the region.
        let told = reader.told_region.clone();
        if told.is_some() {
            reader.problems.clear();
        }
        return Ok(told);
    };
    Ok(Some(region_of(text(&answer.location_constraint)).to_owned()))
}

/// The region that a location constraint stands for: the oldest two have names of their own.
fn region_of(constraint: Option<&str>) -> &str {
    match constraint {
        None => "us-east-1",
        Some("EU") => "eu-west-1",
        Some(region) => region,
    }
}

async fn read_parts(reader: &mut BucketReader<'_>) -> Result<Value, Gone> {
    let versioning = reader
        .ask("GetBucketVersioning", "", &["VersioningConfiguration"], |s3, bucket, config| {
            let call = s3.get_bucket_versioning().bucket(bucket);
            let call = call.customize().config_override(config).send();
            async move { call.await.or_else(versioning_under_another_name) }
        })
        .await?;
    let encrypted = ask!(
        reader,
        "GetBucketEncryption",
        get_bucket_encryption,
        "ServerSideEncryptionConfigurationNotFoundError",
        &["BucketEncryption"]
    );
    let public_access = ask!(
        reader,
        "GetPublicAccessBlock",
        get_public_access_block,
        "NoSuchPublicAccessBlockConfiguration",
        &["PublicAccessBlockConfiguration"]
    );
    let policy =
        ask!(reader, "GetBucketPolicy", get_bucket_policy, "NoSuchBucketPolicy", &["BucketPolicy"]);
    // A policy that can't be read may be there.
    let status = match policy {
        Part::Absent => Part::Absent,
        Part::Found(_) | Part::Unread => ask!(
            reader,
            "GetBucketPolicyStatus",
            get_bucket_policy_status,
            "NoSuchBucketPolicy",
            &["PolicyStatus"]
        ),
    };
    let replicated = ask!(
        reader,
        "GetBucketReplication",
        get_bucket_replication,
        "ReplicationConfigurationNotFoundError",
        &["ReplicationConfiguration"]
    );
    let logs = ask!(reader, "GetBucketLogging", get_bucket_logging, "", &["LoggingConfiguration"]);
    let lifecycles = ask!(
        reader,
        "GetBucketLifecycleConfiguration",
        get_bucket_lifecycle_configuration,
        "NoSuchLifecycleConfiguration",
        &["LifecycleConfiguration"]
    );
    let locked = ask!(
        reader,
        "GetObjectLockConfiguration",
        get_object_lock_configuration,
        "ObjectLockConfigurationNotFoundError",
        &["ObjectLockConfiguration", "ObjectLockEnabled"]
    );
    let is_lock_read = !matches!(locked, Part::Unread);
    let locked = locked.found(|it| it.object_lock_configuration).map(|it| object_lock(&it));
    let is_locked = locked.as_ref().is_some_and(|it| it["ObjectLockEnabled"] == "Enabled");
    let owned = ask!(
        reader,
        "GetBucketOwnershipControls",
        get_bucket_ownership_controls,
        "OwnershipControlsNotFoundError",
        &["OwnershipControls"]
    );
    let owned = owned.found(|it| it.ownership_controls);
    let is_acl_off = owned
        .iter()
        .flat_map(|it| &it.rules)
        .any(|it| it.object_ownership == ObjectOwnership::BucketOwnerEnforced);
    let acl = match is_acl_off {
        true => Part::Absent,
        false => ask!(reader, "GetBucketAcl", get_bucket_acl, "", &["AccessControlList"]),
    };
    Ok(json!({
        "AccessControlList": acl.found(|it| Some(grants(&it))),
        "BucketEncryption": encrypted
            .found(|it| it.server_side_encryption_configuration)
            .map(|it| encryption(&it)),
        "BucketName": reader.bucket,
        "BucketPolicy": policy.found(|it| text(&it.policy).map(document)),
        "LifecycleConfiguration": lifecycles.found(|it| Some(lifecycle(&it))),
        "LoggingConfiguration": logs.found(|it| it.logging_enabled).map(|it| logging(&it)),
        "ObjectLockConfiguration": locked,
        "ObjectLockEnabled": Some(is_locked).filter(|_| is_lock_read),
        "OwnershipControls": owned.as_ref().map(ownership),
        "PolicyStatus": status
            .found(|it| it.policy_status)
            .map(|it| json!({ "IsPublic": it.is_public.unwrap_or_default() })),
        "PublicAccessBlockConfiguration": public_access
            .found(|it| it.public_access_block_configuration)
            .map(|it| public_access_block(&it)),
        "ReplicationConfiguration": replicated
            .found(|it| it.replication_configuration)
            .map(|it| replication(&it)),
        "VersioningConfiguration": versioning.found(|it| {
            it.status.is_some().then(|| {
                json!({ "MFADelete": text(&it.mfa_delete), "Status": text(&it.status) })
            })
        }),
    }))
}

async fn read_tags(reader: &mut BucketReader<'_>) -> Result<BTreeMap<String, String>, Gone> {
    let tags = ask!(reader, "GetBucketTagging", get_bucket_tagging, "NoSuchTagSet", &["Tags"]);
    let tags = tags.found(|it| Some(it.tag_set)).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_locations_have_names_of_their_own() {
        assert_eq!(region_of(None), "us-east-1");
        assert_eq!(region_of(Some("EU")), "eu-west-1");
        assert_eq!(region_of(Some("ap-northeast-1")), "ap-northeast-1");
    }
}

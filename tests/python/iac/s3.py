"""A bucket, and everything that provider 4 and later declare apart from it."""

import json

from network import IMMUTABLE
from s3_state import FILE, LOGS, NAME, bucket, declare
from world import ACCOUNT, REGION, TAGS, pairs

LOCATION = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}


def policy(action):
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Partner",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
                "Action": action,
                "Resource": f"arn:aws:s3:::{NAME}/*",
            }
        ],
    }


def rules(days):
    return {
        "Rules": [
            {
                "ID": "expire",
                "Status": "Enabled",
                "Filter": {"Prefix": "tmp/"},
                "Expiration": {"Days": days},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
            },
            {
                "ID": "archive",
                "Status": "Enabled",
                "Filter": {
                    "And": {"Prefix": "old/", "Tags": [{"Key": "class", "Value": "archive"}]}
                },
                "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
            },
        ]
    }


def block(value):
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {name: value for name in names}


def encryption(algorithm, bucket_key, key=None):
    by_default = {"SSEAlgorithm": algorithm, **({"KMSMasterKeyID": key} if key else {})}
    return {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": bucket_key}
        ]
    }


OWNER = "BucketOwnerPreferred"
BY_DEFAULT = "BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def make(world):
    s3 = world.client("s3")
    logs = make_logs(world, s3)
    s3.create_bucket(Bucket=NAME, ObjectLockEnabledForBucket=True, **LOCATION)
    put = {
        "encryption": lambda to: s3.put_bucket_encryption(
            Bucket=NAME, ServerSideEncryptionConfiguration=to
        ),
        "lifecycle": lambda days: s3.put_bucket_lifecycle_configuration(
            Bucket=NAME, LifecycleConfiguration=rules(days)
        ),
        "lock": lambda days: s3.put_object_lock_configuration(
            Bucket=NAME,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": days}},
            },
        ),
        "logging": lambda to: s3.put_bucket_logging(
            Bucket=NAME, BucketLoggingStatus={"LoggingEnabled": to}
        ),
        "ownership": lambda to: s3.put_bucket_ownership_controls(
            Bucket=NAME, OwnershipControls={"Rules": [{"ObjectOwnership": to}]}
        ),
        "policy": lambda action: s3.put_bucket_policy(
            Bucket=NAME, Policy=json.dumps(policy(action))
        ),
        "public": lambda to: s3.put_public_access_block(
            Bucket=NAME, PublicAccessBlockConfiguration=to
        ),
        "versions": lambda to: s3.put_bucket_versioning(
            Bucket=NAME, VersioningConfiguration={"Status": to}
        ),
        "tags": lambda to: s3.put_bucket_tagging(
            Bucket=NAME, Tagging={"TagSet": pairs({**TAGS, "owner": to})}
        ),
    }
    put["encryption"](encryption("aws:kms", True, KEY))
    put["lifecycle"](90)
    put["lock"](5)
    put["logging"]({"TargetBucket": logs, "TargetPrefix": "assets/"})
    put["ownership"](OWNER)
    put["policy"]("s3:GetObject")
    put["public"](block(True))
    put["versions"]("Enabled")
    put["tags"]("sre")
    thing = world.thing("AWS::S3::Bucket", NAME, declare(world, s3))
    changes(world, s3, thing, put, logs)


def make_logs(world, s3):
    """A bucket that nobody configured: the state of provider 5 lists what it has by itself."""
    s3.create_bucket(Bucket=LOGS, **LOCATION)
    s3.put_bucket_acl(Bucket=LOGS, ACL="log-delivery-write")
    source = world.state(FILE, "aws_s3_bucket", "logs", bucket(s3, LOGS, {}))
    thing = world.thing("AWS::S3::Bucket", LOGS, source)
    thing.change(
        "VersioningConfiguration.Status",
        lambda: s3.put_bucket_versioning(
            Bucket=LOGS, VersioningConfiguration={"Status": "Enabled"}
        ),
        lambda: s3.put_bucket_versioning(
            Bucket=LOGS, VersioningConfiguration={"Status": "Suspended"}
        ),
    )
    thing.change(
        "BucketEncryption",
        lambda: s3.put_bucket_encryption(
            Bucket=LOGS, ServerSideEncryptionConfiguration=encryption("aws:kms", False, KEY)
        ),
        lambda: s3.delete_bucket_encryption(Bucket=LOGS),
        f"{BY_DEFAULT}.KMSMasterKeyID",
        f"{BY_DEFAULT}.SSEAlgorithm",
    )
    # What is not declared at all must not be there.
    log = lambda to: s3.put_bucket_logging(Bucket=LOGS, BucketLoggingStatus=to)
    thing.swap(
        "LoggingConfiguration.DestinationBucketName",
        log,
        {"LoggingEnabled": {"TargetBucket": LOGS, "TargetPrefix": "own/"}},
        {},
        "LoggingConfiguration.DestinationBucketName",
        "LoggingConfiguration.LogFilePrefix",
    )
    acl = lambda name: s3.put_bucket_acl(Bucket=LOGS, ACL=name)
    thing.swap("AccessControlList", acl, "public-read", "log-delivery-write")
    thing.change(
        "LifecycleConfiguration.Rules",
        lambda: s3.put_bucket_lifecycle_configuration(Bucket=LOGS, LifecycleConfiguration=rules(1)),
        lambda: s3.delete_bucket_lifecycle(Bucket=LOGS),
    )
    thing.change(
        "BucketPolicy",
        lambda: s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps(policy("s3:*"))),
        lambda: s3.delete_bucket_policy(Bucket=LOGS),
    )

    def delete():
        # Logs have arrived meanwhile.
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=LOGS):
            for item in page.get("Contents", []):
                s3.delete_object(Bucket=LOGS, Key=item["Key"])
        for item in s3.list_object_versions(Bucket=LOGS).get("Versions", []):
            s3.delete_object(Bucket=LOGS, Key=item["Key"], VersionId=item["VersionId"])
        s3.delete_bucket(Bucket=LOGS)

    thing.delete = delete
    return LOGS


def changes(world, s3, thing, put, logs):
    thing.swap("VersioningConfiguration.Status", put["versions"], "Suspended", "Enabled")
    thing.swap(
        "BucketEncryption",
        put["encryption"],
        encryption("aws:kms", False, KEY),
        encryption("aws:kms", True, KEY),
        "BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled",
    )
    thing.swap(
        "BucketEncryption",
        put["encryption"],
        encryption("AES256", True),
        encryption("aws:kms", True, KEY),
        f"{BY_DEFAULT}.KMSMasterKeyID",
        f"{BY_DEFAULT}.SSEAlgorithm",
    )
    for name in block(True):
        thing.swap(
            "PublicAccessBlockConfiguration",
            put["public"],
            {**block(True), name: False},
            block(True),
            f"PublicAccessBlockConfiguration.{name}",
        )
    thing.swap(
        "OwnershipControls",
        put["ownership"],
        "ObjectWriter",
        OWNER,
        "OwnershipControls.Rules[0].ObjectOwnership",
    )
    mine = {"TargetBucket": logs, "TargetPrefix": "assets/"}
    name = "LoggingConfiguration.DestinationBucketName"
    s3.create_bucket(Bucket="acme-elsewhere-logs", **LOCATION)
    s3.put_bucket_acl(Bucket="acme-elsewhere-logs", ACL="log-delivery-write")
    world.state(FILE, "aws_s3_bucket", "elsewhere", bucket(s3, "acme-elsewhere-logs", {}))
    thing.swap(name, put["logging"], {**mine, "TargetBucket": "acme-elsewhere-logs"}, mine)
    name = "LoggingConfiguration.LogFilePrefix"
    thing.swap(name, put["logging"], {**mine, "TargetPrefix": "other/"}, mine)
    thing.swap(
        "ObjectLockConfiguration",
        put["lock"],
        1,
        5,
        "ObjectLockConfiguration.Rule.DefaultRetention.Days",
    )
    thing.swap("LifecycleConfiguration.Rules", put["lifecycle"], 9, 90)
    thing.swap(
        "BucketPolicy",
        put["policy"],
        "s3:*",
        "s3:GetObject",
        "BucketPolicy.Statement[0].Action",
    )
    acl = lambda name: s3.put_bucket_acl(Bucket=NAME, ACL=name)
    thing.swap("AccessControlList", acl, "authenticated-read", "private")
    # What is declared and taken away.
    for name, remove, again in (
        ("BucketPolicy", s3.delete_bucket_policy, lambda: put["policy"]("s3:GetObject")),
        ("LifecycleConfiguration.Rules", s3.delete_bucket_lifecycle, lambda: put["lifecycle"](90)),
        ("OwnershipControls", s3.delete_bucket_ownership_controls, lambda: put["ownership"](OWNER)),
        (
            "PublicAccessBlockConfiguration",
            s3.delete_public_access_block,
            lambda: put["public"](block(True)),
        ),
    ):
        thing.change(name, lambda remove=remove: remove(Bucket=NAME), again)
    thing.change(
        "BucketEncryption",
        lambda: s3.delete_bucket_encryption(Bucket=NAME),
        lambda: put["encryption"](encryption("aws:kms", True, KEY)),
        f"{BY_DEFAULT}.KMSMasterKeyID",
        f"{BY_DEFAULT}.SSEAlgorithm",
        "BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled",
    )
    thing.change(
        "LoggingConfiguration.DestinationBucketName",
        lambda: s3.put_bucket_logging(Bucket=NAME, BucketLoggingStatus={}),
        lambda: put["logging"](mine),
        "LoggingConfiguration.DestinationBucketName",
        "LoggingConfiguration.LogFilePrefix",
    )

    def more():
        both = policy("s3:GetObject")
        both["Statement"].append({**both["Statement"][0], "Sid": "More", "Principal": "*"})
        s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(both))

    narrow = lambda: put["policy"]("s3:GetObject")
    thing.change("BucketPolicy", more, narrow, "BucketPolicy.Statement[1]")
    thing.swap("Tags", put["tags"], "somebody else", "sre", "Tags.owner")
    thing.delete = lambda: s3.delete_bucket(Bucket=NAME)
    type_ = thing.type
    world.fix(type_, IMMUTABLE, "BucketName")
    world.fix(
        type_, "it can't be turned off, and moto turns it on at creation only", "ObjectLockEnabled"
    )
    world.fix(type_, "moto does not keep it", "VersioningConfiguration.MFADelete")
    world.fix(
        type_, "replication takes a second bucket and a role; fixtures prove its mapping", "ReplicationConfiguration"
    )
    world.fix(
        type_,
        "moto does not keep it",
        "LifecycleConfiguration.TransitionDefaultMinimumObjectSize",
        "LoggingConfiguration.TargetObjectKeyFormat.PartitionedPrefix.PartitionDateSource",
    )

    def by_hand():
        s3.create_bucket(Bucket="acme-by-hand", **LOCATION)
        return "acme-by-hand", lambda: s3.delete_bucket(Bucket="acme-by-hand")

    world.by_hand(type_, by_hand)

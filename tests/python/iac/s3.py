"""A bucket, and everything that provider 4 and later declare apart from it."""

import json

from network import IMMUTABLE
from world import ACCOUNT, REGION, TAGS, pairs

FILE = "applications.tfstate"
# The policy of a bucket may well stand in another state than the bucket.
POLICIES = "grants.tfstate"
NAME = "acme-production-assets"
LOGS = "acme-production-logs"
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
    s3.put_bucket_acl(Bucket=logs, ACL="log-delivery-write")
    put["encryption"](encryption("aws:kms", True, KEY))
    put["lifecycle"](90)
    put["lock"](5)
    put["logging"]({"TargetBucket": logs, "TargetPrefix": "assets/"})
    put["ownership"]("BucketOwnerPreferred")
    put["policy"]("s3:GetObject")
    put["public"](block(True))
    put["versions"]("Enabled")
    put["tags"]("sre")
    thing = world.thing("AWS::S3::Bucket", NAME, declare(world, s3))
    changes(world, s3, thing, put, logs)


def make_logs(world, s3):
    """A bucket that nobody configured: the state of provider 5 lists what it has by itself."""
    s3.create_bucket(Bucket=LOGS, **LOCATION)
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


def bucket(s3, name, tags):
    acl = s3.get_bucket_acl(Bucket=name)
    grants = {}
    for grant in acl["Grants"]:
        grantee = grant["Grantee"]
        key = (grantee.get("ID", ""), grantee["Type"], grantee.get("URI", ""))
        grants.setdefault(key, []).append(grant["Permission"])
    return {
        "acceleration_status": "",
        "acl": None,
        "arn": f"arn:aws:s3:::{name}",
        "bucket": name,
        "bucket_domain_name": f"{name}.s3.amazonaws.com",
        "bucket_prefix": "",
        "bucket_regional_domain_name": f"{name}.s3.{REGION}.amazonaws.com",
        "cors_rule": [],
        "force_destroy": False,
        "grant": [
            {"id": id_, "permissions": permissions, "type": type_, "uri": uri}
            for (id_, type_, uri), permissions in grants.items()
        ],
        "hosted_zone_id": "Z21DNDUVLTQW6Q",
        "id": name,
        "lifecycle_rule": [],
        "logging": [],
        "object_lock_configuration": [],
        "object_lock_enabled": False,
        "policy": "",
        "region": REGION,
        "replication_configuration": [],
        "request_payer": "BucketOwner",
        "server_side_encryption_configuration": [
            {
                "rule": [
                    {
                        "apply_server_side_encryption_by_default": [
                            {"kms_master_key_id": "", "sse_algorithm": "AES256"}
                        ],
                        "bucket_key_enabled": False,
                    }
                ]
            }
        ],
        "tags": tags,
        "tags_all": tags,
        "timeouts": None,
        "versioning": [{"enabled": False, "mfa_delete": False}],
        "website": [],
        "website_domain": None,
        "website_endpoint": None,
    }


def rule_block(rule):
    """A rule as `aws_s3_bucket_lifecycle_configuration` of provider 5 has it."""
    filter_ = rule["Filter"]
    both = filter_.get("And")
    sizes = {"object_size_greater_than": None, "object_size_less_than": None}
    return {
        "abort_incomplete_multipart_upload": [
            {"days_after_initiation": rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]}
        ]
        if "AbortIncompleteMultipartUpload" in rule
        else [],
        "expiration": [
            {"date": None, "days": rule["Expiration"]["Days"], "expired_object_delete_marker": False}
        ]
        if "Expiration" in rule
        else [],
        "filter": [
            {
                "and": [
                    {
                        "object_size_greater_than": 0,
                        "object_size_less_than": 0,
                        "prefix": both["Prefix"],
                        "tags": {tag["Key"]: tag["Value"] for tag in both["Tags"]},
                    }
                ]
                if both
                else [],
                **sizes,
                "prefix": filter_.get("Prefix", ""),
                "tag": [],
            }
        ],
        "id": rule["ID"],
        "noncurrent_version_expiration": [
            {
                "newer_noncurrent_versions": None,
                "noncurrent_days": rule["NoncurrentVersionExpiration"]["NoncurrentDays"],
            }
        ]
        if "NoncurrentVersionExpiration" in rule
        else [],
        "noncurrent_version_transition": [],
        "prefix": "",
        "status": rule["Status"],
        "transition": [
            {"date": None, "days": one["Days"], "storage_class": one["StorageClass"]}
            for one in rule.get("Transitions", [])
        ],
    }


def declare(world, s3):
    owner = {"bucket": NAME, "expected_bucket_owner": "", "id": NAME}
    add = lambda kind, attributes, file=FILE: world.state(
        file, f"aws_s3_bucket_{kind}", "assets", {**owner, **attributes}
    )
    source = world.state(
        FILE, "aws_s3_bucket", "assets", {**bucket(s3, NAME, TAGS), "object_lock_enabled": True}
    )
    versions = s3.get_bucket_versioning(Bucket=NAME)
    add(
        "versioning",
        {"mfa": None, "versioning_configuration": [{"mfa_delete": "", "status": versions["Status"]}]},
    )
    found = s3.get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]["Rules"]
    add(
        "server_side_encryption_configuration",
        {
            "rule": [
                {
                    "apply_server_side_encryption_by_default": [
                        {
                            "kms_master_key_id": rule["ApplyServerSideEncryptionByDefault"][
                                "KMSMasterKeyID"
                            ],
                            "sse_algorithm": rule["ApplyServerSideEncryptionByDefault"][
                                "SSEAlgorithm"
                            ],
                        }
                    ],
                    "bucket_key_enabled": rule["BucketKeyEnabled"],
                }
                for rule in found
            ]
        },
    )
    found = s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    add(
        "public_access_block",
        {
            "block_public_acls": found["BlockPublicAcls"],
            "block_public_policy": found["BlockPublicPolicy"],
            "ignore_public_acls": found["IgnorePublicAcls"],
            "restrict_public_buckets": found["RestrictPublicBuckets"],
        },
    )
    found = s3.get_bucket_ownership_controls(Bucket=NAME)["OwnershipControls"]["Rules"]
    add(
        "ownership_controls",
        {"rule": [{"object_ownership": rule["ObjectOwnership"]} for rule in found]},
    )
    found = s3.get_bucket_logging(Bucket=NAME)["LoggingEnabled"]
    add(
        "logging",
        {
            "target_bucket": found["TargetBucket"],
            "target_grant": [],
            "target_object_key_format": [],
            "target_prefix": found["TargetPrefix"],
        },
    )
    found = s3.get_object_lock_configuration(Bucket=NAME)["ObjectLockConfiguration"]
    retention = found["Rule"]["DefaultRetention"]
    add(
        "object_lock_configuration",
        {
            "object_lock_enabled": found["ObjectLockEnabled"],
            "rule": [
                {
                    "default_retention": [
                        {"days": retention["Days"], "mode": retention["Mode"], "years": 0}
                    ]
                }
            ],
            "token": None,
        },
    )
    found = s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    add(
        "lifecycle_configuration",
        {
            "rule": [rule_block(rule) for rule in found],
            "timeouts": None,
            "transition_default_minimum_object_size": "all_storage_classes_128K",
        },
    )
    acl = s3.get_bucket_acl(Bucket=NAME)
    add(
        "acl",
        {
            "acl": "",
            "access_control_policy": [
                {
                    "grant": [
                        {
                            "grantee": [
                                {
                                    "display_name": grant["Grantee"].get("DisplayName", ""),
                                    "email_address": "",
                                    "id": grant["Grantee"].get("ID", ""),
                                    "type": grant["Grantee"]["Type"],
                                    "uri": grant["Grantee"].get("URI", ""),
                                }
                            ],
                            "permission": grant["Permission"],
                        }
                        for grant in acl["Grants"]
                    ],
                    "owner": [{"display_name": "", "id": acl["Owner"]["ID"]}],
                }
            ],
        },
    )
    found = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])
    add("policy", {"policy": json.dumps(found, sort_keys=True)}, POLICIES)
    return source


def changes(world, s3, thing, put, logs):
    thing.swap("VersioningConfiguration.Status", put["versions"], "Suspended", "Enabled")
    by_default = "BucketEncryption.ServerSideEncryptionConfiguration"
    thing.swap(
        "BucketEncryption",
        put["encryption"],
        encryption("aws:kms", False, KEY),
        encryption("aws:kms", True, KEY),
        f"{by_default}[0].BucketKeyEnabled",
    )
    thing.swap(
        "BucketEncryption",
        put["encryption"],
        encryption("AES256", True),
        encryption("aws:kms", True, KEY),
        f"{by_default}[0].ServerSideEncryptionByDefault.KMSMasterKeyID",
        f"{by_default}[0].ServerSideEncryptionByDefault.SSEAlgorithm",
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
        "BucketOwnerPreferred",
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
    thing.swap("Tags", put["tags"], "somebody else", "sre", "Tags.owner")
    thing.delete = lambda: s3.delete_bucket(Bucket=NAME)
    type_ = thing.type
    world.fix(type_, IMMUTABLE, "BucketName")
    world.fix(type_, "it can't be turned off, and moto turns it on at creation only", "ObjectLockEnabled")
    world.fix(type_, "moto does not keep it", "VersioningConfiguration.MFADelete")
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

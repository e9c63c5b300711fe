"""Buckets as Terraform's `hashicorp/aws` 5.x writes them down: one resource for each part."""

import json

from world import REGION, TAGS

FILE = "applications.tfstate"
# The policy of a bucket may well stand in another state than the bucket.
POLICIES = "grants.tfstate"
NAME = "acme-production-assets"
LOGS = "acme-production-logs"


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
        "abort_incomplete_multipart_upload": (
            [
                {
                    "days_after_initiation": rule["AbortIncompleteMultipartUpload"][
                        "DaysAfterInitiation"
                    ]
                }
            ]
            if "AbortIncompleteMultipartUpload" in rule
            else []
        ),
        "expiration": (
            [
                {
                    "date": None,
                    "days": rule["Expiration"]["Days"],
                    "expired_object_delete_marker": False,
                }
            ]
            if "Expiration" in rule
            else []
        ),
        "filter": [
            {
                "and": (
                    [
                        {
                            "object_size_greater_than": 0,
                            "object_size_less_than": 0,
                            "prefix": both["Prefix"],
                            "tags": {tag["Key"]: tag["Value"] for tag in both["Tags"]},
                        }
                    ]
                    if both
                    else []
                ),
                **sizes,
                "prefix": filter_.get("Prefix", ""),
                "tag": [],
            }
        ],
        "id": rule["ID"],
        "noncurrent_version_expiration": (
            [
                {
                    "newer_noncurrent_versions": None,
                    "noncurrent_days": rule["NoncurrentVersionExpiration"]["NoncurrentDays"],
                }
            ]
            if "NoncurrentVersionExpiration" in rule
            else []
        ),
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
        {
            "mfa": None,
            "versioning_configuration": [{"mfa_delete": "", "status": versions["Status"]}],
        },
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

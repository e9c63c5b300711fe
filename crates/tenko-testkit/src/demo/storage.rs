//! Buckets.

use serde_json::{Value, json};

use super::site::{MADE, Site};

/// How a bucket is set up.
pub(super) enum Bucket {
    /// With versions, as the teams' templates do it.
    Versioned,
    /// The same after somebody switched versions off.
    Suspended,
    /// Versions, and nothing can be deleted for a year.
    Locked,
    /// By hand, years ago, with access lists and without a public access block.
    HandMade,
}

impl Site<'_> {
    /// A bucket of this region.
    pub(super) fn bucket(&mut self, name: &str, bucket: &Bucket) {
        let made =
            if matches!(bucket, Bucket::HandMade) { "2019-06-18T15:40:00.000Z" } else { MADE };
        self.push_global(
            "s3:ListBuckets",
            json!({
                "Name": name, "CreationDate": made, "BucketRegion": self.region(),
            }),
        );
        let rule = json!([{
            "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" },
            "BucketKeyEnabled": false,
        }]);
        self.part(name, "GetBucketEncryption", json!({ "Rule": rule }));
        let tags = self.tag_list();
        if tags.as_array().is_some_and(|tags| !tags.is_empty()) {
            self.part(name, "GetBucketTagging", json!({ "TagSet": tags }));
        }
        if matches!(bucket, Bucket::HandMade) {
            return;
        }
        let status = if matches!(bucket, Bucket::Suspended) { "Suspended" } else { "Enabled" };
        self.part(name, "GetBucketVersioning", json!({ "Status": status }));
        self.part(
            name,
            "GetPublicAccessBlock",
            json!({
                "BlockPublicAcls": true, "IgnorePublicAcls": true,
                "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
            }),
        );
        let rule = json!([{ "ObjectOwnership": "BucketOwnerEnforced" }]);
        self.part(name, "GetBucketOwnershipControls", json!({ "Rule": rule }));
        self.part(name, "GetBucketPolicy", json!({ "Policy": tls_only(name) }));
        self.part(name, "GetBucketPolicyStatus", json!({ "IsPublic": false }));
        self.part(
            name,
            "GetBucketLifecycleConfiguration",
            json!({
                "Rule": [{
                    "ID": "old-versions", "Status": "Enabled", "Filter": { "Prefix": "" },
                    "NoncurrentVersionExpiration": { "NoncurrentDays": 90 },
                }],
            }),
        );
        if matches!(bucket, Bucket::Locked) {
            self.part(
                name,
                "GetObjectLockConfiguration",
                json!({
                    "ObjectLockEnabled": "Enabled",
                    "Rule": { "DefaultRetention": { "Mode": "COMPLIANCE", "Days": 365 } },
                }),
            );
        }
    }

    fn part(&mut self, bucket: &str, operation: &str, answer: Value) {
        self.answer_global(&format!("s3:{operation}"), json!({ "Bucket": bucket }), answer);
    }
}

fn tls_only(bucket: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
}

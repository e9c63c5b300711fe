//! What reading states takes.

/// One permission, with what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The action, in the cloud's own spelling.
    pub action: &'static str,
    /// What it must be given on; `BUCKET` and `PREFIX` stand for the state's bucket and the part of
    /// its key that all states share.
    pub resource: &'static str,
    /// What it is for.
    pub purpose: &'static str,
}

/// What the caller's own identity needs on the buckets that `s3://` sources name. States are not
/// read with the roles of audited accounts.
///
/// Sources: "Actions, resources, and condition keys for Amazon S3", and Terraform's documentation
/// of its `s3` backend. `s3:PutObject` and the lock's permissions, which Terraform itself needs,
/// are not among them: nothing is written and nothing is locked.
pub const S3_PERMISSIONS: &[Permission] = &[
    Permission {
        action: "s3:GetObject",
        resource: "arn:aws:s3:::BUCKET/PREFIX*",
        purpose: "read a state",
    },
    Permission {
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::BUCKET",
        purpose: "find the states of a prefix or glob, and tell a missing state from a forbidden one",
    },
    Permission {
        action: "kms:Decrypt",
        resource: "the key of the bucket",
        purpose: "read a state that is encrypted with a key of one's own (SSE-KMS)",
    },
];

/// What the caller's own identity needs on the buckets that `gs://` sources name: the role
/// `roles/storage.objectViewer` has both.
///
/// Source: "IAM permissions for XML requests" of Cloud Storage.
pub const GOOGLE_PERMISSIONS: &[Permission] = &[
    Permission {
        action: "storage.objects.get",
        resource: "projects/_/buckets/BUCKET",
        purpose: "read a state",
    },
    Permission {
        action: "storage.objects.list",
        resource: "projects/_/buckets/BUCKET",
        purpose: "find the states of a prefix or glob",
    },
];

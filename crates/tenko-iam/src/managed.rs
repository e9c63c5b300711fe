//! The AWS-managed policies that logins use, as AWS publishes them.
//!
//! `managed/` holds them with version and date; `tools/managed.py` writes it, from the copy in moto
//! that is generated from AWS. AWS changes these policies without asking: what a login must never
//! have is denied besides, and what is here says what they allowed on that date.
//!
//! Facts: <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>.

use std::sync::LazyLock;

use serde_json::Value;

use super::document::Document;

/// An AWS-managed policy at one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// What stands behind `policy/` in its ARN: `job-function/ViewOnlyAccess`.
    pub name: String,
    /// Its default version: `v46`.
    pub version: String,
    /// The day of that version, `2026-09-30`.
    pub updated: String,
    /// What it allows.
    pub document: Document,
}

/// The files, each an object of name, version, date and document.
const FILES: &[&str] = &[
    include_str!("../managed/SecurityAudit.json"),
    include_str!("../managed/ViewOnlyAccess.json"),
    include_str!("../managed/ReadOnlyAccess.json"),
    include_str!("../managed/AWSCodeCommitReadOnly.json"),
    include_str!("../managed/AWSLambda_ReadOnlyAccess.json"),
    include_str!("../managed/AmazonDynamoDBReadOnlyAccess.json"),
    include_str!("../managed/AmazonEC2ContainerRegistryReadOnly.json"),
    include_str!("../managed/AmazonKinesisReadOnlyAccess.json"),
    include_str!("../managed/AmazonS3ReadOnlyAccess.json"),
    include_str!("../managed/AmazonSSMReadOnlyAccess.json"),
    include_str!("../managed/CloudWatchLogsReadOnlyAccess.json"),
];

/// What may be in one of them, counted as [`Document::parse`] does.
const MOST_BYTES: usize = 1024 * 1024;

// A test reads every file.
static ALL: LazyLock<Vec<Managed>> =
    LazyLock::new(|| FILES.iter().filter_map(|text| read(text)).collect());

fn read(text: &str) -> Option<Managed> {
    let value: Value = serde_json::from_str(text).ok()?;
    let word = |key: &str| Some(value.get(key)?.as_str()?.to_owned());
    Some(Managed {
        name: word("name")?,
        version: word("version")?,
        updated: word("updated")?,
        document: Document::parse_within(value.get("document")?, MOST_BYTES).ok()?,
    })
}

/// A policy by its name, `SecurityAudit` or `job-function/ViewOnlyAccess`; `None` of those that are
/// not here.
pub fn policy(name: &str) -> Option<&'static Managed> {
    ALL.iter().find(|policy| policy.name == name)
}

/// What a policy allows, by its name.
pub fn document(name: &str) -> Option<&'static Document> {
    policy(name).map(|policy| &policy.document)
}

/// All that are here.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|policy| policy.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Caller, Effect, Keys, Request, evaluate};

    #[test]
    fn every_file_is_read() {
        assert_eq!(ALL.len(), FILES.len());
        for policy in &*ALL {
            assert!(policy.updated.parse::<jiff::civil::Date>().is_ok(), "{policy:?}");
            assert!(policy.version.starts_with('v'));
            assert!(policy.document.statements.iter().all(|s| s.effect == Effect::Allow));
            assert_eq!(names().filter(|name| *name == policy.name).count(), 1);
        }
        assert!(document("AdministratorAccess").is_none());
    }

    #[test]
    fn they_say_what_aws_says() {
        let ask = |name: &str, action: &str| {
            let (caller, keys) = (Caller::Unknown, Keys::new());
            let request = Request { caller, action, resource: "*", keys: &keys };
            evaluate([document(name).unwrap()], &request).may_be_allowed()
        };
        assert!(ask("ReadOnlyAccess", "s3:GetObject"));
        assert!(!ask("SecurityAudit", "s3:GetObject"));
        assert!(ask("SecurityAudit", "s3:GetBucketPolicy"));
        assert!(!ask("job-function/ViewOnlyAccess", "s3:GetBucketPolicy"));
        assert!(ask("AmazonS3ReadOnlyAccess", "S3:getobject"));
        assert!(!ask("ReadOnlyAccess", "s3:PutObject"));
    }
}

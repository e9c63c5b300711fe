//! By what a resource is known.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use tenko_core::Resource;

use super::tokens::is_telling;

/// A name that stands for more resources than this tells nothing.
const MOST: usize = 8;
/// So many resources, at most, are meant by an ARN that ends in `*`.
const MOST_BELOW: usize = 50;

/// Resources by what they are known by.
#[derive(Debug, Default)]
pub(crate) struct Index {
    telling: BTreeMap<String, Vec<usize>>,
    bare: HashMap<String, Vec<usize>>,
}

impl Index {
    pub(crate) fn add(&mut self, at: usize, resource: &Resource, value: &Value) {
        for name in names_of(resource, value) {
            let known = self.telling.entry(name).or_default();
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
        if !is_telling(&resource.key.id) {
            self.bare.entry(resource.key.id.clone()).or_default().push(at);
        }
    }

    /// The resources with this name.
    pub(crate) fn find(&self, name: &str) -> Vec<usize> {
        self.telling.get(name).filter(|all| all.len() <= MOST).cloned().unwrap_or_default()
    }

    /// The resources whose ARN begins like this.
    pub(crate) fn under(&self, prefix: &str) -> Vec<usize> {
        // Without anything of a name it would mean all of a service.
        if prefix.is_empty() || prefix.ends_with([':', '/']) {
            return Vec::new();
        }
        let from = self.telling.range(prefix.to_owned()..);
        let hits = from.take_while(|(name, _)| name.starts_with(prefix)).take(MOST_BELOW);
        hits.flat_map(|(_, all)| all).copied().collect()
    }

    /// The one resource that a common word means in an attribute with this key: one of the type
    /// that the key stands for, or one with a long name that no other has.
    pub(crate) fn bare(
        &self,
        id: &str,
        key: &str,
        from: &Resource,
        all: &[Resource],
    ) -> Vec<usize> {
        let Some(known) = self.bare.get(id) else { return Vec::new() };
        let types = types_of(key);
        let near = |at: &&usize| {
            all.get(**at).is_some_and(|to| {
                to.key.region == from.key.region
                    || to.key.region.as_region().is_none()
                    || from.key.region.as_region().is_none()
            })
        };
        let known: Vec<usize> = known.iter().filter(near).copied().collect();
        let is_meant = |at: &usize| {
            all.get(*at).is_some_and(|to| types.contains(&to.key.resource_type.as_str()))
        };
        let typed: Vec<_> = known.iter().copied().filter(is_meant).collect();
        // A resource says its own name in many places.
        let is_own = id == from.key.id || from.name.as_deref() == Some(id);
        match (typed.as_slice(), known.as_slice()) {
            ([one], _) => vec![*one],
            ([], [one]) if key == "PhysicalResourceId" => vec![*one],
            ([], [one]) if types.is_empty() && !is_own && is_long(id) && !names_itself(key) => {
                vec![*one]
            }
            _ => Vec::new(),
        }
    }
}

/// Long enough, and made of several parts, so that it is no accident.
fn is_long(id: &str) -> bool {
    id.len() >= 8 && id.contains(['-', '_', '/', '.'])
}

/// Keys whose value is about the resource itself: names, descriptions.
fn names_itself(key: &str) -> bool {
    let key = key.to_lowercase();
    key == "name" || key.ends_with("description") || key.ends_with("displayname")
}

/// The types that an attribute's key stands for.
fn types_of(key: &str) -> &'static [&'static str] {
    match key {
        "KmsKeyId"
        | "KMSMasterKeyID"
        | "KmsMasterKeyId"
        | "KMSMasterKeyId"
        | "KeyId"
        | "EncryptionKeyArn"
        | "PerformanceInsightsKMSKeyId" => &["AWS::KMS::Key"],
        "Bucket" | "BucketName" | "S3BucketName" | "DestinationBucketName" | "bucket" => {
            &["AWS::S3::Bucket", "storage.googleapis.com/Bucket"]
        }
        "Role" | "RoleName" | "Roles" => &["AWS::IAM::Role"],
        "Groups" | "Group" => &["AWS::IAM::Group"],
        "UserName" | "Users" => &["AWS::IAM::User"],
        "InstanceProfileName" | "IamInstanceProfile" | "Name" => &["AWS::IAM::InstanceProfile"],
        "DBInstanceIdentifier" | "SourceDBInstanceIdentifier" => &["AWS::RDS::DBInstance"],
        "DBClusterIdentifier" | "SourceDBClusterIdentifier" => &["AWS::RDS::DBCluster"],
        "TableName" => &["AWS::DynamoDB::Table"],
        "FunctionName" => &["AWS::Lambda::Function"],
        "Cluster" | "ClusterName" => &["AWS::ECS::Cluster"],
        "AutoScalingGroupName" => &["AWS::AutoScaling::AutoScalingGroup"],
        "TargetBackupVaultName" | "BackupVaultName" => &["AWS::Backup::BackupVault"],
        "masterInstanceName" | "replicaNames" => &["sqladmin.googleapis.com/Instance"],
        _ => &[],
    }
}

/// The names that mean this resource wherever they stand.
pub(crate) fn names_of(resource: &Resource, value: &Value) -> Vec<String> {
    let key = &resource.key;
    let mut out = Vec::new();
    if is_telling(&key.id) {
        out.push(key.id.clone());
    }
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match key.resource_type.as_str() {
        "AWS::S3::Bucket" => out.push(format!("arn:aws:s3:::{}", key.id)),
        "storage.googleapis.com/Bucket" => out.push(format!("gs://{}", key.id)),
        "iam.googleapis.com/ServiceAccount" => {
            out.extend(text("email").map(str::to_owned));
        }
        _ => {}
    }
    if let Value::Object(map) = value {
        let arns = map.values().filter_map(Value::as_str).filter(|v| v.starts_with("arn:"));
        out.extend(arns.filter(|arn| is_own(arn, resource)).map(str::to_owned));
    }
    if let Some(link) = text("selfLink")
        && let Some(at) = link.find("projects/")
    {
        out.push(link.get(at..).unwrap_or_default().to_owned());
    }
    for endpoint in ["Endpoint", "ReadEndpoint"] {
        let address = value.get(endpoint).and_then(|e| e.get("Address")).and_then(Value::as_str);
        out.extend(address.map(str::to_owned));
    }
    out.extend(text("DNSName").map(str::to_owned));
    out.sort();
    out.dedup();
    out
}

/// Whether an ARN among a resource's attributes is its own: of its service, and ending in its name.
fn is_own(arn: &str, resource: &Resource) -> bool {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default();
    let rest = parts.nth(2).unwrap_or_default();
    let of_type = resource.key.resource_type.as_str().split("::").nth(1).unwrap_or_default();
    let of_type = of_type.to_lowercase();
    let same = !service.is_empty()
        && (of_type.starts_with(service)
            || service.starts_with(&of_type)
            || matches!(
                (of_type.as_str(), service),
                ("stepfunctions", "states")
                    | ("certificatemanager", "acm")
                    | ("efs", "elasticfilesystem")
                    | ("opensearchservice", "es")
            ));
    let ends = |name: &str| {
        !name.is_empty()
            && (rest == name
                || rest.strip_suffix(name).is_some_and(|head| head.ends_with([':', '/'])))
    };
    // A row of the credential report is about a user, and is not the user.
    let is_about = resource.key.resource_type == "AWS::IAM::UserCredentials";
    same && !is_about && (ends(&resource.key.id) || resource.name.as_deref().is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use crate::refer::tokens::is_native_id;

    #[test]
    fn ids_are_told_from_words() {
        for id in ["vpc-0d36afab982fd33d7", "i-05931e41da654122f", "eipalloc-037ca70fcf03d2afb"] {
            assert!(is_native_id(id), "{id}");
        }
        assert!(is_native_id("2d9978ac-c6c4-be6f-5c71-dbe847372a6e"));
        for word in ["initech-production", "acme-deadbeef", "developers", "eu-central-1", "-", ""] {
            assert!(!is_native_id(word), "{word}");
        }
    }
}

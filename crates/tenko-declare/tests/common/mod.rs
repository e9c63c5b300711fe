//! A small catalogue.
#![expect(unreachable_pub, reason = "each test is a crate of its own")]

use tenko_core::{Catalog, Cloud, ReachKind, TypeInfo};

pub fn info(name: &str, reach: ReachKind, attributes: &[&str]) -> TypeInfo {
    TypeInfo {
        resource_type: name.into(),
        cloud: Cloud::aws(),
        service: String::new(),
        title: String::new(),
        doc: String::new(),
        reach,
        taggable: name != "AWS::EC2::Route",
        attributes: attributes.iter().map(ToString::to_string).collect(),
        ignored: vec!["LastUsed".parse().unwrap()],
        sensitive: vec!["UserData".parse().unwrap(), "Environment.Variables.*".parse().unwrap()],
        sets: vec!["Groups".parse().unwrap()],
        permissions: vec![],
        iac: Default::default(),
    }
}

/// A type of Google Cloud: one listing has it in all regions.
pub fn google(name: &str, attributes: &[&str]) -> TypeInfo {
    TypeInfo { cloud: Cloud::gcp(), ..info(name, ReachKind::Global, attributes) }
}

pub fn catalog() -> Catalog {
    let bucket = ["BucketName", "VersioningConfiguration", "BucketEncryption", "Groups", "A"];
    Catalog::from_iter([
        info("AWS::S3::Bucket", ReachKind::Regional, &bucket),
        info("AWS::IAM::Role", ReachKind::Global, &["RoleName", "MaxSessionDuration", "LastUsed"]),
        info("AWS::EC2::Instance", ReachKind::Regional, &["InstanceType", "UserData", "LastUsed"]),
        info("AWS::EC2::Route", ReachKind::Regional, &["Gateway"]),
        info("AWS::Lambda::Function", ReachKind::Regional, &["Environment", "Runtime", "Groups"]),
        info("AWS::RDS::DBInstance", ReachKind::Regional, &["Engine", "MultiAZ"]),
        google("storage.googleapis.com/Bucket", &["versioning", "location", "iamPolicy"]),
        google("compute.googleapis.com/Instance", &["machineType", "status"]),
    ])
}

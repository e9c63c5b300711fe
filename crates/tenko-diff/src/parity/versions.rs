//! Attributes that say which version of something runs, or with which parameters: the differences
//! that people look for first.

use tenko_core::{AttrPath, Segment};

/// Type, and the attribute's beginning. `*` takes the values of every element.
const VERSIONS: [(&str, &str); 15] = [
    ("AWS::CloudFormation::Stack", "Parameters"),
    ("AWS::ECS::Service", "PlatformVersion"),
    ("AWS::ECS::Service", "TaskDefinition"),
    ("AWS::ECS::TaskDefinition", "ContainerDefinitions[*].Image"),
    ("AWS::ElasticBeanstalk::Environment", "PlatformArn"),
    ("AWS::ElasticBeanstalk::Environment", "SolutionStackName"),
    ("AWS::ElasticBeanstalk::Environment", "VersionLabel"),
    ("AWS::Lambda::Function", "Layers"),
    ("AWS::Lambda::Function", "Runtime"),
    ("AWS::RDS::DBCluster", "EngineVersion"),
    ("AWS::RDS::DBInstance", "EngineVersion"),
    ("AWS::EC2::Instance", "ImageId"),
    ("container.googleapis.com/Cluster", "currentMasterVersion"),
    ("run.googleapis.com/Service", "spec.template.spec.containers[*].image"),
    ("sqladmin.googleapis.com/Instance", "databaseVersion"),
];

/// The attributes of this type that say what runs.
pub(super) fn of(resource_type: &str) -> Vec<AttrPath> {
    let own = VERSIONS.iter().filter(|(name, _)| *name == resource_type);
    own.filter_map(|(_, path)| path.parse().ok()).collect()
}

/// Whether the path goes through the elements of a list: what stands there is taken out of the
/// list and compared on its own.
pub(super) fn is_in_list(path: &AttrPath) -> bool {
    path.segments().contains(&Segment::Any)
}

/// The revision of a resource that is replaced by the next one and never changed: of one role
/// only the latest counts.
pub(super) fn revision(resource_type: &str, id: &str) -> Option<u64> {
    (resource_type == "AWS::ECS::TaskDefinition").then(|| id.rsplit_once(':')?.1.parse().ok())?
}

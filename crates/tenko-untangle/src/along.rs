//! What is deleted together with a resource, and what is not deleted while it is in use.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::copies::is_store;
use crate::model::ReferenceKind;
use crate::plan::Plan;
use crate::refer::Target;

/// What the provider deletes with a resource.
#[derive(Debug, Default)]
pub(crate) struct Along {
    /// How many; some may not have been read.
    pub(crate) count: u64,
    /// How many of them hold data.
    pub(crate) data: u64,
    /// Those that were read.
    pub(crate) known: BTreeSet<usize>,
    /// Parts of it that refer to it, and do not use it: attached disks, deleted with it or not.
    pub(crate) parts: BTreeSet<usize>,
}

/// What the provider deletes with it: disks that are said to go with their machine, and what a stack
/// manages.
///
/// Sources: `DeleteOnTermination` of `EbsInstanceBlockDevice` (Amazon EC2 API reference);
/// `disks[].autoDelete` of `instances` (Compute Engine API reference); "Deleting a stack" (AWS
/// CloudFormation user guide).
pub(crate) fn along(plan: &Plan<'_>, at: usize) -> Along {
    let Some(resource) = plan.resource(at) else { return Along::default() };
    match resource.key.resource_type.as_str() {
        "AWS::CloudFormation::Stack" => {
            let managed = plan.edges_from(at).filter(|e| e.kind == ReferenceKind::Stack);
            let known: BTreeSet<usize> = managed.filter_map(|e| target(&e.to)).collect();
            let data = known.iter().filter(|other| holds_data(plan, **other)).count() as u64;
            Along { count: known.len() as u64, data, parts: known.clone(), known }
        }
        "AWS::EC2::Instance" => {
            let value = resource.attributes.to_value();
            let devices: BTreeSet<&str> = list(&value, "BlockDeviceMappings")
                .filter(|disk| {
                    disk.pointer("/Ebs/DeleteOnTermination").and_then(Value::as_bool) == Some(true)
                })
                .filter_map(|disk| text(disk, "DeviceName"))
                .collect();
            let ids: BTreeSet<&str> = list(&value, "Volumes")
                .filter(|volume| text(volume, "Device").is_some_and(|d| devices.contains(d)))
                .filter_map(|volume| text(volume, "VolumeId"))
                .collect();
            disks(plan, at, devices.len() as u64, |_, id| ids.contains(id))
        }
        "compute.googleapis.com/Instance" => {
            let value = resource.attributes.to_value();
            let goes = |disk: &Value| disk.get("autoDelete").and_then(Value::as_bool) == Some(true);
            let with: BTreeSet<String> = list(&value, "disks")
                .enumerate()
                .filter(|(_, disk)| goes(disk))
                .map(|(n, _)| format!("disks[{n}]."))
                .collect();
            let count = with.len() as u64;
            disks(plan, at, count, |path, _| with.iter().any(|disk| path.starts_with(disk)))
        }
        _ => Along::default(),
    }
}

/// The disks of a machine, and which of them go with it.
fn disks(plan: &Plan<'_>, at: usize, count: u64, goes: impl Fn(&str, &str) -> bool) -> Along {
    let mut out = Along { count, data: count, ..Along::default() };
    for edge in plan.edges_from(at) {
        let Some(to) = target(&edge.to) else { continue };
        let Some(disk) = plan.resource(to).filter(|_| holds_data(plan, to)) else { continue };
        out.parts.insert(to);
        if goes(&edge.path, &disk.key.id) {
            out.known.insert(to);
        }
    }
    out
}

/// Types that the provider does not delete while something is in them, or uses them.
///
/// Sources: `DependencyViolation` and `VolumeInUse` ("Error codes for the Amazon EC2 API");
/// `resourceInUseByAnotherResource` (Compute Engine, "Troubleshooting").
const KEPT: [&str; 8] = [
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::Volume",
    "compute.googleapis.com/Network",
    "compute.googleapis.com/Subnetwork",
    "compute.googleapis.com/Disk",
    "compute.googleapis.com/RegionDisk",
];

/// Whether the provider refuses to delete it as it is now.
pub(crate) fn is_refused(plan: &Plan<'_>, at: usize) -> bool {
    let Some(resource) = plan.resource(at) else { return false };
    let kind = resource.key.resource_type.as_str();
    if !KEPT.contains(&kind) {
        return false;
    }
    // Its own word: the machine that it is attached to may not have been read.
    let value = resource.attributes.to_value();
    let attached = match kind {
        "AWS::EC2::Volume" => list(&value, "Attachments").next().is_some(),
        _ => list(&value, "users").next().is_some(),
    };
    let is_use = |kind: ReferenceKind| {
        matches!(kind, ReferenceKind::Network | ReferenceKind::SecurityGroup | ReferenceKind::Uses)
    };
    let mut near = plan.near.get(&at).into_iter().flatten();
    attached || near.any(|other| !other.outward && is_use(other.kind))
}

fn holds_data(plan: &Plan<'_>, at: usize) -> bool {
    plan.resource(at).is_some_and(|resource| is_store(resource.key.resource_type.as_str()))
}

fn target(to: &Target) -> Option<usize> {
    match to {
        Target::Resource(at) => Some(*at),
        Target::Scope(_) => None,
    }
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

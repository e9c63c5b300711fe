//! What stands in a VPC: which resources name a VPC, a subnet or a security group.

use rayon::prelude::*;
use serde_json::Value;
use tenko_core::Resource;

use crate::context::Context;
use crate::sink::{Seen, Unread};

/// What a resource names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Named {
    Vpc,
    Subnet,
    Group,
}

/// Where a resource of a type names them: a text, a list of texts, or a list of objects and the key
/// of such a list in each.
type Paths = &'static [(Named, &'static str, Option<&'static str>)];

/// The types that stand in a VPC and work there.
const IN_VPC: [(&str, Paths); 9] = [
    ("AWS::AutoScaling::AutoScalingGroup", &[(Named::Subnet, "VPCZoneIdentifier", None)]),
    (
        "AWS::EC2::Instance",
        &[
            (Named::Vpc, "VpcId", None),
            (Named::Group, "SecurityGroupIds", None),
            (Named::Group, "NetworkInterfaces", Some("GroupSet")),
        ],
    ),
    ("AWS::EC2::NatGateway", &[(Named::Vpc, "VpcId", None), (Named::Subnet, "SubnetId", None)]),
    (
        "AWS::EC2::VPCEndpoint",
        &[(Named::Vpc, "VpcId", None), (Named::Group, "SecurityGroupIds", None)],
    ),
    (
        "AWS::ECS::Service",
        &[
            (Named::Subnet, "NetworkConfiguration.AwsvpcConfiguration.Subnets", None),
            (Named::Group, "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", None),
        ],
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &[(Named::Vpc, "VpcId", None), (Named::Group, "SecurityGroups", None)],
    ),
    (
        "AWS::Lambda::Function",
        &[
            (Named::Subnet, "VpcConfig.SubnetIds", None),
            (Named::Group, "VpcConfig.SecurityGroupIds", None),
        ],
    ),
    ("AWS::RDS::DBCluster", &[(Named::Group, "VpcSecurityGroupIds", None)]),
    ("AWS::RDS::DBInstance", &[(Named::Group, "VPCSecurityGroups", None)]),
];

/// The types of [`uses`], but EC2 instances.
pub(crate) const OTHERS_IN_VPC: [&str; 8] = [
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
];

/// Who uses what.
pub(crate) struct Uses<'a> {
    /// For each subject, what uses it, by type and key.
    pub(crate) by: Vec<Vec<&'a Resource>>,
    /// What did not tell all that it uses.
    pub(crate) untold: Vec<&'a Resource>,
}

/// What uses each of `subjects` subjects: `which` tells which of them is meant by an id.
pub(crate) fn uses<'a>(
    context: &Context<'a>,
    subjects: usize,
    which: impl Fn(Named, &str) -> Option<usize> + Sync,
) -> Uses<'a> {
    let mut uses = Uses { by: vec![Vec::new(); subjects], untold: Vec::new() };
    for (resource_type, paths) in IN_VPC {
        let found: Vec<_> = context
            .of_type(resource_type)
            .par_iter()
            .filter_map(|resource| {
                let of = of(resource, paths, &which);
                (of != Ok(vec![])).then_some((*resource, of))
            })
            .collect();
        for (resource, of) in found {
            let Ok(of) = of else {
                uses.untold.push(resource);
                continue;
            };
            for subject in of {
                if let Some(list) = uses.by.get_mut(subject) {
                    list.push(resource);
                }
            }
        }
    }
    uses
}

/// The subjects that a resource uses, each once.
fn of(
    resource: &Resource,
    paths: Paths,
    which: &impl Fn(Named, &str) -> Option<usize>,
) -> Result<Vec<usize>, Unread> {
    let seen = Seen::new(resource);
    let mut subjects = Vec::new();
    // What is being terminated has left.
    if matches!(seen.text("State.Name"), Ok(Some("terminated" | "shutting-down"))) {
        return Ok(subjects);
    }
    for (named, path, inner) in paths {
        let Some(value) = seen.at(path)? else { continue };
        let mut take = |value: &Value| match value {
            Value::String(id) => subjects.extend(which(*named, id)),
            Value::Array(ids) => {
                subjects.extend(ids.iter().filter_map(|id| which(*named, id.as_str()?)));
            }
            _ => {}
        };
        match inner {
            None => take(value),
            Some(key) => {
                value.as_array().into_iter().flatten().filter_map(|v| v.get(key)).for_each(take);
            }
        }
    }
    subjects.sort_unstable();
    subjects.dedup();
    Ok(subjects)
}

/// What a link to a Google Cloud resource names: `projects/p/global/networks/n`, whatever API and
/// version it goes by.
pub(crate) fn link(link: &str) -> &str {
    link.find("projects/").and_then(|at| link.get(at..)).unwrap_or(link)
}

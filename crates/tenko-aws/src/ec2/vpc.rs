use aws_sdk_ec2::types::{Vpc, VpcAttributeName};
use serde_json::{Value, json};
use tenko_core::{AttrPath, BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::{call_error, each};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};
use crate::wire::{CallError, ErrorClass};

pub(super) static VPC: SdkType = SdkType {
    name: "AWS::EC2::VPC",
    id_attribute: "VpcId",
    service: "ec2",
    title: "VPC",
    doc: "A virtual network.\n\
        \n\
        Read with one paged `DescribeVpcs` per region and two `DescribeVpcAttribute` per VPC; the id is `VpcId`. A VPC \
        that another account shares is left out: it is read in its owner's account.\n\
        \n\
        - The default VPC that AWS makes in every region counts as made by the provider.\n\
        - `CidrBlocks` folds `AWS::EC2::VPCCidrBlock`: the blocks beside `CidrBlock`, as `CidrBlock` or `Ipv6CidrBlock` \
        (with `Ipv6Pool`, unless the pool is Amazon's); blocks that are being or were taken away are left out.\n\
        - `EnableDnsHostnames` and `EnableDnsSupport` are unknown where `DescribeVpcAttribute` fails.\n\
        - `VpcEncryptionControl` has only `Mode`.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "CidrBlock",
        "CidrBlocks",
        "EnableDnsHostnames",
        "EnableDnsSupport",
        "InstanceTenancy",
        "VpcEncryptionControl",
    ],
    ignored: &[],
    sensitive: &[],
    sets: &["CidrBlocks"],
    operations: &[
        SdkOperation { name: "DescribeVpcs", action: "ec2:DescribeVpcs" },
        SdkOperation { name: "DescribeVpcAttribute", action: "ec2:DescribeVpcAttribute" },
    ],
    iac: include_str!("vpc.iac.toml"),
    collect,
};

/// How many VPCs are asked for their attributes at a time.
const AT_ONCE: usize = 4;

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    let vpcs = listing!(ctx, 1000, "DescribeVpcs", describe_vpcs, Vpc, vpcs, vpc_id);
    each(vpcs, AT_ONCE, move |vpc| complete(ctx, vpc))
}

async fn complete(ctx: &UnitContext<'_>, vpc: Vpc) -> Vec<TypeEvent> {
    if !is_own(&ctx.session.account, &vpc.owner_id) {
        return Vec::new();
    }
    let mut draft = draft(vpc);
    let mut events = Vec::new();
    for (key, name) in [
        ("EnableDnsSupport", VpcAttributeName::EnableDnsSupport),
        ("EnableDnsHostnames", VpcAttributeName::EnableDnsHostnames),
    ] {
        match attribute(ctx, &draft.id, name).await {
            Ok(value) => {
                if let Value::Object(map) = &mut draft.attributes {
                    map.insert(key.to_owned(), Value::from(value));
                }
            }
            // Deleted since it was listed.
            Err(error) if error.class == ErrorClass::NotFound => return events,
            Err(error) => {
                draft.unknown.push(AttrPath::key(key));
                events.push(TypeEvent::Problem(error));
            }
        }
    }
    events.push(TypeEvent::Drafts(vec![draft]));
    events
}

async fn attribute(
    ctx: &UnitContext<'_>,
    vpc: &str,
    name: VpcAttributeName,
) -> Result<bool, CallError> {
    const OPERATION: &str = "DescribeVpcAttribute";
    ctx.pass("ec2").await;
    let request = ctx.clients.ec2.describe_vpc_attribute().vpc_id(vpc).attribute(name.clone());
    let answer = request.customize().config_override(ctx.ec2()).send().await;
    let answer = answer.map_err(|error| call_error(ctx, &error, "ec2", OPERATION))?;
    let value = match name {
        VpcAttributeName::EnableDnsSupport => answer.enable_dns_support,
        _ => answer.enable_dns_hostnames,
    };
    value.and_then(|it| it.value).ok_or_else(|| {
        let text = "the answer does not hold the attribute that was asked for";
        CallError::new(ErrorClass::InvalidResponse, "ec2", OPERATION, text)
    })
}

fn draft(vpc: Vpc) -> Draft {
    const GONE: [&str; 4] = ["disassociating", "disassociated", "failing", "failed"];
    let ipv4 = vpc.cidr_block_association_set.iter().flatten();
    let ipv4 = ipv4
        .filter(|it| it.cidr_block != vpc.cidr_block)
        .filter(|it| {
            let state = it.cidr_block_state.as_ref().and_then(|it| text(&it.state));
            !state.is_some_and(|state| GONE.contains(&state))
        })
        .map(|it| json!({ "CidrBlock": text(&it.cidr_block) }));
    let ipv6 = vpc.ipv6_cidr_block_association_set.iter().flatten();
    let ipv6 = ipv6
        .filter(|it| {
            let state = it.ipv6_cidr_block_state.as_ref().and_then(|it| text(&it.state));
            !state.is_some_and(|state| GONE.contains(&state))
        })
        .map(|it| {
            json!({
                "Ipv6CidrBlock": text(&it.ipv6_cidr_block),
                "Ipv6Pool": text(&it.ipv6_pool).filter(|pool| *pool != "Amazon"),
            })
        });
    let attributes = json!({
        "CidrBlock": text(&vpc.cidr_block),
        "CidrBlocks": ipv4.chain(ipv6).collect::<Value>(),
        "InstanceTenancy": text(&vpc.instance_tenancy),
        "VpcEncryptionControl":
            vpc.encryption_control.as_ref().map(|it| json!({ "Mode": text(&it.mode) })),
    });
    Draft::new(vpc.vpc_id, attributes)
        .tagged(tags(vpc.tags))
        .made_by(default_if(vpc.is_default == Some(true), "default VPC"))
}

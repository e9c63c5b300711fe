use aws_sdk_ec2::types::Subnet;
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};

pub(super) static SUBNET: SdkType = SdkType {
    name: "AWS::EC2::Subnet",
    id_attribute: "SubnetId",
    service: "ec2",
    title: "Subnet",
    doc: "A part of a VPC in one availability zone.\n\
        \n\
        Read with one paged `DescribeSubnets` per region; the id is `SubnetId`. A subnet that another account shares is \
        left out: it is read in its owner's account.\n\
        \n\
        - A default subnet (`defaultForAz`) counts as made by the provider.\n\
        - `Ipv6CidrBlock` is the first block that is or is being associated.\n\
        - Which route table and network ACL it uses is said by those.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "AssignIpv6AddressOnCreation",
        "AvailabilityZone",
        "AvailabilityZoneId",
        "CidrBlock",
        "EnableDns64",
        "EnableLniAtDeviceIndex",
        "Ipv6CidrBlock",
        "Ipv6Native",
        "MapPublicIpOnLaunch",
        "OutpostArn",
        "PrivateDnsNameOptionsOnLaunch",
        "VpcId",
    ],
    ignored: &[],
    sensitive: &[],
    sets: &[],
    operations: &[SdkOperation { name: "DescribeSubnets", action: "ec2:DescribeSubnets" }],
    iac: include_str!("subnet.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(ctx, 1000, "DescribeSubnets", describe_subnets, Subnet, subnets, subnet_id),
        |subnet| draft(&ctx.session.account, subnet),
    )
}

fn draft(account: &str, subnet: Subnet) -> Option<Draft> {
    if !is_own(account, &subnet.owner_id) {
        return None;
    }
    let ipv6 = subnet.ipv6_cidr_block_association_set.iter().flatten().find(|it| {
        let state = it.ipv6_cidr_block_state.as_ref().and_then(|it| text(&it.state));
        matches!(state, None | Some("associated" | "associating"))
    });
    let dns_names = subnet.private_dns_name_options_on_launch.as_ref().map(|it| {
        json!({
            "EnableResourceNameDnsAAAARecord": it.enable_resource_name_dns_aaaa_record,
            "EnableResourceNameDnsARecord": it.enable_resource_name_dns_a_record,
            "HostnameType": text(&it.hostname_type),
        })
    });
    let attributes = json!({
        "AssignIpv6AddressOnCreation": subnet.assign_ipv6_address_on_creation,
        "AvailabilityZone": text(&subnet.availability_zone),
        "AvailabilityZoneId": text(&subnet.availability_zone_id),
        "CidrBlock": text(&subnet.cidr_block),
        "EnableDns64": subnet.enable_dns64,
        "EnableLniAtDeviceIndex": subnet.enable_lni_at_device_index,
        "Ipv6CidrBlock": ipv6.map_or(Value::Null, |it| json!(text(&it.ipv6_cidr_block))),
        "Ipv6Native": subnet.ipv6_native,
        "MapPublicIpOnLaunch": subnet.map_public_ip_on_launch,
        "OutpostArn": text(&subnet.outpost_arn),
        "PrivateDnsNameOptionsOnLaunch": dns_names,
        "VpcId": text(&subnet.vpc_id),
    });
    let origin = default_if(subnet.default_for_az == Some(true), "subnet of the default VPC");
    Some(Draft::new(subnet.subnet_id, attributes).tagged(tags(subnet.tags)).made_by(origin))
}

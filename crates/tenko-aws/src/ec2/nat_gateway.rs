use std::collections::BTreeMap;

use aws_sdk_ec2::types::{NatGateway, NatGatewayAddress};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::tags;
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};

pub(super) static NAT_GATEWAY: SdkType = SdkType {
    name: "AWS::EC2::NatGateway",
    id_attribute: "NatGatewayId",
    service: "ec2",
    title: "NAT gateway",
    doc: "Lets private subnets reach out.\n\
        \n\
        Read with one paged `DescribeNatGateways` per region; the id is `NatGatewayId`. Gateways in state `deleting`, \
        `deleted` (listed for about an hour) or `failed` are left out.\n\
        \n\
        - The primary address is in `AllocationId`, `EniId` and `PrivateIpAddress`, the others in \
        `SecondaryAllocationIds` and `SecondaryPrivateIpAddresses`.\n\
        - A regional gateway (`AvailabilityMode: regional`) has `AvailabilityZoneAddresses` instead, as far as its \
        addresses are shown.\n\
        - `EniId` is not compared: AWS chooses it.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "AllocationId",
        "AvailabilityMode",
        "AvailabilityZoneAddresses",
        "ConnectivityType",
        "EniId",
        "PrivateIpAddress",
        "SecondaryAllocationIds",
        "SecondaryPrivateIpAddresses",
        "SubnetId",
        "VpcId",
    ],
    ignored: &["EniId"],
    sensitive: &[],
    sets: &[
        "AvailabilityZoneAddresses",
        "AvailabilityZoneAddresses.*.AllocationIds",
        "SecondaryAllocationIds",
        "SecondaryPrivateIpAddresses",
    ],
    operations: &[SdkOperation { name: "DescribeNatGateways", action: "ec2:DescribeNatGateways" }],
    iac: include_str!("nat_gateway.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeNatGateways",
            describe_nat_gateways,
            NatGateway,
            nat_gateways,
            nat_gateway_id
        ),
        draft,
    )
}

fn draft(gateway: NatGateway) -> Option<Draft> {
    if matches!(text(&gateway.state), Some("deleting" | "deleted" | "failed")) {
        return None;
    }
    let mut attributes = json!({
        "AvailabilityMode": text(&gateway.availability_mode),
        "ConnectivityType": text(&gateway.connectivity_type),
        "SubnetId": text(&gateway.subnet_id),
        "VpcId": text(&gateway.vpc_id),
    });
    let addresses = match text(&gateway.availability_mode) {
        Some("regional") => by_zone(gateway.nat_gateway_addresses()),
        _ => by_rank(gateway.nat_gateway_addresses()),
    };
    if let (Value::Object(all), Value::Object(some)) = (&mut attributes, addresses) {
        all.extend(some);
    }
    let draft = Draft::new(gateway.nat_gateway_id, attributes);
    Some(draft.tagged(tags(gateway.tags)).created(gateway.create_time.as_ref()))
}

fn by_rank(addresses: &[NatGatewayAddress]) -> Value {
    // Where none is marked, the first was there from the start.
    let primary = addresses.iter().position(|it| it.is_primary == Some(true)).unwrap_or(0);
    let others = || addresses.iter().enumerate().filter(|(at, _)| *at != primary).map(|(_, it)| it);
    let primary = addresses.get(primary);
    json!({
        "AllocationId": primary.and_then(|it| text(&it.allocation_id)),
        "EniId": primary.and_then(|it| text(&it.network_interface_id)),
        "PrivateIpAddress": primary.and_then(|it| text(&it.private_ip)),
        "SecondaryAllocationIds":
            others().filter_map(|it| text(&it.allocation_id)).collect::<Vec<_>>(),
        "SecondaryPrivateIpAddresses":
            others().filter_map(|it| text(&it.private_ip)).collect::<Vec<_>>(),
    })
}

fn by_zone(addresses: &[NatGatewayAddress]) -> Value {
    let mut zones: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for address in addresses {
        let zone = (text(&address.availability_zone), text(&address.availability_zone_id));
        zones.entry(zone).or_default().extend(text(&address.allocation_id));
    }
    let zones = zones.into_iter().map(|((name, id), allocations)| {
        json!({ "AllocationIds": allocations, "AvailabilityZone": name, "AvailabilityZoneId": id })
    });
    json!({ "AvailabilityZoneAddresses": zones.collect::<Value>() })
}

use aws_sdk_ec2::types::{TransitGateway, TransitGatewayOptions};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text, texts};

pub(super) static TRANSIT_GATEWAY: SdkType = SdkType {
    name: "AWS::EC2::TransitGateway",
    id_attribute: "Id",
    service: "ec2",
    title: "Transit gateway",
    doc: "A hub between VPCs, VPNs and other networks, also of several accounts.\n\
        \n\
        Read with one paged `DescribeTransitGateways` per region; the id is the gateway's id (`Id` in CloudFormation). \
        Gateways in state `deleting` or `deleted`, and those that another account shares, are left out.\n\
        \n\
        - `Arn` and `OwnerId` are not of CloudFormation's schema; `State` is the API's own and not compared.\n\
        - Who is attached is told by the attachments; route tables are not read.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "AmazonSideAsn",
        "Arn",
        "AssociationDefaultRouteTableId",
        "AutoAcceptSharedAttachments",
        "DefaultRouteTableAssociation",
        "DefaultRouteTablePropagation",
        "Description",
        "DnsSupport",
        "MulticastSupport",
        "OwnerId",
        "PropagationDefaultRouteTableId",
        "SecurityGroupReferencingSupport",
        "State",
        "TransitGatewayCidrBlocks",
        "VpnEcmpSupport",
    ],
    ignored: &["Arn", "OwnerId", "State"],
    sensitive: &[],
    sets: &["TransitGatewayCidrBlocks"],
    operations: &[SdkOperation {
        name: "DescribeTransitGateways",
        action: "ec2:DescribeTransitGateways",
    }],
    iac: include_str!("transit_gateway.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeTransitGateways",
            describe_transit_gateways,
            TransitGateway,
            transit_gateways,
            transit_gateway_id
        ),
        |gateway| draft(&ctx.session.account, gateway),
    )
}

fn draft(account: &str, gateway: TransitGateway) -> Option<Draft> {
    if matches!(text(&gateway.state), Some("deleting" | "deleted"))
        || !is_own(account, &gateway.owner_id)
    {
        return None;
    }
    let mut attributes = json!({
        "Arn": text(&gateway.transit_gateway_arn),
        "Description": text(&gateway.description),
        "OwnerId": text(&gateway.owner_id),
        "State": text(&gateway.state),
    });
    if let (Value::Object(all), Some(Value::Object(some))) =
        (&mut attributes, gateway.options.as_ref().map(options))
    {
        all.extend(some);
    }
    let draft = Draft::new(gateway.transit_gateway_id, attributes).tagged(tags(gateway.tags));
    Some(draft.created(gateway.creation_time.as_ref()))
}

fn options(options: &TransitGatewayOptions) -> Value {
    json!({
        "AmazonSideAsn": options.amazon_side_asn,
        "AssociationDefaultRouteTableId": text(&options.association_default_route_table_id),
        "AutoAcceptSharedAttachments": text(&options.auto_accept_shared_attachments),
        "DefaultRouteTableAssociation": text(&options.default_route_table_association),
        "DefaultRouteTablePropagation": text(&options.default_route_table_propagation),
        "DnsSupport": text(&options.dns_support),
        "MulticastSupport": text(&options.multicast_support),
        "PropagationDefaultRouteTableId": text(&options.propagation_default_route_table_id),
        "SecurityGroupReferencingSupport": text(&options.security_group_referencing_support),
        "TransitGatewayCidrBlocks": texts(&options.transit_gateway_cidr_blocks),
        "VpnEcmpSupport": text(&options.vpn_ecmp_support),
    })
}

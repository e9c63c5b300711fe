use aws_sdk_ec2::types::TransitGatewayAttachment;
use serde_json::json;
use tenko_core::{BoxStream, ReachKind};

use super::tags;
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};

pub(super) static TRANSIT_GATEWAY_ATTACHMENT: SdkType = SdkType {
    name: "AWS::EC2::TransitGatewayAttachment",
    id_attribute: "Id",
    service: "ec2",
    title: "Transit gateway attachment",
    doc: "What is attached to a transit gateway: a VPC, a VPN, a Direct Connect gateway or another transit gateway.\n\
        \n\
        Read with one paged `DescribeTransitGatewayAttachments` per region; the id is the attachment's id (`Id` in \
        CloudFormation). Attachments that are `deleting`, `deleted`, `rejecting`, `rejected`, `failing`, `failed` or \
        rolling back are left out.\n\
        \n\
        - An attachment is listed for the gateway's owner and for the owner of what is attached, under the same id, \
        and so it is a resource of both accounts. Tags are each side's own.\n\
        - `ResourceType`, `ResourceId` and the owners are the API's names: CloudFormation has types of its own for what \
        isn't a VPC. The subnets of a VPC's attachment are not read.\n\
        - `Association`, the gateway's route table, is shown to the gateway's owner only. It and `State` are not compared.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "Association",
        "ResourceId",
        "ResourceOwnerId",
        "ResourceType",
        "State",
        "TransitGatewayId",
        "TransitGatewayOwnerId",
    ],
    ignored: &["Association", "State"],
    sensitive: &[],
    sets: &[],
    operations: &[SdkOperation {
        name: "DescribeTransitGatewayAttachments",
        action: "ec2:DescribeTransitGatewayAttachments",
    }],
    iac: include_str!("transit_gateway_attachment.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeTransitGatewayAttachments",
            describe_transit_gateway_attachments,
            TransitGatewayAttachment,
            transit_gateway_attachments,
            transit_gateway_attachment_id
        ),
        draft,
    )
}

fn draft(attachment: TransitGatewayAttachment) -> Option<Draft> {
    const GONE: [&str; 7] =
        ["deleting", "deleted", "rejecting", "rejected", "failing", "failed", "rollingBack"];
    let state = text(&attachment.state);
    if state.is_some_and(|state| GONE.contains(&state)) {
        return None;
    }
    let association = attachment.association.as_ref().map(|it| {
        json!({
            "State": text(&it.state),
            "TransitGatewayRouteTableId": text(&it.transit_gateway_route_table_id),
        })
    });
    let attributes = json!({
        "Association": association,
        "ResourceId": text(&attachment.resource_id),
        "ResourceOwnerId": text(&attachment.resource_owner_id),
        "ResourceType": text(&attachment.resource_type),
        "State": state,
        "TransitGatewayId": text(&attachment.transit_gateway_id),
        "TransitGatewayOwnerId": text(&attachment.transit_gateway_owner_id),
    });
    let draft = Draft::new(attachment.transit_gateway_attachment_id, attributes);
    Some(draft.tagged(tags(attachment.tags)).created(attachment.creation_time.as_ref()))
}

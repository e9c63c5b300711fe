use aws_sdk_ec2::types::VpcPeeringConnection;
use serde_json::json;
use tenko_core::{BoxStream, ReachKind};

use super::tags;
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};

pub(super) static VPC_PEERING_CONNECTION: SdkType = SdkType {
    name: "AWS::EC2::VPCPeeringConnection",
    id_attribute: "Id",
    service: "ec2",
    title: "VPC peering connection",
    doc: "A link between two VPCs, also of two accounts or regions.\n\
        \n\
        Read with one paged `DescribeVpcPeeringConnections` per region; the id is the connection's id (`Id` in \
        CloudFormation). Connections that are `deleting`, `deleted`, `rejected`, `failed` or `expired` are left out.\n\
        \n\
        - A connection is listed on both sides, under the same id, and so it is a resource of both accounts and regions. \
        `VpcId` is always the requester's VPC and `Peer...` the accepter's; tags are each side's own.\n\
        - `Status` is the API's own status code (`pending-acceptance`, `active`) and not compared.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &["PeerOwnerId", "PeerRegion", "PeerVpcId", "Status", "VpcId"],
    ignored: &["Status"],
    sensitive: &[],
    sets: &[],
    operations: &[SdkOperation {
        name: "DescribeVpcPeeringConnections",
        action: "ec2:DescribeVpcPeeringConnections",
    }],
    iac: include_str!("vpc_peering_connection.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeVpcPeeringConnections",
            describe_vpc_peering_connections,
            VpcPeeringConnection,
            vpc_peering_connections,
            vpc_peering_connection_id
        ),
        draft,
    )
}

fn draft(peering: VpcPeeringConnection) -> Option<Draft> {
    const GONE: [&str; 5] = ["deleting", "deleted", "rejected", "failed", "expired"];
    let status = peering.status.as_ref().and_then(|it| text(&it.code));
    if status.is_some_and(|status| GONE.contains(&status)) {
        return None;
    }
    let accepter = peering.accepter_vpc_info.as_ref();
    let requester = peering.requester_vpc_info.as_ref();
    let attributes = json!({
        "PeerOwnerId": accepter.and_then(|it| text(&it.owner_id)),
        "PeerRegion": accepter.and_then(|it| text(&it.region)),
        "PeerVpcId": accepter.and_then(|it| text(&it.vpc_id)),
        "Status": status,
        "VpcId": requester.and_then(|it| text(&it.vpc_id)),
    });
    Some(Draft::new(peering.vpc_peering_connection_id, attributes).tagged(tags(peering.tags)))
}

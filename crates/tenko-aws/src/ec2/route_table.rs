use aws_sdk_ec2::types::{Route, RouteTable};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, list, text};

pub(super) static ROUTE_TABLE: SdkType = SdkType {
    name: "AWS::EC2::RouteTable",
    id_attribute: "RouteTableId",
    service: "ec2",
    title: "Route table",
    doc: "Where packets of a subnet or a gateway go.\n\
        \n\
        Read with one paged `DescribeRouteTables` per region; the id is `RouteTableId`. A table of another account, seen \
        through a shared subnet, is left out.\n\
        \n\
        - The main route table of a VPC counts as made by the provider. EC2 does not tell whether it is still the one that \
        came with the VPC, so a table that was made the main one later counts so as well.\n\
        - `Routes` folds `AWS::EC2::Route`. Left out is what is not a route of its own: the local routes that come with \
        the VPC's blocks (one whose target was changed is kept), routes that a virtual private gateway propagates, routes that VPC \
        Lattice puts in (`VpcLattice`), and those of a gateway endpoint (`AWS::EC2::VPCEndpoint` says it in `RouteTableIds`). A route to an instance's interface names only \
        the interface. `State` is the API's own (`blackhole`: the target is gone) and not compared.\n\
        - `Associations` folds `AWS::EC2::SubnetRouteTableAssociation` (`SubnetId`) and \
        `AWS::EC2::GatewayRouteTableAssociation` (`GatewayId`); the main one is `Main: true`.\n\
        - `PropagatingVgws` folds `AWS::EC2::VPNGatewayRoutePropagation`: the gateways' ids.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &["Associations", "PropagatingVgws", "Routes", "VpcId"],
    ignored: &["Routes.*.State"],
    sensitive: &[],
    sets: &["Associations", "PropagatingVgws", "Routes"],
    operations: &[SdkOperation { name: "DescribeRouteTables", action: "ec2:DescribeRouteTables" }],
    iac: include_str!("route_table.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            100,
            "DescribeRouteTables",
            describe_route_tables,
            RouteTable,
            route_tables,
            route_table_id
        ),
        |table| draft(&ctx.session.account, table),
    )
}

fn draft(account: &str, table: RouteTable) -> Option<Draft> {
    if !is_own(account, &table.owner_id) {
        return None;
    }
    let associations = table.associations().iter().filter(|it| {
        let state = it.association_state.as_ref().and_then(|it| text(&it.state));
        !matches!(state, Some("disassociating" | "disassociated" | "failed"))
    });
    let associations: Vec<_> = associations
        .map(|it| {
            json!({
                "GatewayId": text(&it.gateway_id),
                "Main": it.main.filter(|main| *main),
                "PublicIpv4Pool": text(&it.public_ipv4_pool),
                "SubnetId": text(&it.subnet_id),
            })
        })
        .collect();
    let is_main = table.associations().iter().any(|it| it.main == Some(true));
    let attributes = json!({
        "Associations": associations,
        "PropagatingVgws": list(&table.propagating_vgws, |it| json!(text(&it.gateway_id))),
        "Routes": table.routes().iter().filter(|it| stands_alone(it)).map(route).collect::<Value>(),
        "VpcId": text(&table.vpc_id),
    });
    let origin = default_if(is_main, "main route table of a VPC");
    Some(Draft::new(table.route_table_id, attributes).tagged(tags(table.tags)).made_by(origin))
}

/// Whether somebody made this route, rather than the VPC, a VPN gateway, a gateway endpoint or VPC
/// Lattice.
fn stands_alone(route: &Route) -> bool {
    let gateway = text(&route.gateway_id);
    let of_endpoint = text(&route.destination_prefix_list_id).is_some()
        && gateway.is_some_and(|id| id.starts_with("vpce-"));
    let propagated = text(&route.origin) == Some("EnableVgwRoutePropagation");
    !matches!(gateway, Some("local" | "VpcLattice")) && !of_endpoint && !propagated
}

fn route(route: &Route) -> Value {
    let (endpoint, gateway) =
        text(&route.gateway_id).map_or((None, None), |id| match id.starts_with("vpce-") {
            true => (Some(id), None),
            false => (None, Some(id)),
        });
    let interface = text(&route.network_interface_id);
    json!({
        "CarrierGatewayId": text(&route.carrier_gateway_id),
        "CoreNetworkArn": text(&route.core_network_arn),
        "DestinationCidrBlock": text(&route.destination_cidr_block),
        "DestinationIpv6CidrBlock": text(&route.destination_ipv6_cidr_block),
        "DestinationPrefixListId": text(&route.destination_prefix_list_id),
        "EgressOnlyInternetGatewayId": text(&route.egress_only_internet_gateway_id),
        "GatewayId": gateway,
        "InstanceId": text(&route.instance_id).filter(|_| interface.is_none()),
        "LocalGatewayId": text(&route.local_gateway_id),
        "NatGatewayId": text(&route.nat_gateway_id),
        "NetworkInterfaceId": interface,
        "OdbNetworkArn": text(&route.odb_network_arn),
        "State": text(&route.state),
        "TransitGatewayId": text(&route.transit_gateway_id),
        "VpcEndpointId": endpoint,
        "VpcPeeringConnectionId": text(&route.vpc_peering_connection_id),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{RouteOrigin, RouteState};
    use tenko_core::Attributes;

    use super::*;

    #[test]
    fn only_routes_that_somebody_made_are_kept() {
        let by = |origin| Route::builder().origin(origin).state(RouteState::Active);
        let table = RouteTable::builder()
            .route_table_id("rtb-1")
            .routes(
                by(RouteOrigin::CreateRouteTable)
                    .destination_cidr_block("10.0.0.0/16")
                    .gateway_id("local")
                    .build(),
            )
            .routes(
                by(RouteOrigin::CreateRouteTable)
                    .destination_cidr_block("10.1.0.0/16")
                    .network_interface_id("eni-1")
                    .instance_id("i-1")
                    .build(),
            )
            .routes(
                by(RouteOrigin::EnableVgwRoutePropagation)
                    .destination_cidr_block("172.16.0.0/12")
                    .gateway_id("vgw-1")
                    .build(),
            )
            .routes(
                by(RouteOrigin::CreateRoute)
                    .destination_prefix_list_id("pl-s3")
                    .gateway_id("vpce-s3")
                    .build(),
            )
            .routes(
                by(RouteOrigin::CreateRoute)
                    .destination_prefix_list_id("pl-lattice")
                    .gateway_id("VpcLattice")
                    .build(),
            )
            .routes(
                by(RouteOrigin::CreateRoute)
                    .destination_cidr_block("0.0.0.0/0")
                    .gateway_id("vpce-firewall")
                    .build(),
            )
            .build();
        let draft = draft("111122223333", table).unwrap();
        let found = Attributes::new(&draft.attributes).unwrap().to_value();
        assert_eq!(
            found["Routes"],
            json!([
                {
                    "DestinationCidrBlock": "10.1.0.0/16",
                    "NetworkInterfaceId": "eni-1",
                    "State": "active",
                },
                {
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "VpcEndpointId": "vpce-firewall",
                    "State": "active",
                },
            ])
        );
    }
}

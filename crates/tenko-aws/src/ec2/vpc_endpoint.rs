use aws_sdk_ec2::types::VpcEndpoint;
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, document, list, text, texts};

pub(super) static VPC_ENDPOINT: SdkType = SdkType {
    name: "AWS::EC2::VPCEndpoint",
    id_attribute: "Id",
    service: "ec2",
    title: "VPC endpoint",
    doc: "A private way from a VPC to a service.\n\
        \n\
        Read with one paged `DescribeVpcEndpoints` per region; the id is the endpoint's id (`Id` in CloudFormation). \
        Endpoints that are `deleting`, `deleted`, `rejected`, `failed` or `expired`, and those of another account, are left out.\n\
        \n\
        - An endpoint that a service made for itself (requester-managed) counts as made by the provider.\n\
        - `PolicyDocument` is the parsed document.\n\
        - `NetworkInterfaceIds` is not compared: AWS chooses them.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "DnsOptions",
        "IpAddressType",
        "NetworkInterfaceIds",
        "PolicyDocument",
        "PrivateDnsEnabled",
        "ResourceConfigurationArn",
        "RouteTableIds",
        "SecurityGroupIds",
        "ServiceName",
        "ServiceNetworkArn",
        "ServiceRegion",
        "SubnetIds",
        "VpcEndpointType",
        "VpcId",
    ],
    ignored: &["NetworkInterfaceIds"],
    sensitive: &[],
    sets: &[
        "DnsOptions.PrivateDnsSpecifiedDomains",
        "NetworkInterfaceIds",
        "RouteTableIds",
        "SecurityGroupIds",
        "SubnetIds",
    ],
    operations: &[SdkOperation {
        name: "DescribeVpcEndpoints",
        action: "ec2:DescribeVpcEndpoints",
    }],
    iac: include_str!("vpc_endpoint.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeVpcEndpoints",
            describe_vpc_endpoints,
            VpcEndpoint,
            vpc_endpoints,
            vpc_endpoint_id
        ),
        |endpoint| draft(&ctx.session.account, endpoint),
    )
}

fn draft(account: &str, endpoint: VpcEndpoint) -> Option<Draft> {
    // The model spells states `Deleted`, the service sends `deleted`.
    const GONE: [&str; 5] = ["deleting", "deleted", "rejected", "failed", "expired"];
    let state = text(&endpoint.state).map(str::to_ascii_lowercase);
    if state.is_some_and(|state| GONE.contains(&state.as_str()))
        || !is_own(account, &endpoint.owner_id)
    {
        return None;
    }
    let attributes = json!({
        "DnsOptions": dns_options(&endpoint),
        "IpAddressType": text(&endpoint.ip_address_type),
        "NetworkInterfaceIds": texts(&endpoint.network_interface_ids),
        "PolicyDocument": text(&endpoint.policy_document).map(document),
        "PrivateDnsEnabled": endpoint.private_dns_enabled,
        "ResourceConfigurationArn": text(&endpoint.resource_configuration_arn),
        "RouteTableIds": texts(&endpoint.route_table_ids),
        "SecurityGroupIds": list(&endpoint.groups, |it| json!(text(&it.group_id))),
        "ServiceName": text(&endpoint.service_name),
        "ServiceNetworkArn": text(&endpoint.service_network_arn),
        "ServiceRegion": text(&endpoint.service_region),
        "SubnetIds": texts(&endpoint.subnet_ids),
        "VpcEndpointType": text(&endpoint.vpc_endpoint_type),
        "VpcId": text(&endpoint.vpc_id),
    });
    let of_service = endpoint.requester_managed == Some(true);
    let draft = Draft::new(endpoint.vpc_endpoint_id, attributes)
        .tagged(tags(endpoint.tags))
        .created(endpoint.creation_timestamp.as_ref())
        .made_by(default_if(of_service, "managed by the service that asked for it"));
    Some(draft)
}

fn dns_options(endpoint: &VpcEndpoint) -> Option<Value> {
    let options = endpoint.dns_options.as_ref()?;
    // CloudFormation has words for what the API has a flag for.
    let inbound_only = options.private_dns_only_for_inbound_resolver_endpoint;
    let inbound_only =
        inbound_only.map(|it| if it { "OnlyInboundResolver" } else { "AllResolvers" });
    let domains = options.private_dns_specified_domains();
    Some(json!({
        "DnsRecordIpType": text(&options.dns_record_ip_type),
        "PrivateDnsOnlyForInboundResolverEndpoint": inbound_only,
        "PrivateDnsPreference": text(&options.private_dns_preference),
        "PrivateDnsSpecifiedDomains": Some(domains).filter(|it| !it.is_empty()),
    }))
}

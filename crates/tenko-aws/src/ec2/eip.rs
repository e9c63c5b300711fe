use aws_sdk_ec2::types::Address;
use serde_json::json;
use tenko_core::{BoxStream, Origin, ReachKind};

use super::tags;
use crate::context::UnitContext;
use crate::sdk_paging::{Page, call_error, drafts, pages};
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};

pub(super) static EIP: SdkType = SdkType {
    name: "AWS::EC2::EIP",
    id_attribute: "AllocationId",
    service: "ec2",
    title: "Elastic IP address",
    doc: "A public IPv4 address that the account holds.\n\
        \n\
        Read with one `DescribeAddresses` per region, which EC2 does not page. The id is `AllocationId`: CloudFormation's \
        primary identifier is `PublicIp` and `AllocationId` together, and the latter alone is unique.\n\
        \n\
        - `Association` folds `AWS::EC2::EIPAssociation` (`InstanceId`, `NetworkInterfaceId`, `PrivateIpAddress`); an \
        address without it is paid for and used by nothing.\n\
        - An address that a service manages (a load balancer, a database) counts as made by the provider.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "Association",
        "Domain",
        "InstanceId",
        "NetworkBorderGroup",
        "PublicIp",
        "PublicIpv4Pool",
    ],
    ignored: &[],
    sensitive: &[],
    sets: &[],
    operations: &[SdkOperation { name: "DescribeAddresses", action: "ec2:DescribeAddresses" }],
    iac: include_str!("eip.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    const OPERATION: &str = "DescribeAddresses";
    fn id(address: &Address) -> Option<&str> {
        address.allocation_id.as_deref().or(address.public_ip.as_deref())
    }
    let addresses = pages("ec2", OPERATION, id, move |_| async move {
        ctx.pass("ec2").await;
        let request = ctx.clients.ec2.describe_addresses();
        let answer = request.customize().config_override(ctx.ec2()).send().await;
        let answer = answer.map_err(|error| call_error(ctx, &error, "ec2", OPERATION))?;
        Ok(Page { items: answer.addresses.unwrap_or_default(), next: None })
    });
    drafts(addresses, draft)
}

fn draft(address: Address) -> Option<Draft> {
    let association = text(&address.association_id).map(|_| {
        json!({
            "InstanceId": text(&address.instance_id),
            "NetworkInterfaceId": text(&address.network_interface_id),
            "PrivateIpAddress": text(&address.private_ip_address),
        })
    });
    let attributes = json!({
        "Association": association,
        "Domain": text(&address.domain),
        "InstanceId": text(&address.instance_id),
        "NetworkBorderGroup": text(&address.network_border_group),
        "PublicIp": text(&address.public_ip),
        "PublicIpv4Pool": text(&address.public_ipv4_pool),
    });
    let origin = text(&address.service_managed).map_or(Origin::Customer, |service| {
        Origin::ProviderDefault(format!("managed by the service {service}"))
    });
    let id = address.allocation_id.or(address.public_ip);
    Some(Draft::new(id, attributes).tagged(tags(address.tags)).made_by(origin))
}

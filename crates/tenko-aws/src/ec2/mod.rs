//! EC2: machines, disks and networks. One file per type.
//!
//! Common to all of them: a listing asks for pages by size (EC2 gives such calls a larger rate than
//! those without), records of another owner are left out (a subnet or security group that is shared with
//! this account is read in its owner's), and what only passes by (a terminated instance, a deleted gateway) is no resource.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{OperatorResponse, Tag};
use tenko_core::Origin;

use crate::sdk_type::SdkType;

/// All pages of one listing, gated: page size, operation, its method, the record's type, the
/// answer's list, the record's id.
macro_rules! listing {
    ($ctx:expr, $size:literal, $operation:literal, $method:ident, $record:ty, $items:ident, $id:ident) => {{
        let ctx = $ctx;
        crate::sdk_paging::pages(
            "ec2",
            $operation,
            |record: &$record| record.$id.as_deref(),
            move |token| async move {
                ctx.pass("ec2").await;
                let request = ctx.clients.ec2.$method().set_next_token(token).max_results($size);
                let answer = request.customize().config_override(ctx.ec2()).send().await;
                let page = answer.map_err(|error| {
                    crate::sdk_paging::call_error(ctx, &error, "ec2", $operation)
                })?;
                Ok(crate::sdk_paging::Page {
                    items: page.$items.unwrap_or_default(),
                    next: page.next_token,
                })
            },
        )
    }};
}

mod eip;
mod instance;
mod internet_gateway;
mod launch_template;
mod launch_template_data;
mod nat_gateway;
mod network_acl;
mod route_table;
mod security_group;
mod subnet;
mod transit_gateway;
mod transit_gateway_attachment;
mod volume;
mod vpc;
mod vpc_endpoint;
mod vpc_peering_connection;

/// The EC2 types that are collected.
pub(crate) static TYPES: &[&SdkType] = &[
    &eip::EIP,
    &instance::INSTANCE,
    &internet_gateway::INTERNET_GATEWAY,
    &launch_template::LAUNCH_TEMPLATE,
    &nat_gateway::NAT_GATEWAY,
    &network_acl::NETWORK_ACL,
    &route_table::ROUTE_TABLE,
    &security_group::SECURITY_GROUP,
    &subnet::SUBNET,
    &transit_gateway::TRANSIT_GATEWAY,
    &transit_gateway_attachment::TRANSIT_GATEWAY_ATTACHMENT,
    &volume::VOLUME,
    &vpc::VPC,
    &vpc_endpoint::VPC_ENDPOINT,
    &vpc_peering_connection::VPC_PEERING_CONNECTION,
];

fn tags(tags: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    let pairs = tags.into_iter().flatten();
    pairs.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
}

/// Whether a record belongs to this account, and is not only shared with it.
fn is_own(account: &str, owner: &Option<String>) -> bool {
    owner.as_deref().is_none_or(|owner| owner.is_empty() || owner == account)
}

/// A provider default where the condition holds.
fn default_if(condition: bool, why: &str) -> Origin {
    if condition { Origin::ProviderDefault(why.to_owned()) } else { Origin::Customer }
}

/// A resource that an AWS service runs in the account by itself, as EKS Auto Mode does.
fn operated(operator: &Option<OperatorResponse>) -> Origin {
    match operator {
        Some(operator) if operator.managed == Some(true) => Origin::ProviderDefault(format!(
            "managed by {}",
            operator.principal.as_deref().unwrap_or("an AWS service")
        )),
        _ => Origin::Customer,
    }
}

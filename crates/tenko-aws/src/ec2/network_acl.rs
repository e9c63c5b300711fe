use aws_sdk_ec2::types::{NetworkAcl, NetworkAclEntry};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, list, text};

pub(super) static NETWORK_ACL: SdkType = SdkType {
    name: "AWS::EC2::NetworkAcl",
    id_attribute: "Id",
    service: "ec2",
    title: "Network ACL",
    doc: "A stateless packet filter of subnets.\n\
        \n\
        Read with one paged `DescribeNetworkAcls` per region; the id is the ACL's id (`Id` in CloudFormation). An ACL of \
        another account, seen through a shared subnet, is left out.\n\
        \n\
        - The default ACL of a VPC counts as made by the provider; its entries are compared where it is declared.\n\
        - `Entries` folds `AWS::EC2::NetworkAclEntry` (`Protocol` is a number, -1 for all). The last entries, which deny \
        the rest and cannot be changed (32767 for IPv4, 32768 for IPv6), are left out.\n\
        - `Associations` folds `AWS::EC2::SubnetNetworkAclAssociation` (`SubnetId`).",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &["Associations", "Entries", "VpcId"],
    ignored: &[],
    sensitive: &[],
    sets: &["Associations", "Entries"],
    operations: &[SdkOperation { name: "DescribeNetworkAcls", action: "ec2:DescribeNetworkAcls" }],
    iac: include_str!("network_acl.iac.toml"),
    collect,
};

/// The highest number that a rule may be given.
const LAST_RULE: i32 = 32766;

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeNetworkAcls",
            describe_network_acls,
            NetworkAcl,
            network_acls,
            network_acl_id
        ),
        |acl| draft(&ctx.session.account, acl),
    )
}

fn draft(account: &str, acl: NetworkAcl) -> Option<Draft> {
    if !is_own(account, &acl.owner_id) {
        return None;
    }
    let entries = acl.entries().iter();
    let entries = entries.filter(|it| it.rule_number.is_none_or(|number| number <= LAST_RULE));
    let attributes = json!({
        "Associations": list(&acl.associations, |it| json!({ "SubnetId": text(&it.subnet_id) })),
        "Entries": entries.map(entry).collect::<Value>(),
        "VpcId": text(&acl.vpc_id),
    });
    let origin = default_if(acl.is_default == Some(true), "default network ACL of a VPC");
    Some(Draft::new(acl.network_acl_id, attributes).tagged(tags(acl.tags)).made_by(origin))
}

fn entry(entry: &NetworkAclEntry) -> Value {
    // EC2 sends the number as text.
    let protocol = text(&entry.protocol)
        .map(|text| text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from));
    json!({
        "CidrBlock": text(&entry.cidr_block),
        "Egress": entry.egress,
        "Icmp": entry
            .icmp_type_code
            .as_ref()
            .map(|it| json!({ "Code": it.code, "Type": it.r#type })),
        "Ipv6CidrBlock": text(&entry.ipv6_cidr_block),
        "PortRange": entry.port_range.as_ref().map(|it| json!({ "From": it.from, "To": it.to })),
        "Protocol": protocol,
        "RuleAction": text(&entry.rule_action),
        "RuleNumber": entry.rule_number,
    })
}

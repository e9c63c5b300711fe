use aws_sdk_ec2::types::{IpPermission, SecurityGroup};
use serde_json::{Value, json};
use tenko_core::{BoxStream, ReachKind};

use super::{default_if, is_own, tags};
use crate::context::UnitContext;
use crate::sdk_paging::drafts;
use crate::sdk_type::{Draft, SdkOperation, SdkType, TypeEvent, text};

pub(super) static SECURITY_GROUP: SdkType = SdkType {
    name: "AWS::EC2::SecurityGroup",
    id_attribute: "GroupId",
    service: "ec2",
    title: "Security group",
    doc: "A stateful packet filter of network interfaces.\n\
        \n\
        Read with one paged `DescribeSecurityGroups` per region; the id is the group's id (`Id` in CloudFormation). A group \
        that another account shares is left out: it is read in its owner's account.\n\
        \n\
        - The group `default` of each VPC counts as made by the provider, also after somebody edited its rules; its rules \
        are compared where it is declared.\n\
        - `SecurityGroupIngress` and `SecurityGroupEgress` fold the types of the same names and are flat: one entry for \
        each peer (`CidrIp`, `CidrIpv6`, `SourcePrefixListId`, `SourceSecurityGroupId`; outwards `DestinationPrefixListId`, \
        `DestinationSecurityGroupId`), with its own `Description`. Their order has no meaning.\n\
        - `SourceSecurityGroupOwnerId` is there only for a group of another account.\n\
        - For ICMP `FromPort` is the type and `ToPort` the code; -1 means all. `IpProtocol` is a name for tcp, udp, icmp and \
        icmpv6, else a number; `-1` means all, without ports.",
    reach: ReachKind::Regional,
    taggable: true,
    attributes: &[
        "GroupDescription",
        "GroupName",
        "SecurityGroupEgress",
        "SecurityGroupIngress",
        "VpcId",
    ],
    ignored: &[],
    sensitive: &[],
    sets: &["SecurityGroupEgress", "SecurityGroupIngress"],
    operations: &[SdkOperation {
        name: "DescribeSecurityGroups",
        action: "ec2:DescribeSecurityGroups",
    }],
    iac: include_str!("security_group.iac.toml"),
    collect,
};

fn collect<'a>(ctx: &'a UnitContext<'a>) -> BoxStream<'a, TypeEvent> {
    drafts(
        listing!(
            ctx,
            1000,
            "DescribeSecurityGroups",
            describe_security_groups,
            SecurityGroup,
            security_groups,
            group_id
        ),
        |group| draft(&ctx.session.account, group),
    )
}

fn draft(account: &str, group: SecurityGroup) -> Option<Draft> {
    if !is_own(account, &group.owner_id) {
        return None;
    }
    let egress = rules(&group.ip_permissions_egress, account, Direction::Egress);
    let ingress = rules(&group.ip_permissions, account, Direction::Ingress);
    let attributes = json!({
        "GroupDescription": text(&group.description),
        "GroupName": text(&group.group_name),
        "SecurityGroupEgress": egress,
        "SecurityGroupIngress": ingress,
        "VpcId": text(&group.vpc_id),
    });
    // The name is reserved: nobody can make another group of this name in a VPC.
    let is_default = group.group_name.as_deref() == Some("default");
    let mut draft = Draft::new(group.group_id, attributes)
        .tagged(tags(group.tags))
        .made_by(default_if(is_default, "default security group of a VPC"));
    draft.name = group.group_name.or(draft.name);
    Some(draft)
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Ingress,
    Egress,
}

/// EC2 groups the peers of one protocol and port range; CloudFormation has one rule per peer.
fn rules(permissions: &Option<Vec<IpPermission>>, account: &str, direction: Direction) -> Value {
    let side = |name: &str| match direction {
        Direction::Ingress => format!("Source{name}"),
        Direction::Egress => format!("Destination{name}"),
    };
    let mut rules = Vec::new();
    for permission in permissions.iter().flatten() {
        let mut rule = |description: &Option<String>, peers: Vec<(String, Option<&str>)>| {
            let mut rule = json!({
                "Description": text(description),
                "FromPort": permission.from_port,
                "IpProtocol": text(&permission.ip_protocol),
                "ToPort": permission.to_port,
            });
            if let Value::Object(map) = &mut rule {
                map.extend(peers.into_iter().map(|(key, value)| (key, json!(value))));
            }
            rules.push(rule);
        };
        for range in permission.ip_ranges() {
            rule(&range.description, vec![("CidrIp".to_owned(), text(&range.cidr_ip))]);
        }
        for range in permission.ipv6_ranges() {
            rule(&range.description, vec![("CidrIpv6".to_owned(), text(&range.cidr_ipv6))]);
        }
        for list in permission.prefix_list_ids() {
            rule(&list.description, vec![(side("PrefixListId"), text(&list.prefix_list_id))]);
        }
        for pair in permission.user_id_group_pairs() {
            let mut peers = vec![(side("SecurityGroupId"), text(&pair.group_id))];
            if direction == Direction::Ingress {
                let owner = text(&pair.user_id).filter(|owner| *owner != account);
                peers.push((side("SecurityGroupOwnerId"), owner));
            }
            rule(&pair.description, peers);
        }
    }
    Value::Array(rules)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};
    use tenko_core::Attributes;

    use super::*;

    #[test]
    fn every_peer_becomes_a_rule_of_its_own() {
        let https = IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(443)
            .to_port(443)
            .ip_ranges(IpRange::builder().cidr_ip("10.0.0.0/8").description("office").build())
            .ip_ranges(IpRange::builder().cidr_ip("192.0.2.0/24").build())
            .ipv6_ranges(Ipv6Range::builder().cidr_ipv6("2001:db8::/32").build())
            .prefix_list_ids(PrefixListId::builder().prefix_list_id("pl-1").build())
            .user_id_group_pairs(
                UserIdGroupPair::builder().group_id("sg-own").user_id("111122223333").build(),
            )
            .user_id_group_pairs(
                UserIdGroupPair::builder().group_id("sg-peer").user_id("444455556666").build(),
            )
            .build();
        let all = IpPermission::builder()
            .ip_protocol("-1")
            .prefix_list_ids(PrefixListId::builder().prefix_list_id("pl-2").build())
            .user_id_group_pairs(
                UserIdGroupPair::builder().group_id("sg-peer").user_id("444455556666").build(),
            )
            .build();
        let group = SecurityGroup::builder()
            .group_id("sg-1")
            .group_name("default")
            .owner_id("111122223333")
            .ip_permissions(https)
            .ip_permissions_egress(all)
            .build();
        let draft = draft("111122223333", group).unwrap();
        assert_eq!(draft.name.as_deref(), Some("default"));
        assert_ne!(draft.origin, tenko_core::Origin::Customer);
        let found = Attributes::new(&draft.attributes).unwrap().to_value();
        let rule = |mut rule: Value| {
            rule["IpProtocol"] = "tcp".into();
            rule["FromPort"] = 443.into();
            rule["ToPort"] = 443.into();
            rule
        };
        assert_eq!(
            found["SecurityGroupIngress"],
            json!([
                rule(json!({"CidrIp": "10.0.0.0/8", "Description": "office"})),
                rule(json!({"CidrIp": "192.0.2.0/24"})),
                rule(json!({"CidrIpv6": "2001:db8::/32"})),
                rule(json!({"SourcePrefixListId": "pl-1"})),
                rule(json!({"SourceSecurityGroupId": "sg-own"})),
                rule(json!({
                    "SourceSecurityGroupId": "sg-peer",
                    "SourceSecurityGroupOwnerId": "444455556666",
                })),
            ])
        );
        assert_eq!(
            found["SecurityGroupEgress"],
            json!([
                {"IpProtocol": "-1", "DestinationPrefixListId": "pl-2"},
                {"IpProtocol": "-1", "DestinationSecurityGroupId": "sg-peer"},
            ])
        );
    }

    #[test]
    fn a_shared_group_is_left_out() {
        let group = SecurityGroup::builder().group_id("sg-1").owner_id("444455556666").build();
        assert!(draft("111122223333", group).is_none());
    }
}

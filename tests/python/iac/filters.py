"""Packet filters: security groups and network ACLs, with rules inside and with rules apart."""

from network import FILE, IMMUTABLE, MODULE, arn, retag, spec, tags_of
from world import ACCOUNT

DEFAULT_ACL_RULES = (32767, 32768)


def make(world):
    ec2 = world.client("ec2")
    vpc, subnets = world.network["vpc"], world.network["subnets"]
    world.network["groups"] = make_groups(world, ec2, vpc)
    make_acls(world, ec2, vpc, subnets)


def permission(item, direction):
    """A block of `ingress` or `egress` as the provider flattens it: one per protocol, ports and
    description."""
    blocks = {}
    for rule in item["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"]:
        peers = [
            *(("cidr_blocks", range_["CidrIp"], range_) for range_ in rule.get("IpRanges", [])),
            *(("ipv6_cidr_blocks", r["CidrIpv6"], r) for r in rule.get("Ipv6Ranges", [])),
            *(("prefix_list_ids", r["PrefixListId"], r) for r in rule.get("PrefixListIds", [])),
            *(("security_groups", r["GroupId"], r) for r in rule.get("UserIdGroupPairs", [])),
        ]
        for key, value, peer in peers:
            description = peer.get("Description", "")
            name = (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), description)
            block = blocks.setdefault(
                name,
                {
                    "cidr_blocks": [],
                    "description": description,
                    "from_port": rule.get("FromPort", 0),
                    "ipv6_cidr_blocks": [],
                    "prefix_list_ids": [],
                    "protocol": rule["IpProtocol"],
                    "security_groups": [],
                    "self": False,
                    "to_port": rule.get("ToPort", 0),
                },
            )
            if key == "security_groups" and value == item["GroupId"]:
                block["self"] = True
            else:
                block[key].append(value)
    return list(blocks.values())


def make_groups(world, ec2, vpc):
    ids = {}
    for name in ("web", "database"):
        ids[name] = ec2.create_security_group(
            GroupName=name,
            Description=f"{name} servers",
            VpcId=vpc,
            TagSpecifications=spec("security-group", name),
        )["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    ec2.authorize_security_group_ingress(
        GroupId=ids["web"],
        IpPermissions=[
            {
                **https,
                "IpRanges": [
                    {"CidrIp": "10.0.0.0/8", "Description": "inside"},
                    {"CidrIp": "192.0.2.0/24"},
                ],
                "UserIdGroupPairs": [{"GroupId": ids["web"]}],
            },
            {
                "IpProtocol": "icmp",
                "FromPort": 8,
                "ToPort": -1,
                "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
            },
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=ids["database"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": ids["web"]}],
            },
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "IpRanges": [{"CidrIp": "10.9.0.0/16", "Description": "from the office"}],
            },
        ],
    )
    rules = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [ids["database"]]}]
    )["SecurityGroupRules"]
    for name, id_ in ids.items():
        item = ec2.describe_security_groups(GroupIds=[id_])["SecurityGroups"][0]
        source = world.state(
            FILE,
            "aws_security_group",
            name,
            {
                "arn": arn("security-group", id_),
                "description": item["Description"],
                "egress": permission(item, "egress"),
                "id": id_,
                "ingress": permission(item, "ingress"),
                "name": item["GroupName"],
                "name_prefix": "",
                "owner_id": item["OwnerId"],
                "revoke_rules_on_delete": False,
                "timeouts": None,
                "vpc_id": item["VpcId"],
                **tags_of(item),
            },
            module=MODULE,
        )
        group_changes(world, ec2, world.thing("AWS::EC2::SecurityGroup", id_, source))
    for n, rule in enumerate(rules):
        direction = "egress" if rule["IsEgress"] else "ingress"
        everything = rule["IpProtocol"] == "-1"
        world.state(
            FILE,
            f"aws_vpc_security_group_{direction}_rule",
            "database",
            {
                "arn": arn("security-group-rule", rule["SecurityGroupRuleId"]),
                "cidr_ipv4": rule.get("CidrIpv4"),
                "cidr_ipv6": rule.get("CidrIpv6"),
                "description": rule.get("Description") or None,
                "from_port": None if everything else rule["FromPort"],
                "id": rule["SecurityGroupRuleId"],
                "ip_protocol": rule["IpProtocol"],
                "prefix_list_id": rule.get("PrefixListId"),
                "referenced_security_group_id": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
                "security_group_id": ids["database"],
                "security_group_rule_id": rule["SecurityGroupRuleId"],
                "tags": None,
                "tags_all": {},
                "to_port": None if everything else rule["ToPort"],
            },
            module=MODULE,
            key=f"rule-{n}",
        )
    world.fix("AWS::EC2::SecurityGroup", IMMUTABLE, "GroupDescription", "GroupName", "VpcId")

    def by_hand():
        made = ec2.create_security_group(GroupName="hand", Description="by hand", VpcId=vpc)[
            "GroupId"
        ]
        return made, lambda: ec2.delete_security_group(GroupId=made)

    world.by_hand("AWS::EC2::SecurityGroup", by_hand)
    return ids


def group_changes(world, ec2, thing):
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    rules = {"GroupId": thing.id, "IpPermissions": [ssh]}
    thing.change(
        "SecurityGroupIngress",
        lambda: ec2.authorize_security_group_ingress(**rules),
        lambda: ec2.revoke_security_group_ingress(**rules),
    )
    thing.change(
        "SecurityGroupEgress",
        lambda: ec2.authorize_security_group_egress(**rules),
        lambda: ec2.revoke_security_group_egress(**rules),
    )
    group = ec2.describe_security_groups(GroupIds=[thing.id])["SecurityGroups"][0]
    all_ = {"GroupId": thing.id, "IpPermissions": group["IpPermissions"]}
    thing.change(
        "SecurityGroupIngress",
        lambda: ec2.revoke_security_group_ingress(**all_),
        lambda: ec2.authorize_security_group_ingress(**all_),
    )
    out = {"GroupId": thing.id, "IpPermissions": group["IpPermissionsEgress"]}
    thing.change(
        "SecurityGroupEgress",
        lambda: ec2.revoke_security_group_egress(**out),
        lambda: ec2.authorize_security_group_egress(**out),
    )
    first = next(rule for rule in group["IpPermissions"] if rule.get("IpRanges"))
    range_ = first["IpRanges"][0]
    describe = lambda text: ec2.update_security_group_rule_descriptions_ingress(
        GroupId=thing.id,
        IpPermissions=[
            {
                **{key: first[key] for key in ("IpProtocol", "FromPort", "ToPort")},
                "IpRanges": [{"CidrIp": range_["CidrIp"], "Description": text}],
            }
        ],
    )
    thing.swap("SecurityGroupIngress", describe, "edited", range_.get("Description", ""))
    retag(world, thing)

    def delete():
        group = ec2.describe_security_groups(GroupIds=[thing.id])["SecurityGroups"][0]
        if group["IpPermissions"]:
            ec2.revoke_security_group_ingress(
                GroupId=thing.id, IpPermissions=group["IpPermissions"]
            )
        ec2.delete_security_group(GroupId=thing.id)

    thing.delete = delete


def make_acls(world, ec2, vpc, subnets):
    for name, subnet in (("inline", subnets[0]), ("apart", subnets[1])):
        id_ = ec2.create_network_acl(VpcId=vpc, TagSpecifications=spec("network-acl", name))[
            "NetworkAcl"
        ]["NetworkAclId"]
        entry = {"NetworkAclId": id_, "RuleAction": "allow", "CidrBlock": "10.0.0.0/8"}
        ec2.create_network_acl_entry(
            **entry, RuleNumber=100, Protocol="6", Egress=False, PortRange={"From": 443, "To": 443}
        )
        ec2.create_network_acl_entry(**entry, RuleNumber=100, Protocol="-1", Egress=True)
        take_subnet(ec2, subnet, id_)
        item = ec2.describe_network_acls(NetworkAclIds=[id_])["NetworkAcls"][0]
        entries = [e for e in item["Entries"] if e["RuleNumber"] not in DEFAULT_ACL_RULES]
        blocks = {
            egress: [
                {
                    "action": entry["RuleAction"],
                    "cidr_block": entry["CidrBlock"],
                    "from_port": entry.get("PortRange", {}).get("From", 0),
                    "icmp_code": 0,
                    "icmp_type": 0,
                    "ipv6_cidr_block": "",
                    "protocol": entry["Protocol"],
                    "rule_no": entry["RuleNumber"],
                    "to_port": entry.get("PortRange", {}).get("To", 0),
                }
                for entry in entries
                if entry["Egress"] is egress
            ]
            for egress in (False, True)
        }
        source = world.state(
            FILE,
            "aws_network_acl",
            name,
            {
                "arn": arn("network-acl", id_),
                "egress": blocks[True],
                "id": id_,
                "ingress": blocks[False],
                "owner_id": item.get("OwnerId", ACCOUNT),
                "subnet_ids": [held["SubnetId"] for held in item["Associations"]],
                "vpc_id": item["VpcId"],
                **tags_of(item),
            },
            module=MODULE,
        )
        for n, entry in enumerate(entries if name == "apart" else []):
            world.state(
                FILE,
                "aws_network_acl_rule",
                "apart",
                {
                    "cidr_block": entry["CidrBlock"],
                    "egress": entry["Egress"],
                    "from_port": entry.get("PortRange", {}).get("From"),
                    "icmp_code": None,
                    "icmp_type": None,
                    "id": f"nacl-{n}",
                    "ipv6_cidr_block": "",
                    "network_acl_id": id_,
                    "protocol": entry["Protocol"],
                    "rule_action": entry["RuleAction"],
                    "rule_number": entry["RuleNumber"],
                    "to_port": entry.get("PortRange", {}).get("To"),
                },
                module=MODULE,
                key=n,
            )
        acl_changes(
            world, ec2, world.thing("AWS::EC2::NetworkAcl", id_, source), subnet, subnets[2]
        )
    world.fix("AWS::EC2::NetworkAcl", IMMUTABLE, "VpcId")

    def by_hand():
        made = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
        return made, lambda: ec2.delete_network_acl(NetworkAclId=made)

    world.by_hand("AWS::EC2::NetworkAcl", by_hand)


def take_subnet(ec2, subnet, acl):
    """Gives a subnet to another ACL; the result is the one that it had."""
    found = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )["NetworkAcls"][0]
    held = next(a for a in found["Associations"] if a["SubnetId"] == subnet)
    ec2.replace_network_acl_association(
        AssociationId=held["NetworkAclAssociationId"], NetworkAclId=acl
    )
    return found["NetworkAclId"]


def replace_all(ec2, rule):
    ec2.create_network_acl_entry(
        **rule,
        Protocol="6",
        RuleAction="allow",
        CidrBlock="10.0.0.0/8",
        PortRange={"From": 443, "To": 443},
    )


def acl_changes(world, ec2, thing, own, spare):
    rule = {"NetworkAclId": thing.id, "RuleNumber": 100, "Egress": False}
    replace = lambda port: ec2.replace_network_acl_entry(
        **rule,
        Protocol="6",
        RuleAction="allow",
        CidrBlock="10.0.0.0/8",
        PortRange={"From": port, "To": port},
    )
    thing.swap("Entries", replace, 80, 443)
    more = {"NetworkAclId": thing.id, "RuleNumber": 200, "Egress": True}
    thing.change(
        "Entries", lambda: ec2.delete_network_acl_entry(**rule), lambda: replace_all(ec2, rule)
    )
    thing.change(
        "Entries",
        lambda: ec2.create_network_acl_entry(
            **more,
            Protocol="1",
            RuleAction="deny",
            CidrBlock="0.0.0.0/0",
            IcmpTypeCode={"Type": -1, "Code": -1},
        ),
        lambda: ec2.delete_network_acl_entry(NetworkAclId=thing.id, RuleNumber=200, Egress=True),
    )
    retag(world, thing)
    if len([t for t in world.things if t.type == thing.type]) == 1:
        held = {}

        def take():
            held["acl"] = take_subnet(ec2, spare, thing.id)

        thing.change("Associations", take, lambda: take_subnet(ec2, spare, held["acl"]))

    def delete():
        vpc = ec2.describe_network_acls(NetworkAclIds=[thing.id])["NetworkAcls"][0]["VpcId"]
        default = ec2.describe_network_acls(
            Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "default", "Values": ["true"]}]
        )["NetworkAcls"][0]["NetworkAclId"]
        take_subnet(ec2, own, default)
        ec2.delete_network_acl(NetworkAclId=thing.id)

    thing.delete = delete

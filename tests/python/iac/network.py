"""VPCs and what is in them: made with boto3, written down as Terraform's `hashicorp/aws` 5.x would."""

from world import ACCOUNT, REGION, TAGS, pairs

FILE = "network.tfstate"
MODULE = "module.network"
IMMUTABLE = "no API changes it: another value means another resource"
DEFAULT_ACL_RULES = (32767, 32768)


def spec(kind, name):
    return [{"ResourceType": kind, "Tags": pairs(tagged(name))}]


def tagged(name):
    return {"Name": name, **TAGS}


def tags_of(item):
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
    return {"tags": tags, "tags_all": tags}


def arn(kind, id_):
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/{id_}"


def retag(world, thing):
    ec2 = world.client("ec2")
    tag = lambda value: ec2.create_tags(Resources=[thing.id], Tags=pairs({"owner": value}))
    thing.swap("Tags", tag, "somebody else", "sre", "Tags.owner")


def make(world):
    ec2 = world.client("ec2")
    vpc = make_vpc(world, ec2, "10.20.0.0/16", "main")
    other = make_vpc(world, ec2, "10.40.0.0/16", "dedicated", tenancy="dedicated")
    tenancy = lambda: ec2.modify_vpc_tenancy(VpcId=other.id, InstanceTenancy="default")
    other.change("InstanceTenancy", tenancy, None)
    world.fix("AWS::EC2::VPC", IMMUTABLE, "CidrBlock")
    world.fix("AWS::EC2::VPC", "moto has no encryption controls", "VpcEncryptionControl.Mode")

    subnets = [make_subnet(world, ec2, vpc.id, n) for n in range(3)]
    gateway = make_gateway(world, ec2, vpc.id, other.id)
    make_tables(world, ec2, vpc.id, subnets, gateway)
    groups = make_groups(world, ec2, vpc.id)
    make_acls(world, ec2, vpc.id, subnets)
    world.network = {"vpc": vpc.id, "subnets": subnets, "groups": groups}


def make_vpc(world, ec2, block, name, tenancy="default"):
    id_ = ec2.create_vpc(
        CidrBlock=block, InstanceTenancy=tenancy, TagSpecifications=spec("vpc", name)
    )["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=id_, EnableDnsHostnames={"Value": True})
    item = ec2.describe_vpcs(VpcIds=[id_])["Vpcs"][0]
    flag = lambda name: ec2.describe_vpc_attribute(VpcId=id_, Attribute=name)[
        name[0].upper() + name[1:]
    ]["Value"]
    within = [{"Name": "vpc-id", "Values": [id_]}]
    source = world.state(
        FILE,
        "aws_vpc",
        name,
        {
            "arn": arn("vpc", id_),
            "assign_generated_ipv6_cidr_block": False,
            "cidr_block": item["CidrBlock"],
            "default_network_acl_id": ec2.describe_network_acls(Filters=within)["NetworkAcls"][0][
                "NetworkAclId"
            ],
            "default_route_table_id": ec2.describe_route_tables(Filters=within)["RouteTables"][0][
                "RouteTableId"
            ],
            "default_security_group_id": ec2.describe_security_groups(Filters=within)[
                "SecurityGroups"
            ][0]["GroupId"],
            "dhcp_options_id": item["DhcpOptionsId"],
            "enable_dns_hostnames": flag("enableDnsHostnames"),
            "enable_dns_support": flag("enableDnsSupport"),
            "enable_network_address_usage_metrics": False,
            "id": id_,
            "instance_tenancy": item["InstanceTenancy"],
            "ipv4_ipam_pool_id": None,
            "ipv4_netmask_length": None,
            "ipv6_association_id": "",
            "ipv6_cidr_block": "",
            "ipv6_cidr_block_network_border_group": "",
            "ipv6_ipam_pool_id": "",
            "ipv6_netmask_length": 0,
            "owner_id": item["OwnerId"],
            **tags_of(item),
        },
        module=MODULE,
    )
    thing = world.thing("AWS::EC2::VPC", id_, source)
    for flag_name in ("EnableDnsHostnames", "EnableDnsSupport"):
        set_ = lambda value, key=flag_name: ec2.modify_vpc_attribute(
            VpcId=id_, **{key: {"Value": value}}
        )
        thing.swap(flag_name, set_, False, True)
    second = block.replace(".0.0/", ".0.0/").replace("10.", "100.")
    association = ec2.associate_vpc_cidr_block(VpcId=id_, CidrBlock=second)["CidrBlockAssociation"]
    world.state(
        FILE,
        "aws_vpc_ipv4_cidr_block_association",
        name,
        {
            "cidr_block": association["CidrBlock"],
            "id": association["AssociationId"],
            "ipv4_ipam_pool_id": None,
            "ipv4_netmask_length": None,
            "timeouts": None,
            "vpc_id": id_,
        },
        module=MODULE,
    )
    held = {}

    def grow():
        block = second.replace("100.", "101.")
        answer = ec2.associate_vpc_cidr_block(VpcId=id_, CidrBlock=block)
        held["id"] = answer["CidrBlockAssociation"]["AssociationId"]

    shrink = lambda: ec2.disassociate_vpc_cidr_block(AssociationId=held["id"])
    thing.change("CidrBlocks", grow, shrink)
    retag(world, thing)
    thing.delete = lambda: ec2.delete_vpc(VpcId=id_)
    if name == "main":

        def by_hand():
            vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
            return vpc, lambda: ec2.delete_vpc(VpcId=vpc)

        world.by_hand("AWS::EC2::VPC", by_hand)
    return thing


def make_subnet(world, ec2, vpc, n):
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    id_ = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=f"10.20.{n}.0/24",
        AvailabilityZone=zones[n % len(zones)]["ZoneName"],
        TagSpecifications=spec("subnet", f"private-{n}"),
    )["Subnet"]["SubnetId"]
    item = ec2.describe_subnets(SubnetIds=[id_])["Subnets"][0]
    launch = item.get("PrivateDnsNameOptionsOnLaunch", {})
    source = world.state(
        FILE,
        "aws_subnet",
        "private",
        {
            "arn": item["SubnetArn"],
            "assign_ipv6_address_on_creation": item["AssignIpv6AddressOnCreation"],
            "availability_zone": item["AvailabilityZone"],
            "availability_zone_id": item["AvailabilityZoneId"],
            "cidr_block": item["CidrBlock"],
            "customer_owned_ipv4_pool": "",
            "enable_dns64": item.get("EnableDns64", False),
            "enable_lni_at_device_index": item.get("EnableLniAtDeviceIndex", 0),
            "enable_resource_name_dns_a_record_on_launch": launch.get(
                "EnableResourceNameDnsARecord", False
            ),
            "enable_resource_name_dns_aaaa_record_on_launch": launch.get(
                "EnableResourceNameDnsAAAARecord", False
            ),
            "id": id_,
            "ipv6_cidr_block": "",
            "ipv6_cidr_block_association_id": "",
            "ipv6_native": item.get("Ipv6Native", False),
            "map_customer_owned_ip_on_launch": False,
            "map_public_ip_on_launch": item["MapPublicIpOnLaunch"],
            "outpost_arn": "",
            "owner_id": item["OwnerId"],
            "private_dns_hostname_type_on_launch": launch.get("HostnameType", "ip-name"),
            "timeouts": None,
            "vpc_id": item["VpcId"],
            **tags_of(item),
        },
        module=MODULE,
        key=n,
    )
    thing = world.thing("AWS::EC2::Subnet", id_, source)
    modify = lambda key: lambda value: ec2.modify_subnet_attribute(
        SubnetId=id_, **{key: {"Value": value}}
    )
    thing.swap("MapPublicIpOnLaunch", modify("MapPublicIpOnLaunch"), True, False)
    thing.swap("AssignIpv6AddressOnCreation", modify("AssignIpv6AddressOnCreation"), True, False)
    thing.swap(
        "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
        modify("EnableResourceNameDnsARecordOnLaunch"),
        True,
        False,
    )
    held = {}

    def associate():
        answer = ec2.associate_subnet_cidr_block(
            SubnetId=id_, Ipv6CidrBlock=f"2001:db8:1234:{n}::/64"
        )
        held["id"] = answer["Ipv6CidrBlockAssociation"]["AssociationId"]

    undo = lambda: ec2.disassociate_subnet_cidr_block(AssociationId=held["id"])
    thing.change("Ipv6CidrBlock", associate, undo)
    retag(world, thing)
    thing.delete = lambda: ec2.delete_subnet(SubnetId=id_)
    if n == 0:
        world.fix(
            "AWS::EC2::Subnet",
            IMMUTABLE,
            *("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6Native", "OutpostArn"),
            "VpcId",
        )
        world.fix(
            "AWS::EC2::Subnet",
            "moto's ModifySubnetAttribute does not know it",
            *("EnableDns64", "EnableLniAtDeviceIndex"),
            "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
            "PrivateDnsNameOptionsOnLaunch.HostnameType",
        )

        def by_hand():
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.99.0/24")["Subnet"]["SubnetId"]
            return subnet, lambda: ec2.delete_subnet(SubnetId=subnet)

        world.by_hand("AWS::EC2::Subnet", by_hand)
    return id_


def make_gateway(world, ec2, vpc, other):
    id_ = ec2.create_internet_gateway(TagSpecifications=spec("internet-gateway", "main"))[
        "InternetGateway"
    ]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=vpc)
    item = ec2.describe_internet_gateways(InternetGatewayIds=[id_])["InternetGateways"][0]
    source = world.state(
        FILE,
        "aws_internet_gateway",
        "main",
        {
            "arn": arn("internet-gateway", id_),
            "id": id_,
            "owner_id": item.get("OwnerId", ACCOUNT),
            "timeouts": None,
            "vpc_id": item["Attachments"][0]["VpcId"],
            **tags_of(item),
        },
        module=MODULE,
    )
    thing = world.thing("AWS::EC2::InternetGateway", id_, source)

    def move(to, from_):
        ec2.detach_internet_gateway(InternetGatewayId=id_, VpcId=from_)
        ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=to)

    thing.change("Attachments", lambda: move(other, vpc), lambda: move(vpc, other))
    thing.change(
        "Attachments",
        lambda: ec2.detach_internet_gateway(InternetGatewayId=id_, VpcId=vpc),
        lambda: ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=vpc),
    )
    retag(world, thing)

    def delete():
        ec2.detach_internet_gateway(InternetGatewayId=id_, VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=id_)

    thing.delete = delete

    def by_hand():
        made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        return made, lambda: ec2.delete_internet_gateway(InternetGatewayId=made)

    world.by_hand("AWS::EC2::InternetGateway", by_hand)
    return id_


def make_tables(world, ec2, vpc, subnets, gateway):
    inline = ec2.create_route_table(
        VpcId=vpc, TagSpecifications=spec("route-table", "public")
    )["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=inline, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    apart = ec2.create_route_table(
        VpcId=vpc, TagSpecifications=spec("route-table", "private")
    )["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=apart, DestinationCidrBlock="192.0.2.0/24", GatewayId=gateway)
    for id_, name, subnet in ((inline, "public", subnets[0]), (apart, "private", subnets[1])):
        association = ec2.associate_route_table(RouteTableId=id_, SubnetId=subnet)["AssociationId"]
        item = ec2.describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]
        made = [route for route in item["Routes"] if route.get("GatewayId") != "local"]
        source = world.state(
            FILE,
            "aws_route_table",
            name,
            {
                "arn": arn("route-table", id_),
                "id": id_,
                "owner_id": item.get("OwnerId", ACCOUNT),
                "propagating_vgws": [],
                # A table whose routes are resources of their own lists them too, once refreshed.
                "route": [
                    {
                        "carrier_gateway_id": "",
                        "cidr_block": route["DestinationCidrBlock"],
                        "core_network_arn": "",
                        "destination_prefix_list_id": "",
                        "egress_only_gateway_id": "",
                        "gateway_id": route["GatewayId"],
                        "ipv6_cidr_block": "",
                        "local_gateway_id": "",
                        "nat_gateway_id": "",
                        "network_interface_id": "",
                        "transit_gateway_id": "",
                        "vpc_endpoint_id": "",
                        "vpc_peering_connection_id": "",
                    }
                    for route in made
                ],
                "timeouts": None,
                "vpc_id": item["VpcId"],
                **tags_of(item),
            },
            module=MODULE,
        )
        world.state(
            FILE,
            "aws_route_table_association",
            name,
            {
                "gateway_id": "",
                "id": association,
                "route_table_id": id_,
                "subnet_id": subnet,
                "timeouts": None,
            },
            module=MODULE,
        )
        if name == "private":
            world.state(
                FILE,
                "aws_route",
                "documentation",
                {
                    "carrier_gateway_id": "",
                    "core_network_arn": "",
                    "destination_cidr_block": made[0]["DestinationCidrBlock"],
                    "destination_ipv6_cidr_block": "",
                    "destination_prefix_list_id": "",
                    "egress_only_gateway_id": "",
                    "gateway_id": made[0]["GatewayId"],
                    "id": f"r-{id_}1080289494",
                    "instance_id": "",
                    "instance_owner_id": "",
                    "local_gateway_id": "",
                    "nat_gateway_id": "",
                    "network_interface_id": "",
                    "origin": made[0]["Origin"],
                    "route_table_id": id_,
                    "state": made[0]["State"],
                    "timeouts": None,
                    "transit_gateway_id": "",
                    "vpc_endpoint_id": "",
                    "vpc_peering_connection_id": "",
                },
                module=MODULE,
            )
        table_changes(world, ec2, id_, source, subnets[2] if name == "public" else None, gateway)
    world.fix("AWS::EC2::RouteTable", IMMUTABLE, "VpcId")
    world.fix("AWS::EC2::RouteTable", "moto has no route propagation", "PropagatingVgws")

    def by_hand():
        made = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        return made, lambda: ec2.delete_route_table(RouteTableId=made)

    world.by_hand("AWS::EC2::RouteTable", by_hand)


def table_changes(world, ec2, id_, source, spare, gateway):
    thing = world.thing("AWS::EC2::RouteTable", id_, source)
    peer = "198.51.100.0/24"
    route = {"RouteTableId": id_, "DestinationCidrBlock": peer}
    add = lambda: ec2.create_route(**route, GatewayId=gateway)
    thing.change("Routes", add, lambda: ec2.delete_route(**route))
    if spare:
        held = {}

        def associate():
            answer = ec2.associate_route_table(RouteTableId=id_, SubnetId=spare)
            held["id"] = answer["AssociationId"]

        undo = lambda: ec2.disassociate_route_table(AssociationId=held["id"])
        thing.change("Associations", associate, undo)
    retag(world, thing)

    def delete():
        table = ec2.describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]
        for held in table["Associations"]:
            ec2.disassociate_route_table(AssociationId=held["RouteTableAssociationId"])
        ec2.delete_route_table(RouteTableId=id_)

    thing.delete = delete


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
            {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        ],
    )
    rules = ec2.authorize_security_group_ingress(
        GroupId=ids["database"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "UserIdGroupPairs": [{"GroupId": ids["web"], "Description": "from the servers"}],
            },
            {
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "IpRanges": [{"CidrIp": "10.9.0.0/16"}],
            },
        ],
    )["SecurityGroupRules"]
    out = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [ids["database"]]}]
    )["SecurityGroupRules"]
    rules = [rule for rule in out if not rule["IsEgress"]] + [rule for rule in out if rule["IsEgress"]]
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
        made = ec2.create_security_group(GroupName="hand", Description="by hand", VpcId=vpc)["GroupId"]
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
            ec2.revoke_security_group_ingress(GroupId=thing.id, IpPermissions=group["IpPermissions"])
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
        acl_changes(world, ec2, world.thing("AWS::EC2::NetworkAcl", id_, source), subnet, subnets[2])
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
        "Entries",
        lambda: ec2.create_network_acl_entry(
            **more, Protocol="1", RuleAction="deny", CidrBlock="0.0.0.0/0",
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

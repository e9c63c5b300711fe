"""VPCs, subnets, gateways and routes: made with boto3, and written down as Terraform's provider
`hashicorp/aws` 5.x would."""

from world import ACCOUNT, REGION, TAGS, pairs

FILE = "network.tfstate"
MODULE = "module.network"
IMMUTABLE = "no API changes it: another value means another resource"


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
    more = {"Resources": [thing.id], "Tags": pairs({"more": ""})}
    thing.change(
        "Tags",
        lambda: ec2.delete_tags(Resources=[thing.id], Tags=[{"Key": "owner"}]),
        lambda: tag("sre"),
        "Tags.owner",
    )
    thing.change(
        "Tags", lambda: ec2.create_tags(**more), lambda: ec2.delete_tags(**more), "Tags.more"
    )


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
    world.network = {"vpc": vpc.id, "subnets": subnets}


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
    second = block.replace("10.", "100.")
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
    retag(world, thing)
    thing.delete = lambda: ec2.delete_subnet(SubnetId=id_)
    if n == 0:
        world.fix(
            "AWS::EC2::Subnet",
            IMMUTABLE,
            *("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6Native", "OutpostArn"),
            "VpcId",
        )
        broken = "moto's DescribeSubnets gives the state of an IPv6 block in no readable form"
        world.fix("AWS::EC2::Subnet", broken, "Ipv6CidrBlock")
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
    inline = ec2.create_route_table(VpcId=vpc, TagSpecifications=spec("route-table", "public"))[
        "RouteTable"
    ]["RouteTableId"]
    ec2.create_route(RouteTableId=inline, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    apart = ec2.create_route_table(VpcId=vpc, TagSpecifications=spec("route-table", "private"))[
        "RouteTable"
    ]["RouteTableId"]
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
    found = ec2.describe_route_tables(RouteTableIds=[id_])["RouteTables"][0]["Routes"]
    own = next(one for one in found if one["GatewayId"] == gateway)["DestinationCidrBlock"]
    mine = {"RouteTableId": id_, "DestinationCidrBlock": own}
    thing.change(
        "Routes",
        lambda: ec2.delete_route(**mine),
        lambda: ec2.create_route(**mine, GatewayId=gateway),
    )
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

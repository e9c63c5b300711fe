"""VPCs and what connects them, security groups, machines and what stands before them."""

from world import HOME, REGIONS

ANYONE = [{"CidrIp": "0.0.0.0/0"}]
OFFICE = [{"CidrIp": "203.0.113.0/24"}]
# account -> group -> protocol, ports, from where
GROUPS = {
    "acme-production": {
        "web": ("tcp", 443, 443, {"IpRanges": ANYONE}),
        "office-ssh": ("tcp", 22, 22, {"IpRanges": OFFICE}),
        "all-but-ranges": ("tcp", 8000, 8999, {"IpRanges": ANYONE}),
    },
    "globex-production": {
        "open-ssh": ("tcp", 22, 22, {"IpRanges": ANYONE}),
        "open-postgres": ("tcp", 5432, 5432, {"IpRanges": ANYONE}),
        "open-rdp-v6": ("tcp", 3389, 3389, {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}),
        "open-range": ("tcp", 3000, 4000, {"IpRanges": ANYONE}),
    },
    "legacy": {
        "open-all": ("-1", None, None, {"IpRanges": ANYONE}),
    },
}


def make(world):
    for account in world.accounts:
        if account != "closed":
            name_defaults(world, account)
    vpcs = {}
    for account, name, block in (
        ("acme-production", "main", "10.0.0.0/16"),
        # Declared to be connected with acme's, and in it.
        ("globex-production", "main", "10.0.128.0/20"),
        ("acme-staging", "one", "10.1.0.0/16"),
        ("acme-staging", "two", "10.2.0.0/16"),
        ("legacy", "one", "10.9.0.0/16"),
        ("legacy", "two", "10.9.64.0/18"),
        # Overlaps with acme's, and is connected with nothing.
        ("globex-staging", "main", "10.0.0.0/16"),
    ):
        vpcs[account, name] = vpc(world, account, name, block)
    for account in ("acme-staging", "legacy"):
        ec2 = world.client(account, "ec2")
        made = ec2.create_vpc_peering_connection(
            VpcId=vpcs[account, "one"], PeerVpcId=vpcs[account, "two"]
        )["VpcPeeringConnection"]
        ec2.accept_vpc_peering_connection(
            VpcPeeringConnectionId=made["VpcPeeringConnectionId"]
        )
    for account, groups in GROUPS.items():
        of = vpcs.get((account, "main")) or vpcs[account, "one"]
        for name, rule in groups.items():
            group(world, account, of, name, *rule)
    prefix_list(world, vpcs["acme-production", "main"])
    subnets = zones(world, "acme-production", vpcs["acme-production", "main"], "10.0.{}.0/24")
    stands(world, "acme-production", subnets)
    web_alone(world, "globex-production", vpcs["globex-production", "main"])
    machines(world)


def vpc(world, account, name, block):
    made = world.client(account, "ec2").create_vpc(
        CidrBlock=block,
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}]}],
    )["Vpc"]["VpcId"]
    return world.name(made, name)


def name_defaults(world, account):
    """The networks that each account has in each region from the first day."""
    for region in REGIONS:
        ec2 = world.client(account, "ec2", region)
        for found in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
            world.name(found["VpcId"], f"default of {region}")


def group(world, account, vpc_id, name, protocol, first, last, sources):
    ec2 = world.client(account, "ec2")
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc_id)["GroupId"]
    world.name(made, name)
    ports = {} if first is None else {"FromPort": first, "ToPort": last}
    ec2.authorize_security_group_ingress(
        GroupId=made, IpPermissions=[{"IpProtocol": protocol, **ports, **sources}]
    )


def prefix_list(world, vpc_id):
    ec2 = world.client("acme-production", "ec2")
    made = ec2.create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4"
    )["PrefixList"]["PrefixListId"]
    sources = {"PrefixListIds": [{"PrefixListId": made}]}
    group(world, "acme-production", vpc_id, "prefix-list", "tcp", 22, 22, sources)


def zones(world, account, vpc_id, block):
    made = []
    for number, zone in enumerate("ab"):
        subnet = world.client(account, "ec2").create_subnet(
            VpcId=vpc_id, CidrBlock=block.format(number), AvailabilityZone=f"{HOME}{zone}"
        )["Subnet"]["SubnetId"]
        made.append(subnet)
    return made


def stands(world, account, subnets):
    """Load balancers and groups in two zones and in one."""
    elb, scaling = world.client(account, "elbv2"), world.client(account, "autoscaling")
    ec2 = world.client(account, "ec2")
    template = ec2.create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"},
    )["LaunchTemplate"]["LaunchTemplateId"]
    for name, within in (("two-zones", subnets), ("one-zone", subnets[:1])):
        made = elb.create_load_balancer(Name=name, Subnets=within, Type="network")
        world.name(made["LoadBalancers"][0]["LoadBalancerArn"], name)
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
            # No machines: the emulator starts them.
            MinSize=0,
            MaxSize=3,
            DesiredCapacity=0,
            VPCZoneIdentifier=",".join(within),
        )


def web_alone(world, account, vpc_id):
    """A web server on its own, and capacity that was for an event."""
    ec2 = world.client(account, "ec2")
    subnet = ec2.create_subnet(
        VpcId=vpc_id, CidrBlock="10.0.130.0/24", AvailabilityZone=f"{HOME}a"
    )["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    group(world, account, vpc_id, "web", "tcp", 443, 443, {"IpRanges": ANYONE})
    web = next(id_ for id_, name in reversed(world.names.items()) if name == "web")
    machine(world, account, "lone-web", SubnetId=subnet, SecurityGroupIds=[web])
    inside = ec2.create_security_group(GroupName="inside", Description="inside", VpcId=vpc_id)
    world.name(inside["GroupId"], "inside")
    machine(world, account, "cup-1", SubnetId=subnet, SecurityGroupIds=[inside["GroupId"]])


def machines(world):
    # In the default VPC, because no subnet is named.
    machine(world, "legacy", "in-default-network", tags={"tenant": "globex"})
    machine(world, "management", "workload")


def machine(world, account, name, tags=None, **where):
    pairs = [{"Key": key, "Value": value} for key, value in {"Name": name, **(tags or {})}.items()]
    made = world.client(account, "ec2").run_instances(
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": pairs}],
        **where,
    )["Instances"][0]["InstanceId"]
    world.name(made, name)

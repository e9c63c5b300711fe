"""EC2: made with boto3, read back with boto3."""


def spec(kind, name):
    return [
        {
            "ResourceType": kind,
            "Tags": [{"Key": "Name", "Value": name}, {"Key": "owner", "Value": "sre"}],
        }
    ]


def tags(item):
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}


def make(maker, region):
    ec2 = maker.client("ec2", region)
    base = maker.name

    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=spec("vpc", f"{base}-vpc"))
    vpc_id = vpc["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    item = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    maker.add(
        "AWS::EC2::VPC",
        region,
        vpc_id,
        {
            "VpcId": vpc_id,
            "CidrBlock": item["CidrBlock"],
            "InstanceTenancy": item["InstanceTenancy"],
            "EnableDnsHostnames": True,
            "EnableDnsSupport": True,
        },
        f"{base}-vpc",
        tags(item),
    )

    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    subnet_id = ec2.create_subnet(
        VpcId=vpc_id,
        CidrBlock="10.20.1.0/24",
        AvailabilityZone=zone,
        TagSpecifications=spec("subnet", f"{base}-subnet"),
    )["Subnet"]["SubnetId"]
    item = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    maker.add(
        "AWS::EC2::Subnet",
        region,
        subnet_id,
        {
            "SubnetId": subnet_id,
            "VpcId": vpc_id,
            "CidrBlock": item["CidrBlock"],
            "AvailabilityZone": item["AvailabilityZone"],
            "MapPublicIpOnLaunch": item["MapPublicIpOnLaunch"],
        },
        f"{base}-subnet",
        tags(item),
    )

    group_id = ec2.create_security_group(
        GroupName=f"{base}-web",
        Description="web servers",
        VpcId=vpc_id,
        TagSpecifications=spec("security-group", f"{base}-web"),
    )["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group_id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [
                    {"CidrIp": "10.0.0.0/8", "Description": "inside"},
                    {"CidrIp": "192.0.2.0/24"},
                ],
            }
        ],
    )
    item = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    ingress = [
        {
            key: value
            for key, value in {
                "IpProtocol": rule["IpProtocol"],
                "FromPort": rule.get("FromPort"),
                "ToPort": rule.get("ToPort"),
                "CidrIp": source["CidrIp"],
                "Description": source.get("Description"),
            }.items()
            if value is not None
        }
        for rule in item["IpPermissions"]
        for source in rule["IpRanges"]
    ]
    maker.add(
        "AWS::EC2::SecurityGroup",
        region,
        group_id,
        {
            "GroupId": group_id,
            "GroupName": item["GroupName"],
            "GroupDescription": item["Description"],
            "VpcId": vpc_id,
            "SecurityGroupIngress": ingress,
        },
        None,
        tags(item),
    )

    gateway_id = ec2.create_internet_gateway(
        TagSpecifications=spec("internet-gateway", f"{base}-igw")
    )["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    item = ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])["InternetGateways"][0]
    maker.add(
        "AWS::EC2::InternetGateway",
        region,
        gateway_id,
        {"InternetGatewayId": gateway_id},
        f"{base}-igw",
        tags(item),
    )

    table_id = ec2.create_route_table(
        VpcId=vpc_id, TagSpecifications=spec("route-table", f"{base}-public")
    )["RouteTable"]["RouteTableId"]
    ec2.create_route(
        RouteTableId=table_id, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway_id
    )
    ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)
    item = ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]
    maker.add(
        "AWS::EC2::RouteTable",
        region,
        table_id,
        {"RouteTableId": table_id, "VpcId": vpc_id},
        f"{base}-public",
        tags(item),
    )

    address = ec2.allocate_address(
        Domain="vpc", TagSpecifications=spec("elastic-ip", f"{base}-nat")
    )
    item = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"][0]
    nat = ec2.create_nat_gateway(
        SubnetId=subnet_id,
        AllocationId=address["AllocationId"],
        TagSpecifications=spec("natgateway", f"{base}-nat"),
    )["NatGateway"]
    maker.add(
        "AWS::EC2::EIP",
        region,
        address["AllocationId"],
        {
            "AllocationId": address["AllocationId"],
            "PublicIp": item["PublicIp"],
            "Domain": item["Domain"],
        },
        f"{base}-nat",
        tags(item),
    )
    maker.add(
        "AWS::EC2::NatGateway",
        region,
        nat["NatGatewayId"],
        {
            "NatGatewayId": nat["NatGatewayId"],
            "SubnetId": subnet_id,
            "VpcId": vpc_id,
        },
    )

    acl_id = ec2.create_network_acl(
        VpcId=vpc_id, TagSpecifications=spec("network-acl", f"{base}-acl")
    )["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl_id,
        RuleNumber=100,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock="10.0.0.0/8",
        PortRange={"From": 443, "To": 443},
    )
    item = ec2.describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"][0]
    maker.add(
        "AWS::EC2::NetworkAcl",
        region,
        acl_id,
        {"VpcId": vpc_id},
        f"{base}-acl",
        tags(item),
    )

    other = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    peering_id = ec2.create_vpc_peering_connection(VpcId=vpc_id, PeerVpcId=other)[
        "VpcPeeringConnection"
    ]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    maker.add(
        "AWS::EC2::VPCPeeringConnection",
        region,
        peering_id,
        {"VpcId": vpc_id, "PeerVpcId": other},
    )

    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName=f"com.amazonaws.{region}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table_id],
    )["VpcEndpoint"]
    maker.add(
        "AWS::EC2::VPCEndpoint",
        region,
        endpoint["VpcEndpointId"],
        {
            "VpcId": vpc_id,
            "ServiceName": endpoint["ServiceName"],
            "VpcEndpointType": "Gateway",
        },
    )

    template = ec2.create_launch_template(
        LaunchTemplateName=f"{base}-template",
        LaunchTemplateData={"InstanceType": "t3.micro", "ImageId": "ami-12345678"},
    )["LaunchTemplate"]
    maker.add(
        "AWS::EC2::LaunchTemplate",
        region,
        template["LaunchTemplateId"],
        {
            "LaunchTemplateId": template["LaunchTemplateId"],
            "LaunchTemplateName": template["LaunchTemplateName"],
        },
        template["LaunchTemplateName"],
    )

    volume_id = ec2.create_volume(
        AvailabilityZone=zone,
        Size=20,
        VolumeType="gp3",
        Encrypted=True,
        TagSpecifications=spec("volume", f"{base}-data"),
    )["VolumeId"]
    item = ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    maker.add(
        "AWS::EC2::Volume",
        region,
        volume_id,
        {
            "VolumeId": volume_id,
            "AvailabilityZone": item["AvailabilityZone"],
            "Size": item["Size"],
            "VolumeType": item["VolumeType"],
            "Encrypted": item["Encrypted"],
        },
        f"{base}-data",
        tags(item),
    )

    instance_id = ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet_id,
        SecurityGroupIds=[group_id],
        UserData="canary-user-data-secret",
        TagSpecifications=spec("instance", f"{base}-web-1"),
    )["Instances"][0]["InstanceId"]
    item = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    maker.add(
        "AWS::EC2::Instance",
        region,
        instance_id,
        {
            "InstanceId": instance_id,
            "InstanceType": item["InstanceType"],
            "ImageId": item["ImageId"],
            "SubnetId": item["SubnetId"],
            "VpcId": item["VpcId"],
        },
        f"{base}-web-1",
        tags(item),
    )

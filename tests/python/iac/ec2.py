"""Volumes and addresses."""

from network import IMMUTABLE, arn, retag, spec, tags_of
from world import REGION

FILE = "applications.tfstate"


def make(world):
    ec2 = world.client("ec2")
    make_volume(world, ec2)
    make_address(world, ec2)


def make_volume(world, ec2):
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    id_ = ec2.create_volume(
        AvailabilityZone=zone,
        Size=20,
        VolumeType="gp3",
        Iops=3000,
        Throughput=125,
        Encrypted=True,
        KmsKeyId=world.key,
        TagSpecifications=spec("volume", "data"),
    )["VolumeId"]
    item = ec2.describe_volumes(VolumeIds=[id_])["Volumes"][0]
    source = world.state(
        FILE,
        "aws_ebs_volume",
        "data",
        {
            "arn": arn("volume", id_),
            "availability_zone": item["AvailabilityZone"],
            "create_time": item["CreateTime"].isoformat(),
            "encrypted": item["Encrypted"],
            "final_snapshot": False,
            "id": id_,
            "iops": item["Iops"],
            "kms_key_id": item.get("KmsKeyId", ""),
            "multi_attach_enabled": item.get("MultiAttachEnabled", False),
            "outpost_arn": "",
            "size": item["Size"],
            "snapshot_id": item.get("SnapshotId", ""),
            "throughput": item["Throughput"],
            "timeouts": None,
            "type": item["VolumeType"],
            "volume_initialization_rate": 0,
            **tags_of(item),
        },
        key="main",
    )
    thing = world.thing("AWS::EC2::Volume", id_, source)
    modify = lambda key: lambda value: ec2.modify_volume(VolumeId=id_, **{key: value})
    thing.swap("Size", modify("Size"), 40, 20)
    thing.swap("VolumeType", modify("VolumeType"), "io2", "gp3")
    thing.swap("Iops", modify("Iops"), 6000, 3000)
    thing.swap("Throughput", modify("Throughput"), 250, 125)
    retag(world, thing)
    thing.change("MultiAttachEnabled", lambda: modify("MultiAttachEnabled")(True), None)
    thing.delete = lambda: ec2.delete_volume(VolumeId=id_)
    type_ = "AWS::EC2::Volume"
    world.fix(
        type_, IMMUTABLE, "AvailabilityZone", "Encrypted", "KmsKeyId", "OutpostArn", "SnapshotId"
    )
    world.fix(type_, IMMUTABLE, "VolumeInitializationRate")

    def by_hand():
        made = ec2.create_volume(AvailabilityZone=zone, Size=1)["VolumeId"]
        return made, lambda: ec2.delete_volume(VolumeId=made)

    world.by_hand(type_, by_hand)


def make_address(world, ec2):
    subnet = world.network["subnets"][0]
    interfaces = [
        ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        for _ in range(2)
    ]
    id_ = ec2.allocate_address(Domain="vpc", TagSpecifications=spec("elastic-ip", "entry"))[
        "AllocationId"
    ]
    ec2.associate_address(AllocationId=id_, NetworkInterfaceId=interfaces[0])
    item = ec2.describe_addresses(AllocationIds=[id_])["Addresses"][0]
    source = world.state(
        FILE,
        "aws_eip",
        "entry",
        {
            "address": None,
            "allocation_id": id_,
            "arn": arn("elastic-ip", id_),
            "associate_with_private_ip": None,
            "association_id": item["AssociationId"],
            "carrier_ip": "",
            "customer_owned_ip": "",
            "customer_owned_ipv4_pool": "",
            "domain": item["Domain"],
            "id": id_,
            "instance": item.get("InstanceId", ""),
            "ipam_pool_id": None,
            "network_border_group": item.get("NetworkBorderGroup", ""),
            "network_interface": item["NetworkInterfaceId"],
            "private_dns": None,
            "private_ip": item.get("PrivateIpAddress", ""),
            "ptr_record": "",
            "public_dns": f"ec2-{item['PublicIp'].replace('.', '-')}.{REGION}.compute.amazonaws.com",
            "public_ip": item["PublicIp"],
            "public_ipv4_pool": item.get("PublicIpv4Pool", ""),
            "timeouts": None,
            **tags_of(item),
        },
    )
    thing = world.thing("AWS::EC2::EIP", id_, source)

    def take(interface):
        ec2.associate_address(
            AllocationId=id_, NetworkInterfaceId=interface, AllowReassociation=True
        )

    paths = ("Association.NetworkInterfaceId", "Association.PrivateIpAddress")
    thing.swap("Association", take, interfaces[1], interfaces[0], *paths)

    def release():
        held = ec2.describe_addresses(AllocationIds=[id_])["Addresses"][0]
        ec2.disassociate_address(AssociationId=held["AssociationId"])

    thing.change("Association", release, lambda: take(interfaces[0]))
    retag(world, thing)

    def delete():
        held = ec2.describe_addresses(AllocationIds=[id_])["Addresses"][0]
        ec2.disassociate_address(AssociationId=held["AssociationId"])
        ec2.release_address(AllocationId=id_)
        for interface in interfaces:
            ec2.delete_network_interface(NetworkInterfaceId=interface)

    thing.delete = delete
    type_ = "AWS::EC2::EIP"
    world.fix(type_, IMMUTABLE, "Domain", "NetworkBorderGroup", "PublicIp", "PublicIpv4Pool")
    world.fix(type_, "no instance is made here: its interface is what is moved", "InstanceId")

    def by_hand():
        made = ec2.allocate_address(Domain="vpc")["AllocationId"]
        return made, lambda: ec2.release_address(AllocationId=made)

    world.by_hand(type_, by_hand)

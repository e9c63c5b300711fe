"""What watches over an account and what stands before its machines: made with boto3, read back with boto3."""

TAGS = [{"Key": "owner", "Value": "sre"}]
OWNER = {"owner": "sre"}


def regional(maker, region):
    trail(maker, region)
    detector(maker, region)
    recorder(maker, region)
    backup(maker, region)
    balancer(maker, region)
    snapshots(maker, region)
    transit(maker, region)


def trail(maker, region):
    name = f"{maker.name}-trail-{region}"
    s3 = maker.client("s3", "us-east-1")
    s3.create_bucket(Bucket=name)
    cloudtrail = maker.client("cloudtrail", region)
    cloudtrail.create_trail(
        Name=name, S3BucketName=name, IsMultiRegionTrail=region == "us-east-1", TagsList=TAGS
    )
    cloudtrail.start_logging(Name=name)
    # A trail of all regions is listed in each of them.
    trails = cloudtrail.describe_trails()["trailList"]
    item = next(trail for trail in trails if trail["HomeRegion"] == region)
    maker.add(
        "AWS::CloudTrail::Trail",
        region,
        item["TrailARN"],
        {
            "TrailARN": item["TrailARN"],
            "TrailName": item["Name"],
            "HomeRegion": item["HomeRegion"],
            "S3BucketName": item["S3BucketName"],
            "IsMultiRegionTrail": item["IsMultiRegionTrail"],
            "IsOrganizationTrail": item["IsOrganizationTrail"],
            "IncludeGlobalServiceEvents": item["IncludeGlobalServiceEvents"],
            "EnableLogFileValidation": item["LogFileValidationEnabled"],
            "IsLogging": cloudtrail.get_trail_status(Name=name)["IsLogging"],
        },
        name,
        OWNER,
    )
    if item["IsMultiRegionTrail"]:
        status = cloudtrail.get_trail_status(Name=item["TrailARN"])
        maker.add(
            "AWS::CloudTrail::MultiRegionTrail",
            "global",
            item["TrailARN"],
            {
                "TrailARN": item["TrailARN"],
                "HomeRegion": item["HomeRegion"],
                "S3BucketName": item["S3BucketName"],
                "IsMultiRegionTrail": True,
                "IsOrganizationTrail": item["IsOrganizationTrail"],
                "IsLogging": status["IsLogging"],
            },
            name,
        )


def detector(maker, region):
    guardduty = maker.client("guardduty", region)
    id_ = guardduty.create_detector(
        Enable=True, FindingPublishingFrequency="ONE_HOUR", Tags=OWNER
    )["DetectorId"]
    item = guardduty.get_detector(DetectorId=id_)
    maker.add(
        "AWS::GuardDuty::Detector",
        region,
        id_,
        {
            "DetectorId": id_,
            "Enable": item["Status"] == "ENABLED",
            "FindingPublishingFrequency": item["FindingPublishingFrequency"],
        },
        None,
        OWNER,
    )


def recorder(maker, region):
    config = maker.client("config", region)
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": f"{maker.name}-recorder",
            "roleARN": f"arn:aws:iam::{maker.account}:role/config",
            "recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::EC2::Instance"]},
        }
    )
    item = config.describe_configuration_recorders()["ConfigurationRecorders"][0]
    status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]
    maker.add(
        "AWS::Config::ConfigurationRecorder",
        region,
        item["name"],
        {"Name": item["name"], "RoleARN": item["roleARN"], "Recording": status["recording"]},
        item["name"],
    )


def backup(maker, region):
    client = maker.client("backup", region)
    name = f"{maker.name}-vault"
    client.create_backup_vault(BackupVaultName=name, BackupVaultTags=OWNER)
    client.put_backup_vault_lock_configuration(
        BackupVaultName=name, MinRetentionDays=7, MaxRetentionDays=35
    )
    item = next(
        vault
        for vault in client.list_backup_vaults()["BackupVaultList"]
        if vault["BackupVaultName"] == name
    )
    maker.add(
        "AWS::Backup::BackupVault",
        region,
        name,
        {
            "BackupVaultName": name,
            "BackupVaultArn": item["BackupVaultArn"],
            "Locked": item.get("Locked"),
            "MinRetentionDays": item.get("MinRetentionDays"),
            "MaxRetentionDays": item.get("MaxRetentionDays"),
            "NumberOfRecoveryPoints": item["NumberOfRecoveryPoints"],
        },
        name,
        OWNER,
    )


    # What a plan is applied to is not in the emulator.
    name = f"{maker.name}-plan"
    made = client.create_backup_plan(
        BackupPlan={
            "BackupPlanName": name,
            "Rules": [
                {
                    "RuleName": "nightly",
                    "TargetBackupVaultName": f"{maker.name}-vault",
                    "ScheduleExpression": "cron(0 3 ? * * *)",
                }
            ],
        },
        BackupPlanTags=OWNER,
    )
    item = client.get_backup_plan(BackupPlanId=made["BackupPlanId"])
    maker.add(
        "AWS::Backup::BackupPlan",
        region,
        made["BackupPlanId"],
        {
            "BackupPlanId": item["BackupPlanId"],
            "BackupPlanArn": item["BackupPlanArn"],
            "BackupPlanName": item["BackupPlan"]["BackupPlanName"],
        },
        name,
        OWNER,
    )


def balancer(maker, region):
    base = maker.name
    ec2 = maker.client("ec2", region)
    subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    subnets = sorted(subnets["Subnets"], key=lambda s: s["AvailabilityZone"])[:2]
    ids = [subnet["SubnetId"] for subnet in subnets]

    elb = maker.client("elbv2", region)
    item = elb.create_load_balancer(Name=f"{base}-lb", Subnets=ids, Tags=TAGS)["LoadBalancers"][0]
    settings = elb.describe_load_balancer_attributes(LoadBalancerArn=item["LoadBalancerArn"])
    maker.add(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        region,
        item["LoadBalancerArn"],
        {
            "LoadBalancerArn": item["LoadBalancerArn"],
            "Name": item["LoadBalancerName"],
            "Type": item["Type"],
            "Scheme": item.get("Scheme"),
            "VpcId": item["VpcId"],
            "Subnets": [zone["SubnetId"] for zone in item["AvailabilityZones"]],
            "AvailabilityZones": [zone["ZoneName"] for zone in item["AvailabilityZones"]],
            "LoadBalancerAttributes": settings["Attributes"],
        },
        f"{base}-lb",
        OWNER,
    )
    group = elb.create_target_group(
        Name=f"{base}-targets",
        Protocol="HTTP",
        Port=8080,
        VpcId=item["VpcId"],
        TargetType="ip",
        HealthCheckPath="/health",
        Tags=TAGS,
    )["TargetGroups"][0]
    arn = group["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "172.31.0.9", "Port": 8080}])
    group = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    health = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    maker.add(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        region,
        arn,
        {
            "TargetGroupArn": arn,
            "Name": group["TargetGroupName"],
            "Protocol": group["Protocol"],
            "Port": group["Port"],
            "VpcId": group["VpcId"],
            "TargetType": group["TargetType"],
            "HealthCheckPath": group["HealthCheckPath"],
            "HealthCheckIntervalSeconds": group["HealthCheckIntervalSeconds"],
            "Targets": [
                {**target["Target"], "State": target["TargetHealth"]["State"]} for target in health
            ],
        },
        f"{base}-targets",
        OWNER,
    )

    autoscaling = maker.client("autoscaling", region)
    template = ec2.create_launch_template(
        LaunchTemplateName=f"{base}-group",
        LaunchTemplateData={"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"},
    )["LaunchTemplate"]
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=f"{base}-group",
        LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "1"},
        # No machines: the emulator starts real ones.
        MinSize=0,
        MaxSize=3,
        DesiredCapacity=0,
        VPCZoneIdentifier=",".join(ids),
        TargetGroupARNs=[arn],
        Tags=[{**tag, "PropagateAtLaunch": True} for tag in TAGS],
    )
    item = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    maker.add(
        "AWS::AutoScaling::AutoScalingGroup",
        region,
        f"{base}-group",
        {
            "AutoScalingGroupName": item["AutoScalingGroupName"],
            "AutoScalingGroupARN": item["AutoScalingGroupARN"],
            "AvailabilityZones": item["AvailabilityZones"],
            "VPCZoneIdentifier": item["VPCZoneIdentifier"].split(","),
            "MinSize": item["MinSize"],
            "MaxSize": item["MaxSize"],
            "DesiredCapacity": item["DesiredCapacity"],
            "TargetGroupARNs": item["TargetGroupARNs"],
            "LaunchTemplate": item["LaunchTemplate"],
            "HealthCheckType": item["HealthCheckType"],
        },
        f"{base}-group",
        OWNER,
    )


def snapshots(maker, region):
    base = maker.name
    rds = maker.client("rds", region)
    item = rds.create_db_snapshot(
        DBInstanceIdentifier=f"{base}-db", DBSnapshotIdentifier=f"{base}-snapshot", Tags=TAGS
    )["DBSnapshot"]
    maker.add(
        "AWS::RDS::DBSnapshot",
        region,
        f"{base}-snapshot",
        {
            "DBSnapshotIdentifier": item["DBSnapshotIdentifier"],
            "DBInstanceIdentifier": item["DBInstanceIdentifier"],
            "SnapshotType": item["SnapshotType"],
            "Engine": item["Engine"],
            "Encrypted": item["Encrypted"],
        },
        f"{base}-snapshot",
        OWNER,
    )
    item = rds.create_db_cluster_snapshot(
        DBClusterIdentifier=f"{base}-cluster",
        DBClusterSnapshotIdentifier=f"{base}-cluster-snapshot",
        Tags=TAGS,
    )["DBClusterSnapshot"]
    maker.add(
        "AWS::RDS::DBClusterSnapshot",
        region,
        f"{base}-cluster-snapshot",
        {
            "DBClusterSnapshotIdentifier": item["DBClusterSnapshotIdentifier"],
            "DBClusterIdentifier": item["DBClusterIdentifier"],
            "SnapshotType": item["SnapshotType"],
            "Engine": item["Engine"],
        },
        f"{base}-cluster-snapshot",
        OWNER,
    )


def transit(maker, region):
    base = maker.name
    ec2 = maker.client("ec2", region)

    def spec(kind, name):
        return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]

    item = ec2.create_transit_gateway(
        Description="hub", TagSpecifications=spec("transit-gateway", f"{base}-hub")
    )["TransitGateway"]
    maker.add(
        "AWS::EC2::TransitGateway",
        region,
        item["TransitGatewayId"],
        {
            "Id": item["TransitGatewayId"],
            "Arn": item["TransitGatewayArn"],
            "OwnerId": item["OwnerId"],
            "Description": item["Description"],
            "AmazonSideAsn": int(item["Options"]["AmazonSideAsn"]),
        },
        f"{base}-hub",
    )
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    subnet = subnet["Subnets"][0]
    made = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=item["TransitGatewayId"],
        VpcId=subnet["VpcId"],
        SubnetIds=[subnet["SubnetId"]],
    )["TransitGatewayVpcAttachment"]
    found = ec2.describe_transit_gateway_attachments(
        TransitGatewayAttachmentIds=[made["TransitGatewayAttachmentId"]]
    )["TransitGatewayAttachments"][0]
    maker.add(
        "AWS::EC2::TransitGatewayAttachment",
        region,
        found["TransitGatewayAttachmentId"],
        {
            "Id": found["TransitGatewayAttachmentId"],
            "TransitGatewayId": found["TransitGatewayId"],
            "ResourceType": found["ResourceType"],
            "ResourceId": found["ResourceId"],
        },
    )

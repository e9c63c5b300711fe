"""Databases."""

from iam import RENAMED, retag
from network import IMMUTABLE
from world import TAGS, pairs

FILE = "data.tfstate"

# By attribute: the argument of ModifyDBInstance, what it is set to, and what it was.
DATABASE = {
    "AllocatedStorage": ("AllocatedStorage", 50, 20),
    "AutoMinorVersionUpgrade": ("AutoMinorVersionUpgrade", False, True),
    "BackupRetentionPeriod": ("BackupRetentionPeriod", 1, 7),
    "CACertificateIdentifier": ("CACertificateIdentifier", "rds-ca-ecc384-g1", "rds-ca-rsa2048-g1"),
    "CopyTagsToSnapshot": ("CopyTagsToSnapshot", False, True),
    "DBInstanceClass": ("DBInstanceClass", "db.r6g.large", "db.t3.medium"),
    "DeletionProtection": ("DeletionProtection", True, False),
    "EnableIAMDatabaseAuthentication": ("EnableIAMDatabaseAuthentication", True, False),
    "EngineVersion": ("EngineVersion", "16.6", "16.4"),
    "Iops": ("Iops", 6000, 3000),
    "LicenseModel": ("LicenseModel", "general-public-license", "postgresql-license"),
    "MultiAZ": ("MultiAZ", True, False),
    "PreferredBackupWindow": ("PreferredBackupWindow", "01:00-01:30", "03:00-03:30"),
    "PreferredMaintenanceWindow": (
        "PreferredMaintenanceWindow",
        "tue:05:00-tue:05:30",
        "sun:05:00-sun:05:30",
    ),
    "PubliclyAccessible": ("PubliclyAccessible", True, False),
    "StorageThroughput": ("StorageThroughput", 500, 125),
    "StorageType": ("StorageType", "io1", "gp3"),
}
# The same, of what is not said when it is made.
LATER = {
    "DatabaseInsightsMode": ("DatabaseInsightsMode", "advanced", "standard"),
    "DBSubnetGroupName": ("DBSubnetGroupName", "public", "private"),
    "DedicatedLogVolume": ("DedicatedLogVolume", True, False),
    "MaxAllocatedStorage": ("MaxAllocatedStorage", 100, 20),
    "NetworkType": ("NetworkType", "DUAL", "IPV4"),
    "PerformanceInsightsRetentionPeriod": ("PerformanceInsightsRetentionPeriod", 31, 0),
    "ReplicaMode": ("ReplicaMode", "mounted", ""),
}


def make(world):
    rds = world.client("rds")
    id_ = "orders"
    for name in ("private", "public"):
        rds.create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=name,
            SubnetIds=world.network["subnets"],
        )
    rds.create_db_instance(
        DBInstanceIdentifier=id_,
        Engine="postgres",
        DBName="orders",
        MasterUsername="root",
        MasterUserPassword="canary-password",
        StorageEncrypted=True,
        KmsKeyId=world.key,
        DBSubnetGroupName="private",
        VpcSecurityGroupIds=[world.network["groups"]["database"]],
        EnableCloudwatchLogsExports=["postgresql"],
        Tags=pairs(),
        **{argument: was for argument, _, was in DATABASE.values()},
    )
    import_ = {
        "DBInstanceIdentifier": id_,
        "RoleArn": world.role["arn"],
        "FeatureName": "s3Import",
    }
    rds.add_role_to_db_instance(**import_)
    item = rds.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0]
    for role in item["AssociatedRoles"]:
        world.state(
            FILE,
            "aws_db_instance_role_association",
            id_,
            {
                "db_instance_identifier": id_,
                "feature_name": role["FeatureName"],
                "id": f"{id_},{role['RoleArn']}",
                "role_arn": role["RoleArn"],
                "timeouts": None,
            },
        )
    source = world.state(
        FILE,
        "aws_db_instance",
        id_,
        {
            "address": item["Endpoint"]["Address"],
            "allocated_storage": item["AllocatedStorage"],
            "allow_major_version_upgrade": None,
            "apply_immediately": False,
            "arn": item["DBInstanceArn"],
            "auto_minor_version_upgrade": item["AutoMinorVersionUpgrade"],
            "availability_zone": item["AvailabilityZone"],
            "backup_retention_period": item["BackupRetentionPeriod"],
            "backup_target": item.get("BackupTarget", "region"),
            "backup_window": item["PreferredBackupWindow"],
            "blue_green_update": [],
            "ca_cert_identifier": item["CACertificateIdentifier"],
            "character_set_name": item.get("CharacterSetName", ""),
            "copy_tags_to_snapshot": item["CopyTagsToSnapshot"],
            "custom_iam_instance_profile": "",
            "customer_owned_ip_enabled": False,
            "database_insights_mode": item.get("DatabaseInsightsMode", "standard"),
            "db_name": item["DBName"],
            "db_subnet_group_name": item["DBSubnetGroup"]["DBSubnetGroupName"],
            "dedicated_log_volume": item.get("DedicatedLogVolume", False),
            "delete_automated_backups": True,
            "deletion_protection": item["DeletionProtection"],
            "domain": "",
            "domain_auth_secret_arn": "",
            "domain_dns_ips": [],
            "domain_fqdn": "",
            "domain_iam_role_name": "",
            "domain_ou": "",
            "enabled_cloudwatch_logs_exports": item["EnabledCloudwatchLogsExports"],
            "endpoint": f"{item['Endpoint']['Address']}:{item['Endpoint']['Port']}",
            "engine": item["Engine"],
            "engine_lifecycle_support": item.get("EngineLifecycleSupport", ""),
            "engine_version": item["EngineVersion"],
            "engine_version_actual": item["EngineVersion"],
            "final_snapshot_identifier": None,
            "hosted_zone_id": item["Endpoint"].get("HostedZoneId", ""),
            "iam_database_authentication_enabled": item["IAMDatabaseAuthenticationEnabled"],
            "id": item["DbiResourceId"],
            "identifier": id_,
            "identifier_prefix": "",
            "instance_class": item["DBInstanceClass"],
            "iops": item["Iops"],
            "kms_key_id": item["KmsKeyId"],
            "latest_restorable_time": "",
            "license_model": item["LicenseModel"],
            "listener_endpoint": [],
            "maintenance_window": item["PreferredMaintenanceWindow"],
            "manage_master_user_password": None,
            "master_user_secret": [],
            "master_user_secret_kms_key_id": None,
            "max_allocated_storage": item.get("MaxAllocatedStorage", 0),
            "monitoring_interval": item.get("MonitoringInterval", 0),
            "monitoring_role_arn": item.get("MonitoringRoleArn", ""),
            "multi_az": item["MultiAZ"],
            "nchar_character_set_name": "",
            "network_type": item.get("NetworkType", "IPV4"),
            "option_group_name": item["OptionGroupMemberships"][0]["OptionGroupName"],
            "parameter_group_name": item["DBParameterGroups"][0]["DBParameterGroupName"],
            "password": "canary-password",
            "performance_insights_enabled": item.get("PerformanceInsightsEnabled", False),
            "performance_insights_kms_key_id": "",
            "performance_insights_retention_period": 0,
            "port": item["Endpoint"]["Port"],
            "publicly_accessible": item["PubliclyAccessible"],
            "replica_mode": "",
            "replicas": [],
            "replicate_source_db": "",
            "resource_id": item["DbiResourceId"],
            "restore_to_point_in_time": [],
            "s3_import": [],
            "skip_final_snapshot": True,
            "snapshot_identifier": None,
            "status": item["DBInstanceStatus"],
            "storage_encrypted": item["StorageEncrypted"],
            "storage_throughput": item["StorageThroughput"],
            "storage_type": item["StorageType"],
            "tags": TAGS,
            "tags_all": TAGS,
            "timeouts": None,
            "timezone": item.get("Timezone", ""),
            "upgrade_storage_config": None,
            "username": item["MasterUsername"],
            "vpc_security_group_ids": [
                group["VpcSecurityGroupId"] for group in item["VpcSecurityGroups"]
            ],
        },
        sensitive=["password"],
    )
    thing = world.thing("AWS::RDS::DBInstance", id_, source)
    modify = lambda **what: rds.modify_db_instance(
        DBInstanceIdentifier=id_, ApplyImmediately=True, **what
    )
    for attribute, (argument, new, was) in {**DATABASE, **LATER}.items():
        thing.swap(attribute, lambda value, key=argument: modify(**{key: value}), new, was)
    groups = lambda name: modify(VpcSecurityGroupIds=[world.network["groups"][name]])
    thing.swap("VPCSecurityGroups", groups, "web", "database")
    thing.change(
        "EnableCloudwatchLogsExports",
        lambda: modify(CloudwatchLogsExportConfiguration={"EnableLogTypes": ["upgrade"]}),
        lambda: modify(CloudwatchLogsExportConfiguration={"DisableLogTypes": ["upgrade"]}),
    )
    rds.create_db_parameter_group(
        DBParameterGroupName="loose", DBParameterGroupFamily="postgres16", Description="loose"
    )
    parameters = item["DBParameterGroups"][0]["DBParameterGroupName"]
    group = lambda name: modify(DBParameterGroupName=name)
    (
        rds.create_db_parameter_group(
            DBParameterGroupName=parameters,
            DBParameterGroupFamily="postgres16",
            Description="default",
        )
        if not known(rds, parameters)
        else None
    )
    thing.swap("DBParameterGroupName", group, "loose", parameters)
    options = item["OptionGroupMemberships"][0]["OptionGroupName"]
    thing.swap("OptionGroupName", lambda name: modify(OptionGroupName=name), "loose", options)
    watch = lambda seconds, role: modify(MonitoringInterval=seconds, MonitoringRoleArn=role)
    thing.change(
        "MonitoringInterval",
        lambda: watch(30, world.role["arn"]),
        lambda: watch(0, ""),
        "MonitoringInterval",
        "MonitoringRoleArn",
    )
    thing.change(
        "MonitoringRoleArn",
        lambda: modify(MonitoringRoleArn=world.role["arn"]),
        lambda: modify(MonitoringRoleArn=""),
    )
    thing.change(
        "ManageMasterUserPassword",
        lambda: modify(ManageMasterUserPassword=True, MasterUserSecretKmsKeyId=world.key),
        lambda: modify(ManageMasterUserPassword=False, MasterUserPassword="canary-password"),
    )
    tag = lambda value: rds.add_tags_to_resource(
        ResourceName=item["DBInstanceArn"], Tags=pairs({"owner": value})
    )
    retag(thing, tag)
    # moto has no RemoveRoleFromDBInstance.
    export = {**import_, "RoleArn": f"{world.role['arn']}-export", "FeatureName": "s3Export"}
    thing.change("AssociatedRoles", lambda: rds.add_role_to_db_instance(**export), None)
    thing.delete = lambda: rds.delete_db_instance(DBInstanceIdentifier=id_, SkipFinalSnapshot=True)
    world.fix(thing.type, RENAMED, "DBInstanceIdentifier")
    world.fix(
        thing.type,
        IMMUTABLE,
        *("AvailabilityZone", "BackupTarget", "CharacterSetName", "CustomIAMInstanceProfile"),
        *("DBClusterIdentifier", "DBName", "Engine", "EngineLifecycleSupport", "KmsKeyId"),
        *("MasterUsername", "NcharCharacterSetName", "SourceDBClusterIdentifier"),
        *("SourceDBInstanceIdentifier", "StorageEncrypted", "Timezone"),
    )
    world.fix(
        thing.type,
        "moto's ModifyDBInstance does not know it",
        *("AdditionalStorageVolumes", "DBSecurityGroups", "Domain", "DomainAuthSecretArn"),
        *("DomainDnsIps", "DomainFqdn", "DomainIAMRoleName", "DomainOu"),
        *("EnablePerformanceInsights", "PerformanceInsightsKMSKeyId", "Port"),
    )
    world.fix(thing.type, "moto does not keep it", "AutomaticBackupReplicationRegion")
    world.fix(
        thing.type,
        "declared only where a secret is managed; see ManageMasterUserPassword",
        "MasterUserSecret.KmsKeyId",
    )
    world.fix(thing.type, "declared only of members of clusters, and none is made", "PromotionTier")

    def by_hand():
        rds.create_db_instance(
            DBInstanceIdentifier="hand",
            Engine="postgres",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="root",
            MasterUserPassword="canary-password",
        )
        delete = lambda: rds.delete_db_instance(DBInstanceIdentifier="hand", SkipFinalSnapshot=True)
        return "hand", delete

    world.by_hand(thing.type, by_hand)


def known(rds, group):
    groups = rds.describe_db_parameter_groups()["DBParameterGroups"]
    return any(one["DBParameterGroupName"] == group for one in groups)

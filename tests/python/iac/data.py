"""Tables, parameters and databases."""

from iam import RENAMED, retag
from network import IMMUTABLE
from world import ACCOUNT, REGION, TAGS, pairs

FILE = "data.tfstate"


def make(world):
    make_table(world)
    make_parameter(world)
    make_database(world)


def make_table(world):
    dynamodb = world.client("dynamodb")
    name = "sessions"
    index = {
        "IndexName": "by-user",
        "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2},
    }
    capacity = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "user", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PROVISIONED",
        ProvisionedThroughput=capacity,
        GlobalSecondaryIndexes=[index],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": world.key},
        Tags=pairs(),
    )
    item = dynamodb.describe_table(TableName=name)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    hash_key = lambda schema: next(
        key["AttributeName"] for key in schema if key["KeyType"] == "HASH"
    )
    source = world.state(
        FILE,
        "aws_dynamodb_table",
        name,
        {
            "arn": item["TableArn"],
            "attribute": [
                {"name": one["AttributeName"], "type": one["AttributeType"]}
                for one in item["AttributeDefinitions"]
            ],
            "billing_mode": "PROVISIONED",
            "deletion_protection_enabled": item["DeletionProtectionEnabled"],
            "global_secondary_index": [
                {
                    "hash_key": hash_key(one["KeySchema"]),
                    "name": one["IndexName"],
                    "non_key_attributes": [],
                    "on_demand_throughput": [],
                    "projection_type": one["Projection"]["ProjectionType"],
                    "range_key": "",
                    "read_capacity": one["ProvisionedThroughput"]["ReadCapacityUnits"],
                    "write_capacity": one["ProvisionedThroughput"]["WriteCapacityUnits"],
                }
                for one in item["GlobalSecondaryIndexes"]
            ],
            "hash_key": hash_key(item["KeySchema"]),
            "id": name,
            "import_table": [],
            "local_secondary_index": [],
            "name": name,
            "on_demand_throughput": [],
            "point_in_time_recovery": [
                {"enabled": recovery == "ENABLED", "recovery_period_in_days": 0}
            ],
            "range_key": None,
            "read_capacity": item["ProvisionedThroughput"]["ReadCapacityUnits"],
            "replica": [],
            "restore_date_time": None,
            "restore_source_name": None,
            "restore_source_table_arn": None,
            "restore_to_latest_time": None,
            "server_side_encryption": [
                {"enabled": True, "kms_key_arn": item["SSEDescription"]["KMSMasterKeyArn"]}
            ],
            "stream_arn": "",
            "stream_enabled": False,
            "stream_label": "",
            "stream_view_type": "",
            "table_class": "STANDARD",
            "tags": TAGS,
            "tags_all": TAGS,
            "timeouts": None,
            "ttl": [
                {
                    "attribute_name": ttl.get("AttributeName", ""),
                    "enabled": ttl["TimeToLiveStatus"] == "ENABLED",
                }
            ],
            "write_capacity": item["ProvisionedThroughput"]["WriteCapacityUnits"],
        },
        key="eu",
    )
    thing = world.thing("AWS::DynamoDB::Table", name, source)
    update = lambda **what: dynamodb.update_table(TableName=name, **what)
    protect = lambda on: update(DeletionProtectionEnabled=on)
    thing.swap("DeletionProtectionEnabled", protect, True, False)
    provide = lambda units: update(
        ProvisionedThroughput={"ReadCapacityUnits": units, "WriteCapacityUnits": 5}
    )
    thing.swap("ProvisionedThroughput", provide, 50, 5, "ProvisionedThroughput.ReadCapacityUnits")
    thing.swap("BillingMode", lambda mode: update(BillingMode=mode), "PAY_PER_REQUEST", "PROVISIONED")
    regulate = lambda units: update(
        GlobalSecondaryIndexUpdates=[
            {
                "Update": {
                    "IndexName": "by-user",
                    "ProvisionedThroughput": {"ReadCapacityUnits": units, "WriteCapacityUnits": 2},
                }
            }
        ]
    )
    thing.swap("GlobalSecondaryIndexes", regulate, 20, 2)
    definitions = item["AttributeDefinitions"]
    # An attribute is defined because an index uses it.
    thing.change(
        "AttributeDefinitions",
        lambda: update(
            AttributeDefinitions=[*definitions, {"AttributeName": "at", "AttributeType": "N"}],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        **index,
                        "IndexName": "by-time",
                        "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
                    }
                }
            ],
        ),
        lambda: update(
            AttributeDefinitions=definitions,
            GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-time"}}],
        ),
        "AttributeDefinitions",
        "GlobalSecondaryIndexes",
    )
    recover = lambda on: dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
    )
    recovering = "PointInTimeRecoverySpecification"
    thing.swap(recovering, recover, True, False, f"{recovering}.PointInTimeRecoveryEnabled")
    expire = lambda on: dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": on, "AttributeName": "at"}
    )
    thing.swap("TimeToLiveSpecification", expire, True, False, "TimeToLiveSpecification.Enabled")
    thing.change(
        "StreamSpecification",
        lambda: update(
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        ),
        lambda: update(StreamSpecification={"StreamEnabled": False}),
    )
    tag = lambda value: dynamodb.tag_resource(
        ResourceArn=item["TableArn"], Tags=pairs({"owner": value})
    )
    retag(thing, tag)
    thing.delete = lambda: dynamodb.delete_table(TableName=name)
    world.fix(thing.type, IMMUTABLE, "KeySchema", "LocalSecondaryIndexes")
    world.fix(thing.type, RENAMED, "TableName")
    world.fix(
        thing.type,
        "moto's UpdateTable does not know it",
        "OnDemandThroughput",
        "SSESpecification",
        "TableClass",
    )

    def by_hand():
        dynamodb.create_table(
            TableName="hand",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return "hand", lambda: dynamodb.delete_table(TableName="hand")

    world.by_hand(thing.type, by_hand)


def make_parameter(world):
    ssm = world.client("ssm")
    name = "/application/endpoint"
    was = {
        "Type": "String",
        "Tier": "Standard",
        "Description": "where it is",
        "AllowedPattern": "^https://.*$",
        "DataType": "text",
    }
    put = lambda **other: ssm.put_parameter(
        Name=name, Value="https://a.example.com", Overwrite=True, **{**was, **other}
    )
    ssm.put_parameter(Name=name, Value="https://a.example.com", Tags=pairs(), **was)
    item = ssm.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Values": [name]}]
    )["Parameters"][0]
    source = world.state(
        FILE,
        "aws_ssm_parameter",
        "endpoint",
        {
            "allowed_pattern": item["AllowedPattern"],
            "arn": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{name}",
            "data_type": item["DataType"],
            "description": item["Description"],
            "has_value_wo": None,
            "id": name,
            "insecure_value": None,
            "key_id": "",
            "name": name,
            "overwrite": None,
            "tags": TAGS,
            "tags_all": TAGS,
            "tier": item["Tier"],
            "type": item["Type"],
            "value": "https://a.example.com",
            "value_wo": None,
            "value_wo_version": None,
            "version": item["Version"],
        },
        sensitive=["value"],
    )
    thing = world.thing("AWS::SSM::Parameter", name, source)
    for key, new in {
        "Type": "StringList",
        "Tier": "Advanced",
        "Description": "edited",
        "AllowedPattern": "^http.*$",
        "DataType": "aws:ec2:image",
    }.items():
        thing.swap(key, lambda value, key=key: put(**{key: value}), new, was[key])
    tag = lambda value: ssm.add_tags_to_resource(
        ResourceType="Parameter", ResourceId=name, Tags=pairs({"owner": value})
    )
    retag(thing, tag)
    thing.delete = lambda: ssm.delete_parameter(Name=name)
    world.fix(thing.type, RENAMED, "Name")

    def by_hand():
        ssm.put_parameter(Name="hand", Value="x", Type="String")
        return "hand", lambda: ssm.delete_parameter(Name="hand")

    world.by_hand(thing.type, by_hand)


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


def make_database(world):
    rds = world.client("rds")
    id_ = "orders"
    rds.create_db_subnet_group(
        DBSubnetGroupName="private",
        DBSubnetGroupDescription="private",
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
    item = rds.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0]
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
            "engine_lifecycle_support": item.get(
                "EngineLifecycleSupport", "open-source-rds-extended-support"
            ),
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
    for attribute, (argument, new, was) in DATABASE.items():
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
    rds.create_db_parameter_group(
        DBParameterGroupName=parameters, DBParameterGroupFamily="postgres16", Description="default"
    ) if not known(rds, parameters) else None
    thing.swap("DBParameterGroupName", group, "loose", parameters)
    tag = lambda value: rds.add_tags_to_resource(
        ResourceName=item["DBInstanceArn"], Tags=pairs({"owner": value})
    )
    retag(thing, tag)
    thing.delete = lambda: rds.delete_db_instance(DBInstanceIdentifier=id_, SkipFinalSnapshot=True)
    world.fix(thing.type, RENAMED, "DBInstanceIdentifier")

    def by_hand():
        rds.create_db_instance(
            DBInstanceIdentifier="hand",
            Engine="postgres",
            DBInstanceClass="db.t3.micro",
            AllocatedStorage=20,
            MasterUsername="root",
            MasterUserPassword="canary-password",
        )
        delete = lambda: rds.delete_db_instance(
            DBInstanceIdentifier="hand", SkipFinalSnapshot=True
        )
        return "hand", delete

    world.by_hand(thing.type, by_hand)


def known(rds, group):
    groups = rds.describe_db_parameter_groups()["DBParameterGroups"]
    return any(one["DBParameterGroupName"] == group for one in groups)

"""Tables and parameters."""

from iam import RENAMED, retag
from network import IMMUTABLE
from world import ACCOUNT, REGION, TAGS, pairs

FILE = "data.tfstate"


def make(world):
    make_table(world)
    make_parameter(world)


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
    thing.swap(
        "BillingMode", lambda mode: update(BillingMode=mode), "PAY_PER_REQUEST", "PROVISIONED"
    )
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
    thing.change(
        "GlobalSecondaryIndexes",
        lambda: update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-user"}}]),
        lambda: update(
            AttributeDefinitions=definitions, GlobalSecondaryIndexUpdates=[{"Create": index}]
        ),
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
        lambda: update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
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
    item = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])[
        "Parameters"
    ][0]
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

"""Functions."""

import io
import zipfile

from iam import RENAMED, retag
from network import IMMUTABLE
from world import ACCOUNT, REGION, TAGS

FILE = "applications.tfstate"


def code():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return 1\n")
    return data.getvalue()


def layer(world, name):
    made = world.client("lambda").publish_layer_version(LayerName=name, Content={"ZipFile": code()})
    return made["LayerVersionArn"]


def make(world):
    functions = world.client("lambda")
    name = "worker"
    vpc = lambda group: {
        "SubnetIds": world.network["subnets"][:2],
        "SecurityGroupIds": [world.network["groups"][group]],
    }
    layers = [layer(world, "tools"), layer(world, "more-tools")]
    was = {
        "Description": "works",
        "Handler": "index.handler",
        "MemorySize": 256,
        "Role": world.role["arn"],
        "Runtime": "python3.12",
        "Timeout": 30,
        "VpcConfig": vpc("web"),
        "Layers": layers[:1],
        "Environment": {"Variables": {"TOKEN": "canary-token", "MODE": "fast"}},
    }
    arn = functions.create_function(
        FunctionName=name,
        Code={"ZipFile": code()},
        Architectures=["arm64"],
        EphemeralStorage={"Size": 1024},
        TracingConfig={"Mode": "Active"},
        KMSKeyArn=world.key,
        Tags=TAGS,
        **was,
    )["FunctionArn"]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=5)
    item = functions.get_function_configuration(FunctionName=name)
    reserved = functions.get_function_concurrency(FunctionName=name)
    source = world.state(
        FILE,
        "aws_lambda_function",
        name,
        {
            "architectures": item["Architectures"],
            "arn": item["FunctionArn"],
            "code_sha256": item["CodeSha256"],
            "code_signing_config_arn": "",
            "dead_letter_config": [],
            "description": item["Description"],
            "environment": [{"variables": item["Environment"]["Variables"]}],
            "ephemeral_storage": [{"size": item["EphemeralStorage"]["Size"]}],
            "file_system_config": [],
            "filename": "worker.zip",
            "function_name": name,
            "handler": item["Handler"],
            "id": name,
            "image_config": [],
            "image_uri": "",
            "invoke_arn": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations",
            "kms_key_arn": item["KMSKeyArn"],
            "last_modified": item["LastModified"],
            "layers": [one["Arn"] for one in item["Layers"]],
            # moto leaves the block out.
            "logging_config": [],
            "memory_size": item["MemorySize"],
            "package_type": item["PackageType"],
            "publish": False,
            "qualified_arn": f"{arn}:$LATEST",
            "qualified_invoke_arn": "",
            "replace_security_groups_on_destroy": None,
            "replacement_security_group_ids": None,
            "reserved_concurrent_executions": reserved["ReservedConcurrentExecutions"],
            "role": item["Role"],
            "runtime": item["Runtime"],
            "s3_bucket": None,
            "s3_key": None,
            "s3_object_version": None,
            "signing_job_arn": "",
            "signing_profile_version_arn": "",
            "skip_destroy": False,
            "snap_start": [],
            "source_code_hash": item["CodeSha256"],
            "source_code_size": item["CodeSize"],
            "tags": TAGS,
            "tags_all": TAGS,
            "timeout": item["Timeout"],
            "timeouts": None,
            "tracing_config": [{"mode": item["TracingConfig"]["Mode"]}],
            "version": "$LATEST",
            "vpc_config": [
                {
                    "ipv6_allowed_for_dual_stack": False,
                    "security_group_ids": item["VpcConfig"]["SecurityGroupIds"],
                    "subnet_ids": item["VpcConfig"]["SubnetIds"],
                    "vpc_id": item["VpcConfig"]["VpcId"],
                }
            ],
        },
    )
    thing = world.thing("AWS::Lambda::Function", name, source)
    other_role = f"arn:aws:iam::{ACCOUNT}:role/other"
    for key, new, reported in (
        ("Description", "edited", "Description"),
        ("Handler", "index.other", "Handler"),
        ("MemorySize", 1024, "MemorySize"),
        ("Role", other_role, "Role"),
        ("Runtime", "python3.13", "Runtime"),
        ("Timeout", 60, "Timeout"),
        ("VpcConfig", vpc("database"), "VpcConfig.SecurityGroupIds"),
        ("Layers", layers[1:], "Layers[0]"),
        ("Layers", layers, "Layers"),
        # Values of variables are redacted: only that there are none is seen.
        ("Environment", {"Variables": {}}, "Environment"),
    ):
        set_ = lambda value, key=key: functions.update_function_configuration(
            FunctionName=name, **{key: value}
        )
        thing.swap(key, set_, new, was[key], reported)
    reserve = lambda count: functions.put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=count
    )
    thing.swap("ReservedConcurrentExecutions", reserve, 50, 5)
    retag(thing, lambda value: functions.tag_resource(Resource=arn, Tags={"owner": value}))
    thing.delete = lambda: functions.delete_function(FunctionName=name)
    world.fix(thing.type, RENAMED, "FunctionName")
    world.fix(thing.type, IMMUTABLE, "PackageType", "TenancyConfig")
    world.fix(
        thing.type,
        "moto's UpdateFunctionConfiguration does not know it",
        *("Architectures", "CapacityProviderConfig", "DeadLetterConfig", "DurableConfig"),
        *("EphemeralStorage", "FileSystemConfigs", "ImageConfig", "KmsKeyArn", "LoggingConfig"),
        *("SnapStart", "TracingConfig"),
    )

    def by_hand():
        functions.create_function(
            FunctionName="hand",
            Code={"ZipFile": code()},
            Handler="index.handler",
            Role=world.role["arn"],
            Runtime="python3.12",
        )
        return "hand", lambda: functions.delete_function(FunctionName="hand")

    world.by_hand(thing.type, by_hand)

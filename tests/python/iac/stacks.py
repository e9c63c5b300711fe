"""Stacks: one that Terraform declares, and one that nothing but itself does."""

import json

from iam import RENAMED
from world import TAGS, pairs

FILE = "applications.tfstate"


def template(topic, **more):
    return json.dumps(
        {
            "Parameters": {
                "Size": {"Type": "String", "Default": "small"},
                "Password": {"Type": "String", "NoEcho": True},
            },
            "Resources": {
                "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": topic}},
                **more,
            },
        }
    )


def parameters(size):
    return [
        {"ParameterKey": "Size", "ParameterValue": size},
        {"ParameterKey": "Password", "ParameterValue": "canary-password"},
    ]


def make(world):
    stacks = world.client("cloudformation")
    declared(world, stacks)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    # No queue: moto gives it another address in its stack than in a listing.
    body = template(
        "stack-topic",
        Bucket={"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "acme-stack-bucket"}},
        Role={
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": "stack-role", "AssumeRolePolicyDocument": trust},
        },
        Table={
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "stack-table",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        },
        Network={"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.77.0.0/16"}},
    )
    # Somebody else's: no state knows it.
    name = stacks.create_stack(
        StackName="by-template", TemplateBody=body, Parameters=parameters("small"), Tags=pairs()
    )["StackId"]
    found = stacks.list_stack_resources(StackName=name)["StackResourceSummaries"]
    resources = [
        {
            "type": one["ResourceType"],
            "id": one["PhysicalResourceId"],
            "logical": one["LogicalResourceId"],
        }
        for one in found
    ]
    return {"id": name, "resources": resources}


def declared(world, stacks):
    name = "legacy"
    body = template("legacy-topic")
    id_ = stacks.create_stack(
        StackName=name,
        TemplateBody=body,
        Parameters=parameters("large"),
        RoleARN=world.role["arn"],
        Tags=pairs(),
    )["StackId"]
    item = stacks.describe_stacks(StackName=name)["Stacks"][0]
    source = world.state(
        FILE,
        "aws_cloudformation_stack",
        name,
        {
            "capabilities": [],
            "disable_rollback": item["DisableRollback"],
            "iam_role_arn": item.get("RoleARN", ""),
            "id": id_,
            "name": name,
            "notification_arns": [],
            "on_failure": None,
            "outputs": {},
            "parameters": {
                one["ParameterKey"]: one["ParameterValue"] for one in item["Parameters"]
            },
            "policy_body": "",
            "policy_url": None,
            "tags": TAGS,
            "tags_all": TAGS,
            "template_body": body,
            "template_url": None,
            "timeout_in_minutes": None,
            "timeouts": None,
        },
    )
    thing = world.thing("AWS::CloudFormation::Stack", id_, source)
    was = {"size": "large", "owner": "sre", "role": world.role["arn"]}

    def update(**other):
        now = {**was, **other}
        stacks.update_stack(
            StackName=name,
            TemplateBody=body,
            Parameters=parameters(now["size"]),
            Tags=pairs({**TAGS, "owner": now["owner"]}),
            RoleARN=now["role"],
        )

    size = "Parameters.Size"
    thing.change("Parameters", lambda: update(size="small"), update, size)
    # moto updates nothing else alone.
    retag = lambda: update(size="small", owner="somebody else")
    thing.change("Tags", retag, update, "Tags.owner", size)
    other = was["role"].replace("application", "other")
    thing.change("RoleARN", lambda: update(size="small", role=other), update, "RoleARN", size)
    thing.delete = lambda: stacks.delete_stack(StackName=name)
    world.fix(thing.type, RENAMED, "StackName")
    world.fix(
        thing.type,
        "moto's UpdateStack does not know it",
        *("Capabilities", "DisableRollback", "NotificationARNs", "TimeoutInMinutes"),
    )

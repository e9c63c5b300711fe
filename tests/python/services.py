"""Everything but EC2: made with boto3, read back with boto3."""

import io
import json
import zipfile

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
}
TAGS = [{"Key": "owner", "Value": "sre"}]
OWNER = {"owner": "sre"}


def handler():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return 1\n")
    return data.getvalue()


def regional(maker, region):
    base = maker.name

    dynamodb = maker.client("dynamodb", region)
    dynamodb.create_table(
        TableName=f"{base}-sessions",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=TAGS,
    )
    table = dynamodb.describe_table(TableName=f"{base}-sessions")["Table"]
    maker.add(
        "AWS::DynamoDB::Table",
        region,
        f"{base}-sessions",
        {
            "TableName": table["TableName"],
            "Arn": table["TableArn"],
            "KeySchema": table["KeySchema"],
            "AttributeDefinitions": table["AttributeDefinitions"],
            "BillingMode": table["BillingModeSummary"]["BillingMode"],
        },
        f"{base}-sessions",
        OWNER,
    )

    sqs = maker.client("sqs", region)
    url = sqs.create_queue(
        QueueName=f"{base}-jobs", Attributes={"VisibilityTimeout": "45"}, tags=OWNER
    )["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    maker.add(
        "AWS::SQS::Queue",
        region,
        url,
        {
            "QueueName": f"{base}-jobs",
            "Arn": attributes["QueueArn"],
            "VisibilityTimeout": int(attributes["VisibilityTimeout"]),
            "MessageRetentionPeriod": int(attributes["MessageRetentionPeriod"]),
        },
        f"{base}-jobs",
        OWNER,
    )

    sns = maker.client("sns", region)
    arn = sns.create_topic(
        Name=f"{base}-alarms", Attributes={"DisplayName": "Alarms"}, Tags=TAGS
    )["TopicArn"]
    maker.add(
        "AWS::SNS::Topic",
        region,
        arn,
        {"TopicArn": arn, "TopicName": f"{base}-alarms", "DisplayName": "Alarms"},
        f"{base}-alarms",
        OWNER,
    )

    kms = maker.client("kms", region)
    key = kms.create_key(
        Description=f"{base} data", Tags=[{"TagKey": "owner", "TagValue": "sre"}]
    )["KeyMetadata"]
    kms.enable_key_rotation(KeyId=key["KeyId"])
    maker.add(
        "AWS::KMS::Key",
        region,
        key["KeyId"],
        {
            "KeyId": key["KeyId"],
            "Arn": key["Arn"],
            "Description": key["Description"],
            "EnableKeyRotation": True,
            "Enabled": True,
        },
        None,
        OWNER,
    )

    ssm = maker.client("ssm", region)
    ssm.put_parameter(
        Name=f"/{base}/database/password",
        Value="canary-parameter-secret",
        Type="SecureString",
        Tags=TAGS,
    )
    item = ssm.describe_parameters()["Parameters"][0]
    maker.add(
        "AWS::SSM::Parameter",
        region,
        item["Name"],
        {"Name": item["Name"], "Type": item["Type"]},
        item["Name"],
        OWNER,
    )

    rds = maker.client("rds", region)
    rds.create_db_instance(
        DBInstanceIdentifier=f"{base}-db",
        DBInstanceClass="db.t3.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="canary-rds-secret",
        BackupRetentionPeriod=7,
        StorageEncrypted=True,
        Tags=TAGS,
    )
    item = rds.describe_db_instances(DBInstanceIdentifier=f"{base}-db")["DBInstances"][0]
    maker.add(
        "AWS::RDS::DBInstance",
        region,
        f"{base}-db",
        {
            "DBInstanceIdentifier": item["DBInstanceIdentifier"],
            "DBInstanceClass": item["DBInstanceClass"],
            "Engine": item["Engine"],
            "BackupRetentionPeriod": item["BackupRetentionPeriod"],
            "StorageEncrypted": item["StorageEncrypted"],
            "MultiAZ": item["MultiAZ"],
        },
        f"{base}-db",
        OWNER,
    )
    rds.create_db_cluster(
        DBClusterIdentifier=f"{base}-cluster",
        Engine="aurora-postgresql",
        MasterUsername="root",
        MasterUserPassword="canary-rds-secret",
        Tags=TAGS,
    )
    item = rds.describe_db_clusters(DBClusterIdentifier=f"{base}-cluster")["DBClusters"][0]
    maker.add(
        "AWS::RDS::DBCluster",
        region,
        f"{base}-cluster",
        {
            "DBClusterIdentifier": item["DBClusterIdentifier"],
            "Engine": item["Engine"],
            "EngineVersion": item["EngineVersion"],
        },
        f"{base}-cluster",
        OWNER,
    )

    iam = maker.client("iam", "us-east-1")
    role = f"{base}-function-{region}"
    role_arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"][
        "Arn"
    ]
    functions = maker.client("lambda", region)
    item = functions.create_function(
        FunctionName=f"{base}-worker",
        Runtime="python3.12",
        Role=role_arn,
        Handler="index.handler",
        Code={"ZipFile": handler()},
        Environment={"Variables": {"TOKEN": "canary-lambda-secret"}},
        MemorySize=256,
        Timeout=30,
        Tags=OWNER,
    )
    maker.add(
        "AWS::Lambda::Function",
        region,
        f"{base}-worker",
        {
            "FunctionName": item["FunctionName"],
            "Arn": item["FunctionArn"],
            "Runtime": item["Runtime"],
            "Handler": item["Handler"],
            "Role": item["Role"],
            "MemorySize": item["MemorySize"],
            "Timeout": item["Timeout"],
        },
        f"{base}-worker",
        OWNER,
    )

    ecs = maker.client("ecs", region)
    ecs_tags = [{"key": "owner", "value": "sre"}]
    cluster = ecs.create_cluster(clusterName=f"{base}-apps", tags=ecs_tags)["cluster"]
    maker.add(
        "AWS::ECS::Cluster",
        region,
        f"{base}-apps",
        {"ClusterName": cluster["clusterName"], "Arn": cluster["clusterArn"]},
        f"{base}-apps",
        OWNER,
    )
    task = ecs.register_task_definition(
        family=f"{base}-api",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "api",
                "image": "example/api:1.2.3",
                "essential": True,
                "environment": [{"name": "TOKEN", "value": "canary-ecs-secret"}],
            }
        ],
    )["taskDefinition"]
    maker.add(
        "AWS::ECS::TaskDefinition",
        region,
        task["taskDefinitionArn"],
        {
            "TaskDefinitionArn": task["taskDefinitionArn"],
            "Family": task["family"],
            "NetworkMode": task["networkMode"],
            "Cpu": task["cpu"],
            "Memory": task["memory"],
        },
    )
    service = ecs.create_service(
        cluster=f"{base}-apps",
        serviceName=f"{base}-api",
        taskDefinition=task["taskDefinitionArn"],
        desiredCount=2,
    )["service"]
    maker.add(
        "AWS::ECS::Service",
        region,
        None,
        {
            "ServiceName": service["serviceName"],
            "ServiceArn": service["serviceArn"],
            "DesiredCount": service["desiredCount"],
            "TaskDefinition": service["taskDefinition"],
        },
        f"{base}-api",
    )

    stacks = maker.client("cloudformation", region)
    stacks.create_stack(
        StackName=f"{base}-stack",
        TemplateBody=json.dumps(
            {
                "Parameters": {
                    "Size": {"Type": "String", "Default": "small"},
                    "Password": {"Type": "String", "NoEcho": True},
                },
                "Resources": {
                    "Topic": {
                        "Type": "AWS::SNS::Topic",
                        "Properties": {"TopicName": f"{base}-stack-topic"},
                    }
                },
            }
        ),
        Parameters=[
            {"ParameterKey": "Size", "ParameterValue": "large"},
            {"ParameterKey": "Password", "ParameterValue": "canary-stack-secret"},
        ],
        Tags=TAGS,
    )
    item = stacks.describe_stacks(StackName=f"{base}-stack")["Stacks"][0]
    maker.add(
        "AWS::CloudFormation::Stack",
        region,
        item["StackId"],
        {"StackId": item["StackId"], "StackName": item["StackName"], "Parameters": {"Size": "large"}},
        f"{base}-stack",
        OWNER,
    )


def everywhere(maker):
    base = maker.name
    iam = maker.client("iam", "us-east-1")

    policy = iam.create_policy(
        PolicyName=f"{base}-read", PolicyDocument=json.dumps(READ), Tags=TAGS
    )["Policy"]
    maker.add(
        "AWS::IAM::ManagedPolicy",
        "global",
        policy["Arn"],
        {
            "PolicyArn": policy["Arn"],
            "ManagedPolicyName": policy["PolicyName"],
            "Path": policy["Path"],
            "PolicyDocument": READ,
        },
        f"{base}-read",
    )
    iam.create_role(
        RoleName=f"{base}-app",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Description="the application",
        MaxSessionDuration=7200,
        Tags=TAGS,
    )
    iam.attach_role_policy(RoleName=f"{base}-app", PolicyArn=policy["Arn"])
    role = iam.get_role(RoleName=f"{base}-app")["Role"]
    maker.add(
        "AWS::IAM::Role",
        "global",
        f"{base}-app",
        {
            "RoleName": role["RoleName"],
            "Arn": role["Arn"],
            "Path": role["Path"],
            "AssumeRolePolicyDocument": role["AssumeRolePolicyDocument"],
            "ManagedPolicyArns": [policy["Arn"]],
        },
        f"{base}-app",
        OWNER,
    )
    group = iam.create_group(GroupName=f"{base}-admins")["Group"]
    maker.add(
        "AWS::IAM::Group",
        "global",
        f"{base}-admins",
        {"GroupName": group["GroupName"], "Arn": group["Arn"], "Path": group["Path"]},
        f"{base}-admins",
    )
    user = iam.create_user(UserName=f"{base}-ci", Tags=TAGS)["User"]
    iam.add_user_to_group(GroupName=f"{base}-admins", UserName=f"{base}-ci")
    maker.add(
        "AWS::IAM::User",
        "global",
        f"{base}-ci",
        {"UserName": user["UserName"], "Arn": user["Arn"], "Groups": [f"{base}-admins"]},
        f"{base}-ci",
        OWNER,
    )
    profile = iam.create_instance_profile(InstanceProfileName=f"{base}-app")["InstanceProfile"]
    iam.add_role_to_instance_profile(
        InstanceProfileName=f"{base}-app", RoleName=f"{base}-app"
    )
    maker.add(
        "AWS::IAM::InstanceProfile",
        "global",
        f"{base}-app",
        {
            "InstanceProfileName": f"{base}-app",
            "Arn": profile["Arn"],
            "Roles": [f"{base}-app"],
        },
        f"{base}-app",
    )
    arn = iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
    )["OpenIDConnectProviderArn"]
    maker.add(
        "AWS::IAM::OIDCProvider",
        "global",
        arn,
        {"Arn": arn, "ClientIdList": ["sts.amazonaws.com"]},
    )
    arn = iam.create_saml_provider(
        SAMLMetadataDocument="<EntityDescriptor>" + "x" * 1000 + "</EntityDescriptor>",
        Name=f"{base}-sso",
    )["SAMLProviderArn"]
    maker.add("AWS::IAM::SAMLProvider", "global", arn, {"Arn": arn})
    iam.update_account_password_policy(MinimumPasswordLength=16, RequireSymbols=True)
    maker.add(
        "AWS::IAM::AccountPasswordPolicy",
        "global",
        maker.account,
        {"MinimumPasswordLength": 16, "RequireSymbols": True},
    )
    summary = iam.get_account_summary()["SummaryMap"]
    maker.add("AWS::IAM::AccountSummary", "global", maker.account, {"Users": summary["Users"]})

    buckets(maker)


def buckets(maker):
    base = maker.name
    for region in maker.regions:
        s3 = maker.client("s3", region)
        name = f"{base}-assets-{region}"
        where = (
            {}
            if region == "us-east-1"
            else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        s3.create_bucket(Bucket=name, **where)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": TAGS})
        s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        role = f"arn:aws:iam::{maker.account}:role/{base}-app"
        rule = {
            "ID": "copies",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{name}-copies"},
        }
        s3.create_bucket(Bucket=f"{name}-copies", **where)
        s3.put_bucket_versioning(
            Bucket=f"{name}-copies", VersioningConfiguration={"Status": "Enabled"}
        )
        s3.put_bucket_replication(
            Bucket=name, ReplicationConfiguration={"Role": role, "Rules": [rule]}
        )
        found = s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]
        replication = {
            "Role": found["Role"],
            "Rules": [
                {
                    "Id": rule["ID"],
                    "Priority": rule["Priority"],
                    "Status": rule["Status"],
                    "Destination": {"Bucket": rule["Destination"]["Bucket"]},
                }
                for rule in found["Rules"]
            ],
        }
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": role},
                    "Action": "s3:GetObject",
                    "Resource": f"arn:aws:s3:::{name}/*",
                }
            ],
        }
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
        public = s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]
        s3.put_object(Bucket=name, Key="canary", Body=b"canary-object-secret")
        status = s3.get_bucket_versioning(Bucket=name)["Status"]
        block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        maker.add(
            "AWS::S3::Bucket",
            region,
            name,
            {
                "BucketName": name,
                "VersioningConfiguration": {"Status": status},
                "PublicAccessBlockConfiguration": block,
                "ReplicationConfiguration": replication,
                "PolicyStatus": {"IsPublic": public["IsPublic"]},
            },
            name,
            OWNER,
        )

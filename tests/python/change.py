"""Changes one thing of each kind behind the declaration's back.

Usage: change.py ENDPOINT SEED_JSON. Prints what was changed.
"""

import json
import sys

import boto3


def main():
    endpoint, seed = sys.argv[1], json.loads(sys.argv[2])

    def client(account, service, region):
        answer = boto3.client(
            "sts",
            region_name="us-east-1",
            endpoint_url=endpoint,
            aws_access_key_id="AKIAMANAGEMENT000000",
            aws_secret_access_key="secret",
        ).assume_role(
            RoleArn=f"arn:aws:iam::{seed['accounts'][account]}:role/OrganizationAccountAccessRole",
            RoleSessionName="change",
        )["Credentials"]
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=answer["AccessKeyId"],
            aws_secret_access_key=answer["SecretAccessKey"],
            aws_session_token=answer["SessionToken"],
        )

    done = {}
    ec2 = client("acme-production", "ec2", "eu-central-1")
    volume = ec2.describe_volumes(
        Filters=[{"Name": "tag:Name", "Values": ["acme-production-data"]}]
    )["Volumes"][0]["VolumeId"]
    ec2.delete_volume(VolumeId=volume)
    done["missing"] = volume

    bucket = "acme-staging-assets-us-east-1"
    client("acme-staging", "s3", "us-east-1").put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
    )
    done["changed"] = bucket

    done["unmanaged"] = client("globex-production", "sqs", "us-east-1").create_queue(
        QueueName="surprise"
    )["QueueUrl"]

    done["misplaced"] = client("globex-production", "sns", "eu-central-1").create_topic(
        Name="lost", Tags=[{"Key": "tenant", "Value": "acme"}]
    )["TopicArn"]
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main()

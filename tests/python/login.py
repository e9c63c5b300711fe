"""Makes what logins need in the emulator, and has it enforce what IAM says from then on.

Usage: login.py ENDPOINT, or login.py ENDPOINT writes to see how many networks were made. The first
prints the keys of a user that may assume the login role of three accounts and of no other one:

    {"id": "AKIA...", "secret": "...", "arn": "arn:aws:iam::123456789012:user/mika"}

The emulator takes session policies and forgets them: a role is what its own policies make it.
"""

import json
import sys
import urllib.request

import boto3

ROLE = "TenkoReadOnly"
# The last one may do everything.
ACCOUNTS = ["222222222201", "222222222202", "222222222204"]


def main():
    endpoint = sys.argv[1]

    def client(service, keys=None):
        keys = keys or {"AccessKeyId": "AKIASEED", "SecretAccessKey": "seed", "SessionToken": None}
        return boto3.client(
            service,
            region_name="eu-central-1",
            endpoint_url=endpoint,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def within(account):
        """Any role's keys are good while nothing is enforced."""
        arn = f"arn:aws:iam::{account}:role/seed"
        return client("sts").assume_role(RoleArn=arn, RoleSessionName="seed")["Credentials"]

    if sys.argv[2:] == ["writes"]:
        post(endpoint, "reset-auth", b"inf")
        vpcs = [client("ec2", within(account)).describe_vpcs()["Vpcs"] for account in ACCOUNTS]
        json.dump(sum(not vpc["IsDefault"] for all in vpcs for vpc in all), sys.stdout)
        return
    post(endpoint, "config", b'{"iam": {"load_aws_managed_policies": true}}')
    for account in ACCOUNTS:
        iam = client("iam", within(account))
        trust = statement("sts:AssumeRole", Principal={"AWS": "arn:aws:iam::123456789012:root"})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
        looking = ["SecurityAudit", "job-function/ViewOnlyAccess"]
        for name in ["AdministratorAccess"] if account == ACCOUNTS[-1] else looking:
            iam.attach_role_policy(RoleName=ROLE, PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    iam = client("iam")
    arn = iam.create_user(UserName="mika")["User"]["Arn"]
    roles = [f"arn:aws:iam::{account}:role/{ROLE}" for account in ACCOUNTS]
    iam.put_user_policy(
        UserName="mika",
        PolicyName="login",
        PolicyDocument=statement("sts:AssumeRole", Resource=roles),
    )
    key = iam.create_access_key(UserName="mika")["AccessKey"]
    post(endpoint, "reset-auth", b"0")
    json.dump({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "arn": arn}, sys.stdout)


def statement(action, **more):
    one = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


def post(endpoint, what, body):
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/{what}", data=body)).read()


if __name__ == "__main__":
    main()

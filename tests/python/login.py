"""Makes what logins need in the emulator, and has it enforce what IAM says from then on.

Usage: login.py ENDPOINT. Prints the keys of a user that may assume the login role of some accounts
and of no other one:

    {"id": "AKIA...", "secret": "...", "arn": "arn:aws:iam::123456789012:user/mika"}

The emulator takes session policies and forgets them: a role is what its own policies make it.
"""

import json
import sys
import urllib.request

import boto3

ROLE = "TenkoReadOnly"
LOOKING = ["ec2:Describe*", "iam:Get*", "iam:List*", "s3:ListAllMyBuckets"]
# What the role of an account may do.
ACCOUNTS = {"222222222201": LOOKING, "222222222202": LOOKING, "222222222204": ["*"]}


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

    for account, actions in ACCOUNTS.items():
        iam = client("iam", within(account))
        trust = policy("sts:AssumeRole", Principal={"AWS": "arn:aws:iam::123456789012:root"})
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
        document = policy(actions, Resource="*")
        iam.put_role_policy(RoleName=ROLE, PolicyName=ROLE, PolicyDocument=document)
    iam = client("iam")
    arn = iam.create_user(UserName="mika")["User"]["Arn"]
    roles = [f"arn:aws:iam::{account}:role/{ROLE}" for account in ACCOUNTS]
    document = policy("sts:AssumeRole", Resource=roles)
    iam.put_user_policy(UserName="mika", PolicyName="login", PolicyDocument=document)
    key = iam.create_access_key(UserName="mika")["AccessKey"]
    # From now on, each request needs a signature and a policy that allows it.
    plain = {"Content-Type": "text/plain"}
    enforce = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", b"0", plain)
    urllib.request.urlopen(enforce).read()
    json.dump({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "arn": arn}, sys.stdout)


def policy(action, **more):
    one = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [one]})


if __name__ == "__main__":
    main()

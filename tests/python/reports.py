"""Runs an emulator whose accounts change between one report and the next.

Usage: reports.py. Prints `{"url", "accounts": {name: number}, "region"}`, then answers each line of its
input, `[function, argument, ...]`, with one line.
"""

import json
import pathlib
import sys
import threading
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent / "risk"))

import emulator  # noqa: E402
import world  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from moto.ec2.exceptions import EC2ClientError  # noqa: E402
from moto.ec2.models.security_groups import SecurityGroupBackend  # noqa: E402
from moto.s3.responses import S3Response  # noqa: E402
from moto.sts.exceptions import STSClientError  # noqa: E402
from moto.sts.models import STSBackend  # noqa: E402

# For the history; it keeps all versions of its objects.
BUCKET = "acme-audit"
REGION = world.HOME
ACCOUNTS = ("acme-production", "globex-production")


class Faults:
    """What no API can set: who is refused, and uploads that wait for each other."""

    def __init__(self):
        self.accounts, self.groups, self.together = set(), set(), None
        assume, describe, put = (
            STSBackend.assume_role,
            SecurityGroupBackend.describe_security_groups,
            S3Response.put_object,
        )

        def assume_role(backend, *args, **kwargs):
            arn = kwargs.get("role_arn") or next(arg for arg in args if str(arg).startswith("arn:"))
            if any(f"::{account}:" in arn for account in self.accounts):
                raise STSClientError("AccessDenied", f"not authorized to perform: sts:AssumeRole on {arn}")
            return assume(backend, *args, **kwargs)

        def describe_security_groups(backend, *args, **kwargs):
            if backend.account_id in self.groups:
                raise EC2ClientError("UnauthorizedOperation", "You are not authorized to perform this operation.")
            return describe(backend, *args, **kwargs)

        def put_object(response, *args, **kwargs):
            barrier, folder = self.together or (None, "")
            if barrier and f"/{folder}/" in response.path:
                try:
                    barrier.wait(timeout=60)
                except threading.BrokenBarrierError:
                    return 500, {}, ""
            return put(response, *args, **kwargs)

        STSBackend.assume_role = assume_role
        SecurityGroupBackend.describe_security_groups = describe_security_groups
        S3Response.put_object = put_object


class Team:
    def __init__(self):
        self.world = world.World(emulator.Emulator())
        organizations = self.world.client("management", "organizations", "us-east-1")
        made = organizations.create_organization(FeatureSet="ALL")["Organization"]
        self.world.accounts["management"] = made["MasterAccountId"]
        for name in ACCOUNTS:
            status = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
            self.world.accounts[name] = status["CreateAccountStatus"]["AccountId"]
        self.s3 = self.world.client("management", "s3")
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.groups = {}
        # After what needs no faults, and before anybody else asks.
        self.faults = Faults()

    def group(self, account, name):
        """A security group that nobody may enter."""
        ec2 = self.world.client(account, "ec2")
        self.groups[name] = account, ec2.create_security_group(GroupName=name, Description=name)["GroupId"]

    def open(self, name, port):
        self._rule("authorize_security_group_ingress", name, port)

    def close(self, name, port):
        self._rule("revoke_security_group_ingress", name, port)

    def _rule(self, call, name, port):
        account, group = self.groups[name]
        getattr(self.world.client(account, "ec2"), call)(
            GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0"
        )

    def queue(self, account, name, timeout):
        """A queue, made or changed."""
        sqs = self.world.client(account, "sqs")
        attributes = {"VisibilityTimeout": str(timeout)}
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def deny(self, account):
        """Nobody gets into the account."""
        self.faults.accounts.add(self.world.accounts[account])

    def deny_groups(self, account):
        """Nobody may see its security groups."""
        self.faults.groups.add(self.world.accounts[account])

    def allow(self):
        self.faults.accounts.clear()
        self.faults.groups.clear()

    def together(self, parties, folder):
        """From now on so many uploads into a folder wait for each other."""
        self.faults.together = threading.Barrier(parties), folder

    def waiting(self):
        """How many do."""
        return self.faults.together[0].n_waiting

    def apart(self):
        """From now on none does; those that still do come to nothing."""
        (barrier, _), self.faults.together = self.faults.together, None
        barrier.abort()

    def versions(self):
        """All versions of all objects, the oldest first, and how many deletions there were."""
        found, deleted = [], 0
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
            found += page.get("Versions", [])
            deleted += len(page.get("DeleteMarkers", []))
        found.sort(key=lambda version: version["LastModified"])
        return {"keys": [version["Key"] for version in found], "deleted": deleted}

    def body(self, key):
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().hex()

    def put_new(self, key):
        """Puts an object that must not be there yet; the code of the error, if any."""
        try:
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=b"other", IfNoneMatch="*")
        except ClientError as error:
            return error.response["Error"]["Code"]


def main():
    # The emulator's own: not every error of AWS is in the models.
    warnings.simplefilter("ignore", UserWarning)
    team = Team()
    accounts = team.world.accounts
    said = {"url": team.world.emulator.url, "accounts": accounts, "region": REGION}
    print(json.dumps(said), flush=True)
    for line in sys.stdin:
        name, *args = json.loads(line)
        print(json.dumps(getattr(team, name)(*args)), flush=True)


if __name__ == "__main__":
    main()

"""Clients for each account by its name, and names for what has only an id."""

import boto3

HOME = "eu-central-1"
REGIONS = [HOME, "us-east-1"]


class World:
    def __init__(self, emulator):
        self.emulator = emulator
        self.accounts = {}
        self.sessions = {}
        # What findings and Prowler call it -> what the tests call it.
        self.names = {}

    def session(self, account):
        """With the keys of an account; the management account's are any."""
        if account not in self.sessions:
            keys = {
                "AccessKeyId": "AKIAMANAGEMENT000000",
                "SecretAccessKey": "secret",
                "SessionToken": None,
            }
            if account != "management":
                keys = self.client("management", "sts").assume_role(
                    RoleArn=f"arn:aws:iam::{self.accounts[account]}:role/OrganizationAccountAccessRole",
                    RoleSessionName="seed",
                    DurationSeconds=43200,
                )["Credentials"]
            self.sessions[account] = boto3.Session(
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
                region_name=HOME,
            )
        return self.sessions[account]

    def client(self, account, service, region=HOME):
        return self.session(account).client(
            service, region_name=region, endpoint_url=self.emulator.url
        )

    def name(self, id_, name):
        """Calls it by a name that stays the same from run to run."""
        self.names[id_] = name
        return id_

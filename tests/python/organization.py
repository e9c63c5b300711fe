"""An organization with nested units and seven accounts."""

import boto3


class World:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.accounts = {}
        self.units = {}
        self.organization = {}
        self.management = ""

    def client(self, service, region="us-east-1"):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="AKIAMANAGEMENT000000",
            aws_secret_access_key="secret",
        )

    def session(self, name):
        account = self.accounts[name]
        answer = self.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
            RoleSessionName="seed",
        )
        keys = answer["Credentials"]
        session = boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            region_name="us-east-1",
        )
        found = session.client("sts", endpoint_url=self.endpoint).get_caller_identity()
        # The emulator answers unknown keys with the management account's data.
        assert found["Account"] == account, (found, account)
        return session


# unit -> parent unit
UNITS = [
    ("Workloads", None),
    ("acme", "Workloads"),
    ("globex", "Workloads"),
    ("Production", "acme"),
    ("Security", None),
]
# account -> unit, tags
ACCOUNTS = [
    ("acme-production", "Production", {"tenant": "acme", "stage": "production"}),
    ("acme-staging", "acme", {"tenant": "acme", "stage": "staging"}),
    ("globex-production", "globex", {}),
    ("globex-staging", "globex", {}),
    ("log-archive", "Security", {}),
    ("sandbox", None, {"tenant": "sandbox"}),
]


def make(endpoint):
    world = World(endpoint)
    organizations = world.client("organizations")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    world.management = made["MasterAccountId"]
    world.organization = {"id": made["Id"]}
    root = organizations.list_roots()["Roots"][0]["Id"]
    world.organization["root"] = root
    for name, parent in UNITS:
        unit = organizations.create_organizational_unit(
            ParentId=world.units.get(parent, root), Name=name
        )
        world.units[name] = unit["OrganizationalUnit"]["Id"]
    for name, unit, tags in ACCOUNTS:
        status = organizations.create_account(
            AccountName=name,
            Email=f"{name}@example.com",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        account = status["CreateAccountStatus"]["AccountId"]
        world.accounts[name] = account
        if unit:
            organizations.move_account(
                AccountId=account,
                SourceParentId=root,
                DestinationParentId=world.units[unit],
            )
    policy = organizations.create_policy(
        Name="no-leave",
        Description="Nobody leaves",
        Type="SERVICE_CONTROL_POLICY",
        Content='{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
        '"Action":"organizations:LeaveOrganization","Resource":"*"}]}',
    )["Policy"]["PolicySummary"]
    organizations.attach_policy(PolicyId=policy["Id"], TargetId=world.units["Workloads"])
    world.organization["policy"] = policy["Id"]
    return world

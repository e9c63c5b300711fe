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

# What one account administers for all, and the organization trusts.
DELEGATED = "guardduty.amazonaws.com"


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
    organizations.enable_aws_service_access(ServicePrincipal=DELEGATED)
    organizations.register_delegated_administrator(
        AccountId=world.accounts["log-archive"], ServicePrincipal=DELEGATED
    )
    return world


def expected(world):
    """What is read of the organization as a whole, in the management account."""
    organizations = world.client("organizations")
    found = organizations.describe_organization()["Organization"]
    roots = organizations.list_roots()["Roots"]
    trusted = organizations.list_aws_service_access_for_organization()
    rows = [
        (
            "AWS::Organizations::Organization",
            found["Id"],
            {
                "Id": found["Id"],
                "ManagementAccountId": found["MasterAccountId"],
                "FeatureSet": found["FeatureSet"],
                "RootId": roots[0]["Id"],
                "PolicyTypes": [
                    kind["Type"] for kind in roots[0]["PolicyTypes"] if kind["Status"] == "ENABLED"
                ],
                "TrustedServices": [
                    service["ServicePrincipal"] for service in trusted["EnabledServicePrincipals"]
                ],
            },
        )
    ]
    for admin in organizations.list_delegated_administrators()["DelegatedAdministrators"]:
        services = organizations.list_delegated_services_for_account(AccountId=admin["Id"])
        names = [service["ServicePrincipal"] for service in services["DelegatedServices"]]
        attributes = {
            "AccountId": admin["Id"],
            "Name": admin["Name"],
            "Arn": admin["Arn"],
            "Services": names,
        }
        rows.append(("AWS::Organizations::DelegatedAdministrator", admin["Id"], attributes))
    return [
        {
            "type": type_,
            "scope": world.management,
            "region": "global",
            "id": id_,
            "name": None,
            "tags": None,
            "attributes": attributes,
        }
        for type_, id_, attributes in rows
    ]

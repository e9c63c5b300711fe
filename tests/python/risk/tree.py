"""The organization: its units, accounts, policies and delegated administrators."""

import json

# unit -> parent unit
UNITS = {
    "Infrastructure": None,
    "Workloads": None,
    "acme": "Workloads",
    "acme-production-only": "acme",
    "acme-staging-only": "acme",
    # Production and staging in one unit.
    "globex": "Workloads",
    "Closed": None,
}
# account -> unit
ACCOUNTS = {
    "log": "Infrastructure",
    "security": "Infrastructure",
    "acme-production": "acme-production-only",
    "acme-staging": "acme-staging-only",
    "globex-production": "globex",
    "globex-staging": "globex",
    # Two tenants and three stages, directly below the root.
    "legacy": None,
    # Nobody declares it.
    "forgotten": "Workloads",
    # Declared, and closed.
    "closed": "Closed",
}


def statement(effect, action):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}],
    }


# policy -> what it says, and the units that have it
POLICIES = {
    "no-leave": (statement("Deny", "organizations:LeaveOrganization"), ["acme", "Infrastructure"]),
    "keep-buckets": (statement("Deny", "s3:DeleteBucket"), ["acme-production-only"]),
    # Denies nothing.
    "everything": (statement("Allow", "*"), ["globex"]),
}


def make(world):
    organizations = world.client("management", "organizations", "us-east-1")
    made = organizations.create_organization(FeatureSet="ALL")["Organization"]
    world.accounts["management"] = made["MasterAccountId"]
    world.name(made["Id"], "organization")
    root = organizations.list_roots()["Roots"][0]
    world.name(root["Id"], "root")
    units = {None: root["Id"]}
    for name, parent in UNITS.items():
        unit = organizations.create_organizational_unit(ParentId=units[parent], Name=name)
        units[name] = unit["OrganizationalUnit"]["Id"]
        world.name(units[name], name)
    for name, unit in ACCOUNTS.items():
        status = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        id_ = status["CreateAccountStatus"]["AccountId"]
        world.accounts[name] = id_
        if unit:
            organizations.move_account(
                AccountId=id_, SourceParentId=root["Id"], DestinationParentId=units[unit]
            )
    types = [kind["Type"] for kind in root["PolicyTypes"] if kind["Status"] == "ENABLED"]
    if "SERVICE_CONTROL_POLICY" not in types:
        organizations.enable_policy_type(RootId=root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    for name, (content, targets) in POLICIES.items():
        policy = organizations.create_policy(
            Name=name, Description=name, Type="SERVICE_CONTROL_POLICY", Content=json.dumps(content)
        )["Policy"]["PolicySummary"]
        for target in targets:
            organizations.attach_policy(PolicyId=policy["Id"], TargetId=units[target])
    for service in ("guardduty.amazonaws.com", "config-multiaccountsetup.amazonaws.com"):
        organizations.enable_aws_service_access(ServicePrincipal=service)
        organizations.register_delegated_administrator(
            AccountId=world.accounts["security"], ServicePrincipal=service
        )
    organizations.close_account(AccountId=world.accounts["closed"])
    # An account that is in no organization.
    world.accounts["outside"] = "555555555555"
    for name, id_ in world.accounts.items():
        world.name(id_, name)

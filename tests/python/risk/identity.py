"""Root users, IAM users and their keys, and whom roles trust."""

import json

# Every account has a root user with password and second factor, but for these.
ROOTS = {
    "acme-staging": {},  # no credentials at all, as where they are managed centrally
    "globex-production": {"password": True, "mfa": True, "key": True},
    "legacy": {"password": True, "mfa": False},
}
# account -> user -> password, second factor, keys: age in days and whether it is active
USERS = {
    "acme-production": {
        "dana": (True, True, []),
        "ci": (False, False, [(10, True)]),
        "old-but-off": (False, False, [(400, False)]),
    },
    "globex-production": {
        "lee": (True, False, []),
        "deploy": (False, False, [(10, True), (200, True)]),
    },
    "legacy": {
        "admin": (True, False, [(800, True)]),
    },
    # Its people sign in with SAML.
    "globex-staging": {
        "robot": (False, False, [(5, True)]),
    },
    # Users without credentials.
    "security": {"empty": (False, False, [])},
}
GITHUB = "token.actions.githubusercontent.com"
VENDOR = "464622532012"
STRANGER = "666666666666"


def github(account, condition):
    provider = f"arn:aws:iam::{account}:oidc-provider/{GITHUB}"
    audience = {f"{GITHUB}:aud": "sts.amazonaws.com"}
    conditions = {"StringEquals": dict(audience)}
    for operator, subject in condition.items():
        conditions.setdefault(operator, {})[f"{GITHUB}:sub"] = subject
    return trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", conditions)


def trust(principal, action="sts:AssumeRole", conditions=None):
    one = {"Effect": "Allow", "Principal": principal, "Action": action}
    if conditions:
        one["Condition"] = conditions
    return {"Version": "2012-10-17", "Statement": [one]}


def external(id_):
    return {"StringEquals": {"sts:ExternalId": id_}}


def roles(world):
    """(account, role, trust policy)"""
    acme, staging = world.accounts["acme-production"], world.accounts["acme-staging"]
    globex = world.accounts["globex-production"]
    main = "repo:acme-corp/shop:ref:refs/heads/main"
    yield "acme-production", "deploy", github(acme, {"StringEquals": main})
    yield (
        "acme-production",
        "deploy-environment",
        github(acme, {"StringEquals": "repo:acme-corp/shop:environment:production"}),
    )
    yield "acme-production", "deploy-any-branch", github(acme, {"StringLike": "repo:acme-corp/shop:*"})
    yield "acme-staging", "deploy-any-branch", github(staging, {"StringLike": "repo:acme-corp/shop:*"})
    yield "acme-staging", "deploy-no-subject", github(staging, {})
    yield "globex-production", "deploy-anyone", github(globex, {"StringLike": "repo:*"})
    yield (
        "globex-production",
        "deploy-stranger",
        github(globex, {"StringEquals": "repo:someone-else/tool:ref:refs/heads/main"}),
    )
    yield "acme-production", "deploy-admin", github(acme, {"StringEquals": main})

    vendor, stranger = f"arn:aws:iam::{VENDOR}:root", f"arn:aws:iam::{STRANGER}:root"
    yield "acme-production", "vendor", trust({"AWS": vendor}, conditions=external("acme-7f2c"))
    yield "acme-staging", "vendor-open", trust({"AWS": vendor})
    yield "globex-production", "vendor", trust({"AWS": vendor}, conditions=external("same-for-all"))
    yield "globex-staging", "vendor", trust({"AWS": vendor}, conditions=external("same-for-all"))
    yield "legacy", "stranger", trust({"AWS": stranger}, conditions=external("legacy-1"))

    # Into production from staging, and the other way.
    root = "arn:aws:iam::{}:root".format
    yield "acme-production", "from-staging", trust({"AWS": root(staging)})
    yield "acme-staging", "from-production", trust({"AWS": root(acme)})
    yield "acme-production", "from-security", trust({"AWS": root(world.accounts["security"])})
    yield "globex-staging", "from-anyone", trust({"AWS": "*"})
    yield "acme-production", "machine", trust({"Service": "ec2.amazonaws.com"})


def make(world):
    for account in world.accounts:
        if account != "closed":
            has = ROOTS.get(account, {"password": True, "mfa": True})
            world.emulator.root(world.accounts[account], **has)
    for account, users in USERS.items():
        for name, (password, mfa, keys) in users.items():
            user(world, account, name, password, mfa, keys)
    world.client("globex-staging", "iam").create_saml_provider(
        SAMLMetadataDocument="<EntityDescriptor>" + "x" * 1000 + "</EntityDescriptor>", Name="sso"
    )
    trusting = list(roles(world))
    for account in sorted({account for account, _, _ in trusting}):
        world.client(account, "iam").create_open_id_connect_provider(
            Url=f"https://{GITHUB}",
            ClientIDList=["sts.amazonaws.com"],
            ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
        )
    for account, name, document in trusting:
        world.client(account, "iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(document)
        )
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    world.client("acme-production", "iam").put_role_policy(
        RoleName="deploy-admin", PolicyName="all", PolicyDocument=json.dumps(everything)
    )


def user(world, account, name, password, mfa, keys):
    iam = world.client(account, "iam")
    iam.create_user(UserName=name)
    if password:
        iam.create_login_profile(UserName=name, Password="correct-horse-battery-staple-1A!")
    if mfa:
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)
        iam.enable_mfa_device(
            UserName=name,
            SerialNumber=device["VirtualMFADevice"]["SerialNumber"],
            AuthenticationCode1="123456",
            AuthenticationCode2="654321",
        )
    for number, (days, active) in enumerate(keys):
        key = iam.create_access_key(UserName=name)["AccessKey"]
        if not active:
            iam.update_access_key(
                UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive"
            )
        world.emulator.age(world.accounts[account], name, number, days)

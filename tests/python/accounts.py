"""What is set for an account as a whole, and what it is a part of."""


def make(maker):
    organizations = maker.client("organizations", "us-east-1")
    found = organizations.describe_organization()["Organization"]
    maker.add(
        "AWS::Organizations::Membership",
        "global",
        maker.account,
        {
            "OrganizationId": found["Id"],
            "OrganizationArn": found["Arn"],
            "ManagementAccountId": found["MasterAccountId"],
            "FeatureSet": found["FeatureSet"],
        },
        maker.account,
    )

    contacts = maker.client("account", "us-east-1")
    contacts.put_alternate_contact(
        AlternateContactType="SECURITY",
        Name="canary-contact-name",
        Title="canary-contact-title",
        EmailAddress="canary@example.com",
        PhoneNumber="+1-555-0100",
    )
    kind = contacts.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"][
        "AlternateContactType"
    ]
    maker.add("AWS::Account::AlternateContact", "global", kind, {"AlternateContactType": kind}, kind)

    control = maker.client("s3control", "us-east-1")
    # The emulator's address has no room for the account's number.
    control.meta.events.register("before-sign.s3-control", here(maker.account))
    control.put_public_access_block(
        AccountId=maker.account,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": False,
        },
    )
    block = control.get_public_access_block(AccountId=maker.account)
    maker.add(
        "AWS::S3::AccountPublicAccessBlock",
        "global",
        maker.account,
        block["PublicAccessBlockConfiguration"],
        maker.account,
    )

    for region in maker.regions:
        for instance in maker.client("sso-admin", region).list_instances()["Instances"]:
            maker.add(
                "AWS::SSO::Instance",
                region,
                instance["InstanceArn"],
                {
                    "InstanceArn": instance["InstanceArn"],
                    "IdentityStoreId": instance["IdentityStoreId"],
                    "OwnerAccountId": instance["OwnerAccountId"],
                    "Status": instance["Status"],
                },
            )

    credentials(maker)


def here(account):
    def move(request, **_):
        request.url = request.url.replace(f"//{account}.", "//", 1)

    return move


def credentials(maker):
    iam = maker.client("iam", "us-east-1")
    user = f"{maker.name}-ci"
    key = iam.create_access_key(UserName=user)["AccessKey"]
    found = iam.get_user(UserName=user)["User"]
    maker.add(
        "AWS::IAM::UserCredentials",
        "global",
        user,
        {
            "UserName": user,
            "Arn": found["Arn"],
            "PasswordEnabled": False,
            "MfaActive": False,
            "AccessKey1Active": key["Status"] == "Active",
            "AccessKey2Active": False,
        },
        user,
    )

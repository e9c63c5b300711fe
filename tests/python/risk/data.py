"""Buckets, databases and their backups."""

import json

from world import HOME

ALL = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
NONE = dict.fromkeys(ALL, False)


def make(world):
    buckets(world)
    databases(world)
    tables(world)
    backups(world)


def buckets(world):
    for account in ("acme-production", "acme-staging"):
        block_account(world, account)
    bucket(world, "acme-production", "acme-production-data", versioning=True)
    # A service control policy keeps it.
    bucket(world, "acme-production", "acme-production-plain")
    # The account's block closes what the policy opens.
    bucket(world, "acme-staging", "acme-staging-open-policy", block=None, policy="read")
    bucket(world, "acme-staging", "acme-staging-plain")
    bucket(world, "globex-production", "globex-production-locked", lock=True)
    bucket(world, "globex-production", "globex-production-open-policy", block=NONE, policy="read")
    bucket(world, "globex-production", "globex-production-open-acl", block=NONE, acl=True)
    # The bucket's own block closes both.
    bucket(world, "globex-production", "globex-production-shut", policy="read", acl=True)
    # Nobody ever set a block on it.
    bucket(world, "globex-staging", "globex-staging-open-policy", block=None, policy="read")
    bucket(world, "globex-staging", "globex-staging-private", block=None)
    bucket(world, "globex-staging", "globex-staging-kept", policy="keep")
    # For anyone, but from one network only.
    bucket(world, "globex-staging", "globex-staging-office", block=NONE, policy="office")
    bucket(world, "legacy", "legacy-everything", block=NONE, policy="read", acl=True)


def block_account(world, account):
    control = world.client(account, "s3control", "us-east-1")
    id_ = world.accounts[account]

    # The emulator's address has no room for the account's number.
    def here(request, **_):
        request.url = request.url.replace(f"//{id_}.", "//", 1)

    control.meta.events.register("before-sign.s3-control", here)
    control.put_public_access_block(AccountId=id_, PublicAccessBlockConfiguration=ALL)


def bucket(world, account, name, versioning=False, lock=False, block=ALL, policy=None, acl=False):
    s3 = world.client(account, "s3")
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": HOME},
        ObjectLockEnabledForBucket=lock,
        ObjectOwnership="ObjectWriter",
    )
    if versioning:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if lock:
        s3.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}},
            },
        )
    if policy:
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document(name, policy)))
    if acl:
        s3.put_bucket_acl(Bucket=name, ACL="public-read")
    if block:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)


def document(name, kind):
    arn = f"arn:aws:s3:::{name}"
    read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    # Prowler takes the ranges of documentation for private ones.
    office = {**read, "Condition": {"IpAddress": {"aws:SourceIp": "11.22.33.0/24"}}}
    keep = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": arn}
    one = {"read": read, "office": office, "keep": keep}[kind]
    return {"Version": "2012-10-17", "Statement": [one]}


def databases(world):
    # account, name, backups in days, two zones, deletion protection
    for account, name, days, two, protected in (
        ("acme-production", "orders", 7, True, True),
        ("acme-production", "reports", 0, False, False),
        ("globex-production", "shop", 1, True, False),
        ("globex-staging", "shop", 0, True, True),
        ("legacy", "everything", 0, False, False),
    ):
        world.client(account, "rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.medium",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="root",
            MasterUserPassword="hunter2hunter2",
            BackupRetentionPeriod=days,
            MultiAZ=two,
            DeletionProtection=protected,
        )
    for account, protected in (("acme-staging", True), ("globex-staging", False)):
        world.client(account, "rds").create_db_cluster(
            DBClusterIdentifier="ledger",
            Engine="aurora-postgresql",
            MasterUsername="root",
            MasterUserPassword="hunter2hunter2",
            BackupRetentionPeriod=7,
            DeletionProtection=protected,
        )


def tables(world):
    # account, name, point-in-time recovery, deletion protection
    for account, name, recovery, protected in (
        ("acme-production", "sessions", True, True),
        ("acme-staging", "sessions", False, False),
        ("globex-production", "carts", True, False),
        ("globex-staging", "carts", False, True),
    ):
        dynamodb = world.client(account, "dynamodb")
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=protected,
        )
        if recovery:
            dynamodb.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )


def backups(world):
    """A plan that copies into the log account. What it is applied to is not in the emulator."""
    backup = world.client("acme-production", "backup")
    backup.create_backup_vault(BackupVaultName="main")
    elsewhere = f"arn:aws:backup:{HOME}:{world.accounts['log']}:backup-vault:copies"
    backup.create_backup_plan(
        BackupPlan={
            "BackupPlanName": "nightly",
            "Rules": [
                {
                    "RuleName": "nightly",
                    "TargetBackupVaultName": "main",
                    "ScheduleExpression": "cron(0 3 ? * * *)",
                    "CopyActions": [{"DestinationBackupVaultArn": elsewhere}],
                }
            ],
        }
    )

"""Trails, detectors, recorders and contacts."""

import json

from world import HOME, REGIONS

# account -> regions with a detector, and with a recorder that records
DETECTORS = {
    "management": REGIONS,
    "log": REGIONS,
    "security": REGIONS,
    "acme-production": REGIONS,
    "acme-staging": [],
    "globex-production": ["us-east-1"],
}
RECORDERS = {
    "management": REGIONS,
    "log": REGIONS,
    "security": REGIONS,
    "acme-production": REGIONS,
    "acme-staging": REGIONS,
}
# Those without are told by nobody.
CONTACTS = ["management", "log", "security", "acme-production", "globex-staging"]
OTHER_CONTACTS = ["acme-staging"]


def make(world):
    trails(world)
    for account, regions in DETECTORS.items():
        for region in regions:
            world.client(account, "guardduty", region).create_detector(Enable=True)
    # Switched off.
    world.client("globex-staging", "guardduty").create_detector(Enable=False)
    for account, regions in RECORDERS.items():
        for region in regions:
            recorder(world, account, region, True)
    recorder(world, "globex-production", HOME, False)
    for kind, accounts in (("SECURITY", CONTACTS), ("BILLING", OTHER_CONTACTS)):
        for account in accounts:
            world.client(account, "account", "us-east-1").put_alternate_contact(
                AlternateContactType=kind,
                Name="On call",
                Title="On call",
                EmailAddress="security@example.com",
                PhoneNumber="+1-555-0100",
            )


def trails(world):
    """The organization's, into the log account; one of a region; one that is switched off."""
    logs = "organization-logs"
    s3 = world.client("log", "s3")
    s3.create_bucket(Bucket=logs, CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.put_bucket_versioning(Bucket=logs, VersioningConfiguration={"Status": "Enabled"})
    deliver = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{logs}/*",
    }
    s3.put_bucket_policy(
        Bucket=logs, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deliver]})
    )
    # The emulator does not show an organization's trail to its members.
    trail(world, "management", "organization", logs, IsOrganizationTrail=True)
    for account in ("acme-production", "acme-staging", "globex-production"):
        trail(world, account, "all-regions", logs)
    trail(world, "log", "one-region", logs, IsMultiRegionTrail=False)
    trail(world, "security", "off", logs, on=False)


def trail(world, account, name, bucket, on=True, **more):
    # Event selectors are known to the emulator in a trail's own region only.
    cloudtrail = world.client(account, "cloudtrail", "us-east-1")
    cloudtrail.create_trail(
        **{"Name": name, "S3BucketName": bucket, "IsMultiRegionTrail": True, **more}
    )
    if on:
        cloudtrail.start_logging(Name=name)


def recorder(world, account, region, on):
    config = world.client(account, "config", region)
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": f"arn:aws:iam::{world.accounts[account]}:role/config",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": "organization-logs"}
    )
    if on:
        config.start_configuration_recorder(ConfigurationRecorderName="default")

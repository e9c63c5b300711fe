"""Keys: the first things that are made, because others are encrypted with them."""

import json

from iam import retag
from network import IMMUTABLE
from world import TAGS, pairs

FILE = "applications.tfstate"


def make(world):
    kms = world.client("kms")
    item = kms.create_key(
        Description="application data",
        KeyUsage="ENCRYPT_DECRYPT",
        MultiRegion=False,
        Tags=pairs(None, "TagKey", "TagValue"),
    )["KeyMetadata"]
    id_ = item["KeyId"]
    kms.enable_key_rotation(KeyId=id_)
    policy = kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"]
    rotation = kms.get_key_rotation_status(KeyId=id_)
    source = world.state(
        FILE,
        "aws_kms_key",
        "data",
        {
            "arn": item["Arn"],
            "bypass_policy_lockout_safety_check": False,
            "custom_key_store_id": "",
            "customer_master_key_spec": item["KeySpec"],
            "deletion_window_in_days": None,
            "description": item["Description"],
            "enable_key_rotation": rotation["KeyRotationEnabled"],
            "id": id_,
            "is_enabled": item["Enabled"],
            "key_id": id_,
            "key_usage": item["KeyUsage"],
            "multi_region": item["MultiRegion"],
            "policy": json.dumps(json.loads(policy), sort_keys=True),
            "rotation_period_in_days": rotation.get("RotationPeriodInDays", 365),
            "tags": TAGS,
            "tags_all": TAGS,
            "timeouts": None,
            "xks_key_id": "",
        },
    )
    thing = world.thing("AWS::KMS::Key", id_, source)
    describe = lambda text: kms.update_key_description(KeyId=id_, Description=text)
    thing.swap("Description", describe, "edited", item["Description"])
    thing.change("Enabled", lambda: kms.disable_key(KeyId=id_), lambda: kms.enable_key(KeyId=id_))
    thing.change(
        "EnableKeyRotation",
        lambda: kms.disable_key_rotation(KeyId=id_),
        lambda: kms.enable_key_rotation(KeyId=id_),
    )
    put = lambda text: kms.put_key_policy(KeyId=id_, PolicyName="default", Policy=text)
    open_ = json.loads(policy)
    open_["Statement"][0]["Principal"] = "*"
    thing.swap("KeyPolicy", put, json.dumps(open_), policy, "KeyPolicy.Statement[0].Principal")
    tag = lambda value: kms.tag_resource(
        KeyId=id_, Tags=pairs({"owner": value}, "TagKey", "TagValue")
    )
    retag(thing, tag)
    thing.delete = lambda: kms.schedule_key_deletion(KeyId=id_, PendingWindowInDays=7)
    # Until then it is there, and can neither be used nor is it rotated.
    thing.deleted = ["EnableKeyRotation", "Enabled"]
    world.fix(thing.type, IMMUTABLE, "KeySpec", "KeyUsage", "MultiRegion", "Origin")
    world.fix(thing.type, "moto does not keep it", "RotationPeriodInDays")
    world.key = item["Arn"]

    def by_hand():
        made = kms.create_key(Description="by hand")["KeyMetadata"]["KeyId"]
        # A key can't be taken away at once: from here on it is one that nobody declares.
        world.leftovers.append({"type": thing.type, "id": made})
        return made, lambda: None

    world.by_hand(thing.type, by_hand)

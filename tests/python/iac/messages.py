"""Topics and queues."""

import json

from iam import RENAMED, retag
from network import IMMUTABLE
from world import ACCOUNT, REGION, TAGS, pairs

FILE = "applications.tfstate"


def make(world):
    make_topic(world)
    make_topic(world, fifo=True)
    dead = make_queue(world, "dead")
    make_queue(world, "jobs", dead)
    make_queue(world, "orders.fifo")


def make_topic(world, fifo=False):
    sns = world.client("sns")
    name = "orders.fifo" if fifo else "alarms"
    arn = sns.create_topic(
        Name=name,
        Attributes={"DisplayName": "Alarms", **({"FifoTopic": "true"} if fifo else {})},
        Tags=pairs(),
    )["TopicArn"]
    sns.set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue="alias/a")
    item = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    feedback = {
        f"{protocol}_{kind}": 0 if kind.endswith("rate") else ""
        for protocol in ("application", "firehose", "http", "lambda", "sqs")
        for kind in (
            "failure_feedback_role_arn",
            "success_feedback_role_arn",
            "success_feedback_sample_rate",
        )
    }
    source = world.state(
        FILE,
        "aws_sns_topic",
        name.split(".")[0],
        {
            **feedback,
            "archive_policy": "",
            "arn": arn,
            "beginning_archive_time": "",
            "content_based_deduplication": fifo and item["ContentBasedDeduplication"] == "true",
            "delivery_policy": item["DeliveryPolicy"],
            "display_name": item["DisplayName"],
            "fifo_throughput_scope": "",
            "fifo_topic": fifo,
            "id": arn,
            "kms_master_key_id": item["KmsMasterKeyId"],
            "name": name,
            "name_prefix": "",
            "owner": item["Owner"],
            "policy": item["Policy"],
            "signature_version": 0,
            "tags": TAGS,
            "tags_all": TAGS,
            "tracing_config": "",
        },
    )
    thing = world.thing("AWS::SNS::Topic", arn, source)
    put = lambda key: lambda value: sns.set_topic_attributes(
        TopicArn=arn, AttributeName=key, AttributeValue=value
    )
    thing.swap("DisplayName", put("DisplayName"), "Edited", "Alarms")
    thing.swap("KmsMasterKeyId", put("KmsMasterKeyId"), "alias/b", "alias/a")
    tag = lambda value: sns.tag_resource(ResourceArn=arn, Tags=pairs({"owner": value}))
    retag(thing, tag)
    if fifo:
        key = "ContentBasedDeduplication"
        thing.swap(key, put(key), "true", "false")
    else:
        subscribe(world, sns, thing)
    thing.delete = lambda: sns.delete_topic(TopicArn=arn)
    if not fifo:
        world.fix(thing.type, IMMUTABLE, "FifoTopic")
        world.fix(thing.type, RENAMED, "TopicName")
        names = ("ArchivePolicy", "DeliveryStatusLogging", "FifoThroughputScope")
        more = ("SignatureVersion", "TracingConfig")
        world.fix(thing.type, "moto's GetTopicAttributes leaves it out", *names, *more)

        def by_hand():
            made = sns.create_topic(Name="hand")["TopicArn"]
            return made, lambda: sns.delete_topic(TopicArn=made)

        world.by_hand(thing.type, by_hand)


def subscribe(world, sns, thing):
    endpoint = f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms"
    make = lambda: sns.subscribe(
        TopicArn=thing.id, Protocol="sqs", Endpoint=endpoint, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    held = {"arn": make()}
    item = sns.get_subscription_attributes(SubscriptionArn=held["arn"])["Attributes"]
    world.state(
        FILE,
        "aws_sns_topic_subscription",
        "alarms",
        {
            "arn": held["arn"],
            "confirmation_timeout_in_minutes": 1,
            "confirmation_was_authenticated": True,
            "delivery_policy": "",
            "endpoint": item["Endpoint"],
            "endpoint_auto_confirms": False,
            "filter_policy": "",
            "filter_policy_scope": "",
            "id": held["arn"],
            "owner_id": item["Owner"],
            "pending_confirmation": False,
            "protocol": item["Protocol"],
            "raw_message_delivery": False,
            "redrive_policy": "",
            "replay_policy": "",
            "subscription_role_arn": "",
            "topic_arn": item["TopicArn"],
        },
    )

    def again():
        held["arn"] = make()

    gone = lambda: sns.unsubscribe(SubscriptionArn=held["arn"])
    thing.change("Subscription", gone, again)


def make_queue(world, name, letters=None):
    sqs = world.client("sqs")
    fifo = name.endswith(".fifo")
    url = sqs.create_queue(
        QueueName=name, Attributes={"FifoQueue": "true"} if fifo else {}, tags=TAGS
    )["QueueUrl"]
    dead = {"deadLetterTargetArn": letters, "maxReceiveCount": 5}
    if letters:
        sqs.set_queue_attributes(
            QueueUrl=url,
            Attributes={"RedrivePolicy": json.dumps(dead), "KmsMasterKeyId": "alias/a"},
        )
    item = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    source = world.state(
        FILE,
        "aws_sqs_queue",
        name.split(".")[0],
        {
            "arn": item["QueueArn"],
            "content_based_deduplication": item.get("ContentBasedDeduplication") == "true",
            "deduplication_scope": item.get("DeduplicationScope", ""),
            "delay_seconds": int(item["DelaySeconds"]),
            "fifo_queue": fifo,
            "fifo_throughput_limit": item.get("FifoThroughputLimit", ""),
            "id": url,
            "kms_data_key_reuse_period_seconds": int(
                item.get("KmsDataKeyReusePeriodSeconds", "300")
            ),
            "kms_master_key_id": item.get("KmsMasterKeyId", ""),
            "max_message_size": int(item["MaximumMessageSize"]),
            "message_retention_seconds": int(item["MessageRetentionPeriod"]),
            "name": name,
            "name_prefix": "",
            "policy": item.get("Policy", ""),
            "receive_wait_time_seconds": int(item["ReceiveMessageWaitTimeSeconds"]),
            "redrive_allow_policy": "",
            "redrive_policy": item.get("RedrivePolicy", ""),
            "sqs_managed_sse_enabled": item["SqsManagedSseEnabled"] == "true",
            "tags": TAGS,
            "tags_all": TAGS,
            "url": url,
            "visibility_timeout_seconds": int(item["VisibilityTimeout"]),
        },
    )
    thing = world.thing("AWS::SQS::Queue", url, source)

    def swap(name, new):
        old = item[name]
        put = lambda value: sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
        thing.swap(name, put, new, old)

    if fifo:
        swap("ContentBasedDeduplication", "true")
        swap("DeduplicationScope", "messageGroup")
        swap("FifoThroughputLimit", "perMessageGroupId")
    elif letters:
        swap("DelaySeconds", "7")
        swap("MaximumMessageSize", "2048")
        swap("MessageRetentionPeriod", "86400")
        swap("ReceiveMessageWaitTimeSeconds", "20")
        swap("VisibilityTimeout", "45")
        swap("KmsMasterKeyId", "alias/b")
        swap("KmsDataKeyReusePeriodSeconds", "600")
        swap("SqsManagedSseEnabled", "false" if item["SqsManagedSseEnabled"] == "true" else "true")
        redrive = lambda times: sqs.set_queue_attributes(
            QueueUrl=url,
            Attributes={"RedrivePolicy": json.dumps({**dead, "maxReceiveCount": times})},
        )
        thing.swap("RedrivePolicy", redrive, 50, 5, "RedrivePolicy.maxReceiveCount")
    retag(thing, lambda value: sqs.tag_queue(QueueUrl=url, Tags={"owner": value}))
    thing.delete = lambda: sqs.delete_queue(QueueUrl=url)
    if letters:
        world.fix(thing.type, IMMUTABLE, "FifoQueue")
        world.fix(thing.type, RENAMED, "QueueName")
        world.fix(thing.type, "moto does not keep it", "RedriveAllowPolicy")

        def by_hand():
            made = sqs.create_queue(QueueName="hand")["QueueUrl"]
            return made, lambda: sqs.delete_queue(QueueUrl=made)

        world.by_hand(thing.type, by_hand)
    return item["QueueArn"]

"""Simple Queue Service.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/sqs/.
"""

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.shapes import attributes
from local.provider.wire import Props

_MEMBERS = {
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
_CHANGED = (
    "contentBasedDeduplication", "deduplicationScope", "delaySeconds", "fifoThroughputLimit",
    "kmsDataKeyReusePeriodSeconds", "kmsMasterKeyId", "maxMessageSize", "messageRetentionSeconds", "policy",
    "receiveWaitTimeSeconds", "redriveAllowPolicy", "redrivePolicy", "sqsManagedSseEnabled", "visibilityTimeoutSeconds",
)  # fmt: skip


def _queue_request(props: Props) -> Live:
    """The kind of a queue is said at its creation only, and only where it is FIFO."""
    fifo = {"FifoQueue": "true"} if props.get("fifoQueue") and "id" not in props else {}
    return {"Attributes": attributes(props, _CHANGED, _MEMBERS) | fifo}


QUEUE = ResourceType(
    "aws:sqs/queue:Queue",
    service="sqs",
    create="CreateQueue",
    read=lambda aws, props: aws.call("sqs", "GetQueueAttributes", QueueUrl=props["id"], AttributeNames=["All"]),
    update="SetQueueAttributes",
    delete="DeleteQueue",
    keys={"QueueUrl": "id"},
    id=("{QueueUrl}", "{id}"),
    import_id=("{id}",),
    at="Attributes",
    names={"name": "QueueName", "arn": "QueueArn", **_MEMBERS},
    request=_queue_request,
    state=lambda _aws, props, live: {
        "name": live["QueueArn"].rsplit(":", 1)[1],
        "url": props["id"],
        "fifoQueue": live.get("FifoQueue") == "true",
    },
    replaces=frozenset({"fifoQueue", "name", "namePrefix"}),
    defaults={
        "contentBasedDeduplication": False,
        "delaySeconds": 0,
        "fifoQueue": False,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
    },
    absent={"kmsMasterKeyId": "", "redrivePolicy": ""},
    computed=frozenset(
        {"deduplicationScope", "fifoThroughputLimit", "kmsDataKeyReusePeriodSeconds", "maxMessageSize", "policy",
         "redriveAllowPolicy", "sqsManagedSseEnabled"}
    ),
    unread=frozenset({"namePrefix"}),
    tags=Tags(on={"QueueUrl": "id"}, write="TagQueue", remove="UntagQueue", read="ListQueueTags"),
)  # fmt: skip


def _write_policy(aws: Aws, props: Props) -> Live:
    aws.call("sqs", "SetQueueAttributes", QueueUrl=props["queueUrl"], Attributes={"Policy": props["policy"]})
    return {}


def _find_policy(aws: Aws, props: Props) -> Live | None:
    answer = aws.call("sqs", "GetQueueAttributes", QueueUrl=props["queueUrl"], AttributeNames=["Policy"])
    policy = answer.get("Attributes", {}).get("Policy")
    return {"QueueUrl": props["queueUrl"], "Policy": policy} if policy else None


QUEUE_POLICY = ResourceType(
    "aws:sqs/queuePolicy:QueuePolicy",
    service="sqs",
    create=_write_policy,
    read=_find_policy,
    update=_write_policy,
    delete=lambda aws, props: _write_policy(aws, {**props, "policy": ""}),
    keys={"QueueUrl": "queueUrl"},
    id=("{queueUrl}",),
    replaces=frozenset({"queueUrl"}),
    named="",
)

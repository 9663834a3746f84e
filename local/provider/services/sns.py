"""Simple Notification Service.

Sources: https://docs.aws.amazon.com/sns/latest/api/ and https://www.pulumi.com/registry/packages/aws/api-docs/sns/.
"""

import json

from local.provider.aws import Aws
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.shapes import attributes
from local.provider.wire import Props

_TOPIC = (
    "archivePolicy", "contentBasedDeduplication", "deliveryPolicy", "displayName", "fifoThroughputScope",
    "kmsMasterKeyId", "policy", "signatureVersion", "tracingConfig",
)  # fmt: skip
_SUBSCRIPTION = (
    "deliveryPolicy", "filterPolicy", "filterPolicyScope", "rawMessageDelivery", "redrivePolicy", "replayPolicy",
    "subscriptionRoleArn",
)  # fmt: skip


def _topic_request(props: Props) -> Live:
    fifo = {"FifoTopic": "true"} if props.get("fifoTopic") else {}
    return {"Attributes": attributes(props, _TOPIC, {}) | fifo}


def _write_topic(aws: Aws, props: Props) -> None:
    """Attributes change one by one; one that is left out keeps its value."""
    for name, value in attributes(props, _TOPIC, {}).items():
        aws.call("sns", "SetTopicAttributes", TopicArn=props["id"], AttributeName=name, AttributeValue=value)


TOPIC = ResourceType(
    "aws:sns/topic:Topic",
    service="sns",
    create="CreateTopic",
    read="GetTopicAttributes",
    delete="DeleteTopic",
    keys={"TopicArn": "id"},
    id=("{TopicArn}",),
    import_id=("{id}",),
    at="Attributes",
    names={"arn": "TopicArn"},
    request=_topic_request,
    state=lambda _aws, _props, live: {
        "name": live["TopicArn"].rsplit(":", 1)[1],
        "fifoTopic": live.get("FifoTopic") == "true",
    },
    replaces=frozenset({"fifoTopic", "name", "namePrefix"}),
    defaults={"contentBasedDeduplication": False, "fifoTopic": False},
    absent={"deliveryPolicy": "", "displayName": "", "kmsMasterKeyId": ""},
    computed=frozenset({"fifoThroughputScope", "policy", "signatureVersion", "tracingConfig"}),
    unread=frozenset({"namePrefix"}),
    facets=(Facet(inputs=frozenset(_TOPIC), write=_write_topic, created=True),),
    tags=Tags(on={"ResourceArn": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)


def _write_policy(aws: Aws, props: Props) -> Live:
    arn, policy = props["arn"], props["policy"]
    aws.call("sns", "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return {}


def _reset_policy(aws: Aws, props: Props) -> Live:
    """A topic always has a policy: without one of ours, the owner alone may use it."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["sns:Publish", "sns:Subscribe"],
        "Resource": props["arn"],
        "Condition": {"StringEquals": {"AWS:SourceOwner": aws.account}},
    }
    return _write_policy(aws, {**props, "policy": json.dumps({"Version": "2008-10-17", "Statement": [statement]})})


def _find_policy(aws: Aws, props: Props) -> Live | None:
    live = aws.call("sns", "GetTopicAttributes", TopicArn=props["arn"])["Attributes"]
    if "__default_statement_ID" in live.get("Policy", "__default_statement_ID"):
        return None
    return {"Arn": props["arn"], "Policy": live["Policy"], "Owner": live["Owner"]}


TOPIC_POLICY = ResourceType(
    "aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    create=_write_policy,
    read=_find_policy,
    update=_write_policy,
    delete=_reset_policy,
    keys={"TopicArn": "arn"},
    id=("{arn}",),
    replaces=frozenset({"arn"}),
    named="",
)


def _write_subscription(aws: Aws, props: Props) -> None:
    for name, value in attributes(props, _SUBSCRIPTION, {}).items():
        aws.call(
            "sns", "SetSubscriptionAttributes", SubscriptionArn=props["id"], AttributeName=name, AttributeValue=value
        )


TOPIC_SUBSCRIPTION = ResourceType(
    "aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    create="Subscribe",
    read="GetSubscriptionAttributes",
    delete="Unsubscribe",
    keys={"SubscriptionArn": "id"},
    id=("{SubscriptionArn}",),
    import_id=("{id}",),
    at="Attributes",
    names={"arn": "SubscriptionArn", "topic": "TopicArn", "ownerId": "Owner"},
    request=lambda props: {"Attributes": attributes(props, _SUBSCRIPTION, {}), "ReturnSubscriptionArn": True},
    replaces=frozenset({"endpoint", "protocol", "topic"}),
    defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
    absent={"deliveryPolicy": "", "filterPolicy": "{}", "redrivePolicy": ""},
    computed=frozenset({"filterPolicyScope"}),
    unread=frozenset({"confirmationTimeoutInMinutes", "endpointAutoConfirms"}),
    named="",
    facets=(Facet(inputs=frozenset(_SUBSCRIPTION), write=_write_subscription, created=True),),
)

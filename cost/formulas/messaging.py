"""Queues and topics: https://aws.amazon.com/sqs/pricing/, https://aws.amazon.com/sns/pricing/."""

from collections.abc import Iterator

from cost.charges import Charge, Formula, each
from cost.resources import Resource, Stack
from cost.tables import CostError
from cost.usage import Usage

FREE_DELIVERIES = {"sqs", "lambda", "firehose"}
DELIVERIES = {"email": "sns.email", "email-json": "sns.email", "http": "sns.http", "https": "sns.http"}


def _queue(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge("sqs.fifo-request" if one.inputs.get("fifoQueue") is True else "sqs.request", usage["queue.requests"])


def _subscription(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    protocol = str(one.inputs.get("protocol"))
    if protocol in DELIVERIES:
        yield Charge(DELIVERIES[protocol], usage["topic.messages"])
    elif protocol not in FREE_DELIVERIES:
        raise CostError(f"deliveries by {protocol} have no formula yet")


FORMULAS: dict[str, tuple[Formula, ...]] = {
    "aws:sqs/queue:Queue": (_queue,),
    "aws:sns/topic:Topic": (each("sns.publish", "topic.messages"),),
    "aws:sns/topicSubscription:TopicSubscription": (_subscription,),
}

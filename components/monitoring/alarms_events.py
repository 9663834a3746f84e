"""What is watched of what flows: queues and streams."""

from collections.abc import Sequence

from components.alarms import Alarm, Metric, Signal, signals_of
from components.eventing.archive import Archive
from components.eventing.dead_letters import DeadLetters
from components.eventing.queue import Queue


@signals_of.register
def _(part: DeadLetters) -> Sequence[Signal]:
    visible = Metric(
        namespace="AWS/SQS",
        name="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": part.name},
        statistic="Maximum",
    )
    return [
        Alarm(
            name=part.purpose + "-dead-letters",
            metric=visible,
            threshold=0,
            meaning=f"{part.name} holds messages that failed for the last time; it keeps them for 14 days.",
            first_step="Read one of its messages, without deleting it.",
            runbook="dead-letter-queues",
        )
    ]


@signals_of.register
def _(part: Queue) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html."""
    age = Metric(
        namespace="AWS/SQS",
        name="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": part.name},
        statistic="Maximum",
    )
    return [
        Alarm(
            name=f"{part.purpose}-late",
            metric=age,
            threshold=60 * 60,
            meaning=f"A message has waited for an hour among the {part.purpose}: they arrive faster than they are"
            " processed, or are not processed at all.",
            first_step="Look at the errors and throttles of the function that reads the queue.",
            runbook="queues",
        ),
    ]


@signals_of.register
def _(part: Archive) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html."""
    age = Metric(
        namespace="AWS/Lambda",
        name="IteratorAge",
        dimensions={"FunctionName": part.function.name},
        statistic="Maximum",
    )
    return [
        Alarm(
            name="archive-late",
            metric=age,
            threshold=60 * 60 * 1000,
            meaning="Posts left the table an hour ago and are not archived; the stream forgets them after 24.",
            first_step="Look at the errors and throttles of archive-posts; one bad record holds up its shard.",
            runbook="archive",
        )
    ]

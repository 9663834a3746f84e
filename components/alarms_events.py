"""What is watched of what flows: queues and streams."""

from collections.abc import Sequence

from components.alarms import Alarm, Metric, Signal, signals_of
from components.archive import Archive
from components.dead_letters import DeadLetters


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
            meaning=f"{part.name} holds what failed for the last time, for 14 days: look, mend, send it again.",
        )
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
        )
    ]

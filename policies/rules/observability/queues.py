"""Alarms on queues."""

from collections.abc import Iterator

from policies.record import Resource
from policies.rules.resilience.queues import QUEUE, dead_letters
from policies.rules.rule import Example, stack_rule
from policies.stack import Stack

ALARM, DLQ_METRIC = "aws:cloudwatch/metricAlarm:MetricAlarm", "ApproximateNumberOfMessagesVisible"


@stack_rule(
    "sqs-dlq-alarm",
    types=("aws:sqs/queue:Queue", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    promise="logging-observability",
    severity="medium",
    env="prod-only",
    fix="Add an alarm on ApproximateNumberOfMessagesVisible with the dimension QueueName of the dead-letter queue.",
    good=(
        Example(
            {},
            type=QUEUE,
            depends={"redrivePolicy": ("dead",)},
            others=(
                Example({"name": "dead"}, type=QUEUE, name="dead"),
                Example({"metricName": DLQ_METRIC, "dimensions": {"QueueName": "dead"}}, type=ALARM, name="alarm"),
            ),
        ),
        Example({}, type=QUEUE),
    ),
    bad=(
        Example(
            {"name": "jobs"},
            type=QUEUE,
            depends={"redrivePolicy": ("dead",)},
            others=(Example({"name": "dead"}, type=QUEUE, name="dead"),),
        ),
    ),
    unknown_is_fine="Which queue takes the dead letters is told by the dependency when the ARN is unknown.",
)
def sqs_dlq_alarm(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Somebody hears of a dead letter."""
    dead = dead_letters(stack)
    alarms = [one for one in stack.of(ALARM) if one.props.values.get("metricName") == DLQ_METRIC]
    for queue in stack.of(QUEUE):
        name = queue.props.values.get("name")
        watched = any(
            stack.refers(alarm, "dimensions", queue) or (name and name in alarm.props.mapping("dimensions").values())
            for alarm in alarms
        )
        if queue.urn in dead and not watched:
            yield queue, f"no alarm watches {DLQ_METRIC} of the dead-letter queue"

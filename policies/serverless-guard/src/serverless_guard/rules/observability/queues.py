"""Alarms on queues."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.observability.alarms import ALARM, unwatched
from serverless_guard.rules.resilience.queues import QUEUE, dead_letters
from serverless_guard.rules.rule import Example, stack_rule

DLQ_METRIC = "ApproximateNumberOfMessagesVisible"


@stack_rule(
    "sqs-dlq-alarm",
    title="SQS dead-letter queues have a CloudWatch alarm on visible messages",
    types=("aws:sqs/queue:Queue", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    category="logging-observability",
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
            finds=(("dead", "no alarm watches ApproximateNumberOfMessagesVisible of the dead-letter queue"),),
            type=QUEUE,
            depends={"redrivePolicy": ("dead",)},
            others=(Example({"name": "dead"}, type=QUEUE, name="dead"),),
        ),
    ),
    unknown_passes_because="Which queue takes the dead letters is told by the dependency when the ARN is unknown.",
)
def sqs_dlq_alarm(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Somebody hears of a dead letter."""
    dead = dead_letters(stack)
    for queue in unwatched(stack, (DLQ_METRIC,), QUEUE):
        if queue.urn in dead:
            yield queue, f"no alarm watches {DLQ_METRIC} of the dead-letter queue"

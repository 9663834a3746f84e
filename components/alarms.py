"""What is watched of each kind of part: its signals as data, with the thresholds and the reasons for them.

One bad minute raises most alarms (1 of 5), and five good ones end them, so that they neither wait nor flap. Slowness
has to last (3 of 5): one slow call is no incident. No data mean no calls, so they count as good.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch

import pulumi

from components.archive import Archive
from components.backup import Backup
from components.dead_letters import DeadLetters
from components.function import Function
from components.http_api import HttpApi
from components.table import Table


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One line of numbers.

    Attributes:
        namespace: Whose metric it is, such as `AWS/Lambda`.
        name: Its name there.
        dimensions: What it is the metric of.
        statistic: How the values of a minute become one: Sum, Average, Minimum, Maximum, or a percentile such as p99.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    statistic: str = "Sum"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A metric that somebody has to hear of.

    Attributes:
        name: Its name below the deployment's prefix.
        metric: What it looks at, minute by minute.
        threshold: The last value that is good.
        meaning: What has happened then, and where to look.
        below: Whether values below the threshold are bad, rather than those above.
        minutes: How many of five minutes have to be bad.
    """

    name: str
    metric: Metric
    threshold: float
    meaning: str
    below: bool = False
    minutes: int = 1


@dataclass(frozen=True, kw_only=True)
class Faults:
    """The faults that the functions of the API count themselves, because they answer 500 instead of failing.

    Attributes:
        namespace: The functions' POWERTOOLS_METRICS_NAMESPACE.
        service: Their POWERTOOLS_SERVICE_NAME.
    """

    namespace: str
    service: str


OPERATIONS = ("GetItem", "PutItem", "Query", "UpdateItem")
"""What functions ask of the table most: DynamoDB counts its own errors by operation, and each alarm has a price."""

type Signal = Alarm | Metric
"""What the dashboard shows of a part; an alarm calls somebody besides."""


@singledispatch
def signals_of(part: object) -> Sequence[Signal]:
    """What is watched of a part.

    Raises:
        TypeError: Nothing is known of parts of this kind.
    """
    raise TypeError(
        f"nothing is known of what to watch of a {type(part).__name__}: register it in components/alarms.py"
    )


@signals_of.register
def _(_part: None) -> Sequence[Signal]:
    """A part that the stack does without."""
    return []


@signals_of.register
def _(part: Function) -> Sequence[Signal]:
    """Errors are invocations that broke off; a timeout is one of them.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """

    def metric(name: str, statistic: str = "Sum") -> Metric:
        return Metric(namespace="AWS/Lambda", name=name, dimensions={"FunctionName": part.name}, statistic=statistic)

    short = part.module.replace("_", "-")
    signals: list[Signal] = [
        metric("Invocations"),
        Alarm(
            name=f"{short}-errors",
            metric=metric("Errors"),
            threshold=0,
            meaning=f"{part.name} crashed or ran out of time; its log group has the traceback.",
        ),
        Alarm(
            name=f"{short}-throttles",
            metric=metric("Throttles"),
            threshold=0,
            meaning=f"{part.name} was refused instances: the account's or its own concurrency is used up.",
        ),
        Alarm(
            name=f"{short}-duration",
            metric=metric("Duration", "p99"),
            threshold=part.timeout * 1000 * 0.8,
            minutes=3,
            meaning=f"One in a hundred calls of {part.name} takes 80 % of its {part.timeout} s: timeouts are next.",
        ),
    ]
    if part.keeps_failures:
        signals += [
            Alarm(
                name=f"{short}-events-dropped",
                metric=metric("AsyncEventsDropped"),
                threshold=0,
                meaning=f"Events for {part.name} were given up after their retries; its failure destination has them.",
            ),
            Alarm(
                name=f"{short}-failures-lost",
                metric=metric("DestinationDeliveryFailures"),
                threshold=0,
                meaning=f"Failed events of {part.name} did not reach its failure destination: they are lost.",
            ),
        ]
    return signals


@signals_of.register
def _(part: Faults) -> Sequence[Signal]:
    metric = Metric(namespace=part.namespace, name="Fault", dimensions={"service": part.service})
    return [
        Alarm(
            name="faults",
            metric=metric,
            threshold=0,
            meaning="A function of the API answered 500 to an exception that it did not expect; search its log for it.",
        )
    ]


@signals_of.register
def _(part: HttpApi) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html."""

    def metric(name: str, statistic: str = "Sum") -> Metric:
        return Metric(namespace="AWS/ApiGateway", name=name, dimensions={"ApiId": part.id}, statistic=statistic)

    return [
        metric("Count"),
        metric("4xx"),
        Alarm(
            name="api-5xx",
            metric=metric("5xx"),
            threshold=0,
            meaning="The API answered 5xx; the access log says to which route, the function's log why.",
        ),
        Alarm(
            name="api-latency",
            metric=metric("Latency", "p99"),
            threshold=3000,
            minutes=3,
            meaning="One in a hundred answers of the API takes more than 3 s; its traces say where the time goes.",
        ),
    ]


@signals_of.register
def _(part: Table) -> Sequence[Signal]:
    """Throttles are of the table and of each of its indexes, which have numbers of their own.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    """

    def metric(name: str, **dimensions: str) -> Metric:
        return Metric(namespace="AWS/DynamoDB", name=name, dimensions={"TableName": part.name, **dimensions})

    throttles = [
        Alarm(
            name=f"table-{side.lower()}-throttles{index and f'-{index.lower()}'}",
            metric=metric(f"{side}ThrottleEvents", **({"GlobalSecondaryIndexName": index} if index else {})),
            threshold=0,
            meaning=f"{side}s of {index or 'the table'} were throttled: too many at once, or on one key.",
        )
        for side in ("Read", "Write")
        for index in ("", *part.indexes)
    ]
    errors = [
        Alarm(
            name=f"table-system-errors-{operation.lower()}",
            metric=metric("SystemErrors", Operation=operation),
            threshold=0,
            meaning=f"DynamoDB failed on {operation} by itself; the functions retry. See the AWS health dashboard.",
        )
        for operation in OPERATIONS
    ]
    return [metric("ConsumedReadCapacityUnits"), metric("ConsumedWriteCapacityUnits"), *throttles, *errors]


@signals_of.register
def _(part: Backup) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html."""

    def metric(name: str) -> Metric:
        return Metric(namespace="AWS/Backup", name=name, dimensions={"BackupVaultName": part.vault_name})

    return [
        metric("NumberOfBackupJobsCompleted"),
        Alarm(
            name="backup-failed",
            metric=metric("NumberOfBackupJobsFailed"),
            threshold=0,
            meaning="A daily backup failed; AWS Backup shows the job with its reason. The next one is a day away.",
        ),
    ]


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

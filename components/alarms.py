"""Alarms as data: metrics with thresholds. `alarms_*.py` say which of them each kind of part has.

One bad minute raises most alarms (1 of 5), and five good ones end them, so that they neither wait nor flap. Slowness
has to last (3 of 5): one slow call is no incident. No data mean no calls, so they count as good.

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch

import pulumi


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
        meaning: What has happened then.
        first_step: What to do first, as a sentence.
        runbook: The heading of docs/runbooks/alarms.md that goes on from there, as it stands in a link (`#queues`).
        below: Whether values below the threshold are bad, rather than those above.
        minutes: How many of five minutes have to be bad.
    """

    name: str
    metric: Metric
    threshold: float
    meaning: str
    first_step: str
    runbook: str
    below: bool = False
    minutes: int = 1

    def description(self, runbooks: str) -> str:
        """Build the text that people receive with the alarm.

        Args:
            runbooks: URL of the folder with the runbooks, without a slash at the end.
        """
        return describe(self.meaning, self.first_step, self.runbook, runbooks)


def describe(meaning: str, first_step: str, runbook: str, runbooks: str) -> str:
    """Build the text of an alarm: what has happened, the first step, and a link to the runbook.

    CloudWatch takes 1,024 characters:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html.
    """
    return f"{meaning} First: {first_step} Runbook: {runbooks.rstrip('/')}/alarms.md#{runbook}"


@dataclass(frozen=True, kw_only=True)
class FunctionCounts:
    """The counts that functions write themselves: answers with 500, which are no errors to Lambda, and business counts.

    Attributes:
        namespace: The functions' POWERTOOLS_METRICS_NAMESPACE.
        service: Their POWERTOOLS_SERVICE_NAME.
    """

    namespace: str
    service: str


type Signal = Alarm | Metric
"""What the dashboard draws of a part; an alarm notifies people as well."""


@singledispatch
def signals_of(part: object) -> Sequence[Signal]:
    """What is watched of a part.

    Raises:
        TypeError: Nothing is known of parts of this kind.
    """
    raise TypeError(
        f"nothing is known of what to watch of a {type(part).__name__}: "
        "register it in components/monitoring/alarms_*.py"
    )


@signals_of.register
def _(_part: None) -> Sequence[Signal]:
    """A part that the stack does without."""
    return []

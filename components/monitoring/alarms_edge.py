"""What is watched of the edge: distributions."""

from collections.abc import Sequence

from components.alarms import Alarm, Metric, Signal, signals_of
from components.edge.cdn import Cdn

FAILED_PERCENT = 5
"""Of a minute's answers; single failures are of viewers who went away."""


@signals_of.register
def _(part: Cdn) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html."""

    def metric(name: str, statistic: str = "Sum") -> Metric:
        dimensions = {"DistributionId": part.id, "Region": "Global"}
        return Metric(namespace="AWS/CloudFront", name=name, dimensions=dimensions, statistic=statistic)

    return [
        metric("Requests"),
        Alarm(
            name="cdn-5xx",
            metric=metric("5xxErrorRate", "Average"),
            threshold=FAILED_PERCENT,
            meaning="CloudFront answers viewers with errors: an origin fails or is out of reach.",
            first_step="Look whether the alarms of the API are on as well: then it is the API, otherwise the bucket.",
            runbook="site",
            minutes=3,
        ),
    ]

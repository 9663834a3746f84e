"""What the functions tell their operators: structured logs with correlation ids, and counts."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from blog.env import ENV

logger = Logger(service=ENV.service, level=ENV.log_level, utc=True)
_metrics = Metrics(service=ENV.service, namespace=ENV.namespace)


def count(name: str, many: int = 1) -> None:
    """Add to a metric: it is written to the log at once, from where CloudWatch takes it."""
    _metrics.add_metric(name=name, unit=MetricUnit.Count, value=many)
    _metrics.flush_metrics()

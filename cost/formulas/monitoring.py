"""CloudWatch and X-Ray: https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/xray/pricing/."""

import json
from collections.abc import Iterator

from cost.charges import SECONDS, Charge, Formula, each, is_first
from cost.formulas.compute import FUNCTION
from cost.resources import Resource, Stack
from cost.usage import Usage
from cost.values import as_block, as_items

SAMPLED_SHARE = 0.05
"""By X-Ray's default rule: the first request of each second, and 5 % of what exceeds it,
https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html."""

STORED_SHARE = 0.15
"""What is stored of a log, as CloudWatch compresses it."""

HIGH_RESOLUTION_SECONDS = 60
BAND_METRICS = 3
"""An alarm on an anomaly watches the metric and both ends of its band."""

FREE_DASHBOARD_METRICS = 50
"""How many metrics a dashboard of the free tier shows at most."""

SCALING_ALARMS = {"dynamodb": 4}
"""Alarms that a target tracking policy makes, by service: DynamoDB has two for what is used and two for what is
provisioned, others have two in all,
https://docs.aws.amazon.com/autoscaling/application/userguide/monitoring-cloudwatch.html."""


def _alarm(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    """An alarm costs by the metrics that it watches."""
    queries = [as_block(query) for query in one.items("metricQueries")]
    metrics = [as_block(query.get("metric")) for query in queries if query.get("metric")]
    periods = [metric.get("period") for metric in metrics] or [one.inputs.get("period")]
    fast = any(isinstance(period, (int, float)) and period < HIGH_RESOLUTION_SECONDS for period in periods)
    band = BAND_METRICS if one.inputs.get("thresholdMetricId") else 1
    yield Charge("cloudwatch.fast-alarm" if fast else "cloudwatch.alarm", max(1, len(metrics)) * band)


def _dashboard(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    """A dashboard costs the same whatever it shows, but a large one is never free."""
    try:
        body: object = json.loads(str(one.inputs.get("dashboardBody")))
    except ValueError:
        body = None  # not known yet
    widgets = [as_block(as_block(widget).get("properties")) for widget in as_items(as_block(body).get("widgets"))]
    metrics = sum(len(as_items(properties.get("metrics"))) for properties in widgets)
    yield Charge("cloudwatch.dashboard" if metrics <= FREE_DASHBOARD_METRICS else "cloudwatch.large-dashboard", 1)


def _scaling_policy(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    if one.inputs.get("policyType") == "TargetTrackingScaling":
        yield Charge("cloudwatch.alarm", SCALING_ALARMS.get(str(one.inputs.get("serviceNamespace")), 2))


def _log_group(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    """Kept logs grow until the first ones are deleted; those that are never deleted are taken as a year's."""
    months = (one.number("retentionInDays") or 365) * 12 / 365
    infrequent = "-infrequent" if one.inputs.get("logGroupClass") == "INFREQUENT_ACCESS" else ""
    yield Charge(f"cloudwatch.log-gb{infrequent}", usage["log.gb"])
    yield Charge("cloudwatch.log-gb-month", usage["log.gb"] * STORED_SHARE * months)


def _traces(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    """Once a stack, for sampling counts its requests together."""
    traced = [each for each in stack.of_type(FUNCTION) if each.block("tracingConfig").get("mode") == "Active"]
    if is_first(one, traced):
        requests = usage["traces.requests"]
        sampled = min(requests, SECONDS) + SAMPLED_SHARE * max(0, requests - SECONDS)
        yield Charge("xray.recorded", sampled, once="traces")
        yield Charge("xray.retrieved", usage["traces.retrieved"], once="traces")


def _custom_metrics(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    """Metrics that functions write into their logs, once a stack."""
    if is_first(one, stack.of_type(FUNCTION)):
        yield Charge("cloudwatch.metric", usage["metrics.custom"], once="custom metrics")


FORMULAS: dict[str, tuple[Formula, ...]] = {
    FUNCTION: (_traces, _custom_metrics),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (_alarm,),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": (each("cloudwatch.composite-alarm"),),
    "aws:cloudwatch/dashboard:Dashboard": (_dashboard,),
    "aws:cloudwatch/logGroup:LogGroup": (_log_group,),
    "aws:appautoscaling/policy:Policy": (_scaling_policy,),
}

"""What is watched of what is called: functions and APIs."""

from collections.abc import Mapping, Sequence

import pulumi

from components.alarms import Alarm, FunctionCounts, Metric, Signal, signals_of
from components.api.http_api import HttpApi
from components.api.rest_api import RestApi
from components.compute.function import Function
from components.monitoring.panels import USERS


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
            meaning=f"{part.name} failed or timed out.",
            first_step=f"Read the newest errors in the log group {part.log_group}.",
            runbook="functions",
        ),
        Alarm(
            name=f"{short}-throttles",
            metric=metric("Throttles"),
            threshold=0,
            meaning=f"{part.name} was throttled: the concurrency of the account or of the function is used up.",
            first_step="Compare ConcurrentExecutions with the quota of the account in the console of Lambda.",
            runbook="functions",
        ),
        Alarm(
            name=f"{short}-duration",
            metric=metric("Duration", "p99"),
            threshold=part.timeout * 1000 * 0.8,
            minutes=3,
            meaning=f"One in a hundred calls of {part.name} takes 80 % of its {part.timeout} s: timeouts are next.",
            first_step="Open the slowest traces of the function in X-Ray to see which call takes the time.",
            runbook="functions",
        ),
    ]
    if part.keeps_failures:
        signals += [
            Alarm(
                name=f"{short}-events-dropped",
                metric=metric("AsyncEventsDropped"),
                threshold=0,
                meaning=f"Events for {part.name} were given up after their retries; its failure destination has them.",
                first_step="Read one message of its dead-letter queue: responsePayload has the error.",
                runbook="functions",
            ),
            Alarm(
                name=f"{short}-failures-lost",
                metric=metric("DestinationDeliveryFailures"),
                threshold=0,
                meaning=f"Failed events of {part.name} did not reach its failure destination: they are lost.",
                first_step="Check the role's sqs:SendMessage and the policy of the dead-letter queue.",
                runbook="functions",
            ),
        ]
    return signals


@signals_of.register
def _(part: FunctionCounts) -> Sequence[Signal]:
    """The counts of the functions: faults, and what the business counts."""

    def metric(name: str) -> Metric:
        return Metric(namespace=part.namespace, name=name, dimensions={"service": part.service})

    return [
        *(metric(name) for name in USERS["Business counts"]),
        Alarm(
            name="faults",
            metric=metric("Fault"),
            threshold=0,
            meaning="A function of the API answered 500 to an exception that it did not expect.",
            first_step="Search the logs of the functions of the API for level ERROR.",
            runbook="api",
        ),
    ]


@signals_of.register
def _(part: HttpApi) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html."""
    dimensions = {"ApiId": part.id}
    return [_of_api("4xx", dimensions), *_api_alarms("5xx", dimensions)]


@signals_of.register
def _(part: RestApi) -> Sequence[Signal]:
    """Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html."""
    dimensions = {"ApiName": part.name, "Stage": part.stage}
    kept = [_of_api(name, dimensions) for name in ("CacheHitCount", "CacheMissCount")] if part.cached else []
    return [_of_api("4XXError", dimensions), *kept, *_api_alarms("5XXError", dimensions)]


type Dimensions = Mapping[str, pulumi.Input[str]]


def _of_api(name: str, dimensions: Dimensions, statistic: str = "Sum") -> Metric:
    return Metric(namespace="AWS/ApiGateway", name=name, dimensions=dimensions, statistic=statistic)


def _api_alarms(failures: str, dimensions: Dimensions) -> list[Signal]:
    """What is watched of both kinds of API, by the name that each has for its answers with 5xx."""
    return [
        _of_api("Count", dimensions),
        Alarm(
            name="api-5xx",
            metric=_of_api(failures, dimensions),
            threshold=0,
            meaning="The API answered 5xx.",
            first_step="Read in the access log which route and status, then the log of that route's function.",
            runbook="api",
        ),
        Alarm(
            name="api-latency",
            metric=_of_api("Latency", dimensions, "p99"),
            threshold=3000,
            minutes=3,
            meaning="One in a hundred answers of the API takes more than 3 s.",
            first_step="Open the slowest traces of the API in X-Ray to see where the time goes.",
            runbook="api",
        ),
    ]

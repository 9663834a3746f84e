"""What is watched of what is called: functions and APIs."""

from collections.abc import Mapping, Sequence

import pulumi

from components.alarms import Alarm, Faults, Metric, Signal, signals_of
from components.api.http_api import HttpApi
from components.api.rest_api import RestApi
from components.compute.function import Function


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
            meaning="The API answered 5xx; the access log says to which route, the function's log why.",
        ),
        Alarm(
            name="api-latency",
            metric=_of_api("Latency", dimensions, "p99"),
            threshold=3000,
            minutes=3,
            meaning="One in a hundred answers of the API takes more than 3 s; its traces say where the time goes.",
        ),
    ]

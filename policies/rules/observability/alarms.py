"""Alarms: that they exist on functions and APIs, and that somebody hears them."""

import json
import re
from collections.abc import Iterator

from policies.record import Resource
from policies.rules.rule import Example, stack_rule
from policies.stack import Stack

ALARM, COMPOSITE = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:alarms"
FUNCTION = "aws:lambda/function:Function"
APIS = ("aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi")
FAILURES = ("5xx", "5XXError")


def _watches(stack: Stack, alarm: Resource, metric: str, resource: Resource) -> bool:
    """Tell whether an alarm, or a query of its metric math, is on a metric of a resource."""
    metrics = {str(alarm.props.values.get("metricName"))}
    queries = alarm.props.values.get("metricQueries")
    text = json.dumps(queries, default=str) if queries else ""
    if metric not in metrics and f'"{metric}"' not in text:
        return False
    if stack.refers(alarm, "dimensions", resource) or stack.refers(alarm, "metricQueries", resource):
        return True
    name = resource.props.values.get("name")
    dimensions = json.dumps(dict(alarm.props.mapping("dimensions")), default=str) + text
    return isinstance(name, str) and json.dumps(name) in dimensions


def _alarms(stack: Stack, resource: Resource) -> list[Resource]:
    """Give all alarms, those that point at a resource first: mostly one of them is meant."""
    return [*stack.referring(resource, "dimensions", ALARM), *stack.of(ALARM)]


def _alarm(metric: str, name: str) -> Example:
    return Example({"metricName": metric, "dimensions": {"FunctionName": "f"}}, type=ALARM, name=name)


@stack_rule(
    "lambda-error-alarm",
    types=("aws:lambda/function:Function", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    promise="logging-observability",
    severity="medium",
    env="prod-only",
    fix="Add an alarm on Errors and one on Throttles with the dimension FunctionName.",
    good=(Example({"name": "f"}, others=(_alarm("Errors", "errors"), _alarm("Throttles", "throttles"))),),
    bad=(Example({"name": "f"}), Example({"name": "f"}, others=(_alarm("Errors", "errors"),))),
)
def lambda_error_alarm(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when a function fails or is throttled."""
    for function in stack.of(FUNCTION):
        alarms = _alarms(stack, function)
        for metric in ("Errors", "Throttles"):
            if not any(_watches(stack, alarm, metric, function) for alarm in alarms):
                yield function, f"no alarm watches the function's {metric}"


@stack_rule(
    "api-5xx-alarm",
    types=("aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    promise="logging-observability",
    severity="medium",
    env="prod-only",
    fix="Add an alarm on 5xx with the dimension ApiId; for a REST API on 5XXError with ApiName.",
    good=(
        Example(
            {}, others=(Example({"metricName": "5xx"}, type=ALARM, name="a", depends={"dimensions": ("subject",)}),)
        ),
        Example(
            {"name": "blog"},
            type=APIS[1],
            others=(Example({"metricName": "5XXError", "dimensions": {"ApiName": "blog"}}, type=ALARM, name="a"),),
        ),
    ),
    bad=(Example({}), Example({}, others=(Example({"metricName": "4xx"}, type=ALARM, name="a"),))),
)
def api_5xx_alarm(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when an API fails."""
    alarms = tuple(stack.of(ALARM))
    for api in stack.of(*APIS):
        if not any(_watches(stack, alarm, metric, api) for alarm in alarms for metric in FAILURES):
            yield api, "no alarm watches the API's 5xx"


TABLE = "aws:dynamodb/table:Table"
THROTTLES = ("ThrottledRequests", "ReadThrottleEvents", "WriteThrottleEvents")


@stack_rule(
    "dynamodb-throttle-alarm",
    types=(TABLE, ALARM),
    promise="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    fix="Add an alarm on ReadThrottleEvents and one on WriteThrottleEvents with the dimension TableName.",
    good=(
        Example(
            {"name": "blog"},
            others=(Example({"metricName": "WriteThrottleEvents", "dimensions": {"TableName": "blog"}}, ALARM, "a"),),
        ),
    ),
    bad=(Example({"name": "blog"}), Example({}, others=(Example({"metricName": "WriteThrottleEvents"}, ALARM, "a"),))),
)
def dynamodb_throttle_alarm(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when a table refuses requests."""
    for table in stack.of(TABLE):
        if not any(_watches(stack, alarm, metric, table) for alarm in _alarms(stack, table) for metric in THROTTLES):
            yield table, "no alarm watches the requests that the table refuses"


def _heard(alarm: Resource) -> bool:
    return alarm.props.has("alarmActions") and alarm.props.flag("actionsEnabled") is not False


def _spoken_for(stack: Stack, alarm: Resource) -> bool:
    """Tell whether a composite alarm that somebody hears depends on an alarm."""
    name = alarm.props.values.get("name")
    for composite in filter(_heard, stack.of(COMPOSITE)):
        rule = composite.props.values.get("alarmRule")
        named = isinstance(name, str) and isinstance(rule, str) and re.search(rf"[(:\"]{re.escape(name)}[)\"]", rule)
        if named or stack.refers(composite, "alarmRule", alarm):
            return True
    return False


@stack_rule(
    "alarm-actions-enabled",
    types=(ALARM, COMPOSITE),
    promise="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:Nag-CloudWatchAlarmAction",
        "checkov:CKV_AWS_319",
    ),
    fix="Set alarmActions to a topic's ARN and leave actionsEnabled out, or do so for a composite alarm that names it.",
    good=(
        Example({"alarmActions": [TOPIC_ARN]}),
        Example(
            {"name": "a-5xx"},
            others=(Example({"alarmRule": 'ALARM("a-5xx")', "alarmActions": [TOPIC_ARN]}, type=COMPOSITE, name="a"),),
        ),
    ),
    bad=(
        Example({}),
        Example({"alarmActions": [TOPIC_ARN], "actionsEnabled": False}),
        Example({"name": "5xx"}, others=(Example({"alarmRule": 'ALARM("5xx")'}, type=COMPOSITE, name="a"),)),
        Example(
            {"name": "5xx"},
            others=(Example({"alarmRule": 'ALARM("a-5xx")', "alarmActions": [TOPIC_ARN]}, type=COMPOSITE, name="a"),),
        ),
    ),
    unknown_is_fine="An action that is unknown is the ARN of a topic that does not exist yet.",
)
def alarm_actions_enabled(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """An alarm tells somebody, by itself or by a composite alarm."""
    for alarm in stack.of(ALARM, COMPOSITE):
        if _heard(alarm) or _spoken_for(stack, alarm):
            continue
        if alarm.props.flag("actionsEnabled") is False:
            yield alarm, "actionsEnabled is false"
        if not alarm.props.has("alarmActions"):
            yield alarm, "alarmActions is not set"

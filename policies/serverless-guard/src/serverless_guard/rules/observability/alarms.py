"""Alarms: that they exist on functions and APIs, and that somebody hears them."""

import re
from collections.abc import Collection, Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource, strings
from serverless_guard.rules.rule import Example, stack_rule

ALARM, COMPOSITE = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"
TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:alarms"
FUNCTION = "aws:lambda/function:Function"
APIS = ("aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi")
FAILURES = ("5xx", "5XXError")
WEBSOCKET_FAILURES = ("ExecutionError", "IntegrationError")
"""API Gateway Developer Guide, "Monitor WebSocket API execution with CloudWatch metrics": there is no 5xx."""
FAILURE_ALARMS = {
    "WEBSOCKET": "Add an alarm on ExecutionError with the dimension ApiId.",
    APIS[1]: "Add an alarm on 5XXError with the dimension ApiName.",
}
"""What to do for APIs that are not HTTP APIs, by protocol or type."""
PATHS = ("dimensions", "metricQueries")
"""Where an alarm says what it is on."""
IN_RULE = re.compile(r'\(\s*"?(?:arn:[^")]*:alarm:)?([^")]+?)"?\s*\)')
"""An alarm in the rule of a composite one, by name or ARN. Source: CloudWatch API Reference, PutCompositeAlarm."""


def unwatched(stack: Program, metrics: Collection[str], *types: str) -> Iterator[Resource]:
    """Yield the resources of some types that no alarm is on for any of some metrics, alone or in metric math."""
    alarms = [one for one in stack.of(ALARM) if not _metrics(one).isdisjoint(metrics)]
    pointed = {id(one) for alarm in alarms for path in PATHS for one in stack.referred(alarm, path, *types)}
    named = {text for alarm in alarms for path in PATHS for text in strings(alarm.props.values.get(path))}
    unknown = [one for one in alarms if one.props.values.get("dimensions") is UNKNOWN]
    for resource in stack.of(*types):
        if id(resource) not in pointed and resource.props.known_text("name") not in named:
            if unknown:
                unknown[0].props.value("dimensions")  # cannot decide: it may be the alarm that is missed
            yield resource


def _metrics(alarm: Resource) -> frozenset[str]:
    return frozenset(strings([alarm.props.values.get("metricName"), alarm.props.values.get("metricQueries")]))


def _alarm(metric: str, name: str) -> Example:
    return Example({"metricName": metric, "dimensions": {"FunctionName": "f"}}, type=ALARM, name=name)


@stack_rule(
    "lambda-error-alarm",
    title="Lambda functions have CloudWatch alarms on errors and throttles",
    types=("aws:lambda/function:Function", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    category="logging-observability",
    severity="medium",
    env="prod-only",
    fix="Add an alarm on Errors and one on Throttles with the dimension FunctionName.",
    good=(Example({"name": "f"}, others=(_alarm("Errors", "errors"), _alarm("Throttles", "throttles"))),),
    bad=(
        Example(
            {"name": "f"},
            finds=(
                "no alarm watches the function's Errors",
                "no alarm watches the function's Throttles",
            ),
        ),
        Example(
            {"name": "f"}, finds=("no alarm watches the function's Throttles",), others=(_alarm("Errors", "errors"),)
        ),
    ),
)
def lambda_error_alarm(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when a function fails or is throttled."""
    for metric in ("Errors", "Throttles"):
        for function in unwatched(stack, (metric,), FUNCTION):
            yield function, f"no alarm watches the function's {metric}"


def _failure_alarm(api: Resource) -> str:
    """Say what to add for a WebSocket or REST API."""
    return FAILURE_ALARMS.get(api.props.known_text("protocolType") or api.type, "")


@stack_rule(
    "api-5xx-alarm",
    title="API Gateway APIs have a CloudWatch alarm on 5xx errors",
    types=("aws:apigatewayv2/api:Api", "aws:apigateway/restApi:RestApi", "aws:cloudwatch/metricAlarm:MetricAlarm"),
    category="logging-observability",
    severity="medium",
    env="prod-only",
    fix="Add an alarm on 5xx with the dimension ApiId.",
    fix_for=_failure_alarm,
    good=(
        Example(
            {"protocolType": "WEBSOCKET"},
            others=(
                Example({"metricName": "ExecutionError"}, type=ALARM, name="a", depends={"dimensions": ("subject",)}),
            ),
        ),
        Example(
            {}, others=(Example({"metricName": "5xx"}, type=ALARM, name="a", depends={"dimensions": ("subject",)}),)
        ),
        Example(
            {"name": "blog"},
            type=APIS[1],
            others=(Example({"metricName": "5XXError", "dimensions": {"ApiName": "blog"}}, type=ALARM, name="a"),),
        ),
        Example(
            {"name": "blog"},
            type=APIS[1],
            others=(
                Example(
                    {"metricQueries": [{"metric": {"metricName": "5XXError", "dimensions": {"ApiName": "blog"}}}]},
                    type=ALARM,
                    name="a",
                ),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("no alarm watches the API's 5xx",)),
        Example(
            {"protocolType": "WEBSOCKET"}, finds=("no alarm watches the API's ExecutionError or IntegrationError",)
        ),
        Example(
            {"protocolType": "WEBSOCKET"},
            finds=("no alarm watches the API's ExecutionError or IntegrationError",),
            others=(Example({"metricName": "5xx"}, type=ALARM, name="a", depends={"dimensions": ("subject",)}),),
        ),
        Example(
            {},
            finds=("no alarm watches the API's 5xx",),
            others=(Example({"metricName": "4xx"}, type=ALARM, name="a"),),
        ),
        Example(
            {"name": "blog"},
            finds=(("a", "cannot decide: dimensions is not known at preview"),),
            others=(Example({"metricName": "5xx", "dimensions": UNKNOWN}, type=ALARM, name="a"),),
        ),
        Example(
            {"name": "blog"},
            finds=("no alarm watches the API's 5xx",),
            others=(Example({"metricName": "5xx", "dimensions": {"ApiId": "shop"}}, type=ALARM, name="a"),),
        ),
        Example(
            {"name": "blog"},
            finds=(("a", "cannot decide: dimensions is not known at preview"),),
            others=(
                Example({"metricName": "5xx", "dimensions": {"ApiId": "shop"}}, type=ALARM, name="shop"),
                Example({"metricName": "5xx", "dimensions": UNKNOWN}, type=ALARM, name="a"),
            ),
        ),
    ),
)
def api_5xx_alarm(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when an API fails."""
    for api in unwatched(stack, FAILURES, *APIS):
        if api.props.text("protocolType") != "WEBSOCKET":
            yield api, "no alarm watches the API's 5xx"
    for api in unwatched(stack, WEBSOCKET_FAILURES, APIS[0]):
        if api.props.text("protocolType") == "WEBSOCKET":
            yield api, "no alarm watches the API's ExecutionError or IntegrationError"


TABLE = "aws:dynamodb/table:Table"
THROTTLES = ("ThrottledRequests", "ReadThrottleEvents", "WriteThrottleEvents")


@stack_rule(
    "dynamodb-throttle-alarm",
    title="DynamoDB tables have a CloudWatch alarm on throttled requests",
    types=(TABLE, ALARM),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    fix="Add an alarm on ReadThrottleEvents and one on WriteThrottleEvents with the dimension TableName.",
    good=(
        Example(
            {"name": "blog"},
            others=(Example({"metricName": "WriteThrottleEvents", "dimensions": {"TableName": "blog"}}, ALARM, "a"),),
        ),
        Example(
            {"name": "blog"},
            others=(
                Example({"metricName": "ThrottledRequests", "dimensions": {"TableName": "blog"}}, type=ALARM, name="a"),
            ),
        ),
        Example(
            {"name": "blog"},
            others=(
                Example(
                    {"metricName": "ReadThrottleEvents", "dimensions": {"TableName": "blog"}}, type=ALARM, name="a"
                ),
            ),
        ),
    ),
    bad=(
        Example({"name": "blog"}, finds=("no alarm watches the requests that the table refuses",)),
        Example(
            {},
            finds=("no alarm watches the requests that the table refuses",),
            others=(Example({"metricName": "WriteThrottleEvents"}, ALARM, "a"),),
        ),
    ),
)
def dynamodb_throttle_alarm(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when a table refuses requests."""
    for table in unwatched(stack, THROTTLES, TABLE):
        yield table, "no alarm watches the requests that the table refuses"


def _heard(alarm: Resource) -> bool:
    return alarm.props.has("alarmActions") and alarm.props.flag("actionsEnabled") is not False


def _spoken_for(stack: Program) -> Iterator[Resource]:
    """Yield the alarms on which a composite alarm depends that somebody hears."""
    alarms = {one.props.known_text("name"): one for one in stack.of(ALARM, COMPOSITE)}
    for composite in filter(_heard, stack.of(COMPOSITE)):
        yield from stack.referred(composite, "alarmRule", ALARM, COMPOSITE)
        rule = composite.props.values.get("alarmRule")
        for found in IN_RULE.finditer(rule) if isinstance(rule, str) else ():
            if found[1] in alarms:
                yield alarms[found[1]]


@stack_rule(
    "alarm-actions-enabled",
    title="CloudWatch alarms have enabled alarm actions, directly or through a composite alarm",
    types=(ALARM, COMPOSITE),
    category="logging-observability",
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
        Example(
            {"name": "a-5xx"},
            others=(
                Example(
                    {
                        "alarmRule": "NOT OK(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a-5xx)",
                        "alarmActions": [TOPIC_ARN],
                    },
                    type=COMPOSITE,
                    name="a",
                ),
            ),
        ),
        Example(
            {},
            others=(
                Example(
                    {"alarmRule": UNKNOWN, "alarmActions": [TOPIC_ARN]},
                    type=COMPOSITE,
                    name="a",
                    depends={"alarmRule": ("subject",)},
                ),
            ),
        ),
        Example(
            {"name": "a-5xx", "alarmActions": [TOPIC_ARN]},
            others=(Example({"alarmRule": 'ALARM("b")', "alarmActions": [TOPIC_ARN]}, type=COMPOSITE, name="a"),),
        ),
    ),
    bad=(
        Example({}, finds=("alarmActions is not set",)),
        Example({"alarmActions": [TOPIC_ARN], "actionsEnabled": False}, finds=("actionsEnabled is false",)),
        Example(
            {"name": "5xx"},
            finds=(
                "alarmActions is not set",
                ("a", "alarmActions is not set"),
            ),
            others=(Example({"alarmRule": 'ALARM("5xx")'}, type=COMPOSITE, name="a"),),
        ),
        Example(
            {"name": "5xx"},
            finds=("alarmActions is not set",),
            others=(Example({"alarmRule": 'ALARM("a-5xx")', "alarmActions": [TOPIC_ARN]}, type=COMPOSITE, name="a"),),
        ),
        Example(
            {"name": "5xx"},
            finds=(
                "alarmActions is not set",
                ("a", "actionsEnabled is false"),
            ),
            others=(
                Example(
                    {"alarmRule": 'ALARM("5xx")', "alarmActions": [TOPIC_ARN], "actionsEnabled": False},
                    type=COMPOSITE,
                    name="a",
                ),
            ),
        ),
    ),
    unknown_passes_because="An action that is unknown is the ARN of a topic that does not exist yet.",
)
def alarm_actions_enabled(stack: Program) -> Iterator[tuple[Resource, str]]:
    """An alarm tells somebody, by itself or by a composite alarm."""
    spoken_for = {id(one) for one in _spoken_for(stack)}
    for alarm in stack.of(ALARM, COMPOSITE):
        if id(alarm) in spoken_for:
            continue
        if alarm.props.flag("actionsEnabled") is False:
            yield alarm, "actionsEnabled is false"
        if not alarm.props.has("alarmActions"):
            yield alarm, "alarmActions is not set"

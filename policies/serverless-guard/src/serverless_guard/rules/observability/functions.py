"""Traces and logs of functions and APIs."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import any_set, every, is_one_of, is_set
from serverless_guard.rules.remedies import by_type, sets, sets_to_option
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
LOGS_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:api"
JSON_FORMAT = json.dumps(
    {"requestId": "$context.requestId", "ip": "$context.identity.sourceIp", "status": "$context.status"}
)

lambda_tracing_active = Rule(
    id="lambda-tracing-active",
    types=("aws:lambda/function:Function",),
    category="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "compliance:aws-lambda-function-enable-tracing-config",
        "compliance:aws-lambda-function-configure-tracing-config",
        "cdk-nag:Serverless-LambdaTracing",
        "checkov:CKV_AWS_50",
        "trivy:AWS-0066",
        "trivy:AWS-0125",
        "fsbp:Lambda.7",
        "serverless-rules:WS1000",
        "serverless-rules:aws_lambda_function_tracing",
    ),
    title="Lambda functions have X-Ray active tracing enabled",
    rationale="A function's calls are traced.",
    fix="Set tracingConfig to {mode: Active}.",
    check=is_one_of("tracingConfig.mode", "Active"),
    good=(Example({"tracingConfig": {"mode": "Active"}}),),
    bad=(
        Example({}, finds=("tracingConfig.mode is not Active",)),
        Example({"tracingConfig": {"mode": "PassThrough"}}, finds=("tracingConfig.mode is PassThrough, not Active",)),
    ),
)


@stack_rule(
    "lambda-log-group-managed",
    title="Lambda functions have a CloudWatch log group with a retention period in the stack",
    types=(
        "aws:lambda/function:Function",
        "aws:cloudwatch/logGroup:LogGroup",
    ),
    category="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:Serverless-CloudWatchLogGroupRetentionPeriod",
        "serverless-rules:WS1004",
        "serverless-rules:aws_cloudwatch_log_group_lambda_retention",
    ),
    fix="Create a LogGroup named /aws/lambda/<function>, or name one in loggingConfig.logGroup, with retentionInDays.",
    good=(
        Example({"name": "f"}, others=(Example({"name": "/aws/lambda/f", "retentionInDays": 30}, type=LOG_GROUP),)),
        Example(
            {"loggingConfig": {"logGroup": UNKNOWN}},
            depends={"loggingConfig": ("logs",)},
            others=(Example({"retentionInDays": 30}, type=LOG_GROUP, name="logs"),),
        ),
        Example(
            {"loggingConfig": {"logGroup": "/blog/api"}},
            others=(Example({"name": "/blog/api", "retentionInDays": 30}, type=LOG_GROUP, name="logs"),),
        ),
    ),
    bad=(
        Example({"name": "f"}, finds=("the stack has no log group for the function",)),
        Example(
            {"name": "f"},
            finds=("the log group subject keeps logs for ever",),
            others=(Example({"name": "/aws/lambda/f"}, type=LOG_GROUP),),
        ),
        Example({}, finds=("the stack has no log group for the function",)),
    ),
)
def lambda_log_group_managed(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function's log group belongs to the stack, which decides how long it keeps logs."""
    by_name = {one.props.known_text("name"): one for one in stack.of(LOG_GROUP)}
    for function in stack.of("aws:lambda/function:Function"):
        named = by_name.get(f"/aws/lambda/{function.props.known_text('name')}")
        group = next(iter(stack.referred(function, "loggingConfig.logGroup", LOG_GROUP)), named)
        if group is None:
            yield function, "the stack has no log group for the function"
        elif not group.props.has("retentionInDays"):
            yield function, f"the log group {group.name} keeps logs for ever"


apigateway_access_logging = Rule(
    id="apigateway-access-logging",
    types=(
        "aws:apigateway/stage:Stage",
        "aws:apigatewayv2/stage:Stage",
    ),
    category="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "compliance:aws-apigatewayv2-stage-enable-access-logging",
        "compliance:aws-apigatewayv2-stage-configure-access-logging",
        "cdk-nag:AwsSolutions-APIG1",
        "cdk-nag:Serverless-APIGWAccessLogging",
        "checkov:CKV_AWS_76",
        "trivy:AWS-0001",
        "trivy:AWS-0113",
        "trivy:AWS-0116",
        "fsbp:APIGateway.9",
        "serverless-rules:ES2000",
        "serverless-rules:aws_apigatewayv2_stage_logging",
        "serverless-rules:aws_api_gateway_stage_logging",
    ),
    title="API Gateway stages have access logging enabled with a log format",
    rationale="An API logs who called it.",
    fix="Set accessLogSettings to a log group's ARN and a format.",
    check=every(is_set("accessLogSettings.destinationArn"), any_set("accessLogSettings.format")),
    good=(Example({"accessLogSettings": {"destinationArn": LOGS_ARN, "format": JSON_FORMAT}}),),
    bad=(
        Example(
            {},
            finds=(
                "accessLogSettings.destinationArn is not set",
                "accessLogSettings.format is not set",
            ),
        ),
        Example({"accessLogSettings": {"destinationArn": LOGS_ARN}}, finds=("accessLogSettings.format is not set",)),
        Example(
            {},
            finds=(
                "accessLogSettings.destinationArn is not set",
                "accessLogSettings.format is not set",
            ),
            type="aws:apigatewayv2/stage:Stage",
        ),
    ),
    unknown_passes_because="A destinationArn that is unknown is the ARN of a log group that does not exist yet.",
)


@resource_rule(
    "apigateway-structured-access-log",
    title="API Gateway access logs are JSON objects with the request ID, status and caller",
    types=(
        "aws:apigateway/stage:Stage",
        "aws:apigatewayv2/stage:Stage",
    ),
    category="logging-observability",
    severity="low",
    env="same",
    sources=(
        "cdk-nag:Serverless-APIGWStructuredLogging",
        "serverless-rules:WS2001",
        "serverless-rules:aws_apigatewayv2_stage_structured_logging",
        "serverless-rules:aws_api_gateway_stage_structured_logging",
    ),
    fix="Write the format as a JSON object of $context.requestId, $context.status and $context.identity.sourceIp.",
    good=(
        Example({"accessLogSettings": {"format": JSON_FORMAT}}),
        Example(
            {
                "accessLogSettings": {
                    "format": '{"id": "$context.requestId", "code": "$context.status", "by": "$context.authorizer.sub"}'
                }
            }
        ),
    ),
    bad=(
        Example({}, finds=("accessLogSettings.format is not a JSON object",)),
        Example(
            {"accessLogSettings": {"format": "$context.requestId $context.status"}},
            finds=("accessLogSettings.format is not a JSON object",),
        ),
        Example(
            {"accessLogSettings": {"format": '{"requestId": "$context.requestId"}'}},
            finds=(
                "accessLogSettings.format lacks $context.status",
                "accessLogSettings.format does not say who called ($context.identity.sourceIp)",
            ),
        ),
        Example(
            {"accessLogSettings": {"format": '{"status": "$context.status", "ip": "$context.identity.sourceIp"}'}},
            finds=("accessLogSettings.format lacks $context.requestId",),
            type="aws:apigatewayv2/stage:Stage",
        ),
    ),
)
def apigateway_structured_access_log(resource: Resource) -> Iterator[str]:
    """Access logs can be queried: JSON with the request, its status and who called."""
    try:
        fields: object = json.loads(resource.props.text("accessLogSettings.format") or "")
    except ValueError:
        fields = None
    if not isinstance(fields, Mapping):
        yield "accessLogSettings.format is not a JSON object"
        return
    values = {str(value) for value in cast("Mapping[str, object]", fields).values()}
    for needed in ("$context.requestId", "$context.status"):
        if needed not in values:
            yield f"accessLogSettings.format lacks {needed}"
    if not any(value.startswith(("$context.identity.", "$context.authorizer.")) for value in values):
        yield "accessLogSettings.format does not say who called ($context.identity.sourceIp)"


@resource_rule(
    "apigateway-data-trace-disabled",
    title="API Gateway stages have data trace logging disabled",
    types=(
        "aws:apigateway/methodSettings:MethodSettings",
        "aws:apigatewayv2/stage:Stage",
    ),
    category="logging-observability",
    severity="high",
    env="same",
    sources=("checkov:CKV_AWS_276",),
    fix="Leave dataTraceEnabled out.",
    remedy=by_type(
        apigatewayv2=sets("defaultRouteSettings.dataTraceEnabled", to=False),
        apigateway=sets("settings.dataTraceEnabled", to=False),
    ),
    good=(Example({"settings": {"dataTraceEnabled": False}}), Example({}, type="aws:apigatewayv2/stage:Stage")),
    bad=(
        Example({"settings": {"dataTraceEnabled": True}}, finds=("settings.dataTraceEnabled is true",)),
        Example(
            {"defaultRouteSettings": {"dataTraceEnabled": True}},
            finds=("defaultRouteSettings.dataTraceEnabled is true",),
            type="aws:apigatewayv2/stage:Stage",
        ),
    ),
)
def apigateway_data_trace_disabled(resource: Resource) -> Iterator[str]:
    """Bodies of requests and answers do not end in a log."""
    for path in ("settings.dataTraceEnabled", "defaultRouteSettings.dataTraceEnabled"):
        if resource.props.flag(path):
            yield f"{path} is true"


@resource_rule(
    "logs-retention",
    title="CloudWatch log groups have a retention period",
    types=("aws:cloudwatch/logGroup:LogGroup",),
    category="logging-observability",
    severity="medium",
    env="threshold-per-stack",
    sources=(
        "cdk-nag:Serverless-CloudWatchLogGroupRetentionPeriod",
        "checkov:CKV_AWS_66",
        "serverless-rules:WS1004",
        "serverless-rules:aws_cloudwatch_log_group_lambda_retention",
    ),
    fix="Set retentionInDays to the days that the logs are needed for.",
    remedy=sets_to_option("retentionInDays", option="maximumDays"),
    options={"maximumDays": Option(3653, "The longest time that a log group keeps logs, in days.", development=90)},
    good=(
        Example({"retentionInDays": 90}),
        Example({"retentionInDays": 14}, production=False),
        Example({"retentionInDays": 3653}),
        Example({"retentionInDays": 90}, production=False),
    ),
    bad=(
        Example({}, finds=("retentionInDays is not set: logs are kept for ever",)),
        Example({"retentionInDays": 0}, finds=("retentionInDays is not set: logs are kept for ever",)),
        Example(
            {"retentionInDays": 365}, finds=("retentionInDays is 365, above the maximum of 90 days",), production=False
        ),
        Example({"retentionInDays": 3654}, finds=("retentionInDays is 3654, above the maximum of 3653 days",)),
    ),
)
def logs_retention(resource: Resource) -> Iterator[str]:
    """A log group forgets: it keeps logs for as long as they are needed, not for ever."""
    days = resource.props.number("retentionInDays")
    most = resource.settings["maximumDays"]
    if not days:
        yield "retentionInDays is not set: logs are kept for ever"
    elif days > most:
        yield f"retentionInDays is {days:g}, above the maximum of {most} days"

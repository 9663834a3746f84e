"""Logs of APIs."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import cast

from serverless_guard import json_text
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_set, every, is_set
from serverless_guard.rules.remedies import by_type, sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
REST_STAGE, STAGE = "aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage"
API = "aws:apigatewayv2/api:Api"
LOGGED = {"ERROR", "INFO"}
OF_API = {"apiId": ("api",)}
WEBSOCKET_API = Example({"protocolType": "WEBSOCKET"}, type=API, name="api")
LOGS_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:api"
JSON_FORMAT = json.dumps(
    {"requestId": "$context.requestId", "ip": "$context.identity.sourceIp", "status": "$context.status"}
)


@stack_rule(
    "apigateway-execution-logging",
    title="API Gateway REST and WebSocket API stages have execution logging enabled",
    types=(
        "aws:apigateway/methodSettings:MethodSettings",
        "aws:apigateway/stage:Stage",
        "aws:apigatewayv2/stage:Stage",
    ),
    category="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-APIG6",
        "checkov:CKV2_AWS_4",
        "fsbp:APIGateway.1",
    ),
    fix='Add MethodSettings with methodPath "*/*" and settings.loggingLevel ERROR; for a WebSocket API set '
    "defaultRouteSettings.loggingLevel of its stage.",
    good=(
        Example(
            {},
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"loggingLevel": "ERROR"}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example({}, type=STAGE),
        Example(
            {"defaultRouteSettings": {"loggingLevel": "ERROR"}}, type=STAGE, depends=OF_API, others=(WEBSOCKET_API,)
        ),
        Example(
            {"defaultRouteSettings": {"loggingLevel": "OFF"}},
            type=STAGE,
            depends=OF_API,
            others=(Example({"protocolType": "HTTP"}, type=API, name="api"),),
        ),
        Example(
            {"defaultRouteSettings": {"loggingLevel": "INFO"}}, type=STAGE, depends=OF_API, others=(WEBSOCKET_API,)
        ),
        Example(
            {"stageName": "live"},
            type=REST_STAGE,
            others=(
                Example(
                    {"stageName": "live", "methodPath": "*/*", "settings": {"loggingLevel": "ERROR"}},
                    type=SETTINGS,
                    name="s",
                ),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("no MethodSettings of the stage set a loggingLevel for */*",), type=REST_STAGE),
        Example(
            {"defaultRouteSettings": {"loggingLevel": "OFF"}},
            finds=("defaultRouteSettings.loggingLevel is not ERROR or INFO",),
            type=STAGE,
            depends=OF_API,
            others=(WEBSOCKET_API,),
        ),
        Example(
            {},
            finds=("no MethodSettings of the stage set a loggingLevel for */*",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"loggingLevel": "OFF"}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            finds=("no MethodSettings of the stage set a loggingLevel for */*",),
            type=REST_STAGE,
            others=(Example({"methodPath": "*/*", "settings": {"loggingLevel": "ERROR"}}, type=SETTINGS, name="s"),),
        ),
        Example(
            {},
            finds=("no MethodSettings of the stage set a loggingLevel for */*",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "posts/GET", "settings": {"loggingLevel": "ERROR"}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
    ),
)
def apigateway_execution_logging(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A REST or WebSocket API logs what goes wrong inside of it. HTTP APIs have no such log."""
    by_name: defaultdict[str | None, list[Resource]] = defaultdict(list)
    for one in stack.of(SETTINGS):
        by_name[one.props.known_text("stageName")].append(one)
    for stage in stack.of(REST_STAGE):
        name = stage.props.known_text("stageName")
        settings = [*stack.referring(stage, "stageName", SETTINGS), *(by_name[name] if name else ())]
        whole = (one for one in settings if one.props.text("methodPath") == "*/*")
        if not any(one.props.text("settings.loggingLevel") in LOGGED for one in whole):
            yield stage, "no MethodSettings of the stage set a loggingLevel for */*"
    for api in (one for one in stack.of(API) if one.props.text("protocolType") == "WEBSOCKET"):
        for stage in stack.referring(api, "apiId", STAGE):
            if stage.props.text("defaultRouteSettings.loggingLevel") not in LOGGED:
                yield stage, "defaultRouteSettings.loggingLevel is not ERROR or INFO"


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
        fields = json_text.parse(resource.props.text("accessLogSettings.format") or "")
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

"""Traces of functions and APIs."""

from serverless_guard.rules.conditions import is_one_of, is_true
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule

apigateway_rest_xray = Rule(
    id="apigateway-rest-xray",
    types=("aws:apigateway/stage:Stage",),
    category="logging-observability",
    severity="low",
    env="same",
    sources=(
        "cdk-nag:Serverless-APIGWXrayEnabled",
        "checkov:CKV_AWS_73",
        "trivy:AWS-0003",
        "trivy:AWS-0111",
        "fsbp:APIGateway.3",
        "serverless-rules:WS2002",
        "serverless-rules:aws_api_gateway_stage_tracing",
    ),
    title="API Gateway REST API stages have X-Ray tracing enabled",
    rationale="A REST API's calls are traced.",
    fix="Set xrayTracingEnabled to true.",
    remedy=sets("xrayTracingEnabled", to=True),
    check=is_true("xrayTracingEnabled"),
    good=(Example({"xrayTracingEnabled": True}),),
    bad=(Example({}, finds=("xrayTracingEnabled is not true",)),),
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

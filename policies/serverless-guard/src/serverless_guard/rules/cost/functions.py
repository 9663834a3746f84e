"""Capacity and load that somebody decided on."""

from collections.abc import Iterator

from serverless_guard.record import Resource
from serverless_guard.rules.rule import Example, Option, resource_rule


@resource_rule(
    "lambda-memory-sized",
    title="Lambda functions set a memory size other than the default of 128 MB",
    types=("aws:lambda/function:Function",),
    category="cost",
    severity="low",
    env="same",
    sources=(
        "cdk-nag:Serverless-LambdaDefaultMemorySize",
        "serverless-rules:ES1005",
        "serverless-rules:aws_lambda_function_default_memory",
    ),
    fix="Measure the function (power tuning) and set memorySize, for example to 512.",
    good=(Example({"memorySize": 512}),),
    bad=(
        Example({}, finds=("memorySize is the default of 128 MB",)),
        Example({"memorySize": 128}, finds=("memorySize is the default of 128 MB",)),
    ),
)
def lambda_memory_sized(resource: Resource) -> Iterator[str]:
    """A function's memory was thought about: more of it is faster, and often not dearer."""
    memory = resource.props.number("memorySize")
    if memory is None or memory == 128:  # noqa: PLR2004  the default of Lambda
        yield "memorySize is the default of 128 MB"


@resource_rule(
    "apigateway-http-throttling",
    title="API Gateway HTTP API stages set throttling limits within the allowed maximum",
    types=("aws:apigatewayv2/stage:Stage",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    sources=(
        "cdk-nag:Serverless-APIGWDefaultThrottling",
        "serverless-rules:ES2003",
        "serverless-rules:aws_apigatewayv2_stage_throttling",
    ),
    fix="Set defaultRouteSettings to {throttlingRateLimit, throttlingBurstLimit}.",
    options={
        "maximumRate": Option(10000, "Most requests a second that a stage may let through."),
        "maximumBurst": Option(5000, "Most requests at once that a stage may let through."),
    },
    good=(
        Example({"defaultRouteSettings": {"throttlingRateLimit": 100, "throttlingBurstLimit": 50}}),
        Example({"defaultRouteSettings": {"throttlingRateLimit": 10000, "throttlingBurstLimit": 5000}}),
    ),
    bad=(
        Example(
            {},
            finds=(
                "defaultRouteSettings.throttlingRateLimit is not set",
                "defaultRouteSettings.throttlingBurstLimit is not set",
            ),
        ),
        Example(
            {"defaultRouteSettings": {"throttlingRateLimit": 100}},
            finds=("defaultRouteSettings.throttlingBurstLimit is not set",),
        ),
        Example(
            {"defaultRouteSettings": {"throttlingRateLimit": 0, "throttlingBurstLimit": 50}},
            finds=("defaultRouteSettings.throttlingRateLimit is not set",),
        ),
        Example(
            {"defaultRouteSettings": {"throttlingRateLimit": 50000, "throttlingBurstLimit": 50}},
            finds=("defaultRouteSettings.throttlingRateLimit is 50000, above the maximum of 10000",),
        ),
        Example(
            {"defaultRouteSettings": {"throttlingRateLimit": 100, "throttlingBurstLimit": 5001}},
            finds=("defaultRouteSettings.throttlingBurstLimit is 5001, above the maximum of 5000",),
        ),
    ),
)
def apigateway_http_throttling(resource: Resource) -> Iterator[str]:
    """An API lets through as many requests as the stack can pay for."""
    for path, option in (("throttlingRateLimit", "maximumRate"), ("throttlingBurstLimit", "maximumBurst")):
        limit = resource.props.number(f"defaultRouteSettings.{path}")
        most = resource.settings[option]
        if limit is None or limit <= 0:
            yield f"defaultRouteSettings.{path} is not set"
        elif limit > most:
            yield f"defaultRouteSettings.{path} is {limit:g}, above the maximum of {most}"

"""Runtimes, timeouts and second origins that somebody decided on."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import is_set, unless
from serverless_guard.rules.resilience.functions import NEWEST, newest_runtime
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

FUNCTION, INTEGRATION = "aws:lambda/function:Function", "aws:apigatewayv2/integration:Integration"
API_SECONDS = 30
"""Seconds after which an HTTP API answers by itself. API Gateway Developer Guide, "Quotas for HTTP APIs"."""
DEFAULT_SECONDS = 3
"""A function's timeout where none is set. Lambda Developer Guide, "Configure Lambda function timeout"."""


@resource_rule(
    "lambda-runtime-latest",
    title="Lambda functions use the latest runtime of their language or an accepted runtime",
    types=(FUNCTION,),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    sources=("cdk-nag:AwsSolutions-L1", "cdk-nag:Serverless-LambdaLatestVersion"),
    fix="Use the newest runtime of the family, for example python3.14.",
    fix_for=newest_runtime,
    options={"accepted": Option([], "Runtimes that are new enough beside the newest of each family.")},
    good=(
        Example({"runtime": "python3.14"}),
        Example({"packageType": "Image"}),
        Example({"runtime": "python3.13"}, settings={"accepted": ["python3.13"]}),
        Example({"packageType": "Image", "runtime": "python3.12"}),
        Example({"runtime": "nodejs24.x"}),
        Example({"runtime": "java25"}),
        Example({"runtime": "dotnet10"}),
        Example({"runtime": "ruby3.4"}),
        Example({"runtime": "provided.al2023"}),
        Example({}),
    ),
    bad=(
        Example({"runtime": "python3.12"}, finds=("the runtime python3.12 is not the newest of its family",)),
        Example({"runtime": "nodejs22.x"}, finds=("the runtime nodejs22.x is not the newest of its family",)),
    ),
)
def lambda_runtime_latest(resource: Resource) -> Iterator[str]:
    """A function runs on the newest runtime of its language, or on one that the stack names."""
    yield from unless(lambda one: one.props.text("packageType") == "Image", _runtime_behind)(resource)


def _runtime_behind(function: Resource) -> Iterator[str]:
    runtime = function.props.text("runtime")
    if runtime and runtime not in (*NEWEST.values(), *function.settings["accepted"]):
        yield f"the runtime {runtime} is not the newest of its family"


@stack_rule(
    "lambda-timeout-within-api-limit",
    title="Lambda functions behind API Gateway HTTP APIs time out no later than the integration",
    types=(FUNCTION, INTEGRATION),
    category="resilience",
    severity="medium",
    env="same",
    tier="extended",
    fix="Set the function's timeout to at most 30 seconds, and not above the integration's timeoutMilliseconds.",
    good=(
        Example({"timeout": 10}, others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),)),
        Example({"timeout": 300}),
        Example({}, others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),)),
        Example({"timeout": 30}, others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),)),
        Example(
            {},
            others=(
                Example({"timeoutMilliseconds": 3000}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),
            ),
        ),
    ),
    bad=(
        Example(
            {"timeout": 60},
            finds=("timeout is 60, above the 30 seconds that the API waits",),
            others=(Example({}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),),
        ),
        Example(
            {"timeout": 60},
            finds=("timeout is 60, above the 30 seconds that the API waits",),
            others=(
                Example({}, type="aws:lambda/alias:Alias", name="live", depends={"functionName": ("subject",)}),
                Example({}, type=INTEGRATION, depends={"integrationUri": ("live",)}),
            ),
        ),
        Example(
            {"timeout": 10},
            finds=("timeout is 10, above the 5 seconds that the API waits",),
            others=(
                Example({"timeoutMilliseconds": 5000}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),
            ),
        ),
        Example(
            {"timeout": 60},
            finds=("timeout is 60, above the 30 seconds that the API waits",),
            others=(
                Example({}, type=INTEGRATION, name="i", depends={"integrationUri": ("subject",)}),
                Example({}, type=INTEGRATION, name="j", depends={"integrationUri": ("subject",)}),
            ),
        ),
        Example(
            {},
            finds=("timeout is 3, above the 2 seconds that the API waits",),
            others=(
                Example({"timeoutMilliseconds": 2000}, type=INTEGRATION, depends={"integrationUri": ("subject",)}),
            ),
        ),
    ),
)
def lambda_timeout_within_api_limit(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A function does not go on working when its caller has been told that it failed."""
    for function in stack.of(FUNCTION):
        for integration in stack.referring(function, "integrationUri", INTEGRATION):
            limit = min(API_SECONDS, (integration.props.number("timeoutMilliseconds") or API_SECONDS * 1000) / 1000)
            timeout = function.props.number("timeout") or DEFAULT_SECONDS
            if timeout > limit:
                yield function, f"timeout is {timeout:g}, above the {limit:g} seconds that the API waits"
                break


cloudfront_origin_failover = Rule(
    id="cloudfront-origin-failover",
    types=("aws:cloudfront/distribution:Distribution",),
    category="resilience",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV_AWS_310", "fsbp:CloudFront.4"),
    title="CloudFront distributions have origin failover configured",
    rationale="A distribution has a second origin for when the first fails.",
    fix="Set originGroups to a primary and a secondary origin.",
    check=is_set("originGroups"),
    good=(Example({"originGroups": [{"originId": "both"}]}),),
    bad=(
        Example({}, finds=("originGroups is not set",)),
        Example({"originGroups": []}, finds=("originGroups is not set",)),
    ),
    unknown_passes_because="originGroups that are unknown are there all the same.",
)

"""Log groups that roles write to, and events that functions lose."""

from collections.abc import Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.least_privilege.iam_resources import DEPLOYERS
from serverless_guard.rules.rule import Example, resource_rule, stack_rule

LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:"


@resource_rule(
    "iam-lambda-logs-scoped",
    title="IAM policies do not allow creating log groups or writing to log groups by wildcard",
    types=(
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/role:Role",
    ),
    category="least-privilege",
    severity="medium",
    env="same",
    fix="Grant logs:CreateLogStream and logs:PutLogEvents on the function's own log group, which the stack creates.",
    options={"deployers": DEPLOYERS},
    good=(
        Example(policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{LOGS}/aws/lambda/f:*"))),
        Example(policy(allow("dynamodb:GetItem"))),
        Example(policy(allow("logs:CreateLogGroup", "*")), name="subject-deploy", settings={"deployers": ["subject"]}),
        Example(policy(allow("logs:PutLogEvents", f"{LOGS}/aws/lambda/f:log-stream:2026*"))),
    ),
    bad=(
        Example(
            policy(allow("logs:PutLogEvents", "*")),
            finds=("policy.Statement[0] allows writing to more than one log group",),
        ),
        Example(
            policy(allow("logs:PutLogEvents", f"{LOGS}/aws/lambda/*")),
            finds=("policy.Statement[0] allows writing to more than one log group",),
        ),
        Example(
            policy(allow("logs:CreateLogGroup", f"{LOGS}/aws/lambda/f:*")),
            finds=("policy.Statement[0] allows logs:CreateLogGroup: the group it creates keeps logs for ever",),
        ),
        Example(
            policy(allow("logs:CreateLogStream", [f"{LOGS}/aws/lambda/f:*", "*"])),
            finds=("policy.Statement[0] allows writing to more than one log group",),
        ),
        Example(
            {"inlinePolicies": [policy(allow("logs:PutLogEvents", "*"))]},
            finds=("inlinePolicies[0].policy.Statement[0] allows writing to more than one log group",),
            type="aws:iam/role:Role",
        ),
    ),
)
def iam_lambda_logs_scoped(resource: Resource) -> Iterator[str]:
    """A function writes to its own log group, and creates none; those who deploy create them, and are named."""
    if resource.name.startswith(tuple(resource.settings["deployers"])):
        return
    for document in policy_locations.identity(resource):
        for statement in document.allows():
            if statement.grants("logs:CreateLogGroup"):
                yield f"{statement.where} allows logs:CreateLogGroup: the group it creates keeps logs for ever"
            writes = statement.grants("logs:PutLogEvents") or statement.grants("logs:CreateLogStream")
            if writes and any(_several_groups(one) for one in statement.resources):
                yield f"{statement.where} allows writing to more than one log group"


def _several_groups(resource: str) -> bool:
    group = resource.partition(":log-group:")[2].removesuffix(":*").partition(":log-stream:")[0]
    return not group or "*" in group


ASYNCHRONOUS = ("sns.amazonaws.com", "s3.amazonaws.com", "events.amazonaws.com", "scheduler.amazonaws.com")


@stack_rule(
    "lambda-async-failure-destination",
    title="Lambda functions invoked asynchronously have an on-failure destination or dead-letter queue",
    types=(
        "aws:lambda/function:Function",
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    ),
    category="resilience",
    severity="high",
    env="prod-mandatory-dev-advisory",
    sources=(
        "cdk-nag:Serverless-LambdaDLQ",
        "cdk-nag:Serverless-LambdaAsyncFailureDestination",
        "checkov:CKV_AWS_116",
        "serverless-rules:ES1007",
        "serverless-rules:aws_lambda_event_invoke_config_async_on_failure",
    ),
    fix="Add an aws.lambda_.FunctionEventInvokeConfig with destinationConfig.onFailure, or set deadLetterConfig.",
    good=(
        Example({}),
        Example(
            {"deadLetterConfig": {"targetArn": "arn"}},
            others=(
                Example(
                    {"principal": "s3.amazonaws.com"},
                    type="aws:lambda/permission:Permission",
                    name="p",
                    depends={"function": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            others=(
                Example(
                    {"principal": "apigateway.amazonaws.com"},
                    type="aws:lambda/permission:Permission",
                    name="p",
                    depends={"function": ("subject",)},
                ),
                Example({}, type="aws:lambda/permission:Permission", name="q", depends={"function": ("subject",)}),
            ),
        ),
        Example(
            {},
            others=(
                Example(
                    {"principal": "s3.amazonaws.com"},
                    type="aws:lambda/permission:Permission",
                    name="p",
                    depends={"function": ("subject",)},
                ),
                Example(
                    {"destinationConfig": {"onFailure": {"destination": "arn"}}},
                    type="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
                    name="c",
                    depends={"functionName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            others=(
                Example({}, type="aws:lambda/permission:Permission", name="p", depends={"function": ("subject",)}),
            ),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("s3.amazonaws.com call it, and nothing keeps what fails",),
            others=(
                Example(
                    {"principal": "s3.amazonaws.com"},
                    type="aws:lambda/permission:Permission",
                    name="p",
                    depends={"function": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            finds=(
                (
                    "sns.amazonaws.com, events.amazonaws.com, scheduler.amazonaws.com call it, "
                    "and nothing keeps what fails"
                ),
            ),
            others=tuple(
                Example(
                    {"principal": f"{service}.amazonaws.com"},
                    type="aws:lambda/permission:Permission",
                    name=service,
                    depends={"function": ("subject",)},
                )
                for service in ("sns", "events", "scheduler")
            ),
        ),
    ),
    unknown_passes_because="A target that is unknown is the ARN of a queue that does not exist yet.",
)
def lambda_async_failure_destination(stack: Program) -> Iterator[tuple[Resource, str]]:
    """An event that a function could not process is kept."""
    for function in stack.of("aws:lambda/function:Function"):
        permissions = stack.referring(function, "function", "aws:lambda/permission:Permission")
        principals = (one.props.text("principal") for one in permissions)
        called = [principal for principal in principals if principal in ASYNCHRONOUS]
        configs = stack.referring(
            function, "functionName", "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
        )
        kept = function.props.has("deadLetterConfig") or any(
            one.props.has("destinationConfig.onFailure") for one in configs
        )
        if called and not kept:
            yield function, f"{', '.join(called)} call it, and nothing keeps what fails"

"""Log groups of functions."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.remedies import sets_to_option
from serverless_guard.rules.rule import Example, Option, resource_rule, stack_rule

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


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

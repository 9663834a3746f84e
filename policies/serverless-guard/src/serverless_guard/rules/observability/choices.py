"""More to see, for those who want to see more."""

from collections.abc import Iterable, Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_set, is_true
from serverless_guard.rules.remedies import by_type, sets
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

STAGE, SETTINGS = "aws:apigatewayv2/stage:Stage", "aws:apigateway/methodSettings:MethodSettings"
GROUP, PROTECTION = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
FEEDBACK = tuple(
    f"{protocol}FailureFeedbackRoleArn" for protocol in ("lambda", "sqs", "http", "firehose", "application")
)


def _detailed(resource: Resource) -> Iterable[str]:
    path = "settings.metricsEnabled" if resource.type == SETTINGS else "defaultRouteSettings.detailedMetricsEnabled"
    return is_true(path)(resource)


apigateway_detailed_metrics = Rule(
    id="apigateway-detailed-metrics",
    types=(STAGE, SETTINGS),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    title="API Gateway stages have detailed CloudWatch metrics enabled",
    rationale="An API counts requests and errors for each route.",
    fix="Set defaultRouteSettings.detailedMetricsEnabled, for a REST API settings.metricsEnabled, to true.",
    remedy=by_type(
        apigatewayv2=sets("defaultRouteSettings.detailedMetricsEnabled", to=True),
        apigateway=sets("settings.metricsEnabled", to=True),
    ),
    check=_detailed,
    good=(
        Example({"defaultRouteSettings": {"detailedMetricsEnabled": True}}),
        Example({"settings": {"metricsEnabled": True}}, type=SETTINGS),
    ),
    bad=(
        Example({}, finds=("defaultRouteSettings.detailedMetricsEnabled is not true",)),
        Example({"settings": {"metricsEnabled": False}}, finds=("settings.metricsEnabled is not true",), type=SETTINGS),
    ),
)


sns_delivery_logging = Rule(
    id="sns-delivery-logging",
    types=("aws:sns/topic:Topic",),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("fsbp:SNS.2",),
    title="SNS topics log failed message deliveries",
    rationale="A topic logs what it could not deliver.",
    fix="Set lambdaFailureFeedbackRoleArn, sqsFailureFeedbackRoleArn or httpFailureFeedbackRoleArn.",
    check=any_set(*FEEDBACK),
    good=(Example({"lambdaFailureFeedbackRoleArn": "arn"}),),
    bad=(
        Example(
            {},
            finds=(
                (
                    "lambdaFailureFeedbackRoleArn or sqsFailureFeedbackRoleArn or "
                    "httpFailureFeedbackRoleArn or firehoseFailureFeedbackRoleArn or "
                    "applicationFailureFeedbackRoleArn is not set"
                ),
            ),
        ),
    ),
    unknown_passes_because="An ARN that is unknown is that of a role that does not exist yet.",
)


@resource_rule(
    "logs-retention-one-year",
    title="CloudWatch log groups retain logs for at least one year",
    types=(GROUP,),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV_AWS_338",),
    fix="Set retentionInDays to 365 or more.",
    options={"minimumDays": Option(365, "Days that a log is kept, at least.")},
    good=(
        Example({"retentionInDays": 400}),
        Example({"retentionInDays": 0}),
        Example({}),
        Example({"retentionInDays": 365}),
    ),
    bad=(Example({"retentionInDays": 30}, finds=("retentionInDays is 30, below the minimum of 365",)),),
)
def logs_retention_one_year(resource: Resource) -> Iterator[str]:
    """A log is there for as long as an audit looks back; 0, the default, keeps it for ever.

    Which groups are for an audit their names do not say, so that it is all groups of who switches the rule on.
    """
    days, least = resource.props.number("retentionInDays"), resource.settings["minimumDays"]
    if days and days < least:
        yield f"retentionInDays is {days:g}, below the minimum of {least}"


@stack_rule(
    "logs-data-protection-policy",
    title="CloudWatch log groups tagged as containing personal data have a data protection policy",
    types=(GROUP, PROTECTION),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    fix="Add an aws.cloudwatch.LogDataProtectionPolicy for the log group.",
    options={
        "values": Option(
            ["pii", "personal"],
            "Values of tags that mark a log group with data of people.",
            more_is_stricter=True,
        )
    },
    good=(
        Example(
            {"tags": {"data": "pii"}}, others=(Example({}, PROTECTION, "p", depends={"logGroupName": ("subject",)}),)
        ),
        Example({"tags": {"data": "public"}}),
        Example({}),
        Example({"tags": {"team": "orders"}}),
    ),
    bad=(
        Example(
            {"tags": {"data": "PII"}},
            finds=("tags mark data of people, and the log group has no LogDataProtectionPolicy",),
        ),
        Example(
            {"tags": {"data": "personal"}},
            finds=("tags mark data of people, and the log group has no LogDataProtectionPolicy",),
        ),
    ),
    unknown_passes_because="What a tag says that is unknown marks nothing.",
)
def logs_data_protection_policy(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A log with data of people masks it, where a tag says that there is some."""
    for group in stack.of(GROUP):
        marked = any(str(tag).lower() in stack.settings["values"] for tag in group.props.mapping("tags").values())
        if marked and not stack.referring(group, "logGroupName", PROTECTION):
            yield group, "tags mark data of people, and the log group has no LogDataProtectionPolicy"

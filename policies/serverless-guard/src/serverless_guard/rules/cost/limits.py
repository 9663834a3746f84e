"""Limits on what a stack may spend: capacity, requests, scanned bytes, and who hears of it."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import at_most, is_set
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

REST_STAGE, SETTINGS = "aws:apigateway/stage:Stage", "aws:apigateway/methodSettings:MethodSettings"


elasticache_serverless_usage_limits = Rule(
    id="elasticache-serverless-usage-limits",
    types=("aws:elasticache/serverlessCache:ServerlessCache",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    title="ElastiCache serverless caches limit data storage and ECPU usage",
    rationale="A serverless cache has a ceiling.",
    fix="Set the maximum of cacheUsageLimits.dataStorage and of cacheUsageLimits.ecpuPerSeconds.",
    check=is_set("cacheUsageLimits.dataStorage.maximum", "cacheUsageLimits.ecpuPerSeconds.maximum"),
    good=(Example({"cacheUsageLimits": {"dataStorage": {"maximum": 1}, "ecpuPerSeconds": [{"maximum": 1000}]}}),),
    bad=(
        Example(
            {},
            finds=("cacheUsageLimits.dataStorage.maximum, cacheUsageLimits.ecpuPerSeconds.maximum are not set",),
        ),
        Example(
            {"cacheUsageLimits": {"dataStorage": {"maximum": 1}, "ecpuPerSeconds": [{"minimum": 1000}]}},
            finds=("cacheUsageLimits.ecpuPerSeconds.maximum is not set",),
        ),
    ),
    unknown_passes_because="A limit that is unknown is there all the same.",
)


@resource_rule(
    "rds-serverless-capacity-cap",
    title="Aurora Serverless v2 clusters limit maximum capacity and can pause outside production",
    types=("aws:rds/cluster:Cluster",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    fix="Set serverlessv2ScalingConfiguration.maxCapacity; outside of production also minCapacity to 0.",
    options={"maximumUnits": Option(16, "The largest maxCapacity, in Aurora capacity units.", development=2)},
    good=(
        Example({}),
        Example({"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8}}),
        Example({"serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 1}}, production=False),
    ),
    bad=(
        Example(
            {"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 128}},
            finds=("serverlessv2ScalingConfiguration.maxCapacity is 128, above the maximum of 16 units",),
        ),
        Example(
            {"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 1}},
            finds=("serverlessv2ScalingConfiguration.minCapacity is not 0: the database never sleeps",),
            production=False,
        ),
        Example(
            {"serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 2.5}},
            finds=("serverlessv2ScalingConfiguration.maxCapacity is 2.5, above the maximum of 2 units",),
            production=False,
        ),
    ),
)
def rds_serverless_capacity_cap(resource: Resource) -> Iterator[str]:
    """A serverless database has a ceiling, and sleeps where nobody depends on it."""
    scaling = "serverlessv2ScalingConfiguration"
    if not resource.props.has(scaling):
        return
    yield from at_most(f"{scaling}.maxCapacity", "maximumUnits", unit="units")(resource)
    if not resource.production and resource.props.number(f"{scaling}.minCapacity") != 0:
        yield f"{scaling}.minCapacity is not 0: the database never sleeps"


athena_scan_cutoff = Rule(
    id="athena-scan-cutoff",
    types=("aws:athena/workgroup:Workgroup",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    title="Athena workgroups limit the bytes scanned per query",
    rationale="A query that reads too much is stopped.",
    fix="Set configuration.bytesScannedCutoffPerQuery, for example to 10737418240 (10 GB).",
    options={"maximumBytes": Option(1099511627776, "Bytes that a query may read, at most.")},
    check=at_most("configuration.bytesScannedCutoffPerQuery", "maximumBytes", unit="bytes"),
    good=(
        Example({"configuration": {"bytesScannedCutoffPerQuery": 10737418240}}),
        Example({"configuration": {"bytesScannedCutoffPerQuery": 1099511627776}}),
    ),
    bad=(
        Example(
            {},
            finds=(("configuration.bytesScannedCutoffPerQuery is absent, above the maximum of 1099511627776 bytes"),),
        ),
        Example(
            {"configuration": {"bytesScannedCutoffPerQuery": 10**15}},
            finds=("configuration.bytesScannedCutoffPerQuery is 1e+15, above the maximum of 1099511627776 bytes",),
        ),
    ),
)


@resource_rule(
    "budget-notifies",
    title="AWS Budgets budgets notify subscribers of actual and forecasted amounts",
    types=("aws:budgets/budget:Budget",),
    category="cost",
    severity="medium",
    env="same",
    fix="Add notifications of type ACTUAL and FORECASTED with subscriberSnsTopicArns or subscriberEmailAddresses.",
    good=(
        Example(
            {
                "notifications": [
                    {"notificationType": "ACTUAL", "subscriberEmailAddresses": ["a@example.com"]},
                    {"notificationType": "FORECASTED", "subscriberSnsTopicArns": ["arn"]},
                ]
            }
        ),
    ),
    bad=(
        Example(
            {},
            finds=(
                "notifications lacks one of type ACTUAL with a subscriber",
                "notifications lacks one of type FORECASTED with a subscriber",
            ),
        ),
        Example(
            {"notifications": [{"notificationType": "ACTUAL", "subscriberSnsTopicArns": ["arn"]}]},
            finds=("notifications lacks one of type FORECASTED with a subscriber",),
        ),
        Example(
            {"notifications": [{"notificationType": "ACTUAL"}, {"notificationType": "FORECASTED"}]},
            finds=(
                "notifications lacks one of type ACTUAL with a subscriber",
                "notifications lacks one of type FORECASTED with a subscriber",
            ),
        ),
    ),
    unknown_passes_because="A subscriber that is unknown is the ARN of a topic that does not exist yet.",
)
def budget_notifies(resource: Resource) -> Iterator[str]:
    """A budget tells somebody before the money is spent, and when it is."""
    told = {
        one.text("notificationType")
        for one in resource.props.blocks("notifications")
        if one.has("subscriberEmailAddresses") or one.has("subscriberSnsTopicArns")
    }
    for kind in ("ACTUAL", "FORECASTED"):
        if kind not in told:
            yield f"notifications lacks one of type {kind} with a subscriber"


@stack_rule(
    "apigateway-rest-throttling",
    title="API Gateway REST API stages set throttling limits for all methods",
    types=(
        "aws:apigateway/methodSettings:MethodSettings",
        "aws:apigateway/stage:Stage",
    ),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    sources=(
        "cdk-nag:Serverless-APIGWDefaultThrottling",
        "serverless-rules:ES2003",
        "serverless-rules:aws_api_gateway_method_settings_throttling",
    ),
    fix='Add MethodSettings with methodPath "*/*" and settings {throttlingBurstLimit, throttlingRateLimit}.',
    good=(
        Example(
            {},
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingBurstLimit": 50, "throttlingRateLimit": 100}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingBurstLimit": 1, "throttlingRateLimit": 1}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("no MethodSettings for */* limit the stage",), type=REST_STAGE),
        Example(
            {},
            finds=("no MethodSettings for */* limit the stage",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingRateLimit": 100}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            finds=("no MethodSettings for */* limit the stage",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingBurstLimit": 50}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            finds=("no MethodSettings for */* limit the stage",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "posts/GET", "settings": {"throttlingBurstLimit": 50, "throttlingRateLimit": 100}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
    ),
)
def apigateway_rest_throttling(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A REST API lets through as many requests as the stack can pay for."""
    for stage in stack.of(REST_STAGE):
        limited = any(
            one.props.text("methodPath") == "*/*"
            and (one.props.number("settings.throttlingBurstLimit") or 0) > 0
            and (one.props.number("settings.throttlingRateLimit") or 0) > 0
            for one in stack.referring(stage, "stageName", SETTINGS)
        )
        if not limited:
            yield stage, "no MethodSettings for */* limit the stage"

"""More to see, for those who want to see more."""

from collections.abc import Iterable, Iterator

from serverless_guard.iam import policy_locations
from serverless_guard.iam.examples import allow, policy
from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import any_set, has_companion, is_true
from serverless_guard.rules.remedies import by_type, sets
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

STAGE, SETTINGS = "aws:apigatewayv2/stage:Stage", "aws:apigateway/methodSettings:MethodSettings"
BUCKET, NOTIFICATION = "aws:s3/bucket:Bucket", "aws:s3/bucketNotification:BucketNotification"
LOGGING, POLICY = "aws:s3/bucketLogging:BucketLogging", "aws:s3/bucketPolicy:BucketPolicy"
GROUP, PROTECTION = "aws:cloudwatch/logGroup:LogGroup", "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
PARAMETERS = ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws:rds/parameterGroup:ParameterGroup")
SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"
DELIVERY = "logging.s3.amazonaws.com"
DELIVERS = (
    f'{{"Statement": {{"Effect": "Allow", "Principal": {{"Service": "{DELIVERY}"}}, "Action": "s3:PutObject", '
    '"Resource": "arn:aws:s3:::logs/*"}}'
)
STATEMENTS = {"parameters": [{"name": "log_statement", "value": "ddl"}, {"name": "log_min_duration_statement"}]}
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

s3_event_notifications = Rule(
    id="s3-event-notifications",
    types=(BUCKET,),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV2_AWS_62", "fsbp:S3.11"),
    title="S3 buckets have event notifications configured",
    rationale="A bucket tells of what comes and goes.",
    fix="Add an aws.s3.BucketNotification for the bucket.",
    stack=True,
    check=has_companion(BUCKET, NOTIFICATION, "bucket", missing="the bucket has no BucketNotification"),
    good=(Example({}, others=(Example({}, type=NOTIFICATION, name="n", depends={"bucket": ("subject",)}),)),),
    bad=(Example({}, finds=("the bucket has no BucketNotification",)),),
)


def _accepts(policy: Resource) -> bool:
    """Tell whether a bucket's policy lets S3 deliver logs."""
    document = policy_locations.access(policy)
    return document is not None and any(
        one.grants("s3:PutObject") and any(who.value == DELIVERY for who in one.principals)
        for one in document.statements
    )


@stack_rule(
    "s3-log-target-accepts-delivery",
    title="S3 buckets that store access logs allow delivery by the S3 logging service",
    types=(BUCKET, POLICY, LOGGING),
    category="logging-observability",
    severity="low",
    env="same",
    tier="extended",
    fix="Allow s3:PutObject to logging.s3.amazonaws.com in the policy of the bucket that takes the logs.",
    good=(
        Example(
            {"bucket": "logs"},
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example({"policy": DELIVERS}, type=POLICY, name="p", depends={"bucket": ("subject",)}),
            ),
        ),
        Example({"bucket": "uploads"}),
        Example(
            {"bucket": "logs"},
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example(
                    policy(
                        allow("s3:GetObject", "*", Principal={"AWS": "123456789012"}),
                        allow("s3:PutObject", "*", Principal={"Service": [DELIVERY, "s3.amazonaws.com"]}),
                    ),
                    type=POLICY,
                    name="p",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
    bad=(
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(Example({"targetBucket": "logs"}, type=LOGGING, name="l"),),
        ),
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example({}, type=POLICY, name="p", depends={"bucket": ("subject",)}),
            ),
        ),
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example(
                    policy(allow("s3:PutObject", "*", Principal={"AWS": "123456789012"})),
                    type=POLICY,
                    name="p",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
        Example(
            {"bucket": "logs"},
            finds=("the bucket takes logs, and no policy of it allows s3:PutObject to logging.s3.amazonaws.com",),
            others=(
                Example({"targetBucket": "logs"}, type=LOGGING, name="l"),
                Example(
                    policy(allow("s3:GetObject", "*", Principal={"Service": DELIVERY})),
                    type=POLICY,
                    name="p",
                    depends={"bucket": ("subject",)},
                ),
            ),
        ),
    ),
    unknown_passes_because="A bucket whose name is unknown is told by the dependency.",
)
def s3_log_target_accepts_delivery(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Logs of access arrive: S3 drops them without a word when the bucket does not let it write."""
    for bucket in stack.of(BUCKET):
        target = bool(stack.referring(bucket, "targetBucket", LOGGING))
        if target and not any(_accepts(one) for one in stack.referring(bucket, "bucket", POLICY)):
            yield bucket, f"the bucket takes logs, and no policy of it allows s3:PutObject to {DELIVERY}"


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


@stack_rule(
    "rds-query-logging",
    title="RDS and Aurora PostgreSQL databases set log_statement and log_min_duration_statement",
    types=(*PARAMETERS, *DATABASES),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("checkov:CKV2_AWS_27", "checkov:CKV2_AWS_30"),
    fix="Give the database a parameter group that sets log_statement and log_min_duration_statement.",
    good=(
        Example(
            {},
            type=DATABASES[0],
            depends={"dbClusterParameterGroupName": ("g",)},
            others=(Example(STATEMENTS, type=PARAMETERS[0], name="g"),),
        ),
        Example({"engine": "mysql"}, type=DATABASES[1]),
        Example(
            {"engine": "postgres"},
            type=DATABASES[1],
            depends={"parameterGroupName": ("g",)},
            others=(Example(STATEMENTS, type=PARAMETERS[1], name="g"),),
        ),
    ),
    bad=(
        Example(
            {},
            finds=("no parameter group of the database sets log_statement and log_min_duration_statement",),
            type=DATABASES[0],
        ),
        Example(
            {"engine": "postgres"},
            finds=("no parameter group of the database sets log_statement and log_min_duration_statement",),
            type=DATABASES[1],
            depends={"parameterGroupName": ("g",)},
            others=(Example({"parameters": [{"name": "log_statement"}]}, type=PARAMETERS[1], name="g"),),
        ),
        Example(
            {},
            finds=("no parameter group of the database sets log_statement and log_min_duration_statement",),
            type=DATABASES[0],
            depends={"dbClusterParameterGroupName": ("g",)},
            others=(Example({"parameters": [{"name": "log_min_duration_statement"}]}, type=PARAMETERS[0], name="g"),),
        ),
    ),
)
def rds_query_logging(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A PostgreSQL database logs what changes it and what is slow."""
    for database in stack.of(*DATABASES):
        path = "dbClusterParameterGroupName" if database.type == DATABASES[0] else "parameterGroupName"
        groups = stack.referred(database, path, *PARAMETERS)
        names = {each.text("name") for one in groups for each in one.props.blocks("parameters")}
        if "postgres" in (database.props.text("engine") or "postgres") and not names >= {
            "log_statement",
            "log_min_duration_statement",
        }:
            yield database, "no parameter group of the database sets log_statement and log_min_duration_statement"


@stack_rule(
    "rds-event-subscription",
    title="RDS DB instances and clusters have an RDS event notification subscription",
    types=(SUBSCRIPTION, *DATABASES),
    category="logging-observability",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("fsbp:RDS.19", "fsbp:RDS.20", "fsbp:RDS.21", "fsbp:RDS.22"),
    fix="Add an aws.rds.EventSubscription with a topic, sourceType db-cluster or db-instance.",
    good=(
        Example({}, type=DATABASES[0], others=(Example({"sourceType": "db-cluster"}, type=SUBSCRIPTION, name="s"),)),
        Example({}, type=DATABASES[1], others=(Example({}, type=SUBSCRIPTION, name="s"),)),
    ),
    bad=(
        Example({}, finds=("no EventSubscription is for events of db-cluster",), type=DATABASES[0]),
        Example(
            {},
            finds=("no EventSubscription is for events of db-cluster",),
            type=DATABASES[0],
            others=(Example({"sourceType": "db-snapshot"}, type=SUBSCRIPTION, name="s"),),
        ),
        Example(
            {},
            finds=("no EventSubscription is for events of db-cluster",),
            type=DATABASES[0],
            others=(Example({"enabled": False}, type=SUBSCRIPTION, name="s"),),
        ),
        Example({}, finds=("no EventSubscription is for events of db-instance",), type=DATABASES[1]),
    ),
)
def rds_event_subscription(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Somebody hears when a database fails or is maintained. A subscription without a sourceType is for all."""
    heard = {
        one.props.text("sourceType") or "all"
        for one in stack.of(SUBSCRIPTION)
        if one.props.flag("enabled") is not False
    }
    for database in stack.of(*DATABASES):
        kind = "db-cluster" if database.type == DATABASES[0] else "db-instance"
        if not heard & {"all", kind}:
            yield database, f"no EventSubscription is for events of {kind}"

"""Logs, metrics and alarms of managed services."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import has_companion, is_not, is_true
from serverless_guard.rules.remedies import adds, sets
from serverless_guard.rules.rule import Example, Rule, resource_rule, stack_rule

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
BUCKET, LOGGING = "aws:s3/bucket:Bucket", "aws:s3/bucketLogging:BucketLogging"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
REST_STAGE, STAGE = "aws:apigateway/stage:Stage", "aws:apigatewayv2/stage:Stage"
API = "aws:apigatewayv2/api:Api"
LOGGED = {"ERROR", "INFO"}
VPC, FLOW_LOG = "aws:ec2/vpc:Vpc", "aws:ec2/flowLog:FlowLog"
ACL, ACL_LOGGING = "aws:wafv2/webAcl:WebAcl", "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
SOURCE, DELIVERY = "aws:cloudwatch/logDeliverySource:LogDeliverySource", "aws:cloudwatch/logDelivery:LogDelivery"
FROM_SUBJECT = Example(
    {"name": "s", "logType": "ACCESS_LOGS"}, type=SOURCE, name="s", depends={"resourceArn": ("subject",)}
)
DELIVERED = Example({"deliverySourceName": "s", "deliveryDestinationArn": UNKNOWN}, type=DELIVERY, name="d")


def _exports_log(resource: Resource) -> Mapping[str, Any]:
    """Export the log of an engine's errors."""
    return adds("enabledCloudwatchLogsExports", _log(resource))(resource)


def _log(resource: Resource) -> str:
    """Name the log of an engine's errors. Amazon RDS User Guide, "Publishing database logs to CloudWatch Logs"."""
    engine = resource.props.known_text("engine") or "postgres"
    logs = {"postgres": "postgresql", "oracle": "alert", "db2": "diag.log"}
    return next((log for kind, log in logs.items() if kind in engine), "error")


def _export_fix(resource: Resource) -> str:
    return f"Set enabledCloudwatchLogsExports to [{_log(resource)}]."


@resource_rule(
    "rds-log-exports",
    title="RDS DB instances and clusters publish logs to CloudWatch Logs",
    types=(
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
    ),
    category="logging-observability",
    severity="medium",
    env="same",
    sources=(
        "cdk-nag:AwsSolutions-RDS16",
        "cdk-nag:Nag-RDSLoggingEnabled",
        "checkov:CKV_AWS_129",
        "checkov:CKV_AWS_324",
        "checkov:CKV_AWS_325",
        "fsbp:RDS.9",
        "fsbp:RDS.34",
        "fsbp:RDS.36",
        "fsbp:RDS.37",
    ),
    fix="Set enabledCloudwatchLogsExports to the log of the engine's errors, for PostgreSQL [postgresql].",
    fix_for=_export_fix,
    remedy=_exports_log,
    good=(
        Example({"engine": "aurora-postgresql", "enabledCloudwatchLogsExports": ["postgresql"]}),
        Example({"engine": "mysql", "enabledCloudwatchLogsExports": ["error"]}),
        Example({"enabledCloudwatchLogsExports": ["error"]}),
    ),
    bad=(
        Example({}, finds=("enabledCloudwatchLogsExports lacks the database's log",)),
        Example(
            {"engine": "postgres", "enabledCloudwatchLogsExports": ["upgrade"]},
            finds=("enabledCloudwatchLogsExports lacks the database's log",),
        ),
        Example({"engine": "mysql"}, finds=("enabledCloudwatchLogsExports lacks the database's log",)),
        Example({}, finds=("enabledCloudwatchLogsExports lacks the database's log",), type="aws:rds/instance:Instance"),
    ),
)
def rds_log_exports(resource: Resource) -> Iterator[str]:
    """A database's log ends in CloudWatch. Of engines other than PostgreSQL, and of one not named, some log does."""
    exports = resource.props.texts("enabledCloudwatchLogsExports")
    engine = resource.props.text("engine") or ""
    if not exports or ("postgres" in engine and "postgresql" not in exports):
        yield "enabledCloudwatchLogsExports lacks the database's log"


OF_API = {"apiId": ("api",)}
WEBSOCKET_API = Example({"protocolType": "WEBSOCKET"}, type=API, name="api")


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


NOT_LOGGED = "loggingConfig.bucket is not set and no LogDelivery takes access logs of the distribution to a destination"
TO_DESTINATION = {"deliverySourceName": ("s",), "deliveryDestinationArn": ("logs",)}


@stack_rule(
    "cloudfront-access-logging",
    title="CloudFront distributions have access logging enabled",
    types=("aws:cloudfront/distribution:Distribution",),
    category="logging-observability",
    severity="medium",
    env="prod-only",
    sources=(
        "compliance:aws-cloudfront-distribution-enable-access-logging",
        "compliance:aws-cloudfront-distribution-configure-access-logging",
        "cdk-nag:AwsSolutions-CFR3",
        "checkov:CKV_AWS_86",
        "trivy:AWS-0010",
        "fsbp:CloudFront.5",
    ),
    fix="Set loggingConfig.bucket, or add an aws.cloudwatch.LogDeliverySource (ACCESS_LOGS) for the distribution, "
    "with a LogDeliveryDestination and a LogDelivery that joins them.",
    good=(
        Example({"loggingConfig": {"bucket": "logs.s3.amazonaws.com"}}),
        Example({"loggingConfig": {"includeCookies": True, "bucket": UNKNOWN}}),
        Example({}, others=(FROM_SUBJECT, DELIVERED)),
        Example({}, others=(FROM_SUBJECT, Example({}, DELIVERY, "d", depends=TO_DESTINATION))),
    ),
    bad=(
        Example({}, finds=(NOT_LOGGED,)),
        Example({"loggingConfig": {"includeCookies": False}}, finds=(NOT_LOGGED,)),
        Example({}, others=(FROM_SUBJECT,), finds=(NOT_LOGGED,)),
        Example({}, others=(FROM_SUBJECT, Example({"deliverySourceName": "s"}, DELIVERY, "d")), finds=(NOT_LOGGED,)),
        Example(
            {},
            others=(
                Example(
                    {"name": "s", "logType": "CONNECTION_LOGS"}, SOURCE, "s", depends={"resourceArn": ("subject",)}
                ),
                DELIVERED,
            ),
            finds=(NOT_LOGGED,),
        ),
    ),
    unknown_passes_because="A bucket that is unknown is one that does not exist yet.",
)
def cloudfront_access_logging(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A distribution logs who called it: in its bucket, or by a delivery from a source to a destination (v2)."""
    for distribution in stack.of(DISTRIBUTION):
        sources = [
            one
            for one in stack.referring(distribution, "resourceArn", SOURCE)
            if one.props.known_text("logType") in {None, "ACCESS_LOGS"}
        ]
        deliveries = (one for source in sources for one in stack.referring(source, "deliverySourceName", DELIVERY))
        if not distribution.props.has("loggingConfig.bucket") and not any(map(_has_destination, deliveries)):
            yield distribution, NOT_LOGGED


def _has_destination(delivery: Resource) -> bool:
    return delivery.props.has("deliveryDestinationArn") or bool(delivery.depends.get("deliveryDestinationArn"))


@stack_rule(
    "s3-access-logging",
    title="S3 buckets have server access logging enabled unless they store access logs",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLogging:BucketLogging",
    ),
    category="logging-observability",
    severity="low",
    env="prod-only",
    sources=(
        "awsguard:s3-bucket-logging-enabled",
        "cdk-nag:AwsSolutions-S1",
        "checkov:CKV_AWS_18",
        "trivy:AWS-0089",
        "fsbp:S3.9",
    ),
    fix="Add an aws.s3.BucketLogging for the bucket.",
    good=(
        Example({}, others=(Example({}, type=LOGGING, name="l", depends={"bucket": ("subject",)}),)),
        Example({}, others=(Example({}, type=LOGGING, name="l", depends={"targetBucket": ("subject",)}),)),
        Example({"logging": {"targetBucket": "logs", "targetPrefix": "uploads/"}}),
        Example({"loggings": [{"targetBucket": "logs"}]}),
        Example(
            {},
            others=(
                Example(
                    {"logging": {"targetBucket": UNKNOWN}}, type=BUCKET, name="u", depends={"logging": ("subject",)}
                ),
            ),
        ),
    ),
    bad=(Example({}, finds=("the bucket has no BucketLogging and takes no logs",)),),
    unknown_passes_because="A logging that is unknown is there all the same.",
)
def s3_access_logging(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A bucket logs who used it; the one that takes the logs does not."""
    for bucket in stack.of(BUCKET):
        separate = any(stack.referring(bucket, by, LOGGING) for by in ("bucket", "targetBucket"))
        inline = bucket.props.has("logging") or stack.referring(bucket, "logging.targetBucket", BUCKET)
        if not separate and not inline:
            yield bucket, "the bucket has no BucketLogging and takes no logs"


vpc_flow_logs = Rule(
    id="vpc-flow-logs",
    types=(
        "aws:ec2/vpc:Vpc",
        "aws:ec2/flowLog:FlowLog",
    ),
    category="logging-observability",
    severity="medium",
    env="prod-only",
    sources=(
        "cdk-nag:AwsSolutions-VPC7",
        "checkov:CKV2_AWS_11",
        "trivy:AWS-0178",
        "fsbp:EC2.6",
    ),
    title="VPCs have flow logs enabled",
    rationale="A network logs who talks to whom.",
    fix="Add an aws.ec2.FlowLog for the VPC.",
    stack=True,
    check=has_companion(VPC, FLOW_LOG, "vpcId", missing="the VPC has no FlowLog"),
    good=(Example({}, others=(Example({}, type=FLOW_LOG, name="f", depends={"vpcId": ("subject",)}),)),),
    bad=(Example({}, finds=("the VPC has no FlowLog",)),),
)

waf_logging = Rule(
    id="waf-logging",
    types=(
        "aws:wafv2/webAcl:WebAcl",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    ),
    category="logging-observability",
    severity="low",
    env="prod-only",
    sources=(
        "cdk-nag:Nag-WAFv2LoggingEnabled",
        "checkov:CKV2_AWS_31",
        "fsbp:WAF.11",
    ),
    title="AWS WAF web ACLs have logging enabled",
    rationale="A firewall logs what it refuses.",
    fix="Add an aws.wafv2.WebAclLoggingConfiguration for the ACL.",
    stack=True,
    check=has_companion(ACL, ACL_LOGGING, "resourceArn", missing="the ACL has no logging configuration"),
    good=(Example({}, others=(Example({}, type=ACL_LOGGING, name="l", depends={"resourceArn": ("subject",)}),)),),
    bad=(Example({}, finds=("the ACL has no logging configuration",)),),
)

waf_metrics = Rule(
    id="waf-metrics",
    types=("aws:wafv2/webAcl:WebAcl",),
    category="logging-observability",
    severity="low",
    env="same",
    sources=("fsbp:WAF.12",),
    title="AWS WAF web ACLs have CloudWatch metrics enabled",
    rationale="A firewall counts what it refuses.",
    fix="Set visibilityConfig.cloudwatchMetricsEnabled to true.",
    remedy=sets("visibilityConfig.cloudwatchMetricsEnabled", to=True),
    check=is_true("visibilityConfig.cloudwatchMetricsEnabled"),
    good=(Example({"visibilityConfig": {"cloudwatchMetricsEnabled": True}}),),
    bad=(
        Example(
            {"visibilityConfig": {"cloudwatchMetricsEnabled": False}},
            finds=("visibilityConfig.cloudwatchMetricsEnabled is not true",),
        ),
        Example({}, finds=("visibilityConfig.cloudwatchMetricsEnabled is not true",)),
    ),
)

athena_workgroup_metrics = Rule(
    id="athena-workgroup-metrics",
    types=("aws:athena/workgroup:Workgroup",),
    category="logging-observability",
    severity="low",
    env="same",
    sources=("fsbp:Athena.4",),
    title="Athena workgroups publish query metrics to CloudWatch",
    rationale="A workgroup counts what its queries read.",
    fix="Leave configuration.publishCloudwatchMetricsEnabled out, which is true.",
    remedy=sets("configuration.publishCloudwatchMetricsEnabled", to=True),
    check=is_not("configuration.publishCloudwatchMetricsEnabled", unwanted=False),
    good=(Example({}),),
    bad=(
        Example(
            {"configuration": {"publishCloudwatchMetricsEnabled": False}},
            finds=("configuration.publishCloudwatchMetricsEnabled is false",),
        ),
    ),
)

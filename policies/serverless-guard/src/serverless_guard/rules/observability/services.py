"""Logs, metrics and alarms of managed services."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Resource
from serverless_guard.rules.conditions import has_companion, is_not, is_true
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule, stack_rule

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
VPC, FLOW_LOG = "aws:ec2/vpc:Vpc", "aws:ec2/flowLog:FlowLog"
ACL, ACL_LOGGING = "aws:wafv2/webAcl:WebAcl", "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
SOURCE, DELIVERY = "aws:cloudwatch/logDeliverySource:LogDeliverySource", "aws:cloudwatch/logDelivery:LogDelivery"
FROM_SUBJECT = Example(
    {"name": "s", "logType": "ACCESS_LOGS"}, type=SOURCE, name="s", depends={"resourceArn": ("subject",)}
)
DELIVERED = Example({"deliverySourceName": "s", "deliveryDestinationArn": UNKNOWN}, type=DELIVERY, name="d")
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
        Example({}, others=(Example({"name": "s"}, SOURCE, "s", depends={"resourceArn": ("subject",)}), DELIVERED)),
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
        delivered = any(map(_has_destination, deliveries))
        if not delivered and not distribution.props.has("loggingConfig.bucket"):
            yield distribution, NOT_LOGGED


def _has_destination(delivery: Resource) -> bool:
    return delivery.props.has("deliveryDestinationArn") or bool(delivery.depends.get("deliveryDestinationArn"))


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

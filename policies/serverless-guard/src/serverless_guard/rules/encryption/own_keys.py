"""Data that is encrypted with a key of one's own, whose use the account controls and can see."""

from serverless_guard.record import Resource
from serverless_guard.rules.conditions import has_own_key, own_key
from serverless_guard.rules.rule import Example, Rule

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
INSTANCE = "aws:rds/instance:Instance"
COPIED_FROM = {
    "aws:rds/cluster:Cluster": ("snapshotIdentifier", "replicationSourceIdentifier", "restoreToPointInTime"),
    INSTANCE: ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime"),
    "aws:rds/globalCluster:GlobalCluster": ("sourceDbClusterIdentifier",),
}
"""What a database is a copy of, by type: it has the encryption of that."""


def copied(resource: Resource) -> bool:
    """Tell whether a database is a copy, which has the encryption and key of its source."""
    return any(resource.props.has(name) for name in COPIED_FROM[resource.type])


lambda_env_kms_cmk = Rule(
    id="lambda-env-kms-cmk",
    types=("aws:lambda/function:Function",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("checkov:CKV_AWS_173",),
    title="Lambda environment variables are encrypted with a customer managed KMS key",
    rationale="A function's environment is encrypted with a key of one's own.",
    fix="Set kmsKeyArn to a key of your own.",
    check=lambda resource: (
        message for message in own_key(resource.props, "kmsKeyArn") if resource.props.has("environment.variables")
    ),
    good=(Example({}), Example({"environment": {"variables": {"A": "b"}}, "kmsKeyArn": KEY})),
    bad=(
        Example({"environment": {"variables": {"A": "b"}}}, finds=("kmsKeyArn is not set",)),
        Example(
            {"environment": {"variables": {"A": "b"}}, "kmsKeyArn": "alias/aws/lambda"},
            finds=("kmsKeyArn is the AWS managed key alias/aws/lambda",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

elasticache_cmk = Rule(
    id="elasticache-cmk",
    types=("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/serverlessCache:ServerlessCache"),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("checkov:CKV_AWS_191",),
    title="ElastiCache replication groups and serverless caches use a customer managed KMS key",
    rationale="A cache is encrypted with a key of one's own.",
    fix="Set kmsKeyId to a key of your own.",
    check=has_own_key("kmsKeyId"),
    good=(Example({"kmsKeyId": KEY}),),
    bad=(
        Example({}, finds=("kmsKeyId is not set",)),
        Example(
            {"kmsKeyId": "alias/aws/elasticache"}, finds=("kmsKeyId is the AWS managed key alias/aws/elasticache",)
        ),
        Example(
            {"kmsKeyId": "arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/elasticache"},
            finds=("kmsKeyId is the AWS managed key arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/elasticache",),
        ),
        Example({}, type="aws:elasticache/serverlessCache:ServerlessCache", finds=("kmsKeyId is not set",)),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

eventbridge_bus_cmk = Rule(
    id="eventbridge-bus-cmk",
    types=("aws:cloudwatch/eventBus:EventBus",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    title="EventBridge event buses are encrypted with a customer managed KMS key",
    rationale="A bus is encrypted with a key of one's own.",
    fix="Set kmsKeyIdentifier to a key of your own.",
    check=has_own_key("kmsKeyIdentifier"),
    good=(Example({"kmsKeyIdentifier": KEY}),),
    bad=(
        Example({}, finds=("kmsKeyIdentifier is not set",)),
        Example(
            {"kmsKeyIdentifier": "alias/aws/events"},
            finds=("kmsKeyIdentifier is the AWS managed key alias/aws/events",),
        ),
        Example(
            {"kmsKeyIdentifier": "arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/events"},
            finds=("kmsKeyIdentifier is the AWS managed key arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/events",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

scheduler_cmk = Rule(
    id="scheduler-cmk",
    types=("aws:scheduler/schedule:Schedule",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("checkov:CKV_AWS_297",),
    title="EventBridge Scheduler schedules are encrypted with a customer managed KMS key",
    rationale="A schedule is encrypted with a key of one's own.",
    fix="Set kmsKeyArn to a key of your own.",
    check=has_own_key("kmsKeyArn"),
    good=(Example({"kmsKeyArn": KEY}),),
    bad=(
        Example({}, finds=("kmsKeyArn is not set",)),
        Example({"kmsKeyArn": "alias/aws/scheduler"}, finds=("kmsKeyArn is the AWS managed key alias/aws/scheduler",)),
        Example(
            {"kmsKeyArn": "arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/scheduler"},
            finds=("kmsKeyArn is the AWS managed key arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/scheduler",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

logs_cmk = Rule(
    id="logs-cmk",
    types=("aws:cloudwatch/logGroup:LogGroup",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("cdk-nag:Nag-CloudWatchLogGroupEncrypted", "checkov:CKV_AWS_158", "trivy:AWS-0017"),
    title="CloudWatch log groups are encrypted with a customer managed KMS key",
    rationale="A log group is encrypted with a key of one's own.",
    fix="Set kmsKeyId to a key of your own.",
    check=has_own_key("kmsKeyId"),
    good=(Example({"kmsKeyId": KEY}),),
    bad=(
        Example({}, finds=("kmsKeyId is not set",)),
        Example({"kmsKeyId": "alias/aws/logs"}, finds=("kmsKeyId is the AWS managed key alias/aws/logs",)),
        Example(
            {"kmsKeyId": "arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/logs"},
            finds=("kmsKeyId is the AWS managed key arn:aws-cn:kms:cn-north-1:123456789012:alias/aws/logs",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

rds_cmk = Rule(
    id="rds-cmk",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance"),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=(
        "compliance:aws-rds-cluster-configure-customer-managed-key",
        "compliance:aws-rds-instance-configure-customer-managed-key",
        "checkov:CKV_AWS_327",
    ),
    title="RDS DB instances and clusters are encrypted with a customer managed KMS key",
    rationale="A database is encrypted with a key of one's own.",
    fix="Set kmsKeyId to a key of your own.",
    check=lambda resource: iter(()) if copied(resource) else own_key(resource.props, "kmsKeyId"),
    good=(
        Example({"storageEncrypted": True, "kmsKeyId": KEY}),
        Example({"replicateSourceDb": "blog"}, type=INSTANCE),
        Example({"snapshotIdentifier": "blog-before-upgrade"}),
        Example({"restoreToPointInTime": {"sourceClusterIdentifier": "blog"}}),
        Example({"replicationSourceIdentifier": "arn:aws:rds:eu-west-1:123456789012:cluster:blog"}),
        Example({"snapshotIdentifier": "blog-before-upgrade"}),
        Example({"restoreToPointInTime": {"sourceClusterIdentifier": "blog"}}),
        Example({"snapshotIdentifier": "blog-before-upgrade"}, type=INSTANCE),
        Example({"restoreToPointInTime": {"useLatestRestorableTime": True}}, type=INSTANCE),
    ),
    bad=(
        Example({"storageEncrypted": True}, finds=("kmsKeyId is not set",)),
        Example({}, type=INSTANCE, finds=("kmsKeyId is not set",)),
        Example({"kmsKeyId": "alias/aws/rds"}, type=INSTANCE, finds=("kmsKeyId is the AWS managed key alias/aws/rds",)),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet; a replica, known or not, has "
    "its source's.",
)

rds_performance_insights_cmk = Rule(
    id="rds-performance-insights-cmk",
    types=("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:rds/cluster:Cluster"),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=(
        "compliance:aws-rds-instance-disallow-unencrypted-performance-insights",
        "compliance:aws-rds-clusterinstance-disallow-unencrypted-performance-insights",
        "checkov:CKV_AWS_354",
        "trivy:AWS-0078",
    ),
    title="RDS Performance Insights data is encrypted with a customer managed KMS key",
    rationale="Performance Insights are encrypted with a key of one's own.",
    fix="Set performanceInsightsKmsKeyId to a key of your own.",
    check=lambda resource: (
        message
        for message in own_key(resource.props, "performanceInsightsKmsKeyId")
        if resource.props.flag("performanceInsightsEnabled")
    ),
    good=(Example({}), Example({"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": KEY})),
    bad=(
        Example({"performanceInsightsEnabled": True}, finds=("performanceInsightsKmsKeyId is not set",)),
        Example(
            {"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": "alias/aws/rds"},
            finds=("performanceInsightsKmsKeyId is the AWS managed key alias/aws/rds",),
        ),
        Example(
            {"performanceInsightsEnabled": True},
            type="aws:rds/clusterInstance:ClusterInstance",
            finds=("performanceInsightsKmsKeyId is not set",),
        ),
        Example(
            {"performanceInsightsEnabled": True},
            type="aws:rds/cluster:Cluster",
            finds=("performanceInsightsKmsKeyId is not set",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

sqs_cmk = Rule(
    id="sqs-cmk",
    types=("aws:sqs/queue:Queue",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("checkov:CKV2_AWS_73", "trivy:AWS-0135"),
    title="SQS queues are encrypted with a customer managed KMS key",
    rationale="A queue is encrypted with a key of one's own.",
    fix="Set kmsMasterKeyId to a key of your own.",
    check=has_own_key("kmsMasterKeyId"),
    good=(Example({"kmsMasterKeyId": KEY}),),
    bad=(
        Example({}, finds=("kmsMasterKeyId is not set",)),
        Example(
            {"kmsMasterKeyId": "arn:aws:kms:eu-west-1:123456789012:alias/aws/sqs"},
            finds=("kmsMasterKeyId is the AWS managed key arn:aws:kms:eu-west-1:123456789012:alias/aws/sqs",),
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

sns_cmk = Rule(
    id="sns-cmk",
    types=("aws:sns/topic:Topic",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("trivy:AWS-0136",),
    title="SNS topics do not use the AWS managed KMS key for encryption",
    rationale="A topic is encrypted with a key of one's own.",
    fix="Set kmsMasterKeyId to a key of your own.",
    check=lambda resource: (
        own_key(resource.props, "kmsMasterKeyId") if resource.props.has("kmsMasterKeyId") else iter(())
    ),
    good=(Example({"kmsMasterKeyId": KEY}),),
    bad=(Example({"kmsMasterKeyId": "alias/aws/sns"}, finds=("kmsMasterKeyId is the AWS managed key alias/aws/sns",)),),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

ssm_cmk = Rule(
    id="ssm-cmk",
    types=("aws:ssm/parameter:Parameter",),
    category="encryption",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("checkov:CKV_AWS_337",),
    title="SSM SecureString parameters are encrypted with a customer managed KMS key",
    rationale="A secret parameter is encrypted with a key of one's own.",
    fix="Set keyId to a key of your own.",
    check=lambda resource: (
        message for message in own_key(resource.props, "keyId") if resource.props.text("type") == "SecureString"
    ),
    good=(Example({"type": "String"}), Example({"type": "SecureString", "keyId": KEY})),
    bad=(
        Example({"type": "SecureString"}, finds=("keyId is not set",)),
        Example(
            {"type": "SecureString", "keyId": "alias/aws/ssm"}, finds=("keyId is the AWS managed key alias/aws/ssm",)
        ),
    ),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

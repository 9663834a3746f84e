"""Data that is encrypted with a key of one's own, whose use the account controls and can see."""

from serverless_guard.rules.conditions import every, is_known_and_none_of, is_set
from serverless_guard.rules.rule import Example, Rule

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
COPIED_FROM = ("replicateSourceDb", "snapshotIdentifier", "replicationSourceIdentifier", "restoreToPointInTime")
"""What a database is a copy of: it has the encryption of that."""

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
        ["kmsKeyArn is not set"]
        if not resource.props.has("kmsKeyArn") and resource.props.has("environment.variables")
        else []
    ),
    good=(Example({}), Example({"environment": {"variables": {"A": "b"}}, "kmsKeyArn": KEY})),
    bad=(Example({"environment": {"variables": {"A": "b"}}}),),
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
    check=is_set("kmsKeyId"),
    good=(Example({"kmsKeyId": KEY}),),
    bad=(
        Example({}),
        Example({}, type="aws:elasticache/serverlessCache:ServerlessCache"),
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
    check=is_set("kmsKeyIdentifier"),
    good=(Example({"kmsKeyIdentifier": KEY}),),
    bad=(Example({}),),
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
    check=is_set("kmsKeyArn"),
    good=(Example({"kmsKeyArn": KEY}),),
    bad=(Example({}),),
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
    check=is_set("kmsKeyId"),
    good=(Example({"kmsKeyId": KEY}),),
    bad=(Example({}),),
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
    check=lambda resource: (
        [] if any(resource.props.has(name) for name in ("kmsKeyId", *COPIED_FROM)) else ["kmsKeyId is not set"]
    ),
    good=(
        Example({"storageEncrypted": True, "kmsKeyId": KEY}),
        Example({"replicateSourceDb": "blog"}),
        Example({"snapshotIdentifier": "blog-before-upgrade"}),
        Example({"restoreToPointInTime": {"sourceClusterIdentifier": "blog"}}),
        Example({"replicationSourceIdentifier": "arn:aws:rds:eu-west-1:123456789012:cluster:blog"}),
    ),
    bad=(Example({"storageEncrypted": True}), Example({}), Example({}, type="aws:rds/instance:Instance")),
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
        ["performanceInsightsKmsKeyId is not set"]
        if not resource.props.has("performanceInsightsKmsKeyId") and resource.props.flag("performanceInsightsEnabled")
        else []
    ),
    good=(Example({}), Example({"performanceInsightsEnabled": True, "performanceInsightsKmsKeyId": KEY})),
    bad=(
        Example({"performanceInsightsEnabled": True}),
        Example({"performanceInsightsEnabled": True}, type="aws:rds/clusterInstance:ClusterInstance"),
        Example({"performanceInsightsEnabled": True}, type="aws:rds/cluster:Cluster"),
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
    check=every(is_set("kmsMasterKeyId"), is_known_and_none_of("kmsMasterKeyId", "alias/aws/sqs")),
    good=(Example({"kmsMasterKeyId": KEY}),),
    bad=(Example({}), Example({"kmsMasterKeyId": "alias/aws/sqs"})),
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
    check=is_known_and_none_of("kmsMasterKeyId", "alias/aws/sns"),
    good=(Example({"kmsMasterKeyId": KEY}),),
    bad=(Example({"kmsMasterKeyId": "alias/aws/sns"}),),
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
        ["keyId is not set, or is the key that all parameters of the account share"]
        if resource.props.values.get("keyId") in (None, "", "alias/aws/ssm")
        and resource.props.text("type") == "SecureString"
        else []
    ),
    good=(Example({"type": "String"}), Example({"type": "SecureString", "keyId": KEY})),
    bad=(Example({"type": "SecureString"}), Example({"type": "SecureString", "keyId": "alias/aws/ssm"})),
    unknown_passes_because="A key that is unknown is one that does not exist yet.",
)

"""More to see when something is wrong."""

from serverless_guard.rules.conditions import every, is_none_of, is_on, is_one_of, is_set, is_true
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Rule

lambda_structured_logging = Rule(
    id="lambda-structured-logging",
    types=("aws:lambda/function:Function",),
    category="logging-observability",
    severity="low",
    env="same",
    tier="extended",
    sources=("cdk-nag:Nag-LambdaLogging",),
    title="Lambda functions log in JSON format",
    rationale="Logs of functions can be queried.",
    fix="Set loggingConfig.logFormat to JSON.",
    remedy=sets("loggingConfig.logFormat", to="JSON"),
    check=is_one_of("loggingConfig.logFormat", "JSON"),
    good=(Example({"loggingConfig": {"logFormat": "JSON"}}),),
    bad=(
        Example({}, finds=("loggingConfig.logFormat is not JSON",)),
        Example({"loggingConfig": {"logFormat": "Text"}}, finds=("loggingConfig.logFormat is Text, not JSON",)),
    ),
)

lambda_log_level_not_debug = Rule(
    id="lambda-log-level-not-debug",
    types=("aws:lambda/function:Function",),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("cdk-nag:Nag-LambdaLogLevel",),
    title="Lambda functions do not use the DEBUG or TRACE application log level",
    rationale="Production does not log what only a developer needs.",
    fix="Set loggingConfig.applicationLogLevel to INFO.",
    check=is_none_of("loggingConfig.applicationLogLevel", "DEBUG", "TRACE"),
    good=(Example({}), Example({"loggingConfig": {"applicationLogLevel": "INFO"}})),
    bad=(
        Example(
            {"loggingConfig": {"applicationLogLevel": "DEBUG"}}, finds=("loggingConfig.applicationLogLevel has DEBUG",)
        ),
        Example(
            {"loggingConfig": {"applicationLogLevel": "TRACE"}}, finds=("loggingConfig.applicationLogLevel has TRACE",)
        ),
    ),
)

elasticache_log_delivery = Rule(
    id="elasticache-log-delivery",
    types=("aws:elasticache/replicationGroup:ReplicationGroup",),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    title="ElastiCache replication groups have log delivery configured",
    rationale="A cache logs slow commands.",
    fix="Set logDeliveryConfigurations.",
    check=is_set("logDeliveryConfigurations"),
    good=(Example({"logDeliveryConfigurations": [{"logType": "slow-log"}]}),),
    bad=(Example({}, finds=("logDeliveryConfigurations is not set",)),),
    unknown_passes_because="A value that is unknown is there all the same.",
)

eventbridge_bus_dlq_and_logs = Rule(
    id="eventbridge-bus-dlq-and-logs",
    types=("aws:cloudwatch/eventBus:EventBus",),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    title="EventBridge event buses have logging and a dead-letter queue configured",
    rationale="A bus logs, and keeps what it cannot deliver.",
    fix="Set logConfig.level to ERROR, INFO or TRACE, and deadLetterConfig.arn.",
    check=every(is_on("logConfig.level", "OFF"), is_set("deadLetterConfig.arn")),
    good=(Example({"logConfig": {"level": "ERROR"}, "deadLetterConfig": {"arn": "arn"}}),),
    bad=(
        Example(
            {},
            finds=("logConfig.level is not set", "deadLetterConfig.arn is not set"),
        ),
        Example({"logConfig": {"level": "OFF"}, "deadLetterConfig": {"arn": "arn"}}, finds=("logConfig.level is OFF",)),
    ),
    unknown_passes_because="A value that is unknown is there all the same.",
)

alarm_missing_data_explicit = Rule(
    id="alarm-missing-data-explicit",
    types=("aws:cloudwatch/metricAlarm:MetricAlarm",),
    category="logging-observability",
    severity="low",
    env="same",
    tier="extended",
    title="CloudWatch metric alarms specify how to treat missing data",
    rationale="An alarm says what no data means.",
    fix="Set treatMissingData, for example to notBreaching.",
    check=is_set("treatMissingData"),
    good=(Example({"treatMissingData": "notBreaching"}),),
    bad=(Example({}, finds=("treatMissingData is not set",)),),
    unknown_passes_because="A value that is unknown is there all the same.",
)

rds_enhanced_monitoring = Rule(
    id="rds-enhanced-monitoring",
    types=("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:rds/cluster:Cluster"),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("cdk-nag:Nag-RDSEnhancedMonitoringEnabled", "checkov:CKV_AWS_118", "fsbp:RDS.6"),
    title="RDS DB instances and clusters have Enhanced Monitoring enabled",
    rationale="A database tells how its machine is.",
    fix="Set monitoringInterval to 60.",
    check=lambda resource: ["monitoringInterval is not set"] if not resource.props.number("monitoringInterval") else [],
    good=(Example({"monitoringInterval": 60}),),
    bad=(
        Example({}, finds=("monitoringInterval is not set",)),
        Example({"monitoringInterval": 0}, finds=("monitoringInterval is not set",)),
        Example({}, finds=("monitoringInterval is not set",), type="aws:rds/clusterInstance:ClusterInstance"),
        Example({}, finds=("monitoringInterval is not set",), type="aws:rds/cluster:Cluster"),
    ),
)

rds_performance_insights = Rule(
    id="rds-performance-insights",
    types=("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:rds/cluster:Cluster"),
    category="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=(
        "compliance:aws-rds-instance-enable-performance-insights",
        "compliance:aws-rds-clusterinstance-enable-performance-insights",
        "checkov:CKV_AWS_353",
        "trivy:AWS-0133",
    ),
    title="RDS DB instances and clusters have Performance Insights enabled",
    rationale="A database tells which queries are slow.",
    fix="Set performanceInsightsEnabled to true.",
    check=is_true("performanceInsightsEnabled"),
    good=(Example({"performanceInsightsEnabled": True}),),
    bad=(
        Example({}, finds=("performanceInsightsEnabled is not true",)),
        Example({}, finds=("performanceInsightsEnabled is not true",), type="aws:rds/clusterInstance:ClusterInstance"),
        Example({}, finds=("performanceInsightsEnabled is not true",), type="aws:rds/cluster:Cluster"),
    ),
)

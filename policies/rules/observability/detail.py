"""More to see when something is wrong."""

from policies.rules.conditions import is_none_of, is_one_of, is_set, is_true
from policies.rules.remedies import sets
from policies.rules.rule import Example, Rule

lambda_structured_logging = Rule(
    id="lambda-structured-logging",
    types=("aws:lambda/function:Function",),
    promise="logging-observability",
    severity="low",
    env="same",
    tier="extended",
    sources=("cdk-nag:Nag-LambdaLogging",),
    title="Logs of functions can be queried",
    fix="Set loggingConfig.logFormat to JSON.",
    remedy=sets("loggingConfig.logFormat", to="JSON"),
    check=is_one_of("loggingConfig.logFormat", "JSON"),
    good=(Example({"loggingConfig": {"logFormat": "JSON"}}),),
    bad=(Example({}), Example({"loggingConfig": {"logFormat": "Text"}})),
)

lambda_log_level_not_debug = Rule(
    id="lambda-log-level-not-debug",
    types=("aws:lambda/function:Function",),
    promise="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("cdk-nag:Nag-LambdaLogLevel",),
    title="Production does not log what only a developer needs",
    fix="Set loggingConfig.applicationLogLevel to INFO.",
    check=is_none_of("loggingConfig.applicationLogLevel", "DEBUG", "TRACE"),
    good=(Example({}), Example({"loggingConfig": {"applicationLogLevel": "INFO"}})),
    bad=(Example({"loggingConfig": {"applicationLogLevel": "DEBUG"}}),),
)

elasticache_log_delivery = Rule(
    id="elasticache-log-delivery",
    types=("aws:elasticache/replicationGroup:ReplicationGroup",),
    promise="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    title="A cache logs slow commands",
    fix="Set logDeliveryConfigurations.",
    check=is_set("logDeliveryConfigurations"),
    good=(Example({"logDeliveryConfigurations": [{"logType": "slow-log"}]}),),
    bad=(Example({}),),
    unknown_is_fine="A value that is unknown is there all the same.",
)

eventbridge_bus_dlq_and_logs = Rule(
    id="eventbridge-bus-dlq-and-logs",
    types=("aws:cloudwatch/eventBus:EventBus",),
    promise="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    title="A bus logs, and keeps what it cannot deliver",
    fix="Set logConfig and deadLetterConfig.",
    check=is_set("logConfig", "deadLetterConfig"),
    good=(Example({"logConfig": {"level": "ERROR"}, "deadLetterConfig": {"arn": "arn"}}),),
    bad=(Example({}),),
    unknown_is_fine="A value that is unknown is there all the same.",
)

alarm_missing_data_explicit = Rule(
    id="alarm-missing-data-explicit",
    types=("aws:cloudwatch/metricAlarm:MetricAlarm",),
    promise="logging-observability",
    severity="low",
    env="same",
    tier="extended",
    title="An alarm says what no data means",
    fix="Set treatMissingData, for example to notBreaching.",
    check=is_set("treatMissingData"),
    good=(Example({"treatMissingData": "notBreaching"}),),
    bad=(Example({}),),
    unknown_is_fine="A value that is unknown is there all the same.",
)

rds_enhanced_monitoring = Rule(
    id="rds-enhanced-monitoring",
    types=("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:rds/cluster:Cluster"),
    promise="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=("cdk-nag:Nag-RDSEnhancedMonitoringEnabled", "checkov:CKV_AWS_118", "fsbp:RDS.6"),
    title="A database tells how its machine is",
    fix="Set monitoringInterval to 60.",
    check=lambda resource: ["monitoringInterval is not set"] if not resource.props.number("monitoringInterval") else [],
    good=(Example({"monitoringInterval": 60}),),
    bad=(Example({}), Example({"monitoringInterval": 0})),
)

rds_performance_insights = Rule(
    id="rds-performance-insights",
    types=("aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance", "aws:rds/cluster:Cluster"),
    promise="logging-observability",
    severity="low",
    env="prod-only",
    tier="extended",
    sources=(
        "compliance:aws-rds-instance-enable-performance-insights",
        "compliance:aws-rds-clusterinstance-enable-performance-insights",
        "checkov:CKV_AWS_353",
        "trivy:AWS-0133",
    ),
    title="A database tells which queries are slow",
    fix="Set performanceInsightsEnabled to true.",
    check=is_true("performanceInsightsEnabled"),
    good=(Example({"performanceInsightsEnabled": True}),),
    bad=(Example({}),),
)

"""What a month of a resource costs, by type: a formula of its inputs, of the usage and of the prices."""

from collections.abc import Callable, Mapping
from typing import cast

from cost.resources import Resource
from cost.tables import Prices

HOURS = 730
"""Of a month, as AWS's calculator has it, https://docs.aws.amazon.com/pricing-calculator/latest/userguide/what-is-pricing-calculator.html."""

SECONDS = HOURS * 3600

type Usage = Mapping[str, float]
type Formula = Callable[[Resource, Usage, Prices], float]


def function_second(memory: float, architecture: str, prices: Prices) -> float:
    """What a second of a function costs, by its memory in MB."""
    return memory / 1024 * prices[f"lambda.gb-second.{architecture}"]


def _function(one: Resource, usage: Usage, prices: Prices) -> float:
    architecture = next(iter(one.items("architectures")), "x86_64")
    second = function_second(one.number("memorySize", 128), architecture, prices)
    call = prices["lambda.request"] + second * usage["function.milliseconds"] / 1000
    return usage["function.invocations"] * call


def _provisioned_concurrency(one: Resource, _usage: Usage, prices: Prices) -> float:
    """The function's memory is not among the inputs: it is taken as the default of the settings, 512 MB on arm64."""
    return one.number("provisionedConcurrentExecutions") * 0.5 * SECONDS * prices["lambda.provisioned-gb-second.arm64"]


def _table(one: Resource, usage: Usage, prices: Prices) -> float:
    indexes = len(one.items("globalSecondaryIndexes"))
    gigabytes = usage["table.gb"] * (1 + indexes)
    recovery = usage["table.gb"] * prices["dynamodb.recovery-gb-month"] if _recovers(one) else 0
    if one.inputs.get("billingMode") == "PAY_PER_REQUEST":
        writes = usage["table.writes"] * (1 + indexes) * prices["dynamodb.write-request"]
        traffic = usage["table.reads"] * prices["dynamodb.read-request"] + writes
    else:
        hour = one.number("readCapacity") * prices["dynamodb.read-unit-hour"]
        hour += one.number("writeCapacity") * prices["dynamodb.write-unit-hour"]
        traffic = HOURS * hour * (1 + indexes)
    return traffic + gigabytes * prices["dynamodb.gb-month"] + recovery


def _recovers(one: Resource) -> bool:
    recovery = one.inputs.get("pointInTimeRecovery")
    return isinstance(recovery, dict) and cast("dict[str, object]", recovery).get("enabled") is True


def _stage(one: Resource, _usage: Usage, prices: Prices) -> float:
    if one.inputs.get("cacheClusterEnabled") is not True:
        return 0
    return HOURS * prices[f"api.cache-hour.{one.inputs.get('cacheClusterSize')}"]


def _bucket(_one: Resource, usage: Usage, prices: Prices) -> float:
    requests = usage["bucket.writes"] * prices["s3.write-request"] + usage["bucket.reads"] * prices["s3.read-request"]
    return usage["bucket.gb"] * prices["s3.gb-month"] + requests


def _log_group(one: Resource, usage: Usage, prices: Prices) -> float:
    """Kept logs grow until the first ones are deleted; CloudWatch compresses them to 15 %."""
    months = one.number("retentionInDays", 365) / 30
    return usage["log.gb"] * (prices["cloudwatch.log-gb"] + 0.15 * months * prices["cloudwatch.log-gb-month"])


def _replication_group(one: Resource, _usage: Usage, prices: Prices) -> float:
    nodes = one.number("numCacheClusters") or one.number("numNodeGroups", 1) * (1 + one.number("replicasPerNodeGroup"))
    return nodes * HOURS * prices[f"elasticache.node-hour.{one.inputs.get('nodeType')}"]


def _serverless_cache(_one: Resource, usage: Usage, prices: Prices) -> float:
    gigabytes = usage["cache.gb"] * HOURS * prices["elasticache.serverless-gb-hour"]
    return gigabytes + usage["cache.requests"] * prices["elasticache.serverless-request"]


def _database(one: Resource, usage: Usage, prices: Prices) -> float:
    zones = 2 if one.inputs.get("multiAz") is True else 1
    gigabytes = max(one.number("allocatedStorage"), usage["relational.gb"])
    hour = prices[f"rds.instance-hour.{one.inputs.get('instanceClass')}"]
    return zones * (HOURS * hour + gigabytes * prices["rds.gb-month"])


def _cluster_instance(one: Resource, _usage: Usage, prices: Prices) -> float:
    """Aurora's capacity stands in the cluster; an instance that scales has at least half a unit."""
    if one.inputs.get("instanceClass") == "db.serverless":
        return HOURS * 0.5 * prices["aurora.capacity-unit-hour"]
    return HOURS * prices[f"rds.instance-hour.{one.inputs.get('instanceClass')}"]


def _endpoint(one: Resource, _usage: Usage, prices: Prices) -> float:
    if one.inputs.get("vpcEndpointType") != "Interface":
        return 0
    return max(1, len(one.items("subnetIds"))) * HOURS * prices["vpc.endpoint-hour"]


def _each(price: str, by: str = "", *, hours: bool = False) -> Formula:
    """A price by the month, by the hour, or by a number of the usage."""

    def formula(_one: Resource, usage: Usage, prices: Prices) -> float:
        return prices[price] * (usage[by] if by else HOURS if hours else 1)

    return formula


def _sum(*formulas: Formula) -> Formula:
    return lambda one, usage, prices: sum(formula(one, usage, prices) for formula in formulas)


FORMULAS: dict[str, Formula] = {
    "aws:lambda/function:Function": _function,
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": _provisioned_concurrency,
    "aws:apigatewayv2/api:Api": _each("api.http-request", "api.requests"),
    "aws:apigateway/restApi:RestApi": _each("api.rest-request", "api.requests"),
    "aws:apigateway/stage:Stage": _stage,
    "aws:dynamodb/table:Table": _table,
    "aws:dax/cluster:Cluster": lambda one, _, prices: (
        one.number("replicationFactor", 1) * HOURS * prices[f"dax.node-hour.{one.inputs.get('nodeType')}"]
    ),
    "aws:backup/vault:Vault": _each("backup.gb-month", "table.gb"),
    "aws:s3/bucket:Bucket": _bucket,
    "aws:sqs/queue:Queue": _each("sqs.request", "queue.requests"),
    "aws:sns/topicSubscription:TopicSubscription": _each("sns.email", "topic.emails"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _each("cloudwatch.alarm"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _each("cloudwatch.composite-alarm"),
    "aws:cloudwatch/dashboard:Dashboard": _each("cloudwatch.dashboard"),
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:kms/key:Key": _sum(_each("kms.key"), _each("kms.request", "key.requests")),
    "aws:secretsmanager/secret:Secret": _sum(_each("secret.month"), _each("secret.request", "secret.requests")),
    "aws:cognito/userPool:UserPool": _each("cognito.active-user", "users.active"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _replication_group,
    "aws:elasticache/serverlessCache:ServerlessCache": _serverless_cache,
    "aws:rds/instance:Instance": _database,
    "aws:rds/cluster:Cluster": _each("aurora.gb-month", "relational.gb"),
    "aws:rds/clusterInstance:ClusterInstance": _cluster_instance,
    "aws:ec2/natGateway:NatGateway": _sum(
        _each("vpc.nat-gateway-hour", hours=True), _each("vpc.nat-gateway-gb", "network.gb")
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:cloudfront/distribution:Distribution": _sum(
        _each("cloudfront.request", "cdn.requests"), _each("cloudfront.gb", "cdn.gb")
    ),
    "aws:wafv2/webAcl:WebAcl": lambda one, usage, prices: (
        prices["waf.acl"] + len(one.items("rules")) * prices["waf.rule"] + usage["cdn.requests"] * prices["waf.request"]
    ),
}
"""By type. What is neither here nor free by the price table is named in the estimate as unpriced."""

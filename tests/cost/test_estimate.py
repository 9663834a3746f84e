"""What a stack costs a month, from its resources, the price table and the usage file."""

import json
from pathlib import Path
from typing import Any

import pytest

from cost import resources, tables
from cost.__main__ import main
from cost.estimate import estimate, line, table
from cost.formulas import FORMULAS, HOURS
from cost.resources import Resource
from cost.tables import CostError, Prices

TABLE = "aws:dynamodb/table:Table"
PRICES = tables.prices()
IDLE, BUSY = tables.usage()["idle"], tables.usage()["busy"]


def one(type_: str, *, name: str = "it", component: str = "table", **inputs: Any) -> Resource:
    return Resource(type_, name, component, inputs)


def dollars(resource: Resource, **usage: float) -> float:
    profile = {**IDLE, **{name.replace("__", "."): number for name, number in usage.items()}}
    return estimate([resource], {"month": profile}, PRICES).total("month")


def state(type_: str, name: str, parents: str = "", **inputs: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::blog::{parents}{type_}::{name}"
    return {"urn": urn, "type": type_, "custom": type_.startswith("aws:"), "inputs": inputs}


def test_a_function_costs_its_calls_and_their_seconds_times_memory_on_its_processor():
    function = one("aws:lambda/function:Function", memorySize=512, architectures=["arm64"])
    calls = dollars(function, function__invocations=1_000_000, function__milliseconds=100)
    assert calls == pytest.approx(0.20 + 1_000_000 * 0.1 * 0.5 * PRICES["lambda.gb-second.arm64"])
    assert dollars(function) == 0


def test_a_write_to_a_table_is_paid_for_again_by_each_index():
    plain = one(TABLE, billingMode="PAY_PER_REQUEST")
    indexed = one(TABLE, billingMode="PAY_PER_REQUEST", globalSecondaryIndexes=[{"name": "GSI1"}])
    assert dollars(indexed, table__writes=1000) == pytest.approx(2 * dollars(plain, table__writes=1000))


def test_a_provisioned_table_costs_the_same_whether_it_is_used_or_not():
    provisioned = one(TABLE, billingMode="PROVISIONED", readCapacity=10, writeCapacity=5)
    hour = 10 * PRICES["dynamodb.read-unit-hour"] + 5 * PRICES["dynamodb.write-unit-hour"]
    assert dollars(provisioned) == dollars(provisioned, table__reads=1e9) == pytest.approx(HOURS * hour)


def test_an_interface_endpoint_is_paid_for_in_each_zone_and_a_gateway_endpoint_not_at_all():
    endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
    interface = one(endpoint, vpcEndpointType="Interface", subnetIds=["a", "b"])
    assert dollars(interface) == pytest.approx(2 * HOURS * PRICES["vpc.endpoint-hour"])
    assert dollars(one(endpoint, vpcEndpointType="Gateway")) == 0


def test_a_rest_api_costs_its_requests_and_its_cache_each_hour_used_or_not():
    assert dollars(one("aws:apigateway/restApi:RestApi"), api__requests=1_000_000) == pytest.approx(3.70)
    cached = one("aws:apigateway/stage:Stage", cacheClusterEnabled=True, cacheClusterSize="1.6")
    assert dollars(cached) == pytest.approx(HOURS * PRICES["api.cache-hour.1.6"])
    assert dollars(one("aws:apigateway/stage:Stage", cacheClusterEnabled=False)) == 0
    assert dollars(one("aws:apigatewayv2/domainName:DomainName")) == 0


def test_what_the_price_table_does_not_know_is_named_and_never_taken_for_free():
    strange = one("aws:redshift/cluster:Cluster")
    huge = one("aws:rds/instance:Instance", name="main", instanceClass="db.r8g.48xlarge")
    made = estimate([strange, huge], {"idle": IDLE}, PRICES)
    assert made.unpriced[0].startswith("aws:rds/instance:Instance main (cost/prices.yaml has no price 'rds.instance")
    assert made.unpriced[1:] == ("aws:redshift/cluster:Cluster",)
    assert "unpriced: aws:redshift/cluster:Cluster" in table(made)


def test_every_formula_finds_its_prices_and_its_usage():
    inputs = {"nodeType": "cache.t4g.small", "instanceClass": "db.t4g.medium", "cacheClusterSize": "0.5"}
    types = [type_ for type_ in FORMULAS if "dax" not in type_]
    every = [one(type_, cacheClusterEnabled=True, **inputs) for type_ in types]
    assert (
        estimate([*every, one("aws:dax/cluster:Cluster", nodeType="dax.t3.small")], {"busy": BUSY}, PRICES).unpriced
        == ()
    )


def test_resources_of_a_preview_and_of_a_state_are_the_same_without_what_is_deleted_and_what_is_no_resource_of_aws():
    kept = state("aws:kms/key:Key", "alerts", "blog:monitoring:Monitoring$blog:topic:Topic$")
    component = state("blog:monitoring:Monitoring", "blog")
    gone = state("aws:kms/key:Key", "old")
    steps = [{"op": op, "newState": it} for op, it in (("same", kept), ("create", component), ("delete", gone))]
    assert resources.read({"steps": steps}) == resources.read({"deployment": {"resources": [kept, component]}})
    assert resources.read({"steps": steps}) == (one("aws:kms/key:Key", name="alerts", component="monitoring"),)


def test_a_document_of_another_kind_is_refused_with_the_command_that_gives_the_right_one():
    with pytest.raises(CostError, match="pulumi stack export"):
        resources.read({"checkpoint": {}})


def test_a_component_is_a_row_and_the_dearest_comes_first():
    key, alarm = one("aws:kms/key:Key", component="key"), one("aws:cloudwatch/metricAlarm:MetricAlarm", component="a")
    shown = table(estimate([alarm, key, alarm], {"idle": IDLE}, PRICES)).splitlines()
    assert [row.split() for row in shown[1:4]] == [["key", "1.00"], ["a", "0.20"], ["all", "1.20"]]


def test_the_line_says_what_changes_against_what_is_deployed():
    key = estimate([one("aws:kms/key:Key")], {"idle": IDLE}, PRICES)
    nothing = estimate([], {"idle": IDLE}, PRICES)
    assert line(key, nothing) == "Estimated a month: idle $1.00 (+1.00); `make cost` has the parts"
    assert line(key, key) == "Estimated a month: idle $1.00 (unchanged); `make cost` has the parts"


def test_a_price_that_lacks_is_named():
    with pytest.raises(CostError, match=r"prices\.yaml has no price 'gold'"):
        Prices("2026-01-01", "eu-central-1", {}, ())["gold"]


@pytest.mark.parametrize("value", ["cheap", -1, True, None])
def test_a_number_that_is_none_is_refused_with_its_name(tmp_path: Path, value: object):
    file = tmp_path / "usage.yaml"
    file.write_text(json.dumps({"idle": {"api.requests": value}}))
    with pytest.raises(CostError, match=r"usage\.yaml: api\.requests is "):
        tables.usage(file)


def test_profiles_that_differ_in_their_names_are_refused(tmp_path: Path):
    file = tmp_path / "usage.yaml"
    file.write_text("idle: {a: 1, b: 2}\nbusy: {a: 1}\n")
    with pytest.raises(CostError, match="busy lacks b, which another profile has"):
        tables.usage(file)


def test_the_command_prices_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"deployment": {"resources": [state("aws:kms/key:Key", "data")]}}))
    assert main(["estimate", str(file)]) == 0
    assert "__main__" in capsys.readouterr().out
    assert main(["estimate", str(tmp_path / "none.json")]) == 1
    assert "none.json" in capsys.readouterr().err

"""An estimate as text: the table of `make cost`, and the line of a preview."""

import json
from pathlib import Path

import pytest

from cost.__main__ import main
from cost.estimate import Estimate
from cost.render import line, table
from tests.cost.stacks import one, priced

KEY = one("aws:kms/key:Key", components=("key",))
ALARM = one("aws:cloudwatch/metricAlarm:MetricAlarm", components=("a",))
NAT = one("aws:ec2/natGateway:NatGateway", name="blog-dev-out", components=("network",))


def test_a_component_is_a_row_and_the_dearest_comes_first_before_and_after_the_free_tiers():
    shown = table(priced(ALARM, KEY)).splitlines()
    assert [row.split() for row in shown[1:6]] == [
        ["key", "1.00"],
        ["a", "0.10"],
        ["all", "1.10"],
        ["free", "tiers", "-0.10"],
        ["all", "after", "free", "tiers", "1.00"],
    ]
    assert "List prices of 2026-12-01 (cost/prices)" in shown[6]


def test_the_table_names_what_is_unpriced_and_what_is_unconfirmed():
    shown = table(priced(one("aws:redshift/cluster:Cluster"), one("aws:dax/cluster:Cluster", nodeType="dax.t3.small")))
    assert "unpriced: aws:redshift/cluster:Cluster" in shown
    assert "Prices that no second source confirms: dax.node-hour.dax.t3.small" in shown
    assert "confirms" not in table(priced(KEY))


def test_the_line_says_what_changes_against_what_is_deployed():
    assert line(priced(KEY), priced()) == "Estimated a month: month $1.00 (+1.00); `make cost` has the parts"
    assert line(priced(KEY), priced(KEY)) == "Estimated a month: month $1.00 (unchanged); `make cost` has the parts"


def second_line(planned: Estimate, deployed: Estimate) -> str:
    return line(planned, deployed).partition("\n")[2]


def test_the_line_names_the_changes_that_make_a_stack_dearer_with_what_changed():
    assert second_line(priced(KEY, NAT), priced(KEY)) == "Dearer by: blog-dev-out (new NatGateway) month +37.96"
    node = "aws:elasticache/replicationGroup:ReplicationGroup"
    small, large = (
        one(node, name="cache", engine="valkey", nodeType=f"cache.t4g.{size}", numCacheClusters=1, __defaults=[size])
        for size in ("small", "medium")
    )
    assert second_line(priced(large), priced(small)) == "Dearer by: cache (ReplicationGroup: nodeType) month +22.19"
    assert second_line(priced(small), priced(large)) == ""
    assert second_line(priced(KEY), priced(KEY)) == ""


def test_the_line_names_the_three_dearest_changes_and_counts_the_rest():
    secrets = [one("aws:secretsmanager/secret:Secret", name=name) for name in ("a", "b", "c")]
    told = second_line(priced(KEY, NAT, *secrets), priced(KEY))
    assert told == (
        "Dearer by: blog-dev-out (new NatGateway) month +37.96; a (new Secret) month +0.40; "
        "b (new Secret) month +0.40; 1 more"
    )


def test_the_line_names_a_resource_that_costs_more_by_what_another_one_says():
    cluster = "aws:rds/cluster:Cluster"
    instance = one("aws:rds/clusterInstance:ClusterInstance", name="i", parent="p", instanceClass="db.serverless")
    before, after = (
        one(cluster, parent="p", serverlessv2ScalingConfiguration={"minCapacity": least, "maxCapacity": 4})
        for least in (0.5, 1)
    )
    told = second_line(priced(after, instance), priced(before, instance))
    assert told == "Dearer by: i (ClusterInstance, by what it refers to) month +51.10"


def test_the_command_prices_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "state.json"
    urn = "urn:pulumi:prod::blog::aws:kms/key:Key::data"
    key = {"urn": urn, "type": "aws:kms/key:Key", "custom": True, "inputs": {"region": "eu-central-1"}}
    file.write_text(json.dumps({"deployment": {"resources": [key]}}))
    assert main(["estimate", str(file)]) == 0
    assert "__main__" in capsys.readouterr().out
    assert main(["estimate", str(tmp_path / "none.json")]) == 1
    assert "none.json" in capsys.readouterr().err


def test_the_command_refuses_a_region_without_prices(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "state.json"
    urn = "urn:pulumi:prod::blog::aws:kms/key:Key::data"
    key = {"urn": urn, "type": "aws:kms/key:Key", "custom": True, "inputs": {"region": "sa-east-1"}}
    file.write_text(json.dumps({"deployment": {"resources": [key]}}))
    assert main(["estimate", str(file)]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("error: no prices for the region sa-east-1")
    assert shown.out == ""

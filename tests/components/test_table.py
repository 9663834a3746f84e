"""What the table lets functions do."""

import pytest

from components.data.table import AccessPattern, Table
from components.data.table_capacity import Provisioned
from tests.components.recording import Registration, record
from tests.components.test_contract import DEPLOYMENT


def _registered(capacity: Provisioned | None) -> list[Registration]:
    return record(
        lambda: Table("blog-test-table", deployment=DEPLOYMENT, access_patterns={}, recovery_days=7, capacity=capacity)
    )


def test_a_pattern_that_names_keys_is_bound_to_them() -> None:
    pattern = AccessPattern(actions=("GetItem",), leading_keys="USER#*")
    assert pattern.conditions == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}}


def test_a_pattern_that_names_no_key_is_bound_to_attributes_and_may_not_ask_for_all() -> None:
    pattern = AccessPattern(actions=("Scan",), attributes=("SK", "expiresAt"))
    assert pattern.conditions == {
        # DynamoDB reads nothing where the names of the keys are missing.
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["PK", "SK", "expiresAt"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }


def test_a_pattern_bound_to_nothing_is_refused_with_the_fix() -> None:
    with pytest.raises(ValueError, match="with Scan is open to the whole table; give it leading_keys"):
        AccessPattern(actions=("Scan",))


def test_a_provisioned_table_scales_its_reads_and_writes_and_those_of_its_index():
    registered = _registered(Provisioned(minimum=5, maximum=40))
    targets = [entry.inputs for entry in registered if entry.type == "aws:appautoscaling/target:Target"]
    policies = [entry.inputs for entry in registered if entry.type == "aws:appautoscaling/policy:Policy"]
    table, index = "table/blog-test-table", "table/blog-test-table/index/GSI1"
    assert {(one["resourceId"], one["scalableDimension"]) for one in targets} == {
        (table, "dynamodb:table:ReadCapacityUnits"),
        (table, "dynamodb:table:WriteCapacityUnits"),
        (index, "dynamodb:index:ReadCapacityUnits"),
        (index, "dynamodb:index:WriteCapacityUnits"),
    }
    assert {(one["minCapacity"], one["maxCapacity"]) for one in targets} == {(5, 40)}
    followed = [
        (
            one["scalableDimension"].split(":")[2],
            one["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]["predefinedMetricType"],
            one["targetTrackingScalingPolicyConfiguration"]["targetValue"],
        )
        for one in policies
    ]
    assert sorted(followed) == sorted(
        [
            ("ReadCapacityUnits", "DynamoDBReadCapacityUtilization", 70),
            ("WriteCapacityUnits", "DynamoDBWriteCapacityUtilization", 70),
        ]
        * 2
    )


def test_a_provisioned_table_and_its_index_start_at_the_minimum():
    table = next(entry.inputs for entry in _registered(Provisioned(minimum=5, maximum=40)) if "dynamodb" in entry.type)
    index = table["globalSecondaryIndexes"][0]
    assert table["billingMode"] == "PROVISIONED"
    assert [one[side] for one in (table, index) for side in ("readCapacity", "writeCapacity")] == [5] * 4


def test_a_table_on_demand_has_no_capacity_and_nothing_scales_it():
    registered = _registered(None)
    table = next(entry.inputs for entry in registered if "dynamodb" in entry.type)
    assert table["billingMode"] == "PAY_PER_REQUEST"
    assert "readCapacity" not in table
    assert "readCapacity" not in table["globalSecondaryIndexes"][0]
    assert [entry.type for entry in registered if "appautoscaling" in entry.type] == []

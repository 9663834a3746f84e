"""How a provisioned table grows and shrinks with its load."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import appautoscaling

BUSY_PERCENT = 70
"""How much of the capacity is used when it grows, as the console proposes,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html."""


@dataclass(frozen=True, kw_only=True)
class Provisioned:
    """Capacity units a second, for reads and for writes, of a table and of each of its indexes.

    A read unit is one read of 4 KB a second, a write unit one write of 1 KB.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/provisioned-capacity-mode.html

    Attributes:
        minimum: What it starts with and never falls below.
        maximum: What it never exceeds; requests beyond it are throttled.
    """

    minimum: int
    maximum: int


def autoscale(
    table: str, *, capacity: Provisioned, indexes: Sequence[str], opts: pulumi.ResourceOptions
) -> list[appautoscaling.Policy]:
    """Scale the reads and writes of a table and of its indexes, each on its own.

    An index that is left behind throttles the writes of its table.
    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-gsi-aggregation.html

    Args:
        table: The table's name.
        capacity: The bounds.
        indexes: The names of its indexes.
        opts: Options of the parts; they have to make them wait for the table.
    """
    scaled = [("table", f"table/{table}"), *(("index", f"table/{table}/index/{index}") for index in indexes)]
    return [_track(kind, resource, side, capacity, opts) for kind, resource in scaled for side in ("Read", "Write")]


def _track(
    kind: str, resource: str, side: str, capacity: Provisioned, opts: pulumi.ResourceOptions
) -> appautoscaling.Policy:
    name = f"{resource.removeprefix('table/').replace('/index/', '-').lower()}-{side.lower()}s"
    target = appautoscaling.Target(
        name,
        service_namespace="dynamodb",
        resource_id=resource,
        scalable_dimension=f"dynamodb:{kind}:{side}CapacityUnits",
        min_capacity=capacity.minimum,
        max_capacity=capacity.maximum,
        opts=opts,
    )
    return appautoscaling.Policy(
        name,
        name=name,
        service_namespace=target.service_namespace,
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        policy_type="TargetTrackingScaling",
        target_tracking_scaling_policy_configuration=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            predefined_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                predefined_metric_type=f"DynamoDB{side}CapacityUtilization"
            ),
            target_value=BUSY_PERCENT,
        ),
        opts=opts,
    )

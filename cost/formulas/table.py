"""DynamoDB and its accelerator, https://aws.amazon.com/dynamodb/pricing/."""

from collections.abc import Iterator, Mapping
from typing import Any

from cost.charges import HOURS, SECONDS, Charge, Formula
from cost.resources import Resource, Stack
from cost.usage import Usage
from cost.values import as_block

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"

TARGET_UTILIZATION = 0.7
"""The share of the capacity that autoscaling keeps in use, where its policy is not known."""


def _table(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    yield from _regional(one, usage, stack)
    if as_block(one.inputs.get("pointInTimeRecovery")).get("enabled") is True:
        yield Charge("dynamodb.recovery-gb-month", usage["table.gb"])
    for replica in one.items("replicas"):
        region = str(as_block(replica).get("regionName", ""))
        yield from (Charge(part.price, part.quantity, region) for part in _regional(one, usage, stack, replica=True))
        if as_block(replica).get("pointInTimeRecovery") is True:
            yield Charge("dynamodb.recovery-gb-month", usage["table.gb"], region)


def _regional(one: Resource, usage: Usage, stack: Stack, *, replica: bool = False) -> Iterator[Charge]:
    """The charges of a table in one region. A replica takes all writes; the reads are done where the table is."""
    infrequent = "-infrequent" if one.inputs.get("tableClass") == "STANDARD_INFREQUENT_ACCESS" else ""
    indexes = [as_block(index) for index in one.items("globalSecondaryIndexes")]
    copies = 1 + len(indexes) * usage["table.indexed-share"]
    yield Charge(f"dynamodb.gb-month{infrequent}", usage["table.gb"] * copies)
    reads = 0 if replica else usage["table.reads"]
    if one.inputs.get("billingMode") == "PAY_PER_REQUEST":
        yield Charge(f"dynamodb.write-request{infrequent}", usage["table.writes"] * copies)
        yield Charge(f"dynamodb.read-request{infrequent}", reads)
        return
    writes, name = usage["table.writes"], f"table/{one.inputs.get('name')}"
    # Reads may go to the table or to an index: they are taken to go to the table.
    parts = [(name, one.inputs, reads, writes)]
    parts += [
        (f"{name}/index/{index.get('name')}", index, 0, writes * usage["table.indexed-share"]) for index in indexes
    ]
    for resource_id, part, read, written in parts:
        yield Charge(f"dynamodb.read-unit-hour{infrequent}", HOURS * _capacity(stack, resource_id, "Read", part, read))
        yield Charge(
            f"dynamodb.write-unit-hour{infrequent}", HOURS * _capacity(stack, resource_id, "Write", part, written)
        )


def _capacity(stack: Stack, resource_id: str, kind: str, part: Mapping[str, Any], units: float) -> float:
    """What is provisioned, or what autoscaling makes of it for the units of a month, between its limits."""
    given = _number(part.get(f"{kind.lower()}Capacity"), 1)
    for target in _scaling(stack, TARGET, resource_id, kind):
        least, most = target.number("minCapacity", given), target.number("maxCapacity", float("inf"))
        utilization = TARGET_UTILIZATION
        for policy in _scaling(stack, POLICY, resource_id, kind):
            tracking = policy.block("targetTrackingScalingPolicyConfiguration")
            utilization = _number(tracking.get("targetValue"), 100 * utilization) / 100
        return min(most, max(least, units / SECONDS / utilization))
    return given


def _scaling(stack: Stack, type_: str, resource_id: str, kind: str) -> list[Resource]:
    return [
        one
        for one in stack.of_type(type_)
        if one.inputs.get("resourceId") == resource_id
        and str(one.inputs.get("scalableDimension", "")).endswith(f":{kind}CapacityUnits")
    ]


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, (int, float)) else default


def _accelerator(one: Resource, _usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge(f"dax.node-hour.{one.inputs.get('nodeType')}", HOURS * one.number("replicationFactor", 1))


def _replica(one: Resource, usage: Usage, stack: Stack) -> Iterator[Charge]:
    for table in stack.referred(one, "globalTableArn", TABLE)[:1]:
        yield from _regional(table, usage, stack, replica=True)
    if one.inputs.get("pointInTimeRecovery") is True:
        yield Charge("dynamodb.recovery-gb-month", usage["table.gb"])


FORMULAS: dict[str, tuple[Formula, ...]] = {
    TABLE: (_table,),
    "aws:dynamodb/tableReplica:TableReplica": (_replica,),
    "aws:dax/cluster:Cluster": (_accelerator,),
}

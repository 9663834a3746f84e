"""DynamoDB and its accelerator, https://aws.amazon.com/dynamodb/pricing/."""

from collections.abc import Iterator, Mapping
from typing import Any

from cost.charges import HOURS, SECONDS, Charge, Formula
from cost.resources import Resource, Stack
from cost.usage import Usage
from cost.values import as_block

TABLE = "aws:dynamodb/table:Table"
TARGET = "aws:appautoscaling/target:Target"

TARGET_UTILIZATION = 0.7
"""What autoscaling keeps in use, where its policy does not say otherwise."""


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
    scaled = bool(stack.of_type(TARGET))
    for part in (one.inputs, *({**one.inputs, **index} for index in indexes)):
        writes = _capacity(part, "writeCapacity", usage["table.writes"] if scaled else 0)
        yield Charge(f"dynamodb.write-unit-hour{infrequent}", HOURS * writes)
        # Reads go to the table or to an index: the busiest takes them all.
        yield Charge(
            f"dynamodb.read-unit-hour{infrequent}",
            HOURS * _capacity(part, "readCapacity", reads if scaled and part is one.inputs else 0),
        )


def _capacity(part: Mapping[str, Any], name: str, units: float) -> float:
    """What is provisioned, or what autoscaling makes of it for the units of a month."""
    given = part.get(name, 1)
    least = float(given) if isinstance(given, (int, float)) else 1.0
    return max(least, units / SECONDS / TARGET_UTILIZATION)


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

"""Prices a load that was run on the local AWS, by what its meter has counted (`local/emulation/meter.py`)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cost.estimate import Item
from cost.formulas.compute import FUNCTION, PROVISIONED
from cost.formulas.table import TABLE
from cost.resources import Resource, Stack
from cost.tables import CostError

GIGABYTE = 1024**3

type Counts = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Quantities by kind, by name and by measure, such as `{"function": {"blog-dev-get-user": {"invocations": 3}}}`."""


@dataclass(frozen=True)
class Counted:
    """How what is counted of a kind of resource is billed.

    Attributes:
        kind: The meter's name of it.
        key: The input that is the resource's name there; `id` stands for its id.
        prices: The price and the units of a count that make one of it, by measure.
    """

    kind: str
    key: str
    prices: Callable[[Resource, Stack], Mapping[str, tuple[str, float]]]


def _of_function(one: Resource, stack: Stack) -> Mapping[str, tuple[str, float]]:
    architecture = next(iter(one.items("architectures")), "x86_64")
    warm = any(one in stack.referred(each, "functionName", FUNCTION) for each in stack.of_type(PROVISIONED))
    return {
        "invocations": ("lambda.provisioned-request" if warm else "lambda.request", 1),
        "gb-seconds": (f"lambda.{'provisioned-duration' if warm else 'gb-second'}.{architecture}", 1),
    }


def _of_table(one: Resource, _stack: Stack) -> Mapping[str, tuple[str, float]]:
    """Units of a table with provisioned capacity are paid for already."""
    if one.inputs.get("billingMode") != "PAY_PER_REQUEST":
        return {}
    infrequent = "-infrequent" if one.inputs.get("tableClass") == "STANDARD_INFREQUENT_ACCESS" else ""
    return {
        "reads": (f"dynamodb.read-request{infrequent}", 1),
        "writes": (f"dynamodb.write-request{infrequent}", 1),
    }


def _of_api(one: Resource, _stack: Stack) -> Mapping[str, tuple[str, float]]:
    request = "api.rest-request" if one.type.startswith("aws:apigateway/") else "api.http-request"
    return {"requests": (request, 1), "response-bytes": ("transfer.out-gb", GIGABYTE)}


def _always(**prices: tuple[str, float]) -> Callable[[Resource, Stack], Mapping[str, tuple[str, float]]]:
    return lambda _one, _stack: prices


COUNTED: dict[str, Counted] = {
    FUNCTION: Counted("function", "name", _of_function),
    TABLE: Counted("table", "name", _of_table),
    "aws:apigatewayv2/api:Api": Counted("api", "id", _of_api),
    "aws:apigateway/restApi:RestApi": Counted("api", "id", _of_api),
    "aws:s3/bucket:Bucket": Counted(
        "bucket", "bucket", _always(writes=("s3.write-request", 1), reads=("s3.read-request", 1))
    ),
    "aws:sqs/queue:Queue": Counted("queue", "name", _always(requests=("sqs.request", 1))),
    "aws:sns/topic:Topic": Counted("topic", "name", _always(messages=("sns.publish", 1))),
    "aws:secretsmanager/secret:Secret": Counted("secret", "name", _always(requests=("secret.request", 1))),
    "aws:cloudwatch/logGroup:LogGroup": Counted("log-group", "name", _always(bytes=("cloudwatch.log-gb", GIGABYTE))),
}


def read(file: Path) -> Counts:
    """Read what a meter has written.

    Raises:
        CostError: There is no such file.
    """
    if not file.exists():
        raise CostError(f"{file} does not exist: `make up` starts the local AWS, whose meter writes it")
    return cast("Counts", json.loads(file.read_text(encoding="utf-8")))


def since(counts: Counts, before: Counts) -> Counts:
    """What was counted after an earlier reading; a meter that began anew has counted all of it."""
    return {
        kind: {name: _since(measures, before.get(kind, {}).get(name, {})) for name, measures in names.items()}
        for kind, names in counts.items()
    }


def _since(measures: Mapping[str, float], before: Mapping[str, float]) -> Mapping[str, float]:
    if any(measures.get(measure, 0) < quantity for measure, quantity in before.items()):
        return measures
    return {measure: quantity - before.get(measure, 0) for measure, quantity in measures.items()}


def items(counts: Counts, stack: Stack) -> list[Item]:
    """What the resources of a stack have taken of each price; what was counted of other stacks is left out."""
    return [item for one in stack for item in _items(counts, one, stack)]


def _items(counts: Counts, one: Resource, stack: Stack) -> Iterator[Item]:
    if not (counted := COUNTED.get(one.type)):
        return
    name = one.id if counted.key == "id" else str(one.inputs.get(counted.key))
    measures = counts.get(counted.kind, {}).get(name, {})
    for measure, (price, units) in counted.prices(one, stack).items():
        if quantity := measures.get(measure, 0):
            yield Item(one, price, one.region, quantity / units)

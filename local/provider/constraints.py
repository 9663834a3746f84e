"""Evaluates which values the AWS provider refuses before it calls AWS: enumerations, ranges, lengths, patterns, pairs.

`constraints/<service>.json` holds the constraints of each resource type:

- `properties`: by path (`rules[].status`), any of `enum` (`fold`: in any case), `range`, `also` (values outside of the
  range), `multiple` (of a number, or one of `enum`), `length` in characters, `pattern`, `contains`, `format`
  (arn, json, object, cidr4, cidr6, time) and `prefix` (bits of a network's prefix). A bound of null is open.
- `conflicts`: properties of which one may be given; `exactlyOne`, `atLeastOne`: of which so many must be given.
- `requires`: a property and those that must be given with it.

Source: the answers of ValidateResourceTypeConfig of the Terraform AWS provider 5.100.0, on which pulumi-aws is built,
to each property of each type with values of a wrong form, length and size, alone and with all of its neighbours.
Enumerations have the members of botocore's models added, which are newer; a queue's `maxMessageSize` is SQS's limit of
1 MiB: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html.
"""

import functools
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from local.provider.interface import Failure
from local.provider.wire import UNKNOWN, Props

_FOLDER = Path(__file__).with_name("constraints")
_ARN = re.compile(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:.+", re.DOTALL)

type Constraint = Mapping[str, Any]
type Wanted = str
"""What a value must be, in words that follow "must be" or "must"."""


def refused(token: str, inputs: Props) -> Iterator[Failure]:
    """Find the inputs that the AWS provider refuses in a preview. Values are not repeated, for they may be secret.

    Args:
        token: The resource type.
        inputs: Its inputs by their Pulumi names; whatever is not known yet passes.
    """
    constraints = _of_service(token.split(":")[1].split("/", maxsplit=1)[0]).get(token, {})
    for path, constraint in constraints.get("properties", {}).items():
        for where, value in _values(inputs, path.split(".")):
            for wanted in _violations(constraint, value):
                yield Failure(where, f"{token} refuses the value of {where!r}: it must {wanted}")
    for rule, find in _COMBINATIONS.items():
        for paths in constraints.get(rule, ()):
            parent = paths[0].rpartition(".")[0]
            names = [path.rpartition(".")[2] for path in paths]
            for where, members in _values(inputs, parent.split(".") if parent else []):
                if isinstance(members, dict):
                    yield from find(token, where, names, cast("Props", members))


@functools.cache
def _of_service(service: str) -> dict[str, Any]:
    file = _FOLDER / f"{service}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _values(value: Any, steps: list[str], where: str = "") -> Iterator[tuple[str, Any]]:
    """The known values at a path, each with its own path; lists on the way count item by item."""
    if value is None or value == UNKNOWN:
        return
    if isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _values(item, steps, f"{where}[{index}]")
    elif not steps:
        yield where, value
    elif isinstance(value, dict):
        name = steps[0].removesuffix("[]")
        yield from _values(cast("Props", value).get(name), steps[1:], f"{where}.{name}" if where else name)


def _violations(constraint: Constraint, value: Any) -> Iterator[Wanted]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return
    if isinstance(value, str):
        yield from _text_violations(constraint, value)
    elif "multiple" in constraint:
        if value % constraint["multiple"] and value not in constraint.get("enum", ()):
            listed = _listed(constraint.get("enum", []))
            yield f"be a multiple of {constraint['multiple']}" + (f" or one of {listed}" if listed else "")
    elif "enum" in constraint and value not in constraint["enum"]:
        yield f"be one of {_listed(constraint['enum'])}"
    yield from _range_violation(constraint, value)


def _text_violations(constraint: Constraint, value: str) -> Iterator[Wanted]:
    if "enum" in constraint and not _is_member(value, constraint):
        yield f"be one of {_listed(constraint['enum'])}"
    low, high = constraint.get("length", (None, None))
    if (low is not None and len(value) < low) or (high is not None and len(value) > high):
        yield f"have {_bounds(low, high)} characters"
    if "pattern" in constraint and not re.search(constraint["pattern"], value):
        yield f"match {constraint['pattern']}"
    if "contains" in constraint and constraint["contains"] not in value:
        yield f"contain {constraint['contains']}"
    if "format" in constraint and value and not _FORMATS[constraint["format"]](value):
        yield f"be {_FORMAT_NAMES[constraint['format']]}"
    elif "prefix" in constraint:
        low, high = constraint["prefix"]
        if not low <= ipaddress.ip_network(value).prefixlen <= high:
            yield f"be a network with a prefix of {low} to {high} bits"


def _is_member(value: str, constraint: Constraint) -> bool:
    members = [str(member) for member in constraint["enum"]]
    return value in members or (bool(constraint.get("fold")) and value.lower() in {one.lower() for one in members})


def _range_violation(constraint: Constraint, value: Any) -> Iterator[Wanted]:
    if "range" not in constraint:
        return
    try:
        number = float(value)
    except ValueError:
        yield "be a number"
        return
    low, high = constraint["range"]
    also = constraint.get("also", [])
    if number not in also and ((low is not None and number < low) or (high is not None and number > high)):
        yield f"be {_bounds(low, high)}" + (f", or {_listed(also)}" if also else "")


def _bounds(low: float | None, high: float | None) -> str:
    match low, high:
        case None | 0, _:
            return f"at most {high}" if low is None else (f"0 to {high}" if high is not None else "at least 0")
        case _, None:
            return f"at least {low}"
        case _:
            return f"{low} to {high}"


def _listed(values: list[Any]) -> str:
    return ", ".join(repr(value) if value == "" else str(value) for value in values)


def _is_json(value: str, wanted: type = object) -> bool:
    try:
        return isinstance(json.loads(value), wanted)
    except json.JSONDecodeError:
        return False


def _is_network(value: str, version: int) -> bool:
    try:
        return "/" in value and ipaddress.ip_network(value).version == version
    except ValueError:
        return False


def _is_time(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_FORMATS: dict[str, Callable[[str], bool]] = {
    "arn": lambda value: _ARN.fullmatch(value) is not None,
    "json": _is_json,
    "object": lambda value: _is_json(value, dict),
    "cidr4": lambda value: _is_network(value, 4),
    "cidr6": lambda value: _is_network(value, 6),
    "time": _is_time,
}
_FORMAT_NAMES = {
    "arn": "an ARN",
    "json": "JSON",
    "object": "a JSON object",
    "cidr4": "an IPv4 CIDR block without bits beyond its prefix, such as 10.0.0.0/16",
    "cidr6": "an IPv6 CIDR block without bits beyond its prefix, such as 2001:db8::/64",
    "time": "a time of RFC 3339, such as 2026-01-31T00:00:00Z",
}


def _given(members: Props, name: str) -> bool:
    return members.get(name) not in (None, [], {})


def _conflicts(token: str, where: str, names: list[str], members: Props) -> Iterator[Failure]:
    given = [name for name in names if _given(members, name)]
    if len(given) > 1:
        yield _failure(token, where, given[1], f"conflicts with {given[0]!r}: give one of them")


def _exactly_one(token: str, where: str, names: list[str], members: Props) -> Iterator[Failure]:
    yield from _conflicts(token, where, names, members)
    yield from _at_least_one(token, where, names, members)


def _at_least_one(token: str, where: str, names: list[str], members: Props) -> Iterator[Failure]:
    if not any(_given(members, name) for name in names):
        yield _failure(token, where, names[0], f"is missing: give one of {', '.join(names)}")


def _requires(token: str, where: str, names: list[str], members: Props) -> Iterator[Failure]:
    missing = [name for name in names[1:] if not _given(members, name)]
    if _given(members, names[0]) and missing:
        yield _failure(token, where, names[0], f"needs {', '.join(missing)}: set it")


def _failure(token: str, where: str, name: str, reason: str) -> Failure:
    path = f"{where}.{name}" if where else name
    return Failure(path, f"{token}: {path!r} {reason}")


_COMBINATIONS: dict[str, Callable[[str, str, list[str], Props], Iterator[Failure]]] = {
    "conflicts": _conflicts,
    "exactlyOne": _exactly_one,
    "atLeastOne": _at_least_one,
    "requires": _requires,
}

"""An interpreter of the policy language of its own, which reads the JSON text and enumerates: the first judge.

It shares nothing with the evaluator. Patterns are matched by recursion over the characters, and each request is decided
by the flow of the page "Policy evaluation logic" of the IAM User Guide.
"""

import base64
import ipaddress
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast

from tests.policies.proof.cases import Case

Values = Mapping[str, tuple[str, ...]]


@cache
def glob(pattern: tuple[str, ...], text: str) -> bool:
    """Match a pattern of characters, `*` and `?`; a literal is marked by a backslash before it."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return glob(pattern[1:], text) or (bool(text) and glob(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", "\\" + text[0]) and glob(pattern[1:], text[1:])


def symbols(text: str, keys: Values, *, old: bool, wild: bool) -> tuple[str, ...] | None:
    """Turn a text of a policy into a pattern, None where a variable has no value."""
    found: list[str] = []
    rest = text
    while rest:
        if rest.startswith("${") and not old:
            name, _, rest = rest[2:].partition("}")
            value = variable(name, keys)
            if value is None:
                return None
            found += ["\\" + char for char in value]
            continue
        found.append(rest[0] if wild and rest[0] in "*?" else "\\" + rest[0])
        rest = rest[1:]
    return tuple(found)


def variable(name: str, keys: Values) -> str | None:
    if name in ("*", "?", "$"):
        return name
    key, comma, default = name.partition(",")
    values = keys.get(key.lower())
    if values is None:
        return default.strip().strip("'") if comma else None
    return values[0] if len(values) == 1 else None


def listed(value: Any) -> list[Any]:
    return list(cast("list[Any]", value)) if isinstance(value, list) else [value]


def condition_holds(operator: str, expected: list[str], key: str, keys: Values, old: bool) -> bool:
    values = keys.get(key.lower())
    if operator == "Null":
        return ("true" if values is None else "false") in expected
    quantifier, _, name = operator.rpartition(":")
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negative = "Not" in name
    name = name.replace("Not", "")
    if values is None:
        if quantifier:
            return quantifier == "ForAllValues" or optional
        return optional or negative
    table: dict[str, bool] = {}
    for value in values:
        hits = [compare(name, value, one, keys, old) for one in expected]
        if None in hits:
            return False
        table[value] = (True in hits) != negative
    if quantifier == "ForAnyValue":
        return True in table.values()
    return False not in table.values()


def compare(name: str, value: str, one: str, keys: Values, old: bool) -> bool | None:  # noqa: PLR0911
    if name.startswith(("String", "Arn")):
        if name.startswith("Arn"):
            left, right = split(one), value.split(":", 5)
            parts = [symbols(part, keys, old=old, wild=True) for part in left]
            if None in parts:
                return None
            return len(left) == 6 == len(right) and all(glob(p or (), v) for p, v in zip(parts, right, strict=True))
        pattern = symbols(one, keys, old=old, wild=name == "StringLike")
        if pattern is None:
            return None
        if name.endswith("IgnoreCase"):
            return glob(tuple(char.lower() for char in pattern), value.lower())
        return glob(pattern, value)
    if name == "Bool":
        return value.lower() == one.lower()
    if name == "BinaryEquals":
        return base64.b64decode(value) == base64.b64decode(one)
    if name == "IpAddress":
        net = ipaddress.ip_network(one)
        return int(net[0]) <= int(ipaddress.ip_address(value)) <= int(net[-1])
    a, b = (number(one) for one in (value, one)) if name.startswith("Numeric") else (date(one) for one in (value, one))
    order = name.removeprefix("Numeric").removeprefix("Date")
    return {
        "Equals": a == b,
        "LessThan": a < b,
        "LessThanEquals": a <= b,
        "GreaterThan": a > b,
        "GreaterThanEquals": a >= b,
    }[order]


def split(arn: str) -> list[str]:
    """Split an ARN at the colons that do not stand within a variable."""
    parts, depth = [""], 0
    for char in arn:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == ":" and not depth and len(parts) < 6:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def number(text: str) -> float:
    return float(text)


def date(text: str) -> float:
    return float(text) if text.isdigit() else datetime.fromisoformat(text).timestamp()


def names(principal: Any, caller: str, *, alone: bool) -> list[str]:
    """List how a Principal element names a caller: `all`, `account`, `role` or `self`."""
    account = caller.split(":")[4]
    every = ["*"] if principal == "*" else list(listed(principal.get("AWS", [])))
    found: list[str] = []
    for one in every:
        if one == "*":
            found.append("all")
        elif one in (account, f"arn:aws:iam::{account}:root"):
            found += [] if alone else ["account"]
        elif one == caller:
            found.append("self")
        elif not alone and ":assumed-role/" in caller and one.startswith(f"arn:aws:iam::{account}:role/"):
            found += ["role"] if one.split("/")[-1] == caller.split("/")[1] else []
    return found


def statement_ways(statement: dict[str, Any], case: Case, old: bool) -> list[str]:
    """List the ways in which a statement speaks of the request; an identity's own speaks of `self`."""
    ways = ["self"]
    if "Principal" in statement:
        ways = names(statement["Principal"], case.caller, alone=False)
    elif "NotPrincipal" in statement:
        ways = [] if names(statement["NotPrincipal"], case.caller, alone=True) else ["all"]
    wanted = case.action.lower()
    hit = [
        glob(symbols(one.lower(), {}, old=True, wild=True) or (), wanted) for one in listed(either(statement, "Action"))
    ]
    if (True in hit) != ("Action" in statement):
        return []
    patterns = [symbols(one, case.context, old=old, wild=True) for one in listed(either(statement, "Resource"))]
    found = [None if one is None else glob(one, case.target) for one in patterns]
    if "Resource" in statement:
        if True not in found:
            return []
    elif True in found or None in found:
        return []
    for operator, tests in statement.get("Condition", {}).items():
        for key, expected in tests.items():
            if not condition_holds(operator, listed(expected), key, case.context, old):
                return []
    return ways


def either(statement: dict[str, Any], name: str) -> Any:
    return statement.get(name, statement.get(f"Not{name}"))


def ways(documents: list[Any], case: Case, effect: str) -> list[str]:
    return [
        way
        for document in documents
        for statement in document["Statement"]
        if statement["Effect"] == effect
        for way in statement_ways(statement, case, document["Version"] < "2012")
    ]


def judge(case: Case) -> str:
    """Decide a case: Allow, Deny or ImplicitDeny."""
    resource = [case.resource] if case.resource else []
    limits = list(case.limit or ())
    if ways([*case.identity, *resource, *limits], case, "Deny"):
        return "Deny"
    limited = case.limit is not None and not ways(limits, case, "Allow")
    own = not limited and bool(ways(list(case.identity), case, "Allow"))
    given = ways(resource, case, "Allow")
    if case.caller.split(":")[4] != "111122223333":
        return "Allow" if own and given else "ImplicitDeny"
    if "self" in given or (not limited and ({"all", "role"} & set(given))):
        return "Allow"
    return "Allow" if own and (given or not case.required) else "ImplicitDeny"

"""Condition operators, evaluated for one request as IAM evaluates them.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Multivalued context keys" and "IAM policy
elements: Variables and tags".
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Final

from serverless_guard.iam.document import Condition
from serverless_guard.iam.pattern import exact

Context = Mapping[str, Sequence[str]]
"""The keys of a request, in lower case, with their values; a key that the request does not carry is absent."""

VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_DEFAULT: Final = re.compile(r"(.*?),\s*'(.*)'\s*")
_ARN_PARTS: Final = 6


class UnresolvedError(Exception):
    """A policy variable has no value in the request, so that the element which holds it matches nothing."""


def substitute(text: str, context: Context, *, wildcards: bool, variables: bool = True) -> re.Pattern[str]:
    """Compile a text of a policy with the request's values in place of its variables.

    Args:
        text: The text, such as `arn:aws:s3:::bucket/${aws:username}/*`.
        context: The keys of the request.
        wildcards: Whether `*` and `?` stand for other characters. A variable's value and `${*}` never do.
        variables: Whether the policy's Version knows variables (2012-10-17).

    Raises:
        UnresolvedError: The request lacks the key of a variable that has no default, or carries several values of it.
    """
    parts: list[str] = []
    end = 0
    for found in VARIABLE.finditer(text) if variables else ():
        parts += (_source(text[end : found.start()], wildcards), re.escape(_value(found[1], context)))
        end = found.end()
    parts.append(_source(text[end:], wildcards))
    return re.compile("".join(parts), re.DOTALL)


def _source(text: str, wildcards: bool) -> str:
    return exact(text).pattern if wildcards else re.escape(text)


def _value(name: str, context: Context) -> str:
    if name in {"*", "?", "$"}:
        return name
    default = _DEFAULT.fullmatch(name)
    values = context.get((default[1] if default else name).strip().lower(), ())
    if len(values) == 1:
        return values[0]
    if default and not values:
        return default[2]
    raise UnresolvedError(name)


def holds(condition: Condition, context: Context, *, variables: bool = True) -> bool:
    """Tell whether a condition holds for a request.

    Args:
        condition: The condition.
        context: The keys of the request.
        variables: Whether the policy's Version knows variables.
    """
    values = context.get(condition.key.lower())
    if condition.comparison == "null":
        absent = "true" if not values else "false"
        return any(value.lower() == absent for value in condition.values)
    quantifier = condition.operator.lower().rpartition(":")[0]
    present = [value for value in values or () if value or not quantifier]
    if not present:
        if quantifier:
            return quantifier == "forallvalues" or condition.lets_absent_pass
        return condition.negated or condition.lets_absent_pass
    try:
        tests = [_test(condition.comparison, value, context, variables) for value in condition.values]
    except UnresolvedError:
        return False
    outcomes = [any(test(value) for test in tests) is not condition.negated for value in present]
    return any(outcomes) if quantifier == "foranyvalue" or not (quantifier or condition.negated) else all(outcomes)


def _test(comparison: str, expected: str, context: Context, variables: bool) -> Callable[[str], bool]:
    """Give the test of one value of a request; a negated operator's is the one of its opposite."""
    name = comparison.replace("not", "", 1)
    if name in {"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"}:
        wildcards = name == "stringlike"
        if name.startswith("arn"):
            return _arn(expected, context, variables)
        pattern = substitute(expected, context, wildcards=wildcards, variables=variables)
        if name == "stringequalsignorecase":
            pattern = re.compile(pattern.pattern, re.IGNORECASE | re.DOTALL)
        return lambda value: bool(pattern.fullmatch(value))
    return lambda value: _compare(name, value, expected)


def _arn(expected: str, context: Context, variables: bool) -> Callable[[str], bool]:
    """Match an ARN component by component: a wildcard does not reach over a colon of the first five."""
    marked = VARIABLE.sub(lambda found: found[0].replace(":", "\0"), expected) if variables else expected
    wanted = [
        substitute(part.replace("\0", ":"), context, wildcards=True, variables=variables)
        for part in marked.split(":", _ARN_PARTS - 1)
    ]

    def test(value: str) -> bool:
        parts = value.split(":", _ARN_PARTS - 1)
        return len(parts) == len(wanted) == _ARN_PARTS and all(
            pattern.fullmatch(part) for pattern, part in zip(wanted, parts, strict=True)
        )

    return test


def _compare(name: str, value: str, expected: str) -> bool:
    """Compare typed values; what is no value of the type compares as unequal."""
    try:
        if name == "bool":
            return value.lower() == expected.lower()
        if name == "ipaddress":
            return ip_address(value) in ip_network(expected, strict=False)
        if name == "binaryequals":
            return base64.b64decode(value, validate=True) == base64.b64decode(expected, validate=True)
        kind, order = (float, name[7:]) if name.startswith("numeric") else (_moment, name[4:])
        return _ORDERS[order](kind(value), kind(expected))
    except (ValueError, KeyError, binascii.Error, OverflowError):
        return False


_ORDERS: Final[dict[str, Callable[[float, float], bool]]] = {
    "equals": lambda one, other: one == other,
    "lessthan": lambda one, other: one < other,
    "lessthanequals": lambda one, other: one <= other,
    "greaterthan": lambda one, other: one > other,
    "greaterthanequals": lambda one, other: one >= other,
}


def _moment(text: str) -> float:
    """Read a date of ISO 8601 (without an offset: UTC) or seconds since 1970."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

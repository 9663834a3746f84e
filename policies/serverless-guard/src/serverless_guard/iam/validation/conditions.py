"""The conditions of a document: operators, keys and values.

Source: IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators" and "Single-valued vs. multivalued
context keys"; `PAGE`; parliament for aws:MultiFactorAuthPresent (`BAD_PATTERN_FOR_MFA`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final, cast

from serverless_guard.iam.actions import expand
from serverless_guard.iam.condition_keys import find
from serverless_guard.iam.pattern import is_literal, matches
from serverless_guard.iam.statement import Condition
from serverless_guard.iam.validation import keys, principals, values, variables
from serverless_guard.iam.validation.problem import Kind, Problem
from serverless_guard.iam.validation.texts import items, suggestion, texts
from serverless_guard.record import UNKNOWN

OPERATORS: Final = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
    "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
    "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
    "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
)  # fmt: skip
_LOWER: Final = frozenset(name.lower() for name in OPERATORS)
_QUALIFIERS: Final = frozenset({"", "forallvalues", "foranyvalue"})
MFA: Final = "aws:multifactorauthpresent"
OF_PRINCIPALS: Final = frozenset(
    {
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:username",
        "aws:userid", MFA, "aws:multifactorauthage",
    }
)  # fmt: skip
"""Keys, in lower case, that requests of AWS services themselves do not carry: "AWS global condition context keys",
availability of each."""
_PRIVATE: Final = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
"""RFC 1918 and RFC 4193."""
SETTING: Final = {
    "sts:sourceidentity": "sts:SetSourceIdentity",
    "sts:transitivetagkeys": "sts:TagSession",
    "aws:tagkeys": "sts:TagSession",
    "sts:requestcontext": "sts:SetContext",
    "sts:requestcontextproviders": "sts:SetContext",
}
"""Keys of a trust policy, in lower case, with the action by which their values are set: IAM User Guide, "IAM and AWS
STS condition context keys"."""


def of_statement(body: Mapping[str, Any], where: str, kind: Kind, *, known: bool) -> Iterator[Problem]:
    """Check the conditions of a statement.

    Args:
        body: The statement.
        where: Its place.
        kind: The kind of the document.
        known: Whether the document's Version knows policy variables.
    """
    block = body.get("Condition")
    if block is None or block is UNKNOWN:
        return
    if not isinstance(block, Mapping):
        yield Problem("DATA_TYPE_MISMATCH", f"{where}.Condition", "is not an object of operators")
        return
    for operator, tests in cast("Mapping[str, Any]", block).items():
        place = f"{where}: condition {operator}"
        if tests is UNKNOWN:
            continue
        if refused := _operator(operator):
            yield Problem(refused[0], place, refused[1])
        elif not isinstance(tests, Mapping):
            yield Problem("DATA_TYPE_MISMATCH", place, "is not an object of condition keys")
        elif not tests:
            yield Problem("DATA_TYPE_MISMATCH", place, "has no condition key")
        else:
            yield from _tests(body, operator, cast("Mapping[str, Any]", tests), where, kind, known=known)


def _operator(operator: str) -> tuple[str, str] | None:
    qualifier, _, name = operator.lower().rpartition(":")
    if name == "nullifexists":
        return "NULL_WITH_IF_EXISTS", "Null tests for existence and takes no IfExists"
    if qualifier in _QUALIFIERS and name.removesuffix("ifexists") in _LOWER:
        return None
    return "INVALID_CONDITION_OPERATOR", f"IAM has no such operator{suggestion(operator.rpartition(':')[2], OPERATORS)}"


def _tests(
    body: Mapping[str, Any], operator: str, tests: Mapping[str, Any], where: str, kind: Kind, *, known: bool
) -> Iterator[Problem]:
    for key, count in Counter(name.lower() for name in tests).items():
        if count > 1:
            message = f"{key} stands more than once with differing capitals"
            yield Problem("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", f"{where}: condition {operator}", message)
    for key, given in tests.items():
        place = f"{where}: condition {operator} {key}"
        if refused := keys.refusal(key):
            yield Problem(refused[0], place, refused[1])
            continue
        every = list(items(given))
        condition = Condition(operator, key, tuple(_text(item) for item in every))
        found = (*_types(given, every), *_usage(body, condition, kind), *_values(body, condition, kind))
        yield from (Problem(code, place, message) for code, message in found)
        for text in texts(given):
            yield from variables.of_text(text, place, known=known)


def _text(item: object) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)


def _types(given: object, every: list[object]) -> Iterator[tuple[str, str]]:
    """Check the JSON types of the values of a key."""
    if isinstance(given, Mapping) or any(not isinstance(item, (str, int, float)) for item in every):
        yield "DATA_TYPE_MISMATCH", "a value is a string, a number or a boolean"
    elif not every and given is not UNKNOWN and not (isinstance(given, list) and UNKNOWN in given):
        yield "DATA_TYPE_MISMATCH", "has no value, so that it never holds"
    elif len({type(item) for item in every}) > 1:
        yield "INVALID_CONDITION_DATA_TYPE", "its values are of different JSON types"


def _usage(body: Mapping[str, Any], condition: Condition, kind: Kind) -> Iterator[tuple[str, str]]:
    """Check whether a key can be used so: with the operator, the actions and the principals of the statement."""
    known, lower = keys.kind(condition.key), condition.key.lower()
    qualifier = condition.operator.lower().rpartition(":")[0]
    if qualifier == "forallvalues" and known and not known[1]:
        yield "set-operators", "ForAllValues on a key with one value holds when the key is absent"
    elif not qualifier and known and known[1] and condition.comparison != "null":
        yield (
            "MISSING_QUALIFIER",
            "a request carries several values of it; write ForAnyValue: or ForAllValues: in front",
        )
    if known and (meant := _meant(condition, known[0])):
        yield "TYPE_MISMATCH", f"compares with {meant}"
    yield from _multifactor(body, condition)
    if body.get("Effect") == "Allow" and not condition.negated and not condition.lets_absent_pass:
        if kind.family != "identity" and lower in OF_PRINCIPALS and (who := _services_alone(body)):
            yield "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", f"requests of {who} do not carry it"
        setting = "sts:TagSession" if lower.startswith("aws:requesttag/") else SETTING.get(lower)
        if kind.family == "trust" and setting and not _allows(body, setting):
            yield "MISSING_ACTION_FOR_CONDITION_KEY", f"is set by {setting}, which the statement does not allow"
    if foreign := _foreign(body, condition):
        yield "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", f"AWS does not evaluate it for {', '.join(foreign)}"


def _meant(condition: Condition, kind: str) -> str:
    """Name the operators that fit a key where those of another type are used."""
    family = values.family(condition.comparison)
    fitting = {"arn": {"arn", "string"}, "date": {"date", "numeric"}, "numeric": {"numeric", "date"}}
    if family in {"null", "binary"} or family in fitting.get(kind, {kind}):
        return ""
    if kind == "string" and family == "arn" and "arn" in condition.key.lower():
        return ""
    names = {"arn": "Arn", "ip": "IpAddress", "bool": "Bool", "numeric": "Numeric", "date": "Date", "string": "String"}
    return f"values of another type; use {names.get(kind, 'String')} operators"


def _multifactor(body: Mapping[str, Any], condition: Condition) -> Iterator[tuple[str, str]]:
    """Check tests of MFA: the key is absent for long-lived credentials, so that only Allow with Bool true requires it.

    Source: IAM User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent.
    """
    if condition.key.lower() != MFA:
        return
    absent_passes, found = condition.lets_absent_pass, {value.lower() for value in condition.values}
    if body.get("Effect") == "Allow" and absent_passes:
        yield "BAD_PATTERN_FOR_MFA", "holds for long-lived credentials, which carry no such key; use Bool"
    elif condition.comparison == "bool" and "false" in found and not absent_passes:
        yield (
            "BAD_PATTERN_FOR_MFA",
            "does not hold for long-lived credentials, which carry no such key; use BoolIfExists in Deny",
        )
    elif condition.comparison == "null":
        yield "BAD_PATTERN_FOR_MFA", "does not say whether MFA was used; use Bool true in Allow"


def _services_alone(body: Mapping[str, Any]) -> str:
    """Give the services that a statement speaks of, empty where it speaks of others too."""
    named = [*principals.kinds(body)]
    alone = bool(named) and all(key == "Service" for key, _ in named)
    return " and ".join(value for _, value in named) if alone else ""


def _allows(body: Mapping[str, Any], action: str) -> bool:
    return "NotAction" in body or any(matches(pattern, action) for pattern in texts(body.get("Action")))


def _foreign(body: Mapping[str, Any], condition: Condition) -> list[str]:
    """Find the actions named in full for which a service's key is not evaluated; AWS does not look at patterns."""
    service = condition.key.partition(":")[0].lower()
    if condition.lets_absent_pass or "." in service or service == "saml" or keys.across_services(condition.key):
        return []
    named = (action for pattern in texts(body.get("Action")) if is_literal(pattern) for action in expand(pattern))
    return [action.full_name for action in named if not keys.evaluated(condition.key, action)]


def _values(body: Mapping[str, Any], condition: Condition, kind: Kind) -> Iterator[tuple[str, str]]:
    """Check the values of a key."""
    boolean = values.family(condition.comparison) in {"bool", "null"}
    if boolean and len(condition.values) > 1:
        yield "INVALID_CONDITION_MULTIPLE_BOOLEAN", "takes one of true and false"
    positive = not condition.negated and body.get("Effect") == "Allow"
    for value in condition.values:
        if refused := values.typed(condition.comparison, value):
            yield refused
        elif condition.comparison != "null":
            if refused := values.formed(condition.key, value):
                yield refused
            like = "like" in condition.comparison
            open_to = kind.family in {"resource", "trust"}
            if positive:
                yield from values.too_permissive(condition.key, value, like=like, variables=open_to)
    yield from _private(condition)


def _private(condition: Condition) -> Iterator[tuple[str, str]]:
    """Check that aws:SourceIp is compared with public addresses, as it never is a private one."""
    if find(condition.key).name != "aws:SourceIp" or not condition.values:
        return
    try:
        private = all(_is_private(value) for value in condition.values)
    except ValueError:
        return
    if private and condition.comparison == "ipaddress":
        yield "PRIVATE_IP_ADDRESS", "names private addresses only, which aws:SourceIp never is: it never holds"
    elif private and condition.comparison == "notipaddress":
        yield "PRIVATE_NOT_IP_ADDRESS", "names private addresses only, which aws:SourceIp never is: it always holds"


def _is_private(value: str) -> bool:
    network = ip_network(value, strict=False)
    return any(one.version == network.version and one.supernet_of(network) for one in _PRIVATE)  # pyright: ignore[reportArgumentType]  of one version

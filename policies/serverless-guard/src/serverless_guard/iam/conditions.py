"""What a condition of a statement limits: what an identity can do, who calls, or for whom a service calls.

A condition block is a conjunction, so one limiting condition limits its statement. Each test answers for one condition.
Source of the operators' semantics: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued
context keys"; of what fixes a caller: `condition_keys`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from serverless_guard.addresses import anybody
from serverless_guard.iam.condition_keys import ConditionKey, Fixed, find
from serverless_guard.iam.document import Condition
from serverless_guard.iam.pattern import matches
from serverless_guard.iam.unknown import UnknownName

_PAIRS: Final = (
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
    ("IpAddress", "NotIpAddress"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("NumericLessThan", "NumericGreaterThanEquals"),
    ("NumericGreaterThan", "NumericLessThanEquals"),
    ("DateLessThan", "DateGreaterThanEquals"),
    ("DateGreaterThan", "DateLessThanEquals"),
)
_OPPOSITES: Final = {one.lower(): other for pair in _PAIRS for one, other in (pair, pair[::-1])}
"""Each operator, in lower case, with the one that holds for the other values of a key."""
_SET_OPERATORS: Final = {"foranyvalue": "ForAllValues", "forallvalues": "ForAnyValue"}

_VARIABLE: Final = re.compile(r"\$\{[^*?$]")
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{1,32}(/.*)?")
_USER_ID: Final = re.compile(r"\d{12}|(AIDA|AROA|AGPA|ASIA)[A-Z0-9]+(:[\w+=,.@-]+)?|\d{12}:[\w+=,.@-]+")
_TIMES: Final = {"aws:TokenIssueTime", "aws:CurrentTime"}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_OWN: Final = {"${aws:principalaccount}", "${aws:principalorgid}", "${aws:principalorgpaths}"}
"""Policy variables that stand for the caller's own account or organization, in lower case."""


def limits_identity(condition: Condition, own_account: str | None = None) -> bool:
    """Tell whether a condition limits what the policy of an identity grants.

    It does when it names resources, tags, parameters of a request, the service that calls or the network. It does not
    when it speaks of the identity itself, of its own account, or of when and how a request is sent: that holds for
    every request that the identity cares to make.

    Args:
        condition: A condition of a statement that allows.
        own_account: The account of the identity, None where it is not known: then each account may be its own.
    """
    key = find(condition.key)
    if never_holds(condition):
        return True
    if key.always in {"true", "false"} and not condition.negated:
        return not any(matches(value, key.always) for value in condition.values)
    if not _positive(condition, key):
        return False
    if key.about in {"principal", "session", "transport"}:
        return False
    if key.about == "owner":
        return _foreign_owner(condition, own_account)
    return not any(_anything(key, value) for value in condition.values)


def limits_caller(condition: Condition, *, access_point: bool = False) -> bool:
    """Tell whether a condition fixes who may call, in a statement of a resource's policy for everybody.

    It does when it compares one of the keys that AWS names with fixed values: Amazon S3 User Guide, "The meaning of
    'public'". A tag, a user's name or a private address anybody can have in an account of their own.

    Args:
        condition: A condition of a statement that allows.
        access_point: Whether the policy is the one of an S3 access point, for which s3:DataAccessPointArn fixes nobody.
    """
    key = find(condition.key)
    if access_point and key.name == "s3:DataAccessPointArn":
        return False
    return _positive(condition, key) and _fixes(key.fixes, condition)


def always_holds(condition: Condition) -> bool:
    """Tell whether a condition holds for every direct request of an identity, so that a Deny under it always denies.

    It does when it compares a key that every such request carries with anything, or with the one value that it has, and
    when it negates a key that such a request never carries.
    """
    key = find(condition.key)
    if condition.comparison == "null":
        return bool(key.always) and {value.lower() for value in condition.values} == {"false"}
    if key.about == "source" or key.name == "aws:PrincipalServiceName":
        return condition.negated
    if condition.negated or not key.always:
        return False
    if key.always == "*":
        return any(not value.strip("*") for value in condition.values) and condition.comparison.endswith("like")
    return key.name == "aws:PrincipalIsAWSService" and any(value.lower() == "false" for value in condition.values)


def never_holds(condition: Condition) -> bool:
    """Tell whether a condition wants the time of a request, or of its credentials, to lie before today."""
    ends = condition.comparison in {"datelessthan", "datelessthanequals"} and not condition.lets_absent_pass
    if not ends or find(condition.key).name not in _TIMES or not condition.values:
        return False
    today = datetime.now(UTC).date().isoformat()
    return all(_DATE.match(value) and value[:10] < today for value in condition.values)


def limits_token(condition: Condition) -> bool:
    """Tell whether a condition fixes for whom an identity provider issued the token: the pool, app or client.

    Without it, every user of every pool or app of a public provider may call. Source: IAM User Guide, "Create a role
    for OpenID Connect federation"; Amazon Cognito Developer Guide, "Role trust and permissions".
    """
    prefix, _, claim = condition.key.lower().rpartition(":")
    return "." in prefix and claim in {"aud", "app_id", "oaud", "azp"} and fixed_values(condition)


def limits_endpoint(condition: Condition) -> bool:
    """Tell whether a condition limits what passes a VPC endpoint: to some callers or to the resources of an owner.

    Source: AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
    """
    owner = find(condition.key).about == "owner" and fixed_values(condition)
    return owner or limits_caller(condition)


def limits_source(condition: Condition) -> bool:
    """Tell whether a condition fixes for whom an AWS service may call: the confused deputy problem.

    It does when it names the resource with its account, the account or the organization that the service acts for, or
    a value of the encryption context. Source: IAM User Guide, "The confused deputy problem"; AWS KMS Developer Guide,
    "Using encryption context for authorization".
    """
    key = find(condition.key)
    if not _positive(condition, key):
        return False
    if condition.key.lower().startswith("kms:encryptioncontext:"):
        return not any(_arn_is_open(value) if value.startswith("arn:") else _wild(value) for value in condition.values)
    if key.about != "source" and key.name != "kms:CallerAccount":
        return False
    return _fixes(key.fixes, condition)


def names_values(condition: Condition) -> bool:
    """Tell whether a condition lets through only what it names, and names more than a wildcard."""
    key = find(condition.key)
    return _positive(condition, key) and not any(_anything(key, value) for value in condition.values)


def fixed_values(condition: Condition) -> bool:
    """Tell whether a condition lets through only what it names in full: no wildcard, variable, negation or absence."""
    return _positive(condition, find(condition.key)) and not any(_wild(value) for value in condition.values)


def complement(condition: Condition) -> Condition | None:
    """Give the condition that holds exactly where another one does not, None where no single one does.

    A statement that denies under a condition leaves what is allowed under the complement.
    """
    qualifier, _, operator = condition.operator.lower().rpartition(":")
    name = operator.removesuffix("ifexists")
    absent_passes = operator != name
    ordered = "than" in name
    if name in {"bool", "null"} and len(condition.values) == 1 and not qualifier:
        turned = "false" if condition.values[0].lower() == "true" else "true"
        suffix = "IfExists" if name == "bool" and not absent_passes else ""
        return replace(condition, operator=f"{name.capitalize()}{suffix}", values=(turned,))
    opposite = _OPPOSITES.get(name)
    if opposite is None or (ordered and (qualifier or len(condition.values) != 1)):
        return None
    if qualifier:
        return None if absent_passes else replace(condition, operator=f"{_SET_OPERATORS[qualifier]}:{opposite}")
    if ordered:
        return replace(condition, operator=opposite if absent_passes else f"{opposite}IfExists")
    # Without the key a positive test fails and a negated one holds, with or without IfExists.
    return replace(condition, operator=opposite) if condition.negated or not absent_passes else None


def conditional(conditions: Iterable[Condition]) -> str:
    """Word the conditions of a grant, to stand behind what it allows; empty without any."""
    every = [f"{one.key} {one.operator} {', '.join(one.values)}" for one in conditions]
    return f" if {' and '.join(every)}" if every else ""


def _positive(condition: Condition, key: ConditionKey) -> bool:
    """Tell whether a condition lets through only what it names.

    A negated test lets through the rest, `IfExists` and `ForAllValues` what has no such key. `IfExists` changes nothing
    for a key that every request of a signed caller has.
    """
    operator = condition.operator.lower()
    if condition.negated or operator.startswith("forallvalues:") or not condition.values:
        return False
    return not operator.endswith("ifexists") or (bool(key.always) and key.about == "owner")


def _wild(value: str) -> bool:
    return bool({"*", "?"} & set(value.replace("${*}", "").replace("${?}", ""))) or bool(_VARIABLE.search(value))


def _anything(key: ConditionKey, value: str) -> bool:
    """Tell whether a value stands for anything: only wildcards, an ARN of only wildcards, nearly all addresses."""
    if key.kind == "ip":
        return anybody(value)
    parts = value.split(":")
    return not "".join(parts[3:] if parts[0] == "arn" else parts).strip("*?")


def _foreign_owner(condition: Condition, own_account: str | None) -> bool:
    """Tell whether the owner that a condition names is somebody else for sure."""
    if own_account is None or "account" not in condition.key.lower():
        return False
    return not any(value.lower() in _OWN or matches(value, own_account) for value in condition.values)


def _fixes(shape: Fixed, condition: Condition) -> bool:
    test = _SHAPES.get(shape)
    return test is not None and all(isinstance(value, UnknownName) or test(value) for value in condition.values)


def _arn_is_open(value: str) -> bool:
    """Tell whether an ARN can be one of whatever account.

    Its account must be fixed. Where ARNs have none, as those of buckets, the resource must be: the name of the bucket,
    or the whole resource of another service.
    """
    parts = value.split(":", 5)
    if len(parts) < 6 or _VARIABLE.search(value):  # noqa: PLR2004  the parts of an ARN
        return True
    service, account, resource = parts[2], parts[4], parts[5]
    if account:
        return _wild(account)
    return _wild(resource.split("/", 1)[0] if service == "s3" else resource) or not resource.strip("/")


def _is_narrow_range(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-fA-F.:]+(/\d+)?", value)) and not anybody(value)


_SHAPES: Final[dict[str, Callable[[str], bool]]] = {
    "account": lambda value: bool(value) and not _wild(value),
    "arn": lambda value: not _arn_is_open(value),
    "org": lambda value: bool(_ORGANIZATION.fullmatch(value)) and not _wild(value.split("/", 1)[0]),
    "id": lambda value: bool(value) and not _wild(value),
    "cidr": _is_narrow_range,
    "userid": lambda value: bool(_USER_ID.fullmatch(value)),
    "true": lambda value: value.lower() == "true",
}

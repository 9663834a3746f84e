"""Who a document names.

Source: IAM User Guide, "IAM JSON policy elements: Principal", "Grammar of the IAM JSON policy language", and `PAGE`.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, cast

from serverless_guard.iam import service_data
from serverless_guard.iam.partitions import PARTITIONS
from serverless_guard.iam.validation.problem import Kind, Problem
from serverless_guard.iam.validation.texts import items, mapping, suggestion, texts, wild
from serverless_guard.record import UNKNOWN

KEYS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_ACCOUNT: Final = re.compile(r"\d{12}")
_UNIQUE_ID: Final = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}")
"""A role or user that was deleted is shown by its id. IAM User Guide, "IAM identifiers"."""
_IDENTITY: Final = re.compile(
    r"arn:([^:]+):(iam::(\d{12}|cloudfront):(root|(role|user)/.+)|sts::(\d{12}):(assumed-role/.+/.+|federated-user/.+))"
)
_SERVICE: Final = re.compile(
    r"[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws\.com|api\.aws)"
)
_DOMAIN: Final = re.compile(r"([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}(/[^\s*?]+)?")
_PROVIDER: Final = re.compile(r"arn:([^:]+):iam::\d{12}:(saml|oidc)-provider/.+")
_UNLISTED: Final = ("macie", "lexv2", "ecs-tasks", "edgelambda", "spotfleet", "vpc-flow-logs", "opensearchservice")
"""Names of service principals that are no prefix of actions."""


def of_statement(body: Mapping[str, Any], where: str, kind: Kind) -> Iterator[Problem]:
    """Check Principal and NotPrincipal of a statement."""
    for name in ("Principal", "NotPrincipal"):
        if name not in body:
            continue
        refusal = _unsupported(name, body[name], kind)
        if refusal:
            yield Problem(refusal[0], f"{where}.{name}", refusal[1])
        else:
            yield from _principal(body[name], f"{where}.{name}", kind)


def _unsupported(name: str, value: object, kind: Kind) -> tuple[str, str] | None:
    """Say why a kind of document does not take an element."""
    if kind.family == "identity":
        return "UNSUPPORTED_PRINCIPAL", "the policy of an identity names no principal: it speaks of the identity"
    if kind.family == "scp":
        return "SCP_SYNTAX_ERROR_PRINCIPAL", "a service control policy names no principal; use aws:PrincipalArn"
    if kind.family == "rcp" and (name == "NotPrincipal" or value not in ("*", UNKNOWN)):
        return "RCP_SYNTAX_ERROR_PRINCIPAL", 'a resource control policy takes "Principal": "*" only'
    if kind.family == "trust" and name == "NotPrincipal":
        return "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "a trust policy takes no NotPrincipal; use Principal"
    if kind.family == "trust" and value == "*":
        return "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", 'a trust policy takes no "Principal": "*"'
    return None


def _principal(value: object, where: str, kind: Kind) -> Iterator[Problem]:
    if value is UNKNOWN or value == "*" or value is None:
        return
    if not isinstance(value, Mapping):
        message = 'is neither "*" nor an object such as {"Service": "lambda.amazonaws.com"}'
        yield Problem("INVALID_PRINCIPAL_FORMAT", where, message)
        return
    for key, given in cast("Mapping[str, Any]", value).items():
        if key not in KEYS:
            yield Problem("INVALID_PRINCIPAL_KEY", where, f"{key} is no kind of principal{suggestion(key, KEYS)}")
            continue
        if given in ([], ""):
            yield Problem("MISSING_PRINCIPAL", where, f"{key} names nobody")
        for item in items(given):
            if isinstance(item, str):
                yield from _value(key, item, f"{where}.{key}", kind)
            else:
                yield Problem("DATA_TYPE_MISMATCH", f"{where}.{key}", "is not a string or a list of strings")


def _value(key: str, value: str, where: str, kind: Kind) -> Iterator[Problem]:
    if "${" in value:
        message = f"{value} has a policy variable, which Principal does not take"
        yield Problem("VARIABLE_UNSUPPORTED_IN_ELEMENT", where, message)
    elif wild(value) and not (key == "AWS" and value == "*"):
        message = f"{value} has a wildcard; only * alone stands for everybody, under AWS"
        yield Problem("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", where, message)
    elif key == "AWS":
        yield from _identity(value, where)
    elif key == "Service":
        yield from _service(value, where)
    elif key == "Federated":
        yield from _federated(value, where, kind)
    elif "s3" not in kind.services:
        yield Problem("UNSUPPORTED_PRINCIPAL", where, "only the policies of S3 buckets take a CanonicalUser")


def _identity(value: str, where: str) -> Iterator[Problem]:
    if value == "*" or _ACCOUNT.fullmatch(value) or _UNIQUE_ID.fullmatch(value):
        return
    found = _IDENTITY.fullmatch(value)
    if not found:
        message = (
            f"{value} is neither an account's 12 digits nor the ARN of an account's root, a role, a user or a session"
        )
        yield Problem("INVALID_PRINCIPAL_FORMAT", where, message)
    elif found[1] not in PARTITIONS:
        yield Problem("INVALID_PARTITION", where, f"{value}: AWS has no partition {found[1]}")


def _service(value: str, where: str) -> Iterator[Problem]:
    if not _SERVICE.fullmatch(value):
        message = f"{value} is no service principal; write it as lambda.amazonaws.com"
        yield Problem("INVALID_SERVICE_PRINCIPAL_FORMAT", where, message)
    elif meant := _misspelt(value):
        yield Problem("INVALID_SERVICE_PRINCIPAL_FORMAT", where, f"{value} does not exist; did you mean {meant}?")


def _misspelt(value: str) -> str:
    """Give the service principal that a misspelt one means, empty where it may be right.

    AWS has no complete list of them, so only what nearly is the prefix of a service counts.
    """
    name, dot, rest = value.partition(".")
    known = (*service_data.prefixes(), *_UNLISTED)
    if name in known or len(name) < 5 or rest != "amazonaws.com":  # noqa: PLR2004  shorter names are alike by chance
        return ""
    close = get_close_matches(name, known, n=1, cutoff=0.88)
    alike = [one for one in close if one.rstrip("0123456789") != name.rstrip("0123456789")]
    return f"{alike[0]}{dot}{rest}" if alike else ""


def _federated(value: str, where: str, kind: Kind) -> Iterator[Problem]:
    if kind.family != "trust":
        message = f"only the trust policy of a role takes a Federated principal, not {value}"
        yield Problem("FEDERATED_PRINCIPAL_NOT_SUPPORTED", where, message)
    elif not (_DOMAIN.fullmatch(value) or ((found := _PROVIDER.fullmatch(value)) and found[1] in PARTITIONS)):
        message = f"{value} is neither a domain nor the ARN of a SAML or OIDC provider"
        yield Problem("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", where, message)


def kinds(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the principals of a statement as kind and value; `*` alone is an AWS principal."""
    value = body.get("Principal")
    if value == "*":
        yield "AWS", "*"
    for key, given in mapping(value).items():
        yield from ((key, text) for text in texts(given))

"""Which actions a document names.

Source: Service Authorization Reference; IAM User Guide, "IAM JSON policy elements: Action"; AWS Organizations User
Guide, "SCP syntax" and "RCP syntax"; `PAGE`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from serverless_guard.iam import service_data
from serverless_guard.iam.actions import expand
from serverless_guard.iam.pattern import is_literal, matches, overlap
from serverless_guard.iam.validation import principals
from serverless_guard.iam.validation.problem import Kind, Problem
from serverless_guard.iam.validation.texts import suggestion, texts

UNLISTED: Final = frozenset({"sns:receive"})
"""Actions, in lower case, that AWS's own default policies name although the reference does not list them."""

ASSUMING: Final = (
    "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoot", "sts:SetContext",
    "sts:SetSourceIdentity", "sts:TagSession",
)  # fmt: skip
"""What a trust policy can allow. AWS STS API Reference, and Service Authorization Reference, AWS STS, type `role`."""

ANYWHERE: Final = "rolesanywhere.amazonaws.com"
NEEDED_ANYWHERE: Final = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")


def of_statement(body: Mapping[str, Any], where: str, kind: Kind) -> Iterator[Problem]:
    """Check Action and NotAction of a statement."""
    for name in ("Action", "NotAction"):
        for pattern in texts(body.get(name)):
            yield from _pattern(pattern, f"{where}.{name}", kind)
    if kind.family == "trust":
        yield from _trust(body, where)
    if kind.family == "rcp" and "NotAction" in body:
        message = "a resource control policy takes no NotAction; use Action"
        yield Problem("RCP_SYNTAX_ERROR_NOTACTION", where, message)


def _pattern(pattern: str, where: str, kind: Kind) -> Iterator[Problem]:
    if "${" in pattern:
        message = f"{pattern} has a policy variable, which an action does not take"
        yield Problem("VARIABLE_UNSUPPORTED_IN_ELEMENT", where, message)
    elif pattern != "*" and (problem := _unknown(pattern)):
        yield Problem(problem[0], where, problem[1])
    elif kind.family == "rcp" and pattern.partition(":")[0].lower() not in service_data.controlled():
        message = f"{pattern}: resource control policies do not cover this service"
        yield Problem("RCP_SYNTAX_ERROR_ACTION", where, message)
    elif kind.family == "resource" and kind.services and pattern != "*" and not _belongs(pattern, kind):
        owners = " or ".join(sorted(kind.services))
        yield Problem(
            "UNSUPPORTED_ACTION_IN_POLICY", where, f"{pattern} is no action of {owners}, whose policy this is"
        )


def _unknown(pattern: str) -> tuple[str, str] | None:
    """Say why no action fits a pattern, None where one does."""
    prefix, colon, name = pattern.partition(":")
    if not colon or not name:
        return "INVALID_ACTION", f"{pattern} is no action: write it as service:Name"
    if expand(pattern) or pattern.lower() in UNLISTED:
        return None
    if is_literal(prefix) and not service_data.exists(prefix):
        meant = suggestion(prefix, tuple(service_data.prefixes()))
        return "INVALID_SERVICE_IN_ACTION", f"no AWS action is called {pattern}: there is no service {prefix}{meant}"
    names = tuple(one.full_name for one in service_data.service(prefix).actions.values())
    return "INVALID_ACTION", f"no AWS action is called {pattern}{suggestion(pattern, names)}"


def _belongs(pattern: str, kind: Kind) -> bool:
    prefix = pattern.partition(":")[0]
    return any(matches(prefix, service) for service in kind.services)


def _trust(body: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Check that a trust policy allows to assume the role, by the action that fits who does."""
    patterns = tuple(texts(body.get("Action")))
    for pattern in patterns:
        if not pattern.lower().startswith("sts:") or not any(overlap(pattern, one) for one in ASSUMING):
            message = f"{pattern} does not assume a role; a trust policy takes {', '.join(ASSUMING[:3])} and alike"
            yield Problem("UNSUPPORTED_ACTION_IN_POLICY", f"{where}.Action", message)
    if "NotAction" in body:
        yield Problem("UNSUPPORTED_ACTION_IN_POLICY", where, "a trust policy names its actions; use Action")
    named = [*principals.kinds(body)]
    for pattern in patterns:
        wanted = _FITTING.get(pattern.lower())
        if wanted and named and not any(wanted[0] == _who(key, value) for key, value in named):
            message = f"{pattern} is for {wanted[1]}, which the statement does not name"
            yield Problem("MISMATCHED_ACTION_FOR_PRINCIPAL", f"{where}.Action", message)
    if body.get("Effect") == "Allow" and ("Service", ANYWHERE) in named:
        missing = [one for one in NEEDED_ANYWHERE if not any(matches(pattern, one) for pattern in patterns)]
        if missing and patterns:
            message = f"{ANYWHERE} needs {' and '.join(missing)} too"
            yield Problem("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", f"{where}.Action", message)


_FITTING: Final = {
    "sts:assumerole": ("identity", "an AWS or Service principal"),
    "sts:assumerolewithsaml": ("saml", "a Federated principal that is a SAML provider"),
    "sts:assumerolewithwebidentity": ("web", "a Federated principal that is an OIDC provider"),
}


def _who(key: str, value: str) -> str:
    if key != "Federated":
        return "identity"
    return "saml" if ":saml-provider/" in value else "web"

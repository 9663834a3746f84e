"""Decides a single request as IAM does: which statements apply, and what the policies together say.

Source: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic", "IAM JSON policy elements:
Principal" and "NotPrincipal".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from serverless_guard.iam.document import Document, Principal, Statement
from serverless_guard.iam.operators import Context, UnresolvedError, holds, substitute
from serverless_guard.iam.pattern import matches

VARIABLES_SINCE: Final = "2012-10-17"
"""The version of the policy language that knows policy variables."""
_SESSION: Final = re.compile(r"arn:([^:]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
_ENTITY: Final = re.compile(r"arn:[^:]+:(?:iam|sts)::(\d{12}):.+")


class Decision(Enum):
    """What IAM decides; both denials refuse, an explicit one whatever else allows."""

    ALLOW = "Allow"
    DENY = "Deny"
    IMPLICIT_DENY = "ImplicitDeny"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request.

    Attributes:
        value: The ARN of a user, a role's session or an account's root, a service, or a federated provider; empty for
            an anonymous caller.
        kind: `AWS`, `Service` or `Federated`.
    """

    value: str
    kind: str = "AWS"

    @property
    def account(self) -> str:
        """The account that the caller belongs to, empty for services and anonymous callers."""
        found = _ENTITY.fullmatch(self.value) if self.kind == "AWS" else None
        return found[1] if found else ""

    def is_named_by(self, principal: Principal, *, exactly: bool = False) -> bool:
        """Tell whether a principal of a policy stands for the caller.

        Args:
            principal: The principal.
            exactly: Whether an account stands only for itself and a role not for its sessions, as in `NotPrincipal`.
        """
        if principal.kind == "*" or (principal.kind == "AWS" and principal.value == "*"):
            return principal.value == "*"
        if principal.kind != self.kind or not self.value:
            return False
        if principal.whole_account:
            return principal.account == self.account and (not exactly or self.value.endswith(":root"))
        return principal.value == self.value or (not exactly and self._is_session_of(principal.value))

    def _is_session_of(self, role: str) -> bool:
        found = _SESSION.fullmatch(self.value)
        return bool(found and re.fullmatch(f"arn:{found[1]}:iam::{found[2]}:role/(.*/)?{re.escape(found[3])}", role))


@dataclass(frozen=True, slots=True)
class Request:
    """A request to AWS.

    Attributes:
        caller: Who makes it.
        action: The action, such as `s3:GetObject`.
        resource: The ARN that it is about.
        context: Its condition keys in lower case, with their values.
    """

    caller: Caller
    action: str
    resource: str
    context: Context = field(default_factory=dict[str, Sequence[str]])


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that apply to a request.

    Attributes:
        identity: Those of the caller.
        resource: The one of the resource, None without.
        limits: Each a set of policies of which one must allow: a permissions boundary, session policies.
        owner: The account that the resource belongs to, empty for the caller's own.
        required: Whether the resource's policy must allow even callers of its own account: keys and roles.
    """

    identity: Sequence[Document] = ()
    resource: Document | None = None
    limits: Sequence[Sequence[Document]] = ()
    owner: str = ""
    required: bool = False


def applies(statement: Statement, document: Document, request: Request) -> bool:
    """Tell whether a statement speaks of a request: its principal, action, resource and conditions all match."""
    variables = document.version >= VARIABLES_SINCE
    return (
        _speaks_of_caller(statement, request.caller)
        and _speaks_of_action(statement, request.action)
        and _speaks_of_resource(statement, request, variables)
        and all(holds(condition, request.context, variables=variables) for condition in statement.conditions)
    )


def _speaks_of_caller(statement: Statement, caller: Caller) -> bool:
    if statement.not_principals:
        return not any(caller.is_named_by(one, exactly=True) for one in statement.not_principals)
    return not statement.principals or any(caller.is_named_by(one) for one in statement.principals)


def _speaks_of_action(statement: Statement, action: str) -> bool:
    named = any(matches(pattern, action) for pattern in statement.actions or statement.not_actions)
    return named is bool(statement.actions)


def _speaks_of_resource(statement: Statement, request: Request, variables: bool) -> bool:
    """Match the resource; a statement of a trust policy names none and speaks of its role."""
    patterns = statement.resources or statement.not_resources
    if not patterns:
        return True
    matched = [_matches_resource(pattern, request, variables) for pattern in patterns]
    return any(matched) if statement.resources else not any(one is not False for one in matched)


def _matches_resource(pattern: str, request: Request, variables: bool) -> bool | None:
    """Match one pattern, None where a variable of it has no value: then the statement matches nothing."""
    try:
        return bool(
            substitute(pattern, request.context, wildcards=True, variables=variables).fullmatch(request.resource)
        )
    except UnresolvedError:
        return None


def _says(documents: Iterable[Document], request: Request, effect: str) -> bool:
    return any(
        statement.effect == effect and applies(statement, document, request)
        for document in documents
        for statement in document.statements
    )


def decide(policies: Policies, request: Request) -> Decision:
    """Decide a request.

    An explicit denial anywhere refuses. Within an account, an Allow of the caller's policies or of the resource's
    suffices; across accounts both must allow. A boundary or session policy must allow as well, unless the resource's
    policy names the user or the session itself. A statement for a whole account leaves it to the policies of the
    account's identities.
    """
    resource = (policies.resource,) if policies.resource else ()
    every = (*policies.identity, *resource, *(one for limit in policies.limits for one in limit))
    if _says(every, request, "Deny"):
        return Decision.DENY
    within = all(_says(limit, request, "Allow") for limit in policies.limits)
    by_identity = within and _says(policies.identity, request, "Allow")
    granting = tuple(_granting(policies.resource, request))
    same_account = bool(request.caller.account) and policies.owner in {"", request.caller.account}
    if request.caller.account and not same_account:
        allowed = by_identity and bool(granting)
    elif not same_account:
        allowed = bool(granting)
    else:
        named = [one for one in granting if not one.whole_account]
        directly = any(one.value == request.caller.value for one in named)
        allowed = directly or (bool(named) and within) or (by_identity and (bool(granting) or not policies.required))
    return Decision.ALLOW if allowed else Decision.IMPLICIT_DENY


def _granting(document: Document | None, request: Request) -> Iterator[Principal]:
    """Yield the principals by which a resource's policy allows the request."""
    if document is None:
        return
    for statement in document.allows():
        if applies(statement, document, request):
            named = [one for one in statement.principals if request.caller.is_named_by(one)]
            yield from named or (Principal("*", "*"),)

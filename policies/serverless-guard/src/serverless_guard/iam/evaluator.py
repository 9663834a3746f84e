"""What policy documents allow: actions on resource patterns, for principals, under constraints; denials included.

A grant is one resource pattern of a statement that allows, less what the statements that deny take away. A statement
that denies without a condition takes actions, resources and principals away. One that denies under conditions leaves
what lies outside of them, so that the complement of its conditions becomes a constraint of the grant: a Deny for
`StringNotEquals aws:PrincipalOrgID` limits an Allow for everybody to the organization. A permissions boundary or a
session policy cuts each grant down to what it allows as well.

Source: IAM User Guide, "Policy evaluation logic".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from serverless_guard.iam.conditions import always_holds, complement, limits_caller, limits_identity, limits_token
from serverless_guard.iam.document import Condition, Document, Principal, Statement
from serverless_guard.iam.pattern import covers, overlap
from serverless_guard.iam.unknown import Partial, is_partial, known_items

Clause = tuple[Condition | None, ...]
"""Conditions of which at least one holds; None stands for a constraint that no condition expresses."""

EVERYTHING: Final = ("*",)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one statement allows on one of its resource patterns.

    Attributes:
        statement: The statement that allows.
        action: The action that was asked for, or a pattern of the statement.
        resource: The resource pattern; `*` for a statement with NotResource or, in a trust policy, none.
        excepted: Resource patterns that are taken out of it.
        principals: Who is allowed, in the policy of a resource; empty in the one of an identity.
        clauses: The constraints, all of which hold.
    """

    statement: Statement
    action: str
    resource: str
    excepted: tuple[str, ...] = ()
    principals: tuple[Principal, ...] = ()
    clauses: tuple[Clause, ...] = ()

    @property
    def where(self) -> str:
        """Where the statement stands, for findings."""
        return self.statement.where

    def limited(self, limits: Callable[[Condition], bool]) -> bool:
        """Tell whether a constraint limits the grant, by a test of `conditions`: each way to meet it must do so."""
        return any(all(one is not None and limits(one) for one in clause) for clause in self.clauses)

    def limited_for_identity(self, own_account: str | None = None) -> bool:
        """Tell whether a constraint limits the grant of an identity to some resources, requests or services."""
        return self.limited(lambda condition: limits_identity(condition, own_account))

    def reaches(self, resource: str) -> bool:
        """Tell whether the grant allows its action on something that a resource pattern stands for."""
        return overlap(self.resource, resource) and not covers(self.excepted, resource)

    @property
    def conditions(self) -> Iterator[Condition]:
        """Yield the conditions that hold by themselves."""
        return (clause[0] for clause in self.clauses if len(clause) == 1 and clause[0] is not None)


@dataclass(frozen=True, slots=True)
class Access:
    """What documents allow together.

    Attributes:
        documents: The documents of one identity, or the policy of one resource.
        limits: Each a set of documents of which one must allow as well: a permissions boundary, session policies.
        identity: Whether the documents are those of an identity, whose own properties hold for each of its requests.
    """

    documents: tuple[Document, ...]
    limits: tuple[tuple[Document, ...], ...] = ()
    identity: bool = True

    @classmethod
    def of(cls, documents: Iterable[Document], boundary: Iterable[Document] | None = None) -> "Access":
        """Take the documents of an identity, with its permissions boundary if it has one."""
        limits = () if boundary is None else (tuple(boundary),)
        return cls(tuple(documents), limits)

    @classmethod
    def of_resource(cls, document: Document) -> "Access":
        """Take the policy of a resource."""
        return cls((document,), identity=False)

    def grants(self, action: str) -> Iterator[Grant]:
        """Yield what the documents allow for an action, named in full."""
        for document in self.documents:
            for statement in document.allows():
                if statement.grants(action):
                    yield from self.remaining(statement, action)

    def all_grants(self) -> Iterator[Grant]:
        """Yield what the documents allow, one grant for each action pattern and resource pattern of a statement."""
        for document in self.documents:
            for statement in document.allows():
                for action in statement.actions or EVERYTHING:
                    yield from self.remaining(statement, action)

    def may(self, action: str, resource: str = "*", own_account: str | None = None) -> bool:
        """Tell whether an identity may perform an action on something that a resource pattern stands for.

        Grants that a condition limits do not count.
        """
        return any(
            grant.reaches(resource) and not grant.limited_for_identity(own_account) for grant in self.grants(action)
        )

    def remaining(self, statement: Statement, action: str) -> Iterator[Grant]:
        """Yield what is left of an action of a statement after the denials and within the limits."""
        clauses = _clauses(statement.conditions)
        principals = (Principal("*", "*"),) if statement.not_principals else statement.principals
        for resource in statement.resources or EVERYTHING:
            left = (Grant(statement, action, resource, statement.not_resources, principals, clauses),)
            for denying in self._denials():
                left = tuple(rest for grant in left for rest in self._without(grant, denying))
            for limit in self.limits if left else ():
                limiting = Access(limit)
                allowed = tuple(limiting.all_grants() if "*" in action or "?" in action else limiting.grants(action))
                left = tuple(cut for one in left for other in allowed for cut in _intersection(one, other))
            yield from left

    def _denials(self) -> Iterator[Statement]:
        """Yield what denies, as far as it is known."""
        for document in (*self.documents, *(one for limit in self.limits for one in limit)):
            yield from (one for one in known_items(document.statements) if not one.allows and not one.partial)

    def _without(self, grant: Grant, denying: Statement) -> tuple[Grant, ...]:
        """Take away from a grant what a statement denies."""
        if is_partial(grant.principals):
            return (grant,)
        principals = _spared(grant.principals, denying)
        if principals == grant.principals and principals and not denying.not_principals:
            return (grant,)
        if not _denies_action(denying, grant.action) or not _touches(denying, grant.resource):
            return (grant,)
        left = tuple(complement(one) for one in denying.conditions if not (self.identity and always_holds(one)))
        whole = _denies_all(denying, grant.resource, grant.excepted)
        if left or principals:
            if not whole or (left and principals):
                return (grant,)
            more: tuple[Clause, ...] = (left,) if left else ()
            return (replace(grant, principals=principals or grant.principals, clauses=grant.clauses + more),)
        return () if whole else tuple(_outside(grant, denying))


def _outside(grant: Grant, denying: Statement) -> Iterator[Grant]:
    """Yield what a denial of some of a grant's resources leaves: what it does not name, or all that it excepts."""
    if not denying.not_resources:
        yield replace(grant, excepted=(*grant.excepted, *denying.resources))
    for one in denying.not_resources:
        both = _common(grant.resource, one)
        if both and not covers(grant.excepted, both):
            yield replace(grant, resource=both)


def _clauses(conditions: tuple[Condition, ...]) -> tuple[Clause, ...]:
    """Turn conditions into clauses; what is unknown of them stays unknown."""
    known = tuple((condition,) for condition in known_items(conditions))
    return Partial(known, conditions.gaps) if isinstance(conditions, Partial) else known


def _spared(principals: Sequence[Principal], denying: Statement) -> tuple[Principal, ...]:
    """Give the principals of a grant that a denial does not speak of.

    Of everybody, a denial with NotPrincipal spares those that it names.
    """
    if denying.not_principals:
        if any(one.anyone for one in principals):
            return tuple(one for one in denying.not_principals if not one.anyone)
        return tuple(one for one in principals if one in denying.not_principals)
    if not denying.principals or any(one.anyone for one in denying.principals):
        return ()
    accounts = {one.account for one in denying.principals if one.whole_account}
    return tuple(one for one in principals if one not in denying.principals and one.account not in accounts)


def _denies_action(denying: Statement, action: str) -> bool:
    """Tell whether a denial speaks of all that an action, or an action pattern, stands for."""
    if denying.not_actions:
        return not any(overlap(pattern, action) for pattern in denying.not_actions)
    return covers(tuple(pattern.lower() for pattern in denying.actions), action.lower())


def _touches(denying: Statement, resource: str) -> bool:
    if denying.not_resources:
        return not covers(denying.not_resources, resource)
    return not denying.resources or any(overlap(pattern, resource) for pattern in denying.resources)


def _denies_all(denying: Statement, resource: str, excepted: tuple[str, ...]) -> bool:
    """Tell whether a denial covers what a grant has of a resource pattern."""
    if denying.not_resources:
        return not any(
            overlap(pattern, resource) and not covers(excepted, pattern) for pattern in denying.not_resources
        )
    return not denying.resources or covers((*denying.resources, *excepted), resource)


def _common(one: str, other: str) -> str:
    """Give a pattern for what two resource patterns have in common, empty for nothing.

    Where neither covers the other it is the first, which stands for more.
    """
    if covers((one,), other):
        return other
    return one if overlap(one, other) else ""


def _intersection(grant: Grant, limit: Grant) -> Iterator[Grant]:
    """Cut a grant down to what a limit allows."""
    resource = _common(grant.resource, limit.resource)
    excepted = (*grant.excepted, *limit.excepted)
    if not resource or covers(excepted, resource) or not overlap(grant.action, limit.action):
        return
    action = limit.action if covers((grant.action.lower(),), limit.action.lower()) else grant.action
    clauses = grant.clauses + limit.clauses
    yield replace(grant, action=action, resource=resource, excepted=excepted, clauses=clauses)


def public_grants(document: Document, *, access_point: bool = False) -> Iterator[Grant]:
    """Yield what a resource's policy allows to everybody.

    Everybody is a principal with a wildcard, all but somebody (NotPrincipal), and every user of a public identity
    provider, unless a condition fixes who they are. Source: Amazon S3 User Guide, "The meaning of 'public'".
    """
    for grant in Access.of_resource(document).all_grants():
        anyone = any(one.anyone for one in grant.principals)
        tokens = [one for one in grant.principals if one.web_identity]
        if anyone and not grant.limited(lambda one: limits_caller(one, access_point=access_point)):
            yield grant
        elif tokens and not grant.limited(lambda one: limits_caller(one) or limits_token(one)):
            yield replace(grant, principals=tuple(tokens))


def is_public(document: Document, *, access_point: bool = False) -> bool:
    """Tell whether a resource's policy allows something to everybody."""
    return any(public_grants(document, access_point=access_point))


def foreign_grants(document: Document, trusted: Iterable[str]) -> Iterator[tuple[Grant, str]]:
    """Yield what a resource's policy allows to accounts that are not trusted, with the account.

    An account is named as a principal, or by a condition that fixes the caller or the source of a service.
    """
    known = frozenset(trusted)
    for grant in Access.of_resource(document).all_grants():
        named = (one.account for one in grant.principals)
        fixed = _fixed_accounts(grant) if any(one.anyone or one.kind == "Service" for one in grant.principals) else ()
        for account in dict.fromkeys((*named, *fixed)):
            if account and account not in known:
                yield grant, account


def foreign_accounts(document: Document, own: Iterable[str]) -> set[str]:
    """Give the accounts other than one's own that a resource's policy lets in."""
    return {account for _, account in foreign_grants(document, own)}


def _fixed_accounts(grant: Grant) -> Iterator[str]:
    """Yield the accounts that the conditions of a grant fix."""
    for condition in grant.conditions:
        if limits_caller(condition):
            for value in condition.values:
                account = value.split(":")[4] if value.startswith("arn:") and value.count(":") > 4 else value  # noqa: PLR2004  the account's place in an ARN
                if len(account) == 12 and account.isdigit():  # noqa: PLR2004  the digits of an account number
                    yield account

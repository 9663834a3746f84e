"""What the statements of a document grant, and how far a condition narrows it."""

import re
from collections.abc import Iterable, Iterator

from serverless_guard.addresses import anybody
from serverless_guard.iam.actions import UNSCOPABLE, Action, covers_all, expand
from serverless_guard.iam.document import Condition, Document, Statement
from serverless_guard.iam.pattern import matches, matches_everything

NOT_NARROWING = frozenset(
    {
        "aws:securetransport",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
        "aws:currenttime",
        "aws:epochtime",
        "aws:useragent",
        "aws:referer",
        "aws:tokenissuetime",
    }
)
"""Condition keys that say how or when a request is made, in lower case, but not by whom or on what."""


def narrows(condition: Condition) -> bool:
    """Tell whether a condition really limits a grant: it names who or what, and holds for nothing else."""
    return (
        condition.key.lower() not in NOT_NARROWING
        and not condition.negated
        and not condition.lets_absent_pass
        and bool(condition.values)
        and not any(_open(condition, value) for value in condition.values)
    )


def _open(condition: Condition, value: str) -> bool:
    """Tell whether a value stands for anything.

    Only wildcards do, an ARN with nothing but them after its service, an identity of whatever account or organisation,
    and so many addresses that they are nobody's.
    """
    parts = value.split(":")
    if condition.key.lower() in {"aws:principalarn", "aws:principalorgid"} and parts[0] in {"arn", "o-*"}:
        return not "".join(parts[4:5]).strip("*?")
    return not "".join(parts[3:] if parts[0] == "arn" else parts).strip("*?") or anybody(value)


def narrowed(statement: Statement) -> bool:
    """Tell whether any condition of a statement limits what it grants."""
    return any(narrows(condition) for condition in statement.conditions)


CALLER = re.compile(
    r"aws:principal(account|arn|orgid|orgpaths|tag/.+|servicename|servicenameslist)"
    r"|aws:source(account|arn|orgid|orgpaths|owner|ip|vpc|vpce|vpcarn)"
    r"|aws:vpce(account|orgid|orgpaths)|aws:(vpcsourceip|userid|username|federatedprovider)"
    r"|kms:(calleraccount|viaservice)|s3:dataaccesspoint(arn|account)"
)
"""Condition keys that say who calls, or from where, in lower case. Source: Amazon S3 User Guide, "The meaning of
'public'"; AWS KMS Developer Guide, "Condition keys"."""


def names_caller(statement: Statement) -> bool:
    """Tell whether a statement for everybody is for some after all, by a condition that says who they are.

    A condition on what is asked for, such as `s3:x-amz-acl`, anybody can meet.
    """
    return any(CALLER.fullmatch(one.key.lower()) and narrows(one) for one in statement.conditions)


def denied(documents: Iterable[Document], action: str) -> bool:
    """Tell whether documents deny an action on all resources whatever the request: then no other grant counts."""
    statements = (one for document in documents for one in document.statements)
    return any(
        one.denies(action) and not one.conditions and any(matches_everything(each) for each in one.resources)
        for one in statements
    )


def repeats(one: Statement, other: Statement) -> bool:
    """Tell whether a statement says nothing that another does not say as well.

    Statements that negate, or speak of principals, are compared word for word.
    """
    same = ("effect", "not_actions", "not_resources", "principals", "not_principals", "conditions")
    if any(getattr(one, name) != getattr(other, name) for name in same):
        return False
    return _within(one.actions, other.actions) and _within(one.resources, other.resources)


def _within(patterns: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return all(any(matches(other, pattern) for other in others) for pattern in patterns)


def granted(statement: Statement) -> Iterator[tuple[str, Action]]:
    """Yield the actions that a statement allows by name, with the pattern that stands for each."""
    if statement.allows:
        for pattern in statement.actions:
            yield from ((pattern, action) for action in expand(pattern))


def unscoped(document: Document) -> Iterator[tuple[Statement, str, Action]]:
    """Yield the actions that a document allows on all resources although they could be granted on some.

    Left out are actions that know no resource and those of `UNSCOPABLE`.
    """
    for statement in document.allows():
        if statement.names_each_resource or narrowed(statement):
            continue
        for pattern, action in granted(statement):
            if not action.resource_types or action.full_name.lower() in UNSCOPABLE:
                continue
            if statement.not_resources or any(covers_all(action, resource) for resource in statement.resources):
                yield statement, pattern, action


def unlimited(document: Document) -> Iterator[Statement]:
    """Yield the statements that allow something on all resources with no condition that narrows it."""
    return (one for one in document.allows() if one.everywhere and not narrowed(one))


def summarize(names: Iterable[str], most: int = 4) -> str:
    """List names for a finding, shortened when there are many."""
    every = list(dict.fromkeys(names))
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"

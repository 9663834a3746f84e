"""What the statements of a document grant, and how far a condition narrows it."""

from collections.abc import Iterable, Iterator

from serverless_guard.iam.actions import UNSCOPABLE, Action, covers_all, expand
from serverless_guard.iam.conditions import limits_identity
from serverless_guard.iam.document import Document, Statement
from serverless_guard.iam.evaluator import Access
from serverless_guard.iam.pattern import matches


def narrowed(statement: Statement) -> bool:
    """Tell whether any condition of a statement limits what it grants."""
    return any(limits_identity(condition) for condition in statement.conditions)


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

    Left out are actions that know no resource, those of `UNSCOPABLE`, and what a denial takes away or limits.
    """
    access = Access.of([document])
    for statement in document.allows():
        if statement.names_each_resource or narrowed(statement):
            continue
        for pattern, action in granted(statement):
            if not action.resource_types or action.full_name.lower() in UNSCOPABLE:
                continue
            left = access.remaining(statement, action.full_name)
            if any(covers_all(action, one.resource) and not one.limited_for_identity() for one in left):
                yield statement, pattern, action


def unlimited(document: Document) -> Iterator[Statement]:
    """Yield the statements that allow something on all resources with no condition that narrows it."""
    return (one for one in document.allows() if one.everywhere and not narrowed(one))


def summarize(names: Iterable[str], most: int = 4) -> str:
    """List names for a finding, shortened when there are many."""
    every = list(dict.fromkeys(names))
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"

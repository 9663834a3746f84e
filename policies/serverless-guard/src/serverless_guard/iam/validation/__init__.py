"""What AWS would refuse about a policy document, decided before anything is created.

The checks are the errors of IAM Access Analyzer's policy validation, each with AWS's issue code, and those warnings of
it that say a statement never does what it says. What is unknown at preview is not refused.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from serverless_guard.iam.validation import actions, arns, conditions, grammar, principals, variables
from serverless_guard.iam.validation.problem import Element, Kind, Problem
from serverless_guard.iam.validation.texts import mapping, texts
from serverless_guard.record import UNKNOWN

__all__ = ["Kind", "Problem", "validate"]


def validate(value: object, where: str, kind: Kind) -> tuple[Problem, ...]:
    """Find what AWS would refuse of a document.

    Args:
        value: The document, as JSON text or as an object.
        where: The property that holds it.
        kind: What kind of document it is.
    """
    if isinstance(value, str):
        return _of_text(value, where, kind)
    return (*_problems(value, where, kind), *grammar.of_size(value, where, kind))


@lru_cache(maxsize=1024)
def _of_text(text: str, where: str, kind: Kind) -> tuple[Problem, ...]:
    """Check once a document that several rules ask about."""
    found = tuple(grammar.of_text(text, where))
    try:
        value = grammar.parse(text)
    except ValueError:
        return found
    return (*found, *_problems(value, where, kind), *grammar.of_size(text, where, kind))


def _problems(value: object, where: str, kind: Kind) -> Iterator[Problem]:
    yield from grammar.of_document(value, where, kind)
    body = mapping(value)
    version = body.get("Version")
    known = version in (UNKNOWN, grammar.VERSIONS[0])
    given = body.get("Statement")
    if given is None or given is UNKNOWN or given in ([], {}):
        return
    every = cast("list[object]", given) if isinstance(given, list) else [given]
    for index, item in enumerate(every):
        if item is not UNKNOWN:
            yield from _statement(item, f"{where}.Statement[{index}]", kind, known=known)


def _statement(item: object, where: str, kind: Kind, *, known: bool) -> Iterator[Problem]:
    body = mapping(item)
    sid = body.get("Sid")
    where = f"{where} ({sid})" if isinstance(sid, str) and sid else where
    yield from grammar.of_statement(item, where, kind)
    yield from principals.of_statement(body, where, kind)
    yield from _about("action", actions.of_statement(body, where, kind))
    yield from arns.of_statement(body, where, kind)
    for name in ("Resource", "NotResource"):
        for text in (one for one in texts(body.get(name)) if one.startswith("arn:")):
            yield from variables.of_text(text, f"{where}.{name}", known=known)
    yield from _about("condition", conditions.of_statement(body, where, kind, known=known))
    yield from _controls(body, where, kind)


def _about(element: Element, problems: Iterator[Problem]) -> Iterator[Problem]:
    return (one._replace(element=element) for one in problems)


def _controls(body: object, where: str, kind: Kind) -> Iterator[Problem]:
    """Check that only AWS's own resource control policy allows something."""
    statement = mapping(body)
    if kind.family == "rcp" and statement.get("Effect") == "Allow":
        everything = statement.get("Resource") == "*" and statement.get("Principal") == "*"
        if not everything or "Condition" in statement:
            message = 'a resource control policy allows only "Principal": "*" on "Resource": "*" without Condition'
            yield Problem("RCP_SYNTAX_ERROR_ALLOW", where, message)

"""Policy variables: `${aws:username}`, with a default `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags", and `PAGE`.
"""

import re
from collections.abc import Iterator
from typing import Final

from serverless_guard.iam.validation import keys
from serverless_guard.iam.validation.problem import Problem

ESCAPES: Final = frozenset({"*", "?", "$"})
_NAME: Final = re.compile(r"[\w+=:,.@/-]+")


def of_text(text: str, where: str, *, known: bool) -> Iterator[Problem]:
    """Check the variables of a text.

    Args:
        text: A resource, or a value of a condition.
        where: Its place.
        known: Whether the document's Version knows variables.
    """
    if "${" not in text:
        return
    if not known:
        message = f'{text} has a policy variable, which only Version "2012-10-17" knows'
        yield Problem("VARIABLE_UNSUPPORTED_IN_VERSION", where, message)
        return
    for part in text.split("${")[1:]:
        inner, closed, _ = part.partition("}")
        if not closed:
            yield Problem("MISSING_BRACE_IN_VARIABLE", where, f"{text}: the policy variable lacks its }}")
        elif problem := _variable(inner):
            yield Problem(problem[0], where, f"${{{inner}}}: {problem[1]}")


def _variable(inner: str) -> tuple[str, str] | None:
    """Say what is wrong within the braces of a variable."""
    if inner in ESCAPES:
        return None
    if not inner.strip():
        return "EMPTY_VARIABLE", "the policy variable is empty"
    name, comma, default = inner.partition(",")
    if comma and not re.fullmatch(r" *'[^']*'", default):
        return "MISSING_QUOTE_IN_VARIABLE", "the default of a policy variable stands in single quotes"
    if re.search(r"\s", name):
        return "UNSUPPORTED_SPACE_IN_VARIABLE", "the name of a policy variable has no space"
    if not _NAME.fullmatch(name):
        return "UNSUPPORTED_SYMBOL_IN_VARIABLE", "the name of a policy variable is a condition key"
    return keys.refusal(name)

"""Lists of names in the words of findings."""

from collections.abc import Iterable

from serverless_guard.iam.conditions import conditional
from serverless_guard.iam.pattern import is_literal
from serverless_guard.iam.statement import Statement
from serverless_guard.iam.unknown import known_items


def summarize(names: Iterable[str], most: int = 4) -> str:
    """List names for a finding, shortened when there are many."""
    every = list(dict.fromkeys(names))
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def reach(statement: Statement) -> str:
    """Word what a statement is about, patterns first, with its conditions, to stand behind its actions."""
    named = statement.resources or statement.not_resources
    listed = summarize(sorted(named, key=is_literal))
    return f"on {'all but ' if statement.not_resources else ''}{listed}{conditional(known_items(statement.conditions))}"

"""Lists of names in the words of findings."""

from collections.abc import Iterable


def summarize(names: Iterable[str], most: int = 4) -> str:
    """List names for a finding, shortened when there are many."""
    every = list(dict.fromkeys(names))
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"

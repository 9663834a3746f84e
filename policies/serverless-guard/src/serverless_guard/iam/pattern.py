"""Patterns with `*` and `?`, as IAM matches actions, resources and values."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def is_literal(pattern: str) -> bool:
    """Tell whether a pattern has no wildcard, and so stands for itself alone."""
    return "*" not in pattern and "?" not in pattern


def matches(pattern: str, value: str) -> bool:
    """Tell whether an IAM pattern, with `*` and `?`, matches a value; case does not count."""
    if is_literal(pattern):
        return pattern.lower() == value.lower()
    return bool(_pattern(pattern).fullmatch(value))


def matches_everything(resource: str) -> bool:
    """Tell whether a resource pattern stands for all resources of an account or of a service.

    `*` does, and so does an ARN whose last part is only wildcards, such as `arn:aws:s3:::*`: it is as wide for the
    actions of its service.
    """
    if not resource.strip("*"):
        return True
    parts = resource.split(":", 5)
    return len(parts) == 6 and parts[0] == "arn" and not parts[5].strip("*?")  # noqa: PLR2004  the parts of an ARN


@lru_cache(maxsize=4096)
def overlap(one: str, other: str) -> bool:
    """Tell whether some text matches both of two patterns with `*` and `?`; case does not count."""
    if is_literal(one) or is_literal(other):
        return matches(other, one) if is_literal(one) else matches(one, other)
    one, other = one.lower(), other.lower()
    reached = {0}
    for i in range(len(one) + 1):
        following: set[int] = set()
        for j in range(len(other) + 1):
            if j not in reached:
                continue
            if j < len(other) and (other[j] == "*" or one[i : i + 1] == "*"):
                reached.add(j + 1)
            if i < len(one) and (one[i] == "*" or other[j : j + 1] == "*"):
                following.add(j)
            elif i < len(one) and j < len(other) and (one[i] == other[j] or "?" in (one[i], other[j])):
                following.add(j + 1)
        if i < len(one):
            reached = following
    return len(other) in reached

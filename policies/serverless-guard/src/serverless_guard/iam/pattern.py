"""Patterns with `*` and `?`, as IAM matches actions, resources and values."""

import re
from collections.abc import Iterator
from functools import lru_cache


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """Give the regular expression that matches what an IAM pattern matches."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def is_literal(pattern: str) -> bool:
    """Tell whether a pattern has no wildcard, and so stands for itself alone."""
    return "*" not in pattern and "?" not in pattern


def matches(pattern: str, value: str) -> bool:
    """Tell whether an IAM pattern, with `*` and `?`, matches a value; case does not count."""
    if is_literal(pattern):
        return pattern.lower() == value.lower()
    return bool(compiled(pattern).fullmatch(value))


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


@lru_cache(maxsize=4096)
def covers(others: tuple[str, ...], one: str) -> bool:
    """Tell whether every text that matches a pattern matches at least one of other patterns; case counts.

    Decided by following the automata of the patterns side by side over the characters that stand in them, and one that
    stands in none: exact, also where only several of the others together cover the pattern.
    """
    if is_literal(one):
        return any(_covers_text(other, one) for other in others)
    if "*" in others:
        return True
    alphabet = frozenset("".join((one, *others))) - {"*", "?"} | {"\0"}
    start = _closure(others, frozenset((i, 0) for i in range(len(others))))
    seen: set[tuple[int, frozenset[tuple[int, int]]]] = set()
    waiting = [(0, start)]
    while waiting:
        position, states = waiting.pop()
        if (position, states) in seen:
            continue
        seen.add((position, states))
        if position == len(one):
            if not any(reached == len(others[i]) for i, reached in states):
                return False
            continue
        wildcard = one[position] in "*?"
        if one[position] == "*":
            waiting.append((position + 1, states))
        for char in alphabet if wildcard else (one[position],):
            following = _closure(others, frozenset(_step(others, states, char)))
            waiting.append((position if one[position] == "*" else position + 1, following))
    return True


def _covers_text(pattern: str, text: str) -> bool:
    if is_literal(pattern):
        return pattern == text
    return bool(exact(pattern).fullmatch(text))


@lru_cache(maxsize=4096)
def exact(pattern: str) -> re.Pattern[str]:
    """Compile an IAM pattern whose case counts, as in resources, `StringLike` and the ARN operators."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL)


def _closure(patterns: tuple[str, ...], states: frozenset[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Add the states that are reached where a `*` stands for nothing."""
    found = set(states)
    waiting = list(states)
    while waiting:
        i, position = waiting.pop()
        if patterns[i][position : position + 1] == "*" and (i, position + 1) not in found:
            found.add((i, position + 1))
            waiting.append((i, position + 1))
    return frozenset(found)


def _step(patterns: tuple[str, ...], states: frozenset[tuple[int, int]], char: str) -> Iterator[tuple[int, int]]:
    """Yield the states that a character leads to."""
    for i, position in states:
        at = patterns[i][position : position + 1]
        if at == "*":
            yield i, position
        elif at == "?" or (at and at == char):
            yield i, position + 1

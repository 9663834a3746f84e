"""Properties whose changes must not be ignored: those that the rules about security read, found by running them.

A rule is asked to decide its own examples, with properties that note what is read. So the list is never behind the
rules. It is made for one type at a time, and only where a program ignores changes of a resource of that type.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, cast

from serverless_guard.program import Program
from serverless_guard.record import Block
from serverless_guard.references import IDENTITIES
from serverless_guard.rules.rule import Category, Rule, subject

SECURITY: Final[frozenset[Category]] = frozenset(
    {"least-privilege", "encryption", "deletion-protection", "network-exposure", "logging-observability"}
)
DESCRIPTIVE: Final = frozenset(
    {
        *IDENTITIES, "tags", "description", "engine", "engineVersion", "family", "password", "masterPassword",
        "username", "masterUsername", "snapshotIdentifier", "replicateSourceDb", "restoreToPointInTime",
        "replicationSourceIdentifier",
    }
)  # fmt: skip
"""Properties that say what a resource is, or what it was made from: reading them decides whom a rule is about."""
SEGMENT: Final = re.compile(r"""\[(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\d+|\*))\]|([^.\[\]]+)""")
"""A step of a property path. Source: Pulumi documentation, "ignoreChanges": `root.nested`, `root["a"]`, `root[0]`,
`root[*]`."""


class _Noting(dict[str, Any]):
    """Properties that note the names by which they are read."""

    def __init__(self, values: Mapping[str, Any], noted: set[str]) -> None:
        super().__init__({name: _noting(value, noted) for name, value in values.items()})
        self._noted = noted

    def get(self, key: str, default: Any = None) -> Any:
        self._noted.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self._noted.add(key)
        return super().__getitem__(key)


def _noting(value: Any, noted: set[str]) -> Any:
    if isinstance(value, Mapping):
        return _Noting(cast("Mapping[str, Any]", value), noted)
    return [_noting(item, noted) for item in cast("list[Any]", value)] if isinstance(value, list) else value


@cache
def enforced(kind: str) -> frozenset[str]:
    """Give the names of the properties of a type, nested ones included, that the rules about security read."""
    from serverless_guard.rules import every_rule  # noqa: PLC0415  the package imports this module

    rules = (rule for rule in every_rule() if rule.category in SECURITY and kind in rule.types)
    return frozenset(name for rule in rules for name in _read(rule, kind)) - DESCRIPTIVE


def _read(rule: Rule, kind: str) -> Iterator[str]:
    """Yield the names that a rule reads of its examples; a rule about a whole stack, of those that have the type."""
    for example in (*rule.good, *rule.bad):
        record, noted = subject(rule, example), set[str]()
        for one in record.resources if isinstance(record, Program) else (record,):
            if one.type == kind or not isinstance(record, Program):
                object.__setattr__(one, "props", Block(_Noting(one.props.values, noted), owner=one.props.owner))
        rule.findings(record, example.settings)
        yield from noted


def hides(kind: str, path: str) -> bool:
    """Tell whether a path of `ignoreChanges` covers a property of a type that the rules about security read.

    Args:
        kind: The type token.
        path: The path: `*` and a first step of `[*]` stand for every property.
    """
    step = SEGMENT.match(path)
    name = next(filter(None, step.groups()), "") if step else ""
    return name == "*" or name in enforced(kind)

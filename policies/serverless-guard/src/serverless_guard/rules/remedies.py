"""Remedies for rules that a stack may set to `remediate`: how a property that breaks the rule is mended.

A remedy gives changes by their path: `pointInTimeRecovery.enabled`; `origins[*]` is each item of a list, and what has a
`?` behind it is changed only where it is there already. A change is the value to set, or a function of the one before.
"""

from collections.abc import Mapping
from typing import Any

from serverless_guard.record import Resource
from serverless_guard.rules.rule import Remedy


def sets(*paths: str, to: Any) -> Remedy:
    """Set properties to a value."""
    return lambda _: dict.fromkeys(paths, to)


def sets_to_option(*paths: str, option: str) -> Remedy:
    """Set properties to what the stack gives an option of the rule."""
    return lambda resource: dict.fromkeys(paths, resource.settings[option])


def replaces(*paths: str, value: Any, by: Any) -> Remedy:
    """Replace one value of properties by another, and leave all others."""

    def change(old: Any) -> Any:
        return by if old == value else old

    return lambda _: dict.fromkeys(paths, change)


def raises(*paths: str, option: str) -> Remedy:
    """Raise numbers, where they are, to what the stack gives an option of the rule."""

    def remedy(resource: Resource) -> Mapping[str, Any]:
        least = resource.settings[option]

        def change(old: Any) -> Any:
            return max(old, least)

        return dict.fromkeys((f"{path}?" for path in paths), change)

    return remedy


def lowers(*paths: str, option: str) -> Remedy:
    """Lower numbers, where they are, to what the stack gives an option of the rule."""

    def remedy(resource: Resource) -> Mapping[str, Any]:
        most = resource.settings[option]

        def change(old: Any) -> Any:
            return min(old, most)

        return dict.fromkeys((f"{path}?" for path in paths), change)

    return remedy


def adds(path: str, value: str) -> Remedy:
    """Add a value to a list that lacks it."""

    def change(old: Any) -> Any:
        return old if value in (old or ()) else [*(old or ()), value]

    return lambda _: {path: change}


def several(*remedies: Remedy) -> Remedy:
    """Apply several remedies."""
    return lambda resource: {path: change for remedy in remedies for path, change in remedy(resource).items()}


def by_type(**remedies: Remedy) -> Remedy:
    """Choose a remedy by the module of the resource's type, as in `aws:apigatewayv2/stage:Stage`."""

    def remedy(resource: Resource) -> Mapping[str, Any]:
        return remedies[resource.type.split(":")[1].partition("/")[0]](resource)

    return remedy

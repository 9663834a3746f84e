"""Mends the properties that break a rule which the stack sets to `remediate`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from serverless_guard.enforcement import Enforcement
from serverless_guard.record import Block, Resource
from serverless_guard.rules.rule import Rule
from serverless_guard.waivers import Waivers
from serverless_guard.wire import SIGNATURE


@dataclass(frozen=True, slots=True)
class Remediation:
    """What was changed of a resource to keep a rule.

    Attributes:
        rule: The rule.
        paths: The properties.
        resource: The record of the resource after the change.
        props: Its properties after the change, in the form that they were given in.
    """

    rule: Rule
    paths: tuple[str, ...]
    resource: Resource
    props: dict[str, Any]


def remediations(
    enforcement: Enforcement, waivers: Waivers, resource: Resource, props: Mapping[str, Any]
) -> Iterator[Remediation]:
    """Mend a resource, rule by rule; each remediation builds on the one before.

    What is waived, what could not be decided, and what a remedy does not mend, is left as it is: the rule is decided
    once more afterwards, as a mandatory one.

    Args:
        enforcement: The rules as the stack enforces them.
        waivers: Findings that somebody answers for.
        resource: The record.
        props: Its properties as the program or the engine has them.
    """
    if resource.declared_type:  # remedies name the properties of the current type
        return
    for rule in enforcement.of_type(resource.type):
        if rule.remedy is None or enforcement.level(rule) != "remediate":
            continue
        settings = enforcement.options(rule)
        broken = waivers.remaining(rule.findings(resource, settings))
        if not broken or not all(finding.decided for finding in broken):
            continue
        changes = rule.remedy(replace(resource, settings=settings))
        values, changed = mended(resource.props.values, changes), mended(props, changes)
        if values is None or changed is None:
            continue
        after = replace(resource, props=Block(values, owner=resource.urn))
        if rule.findings(after, settings):
            continue
        resource, props = after, changed
        yield Remediation(rule, tuple(path.replace("?", "") for path in changes), after, changed)


def mended(props: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any] | None:
    """Copy properties with changes, as `serverless_guard.rules.remedies` words them.

    Returns:
        The copy, or None when what should be changed stands within a value that is unknown, secret or malformed.
    """
    copy: Any = dict(props)
    try:
        for path, change in changes.items():
            copy = _changed(copy, re.findall(r"[^.\[\]?]+\??|\[\*\]", path), change)
    except _OutOfReachError:
        return None
    return copy


class _OutOfReachError(Exception):
    """A step of a path leads into something that is neither an object nor a list."""


def _changed(value: Any, steps: Sequence[str], change: Any) -> Any:
    if not steps:
        return cast("Callable[[Any], Any]", change)(value) if callable(change) else change
    step, rest = steps[0], steps[1:]
    if step == "[*]":
        if value is None:
            return None
        if not isinstance(value, list):
            raise _OutOfReachError
        return [_changed(item, rest, change) for item in cast("list[Any]", value)]
    if isinstance(value, list) and len(items := cast("list[Any]", value)) == 1:
        return [_changed(items[0], steps, change)]
    if value is not None and (not isinstance(value, Mapping) or SIGNATURE in value):
        raise _OutOfReachError
    fields = cast("Mapping[str, Any]", value or {})
    name = step.removesuffix("?")
    old = fields.get(name)
    if old is None and (step.endswith("?") or (rest and rest[0] == "[*]")):
        return cast("object", value)
    return {**fields, name: _changed(old, rest, change)}

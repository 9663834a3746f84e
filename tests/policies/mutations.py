"""Breaks the program: changes of its resources, as `mutations.yaml` declares them.

An entry of the file is a rule's name with what breaks it in the program:

    dynamodb-pitr:
      resource: aws:dynamodb/table:Table::blog-prod-table
      set: {pointInTimeRecovery.enabled: false}

A path goes through objects by their keys, through lists by a number, and into text that is JSON; `+` at its end appends
to a list, and null takes a property away. `unknown` lists paths that become unknown, `options` changes Pulumi options,
`depends` says which resources a property comes from, `remove: true` takes the resource out, `add: true` puts one in.
`stack` says where, `prod` by default; `with` holds further changes; `implies` the other rules that the change breaks by
its nature, with the reason.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import yaml

from serverless_guard.program import Program
from serverless_guard.record import UNKNOWN, Block, Resource

FILE = Path(__file__).with_name("mutations.yaml")


@dataclass(frozen=True, slots=True)
class Mutation:
    """What breaks one rule in the program.

    Attributes:
        rule: The rule.
        stack: The stack that is changed.
        changes: What is changed; each names its resource.
        implies: Other rules that the change breaks too, with the reason.
    """

    rule: str
    stack: str
    changes: tuple[Mapping[str, Any], ...]
    implies: Mapping[str, str] = field(default_factory=dict[str, str])

    def applied(self, stack: Program) -> tuple[Program, list[Resource]]:
        """Change a stack; give it with the resources that are different."""
        resources, changed = {one.label: one for one in stack.resources}, list[Resource]()
        for change in self.changes:
            label: str = change["resource"]
            before = _new(label) if change.get("add") else resources.pop(label)
            if not change.get("remove"):
                resources[label] = _changed(before, change, {**resources, label: before})
                changed.append(resources[label])
        return replace(stack, resources=tuple(resources.values())), changed


def read() -> Iterator[Mutation]:
    """Yield what `mutations.yaml` declares."""
    content: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for rule, entry in content.items():
        changes = (entry, *entry.get("with", ()))
        yield Mutation(rule, entry.get("stack", "prod"), changes, entry.get("implies", {}))


def _new(label: str) -> Resource:
    kind, name = label.split("::")
    return Resource(kind, name, props=Block({}, owner=label), urn=label)


def _changed(resource: Resource, change: Mapping[str, Any], labelled: Mapping[str, Resource]) -> Resource:
    values: Any = resource.props.values
    for path, value in change.get("set", {}).items():
        values = _put(values, path.split("."), value)
    for path in change.get("unknown", ()):
        values = _put(values, path.split("."), UNKNOWN)
    sources = {key: frozenset(labelled[one].urn for one in names) for key, names in change.get("depends", {}).items()}
    return replace(
        resource,
        props=Block(values, owner=resource.urn),
        options=replace(resource.options, **change.get("options", {})),
        depends={**resource.depends, **sources},
    )


def _put(value: Any, path: Sequence[str], new: Any) -> Any:
    """Copy a value with another one at a path."""
    if not path:
        return new
    if isinstance(value, str):
        return json.dumps(_put(json.loads(value), path, new))
    head, *rest = path
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if head == "+":
            return [*items, new]
        return [_put(item, rest, new) if int(head) == index else item for index, item in enumerate(items)]
    members = cast("Mapping[str, Any]", value or {})
    if new is None and not rest:
        return {key: item for key, item in members.items() if key != head}
    return {**members, head: _put(members.get(head), rest, new)}

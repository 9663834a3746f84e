"""Who points at whom among the resources of a stack, found out once for all rules and only as far as they ask.

A rule that compares each resource with each other one would take minutes on a stack of thousands.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from serverless_guard.record import Resource

ALIAS = "aws:lambda/alias:Alias"
IDENTITIES = ("id", "arn", "name", "bucket", "functionName", "url", "qualifiedArn", "invokeArn", "keyId")
"""Properties whose value may stand for a resource in another one, given to it or answered by its provider."""


@dataclass(slots=True)
class References:
    """The resources of a stack with an index of what their properties point at.

    Attributes:
        resources: The resources, in the order of their registration.
        derived: What rules compute of the resources once, by what computes it.
    """

    resources: tuple[Resource, ...]
    derived: dict[Any, Any] = field(default_factory=dict[Any, Any], init=False)
    _of: dict[tuple[str, ...], tuple[Resource, ...]] = field(default_factory=dict, init=False)
    _aliased: dict[str, frozenset[str]] | None = field(default=None, init=False)
    _by_urn: dict[str, Resource] | None = field(default=None, init=False)
    _marks: dict[int, tuple[Resource, frozenset[str]]] = field(default_factory=dict, init=False)
    _targets: dict[tuple[int, str], tuple[Resource, frozenset[str]]] = field(default_factory=dict, init=False)
    _indexes: dict[tuple[str | None, tuple[str, ...]], dict[str, list[int]]] = field(default_factory=dict, init=False)

    def of(self, types: tuple[str, ...]) -> tuple[Resource, ...]:
        """Give the resources of some types, in order."""
        if types not in self._of:
            self._of[types] = tuple(one for one in self.resources if one.type in types)
        return self._of[types]

    def points(self, source: Resource, path: str, target: Resource) -> bool:
        """Tell whether a property of one resource points at another one."""
        return not self._targeted(source, path).isdisjoint(self._marked(target))

    def sources(self, target: Resource, path: str, types: tuple[str, ...]) -> list[Resource]:
        """Give the resources of some types whose property points at a resource, in order."""
        return self._bearing(self._marked(target), types, path)

    def targets(self, source: Resource, path: str, types: tuple[str, ...]) -> list[Resource]:
        """Give the resources of some types that a property of a resource points at, in order."""
        return self._bearing(self._targeted(source, path), types, None)

    def _bearing(self, marks: frozenset[str], types: tuple[str, ...], path: str | None) -> list[Resource]:
        """Give the resources of some types that bear one of some marks, or whose property at a path points at one."""
        candidates = self.of(types)
        if (path, types) not in self._indexes:
            index: defaultdict[str, list[int]] = defaultdict(list)
            for position, one in enumerate(candidates):
                for mark in self._marked(one) if path is None else self._targeted(one, path):
                    index[mark].append(position)
            self._indexes[path, types] = index
        by_mark = self._indexes[path, types]
        found = {position for mark in marks for position in by_mark.get(mark, ())}
        return [candidates[position] for position in sorted(found)]

    # What is kept by the identity of a resource keeps the resource as well, so that no other one can take its place.

    def _marked(self, target: Resource) -> frozenset[str]:
        """Give what stands for a resource: its URN, and the values of its name, id and ARN."""
        if id(target) not in self._marks:
            values = (told.get(key) for told in (target.props.values, target.outputs) for key in IDENTITIES)
            marks = {f"={value}" for value in values if isinstance(value, str) and value}
            self._marks[id(target)] = target, frozenset(marks | {target.urn} - {""})
        return self._marks[id(target)][1]

    def _targeted(self, source: Resource, path: str) -> frozenset[str]:
        """Give the marks of what a property points at.

        Who points at a function's alias points at the function, and who takes the secret's id from a version of the
        secret points at the secret: the version hands on the property that it has under the same name.
        """
        if (id(source), path) not in self._targets:
            top = path.split(".", 1)[0]
            urns = source.depends.get(top, frozenset[str]())
            aliased = (self._functions().get(urn, frozenset[str]()) for urn in urns)
            handed_on = (one.depends.get(top, frozenset[str]()) for urn in urns if (one := self._named().get(urn)))
            values = (f"={value}" for value in source.props.known_texts(path))
            self._targets[id(source), path] = source, urns.union(*aliased, *handed_on, values)
        return self._targets[id(source), path][1]

    def _named(self) -> dict[str, Resource]:
        if self._by_urn is None:
            self._by_urn = {one.urn: one for one in self.resources}
        return self._by_urn

    def _functions(self) -> dict[str, frozenset[str]]:
        if self._aliased is None:
            self._aliased = {one.urn: one.depends.get("functionName", frozenset()) for one in self.of((ALIAS,))}
        return self._aliased

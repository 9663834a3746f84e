"""The plain record that rules read: a resource and its properties.

A value that the engine does not know yet is `UNKNOWN`. Reading one raises `Undecided`, so a rule that needs it cannot
pass by accident; whoever runs the rule turns that into a finding. Asking whether a property is set does not read it:
an unknown value is the output of another resource, so it will be there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite
from typing import Any, Final, cast

from serverless_guard import legacy


class Unknown(Enum):
    """The type of `UNKNOWN`: a value that exists only once another resource has been created."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


class UndecidedError(Exception):
    """A rule needs a property whose value is not known at preview.

    Attributes:
        path: The property, for example `serverSideEncryption.enabled`.
        owner: The URN of its resource, empty where there is none yet.
        places: The unknown places within a policy document, when the rest of it is known.
    """

    def __init__(self, path: str, owner: str = "", places: tuple[str, ...] = ()) -> None:
        within = f" in {', '.join(places)}" if places else ""
        super().__init__(f"{path} is not known at preview{within}")
        self.path = path
        self.owner = owner
        self.places = places


class MalformedError(Exception):
    """A property has a shape that AWS would refuse, so that a rule cannot read it.

    Attributes:
        path: The property.
        expected: What should stand there, in words ("a number"). The value is left out: it may be secret.
        owner: The URN of its resource, empty where there is none yet.
    """

    def __init__(self, path: str, expected: str, owner: str = "") -> None:
        super().__init__(f"{path} is not {expected}")
        self.path = path
        self.expected = expected
        self.owner = owner


@dataclass(frozen=True, slots=True)
class Block:
    """Properties of a resource, or one nested object of them.

    Attributes:
        values: The properties by their names in Pulumi's schema (camelCase).
        path: Where the object stands within its resource, with a dot at its end; empty for the resource itself.
        owner: The URN of the resource.
    """

    values: Mapping[str, Any]
    path: str = ""
    owner: str = ""

    def has(self, path: str) -> bool:
        """Tell whether a property is set; an unknown value counts as set, an empty one does not."""
        value = self._walk(path, whole=False)
        if isinstance(value, (list, tuple)):
            return any(item is not None for item in cast("Sequence[object]", value))
        return value is UNKNOWN or (value is not None and value not in ("", {}))

    def value(self, path: str) -> Any:
        """Read a property of any type, None when it is absent.

        Raises:
            UndecidedError: The value, or an object around it, is unknown.
        """
        value = self._walk(path, whole=True)
        if value is UNKNOWN:
            raise UndecidedError(self.path + path, self.owner)
        return value

    def flag(self, path: str) -> bool | None:
        """Read a boolean, None when it is absent."""
        value = self.value(path)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        raise MalformedError(self.path + path, "a boolean", self.owner)

    def number(self, path: str) -> float | None:
        """Read a number, None when it is absent. The engine sends every number as a float."""
        value = self.value(path)
        if value is None:
            return None
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            with suppress(ArithmeticError, ValueError):
                if isfinite(float(value)):
                    return value if isinstance(value, (int, float)) else float(value)
        raise MalformedError(self.path + path, "a number", self.owner)

    def text(self, path: str) -> str | None:
        """Read a string, None when it is absent."""
        value = self.value(path)
        if value is None or isinstance(value, str):
            return value
        raise MalformedError(self.path + path, "a string", self.owner)

    def texts(self, path: str) -> tuple[str, ...]:
        """Read a list of strings, empty when it is absent; one string alone counts as a list of one."""
        value = self.value(path)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, Sequence):
            items = [item for item in cast("Sequence[object]", value) if item is not None]
            if UNKNOWN in items:
                raise UndecidedError(self.path + path, self.owner)
            if all(isinstance(item, str) for item in items):
                return tuple(cast("list[str]", items))
        raise MalformedError(self.path + path, "a list of strings", self.owner)

    def known_texts(self, path: str) -> tuple[str, ...]:
        """Read a list of strings as `texts` does, empty where it is unknown or malformed."""
        try:
            return self.texts(path)
        except (UndecidedError, MalformedError):
            return ()

    def known_text(self, path: str) -> str | None:
        """Read a string as `text` does, None also where it is unknown or malformed."""
        try:
            return self.text(path)
        except (UndecidedError, MalformedError):
            return None

    def blocks(self, path: str) -> "tuple[Block, ...]":
        """Read a list of nested objects, empty when it is absent; one object alone counts as a list of one."""
        value = self.value(path)
        if value is None:
            return ()
        where = self.path + path
        if not isinstance(value, (list, tuple)):
            return (self._nested(value, where),)
        items = cast("Sequence[object]", value)
        return tuple(self._nested(item, f"{where}[{index}]") for index, item in enumerate(items))

    def mapping(self, path: str) -> Mapping[str, Any]:
        """Read an object with free keys, empty when it is absent; its values may be `UNKNOWN`."""
        value = self.value(path)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return cast("Mapping[str, Any]", value)
        raise MalformedError(self.path + path, "an object", self.owner)

    def _nested(self, item: object, where: str) -> "Block":
        if item is UNKNOWN:
            raise UndecidedError(where, self.owner)
        if not isinstance(item, Mapping):
            raise MalformedError(where, "an object", self.owner)
        return Block(cast("Mapping[str, Any]", item), f"{where}.", self.owner)

    def _walk(self, path: str, *, whole: bool) -> Any:
        """Follow a dotted path. A list of one object reads like the object: that is how Terraform writes a block."""
        value: Any = self.values
        walked: list[str] = []
        for step in path.split("."):
            if value is UNKNOWN:
                raise UndecidedError(self.path + ".".join(walked), self.owner)
            if isinstance(value, (list, tuple)):
                items = cast("Sequence[Any]", value)
                if len(items) > 1:
                    raise MalformedError(self.path + ".".join(walked), "a single object", self.owner)
                value = items[0] if items else None
            if value is UNKNOWN:
                raise UndecidedError(self.path + ".".join(walked), self.owner)
            if value is None:
                return None
            if not isinstance(value, Mapping):
                raise MalformedError(self.path + ".".join(walked), "an object", self.owner)
            value = (
                cast("Mapping[str, Any]", value).get(step) if whole else _peek(cast("Mapping[str, Any]", value), step)
            )
            walked.append(step)
        if whole and value is UNKNOWN:
            raise UndecidedError(self.path + path, self.owner)
        return value


def _peek(values: Mapping[str, Any], key: str) -> Any:
    """Look whether a value is there without reading it, which a `HidingObject` would note: a hidden secret is set."""
    peek: Callable[[str], Any] = getattr(values, "peek", values.get)
    return peek(key)


def strings(value: object) -> Iterator[str]:
    """Yield every text within a value, however deep; keys of objects are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[str, object]", value).values():
            yield from strings(item)
    elif isinstance(value, (list, tuple)):
        for item in cast("Sequence[object]", value):
            yield from strings(item)


@dataclass(frozen=True, slots=True)
class Options:
    """The options with which a resource is registered.

    Attributes:
        protect: The engine refuses to delete the resource.
        retain_on_delete: The engine forgets the resource instead of deleting it; None where it is not told
            (a policy pack is not, the guard inside the program is).
        delete_before_replace: A replacement deletes the old resource first; None when the provider decides.
        ignore_changes: Properties whose changes the engine overlooks.
    """

    protect: bool = False
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as it is about to be registered.

    Attributes:
        type: Its type token, for example `aws:dynamodb/table:Table`.
        name: Its name in the program.
        props: Its inputs.
        urn: Its URN; empty inside the program, which learns it only after the registration.
        options: Its options.
        depends: URNs that each property takes its value from.
        outputs: What its provider has answered, with its id under `id`, as far as it is told: to find who points at it.
        provider: Inputs of the provider that creates it (`region`, `defaultTags`), as far as they are known.
        production: Whether the stack declares itself production.
        settings: Options of the rule that reads the record: those of `enforcement.yaml` over the rule's defaults.
        source: The line of the program that registers it, as `components/access/key.py:59`; empty where unknown.
        custom: Whether a provider creates it; a component only groups others.
        declared_type: The type token that the program uses where that is an earlier one of `type` (pulumi-aws 6).
    """

    type: str
    name: str
    props: Block
    urn: str = ""
    options: Options = field(default_factory=Options)
    depends: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    provider: Block = field(default_factory=lambda: Block({}))
    production: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    source: str = ""
    custom: bool = True
    declared_type: str = ""

    def __post_init__(self) -> None:
        """Read what pulumi-aws 6 names otherwise under the names of version 7."""
        if legacy.has_names(self.type):
            kind, current = self.type, legacy.TYPE_ALIASES.get(self.type, self.type)
            object.__setattr__(self, "declared_type", kind if kind != current else self.declared_type)
            object.__setattr__(self, "type", current)
            values = legacy.current_properties(kind, self.props.values)
            object.__setattr__(self, "props", Block(values, self.props.path, self.props.owner))
            object.__setattr__(self, "depends", legacy.current_properties(kind, self.depends))

    @property
    def token(self) -> str:
        """The type token as the program has it."""
        return self.declared_type or self.type

    def source_types(self, path: str) -> frozenset[str]:
        """Give the types of the resources that a property takes its value from, as far as their URNs tell."""
        urns = self.depends.get(path.partition(".")[0], ())
        return frozenset(urn.split("::")[2].rpartition("$")[2] for urn in urns if urn.count("::") > 2)  # noqa: PLR2004

    @property
    def label(self) -> str:
        """The resource as people point at it: the end of its URN."""
        return f"{self.token}::{self.name}"

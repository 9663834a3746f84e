"""The inputs of a resource: what is wrong with them, and what is filled in."""

import difflib
import hashlib
from collections.abc import Iterator
from typing import Any, cast

from local.provider.interface import Failure
from local.provider.resource import ResourceType
from local.provider.schema import Kind, Schema
from local.provider.wire import ARCHIVE, ASSET, SIGNATURE, UNKNOWN, Props, has_unknown

DEFAULTS = "__defaults"
"""Lists the inputs that the provider filled in, as the real one does: it tells a generated name from a chosen one."""

_LONGEST_NAME = 255
_RANDOM_DIGITS = 7

_ARTICLES = {
    "string": "a string", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "list": "a list", "map": "a map", "object": "an object", "file": "an asset or archive",
}  # fmt: skip


_CLASSES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "list": list,
}  # fmt: skip


def mistakes(type_: ResourceType, schema: Schema, news: Props) -> list[Failure]:
    """What is wrong with inputs: unknown and missing properties and wrong types. No value is repeated."""
    given = {name: value for name, value in news.items() if name not in (DEFAULTS, "tagsAll") and value is not None}
    fields = {name: schema.properties.get(name) for name in schema.inputs}
    return [
        *_unknown(type_.token, "", given, fields),
        *(
            Failure(name, f"{type_.token} needs {name!r}, which is missing; set it")
            for name in sorted(schema.required - given.keys() - {type_.named})
        ),
        *(
            mistake
            for name, value in given.items()
            if name in fields
            for mistake in _wrong(type_.token, name, value, fields[name])
        ),
    ]


def complete(
    type_: ResourceType, schema: Schema, *, name: str, olds: Props, news: Props, seed: bytes, region: str | None,
    default_tags: dict[str, str],
) -> Props:  # fmt: skip
    """Fill in what the program left out: defaults, a name, the provider's region and tags."""
    inputs = {key: value for key, value in news.items() if key != DEFAULTS and value is not None}
    filled = {key: value for key, value in type_.defaults.items() if key not in inputs}
    if type_.named in schema.inputs and type_.named not in inputs:
        generated = type_.named in cast("list[str]", olds.get(DEFAULTS, []))
        filled[type_.named] = olds[type_.named] if generated else _unique(inputs, type_.named, name, seed)
    inputs |= filled
    if "region" in schema.inputs and region and "region" not in inputs:
        inputs["region"] = region
    if "tagsAll" in schema.properties:
        tags = cast("dict[str, str] | str", inputs.get("tags", {}))
        inputs["tagsAll"] = UNKNOWN if has_unknown(tags) or isinstance(tags, str) else {**default_tags, **tags}
    return {**inputs, DEFAULTS: sorted(filled)}


def _unique(inputs: Props, named: str, name: str, seed: bytes) -> str:
    prefix = str(inputs.get(f"{named}Prefix") or f"{name}-")
    suffix = ".fifo" if inputs.get("fifoQueue") or inputs.get("fifoTopic") else ""
    digits = hashlib.sha256(seed + name.encode()).hexdigest()[:_RANDOM_DIGITS]
    return prefix[: _LONGEST_NAME - _RANDOM_DIGITS - len(suffix)] + digits + suffix


def _unknown(token: str, path: str, given: Props, fields: dict[str, Kind | None]) -> Iterator[Failure]:
    for name in sorted(given.keys() - fields.keys()):
        near = difflib.get_close_matches(name, fields, n=1)
        fix = f"did you mean {near[0]!r}?" if near else "remove it"
        where = f"{path}.{name}" if path else name
        yield Failure(where, f"{token} has no property {where!r}; {fix}")


def _wrong(token: str, path: str, value: Any, kind: Kind | None) -> Iterator[Failure]:
    """Compare a value with its kind, all the way down."""
    if kind is None or kind.name == "any" or value is None or value == UNKNOWN:
        return
    if not _fits(value, kind):
        wanted = _ARTICLES[kind.name]
        yield Failure(path, f"{token} takes {wanted} for {path!r}, but was given {_described(value)}; give it {wanted}")
    elif kind.name == "list":
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _wrong(token, f"{path}[{index}]", item, kind.item)
    elif kind.name == "map":
        for key, item in cast("Props", value).items():
            yield from _wrong(token, f"{path}.{key}", item, kind.item)
    elif kind.name == "object":
        members = {name: member for name, member in cast("Props", value).items() if member is not None}
        members.pop(DEFAULTS, None)
        yield from _unknown(token, path, members, dict(kind.fields))
        for name in sorted(kind.required - members.keys()):
            yield Failure(f"{path}.{name}", f"{token} needs {name!r} in {path!r}, which is missing; set it")
        for name, member in members.items():
            yield from _wrong(token, f"{path}.{name}", member, kind.fields.get(name))


def _fits(value: Any, kind: Kind) -> bool:
    if kind.name in _CLASSES:
        return isinstance(value, _CLASSES[kind.name]) and (kind.name == "boolean" or not isinstance(value, bool))
    is_file = isinstance(value, dict) and cast("Props", value).get(SIGNATURE) in (ASSET, ARCHIVE)
    return is_file if kind.name == "file" else isinstance(value, dict) and not is_file


def _described(value: Any) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case dict() if SIGNATURE in value:
            return "an asset or archive"
        case _:
            return "an object"

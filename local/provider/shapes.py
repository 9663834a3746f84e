"""Between properties of Pulumi and botocore's shapes: the same data under names that differ in case, or as declared.

`names` maps the path of a property, such as `jwtConfiguration.audiences`, to the member's name in AWS where the two
differ by more than case. An empty name keeps a property out of requests.
"""

import base64
import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.provider.schema import Kind
from local.provider.wire import Props

type Names = Mapping[str, str]


@functools.cache
def plain(name: str) -> str:
    """A name without what spellings differ in: `kmsKeyId` and `KMSKeyId` are both `kmskeyid`."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def request(shape: Shape, value: Any, names: Names, path: str = "") -> Any:
    """Turn the value of a property into that of a shape; members that nothing is given for are left out."""
    if isinstance(shape, StructureShape) and _wraps(shape, value):
        listed = request(shape.members["Items"], value, names, path)
        return {"Items": listed, **({"Quantity": len(listed)} if "Quantity" in shape.members else {})}
    if isinstance(shape, StructureShape):
        return _structure(shape, cast("Props", value[0] if isinstance(value, list) else value), names, path)
    if isinstance(shape, MapShape):
        return {key: request(shape.value, item, names, path) for key, item in cast("Props", value).items()}
    if not isinstance(shape, ListShape):
        return _scalar(shape.type_name, value)
    if isinstance(value, dict) and _is_pair(shape.member):  # Tags, for instance.
        return _pairs_of(cast("StructureShape", shape.member), cast("Props", value))
    listed = cast("list[Any]", value if isinstance(value, list) else [value])
    return [request(shape.member, item, names, path) for item in listed]


def properties(kind: Kind, live: Any, names: Names, path: str = "") -> Any:
    """Turn what AWS reports into the value of a property of a kind; None where it reports nothing."""
    value: Any = None
    match kind.name:
        case _ if live is None:
            pass
        case "object":
            one = cast("Mapping[str, Any]", live[0] if isinstance(live, list) and live else live)
            value = members(kind.fields, one, names, path)
        case "list":
            listed = cast("list[Any]", live if isinstance(live, list) else _wrapped(live))
            value = [properties(kind.item, item, names, path) for item in listed]
        case "map":
            value = {key: properties(kind.item, item, names, path) for key, item in pairs(live).items()}
        case "boolean":
            value = _truth(live)
        case "integer":
            value = int(live)
        case "number":
            value = float(live)
        case "string":
            value = _text(live)
        case _:  # What AWS reports of a file is not the file.
            pass
    return value


def members(fields: Mapping[str, Kind], live: Mapping[str, Any], names: Names, path: str = "") -> Props:
    """Turn the members that AWS reports into properties; what it does not report is left out."""
    by_name = {plain(name): name for name in live}
    found: Props = {}
    for name, field in fields.items():
        inner = f"{path}.{name}" if path else name
        member = names.get(inner, by_name.get(plain(name), ""))
        value = properties(field, live.get(member), names, inner)
        if value is not None:
            found[name] = value
    return found


def camel(live: Mapping[str, Any]) -> Props:
    """Members as properties: `ThrottlingRateLimit` as `throttlingRateLimit`."""
    return {name[0].lower() + name[1:]: value for name, value in live.items()}


def pascal(value: Props) -> dict[str, Any]:
    """Properties as members: `throttlingRateLimit` as `ThrottlingRateLimit`."""
    return {name[0].upper() + name[1:]: item for name, item in value.items() if item is not None}


def attributes(props: Props, names: Iterable[str], members: Names) -> dict[str, str]:
    """The properties of some names as attributes, which AWS takes as a map of texts."""
    given = {members.get(name, name[0].upper() + name[1:]): props.get(name) for name in names}
    return {member: _text(value) for member, value in given.items() if value is not None}


def pairs(live: Any) -> dict[str, Any]:
    """A map that AWS reports as one, or as a list of keys and values."""
    if isinstance(live, dict) and set(cast("dict[str, Any]", live)) != {"Items"}:
        return cast("dict[str, Any]", live)
    entries: list[dict[str, Any]] = _wrapped(live) if isinstance(live, dict) else live
    return {entry[_ending(entry, "key")]: entry[_ending(entry, "value")] for entry in entries}


def _pairs_of(shape: StructureShape, value: Props) -> list[dict[str, str]]:
    key, held = _ending(shape.members, "key"), _ending(shape.members, "value")
    return [{key: name, held: str(item)} for name, item in value.items()]


def _wraps(shape: StructureShape, value: Any) -> bool:
    """Whether a structure is how CloudFront wraps a list: the items, and often how many they are."""
    if "Items" not in shape.members:
        return False
    return isinstance(value, list) or (set(shape.members) == {"Items"} and "Items" not in value)


def _wrapped(live: Any) -> list[Any]:
    """The list that CloudFront wraps; any other value as a list of its own."""
    wrapper = cast("dict[str, Any]", live) if isinstance(live, dict) else {}
    return wrapper.get("Items", []) if wrapper and wrapper.keys() <= {"Items", "Quantity"} else [live]


def _is_pair(shape: Shape) -> bool:
    """Whether a shape is a key with a value."""
    names = [plain(name) for name in shape.members] if isinstance(shape, StructureShape) else []
    return len(names) == 2 and any(n.endswith("key") for n in names) and any(n.endswith("value") for n in names)  # noqa: PLR2004


def _ending(entry: Iterable[str], ending: str) -> str:
    return next(name for name in entry if plain(name).endswith(ending))


def _structure(shape: StructureShape, value: Props, names: Names, path: str) -> dict[str, Any]:
    members: dict[str, Shape] = dict(shape.members)
    by_name = {plain(name): name for name in members}
    filled: dict[str, Any] = {}
    for name, item in value.items():
        inner = f"{path}.{name}" if path else name
        member = names.get(inner, by_name.get(plain(name), ""))
        if item is not None and member in members:
            filled[member] = request(members[member], item, names, inner)
    if "Quantity" in members and "Items" in members:
        filled.setdefault("Quantity", len(filled.get("Items", [])))
    return filled


def _scalar(type_name: str, value: Any) -> Any:
    if type_name == "string":
        return _text(value)
    convert = _CONVERSIONS.get(type_name)
    return convert(value) if convert else value


def _text(live: Any) -> str:
    match live:
        case datetime():
            return live.isoformat()
        case bool():
            return str(live).lower()
        case bytes():
            return base64.b64encode(live).decode()
        case dict() | list():
            return json.dumps(live)
        case _:
            return str(live)


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": _truth,
    "blob": lambda value: value if isinstance(value, bytes) else str(value).encode(),
}

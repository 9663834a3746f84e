"""Property values as the engine sends them, and as Python values.

Source of the markers: https://www.pulumi.com/docs/iac/extending-pulumi/ and `pulumi.runtime.rpc`, which sends them.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

type Props = dict[str, Any]
"""Properties by their Pulumi names, in camel case.

An unknown value is `UNKNOWN`; an asset or archive is a dict with `SIGNATURE`.
"""

UNKNOWN: str = rpc.UNKNOWN
"""Stands for a value that only exists after the deployment."""

SIGNATURE: str = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 (the SDK has no public name)
ASSET: str = rpc._special_asset_sig  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
ARCHIVE: str = rpc._special_archive_sig  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
_SECRET: str = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001

_HIDDEN = "[secret]"
_SHORTEST_HIDDEN = 3  # A shorter text would be found by chance within innocent words.


class Secrets:
    """Which properties of one call are secret, so that answers carry the mark again and errors leave the values out."""

    def __init__(self) -> None:
        """Start with nothing secret."""
        self._properties: set[str] = set()
        self._texts: set[str] = set()

    def decode(self, struct: struct_pb2.Struct) -> Props:
        """Turn properties into Python values: whole numbers as int, secrets unwrapped and remembered."""
        message = json_format.MessageToDict(struct)
        return {name: self._value(name, value, secret=False) for name, value in message.items()}

    def encode(self, properties: Props) -> struct_pb2.Struct:
        """Turn Python values into properties; those that came in as secret go out as secret, whatever they are now."""
        struct = struct_pb2.Struct()
        struct.update(
            {
                name: {SIGNATURE: _SECRET, "value": value} if name in self._properties else value
                for name, value in properties.items()
                if value is not None
            }
        )
        return struct

    def holds(self, path: str) -> bool:
        """Whether a property, or the one that it is a part of, came in as secret."""
        return re.split(r"[.\[]", path)[0] in self._properties

    def redact(self, text: str) -> str:
        """Take the secret values out of a text."""
        for secret in sorted(self._texts, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text

    def _value(self, name: str, value: Any, *, secret: bool) -> Any:
        match value:
            case dict() if cast("Props", value).get(SIGNATURE) == _SECRET:
                self._properties.add(name)
                return self._value(name, value["value"], secret=True)
            case dict():
                members = cast("Props", value)
                return {key: self._value(name, member, secret=secret) for key, member in members.items()}
            case list():
                return [self._value(name, item, secret=secret) for item in cast("list[Any]", value)]
            case float() if value.is_integer():
                value = int(value)
            case _:
                pass
        if secret and not isinstance(value, bool) and len(str(value)) >= _SHORTEST_HIDDEN and value != UNKNOWN:
            self._texts.add(str(value))
        return value


def nested(properties: Mapping[str, Any], name: str) -> Props:
    """The object that a property holds; an empty one where it is missing."""
    return properties.get(name) or {}


def items(properties: Mapping[str, Any], name: str) -> list[Any]:
    """The list that a property holds; an empty one where it is missing."""
    return properties.get(name) or []


def has_unknown(value: Any) -> bool:
    """Whether a value is, or contains, one that only exists after the deployment."""
    match value:
        case dict():
            return any(has_unknown(member) for member in cast("Props", value).values())
        case list():
            return any(has_unknown(item) for item in cast("list[Any]", value))
        case _:
            return value == UNKNOWN

"""From the engine's wire format to the plain record that rules read."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

from serverless_guard.record import UNKNOWN, Block
from serverless_guard.references import IDENTITIES

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the mark of a secret on the wire, not a secret
OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What stands for an unknown boolean, number, string, array, asset, archive or object.

Source of all: pulumi/pulumi, sdk/go/common/resource/sig and plugin/rpc.go.
"""


def block(properties: struct_pb2.Struct, owner: str = "") -> Block:
    """Read the properties of a resource, once for all rules; what is secret is unwrapped, for rules judge it too."""
    return Block({key: _value(value) for key, value in properties.fields.items()}, owner=owner)


def identities(outputs: struct_pb2.Struct) -> dict[str, str]:
    """Read the outputs of a resource by which another one may name it, as far as they are known."""
    fields = outputs.fields
    known = ((key, fields[key].string_value) for key in IDENTITIES if key in fields)
    return {key: text for key, text in known if text and text not in UNKNOWNS}


def _value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            return value.number_value
        case "list_value":
            return [_value(item) for item in value.list_value.values]
        case "struct_value":
            return unwrapped({key: _value(item) for key, item in value.struct_value.fields.items()})
        case _:
            return None


def unwrapped(value: Mapping[str, Any]) -> Any:
    """Give what a secret or an output value holds; any other object as it is."""
    kind = value.get(SIGNATURE)
    if kind == SECRET:
        return value.get("value")
    if kind == OUTPUT_VALUE:
        return value.get("value", UNKNOWN)
    return value

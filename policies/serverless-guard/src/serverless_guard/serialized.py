"""Property values as the engine writes them into JSON: secrets, unknown values, assets.

Source: pulumi/pulumi, pkg/resource/stack/deployment.go (SerializePropertyValue) and pkg/backend/display/json.go
(massagePropertyValue).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from serverless_guard.record import UNKNOWN
from serverless_guard.wire import SECRET, SIGNATURE, UNKNOWNS, unwrapped

BLINDED: Final = "[secret]"
"""What a preview's JSON has in the place of each secret, whatever its type."""


def plain(value: object) -> Any:
    """Give a value as rules read it; what a secret hides is unknown.

    A secret is shown (`plaintext` holds its JSON as text), encrypted (`ciphertext`), or blinded.
    """
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        if _is_secret(items):
            return _shown(items)
        return unwrapped({key: plain(item) for key, item in items.items()})
    if isinstance(value, list):
        return [plain(item) for item in cast("list[object]", value)]
    return UNKNOWN if isinstance(value, str) and (value in UNKNOWNS or value == BLINDED) else value


def hidden(inputs: Mapping[str, Any]) -> frozenset[str]:
    """Name the properties of which a secret hides a part."""
    return frozenset(key for key, value in inputs.items() if any(_hides(one) for one in _within(value)))


def _is_secret(items: Mapping[str, object]) -> bool:
    return items.get(SIGNATURE) == SECRET


def _shown(secret: Mapping[str, object]) -> Any:
    if "value" in secret:
        return plain(secret["value"])
    text = secret.get("plaintext")
    try:
        return plain(json.loads(text)) if isinstance(text, str) else UNKNOWN
    except ValueError:
        return UNKNOWN


def _within(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        for item in () if _is_secret(items) else items.values():
            yield from _within(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _within(item)


def _hides(value: object) -> bool:
    if isinstance(value, Mapping):
        secret = cast("Mapping[str, object]", value)
        return _is_secret(secret) and _shown(secret) is UNKNOWN
    return value == BLINDED

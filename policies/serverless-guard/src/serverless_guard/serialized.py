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


class HidingObject(dict[str, Any]):
    """An object of which secrets hide some values; it notes which of them are read.

    A hidden value is unknown to the rules, as is one that another resource has yet to answer, but it is there: a rule
    that lets an unknown value pass has not decided about it.
    """

    def __init__(self, values: Mapping[str, Any], hidden: frozenset[str], name: str, reads: set[str]) -> None:
        """Take the values, the names of the hidden ones, the property that the object is a part of, and the notes."""
        super().__init__(values)
        self._hidden = {key: name or key for key in hidden}
        self._reads = reads

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value, and note it where it is hidden."""
        if key in self._hidden:
            self._reads.add(self._hidden[key])
        return super().get(key, default)

    def peek(self, key: str) -> Any:
        """Give a value without a note: that it is there is no secret."""
        return super().get(key)

    def __getitem__(self, key: str) -> Any:
        """Read a value, and note it where it is hidden."""
        self.get(key)
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        """Name the values; that this is a method of its own keeps `dict` from copying values behind it."""
        return super().__iter__()

    def items(self) -> Any:
        """Read all values."""
        self._reads.update(self._hidden.values())
        return super().items()

    def values(self) -> Any:
        """Read all values."""
        self._reads.update(self._hidden.values())
        return super().values()


def plain(value: object, reads: set[str] | None = None, name: str = "") -> Any:
    """Give a value as rules read it; what a secret hides is unknown.

    A secret is shown (`plaintext` holds its JSON as text), encrypted (`ciphertext`), or blinded.

    Args:
        value: The value.
        reads: Where to note the names of the hidden properties that are read; None to note nothing.
        name: The property that the value is a part of; empty for all properties of a resource.
    """
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        if _is_secret(items):
            return _shown(items, reads, name)
        values = {key: plain(item, reads, name or key) for key, item in items.items()}
        secret = frozenset(key for key, item in items.items() if _hides(item)) if reads is not None else None
        return HidingObject(values, secret, name, reads) if secret and reads is not None else unwrapped(values)
    if isinstance(value, list):
        return [plain(item, reads, name) for item in cast("list[object]", value)]
    return UNKNOWN if isinstance(value, str) and (value in UNKNOWNS or value == BLINDED) else value


def hidden(inputs: Mapping[str, Any]) -> frozenset[str]:
    """Name the properties of which a secret hides a part."""
    return frozenset(key for key, value in inputs.items() if _hides_within(value))


def _is_secret(items: Mapping[str, object]) -> bool:
    return items.get(SIGNATURE) == SECRET


def _shown(secret: Mapping[str, object], reads: set[str] | None = None, name: str = "") -> Any:
    if "value" in secret:
        return plain(secret["value"], reads, name)
    text = secret.get("plaintext")
    try:
        return plain(json.loads(text), reads, name) if isinstance(text, str) else UNKNOWN
    except ValueError:
        return UNKNOWN


def _hides(value: object) -> bool:
    """Tell whether a value is a hidden secret, or a list with one."""
    if isinstance(value, Mapping):
        secret = cast("Mapping[str, object]", value)
        return _is_secret(secret) and _shown(secret) is UNKNOWN
    if isinstance(value, list):
        return any(_hides(item) for item in cast("list[object]", value))
    return value == BLINDED


def _hides_within(value: object) -> bool:
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        return _hides(items) or any(map(_hides_within, () if _is_secret(items) else items.values()))
    if isinstance(value, list):
        return any(map(_hides_within, cast("list[object]", value)))
    return value == BLINDED

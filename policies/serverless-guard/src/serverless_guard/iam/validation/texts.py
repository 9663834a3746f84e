"""How the checks walk through a document that may be of any shape."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

from serverless_guard.record import UNKNOWN


def items(value: object) -> Iterator[object]:
    """Yield the known items of a value: those of a list, or the value itself; nothing for an absent one."""
    if isinstance(value, (list, tuple)):
        yield from (item for item in cast("Sequence[object]", value) if item is not UNKNOWN)
    elif value is not None and value is not UNKNOWN:
        yield value


def texts(value: object) -> Iterator[str]:
    """Yield the known texts of a value."""
    yield from (item for item in items(value) if isinstance(item, str))


def mapping(value: object) -> Mapping[str, Any]:
    """Give an object, an empty one for any other value."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def wild(text: str) -> bool:
    """Tell whether a text has a wildcard."""
    return "*" in text or "?" in text


def suggestion(name: str, names: Iterator[str] | Sequence[str]) -> str:
    """Word which name was meant, with a space in front; empty where none is near."""
    by_lower = {one.lower(): one for one in names}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return f"; did you mean {by_lower[close[0]]}?" if close else ""

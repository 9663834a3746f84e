"""Reads attributes of stored items, which an older or newer release may have written, or nobody at all."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def text(item: "Mapping[str, Any]", name: str, default: str = "") -> str:
    """The string of an attribute; the default where the item has none, or it is of another type."""
    found = item.get(name, {}).get("S", default)
    return found if isinstance(found, str) else default


def number[Default: int | None](item: "Mapping[str, Any]", name: str, default: Default) -> int | Default:
    """The whole number of an attribute; the default where the item has none, or it is no whole number."""
    try:
        return int(item[name]["N"])
    except (KeyError, TypeError, ValueError):
        return default

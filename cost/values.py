"""Reads JSON and YAML values whose shape nobody has checked yet."""

from collections.abc import Mapping, Sequence
from typing import Any, cast


def as_block(value: object) -> Mapping[str, Any]:
    """A value as an object; anything else is an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_items(value: object) -> Sequence[Any]:
    """A value as a list; anything else is an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []

"""When two values of a property mean the same."""

import json
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, cast

from local.provider.wire import SIGNATURE, Props

_BLANK: tuple[Any, ...] = (None, "", False, 0)


def blank(value: Any) -> bool:
    """Whether a value says no more than its absence does."""
    match value:
        case dict():
            return all(blank(member) for member in cast("Props", value).values())
        case list():
            return not value
        case _:
            return value in _BLANK


def completed(wanted: Any, live: Any) -> Any:
    """A wanted value with the members that AWS has chosen."""
    if not isinstance(wanted, dict) or not isinstance(live, dict) or SIGNATURE in wanted:
        return cast("Any", wanted)
    known, found = cast("Props", wanted), cast("Props", live)
    chosen = {name: value for name, value in found.items() if known.get(name) is None and not blank(value)}
    return {**{name: completed(value, found.get(name)) for name, value in known.items()}, **chosen}


def same(
    wanted: Any, live: Any, *, unordered: Collection[str] = (), computed: Collection[str] = (), path: str = ""
) -> bool:
    """Whether a live value is what was wanted.

    Args:
        wanted: The value of an input.
        live: The value to compare it with.
        unordered: Paths of lists whose order means nothing.
        computed: Paths that may have any value where none is wanted.
        path: Where the values stand.
    """
    if blank(wanted) and (blank(live) or (wanted is None and path in computed)):
        return True
    compare = partial(same, unordered=unordered, computed=computed)
    match wanted, live:
        case dict(), dict():
            return _same_members(cast("Props", wanted), cast("Props", live), compare, path)
        case list(), list():
            alike = partial(compare, path=path)
            return _same_items(cast("list[Any]", wanted), cast("list[Any]", live), alike, ordered=path not in unordered)
        case str(), str():
            return wanted == live or _document(wanted) == _document(live)
        case _:
            return type(wanted) is type(live) and wanted == live


def _same_members(wanted: Props, live: Props, compare: Callable[..., bool], path: str) -> bool:
    if SIGNATURE in wanted and SIGNATURE in live:  # Files are what they contain, wherever they lie.
        return wanted.get("hash") == live.get("hash")
    return all(compare(wanted.get(n), live.get(n), path=f"{path}.{n}") for n in wanted.keys() | live.keys())


def _same_items(wanted: list[Any], live: list[Any], alike: Callable[[Any, Any], bool], *, ordered: bool) -> bool:
    if len(wanted) != len(live):
        return False
    if ordered:
        return all(map(alike, wanted, live))
    rest = list(live)
    for item in wanted:
        match = next((at for at, candidate in enumerate(rest) if alike(item, candidate)), None)
        if match is None:
            return False
        del rest[match]
    return True


def _document(text: str) -> Any:
    """JSON as what it means to IAM: a list of texts in any order, and a list of one as the one."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return _canonical(json.loads(text))
    except json.JSONDecodeError:
        return text


def _canonical(value: Any) -> Any:
    match value:
        case dict():
            return {name: _canonical(member) for name, member in cast("Props", value).items()}
        case list():
            items = [_canonical(item) for item in cast("list[Any]", value)]
            if len(items) == 1:
                return items[0]
            return sorted(items) if all(isinstance(item, str) for item in items) else items
        case _:
            return value

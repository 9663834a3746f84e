"""The price table and the usage file, checked as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import yaml

FOLDER = Path(__file__).parent


class CostError(Exception):
    """An estimate cannot be made; the message names the file, the key and the fix."""


@dataclass(frozen=True)
class Prices:
    """List prices.

    Attributes:
        date: The day of the prices.
        region: Where they hold.
        dollars: US dollars by name, such as `lambda.request`.
        free: Patterns of the types that have no price of their own.
    """

    date: str
    region: str
    dollars: Mapping[str, float]
    free: tuple[str, ...]

    def __getitem__(self, name: str) -> float:
        """The price of a name.

        Raises:
            CostError: There is none.
        """
        if name not in self.dollars:
            raise CostError(f"cost/prices.yaml has no price {name!r}; add it from AWS's price list")
        return self.dollars[name]

    def is_free(self, type_: str) -> bool:
        """Whether a type of resources has no price of its own."""
        return any(fnmatchcase(type_, pattern) for pattern in self.free)


def prices(file: Path = FOLDER / "prices.yaml") -> Prices:
    """Read the price table.

    Raises:
        CostError: A price is not a number.
    """
    content = cast("dict[str, Any]", yaml.safe_load(file.read_text(encoding="utf-8")))
    dollars: dict[str, float] = {}
    for group in cast("list[dict[str, Any]]", content["prices"]):
        dollars |= {name: _number(file, name, price) for name, price in group.items() if name != "page"}
    return Prices(str(content["date"]), content["region"], dollars, tuple(content["free"]))


def usage(file: Path = FOLDER / "usage.yaml") -> dict[str, dict[str, float]]:
    """Read what a month is assumed to be, by profile and name.

    Raises:
        CostError: A number is none, or the profiles differ in their names.
    """
    content = cast("dict[str, dict[str, Any]]", yaml.safe_load(file.read_text(encoding="utf-8")))
    profiles = {
        profile: {name: _number(file, name, value) for name, value in numbers.items()}
        for profile, numbers in content.items()
    }
    every = {name for numbers in profiles.values() for name in numbers}
    for profile, numbers in profiles.items():
        if missing := sorted(every - numbers.keys()):
            raise CostError(
                f"cost/{file.name}: {profile} lacks {', '.join(missing)}, which another profile has; add it"
            )
    return profiles


def _number(file: Path, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise CostError(f"cost/{file.name}: {name} is {value!r}, but must be a number that is not negative")
    return float(value)

"""The price tables, checked as they are read: list prices by region, free tiers and the types that cost nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from cost.values import as_block

FOLDER = Path(__file__).parent / "prices"
EVERYWHERE = "everywhere"
"""The file of the prices that are the same in every region."""


class CostError(Exception):
    """An estimate cannot be made; the message names the file, the key and the fix."""


class RegionError(CostError):
    """A region has no prices, so that no estimate of a stack in it is right."""


@dataclass(frozen=True)
class Tier:
    """A part of a price that falls with the quantity.

    Attributes:
        above: The quantity a month from which on it applies.
        dollars: US dollars a unit.
    """

    above: float
    dollars: float


@dataclass(frozen=True)
class Price:
    """A list price.

    Attributes:
        tiers: By rising quantity; the first begins at 0.
        page: Where AWS publishes it.
        date: The day on which it was looked up.
        confirmed: Whether a second source says the same; otherwise it is the best known figure.
    """

    tiers: tuple[Tier, ...]
    page: str
    date: str
    confirmed: bool

    def dollars(self, quantity: float) -> float:
        """What a quantity a month costs."""
        ends = [*(tier.above for tier in self.tiers[1:]), float("inf")]
        return sum(
            max(0.0, min(quantity, end) - tier.above) * tier.dollars for tier, end in zip(self.tiers, ends, strict=True)
        )


@dataclass(frozen=True)
class FreeTier:
    """What AWS does not bill each month, for as long as the account exists.

    Attributes:
        prices: The names of the prices that share it.
        quantity: Units a month.
        page: Where AWS says so.
    """

    prices: tuple[str, ...]
    quantity: float
    page: str


@dataclass(frozen=True)
class Prices:
    """All prices.

    Attributes:
        regions: Prices by name, by region; those of `EVERYWHERE` count in each region.
        free_types: Why a type has no price of its own, and AWS's page that says so, by type.
        free_tiers: The free tiers that never expire.
    """

    regions: Mapping[str, Mapping[str, Price]]
    free_types: Mapping[str, str]
    free_tiers: Sequence[FreeTier]

    def find(self, region: str, name: str) -> Price:
        """The price of a name in a region.

        Raises:
            CostError: The region has no prices, or lacks this one.
        """
        if found := self.regions[EVERYWHERE].get(name):
            return found
        self.require(region)
        if name not in self.regions[region]:
            raise CostError(f"cost/prices/{region}.yaml has no price {name!r}; add it from AWS's price list")
        return self.regions[region][name]

    def require(self, region: str) -> None:
        """Refuse a region without prices.

        Raises:
            RegionError: There are none.
        """
        known = sorted(self.regions.keys() - {EVERYWHERE})
        if region not in known:
            raise RegionError(
                f"no prices for the region {region or 'that a resource leaves open'}: cost/prices has those of "
                f"{', '.join(known)}; add cost/prices/{region or 'REGION'}.yaml from AWS's price list"
            )

    def unit(self, region: str, name: str) -> float:
        """What the first unit of a month costs in a region, in US dollars."""
        return self.find(region, name).tiers[0].dollars

    @property
    def date(self) -> str:
        """The day of the oldest price."""
        return min(price.date for prices in self.regions.values() for price in prices.values())


def prices(folder: Path = FOLDER) -> Prices:
    """Read the tables.

    Raises:
        CostError: A price is not a number, or the tiers of one do not rise.
    """
    tables = {file.stem: _read(file) for file in sorted(folder.glob("*.yaml"))}
    special = {"free_types", "free_tiers"}
    regions = {name: _region(name, content) for name, content in tables.items() if name not in special}
    free = tables.get("free_types", [])
    return Prices(
        regions,
        {type_: f"{group['because']} ({group['page']})" for group in free for type_ in group["types"]},
        [FreeTier(tuple(one["prices"]), float(one["quantity"]), one["page"]) for one in tables.get("free_tiers", [])],
    )


def _read(file: Path) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", yaml.safe_load(file.read_text(encoding="utf-8")))


def _region(name: str, groups: list[dict[str, Any]]) -> dict[str, Price]:
    found: dict[str, Price] = {}
    for group in groups:
        for confirmed, name_of_part in ((True, "prices"), (False, "unconfirmed")):
            for key, value in as_block(group.get(name_of_part)).items():
                if key in found:
                    raise CostError(f"cost/prices/{name}.yaml: {key} is there twice; leave one")
                found[key] = Price(_tiers(name, key, value), group["page"], str(group["date"]), confirmed)
    return found


def _tiers(region: str, key: str, value: object) -> tuple[Tier, ...]:
    """A number, or tiers as `{0: dollars, ABOVE: dollars}`."""
    steps = cast("dict[object, object]", value) if isinstance(value, dict) else {0: value}
    file = f"prices/{region}.yaml"
    tiers = [Tier(number(file, key, above), number(file, key, dollars)) for above, dollars in steps.items()]
    starts = [tier.above for tier in tiers]
    if starts != sorted(set(starts)) or starts[:1] != [0]:
        raise CostError(f"cost/{file}: the tiers of {key} begin at {starts}, but must rise from 0")
    return tuple(tiers)


def number(file: str, name: str, value: object) -> float:
    """A number of a table.

    Raises:
        CostError: It is none, or negative.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise CostError(f"cost/{file}: {name} is {value!r}, but must be a number that is not negative")
    return float(value)

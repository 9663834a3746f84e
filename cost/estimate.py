"""What a stack costs a month by list prices, by resource and by profile of usage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cost.charges import Charge
from cost.formulas import FORMULAS
from cost.resources import Resource, Stack
from cost.tables import CostError, FreeTier, Prices, RegionError
from cost.usage import Profile


@dataclass(frozen=True)
class Item:
    """A quantity of a price that a resource takes in a month.

    Attributes:
        resource: The resource, or what a meter has counted it for.
        price: The price's name.
        region: Where.
        quantity: Units, such as requests or GB-seconds.
    """

    resource: Resource
    price: str
    region: str
    quantity: float


@dataclass(frozen=True)
class PricedResource:
    """A resource with its dollars a month, by profile."""

    resource: Resource
    dollars: Mapping[str, float]


@dataclass(frozen=True)
class Estimate:
    """Dollars a month.

    Attributes:
        profiles: The profiles of usage, in their order.
        resources: What has a price, by type and name.
        free: What the free tiers take off, by profile.
        unpriced: What has no price: types, or resources with the reason.
        unconfirmed: Names of the prices in use that no second source confirms.
        date: The day of the oldest price.
    """

    profiles: tuple[str, ...]
    resources: Mapping[tuple[str, str], PricedResource]
    free: Mapping[str, float]
    unpriced: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    date: str

    @property
    def components(self) -> dict[str, dict[str, float]]:
        """Dollars by component and profile, such as `{"table": {"idle": 0.0, "busy": 6.1}}`."""
        found: defaultdict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(self.profiles, 0.0))
        for each in self.resources.values():
            for profile, dollars in each.dollars.items():
                found[each.resource.component][profile] += dollars
        return dict(found)

    def total(self, profile: str) -> float:
        """Dollars of all resources in a profile, before the free tiers."""
        return sum(each.dollars[profile] for each in self.resources.values())


def estimate(stack: Stack, profiles: Mapping[str, Profile], prices: Prices) -> Estimate:
    """Price the resources of a stack.

    Raises:
        RegionError: The stack has a resource with a price in a region without prices.
    """
    unpriced: set[str] = set()
    items = {name: _items(stack, profile, prices, unpriced) for name, profile in profiles.items()}
    return price(items, prices, unpriced)


def price(items: Mapping[str, list[Item]], prices: Prices, unpriced: Iterable[str] = ()) -> Estimate:
    """Price what the formulas or a meter have counted, by profile."""
    resources: dict[tuple[str, str], PricedResource] = {}
    for profile, counted in items.items():
        for key, (resource, dollars) in _by_resource(counted, prices).items():
            before = resources[key].dollars if key in resources else dict.fromkeys(items, 0.0)
            resources[key] = PricedResource(resource, {**before, profile: dollars})
    used = {(each.region, each.price) for counted in items.values() for each in counted if each.quantity}
    return Estimate(
        profiles=tuple(items),
        resources=resources,
        free={profile: free_dollars(counted, prices) for profile, counted in items.items()},
        unpriced=tuple(sorted(unpriced)),
        unconfirmed=tuple(sorted({name for region, name in used if not prices.find(region, name).confirmed})),
        date=prices.date,
    )


def _items(stack: Stack, profile: Profile, prices: Prices, unpriced: set[str]) -> list[Item]:
    items: list[Item] = []
    for one in stack:
        if one.type not in FORMULAS:
            if one.type not in prices.free_types:
                unpriced.add(one.type)
            continue
        prices.require(one.region)
        try:
            charges = [each for formula in FORMULAS[one.type] for each in formula(one, profile.of(one), stack)]
            found = [_item(one, each) for each in charges if each.quantity or not each.once]
            for item in found:
                prices.find(item.region, item.price)
        except RegionError:
            raise
        except CostError as error:
            unpriced.add(f"{one.type} {one.name} ({error})")
            continue
        items += found
    return items


def _item(one: Resource, charge: Charge) -> Item:
    charged = Resource(one.type, charge.once, (charge.once,), {}, one.region) if charge.once else one
    return Item(charged, charge.price, charge.region or one.region, charge.quantity)


def _by_resource(items: Iterable[Item], prices: Prices) -> dict[tuple[str, str], tuple[Resource, float]]:
    """Dollars by resource: a price's tiers count for all of the stack, and each resource has its share of them."""
    quantities: defaultdict[tuple[str, str], float] = defaultdict(float)
    for item in items:
        quantities[item.region, item.price] += item.quantity
    found: dict[tuple[str, str], tuple[Resource, float]] = {}
    for item in items:
        key = item.resource.type, item.resource.name
        total = quantities[item.region, item.price]
        dollars = prices.find(item.region, item.price).dollars(total) * item.quantity / total if total else 0.0
        found[key] = item.resource, found.get(key, (item.resource, 0.0))[1] + dollars
    return found


def free_dollars(items: Iterable[Item], prices: Prices) -> float:
    """What the free tiers take off, if nothing else of the account uses them."""
    counted = list(items)
    return sum(_free(tier, counted, prices) for tier in prices.free_tiers)


def _free(tier: FreeTier, items: Iterable[Item], prices: Prices) -> float:
    left, dollars = tier.quantity, 0.0
    for item in items:
        if item.price in tier.prices:
            taken = min(left, item.quantity)
            left -= taken
            dollars += taken * prices.unit(item.region, item.price)
    return dollars

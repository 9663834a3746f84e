"""What a stack costs a month by list prices, by component and by profile of usage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cost.formulas import FORMULAS, Usage
from cost.resources import Resource
from cost.tables import CostError, Prices


@dataclass(frozen=True)
class Estimate:
    """Dollars a month.

    Attributes:
        components: By component and profile, such as `{"table": {"idle": 0.0, "busy": 6.1}}`.
        unpriced: What the price table does not know: types, or types with the price that lacks.
        date: The day of the prices.
    """

    components: Mapping[str, Mapping[str, float]]
    unpriced: tuple[str, ...]
    date: str

    @property
    def profiles(self) -> list[str]:
        """The profiles of usage, in their order."""
        return list(next(iter(self.components.values()))) if self.components else []

    def total(self, profile: str) -> float:
        """Dollars of all components in a profile."""
        return sum(dollars[profile] for dollars in self.components.values())


def estimate(resources: Iterable[Resource], profiles: Mapping[str, Usage], prices: Prices) -> Estimate:
    """Price the resources of a stack."""
    components: defaultdict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(profiles, 0.0))
    unpriced: set[str] = set()
    for resource in resources:
        formula = FORMULAS.get(resource.type)
        if formula is None:
            if not prices.is_free(resource.type):
                unpriced.add(resource.type)
            continue
        try:
            dollars = {profile: formula(resource, usage, prices) for profile, usage in profiles.items()}
        except CostError as error:
            unpriced.add(f"{resource.type} {resource.name} ({error})")
            continue
        for profile, amount in dollars.items():
            components[resource.component][profile] += amount
    return Estimate(dict(components), tuple(sorted(unpriced)), prices.date)


def table(made: Estimate) -> str:
    """A row for each component, the dearest first."""
    profiles = made.profiles
    rows = sorted(made.components.items(), key=lambda row: [-row[1][profile] for profile in reversed(profiles)])
    lines = [f"{'US dollars a month':24}" + "".join(f"{profile:>12}" for profile in profiles)]
    lines += [f"{name:24}" + "".join(f"{dollars[profile]:12.2f}" for profile in profiles) for name, dollars in rows]
    lines.append(f"{'all':24}" + "".join(f"{made.total(profile):12.2f}" for profile in profiles))
    lines.append(
        f"List prices of {made.date} (cost/prices.yaml) for the months of cost/usage.yaml, without free tier and tax"
    )
    lines += [f"unpriced: {what}" for what in made.unpriced]
    return "\n".join(lines)


def line(planned: Estimate, deployed: Estimate) -> str:
    """One line: what a stack will cost, and how that differs from what is deployed."""
    parts = [
        f"{profile} ${planned.total(profile):,.2f} ({_difference(planned, deployed, profile)})"
        for profile in planned.profiles
    ]
    unpriced = f"; {len(planned.unpriced)} unpriced" if planned.unpriced else ""
    return f"Estimated a month: {', '.join(parts)}{unpriced}; `make cost` has the parts"


def _difference(planned: Estimate, deployed: Estimate, profile: str) -> str:
    before = deployed.total(profile) if deployed.components else 0.0
    change = planned.total(profile) - before
    return "unchanged" if abs(change) < 0.005 else f"{change:+,.2f}"  # noqa: PLR2004  # half a cent shows as none

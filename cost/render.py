"""An estimate as text: a table by component, and the line that a preview ends with."""

from cost.estimate import Estimate, PricedResource

NAMED_CHANGES = 3
"""How many of the changes that make a stack dearer a preview names."""

HALF_A_CENT = 0.005
"""Less than that is shown as nothing."""


MONTH = "for the months of cost/usage.yaml"
LOAD = "for what the meter has counted since the last update, without what costs by the hour"


def table(made: Estimate, *, heading: str = "US dollars a month", basis: str = MONTH, digits: int = 2) -> str:
    """A row for each component, the dearest first, the free tiers, and what is not known for certain.

    Args:
        made: The estimate.
        heading: What its numbers are.
        basis: What it is an estimate of.
        digits: Decimals of a dollar.
    """
    profiles, components = made.profiles, made.components
    rows = sorted(components.items(), key=lambda row: [-row[1][profile] for profile in reversed(profiles)])
    totals = [made.total(profile) for profile in profiles]
    free = [made.free[profile] for profile in profiles]
    lines = [f"{heading:24}" + "".join(f"{profile:>12}" for profile in profiles)]
    lines += [_row(name, [dollars[profile] for profile in profiles], digits) for name, dollars in rows]
    lines.append(_row("all", totals, digits))
    lines.append(_row("free tiers", [-dollars for dollars in free], digits))
    lines.append(_row("all after free tiers", [all_ - off for all_, off in zip(totals, free, strict=True)], digits))
    lines.append(f"List prices of {made.date} (cost/prices) {basis}, without tax and discounts")
    lines.append("Free tiers are the account's: they count here only as far as nothing else uses them")
    if made.unconfirmed:
        lines.append(f"Prices that no second source confirms: {', '.join(made.unconfirmed)}")
    lines += [f"unpriced: {what}" for what in made.unpriced]
    return "\n".join(lines)


def _row(name: str, numbers: list[float], digits: int) -> str:
    # Rounding first, and adding 0, shows what is nearly nothing without a sign.
    return f"{name:24}" + "".join(f"{round(number, digits) + 0:12.{digits}f}" for number in numbers)


def line(planned: Estimate, deployed: Estimate) -> str:
    """What a stack will cost, how that differs from what is deployed, and what makes it dearer."""
    parts = [
        f"{profile} ${planned.total(profile):,.2f} ({_difference(planned, deployed, profile)})"
        for profile in planned.profiles
    ]
    unpriced = f"; {len(planned.unpriced)} unpriced" if planned.unpriced else ""
    told = f"Estimated a month: {', '.join(parts)}{unpriced}; `make cost` has the parts"
    if deployed.resources and (dearer := _dearer(planned, deployed)):
        told += f"\nDearer by: {'; '.join(dearer)}"
    return told


def _difference(planned: Estimate, deployed: Estimate, profile: str) -> str:
    before = deployed.total(profile) if deployed.resources else 0.0
    change = planned.total(profile) - before
    return "unchanged" if abs(change) < HALF_A_CENT else f"{change:+,.2f}"


def _dearer(planned: Estimate, deployed: Estimate) -> list[str]:
    """The changes that cost most: the resource, the inputs that changed or `new`, and the dollars of each profile."""
    changes = {
        key: [one.dollars[profile] - _before(deployed, key, profile) for profile in planned.profiles]
        for key, one in planned.resources.items()
    }
    found = [key for key, dollars in changes.items() if max(dollars) >= HALF_A_CENT]
    found.sort(key=lambda key: (-max(changes[key]), key))
    named = [
        f"{key[1]} ({_what(planned.resources[key], deployed.resources.get(key))}) "
        + ", ".join(
            f"{profile} {dollars:+,.2f}" for profile, dollars in zip(planned.profiles, changes[key], strict=True)
        )
        for key in found[:NAMED_CHANGES]
    ]
    rest = len(found) - NAMED_CHANGES
    return [*named, f"{rest} more"] if rest > 0 else named


def _before(deployed: Estimate, key: tuple[str, str], profile: str) -> float:
    found = deployed.resources.get(key)
    return found.dollars.get(profile, 0.0) if found else 0.0


def _what(now: PricedResource, before: PricedResource | None) -> str:
    kind = now.resource.type.rpartition(":")[2]
    if before is None:
        return f"new {kind}"
    names = sorted(now.resource.inputs.keys() | before.resource.inputs.keys())
    changed = [name for name in names if now.resource.inputs.get(name) != before.resource.inputs.get(name)]
    visible = [name for name in changed if not name.startswith("__")]
    return f"{kind}: {', '.join(visible)}" if visible else f"{kind}, by what it refers to"

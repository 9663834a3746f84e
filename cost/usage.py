"""What a month is assumed to be: the usage file, by profile, of each resource or of what a component has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from cost.resources import Resource
from cost.tables import CostError, number
from cost.values import as_block

FILE = Path(__file__).parent / "usage.yaml"

type Usage = Mapping[str, float]
"""Numbers by name, such as `{"api.requests": 8_000_000}`."""


@dataclass(frozen=True)
class Profile:
    """The usage of a month.

    Attributes:
        each: Of each resource, unless a component says otherwise.
        components: What differs from it, by a component (its file, such as `dead_letters`), or by a resource (its
            name, with or without the stack's prefix, such as `get-user`).
    """

    each: Usage
    components: Mapping[str, Usage] = field(default_factory=dict[str, Usage])

    def of(self, one: Resource) -> Usage:
        """The usage of a resource: an inner component outweighs an outer one, and the resource's name both."""
        found = dict(self.each)
        for component in one.components:
            found |= self.components.get(component, {})
        for name, numbers in self.components.items():
            if one.name == name or one.name.endswith(f"-{name}"):
                found |= numbers
        return found


def read(file: Path = FILE) -> dict[str, Profile]:
    """Read the profiles.

    Raises:
        CostError: A number is none, the profiles differ in their names, or a component has a name that no profile has.
    """
    content = cast("dict[str, dict[str, Any]]", yaml.safe_load(file.read_text(encoding="utf-8")))
    if without := [name for name, profile in content.items() if "each" not in profile]:
        raise CostError(f"cost/{file.name}: {without[0]} has no `each`, the usage of each resource; add it")
    profiles = {
        name: Profile(
            _numbers(file, profile["each"]),
            {component: _numbers(file, given) for component, given in as_block(profile.get("components")).items()},
        )
        for name, profile in content.items()
    }
    every = {key for profile in profiles.values() for key in profile.each}
    for name, profile in profiles.items():
        if missing := sorted(every - profile.each.keys()):
            raise CostError(f"cost/{file.name}: {name} lacks {', '.join(missing)}, which another profile has; add it")
        for component, given in profile.components.items():
            if strange := sorted(given.keys() - every):
                raise CostError(
                    f"cost/{file.name}: {name} gives {component} the unknown {', '.join(strange)}; "
                    f"use a name that `each` has, such as {min(every)}"
                )
    return profiles


def _numbers(file: Path, given: Mapping[str, object]) -> dict[str, float]:
    return {name: number(file.name, name, value) for name, value in given.items()}

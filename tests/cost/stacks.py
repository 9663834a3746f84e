"""Resources and stacks for the tests of the estimate."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cost import resources, tables, usage
from cost.estimate import Estimate, estimate
from cost.resources import Resource, Stack
from cost.usage import Profile
from tests.policies.program import records

ROOT = Path(__file__).parents[2]
FILES = {
    "dev": ROOT / "Pulumi.dev.yaml",
    "prod": ROOT / "Pulumi.prod.yaml",
    "options": ROOT / "tests/options/Pulumi.options.yaml",
    "more": ROOT / "tests/options/Pulumi.more.yaml",
}
PRICES = tables.prices()
PROFILES = usage.read()
IDLE = PROFILES["idle"].each
FRANKFURT, VIRGINIA = "eu-central-1", "us-east-1"


def one(
    type_: str,
    *,
    name: str = "it",
    components: tuple[str, ...] = ("table",),
    region: str = FRANKFURT,
    parent: str = "",
    **inputs: Any,
) -> Resource:
    """A resource of a type with inputs."""
    urn = f"urn:pulumi:prod::blog::{type_}::{name}"
    return Resource(type_, name, components, inputs, region, urn, parent)


def profile(numbers: Mapping[str, float] | None = None, **components: Mapping[str, float]) -> Profile:
    """The idle month with some numbers changed."""
    return Profile({**IDLE, **(numbers or {})}, components)


def priced(*resources_: Resource, month: Profile | None = None) -> Estimate:
    """The estimate of resources for one month, in the profile `month`."""
    return estimate(Stack(resources_), {"month": month or profile()}, PRICES)


def dollars(*resources_: Resource, usage: Mapping[str, float] | None = None) -> float:
    """What resources cost in a month; all of them have to have a price."""
    made = priced(*resources_, month=profile(usage))
    assert made.unpriced == ()
    return made.total("month")


@cache
def program(file: Path) -> Stack:
    """The stack that the program makes of a settings file, as its first preview has it."""
    states = [
        {
            "urn": one.urn,
            "type": one.type,
            "custom": one.type.startswith(("aws:", "pulumi:providers")),
            "inputs": {
                **one.props.values,
                "region": one.props.values.get("region") or one.provider.values.get("region"),
            },
            "parent": f"{one.urn.rpartition('$')[0]}",
            "propertyDependencies": {key: sorted(urns) for key, urns in one.depends.items()},
        }
        for one in records(file).resources
    ]
    return resources.read({"deployment": {"resources": states}})

"""What a formula says of a resource: how many units of which price it takes in a month."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cost.resources import Resource, Stack
from cost.usage import Usage

HOURS = 730
"""Of a month, as AWS's calculator has it, https://docs.aws.amazon.com/pricing-calculator/latest/userguide/what-is-pricing-calculator.html."""

SECONDS = HOURS * 3600


@dataclass(frozen=True)
class Charge:
    """A quantity of a price.

    Attributes:
        price: Its name in the price tables, such as `lambda.request`.
        quantity: Units a month, such as requests or GB-seconds.
        region: Where, if elsewhere than the resource is.
        once: What it is charged for, if that is all of the stack and not the resource, such as `traces`.
    """

    price: str
    quantity: float
    region: str = ""
    once: str = ""


type Formula = Callable[[Resource, Usage, Stack], Iterable[Charge]]
"""The charges of a resource, of its usage and of the stack that it is part of."""


def each(price: str, quantity: float | str = 1) -> Formula:
    """A formula of one price, by a fixed quantity or by a number of the usage."""
    return lambda _one, usage, _stack: [Charge(price, usage[quantity] if isinstance(quantity, str) else quantity)]


def is_first(one: Resource, resources: Iterable[Resource]) -> bool:
    """Whether a resource is the first by name, which stands for what is charged once a stack."""
    return one is min(resources, key=lambda each: each.name, default=None)

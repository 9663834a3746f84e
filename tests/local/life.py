"""One case of the contract that every type has to keep."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.provider.wire import Props
from tests.local.world import World


@dataclass(frozen=True)
class Life:
    """How a resource of one type is made and changed, and what AWS has to say of it.

    Attributes:
        token: The type.
        inputs: What it is made with.
        look: Asks AWS, by the resource's id and state.
        made: What AWS answers at first.
        changed: The inputs that change in place.
        changes: What AWS answers then.
        replaced: Inputs whose change makes another resource.
        stays: Whether AWS keeps it as long as what it belongs to.
    """

    token: str
    inputs: Callable[[World], Props]
    look: Callable[[World, Props], object]
    made: object
    changed: Callable[[World], Props] | None = None
    changes: object = None
    replaced: Props = field(default_factory=dict[str, Any])
    stays: bool = False

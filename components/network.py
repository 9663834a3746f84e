"""Where in the network a function runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The place of a function in a network.

    Attributes:
        subnet_ids: The private subnets, one a zone.
        security_group_ids: The groups that say whom the function may reach.
    """

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
